"""The legacy Vietnamese encodings: each is a font or a code page in which other letters stand for Vietnamese ones.

A program that does not know them shows their bytes as Windows-1252 characters: “Tr\xadêng tiÓu häc” is “Trường tiểu
học”. The tables are viparse's; what it leaves out of VNI is completed here.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viparse.normalize.tables import Charmap

TCVN3, VNI, VPS, VISCII = ENCODINGS = ("TCVN3", "VNI", "VPS", "VISCII")

_FONTS = ((TCVN3, re.compile(r"\.vn")), (VNI, re.compile(r"vni\b")), (VPS, re.compile(r"vps\b")))
# xvnkb's table and the chart of vietunicode agree on these; viparse saw none of them in its documents.
_MORE_VNI = {"aú": "ẳ", "AÚ": "Ẳ", "î": "ỵ", "Î": "Ỵ"}
# Letters that an encoding keeps where Windows-1252 has them.
_KEPT = {
    TCVN3: "",
    VNI: "ìíÌÍ",
    VPS: "ÁÂÉÊÔÚÝàáâãèéêìíòóôõùú",
    VISCII: "ÀÁÂÃÈÉÊÌÍÒÓÔÙÚÝàáâãèéêìíòóôõùúý",
}
_WINDOWS = {
    code: bytes([code]).decode("cp1252", "replace").replace("\ufffd", chr(code))
    for code in (*range(32), *range(128, 256))
}
_CODES = {ord(character): chr(code) for code, character in _WINDOWS.items()}
_LETTERS = re.escape("".join(map(chr, range(160))) + "".join(_WINDOWS.values()))
_LEGIBLE, _FOREIGN = re.compile(f"[{_LETTERS}]+"), re.compile(f"[^{_LETTERS}]")
_PRINTED = re.compile(r"[\t\n\r -~]*")
# The letters with a tone have no capitals in TCVN3: among capitals they are meant as such.
_CAPITALS = re.compile(r"[^\W\d_]*[A-Z][^\W\d_]*")


def is_plain(text: str) -> bool:
    """Whether the text is the same in every encoding: ASCII without control characters, some of which are letters."""
    return text.isascii() and (text.isprintable() or _PRINTED.fullmatch(text) is not None)


@lru_cache
def font_encoding(font: str) -> str:
    """The legacy encoding that a font is made for, or nothing: .VnTime, VNI-Times, VPS Times."""
    return next((encoding for encoding, named in _FONTS if named.match(font.strip().casefold())), "")


def convert(text: str, encoding: str) -> str:
    """The text, given as Windows-1252 characters, as Unicode; other characters stay as they are."""
    from viparse.normalize.tables import convert

    def converted(piece: re.Match[str]) -> str:
        return convert(_codes(piece.group()) if encoding in (VPS, VISCII) else piece.group(), _charmap(encoding))

    text = _LEGIBLE.sub(converted, text)
    return _CAPITALS.sub(_as_capitals, text) if encoding == TCVN3 else text


def unknown_letters(text: str, encoding: str) -> int:
    """How many letters of the text, given as Windows-1252 characters, mean nothing in the encoding."""
    if encoding in (VPS, VISCII):
        return 0  # every byte is a letter or ASCII
    return sum(letter.isalpha() and not letter.isascii() for letter in _defined(encoding).sub("", text))


def as_windows(data: bytes) -> str:
    """Bytes as Windows-1252 characters; those that it leaves undefined as control characters."""
    return data.decode("latin-1").translate(_WINDOWS)


def windows_bytes(text: str) -> bytes | None:
    """The bytes that Windows-1252 shows as this text, or None where it cannot."""
    return None if _FOREIGN.search(text) else _codes(text).encode("latin-1")


def foreign_characters(text: str) -> list[str]:
    """The characters of the text that Windows-1252 has not, so that no legacy encoding shows them."""
    return _FOREIGN.findall(text)


def _codes(text: str) -> str:
    return text.translate(_CODES)


def _as_capitals(word: re.Match[str]) -> str:
    letters = word.group()
    capitals = sum(letter.isupper() for letter in letters)
    small = [letter for letter in letters if letter.islower()]
    return letters.upper() if capitals > 1 and not any(letter.isascii() for letter in small) else letters


@cache
def _defined(encoding: str) -> re.Pattern[str]:
    known = [re.escape(sequence) for sequence, _ in _charmap(encoding).pairs]
    return re.compile("|".join([*known, *_KEPT[encoding]]))


@cache
def _charmap(encoding: str) -> Charmap:
    # viparse loads much that is not needed here: only when a text needs it.
    from viparse.normalize import tables, tcvn3, viscii, vni, vps

    if encoding != VNI:
        return {TCVN3: tcvn3.TCVN3, VPS: vps.VPS, VISCII: viscii.VISCII}[encoding]
    pairs = dict(vni.VNI.pairs) | _MORE_VNI
    # A capital may carry the mark that its small letter carries: “Aùnh”.
    pairs |= {key[0] + key[1].lower(): letter for key, letter in pairs.items() if len(key) == 2 and key[0].isupper()}
    return tables.build_charmap("vni", pairs.items())
