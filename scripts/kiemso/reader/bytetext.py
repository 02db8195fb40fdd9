"""The text that a file's bytes are, decided by what they spell; two readings that both make sense are refused."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from kiemso.charset import ENCODINGS, as_windows
from kiemso.message import either, joined, say
from kiemso.problem import Problem, Refused
from kiemso.reading import Reading, read_as

UTF8 = "UTF-8"
_CODECS = {"Windows-1252": "cp1252", "Windows-1258": "cp1258"}

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", UTF8),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_AGAIN = say("Open it in the program it comes from and save it as “CSV UTF-8”.")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# ASCII, Latin-1, the Vietnamese letters, typographic signs and the sign of the đồng.
_EXPECTED = re.compile("[\t\n\r -~\xa0-\u01b0\u0300-\u0323\u1ea0-\u1ef9\u2010-\u2026\u20ab\ufeff]*")
_WORD = re.compile(rb"[^\x00\t\n\r -@\[-`{-~]*[\x01-\x08\x0e-\x1f\x80-\xff][^\x00\t\n\r -@\[-`{-~]*")
_SAMPLE = 2_000  # distinct words are enough evidence
_PLENTY = 3  # letters of three bytes before the first damaged one: other encodings have none by chance
_SOUND, _UNSOUND = 0.05, 0.25  # the share of words that are no Vietnamese, of a right reading and of a wrong one


class Text(NamedTuple):
    """The text of a file as Unicode, or as Windows-1252 characters that the legacy `encoding` reads otherwise."""

    text: str
    called: str
    encoding: str = ""


def text_of(data: bytes, name: str) -> Text:
    """The text of the bytes. Refused where they are damaged, no text, or can be read in two ways."""
    if marked := _marked(data, name):
        return marked
    if b"\0" in data:
        return _without_mark(data, name)
    data = data.removesuffix(b"\x1a")  # the end of a file in DOS
    if data.isascii():
        return _checked(Text(data.decode("ascii"), "ASCII"), name)
    return _by_evidence(data, name)


def _marked(data: bytes, name: str) -> Text | None:
    """The text of bytes that begin with the mark of an encoding."""
    for mark, codec, called in _MARKS:
        if data.startswith(mark):
            try:
                return _checked(Text(data.decode(codec), called), name)
            except UnicodeDecodeError as error:
                raise _damaged(data[: error.start], called, name) from None
    return None


def _without_mark(data: bytes, name: str) -> Text:
    """Bytes with NULs as UTF-16 text that does not begin with its mark."""
    found = []
    for codec in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if _EXPECTED.fullmatch(text):
            found.append(Text(text, "UTF-16"))
    if len(found) == 1:
        return found[0]
    raise _controlled(data[: data.index(b"\0")].count(b"\n") + 1, name)


def _checked(text: Text, name: str) -> Text:
    """The text, Refused where control characters stand in it."""
    if found := _CONTROL.search(text.text):
        raise _controlled(text.text.count("\n", 0, found.start()) + 1, name)
    return text


def _controlled(line: int, name: str) -> Refused:
    return Refused(Problem(say("holds a control character in line {line}, as no text does", line=line), _AGAIN, name))


def _damaged(before: bytes, called: str, name: str) -> Refused:
    message = say("is text in {encoding}, but damaged in line {line}", encoding=called, line=before.count(b"\n") + 1)
    return Refused(Problem(message, _AGAIN, name))


def _by_evidence(data: bytes, name: str) -> Text:
    """The text in the one encoding that makes Vietnamese words of the bytes."""
    words = dict.fromkeys(found.group() for found in _WORD.finditer(data))
    # A dash or quotation mark of Windows-1252 that stands alone is no word.
    telling = (word for word in words if any(letter.isalpha() for letter in as_windows(word)))
    sample = b"\n".join(islice(telling, _SAMPLE))
    readings = dict(_readings(sample))
    try:
        text = _checked(Text(data.decode(), UTF8), name)
    except UnicodeDecodeError as error:
        if sum(byte > 0xDF for byte in data[: error.start]) >= _PLENTY:
            raise _damaged(data[: error.start], UTF8, name) from None
    else:
        readings[UTF8] = read_as(sample.decode())
        if not _doubtful(readings):
            return text
    sensible = _sensible(readings)
    if len(sensible) == 1:
        return _decoded(data, sensible[0], name)
    if sensible:
        message = say("can be read in two ways: {readings}", readings=either(_examples(sensible, readings)))
    else:
        tried = joined(", ", readings)
        message = say("has words that are Vietnamese in none of the encodings {encodings}", encodings=tried)
    raise Refused(Problem(message, _AGAIN, name))


def _readings(sample: bytes) -> Iterator[tuple[str, Reading]]:
    """The words read in each encoding of one byte a letter, as far as they can be."""
    for called, codec in _CODECS.items():
        try:
            yield called, read_as(unicodedata.normalize("NFC", sample.decode(codec)))
        except UnicodeDecodeError:
            continue
    yield from ((encoding, read_as(as_windows(sample), encoding)) for encoding in ENCODINGS)


def _doubtful(readings: dict[str, Reading]) -> bool:
    """Whether bytes that can be UTF-8 make words in another encoding only."""
    unicode = readings[UTF8]
    return unicode.bad > 0 and not unicode.good and any(reading.sound for reading in readings.values())


def _sensible(readings: dict[str, Reading]) -> list[str]:
    """The encodings that the words can be in, one for each text that they give."""
    one_each = {reading.text: called for called, reading in reversed(readings.items())}
    share = {called: _share(readings[called]) for called in one_each.values()}
    if any(wrong <= _SOUND for wrong in share.values()):
        return [called for called, wrong in share.items() if wrong < _UNSOUND]
    return [called for called in share if not readings[called].good and not readings[called].bad][:2]


def _share(reading: Reading) -> float:
    """The share of words that are not Vietnamese, at most 1; also where there is no word at all."""
    return reading.bad / (reading.good + reading.bad) if reading.good else 1.0


def _examples(sensible: list[str], readings: dict[str, Reading]) -> Iterator[str]:
    """Each encoding with the first word that tells it from the others."""
    columns = zip(*(readings[called].text.split("\n") for called in sensible), strict=False)
    words = next((words for words in columns if len(set(words)) > 1), ("",) * len(sensible))
    for called, word in zip(sensible, words, strict=True):
        yield say("{encoding} (“{word}”)", encoding=called, word=word)


def _decoded(data: bytes, called: str, name: str) -> Text:
    if called in ENCODINGS:
        return Text(as_windows(data), called, called)
    try:
        return _checked(Text(unicodedata.normalize("NFC", data.decode(_CODECS.get(called, "utf-8"))), called), name)
    except UnicodeDecodeError as error:
        raise _damaged(data[: error.start], called, name) from None
