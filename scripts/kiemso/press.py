"""Imported ahead by who will make audit pages and released data, or render: what those import when they begin."""

from kiemso import audit, changelog, dataset, page, render  # noqa: F401

page.exporter()
