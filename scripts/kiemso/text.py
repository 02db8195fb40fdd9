"""Vietnamese labels compared whatever their accents' composition, tone placement, case and spacing."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

# Grave, acute, tilde, hook above, dot below: the five tone marks. “hòa” and “hoà” are one word.
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def tidy(text: str) -> str:
    """The text composed (NFC), with every run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def label_key(text: str) -> str:
    """What two spellings of one label have in common: letters without tones, digits, then the tones in order."""
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    letters = [c for c in decomposed if c not in _TONES and (c.isalnum() or unicodedata.combining(c))]
    return "".join(letters) + "/" + "".join(c for c in decomposed if c in _TONES)


def nearest(text: str, choices: Iterable[str], count: int = 3) -> list[str]:
    """The choices most like the text, best first, compared without accents."""
    by_base: dict[str, str] = {}
    for choice in choices:
        by_base.setdefault(_base(choice), choice)
    return [by_base[base] for base in difflib.get_close_matches(_base(text), by_base, n=count, cutoff=0.5)]


def suggestion(text: str, choices: Iterable[str]) -> str:
    """“Did you mean …?” with the nearest choices, or nothing."""
    found = nearest(text, choices)
    return f"Did you mean {' or '.join(f'“{choice}”' for choice in found)}?" if found else ""


def _base(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return "".join(c for c in decomposed if not unicodedata.combining(c))
