"""A layout proposed for a sheet that none fits: what is known of it, and what a person must decide."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from kiemso.grid import Grid
from kiemso.heading import without_numbering
from kiemso.layout import FOLDER, AnyLayout, LayoutFile
from kiemso.message import in_language, language, say
from kiemso.problem import Problem, Refused
from kiemso.project import located
from kiemso.table import Search
from kiemso.text import kebab, label_key, suggestion, tidy, visible

TODO = "TODO"
# The entries of which one that is open keeps a layout from reading anything.
REQUIRED = ("labels", "values", "rules")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Proposal:
    """A layout as it could be written for a sheet; `decisions` are what a person must decide, by the entry's name."""

    sheet: str
    content: Mapping[str, Any]
    decisions: Mapping[str, Sequence[str]]

    @property
    def layout(self) -> AnyLayout:
        """The layout that the text describes."""
        return TypeAdapter(LayoutFile).validate_python(self.content)

    @property
    def words(self) -> Mapping[str, Any]:
        """What it asks of a sheet: all but what it is called."""
        return {name: entry for name, entry in self.content.items() if name != "label"}

    @property
    def decided(self) -> bool:
        """Whether the sheet can be read by it as it stands."""
        entries = [self.content[name] for name in REQUIRED if name in self.content]
        return TODO not in str(entries)

    @property
    def text(self) -> str:
        """The layout file, its open decisions as comments above the entries that they are of."""
        lines = [_comment(say("A first layout, made from the sheet “{sheet}”: read it over.", sheet=self.sheet))]
        for name in (*self.content, *(name for name in self.decisions if name not in self.content)):
            lines += [_comment(f"{TODO}: {in_language(one, language())}") for one in self.decisions.get(name, ())]
            if name in self.content:
                entry = yaml.safe_dump({name: self.content[name]}, allow_unicode=True, sort_keys=False, width=110)
                lines.append(entry.rstrip("\n"))
        return "\n".join(lines) + "\n"


def _comment(text: str) -> str:
    return "# " + visible(tidy(in_language(text, language())))


def begun(grid: Grid, search: Search, content: dict[str, Any], decisions: dict[str, list[str]]) -> Proposal:
    """The proposal of a layout that says this of a sheet: how it is called, and of what period, comes first."""
    first = {"label": f"Bảng “{visible(tidy(grid.sheet.name))}”", "shape": content.pop("shape")}
    level = {} if search.level == "year" else {"level": "term"}
    return Proposal(grid.sheet.name, first | level | content, decisions)


def known(text: str, search: Search) -> str:
    """The indicator that a label names by itself."""
    for label in (text, without_numbering(text)):
        code = search.catalogue.spellings.get(label_key(label), "")
        if code and search.catalogue.indicators[code].level == search.level:
            return code
    return ""


def stranger(label: str, search: Search) -> str:
    """The decision on a label that the catalogue does not know."""
    names = [name for i in search.catalogue.of_level(search.level).values() for name in (i.label, *i.aliases)]
    told = say(
        "“{label}” is no indicator of the catalogue: add it there as an alias, or name it here to leave it out",
        label=visible(label),
    )
    hint = suggestion(label, names)
    return say("{problem}. {hint}", problem=told, hint=hint) if hint else told


def check_name(name: str, project: Path) -> None:
    """Refused where a layout cannot be called so, or one is."""
    file = f"{FOLDER}/{name}.yml"
    if not _NAME.fullmatch(name):
        mend = say("Use small letters without accents, digits and “-”: {example}", example=kebab(name) or "ket-qua")
        raise Refused(Problem(say("“{name}” is no name for a layout", name=name), mend))
    if (located(project, FOLDER) / f"{name}.yml").exists():
        raise Refused(Problem(say("is there already: a layout is never written over"), say("Give another name."), file))


def write_layouts(proposals: Mapping[str, Proposal], project: Path, made_from: str) -> list[str]:
    """Write the proposed layouts; the names of the files. Refused where there is nothing to write."""
    if not proposals:
        message = say("no layout can be proposed: every sheet is read, or holds too little that the catalogue knows")
        mend = say("Name its labels in data/indicators.yml first; data/layouts/README.md says how to write a layout.")
        raise Refused(Problem(message, mend, made_from))
    written = []
    folder = located(project, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for name, proposal in proposals.items():
        with (folder / f"{name}.yml").open("x", encoding="utf-8") as file:
            file.write(proposal.text)
        written.append(f"{FOLDER}/{name}.yml")
    return written
