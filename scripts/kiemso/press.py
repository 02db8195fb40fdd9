"""Imported ahead by who will make audit pages and released data, or render: what those import or compile first."""

from kiemso import audit, changelog, dataset, markup, page, render, spreadsheet  # noqa: F401
from kiemso.number import separators
from kiemso.reader import openxml  # noqa: F401  (copies of this process need not import it)

page.prepare()
markup.code("1")
markup.markdown("1")
separators(["1"])  # which reads the locales' data
