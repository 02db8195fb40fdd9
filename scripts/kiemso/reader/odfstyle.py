"""Styles of OpenDocument spreadsheets: fonts, number formats in Excel's letters, and which sheets are hidden."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any

from lxml import etree

_URN = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = {
    "office": f"{_URN}:office:1.0",
    "style": f"{_URN}:style:1.0",
    "table": f"{_URN}:table:1.0",
    "text": f"{_URN}:text:1.0",
    "number": f"{_URN}:datastyle:1.0",
    "draw": f"{_URN}:drawing:1.0",
    "fo": f"{_URN}:xsl-fo-compatible:1.0",
    "svg": f"{_URN}:svg-compatible:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}


@cache
def qualified(name: str) -> str:
    """The full name of an OpenDocument element or attribute: “table:table-cell”."""
    prefix, local = name.split(":")
    return f"{{{_SPACES[prefix]}}}{local}"


class Styles:
    """The styles of content.xml and styles.xml; of two with one name that of the first root counts."""

    def __init__(self, *roots: Any) -> None:
        self._styles: dict[tuple[str | None, str | None], Any] = {}
        self._formats: dict[str | None, Any] = {}
        self._faces: dict[str | None, str] = {}
        for root in roots:
            for face in root.iter(qualified("style:font-face")):
                self._faces.setdefault(face.get(qualified("style:name")), face.get(qualified("svg:font-family"), ""))
            for style in root.iter(qualified("style:style"), qualified("style:default-style")):
                key = (style.get(qualified("style:family")), style.get(qualified("style:name")))
                self._styles.setdefault(key, style)
            for style in root.iter(f"{{{_SPACES['number']}}}*"):
                if name := style.get(qualified("style:name")):
                    self._formats.setdefault(name, style)
        self._fonts: dict[tuple[str, str | None], str] = {}
        self._codes: dict[str | None, str] = {}

    def font(self, family: str, name: str | None) -> str:
        """The font of a cell's ("table-cell") or a piece of text's ("text") style, or nothing."""
        if (family, name) not in self._fonts:
            self._fonts[family, name] = self._font(family, name)
        return self._fonts[family, name]

    def number_format(self, name: str | None) -> str:
        """The number format of a cell's style in the letters of Excel; nothing where there is none."""
        if name not in self._codes:
            named = (style.get(qualified("style:data-style-name")) for style in self._chain("table-cell", name))
            self._codes[name] = self._code(next(filter(None, named), None))
        return self._codes[name]

    def hides_table(self, name: str | None) -> bool:
        """Whether a sheet's style hides it."""
        found = (style.find(qualified("style:table-properties")) for style in self._chain("table", name))
        return any(part is not None and part.get(qualified("table:display")) == "false" for part in found)

    def _font(self, family: str, name: str | None) -> str:
        for style in self._chain(family, name):
            properties = style.find(qualified("style:text-properties"))
            if properties is None:
                continue
            face = properties.get(qualified("style:font-name"))
            font = self._faces.get(face) or properties.get(qualified("fo:font-family")) or face
            if font:
                return font.strip("'\"")
        return ""

    def _chain(self, family: str, name: str | None) -> Iterator[Any]:
        """A style, those it inherits from, and the family's default; a circle ends where it closes."""
        seen: set[str | None] = set()
        while name and (family, name) in self._styles and name not in seen:
            seen.add(name)
            yield self._styles[family, name]
            name = self._styles[family, name].get(qualified("style:parent-style-name"))
        if (family, None) in self._styles:
            yield self._styles[family, None]

    def _code(self, name: str | None) -> str:
        style = self._formats.get(name)
        if style is None:
            return ""
        maps = [part.get(qualified("style:apply-style-name")) for part in style.iterfind(qualified("style:map"))]
        sections = [_section(self._formats[part]) for part in maps if part in self._formats] + [_section(style)]
        return ";".join(sections) if any(sections) else ";;;"


def _section(style: Any) -> str:
    """What one section of a number format shows: digits, the commas of thousands, percent signs and texts."""
    percent = "%" if etree.QName(style).localname == "percentage-style" else ""
    return "".join(_shown(part) for part in style.iterchildren(f"{{{_SPACES['number']}}}*")) + percent


def _shown(part: Any) -> str:
    name = etree.QName(part).localname
    if name in ("text", "currency-symbol"):
        return '"' + "".join(part.itertext()).replace('"', "'") + '"'
    if name != "number":
        return {"scientific-number": "0E+0", "fraction": "# ?/?", "text-content": "@"}.get(name, "")
    factor = float(part.get(qualified("number:display-factor"), 1))
    return "0" + "," * (0 if factor == 1 else max(round(math.log(factor, 1000)), 1))
