"""Marks and words that stand instead of a number, and what each says by the kind of its indicator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from kiemso.catalogue import Indicator
from kiemso.message import say
from kiemso.number import Unreadable
from kiemso.text import canonical, label_key

ZERO, MISSING, NOT_HELD = "zero", "missing", "not held"


class Meaning(NamedTuple):
    """What a mark says, with a warning where that is an assumption."""

    value: str
    warning: str = ""


# The signs of Vietnam's General Statistics Office (Niên giám thống kê): “-” there was none of it; “…” there was, but
# nobody has the number. Schools use the dash loosely: it is believed with a warning. Of a rate, none is no value.
_DASH = Meaning(ZERO, say("is read as 0: a dash says that there was none"))
_DASH_OF_RATE = Meaning(MISSING, say("is read as not known: a dash says no percentage"))
_NUMBERS = ("count", "money", "medals", "levels")
_KINDS = (*_NUMBERS, "percent")


def _key(text: str) -> str:
    """What the spellings of one mark have in common: “-”, “–”, “--”; “..”, “…”."""
    letters = label_key(text)
    return letters if letters != "/" else re.sub(r"\.{2,}", "..", re.sub("-+", "-", canonical(text).replace(" ", "")))


_MARKS: dict[str, dict[str, Meaning]] = {
    "-": dict.fromkeys(_NUMBERS, _DASH) | {"percent": _DASH_OF_RATE},
    "..": dict.fromkeys(_KINDS, Meaning(MISSING)),
    **{_key(word): dict.fromkeys(_NUMBERS, Meaning(ZERO)) for word in ("Không", "Không có")},
    **{
        _key(word): dict.fromkeys(_KINDS, Meaning(MISSING))
        for word in ("Không có số liệu", "Chưa có số liệu", "Chưa báo cáo")
    },
    _key("Không tổ chức"): dict.fromkeys(_KINDS, Meaning(NOT_HELD)),
    _key("x"): {},  # yes, none or not applicable: only the table's own legend can say
}


def meaning(indicator: Indicator, text: str, marks: Mapping[str, str] | None = None) -> Meaning | None:
    """What the text says if it is a mark, else None; `marks` are the table's own. Raises Unreadable."""
    key = _key(text)
    own = {_key(mark): Meaning(value) for mark, value in (marks or {}).items()}
    if key not in own and key not in _MARKS:
        return None
    found = own.get(key) or _MARKS[key].get(indicator.kind)
    if found is None:
        raise Unreadable(say("does not say clearly whether there was none or nobody knows"))
    if found.value == NOT_HELD and not indicator.may_not_be_held:
        raise Unreadable(say("says “not held” of what is no contest"))
    return found
