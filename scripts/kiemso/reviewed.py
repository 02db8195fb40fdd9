"""The entries of the reviewed YAML files under data/, by what they say: comments and line breaks do not count."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from kiemso.correction import FILE as CORRECTIONS_FILE
from kiemso.document import parse


def entry_digests(path: Path, name: str, period: str) -> dict[str, str]:
    """SHA-256 by entry of a reviewed file, as far as a step of the period uses it; "" is the order of the entries.

    `name` is the file's, from the project's folder. Of the corrections a step uses those of its own workbooks.
    """
    entries = _entries(path.read_bytes())
    if name == CORRECTIONS_FILE:
        own = f"data/raw/{period}/"
        entries = {place: content for place, content in entries.items() if not place or place.startswith(own)}
        entries[""] = _digest([place for place in entries if place])
    return entries


@lru_cache(maxsize=64)
def _entries(content: bytes) -> dict[str, str]:
    try:
        named = dict(_named(parse(content)))
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError):
        return {"": hashlib.sha256(content).hexdigest()}  # what is wrong with it is said by whoever reads it
    return {"": _digest([*named])} | {place: _digest(entry) for place, entry in named.items()}


def _named(found: Any) -> list[tuple[str, Any]]:
    """Each entry with its name: the keys that lead to it, or the raw cell that a correction is of."""
    if isinstance(found, list):
        places = ["!".join(str(entry.get(name)) for name in ("file", "sheet", "cell")) for entry in found]
        numbered = [f"{place} ({places[:i].count(place) + 1})" for i, place in enumerate(places)]
        return [*zip(numbered, found, strict=True)]
    if not isinstance(found, dict):
        return [("content", found)]
    listed = []
    for key, value in found.items():
        nested = isinstance(value, dict) and value and all(isinstance(one, dict) for one in value.values())
        listed += [(f"{key}.{code}", one) for code, one in value.items()] if nested else [(str(key), value)]
    return listed


def _digest(content: Any) -> str:
    # Unlike JSON, this tells 1 from "1" and from 1.0, and keeps the order of the keys.
    return hashlib.sha256(repr(content).encode("utf-8", "surrogatepass")).hexdigest()
