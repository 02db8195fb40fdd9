"""The catalogue of indicators: data/indicators.yml."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from kiemso.document import read_document
from kiemso.key import Key
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.project import located
from kiemso.text import label_key, suggestion

FILE = "data/indicators.yml"
_ADD = say("Add it to the file, or mend the name.")


class Part(BaseModel):
    """A share of an indicator: a medal, a level, a rating; or a rate computed from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    label: str
    aliases: tuple[str, ...] = ()
    unit: str | None = None
    decimals: int | None = None


class Indicator(BaseModel):
    """An entry of the catalogue."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    label: str
    aliases: tuple[str, ...] = ()
    section: str
    unit: str = ""
    kind: Literal["count", "percent", "money", "medals", "levels", "year"]
    total: Literal["sum", "none"] = "none"
    level: Literal["year", "term"] = "year"
    parts: tuple[str, ...] = ()
    whole: bool = False
    computed: bool = False
    decimals: int | None = None
    contest: bool = False
    range: tuple[int | float, int | float] | None = None
    jump: float | None = Field(default=None, gt=0)

    @property
    def may_not_be_held(self) -> bool:
        """Whether “Không tổ chức” makes sense: of prizes, of levels, of a count that is called a contest."""
        return self.contest or self.kind in ("medals", "levels")

    @property
    def rows_of_parts(self) -> bool:
        """Whether the parts stand in sub-rows of their own, rather than in the row's own cell."""
        return self.kind not in ("medals", "levels") and not self.computed


class Catalogue(BaseModel):
    """Sections, parts and indicators, in the order of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))
    sections: dict[str, str]
    parts: dict[str, Part]
    indicators: dict[str, Indicator] = Field(min_length=1)

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Indicator code by every comparable spelling of its label and aliases."""
        return {
            label_key(spelling): code
            for code, indicator in self.indicators.items()
            if not indicator.computed
            for spelling in (indicator.label, *indicator.aliases)
        }

    @cached_property
    def part_spellings(self) -> dict[str, str]:
        """Part code by every comparable spelling of its label and aliases."""
        return {label_key(s): code for code, part in self.parts.items() for s in (part.label, *part.aliases)}

    @cached_property
    def contradictions(self) -> list[Problem]:
        """What in it contradicts itself."""
        return list(_contradictions(self))

    def label(self, key: Key) -> str:
        """The fact's name for a reader, without its period."""
        label = self.indicators[key.indicator].label
        return f"{label}: {self.parts[key.part].label}" if key.part else label

    def unit(self, key: Key) -> str:
        """The fact's unit: the part's own where it has one (a rate), else the indicator's."""
        own = self.parts[key.part].unit if key.part else None
        return self.indicators[key.indicator].unit if own is None else own

    def decimals(self, key: Key) -> int | None:
        """Decimals to write at most, or None for as many as the value has."""
        own = self.parts[key.part].decimals if key.part else None
        return self.indicators[key.indicator].decimals if own is None else own

    def of_level(self, level: str) -> dict[str, Indicator]:
        """The indicators that a workbook of a school year ("year") or of the term ("term") states."""
        return {code: i for code, i in self.indicators.items() if i.level == level and not i.computed}


def read_catalogue(project: Path) -> Catalogue:
    """The project's catalogue; Refused lists what in it contradicts itself."""
    catalogue: Catalogue = read_document(located(project, FILE), Catalogue, FILE)
    if catalogue.contradictions:
        raise Refused(catalogue.contradictions)
    return catalogue


def _contradictions(catalogue: Catalogue):
    named: list[tuple[str, Part | Indicator]] = [*catalogue.parts.items(), *catalogue.indicators.items()]
    for code, entry in named:
        if any(label_key(spelling) == "/" for spelling in (entry.label, *entry.aliases)):
            message = say("{code}: a label or alias is blank", code=code)
            yield Problem(message, say("Delete it, or write it."), FILE)
    owner_of_part: dict[str, str] = {}
    for code, part in catalogue.parts.items():
        for spelling in (part.label, *part.aliases):
            first = owner_of_part.setdefault(label_key(spelling), code)
            if first != code:
                yield _ambiguous(spelling, first, code)
    owner: dict[str, str] = {}
    for code, indicator in catalogue.indicators.items():
        if indicator.section not in catalogue.sections:
            message = say("{code}: there is no section “{name}”", code=code, name=indicator.section)
            yield Problem(message, suggestion(indicator.section, catalogue.sections) or _ADD, FILE)
        for name in indicator.parts:
            if name not in catalogue.parts:
                message = say("{code}: there is no part “{name}”", code=code, name=name)
                yield Problem(message, suggestion(name, catalogue.parts) or _ADD, FILE)
        if indicator.whole and not indicator.parts:
            mend = say("Name its parts, or delete “whole”.")
            yield Problem(say("{code}: a whole needs parts", code=code), mend, FILE)
        if indicator.range and indicator.range[0] > indicator.range[1]:
            message = say("{code}: the range ends before it begins", code=code)
            yield Problem(message, say("Write the least value first."), FILE)
        if indicator.jump and (indicator.level != "year" or indicator.computed):
            message = say("{code}: only what each school year's workbook states can jump", code=code)
            yield Problem(message, say("Delete “jump”."), FILE)
        for spelling in () if indicator.computed else (indicator.label, *indicator.aliases):
            first = owner.setdefault(label_key(spelling), code)
            if first != code:
                yield _ambiguous(spelling, first, code)


def _ambiguous(spelling: str, first: str, second: str) -> Problem:
    message = say("“{spelling}” names both {first} and {second}", spelling=spelling, first=first, second=second)
    return Problem(message, say("Make the aliases differ."), FILE)
