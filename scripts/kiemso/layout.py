"""Layouts: the shapes of tables that schools send, described in data/layouts/*.yml."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kiemso.document import read_document
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.project import located
from kiemso.text import letters_of

FOLDER = "data/layouts"
# Stands in a layout for the school year or term that is read, in any of its spellings.
PERIOD = "{period}"
# Stands among the headings of values for every heading that names a part of the row's indicator.
PART = "{part}"

# A layout's words are compared as labels are: whatever their case, accents' composition and punctuation. A last “*”
# stands for whatever follows.
Text = Annotated[str, Field(pattern=r"\w")]
Words = tuple[Text, ...]
Conditions = dict[str, Annotated[Words, Field(min_length=1)]]

TOTALS = ("Cộng", "Tổng", "Tổng cộng", "Tổng số", "Cộng chung", "Toàn trường")
# What stands under a table and ends it, where no value stands beside it.
ENDS = (
    "Ghi chú*",
    "Chú thích*",
    "Chú giải*",
    "Nguồn số liệu*",
    "Lưu ý*",
    "Người lập*",
    "Lập biểu*",
    "Kế toán",
    "Thủ trưởng*",
    "Hiệu trưởng",
    "Phó Hiệu trưởng",
    "KT. Hiệu trưởng*",
    "T/M*",
    "TM.*",
    "Nơi nhận*",
)

OBSERVATION_COLUMNS = ["period", "indicator", "part", "value", "unit", "bound", "status"]
# Where it stands: the text and its place, what it is read as, and the words beside and above it.
OBSERVATION_COLUMNS += [
    "text",
    "file",
    "sheet",
    "cell",
    "corrected",
    "original",
    "warning",
    "row_label",
    "column_heading",
]
# JSON: [file, sheet, cell, text] of each further place that states it, such as a record list that agrees; and, in
# Vietnamese, how the value comes from the cell's number where the table states amounts in thousands or millions.
OBSERVATION_COLUMNS += ["further", "note"]


class _Layout(BaseModel):
    """What tables of every shape have."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    label: Text  # what the table is, in the reader's language
    level: Literal["year", "term"] = "year"  # stands in the folder of a school year, or in the term's
    files: Words = ()  # names of files (“*” and “?” as in a shell), or any
    sheets: Words = ()  # words in the sheet's name, or any
    ignore: Words = ()  # labels (or headings, in the shape `columns`) that are left out on purpose
    totals: Words = TOTALS  # rows to check against the sum of the others
    ends: Words = ENDS
    gaps: bool = False  # whether blank rows may stand in the table; otherwise the first one ends it
    marks: Mapping[str, Literal["zero", "missing", "not held"]] = {}  # what “x”, “-”, “…” mean in this table

    def covers(self, file: str, sheet: str) -> bool:
        """Whether the layout is for a file and a sheet of these names."""
        name = _folded(file.rpartition("/")[2])
        words = (letters_of(word) for word in self.sheets)
        return (not self.files or any(fnmatchcase(name, _folded(pattern)) for pattern in self.files)) and (
            not self.sheets or any(word in letters_of(sheet) for word in words)
        )


class RowsLayout(_Layout):
    """One indicator a row: its label in one column, its value in the column of the period.

    A heading of `values` fits where it holds the period and the other words; without {period} it must be the words.
    """

    shape: Literal["rows"]
    labels: Annotated[Words, Field(min_length=1)]  # headings of the column of labels
    values: Annotated[Words, Field(min_length=1)] = (PERIOD,)
    where: Conditions = {}  # heading: texts; a row counts where the column says one of them
    sections: Mapping[Text, str] = {}  # label of a section: the words that the labels under it go without, or “”
    subtotals: Words = ()  # rows to check against the sum of their section
    states: Words = ()  # codes of the indicators that this very table must state


class ColumnsLayout(_Layout):
    """One indicator a column: its label is the heading; one row counts, or all are added up."""

    shape: Literal["columns"]
    labels: Annotated[Words, Field(min_length=1)]  # headings of the column that names the rows: Năm học, Lớp
    where: Conditions = {}
    add: bool = False  # whether the rows are added up; otherwise exactly one must be left
    sections: Mapping[Text, str] = {}  # a heading above others: the words that those under it go without, or “”
    subtotals: Words = ()
    states: Words = ()


class Rule(BaseModel):
    """What a register's records state: columns are called by their names in `columns`.

    The indicator is a fixed one, or the one that a column names by the catalogue's spellings; likewise the part.
    Records are counted, or the amounts of a column added up; medals and levels (“2 nhất”) are amounts too.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    indicator: str = ""
    indicator_from: str = ""
    part: str = ""
    part_from: str = ""
    add: str = ""
    where: Conditions = {}

    @model_validator(mode="after")
    def _names_one_indicator(self) -> Rule:
        if bool(self.indicator) == bool(self.indicator_from):
            raise ValueError(say("give either “indicator” or “indicator_from”"))
        if self.part and self.part_from:
            raise ValueError(say("give “part” or “part_from”, not both"))
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it looks at, the one that its observations name first."""
        named = (self.add, self.part_from, self.indicator_from, *self.where)
        return tuple(dict.fromkeys(name for name in named if name))


class RegisterLayout(_Layout):
    """One record a row: an award, a rating, a pupil's result, a donation.

    Only the columns named in `columns` are ever read or shown, and of their texts only those that the rules
    understand. `personal` columns tell records apart, in memory only. `ignore` are texts that no rule counts.
    """

    shape: Literal["register"]
    columns: Annotated[dict[str, Annotated[Words, Field(min_length=1)]], Field(min_length=1)]
    personal: Words = ()
    date: str = ""  # the column, of `columns`, whose dates must lie in the school year
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
    states: Words = ()  # indicators that the list is complete for: one that no record names is 0

    @model_validator(mode="after")
    def _names_its_own_columns(self) -> RegisterLayout:
        named = [*([self.date] if self.date else []), *(name for rule in self.rules for name in rule.columns)]
        for name in named:
            if name not in self.columns:
                raise ValueError(say("there is no column “{column}” in “columns”", column=name))
        return self


AnyLayout = RowsLayout | ColumnsLayout | RegisterLayout
LayoutFile = Annotated[AnyLayout, Field(discriminator="shape")]


def read_layouts(project: Path) -> dict[str, AnyLayout]:
    """The project's layouts by the names of their files; Refused lists what is wrong in all of them."""
    found: dict[str, AnyLayout] = {}
    problems: list[Problem] = []
    for path in sorted(located(project, FOLDER).glob("*.yml")):
        try:
            found[path.stem] = read_document(path, LayoutFile, f"{FOLDER}/{path.name}")
        except Refused as refused:
            problems += refused.problems
    if not found and not problems:
        mend = say("Describe the school's table in a file there: data/layouts/README.md says how.")
        problems.append(Problem(say("there is no layout: nothing says how a workbook is to be read"), mend, FOLDER))
    if problems:
        raise Refused(problems)
    return found


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
