"""A text read in one encoding or another, and how much Vietnamese each reading makes of it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from kiemso.charset import convert, foreign_characters, is_plain, unknown_letters
from kiemso.syllable import is_syllable

_BETWEEN = re.compile(r"([\t-\r !-@[-`{-~\xa0\u2013\u2014\u2026]+)")  # not the controls, which are letters of VPS
_ENCLOSING = "“”‘’„‚‹›«»•"
_UNIT = re.compile(r"[A-Za-z]{1,4}[²³]|µ[A-Za-z]{1,2}|[°º][A-Za-z]?")
_ACRONYM = re.compile("[A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐƠƯ]{1,8}")
# What Windows-1252 shows inside words for legacy letters, and no Unicode text has there.
_SIGNS = re.compile(r"[\x80-\xbf×÷ßÄÅÆÇËÏÐÑÖØÛÜÞäåæçëïðñöøûüþÿƒŒœŠšŽžŸ€‰†‡ˆ˜™\u2018-\u2022\u2026‚„‹›]")


class Reading(NamedTuple):
    """A text read one way: of its words with other than ASCII letters, how many can be Vietnamese and how many not."""

    text: str
    encoding: str
    good: int
    bad: int

    @property
    def sound(self) -> bool:
        return self.good > 0 and self.bad == 0

    def beats(self, other: Reading) -> bool:
        """Whether this one makes sense of the words and the other does not."""
        better = self.good > other.good and self.bad <= other.bad and not other.sound
        return better or (self.sound and other.bad > 0)


@lru_cache(maxsize=10_000)
def read_as(text: str, encoding: str = "") -> Reading:
    """The text, given as Windows-1252 characters, read in an encoding; as it stands without one."""
    read = convert(text, encoding) if encoding else text
    words = (word if is_syllable(word) else word.strip(_ENCLOSING) for word in _BETWEEN.split(read))
    verdicts = Counter(_verdict(word) for word in words if not is_plain(word))
    unknown = unknown_letters(text, encoding) if encoding else 0
    return Reading(read, encoding, verdicts[True], verdicts[False] + unknown)


def _verdict(word: str) -> bool | None:
    """Whether the word is Vietnamese; None for acronyms, units, signs and words that tell nothing."""
    if is_syllable(word):
        return True
    if not any(letter.isalpha() for letter in word) or _UNIT.fullmatch(word) or _ACRONYM.fullmatch(word):
        return None
    return False


def is_unicode(text: str) -> bool:
    """Whether letters stand in the text that no legacy encoding can show."""
    return any(letter.isalpha() or unicodedata.combining(letter) for letter in foreign_characters(text))


def has_signs(text: str) -> bool:
    """Whether characters stand in the text that Windows-1252 shows for legacy letters, and Vietnamese has not."""
    return _SIGNS.search(text) is not None


def in_words(text: str) -> list[str]:
    """The text's words and, between them, what separates them: joined they are the text."""
    return _BETWEEN.split(text)
