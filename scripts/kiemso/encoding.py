"""Texts that were typed in a legacy Vietnamese encoding, read as Unicode where the evidence says so, else refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kiemso.charset import TCVN3, VNI, VPS, font_encoding, is_plain, windows_bytes
from kiemso.message import either, say
from kiemso.reading import Reading, has_signs, in_words, is_unicode, read_as

Runs = Sequence[tuple[str, str]]  # pieces of a text, each with the name of its font or ""

# Words that only one encoding makes Vietnamese, and no word that it does not: so many prove it without a font's name.
_PLENTY = 3  # in one text
_OVERWHELMING = 10  # in a file


class Decoded(NamedTuple):
    """A text in Unicode; `original` and `encoding` where it was converted, `fault` where it cannot be trusted."""

    text: str
    original: str = ""
    encoding: str = ""
    fault: str = ""
    warning: str = ""


def decode(text: str, font: str = "") -> Decoded:
    """The text in Unicode, as far as it and its font alone can tell."""
    return decode_all([((text, font),)])[0]


def decode_all(texts: Iterable[Runs]) -> list[Decoded]:
    """The texts of a file in Unicode; its other texts in such fonts decide what can be read in two ways."""
    pieces = [_pieces(runs) for runs in texts]
    known: dict[tuple[str, str], Decoded] = dict.fromkeys(
        (piece for found in pieces for piece in found if not is_plain(piece[0])), Decoded("")
    )
    habits = {name: _habit([text for text, named in known if named == name], name) for name in (TCVN3, VNI, VPS)}
    guess = _guess([text for text, named in known if not named])
    for text, named in known:
        known[text, named] = _by_font(text, named, habits[named]) if named else _by_letters(text, guess)
    return [_joined([known.get(piece, Decoded(piece[0])) for piece in found]) for found in pieces]


def _pieces(runs: Runs) -> list[tuple[str, str]]:
    """The text cut where its legacy encoding changes; ASCII means the same in all and goes with what stands before."""
    pieces: list[tuple[str, str]] = []
    if len(runs) == 1 and is_plain(runs[0][0]):
        return [(runs[0][0], "")]
    for text, font in runs:
        encoding = font_encoding(font)
        if pieces and (pieces[-1][1] == encoding or is_plain(text)):
            pieces[-1] = (pieces[-1][0] + text, pieces[-1][1])
        elif pieces and is_plain(pieces[-1][0]):
            pieces[-1] = (pieces[-1][0] + text, encoding)
        else:
            pieces.append((text, encoding))
    return pieces


def _proven(text: str, encoding: str) -> str | None:
    """The encoding that the words of a text in its font prove, "" for Unicode, None where they prove neither."""
    if is_unicode(text):
        return encoding if _mixed(text, encoding) else ""
    legacy, plain = read_as(text, encoding), read_as(text)
    if legacy.beats(plain):
        return encoding
    return "" if plain.beats(legacy) else None


def _says_nothing(text: str, encoding: str) -> bool:
    """Whether a text is the same in Unicode and in the encoding, or holds no words: “m²”, “½”."""
    legacy, plain = read_as(text, encoding), read_as(text)
    return not is_unicode(text) and (legacy.text == text or not (legacy.good or plain.good or plain.bad))


def _habit(texts: list[str], encoding: str) -> str | None:
    """What the proven texts in fonts of an encoding are, where they all are the same."""
    proven = {_proven(text, encoding) for text in texts if not _says_nothing(text, encoding)} - {None}
    return proven.pop() if len(proven) == 1 else None


def _by_font(text: str, encoding: str, habit: str | None) -> Decoded:
    """The text in a font that is made for the encoding."""
    chosen = habit if (proven := _proven(text, encoding)) is None else proven
    if _says_nothing(text, encoding) or proven == "":
        return Decoded(text)
    mixed = _mixed(text, encoding) if is_unicode(text) else None
    legacy = mixed or read_as(text, encoding)
    either_way = {"text": text, "converted": legacy.text, "encoding": encoding}
    if chosen == "":
        return Decoded(text, warning=say("could be “{converted}” in {encoding} as well", **either_way))
    if chosen is None or (mixed and mixed.bad):
        fault = say("is either “{text}” as it stands or “{converted}” in {encoding}, as its font says", **either_way)
        return Decoded(text, fault=fault)
    if mixed:
        return Decoded(legacy.text, text, encoding, warning=say("mixes Unicode with {encoding}", encoding=encoding))
    doubt = say("was converted from {encoding}, and not every word of it is Vietnamese", encoding=encoding)
    return Decoded(legacy.text, text, encoding, warning=doubt if legacy.bad else "")


def _mixed(text: str, encoding: str) -> Reading | None:
    """The text with its words in the encoding converted and those in Unicode as they are, if there are both."""
    parts = in_words(text)
    rest = " ".join(part for part in parts if not is_unicode(part) and any(sign.isalpha() for sign in part))
    legacy = read_as(rest, encoding)
    if not has_signs(rest) or not legacy.beats(read_as(rest)):
        return None
    read = "".join(part if is_unicode(part) else read_as(part, encoding).text for part in parts)
    return legacy._replace(text=read)


def _candidates(text: str) -> list[Reading]:
    """The legacy readings that make the most sense of a text which makes none as it stands."""
    plain = read_as(text)
    if not plain.bad or is_unicode(text):
        return []
    readings = [reading for name in (TCVN3, VNI, VPS) if (reading := read_as(text, name)).beats(plain)]
    best = min(((reading.bad, -reading.good) for reading in readings), default=None)
    return [reading for reading in readings if (reading.bad, -reading.good) == best]


def _guess(texts: list[str]) -> str:
    """The encoding that makes Vietnamese of all texts without a legacy font, where that is beyond doubt."""
    words = Counter[str]()
    for candidates in map(_candidates, texts):
        if len(candidates) == 1:
            words[candidates[0].encoding] += candidates[0].good
    if len(words) != 1 or words.total() < _OVERWHELMING:
        return ""
    (encoding,) = words
    return "" if any(is_unicode(text) or read_as(text).beats(read_as(text, encoding)) for text in texts) else encoding


def _by_letters(text: str, guess: str) -> Decoded:
    """The text in a font that says nothing of an encoding; `guess` is what the whole file's texts are in."""
    if (unicode := _reopened(text)) is not None:
        return Decoded(text, fault=say("is “{unicode}” opened in a wrong encoding", unicode=unicode))
    readings = [read_as(text, guess)] if guess else _candidates(text)
    if not readings or (guess and _says_nothing(text, guess)):
        return Decoded(text, fault=_mixture(text))
    found = readings[0]
    if len(readings) == 1 and not found.bad and (guess or found.good >= _PLENTY):
        warning = say("was converted from {encoding}, as its letters but not its font say", encoding=found.encoding)
        return Decoded(found.text, text, found.encoding, warning=warning)
    meant = either(say("“{text}” in {encoding}", text=reading.text, encoding=reading.encoding) for reading in readings)
    return Decoded(text, fault=say("looks like {meant}, but its font is not made for that", meant=meant))


def _mixture(text: str) -> str:
    """A fault where a part of a Unicode text is in any encoding, or nothing."""
    if has_signs(text) and is_unicode(text):
        for encoding in (TCVN3, VNI):
            if _mixed(text, encoding):
                return say("mixes Unicode with {encoding}", encoding=encoding)
    return ""


def _reopened(text: str) -> str | None:
    """The UTF-8 text whose bytes were opened as Windows-1252, or None: “Tiá»ƒu há»c”."""
    data = windows_bytes(text)
    if data is None or not re.search("[ÃÄÆáÅ]", text):
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _joined(parts: list[Decoded]) -> Decoded:
    """The parts of a text as one."""
    if len(parts) == 1:
        return parts[0]
    encodings = dict.fromkeys(part.encoding for part in parts if part.encoding)
    original = "".join(part.original or part.text for part in parts) if encodings else ""
    fault, warning = (next((part[at] for part in parts if part[at]), "") for at in (3, 4))
    return Decoded("".join(part.text for part in parts), original, " + ".join(encodings), fault, warning)
