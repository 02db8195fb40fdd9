"""Fields of a Word file: what their saved text is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from docx.oxml.ns import qn

from kiemso.message import say
from kiemso.reader.fault import UNVALUED

# Their text does not hang on when Word last worked them out.
_STEADY = {"HYPERLINK", "FORMTEXT", "MERGEFIELD", "ADDIN"}
_CHOICES = {"FORMCHECKBOX", "FORMDROPDOWN"}


class Worth(NamedTuple):
    """Why a field's text cannot be used, or what is suspicious about it."""

    fault: str = ""
    warning: str = ""


@dataclass
class Field:
    """A field as it is met run by run; `separated` once its instruction has ended and its saved text begins."""

    instruction: str = ""
    separated: bool = False
    dirty: bool = False
    result: str = ""

    def worth(self) -> Worth:
        """What its saved text is worth."""
        name = self.instruction.split()[0].upper() if self.instruction.split() else ""
        if name in _CHOICES:
            return Worth(fault=say("is a form field whose choice is not read"))
        if name not in _STEADY and not self.result.strip():
            return Worth(fault=UNVALUED)
        if self.dirty:
            return Worth(fault=say("is a field that Word has still to work out again"))
        if name not in _STEADY:
            return Worth(warning=say("is a field, and shows what Word worked out when it last did so"))
        return Worth()


def field_from(mark: Any) -> Field:
    """The field that a w:fldSimple or the beginning of a w:fldChar opens."""
    dirty = mark.get(qn("w:dirty"), "0") not in ("0", "false", "off")
    instruction = mark.get(qn("w:instr"))
    return Field(instruction or "", separated=instruction is not None, dirty=dirty)
