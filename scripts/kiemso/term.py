"""The terms and their school years: data/terms.yml; and a term's targets: data/targets/<term>.yml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from kiemso.document import read_document
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.project import located
from kiemso.text import suggestion

FILE = "data/terms.yml"


def _school_year(text: str) -> str:
    match = re.fullmatch(r"(\d{4})-(\d{4})", text)
    if not match or int(match[2]) != int(match[1]) + 1:
        raise ValueError(say("a school year looks like 2023-2024"))
    return text


SchoolYear = Annotated[str, AfterValidator(_school_year)]


class Term(BaseModel):
    """A congress term made of named school years."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    label: str
    school_years: tuple[SchoolYear, ...] = Field(min_length=1)
    next: Annotated[str, AfterValidator(lambda name: _term_name(name))] | None = None

    @model_validator(mode="after")
    def _each_year_once(self) -> Term:
        if len(set(self.school_years)) < len(self.school_years):
            raise ValueError(say("a school year is named twice"))
        return self


class Target(BaseModel):
    """A target of the next term; `against` is the fact of the past term it is held against."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    label: str
    group: str
    per: Literal["year", "term"]
    comparison: Literal["at-least", "more-than", "range", "equal", "text"]
    value: int | float | str | tuple[int | float, int | float]
    unit: str = ""
    against: str | None = None
    because: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> Target:
        if (self.against is None) == (self.because is None):
            raise ValueError(say("give either “against” or “because”"))
        if (self.comparison == "range") != isinstance(self.value, tuple):
            raise ValueError(say("a range has two values, any other comparison one"))
        if (self.comparison == "text") != isinstance(self.value, str):
            raise ValueError(say("a text value goes with the comparison “text”"))
        return self


def _term_name(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{4}", text) or text[:4] >= text[5:]:
        raise ValueError(say("a term looks like 2022-2024"))
    return text


TermName = Annotated[str, AfterValidator(_term_name)]


def read_terms(project: Path) -> dict[str, Term]:
    """All terms by their name."""
    return read_document(located(project, FILE), dict[TermName, Term], FILE)


def read_term(project: Path, name: str) -> Term:
    """One term; Refused says which terms there are."""
    terms = read_terms(project)
    if name not in terms:
        known = ", ".join(terms)
        message = say("there is no term “{name}”; the terms are {terms}", name=name, terms=known)
        mend = suggestion(name, terms) or say("Add it to {file}, or mend the name.", file=FILE)
        raise Refused(Problem(message, mend, FILE))
    return terms[name]


def targets_file(term: str) -> str:
    """Where a term's targets stand, from the project's folder."""
    return f"data/targets/{term}.yml"


def read_targets(project: Path, term: str) -> dict[str, Target]:
    """The targets of a term by their code, in the order of the file."""
    name = targets_file(term)
    return read_document(located(project, name), dict[str, Target], name)
