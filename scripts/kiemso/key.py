"""Keys of facts: indicator[.part][@period], in kebab-case without diacritics; in a roll-up after school/."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from kiemso.message import say

_NAME = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_KEY = re.compile(rf"(?:((?:{_NAME}/)*{_NAME})/)?({_NAME})(?:\.({_NAME}))?(?:@(\d{{4}}-\d{{4}}))?")


class Key(NamedTuple):
    """A fact's key in its pieces; `str()` writes it whole. `school` is a code, for a school's fact in a roll-up."""

    indicator: str
    part: str = ""
    period: str = ""
    school: str = ""

    def __str__(self) -> str:
        return self.name + (f"@{self.period}" if self.period else "")

    @property
    def name(self) -> str:
        """The key without its period."""
        school = f"{self.school}/" if self.school else ""
        return school + self.indicator + (f".{self.part}" if self.part else "")

    @property
    def anchor(self) -> str:
        """The identifier of the fact's evidence: no character that HTML, Typst or Word refuse."""
        return f"fact-{self.name.replace('/', '_')}_{self.period}"

    def at(self, period: str) -> Key:
        """The key with this period unless it has one already."""
        return self if self.period else self._replace(period=period)


@lru_cache(maxsize=1 << 14)
def parse_key(text: str) -> Key:
    """Read a key; a ValueError says what a key looks like."""
    match = _KEY.fullmatch(text)
    if not match:
        raise ValueError(say("“{text}” is not a key; a key looks like boi, boi.ba or boi.ba@2023-2024", text=text))
    return Key(match[2], match[3] or "", match[4] or "", match[1] or "")
