"""The part of this package that a notebook's outputs depend on."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent
# What runs every notebook; `warm` counts by what it says, not by what it imports ahead for others.
_ALWAYS = ("execution", "warm")
_MENTION = re.compile(r"kiemso((?:\.\w+)+)")
_FROM_PACKAGE = re.compile(r"from kiemso import (\([^)]*\)|.*)")


def package_digest(notebook: Path) -> str:
    """The SHA-256 over the modules that a notebook uses, and the translations that its outputs are written with."""
    return _digest(frozenset(mentioned(notebook.read_text(encoding="utf-8"))))


@cache
def _digest(entries: frozenset[str]) -> str:
    total = hashlib.sha256()
    for path in (*used_modules(*_ALWAYS, *entries), *sorted(_PACKAGE.glob("messages/*.po"))):
        total.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def used_modules(*names: str) -> list[Path]:
    """These modules and those that they mention, directly or not: more than they import, never less."""
    found: set[Path] = set()
    waiting = list(names)
    while waiting:
        place = _PACKAGE.joinpath(*waiting.pop().split("."))
        for path in (place.with_suffix(".py"), place / "__init__.py"):
            if path not in found and path.is_file():
                found.add(path)
                waiting += [] if path.stem == "warm" else _mentioned_in(path)
    return sorted(found)


@cache
def _mentioned_in(path: Path) -> list[str]:
    return mentioned(path.read_text(encoding="utf-8"))


def mentioned(source: str) -> list[str]:
    """The modules that a text names, with all that they may be the name of: a.b is a, and a.b."""
    names = []
    for dotted in _MENTION.findall(source):
        parts = dotted[1:].split(".")
        names += [".".join(parts[: count + 1]) for count in range(len(parts))]
    for imported in _FROM_PACKAGE.findall(source):
        names += re.findall(r"\w+", imported)
    for module, imported in re.findall(r"from kiemso\.([\w.]+) import (\([^)]*\)|.*)", source):
        names += [f"{module}.{name}" for name in re.findall(r"\w+", imported)]
    return names
