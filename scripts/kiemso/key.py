"""Keys of facts: indicator[.part][@period], in kebab-case without diacritics."""

from __future__ import annotations

import re
from typing import NamedTuple

_NAME = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_KEY = re.compile(rf"({_NAME})(?:\.({_NAME}))?(?:@(\d{{4}}-\d{{4}}))?")


class Key(NamedTuple):
    """A fact's key in its three pieces; `str()` writes it whole."""

    indicator: str
    part: str = ""
    period: str = ""

    def __str__(self) -> str:
        return self.name + (f"@{self.period}" if self.period else "")

    @property
    def name(self) -> str:
        """The key without its period."""
        return self.indicator + (f".{self.part}" if self.part else "")

    @property
    def anchor(self) -> str:
        """The identifier of the fact's evidence: no character that HTML, Typst or Word refuse."""
        return f"fact-{self.name}_{self.period}"

    def at(self, period: str) -> Key:
        """The key with this period unless it has one already."""
        return self if self.period else self._replace(period=period)


def parse_key(text: str) -> Key:
    """Read a key; a ValueError says what a key looks like."""
    match = _KEY.fullmatch(text)
    if not match:
        raise ValueError(f"“{text}” is not a key; a key looks like boi, boi.ba or boi.ba@2023-2024")
    return Key(match[1], match[2] or "", match[3] or "")
