"""How Word shows a run: its font and whether it is hidden, struck through or raised, by styles and defaults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from docx.oxml.ns import qn

_VAL = qn("w:val")
_PROPERTIES, _STYLE, _FONTS, _HIDDEN = (qn(f"w:{name}") for name in ("rPr", "rStyle", "rFonts", "vanish"))
_STRUCK, _RAISED = {qn("w:strike"), qn("w:dstrike")}, {qn("w:vertAlign"), qn("w:position")}
_SIDES = [(qn(f"w:{side}"), qn(f"w:{side}Theme")) for side in ("hAnsi", "ascii")]
_NUMBER = f"{qn('w:numPr')}/{qn('w:numId')}"
_OFF = {"0", "false", "off", "none", "baseline"}


class Look(NamedTuple):
    """What matters of a run's properties for reading its text."""

    font: str = ""
    hidden: bool = False
    struck: bool = False
    raised: bool = False


class Styles:
    """The styles of a Word file: what a run or paragraph does not say itself, they say."""

    def __init__(self, root: Any) -> None:
        self._styles = {style.get(qn("w:styleId")): style for style in root.iter(qn("w:style"))}
        self._usual = {
            style.get(qn("w:type")): name
            for name, style in self._styles.items()
            if style.get(qn("w:default"), "0") not in _OFF
        }
        self._defaults = root.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        self._said: dict[tuple[str | None, ...], tuple[Any, ...]] = {}
        self._looks: dict[tuple[str | None, ...], Look] = {}

    def look(self, run: Any, paragraph_style: str | None, table_style: str | None) -> Look:
        """How a run is shown."""
        own = run.find(_PROPERTIES)
        chosen = None if own is None else own.find(_STYLE)
        key = (None if chosen is None else chosen.get(_VAL), paragraph_style, table_style)
        if key not in self._said:
            self._said[key] = tuple(self._inherited(*key))
            self._looks[key] = _look(self._said[key])
        return self._looks[key] if own is None or not len(own) else _look((own, *self._said[key]))

    def numbered(self, paragraph: Any, paragraph_style: str | None) -> bool:
        """Whether Word puts a number or bullet before the paragraph that is not part of its text."""
        places = [paragraph.find(qn("w:pPr")), *(style.find(qn("w:pPr")) for style in self._chain(paragraph_style))]
        said = (number for place in places if place is not None for number in place.findall(_NUMBER))
        return (number := next(said, None)) is not None and number.get(_VAL) != "0"

    def usual(self, kind: str) -> str | None:
        """The style of a paragraph, run or table that names none."""
        return self._usual.get(kind)

    def _inherited(self, run: str | None, paragraph: str | None, table: str | None) -> Iterator[Any]:
        """The run properties that the styles give, nearest first."""
        for style in (run, paragraph, table):
            for link in self._chain(style):
                if (properties := link.find(qn("w:rPr"))) is not None:
                    yield properties
        if self._defaults is not None:
            yield self._defaults

    def _chain(self, name: str | None) -> Iterator[Any]:
        """A style and those it is based on; a circle ends where it closes."""
        seen: set[str | None] = set()
        while name in self._styles and name not in seen:
            seen.add(name)
            yield self._styles[name]
            based = self._styles[name].find(qn("w:basedOn"))
            name = None if based is None else based.get(_VAL)


def _look(said: tuple[Any, ...]) -> Look:
    """The look that properties give, of which the nearest comes first."""
    nearest: dict[Any, Any] = {}
    for properties in said:
        for mark in properties:
            nearest.setdefault(mark.tag, mark)
    on = {tag for tag, mark in nearest.items() if mark.get(_VAL, "1") not in _OFF}
    return Look(_font(said), _HIDDEN in on, bool(on & _STRUCK), bool(on & _RAISED))


def _font(said: tuple[Any, ...]) -> str:
    """The font of Latin letters; that of a theme is never one of a legacy encoding."""
    for fonts in (found for properties in said if (found := properties.find(_FONTS)) is not None):
        for name, theme in _SIDES:
            if fonts.get(theme):
                return ""
            if font := fonts.get(name):
                return font
    return ""
