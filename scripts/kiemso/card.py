"""What a reader of a notebook sees of a fact: a card under the cell."""

from __future__ import annotations

from html import escape

from kiemso.fact import Fact


def plain_card(fact: Fact) -> str:
    """The card as text."""
    sources = "; ".join(str(source) for source in fact.sources)
    steps = f" ({fact.expression})" if fact.expression else ""
    return f"{fact.label}, {fact.period}: {_value(fact)}{steps} ← {sources}"


def html_card(fact: Fact) -> str:
    """The card as HTML; every text of a workbook is escaped."""
    steps = f" ({escape(fact.expression)})" if fact.expression else ""
    note = f"<br><em>{escape(fact.note)}</em>" if fact.note else ""
    sources = "".join(f"<li>{escape(str(source))}</li>" for source in fact.sources)
    return (
        f'<div class="kiemso-fact" id="{escape(fact.key)}">{escape(fact.label)}, {escape(fact.period)}: '
        f"<strong>{escape(_value(fact))}</strong>{steps}{note}"
        f"<details><summary>{escape(fact.key)}</summary><ul>{sources}</ul></details></div>"
    )


def _value(fact: Fact) -> str:
    unit = "" if fact.value is None or fact.unit in ("", "%") else f" {fact.unit}"
    return f"{fact.bound} {fact.text}{unit}".strip()
