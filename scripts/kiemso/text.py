"""Vietnamese text compared whatever its composition, tone placement, case, spacing and look-alike letters."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from kiemso.message import Message, say

# Grave, acute, tilde, hook above, dot below: the five tone marks. “hòa” and “hoà” are one word.
_TONES = "\u0300\u0301\u0303\u0309\u0323"
# Vowels without their tones; circumflex, breve and horn stay with their letter.
_VOWELS = re.compile("(?:[aeiouy][^a-z0-9đ]*)+")

# Letters of other alphabets that look the same: keyboards, converters and scans put them into Vietnamese words, in
# which they have no meaning of their own. A caron stands for the breve: “nǎm” is “năm”.
_CYRILLIC = dict(zip("АВЕКМНОРСТУХІЈЅаеорсухіјѕ", "ABEKMHOPCTYXIJSaeopcyxijs", strict=True))
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", strict=True))
_LOOK_ALIKES = str.maketrans({**_CYRILLIC, **_GREEK, "Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ", "\u030c": "\u0306"})

# Signs that may be typed in many ways.
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹘﹣⁃", "-"),
        **dict.fromkeys("“”„‟″〃«»", '"'),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        "×": "x",
        "∕": "/",
        "⁄": "/",
    }
)
_PLAIN = _LOOK_ALIKES | _SIGNS
# Compatibility forms that mean the same: full-width letters, no-break spaces, “…”. Not so superscripts, circled digits
# and fractions: 10² is not 102.
_SAME = ("<wide>", "<narrow>", "<noBreak>", "<compat>", "<font>")
# Marks that turn the direction of writing change what a person sees: they stay, and make the text unreadable.
_TURNING = "\u061c\u200f\u202b\u202e\u2067"
_MOST_TERMS = 12


def tidy(text: str) -> str:
    """The text composed (NFC), with every run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def visible(text: str) -> str:
    """The text with “�” for whatever a terminal would obey or not show: controls, and marks that turn the writing."""
    return "".join(c if c.isprintable() or c in "\n\t" or unicodedata.category(c) == "Zs" else "�" for c in text)


def canonical(text: str) -> str:
    """The text as a keyboard types it: tidy, without invisible characters, its dashes, quotes and letters plain."""
    plain = unicodedata.normalize("NFD", text).translate(_PLAIN)
    return tidy("".join(_typed(character) for character in unicodedata.normalize("NFC", plain)))


@lru_cache(maxsize=4096)  # the same few labels are compared over and over
def label_key(text: str) -> str:
    """What two spellings of one label have in common: its letters and digits, then each tone with its vowels' place."""
    plain = unicodedata.normalize("NFD", text).translate(_LOOK_ALIKES)
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", plain).casefold()).translate(_LOOK_ALIKES)
    kept = "".join(c for c in folded if c.isalnum() or unicodedata.combining(c))
    letters = "".join(c for c in kept if c not in _TONES)
    # Where a tone mark stands among the vowels that follow each other is a matter of taste.
    tones = [
        f"{number}{tone}" for number, run in enumerate(_VOWELS.finditer(kept)) for tone in run[0] if tone in _TONES
    ]
    return letters + "/" + "".join(tones)


@lru_cache(maxsize=1 << 14)
def letters_of(text: str) -> str:
    """What two spellings of words have in common, tones aside, so that one can be looked for in another."""
    return label_key(text).partition("/")[0]


def nearest(text: str, choices: Iterable[str], count: int = 3) -> list[str]:
    """The choices most like the text, best first, compared without accents."""
    by_base: dict[str, str] = {}
    for choice in choices:
        by_base.setdefault(_base(choice), choice)
    return [by_base[base] for base in difflib.get_close_matches(_base(text), by_base, n=count, cutoff=0.5)]


def suggestion(text: str, choices: Iterable[str]) -> str:
    """“Did you mean …?” with the nearest choices, or nothing."""
    found = nearest(text, choices)
    return say("Did you mean {choices}?", choices=alternatives(found)) if found else ""


def alternatives(names: Iterable[str]) -> Message:
    """“this” or “that”: the names in quotes."""
    first, *others = names
    listed = say("“{name}”", name=first)
    for name in others:
        listed = say("{choices} or “{name}”", choices=listed, name=name)
    return listed


def shortened(terms: Sequence[str]) -> list[str]:
    """The terms of a sum, or the first two and the last of many."""
    return [*terms] if len(terms) <= _MOST_TERMS else [*terms[:2], "…", terms[-1]]


@cache
def _typed(character: str) -> str:
    """The character as a keyboard types it: nothing for an invisible one."""
    if character in _TURNING:
        return character
    if unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return ""
    if unicodedata.decomposition(character).startswith(_SAME):
        return unicodedata.normalize("NFKC", character)
    return character


def kebab(text: str) -> str:
    """The text as a name for files and codes: small letters and digits without accents, with “-” between words."""
    return "-".join(re.findall(r"[a-z0-9]+", _base(text)))


def _base(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", canonical(text).casefold()).replace("đ", "d")
    return "".join(c for c in decomposed if not unicodedata.combining(c))
