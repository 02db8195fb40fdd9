"""What a cell of a Word table says: the text that a person sees, and what in it is not, or not quite, text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from docx.oxml.ns import qn

from kiemso.message import say
from kiemso.reader.draft import remarks
from kiemso.reader.wordfield import Field, field_from
from kiemso.reader.wordstyle import Look

_RAISED = str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾")
_SYMBOL_FONT = re.compile(r"symbol|wingdings|webdings", re.IGNORECASE)


class Place(NamedTuple):
    """Where a walk through a cell is: in which paragraph's style and run's look, or in text that nobody sees."""

    style: str | None = None
    look: Look = Look()
    unseen: bool = False


class Passage:
    """What a walk through a cell gathers; `met` counts the letters of the file that it came by."""

    def __init__(self) -> None:
        self.met = 0
        self._seen: list[tuple[str, str]] = []
        self._unseen: list[tuple[str, str]] = []
        self._instead: list[str] = []
        self._faults: list[str] = []
        self._warnings: list[str] = []
        self._fields: list[Field] = []

    @property
    def runs(self) -> list[tuple[str, str]]:
        """The pieces of text that a person sees, each with its font.

        Only where there is none: what nobody sees, or a word for what is no text.
        """
        chosen = self._seen if self._says_something else self._unseen
        blank = not "".join(text for text, _ in chosen).strip()
        return [(" ".join(self._instead), "")] if blank and self._instead else chosen

    @property
    def fault(self) -> str:
        """Why the text cannot be used as a value."""
        return remarks(self._faults if self._says_something else [*self._faults, *self._warnings])

    @property
    def warning(self) -> str:
        """What is suspicious about the text."""
        return remarks(self._warnings) if self._says_something else ""

    @property
    def in_field(self) -> bool:
        """Whether a field has begun and not ended."""
        return bool(self._fields)

    @property
    def _says_something(self) -> bool:
        return any(text.strip() for text, _ in self._seen)

    def object_to(self, fault: str) -> None:
        """The text cannot be used as a value."""
        self._faults.append(fault)

    def warn(self, warning: str) -> None:
        """The text is suspicious."""
        self._warnings.append(warning)

    def stand_in(self, text: str) -> None:
        """A word for what a person sees and is no text."""
        self._instead.append(text)

    def misunderstand(self, texts: Iterable[str]) -> None:
        """Letters stand in the cell that the walk did not come by."""
        self._unseen = [(text, "") for text in texts]
        self.object_to(say("holds text in a form that is not understood"))

    def write(self, text: str, place: Place) -> None:
        """Text of the file, judged by its look."""
        self.met += len(text)
        if not text.strip() or place.unseen:
            return self.add(text, place)
        if place.look.hidden:
            self.warn(say("holds hidden text, which is not read"))
        elif place.look.struck:
            self.object_to(say("holds text that is struck through"))
        elif _SYMBOL_FONT.search(place.look.font):
            self.object_to(say("is set in the symbol font {font}", font=place.look.font))
        elif place.look.raised and re.search(r"\d", text):
            self.object_to(say("holds raised or lowered digits, as a footnote's mark or an exponent has"))
            return self.add(text.translate(_RAISED), place)
        return self.add(text, place)

    def add(self, text: str, place: Place) -> None:
        """Text as it is to be read."""
        if place.unseen or place.look.hidden or not all(field.separated for field in self._fields):
            self._unseen.append((text, place.look.font))
            return
        self._seen.append((text, place.look.font))
        for field in self._fields:
            field.result += text

    def number_paragraph(self, text_before: int) -> None:
        """The paragraph that began after so many pieces of text has an automatic number."""
        self.stand_in("(số tự động)")
        if any(text.strip() for text, _ in self._seen[text_before:]):
            self.warn(say("has an automatic number or bullet before it, which is not read"))
        else:
            self.object_to(say("shows an automatic number or bullet, which is not read"))

    @property
    def pieces(self) -> int:
        """How many pieces of text a person sees so far."""
        return len(self._seen)

    def open_field(self, mark: Any) -> None:
        """A field begins."""
        self._fields.append(field_from(mark))

    def instruct(self, text: str) -> None:
        """What the innermost field is to work out."""
        if self._fields:
            self._fields[-1].instruction += text

    def mark_field(self, mark: Any) -> None:
        """A field begins, its saved text begins, or it ends."""
        kind = mark.get(qn("w:fldCharType"))
        if kind == "begin":
            self.open_field(mark)
        elif kind == "separate" and self._fields:
            self._fields[-1].separated = True
        elif kind == "end" and self._fields:
            self.close_field()

    def close_field(self) -> None:
        """The innermost field ends."""
        field = self._fields.pop()
        self.stand_in(field.instruction.strip())
        worth = field.worth()
        self.object_to(worth.fault)
        self.warn(worth.warning)
