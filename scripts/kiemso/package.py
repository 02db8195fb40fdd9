"""The part of this package that a notebook's outputs depend on."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent
# These count by what they say, not by what they import ahead for others.
_AHEAD = ("warm", "drawing")
# What runs every notebook.
_ALWAYS = ("execution", *_AHEAD)
_MENTION = re.compile(r"kiemso((?:\.\w+)+)")
_FROM_PACKAGE = re.compile(r"from kiemso import (\([^)]*\)|.*)")


def package_digest(notebook: Path) -> str:
    """The SHA-256 over the modules that a notebook uses, and the translations that its outputs are written with."""
    return _digest(frozenset(mentioned(notebook.read_text(encoding="utf-8"))))


def program_digest() -> str:
    """The SHA-256 over all files of the package: rendering and auditing use modules that no notebook names."""
    total = hashlib.sha256()
    for path in sorted(p for p in _PACKAGE.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        total.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


@cache
def _digest(entries: frozenset[str]) -> str:
    total = hashlib.sha256()
    for path in (*used_modules(*_ALWAYS, *entries), *sorted(_PACKAGE.glob("messages/*.po"))):
        total.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def used_modules(*names: str) -> list[Path]:
    """These modules and those that they mention, directly or not: more than they import, never less."""
    modules, found, seen, waiting = _modules(_PACKAGE), set[Path](), set[str](), {*names}
    while waiting:
        seen |= waiting
        files = {modules[name] for name in waiting & modules.keys()}
        found |= files
        waiting = {name for path in files if path.stem not in _AHEAD for name in _mentioned_in(path)} - seen
    return sorted(found)


@cache
def _modules(package: Path) -> dict[str, Path]:
    """The file of each module and of each package within, by its name."""
    files = {".".join(path.relative_to(package).with_suffix("").parts): path for path in package.rglob("*.py")}
    return {name.removesuffix(".__init__"): path for name, path in files.items()}


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
