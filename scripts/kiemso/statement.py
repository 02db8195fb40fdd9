"""How an indicator is stated in a table: one figure, or its prizes or levels one after the other."""

from __future__ import annotations

from collections.abc import Mapping

from kiemso.catalogue import Catalogue
from kiemso.fact import Fact
from kiemso.key import Key

# A text, or a figure: {"fact": key}.
Inline = str | dict[str, str]


def stated(key: Key, catalogue: Catalogue, facts: Mapping[str, Fact]) -> list[Inline]:
    """What a table's cell states: “4 nhất, 7 nhì”, “Tỉnh 5, Huyện 24”, or the figure itself.

    Prizes of which there is none are left out; where there is none at all, or nothing was reported,
    one figure says so.
    """
    indicator = catalogue.indicators[key.indicator]
    if key.part or indicator.kind not in ("medals", "levels"):
        return [{"fact": str(key)}]
    medals = indicator.kind == "medals"
    parts = {part: facts[str(key._replace(part=part))] for part in indicator.parts}
    shown = {part: fact for part, fact in parts.items() if (fact.value if medals else fact.value is not None)}
    if not shown:
        held = [fact for fact in parts.values() if fact.value is not None]
        return [{"fact": (held or list(parts.values()))[0].key}]
    cell: list[Inline] = []
    for part, fact in shown.items():
        label = catalogue.parts[part].label
        cell += [", "] if cell else []
        cell += [{"fact": fact.key}, f" {label}"] if medals else [f"{label} ", {"fact": fact.key}]
    return cell


def stated_text(key: Key, catalogue: Catalogue, facts: Mapping[str, Fact]) -> str:
    """What `stated` says, as text."""
    return "".join(i if isinstance(i, str) else facts[i["fact"]].text for i in stated(key, catalogue, facts))
