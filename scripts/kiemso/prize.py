"""Prizes and levels: “2 nhất, 3 nhì”, “Tỉnh 1 Huyện 6”, “Nhất: 2; KK: 1”."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from kiemso.catalogue import Catalogue, Indicator
from kiemso.message import say
from kiemso.number import Unreadable
from kiemso.text import canonical

_SEPARATORS = re.compile(r"[,;+·•|]|\s[-/]\s|(?<=[0-9])-(?=\D)|^-|\bvà\b")
# What a number counts may be named after it.
_COUNTED = r"(?:\s*(?:em|hs|học sinh|lượt|giải|người|đội)\b)?"
_NUMBER = rf"([0-9]{{1,3}}(?:\.[0-9]{{3}}){{1,2}}|[0-9]{{1,9}})(?![.0-9]){_COUNTED}"
_LONGEST = 300  # characters


def read_parts(indicator: Indicator, text: str, catalogue: Catalogue) -> dict[str, int]:
    """The parts that a text of medals or levels names, with their numbers. Raises Unreadable."""
    typed = canonical(text).casefold().rstrip(" .;,")
    if re.fullmatch("0+", typed):
        return dict.fromkeys(indicator.parts, 0)
    if len(typed) > _LONGEST:
        raise Unreadable(say("is too long to be prizes or levels"))
    stated: dict[str, int] = {}
    for name, count in _pairs(typed, catalogue, alone=indicator.kind == "medals"):
        label = catalogue.parts[name].label
        if name not in indicator.parts:
            raise Unreadable(say("names “{part}”, which is no part of this indicator", part=label))
        if name in stated:
            raise Unreadable(say("names “{part}” twice", part=label))
        stated[name] = count
    if not stated:
        raise Unreadable(say("names no prize or level"))
    return stated


def _pairs(typed: str, catalogue: Catalogue, alone: bool) -> list[tuple[str, int]]:
    """Names with their numbers. A separator keeps a number with its own name: “Nhất, 2 nhì” is 1 and 2."""
    found = []
    token = _token(tuple((code, part.label, *part.aliases) for code, part in catalogue.parts.items()))
    for piece in filter(None, map(str.strip, _pieces(typed))):
        readings = _readings(_tokens(piece, *token), alone)
        if not readings:
            raise Unreadable(say("“{piece}”: a number or a name stands alone", piece=piece))
        if len(readings) > 1:
            raise Unreadable(say("“{piece}” can be read in two ways; put commas", piece=piece))
        found += readings[0]
    return found


def _pieces(typed: str) -> list[str]:
    """The text at its separators; a colon or brackets bind a number to the name before them."""
    bound = re.sub(r"\s*\(\s*([0-9]+)\s*\)", r": \1", typed)
    pieces: list[str] = []
    for piece in _SEPARATORS.split(bound):
        if ":" in piece:
            ended = re.sub(rf"(:\s*[0-9][0-9.]*{_COUNTED})", r"\1;", piece)
            pieces += ended.replace(":", " ").split(";")
        else:
            pieces.append(piece)
    return pieces


@lru_cache(maxsize=8)
def _token(parts: tuple[tuple[str, ...], ...]) -> tuple[re.Pattern[str], list[str]]:
    """A number or a name of these parts (code, then spellings), and the code of each of the pattern's groups."""
    # A space inside a name may be missing (“1 giảinhì”) or doubled.
    codes = {
        r"\s*".join(map(re.escape, canonical(spelling).casefold().split())): code
        for code, *spellings in parts
        for spelling in spellings
    }
    longest_first = sorted(codes, key=len, reverse=True)
    names = "|".join(f"({name})" for name in longest_first)
    return re.compile(f"{_NUMBER}|{names}"), [codes[name] for name in longest_first]


def _tokens(piece: str, token: re.Pattern[str], codes: list[str]) -> list[str | int]:
    """Numbers and part codes in the order of the text; nothing else may stand in it."""
    rest, tokens = piece, list[str | int]()
    while rest:
        match = token.match(rest)
        if not match or match.lastindex is None:
            raise Unreadable(say("cannot be read from “{rest}” on", rest=rest))
        tokens.append(int(match[1].replace(".", "")) if match[1] else codes[match.lastindex - 2])
        rest = rest[match.end() :].strip()
    return tokens


def _readings(tokens: list[str | int], alone: bool) -> list[list[tuple[str, int]]]:
    """Every way to pair numbers with names, in either order; a medal alone is one medal."""
    if not tokens:
        return [[]]
    match tokens:
        case [int(count), str(name), *rest] | [str(name), int(count), *rest]:
            found = [[(name, count), *others] for others in _readings(rest, alone)]
        case _:
            found = []
    if alone and isinstance(tokens[0], str):
        found += [[(tokens[0], 1), *others] for others in _readings(tokens[1:], alone)]
    # “ba nhất” is three first prizes, or a third and a first one: prizes side by side are never clear.
    side_by_side = alone and any(isinstance(a, str) and isinstance(b, str) for a, b in pairwise(tokens))
    return [] if side_by_side else found
