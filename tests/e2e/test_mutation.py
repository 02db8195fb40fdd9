"""Mutation test of the evidence: change a raw cell, and just the facts that name it in their evidence change.

Cells that no fact names together are changed at once: of two such changes each would have to hide the other's fault.
"""

from __future__ import annotations

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest
from kiemso.check import find_stale
from kiemso.evidence import Evidence, read_evidence
from kiemso.fact import Fact
from kiemso.manner import Manner
from kiemso.manuscript import read_manuscript
from kiemso.problem import Refused
from kiemso.run import run_term
from kiemso.source import Source
from openpyxl.cell import Cell

from .conftest import Project, copy_project

TERM = "2022-2024"
# A value of its own for every part, so that a changed cell changes all that it states.
MEDALS = "7 nhất, 6 nhì, 5 ba, 4 KK"
LEVELS = {
    "ioe": "Tỉnh 7 Huyện 61 Trường 51",
    "trang-nguyen-toan-tai": "Quốc gia 7 Trường 61",
    "trang-nguyen-tieng-viet": "Tỉnh 7 Huyện 61 Trường 51",
}
# The cells whose parts must add up to them: such a cell and a part of it can only change together.
WHOLES = {"xep-loai": "htt", "dang-vien": "du-bi"}
AT_ONCE = 4


@dataclass
class Mutation:
    """Raw cells to change together, by their place, and the facts that name one of them; and what came of it."""

    cells: dict[tuple[str, str], object]
    named: set[str]
    count: int = 1
    changed: set[str] = field(default_factory=set)
    stale: int = 0

    def add(self, other: Mutation) -> bool:
        """Whether the other is changed at the same time: only if what names its cells names none of these."""
        if self.count == AT_ONCE or self.named & other.named or set(self.cells) & set(other.cells):
            return False
        self.cells |= other.cells
        self.named |= other.named
        self.count += 1
        return True


def place(source: Source) -> tuple[str, str]:
    return source.file, source.cell


def mutated(cell: Cell, code: str, kind: str) -> object:
    """Another value that the cell could hold."""
    if kind in ("medals", "levels"):
        return LEVELS.get(code, MEDALS)
    if isinstance(cell.value, int):
        return cell.value + 1
    number = re.search(r"\d[\d.,]*", str(cell.value))
    assert number
    digits = int(re.sub(r"\D", "", number[0]))
    # One less, for a percentage cannot be more than 100.
    return str(cell.value).replace(number[0], f"{digits - 1:,}".replace(",", "."))


@pytest.fixture(scope="module")
def evidence(rendered: Project) -> Evidence:
    return read_evidence(rendered.folder, TERM)


@pytest.fixture(scope="module")
def mutations(rendered: Project, evidence: Evidence) -> list[Mutation]:
    """Every raw cell that holds a value changes once; a whole with one of its parts, a part with its whole."""
    cells: dict[tuple[str, str], object] = {}
    owner: dict[tuple[str, str], str] = {}
    for fact in evidence.facts.values():
        for source in fact.sources if fact.formula == "quoted" else ():
            if source.sheet and source.text:
                code = fact.name.partition(".")[0]
                cell = openpyxl.load_workbook(rendered.folder / source.file)[source.sheet][source.cell]
                cells[place(source)] = mutated(cell, code, evidence.catalogue.indicators[code].kind)
                owner[place(source)] = fact.key
    assert len(cells) > 110
    made: list[Mutation] = []
    for at, value in cells.items():
        both = {at: value, **partner(owner[at], at, cells, evidence)}
        one = Mutation(both, {key for key, fact in evidence.facts.items() if {*map(place, fact.sources)} & set(both)})
        if not any(other.add(one) for other in made):
            made.append(one)
    return made


def partner(key: str, at: tuple[str, str], cells: dict, evidence: Evidence) -> dict:
    """For a part its whole, for a whole one of its parts: whichever keeps them adding up."""
    name, _, period = key.partition("@")
    code, _, part = name.partition(".")
    if code not in WHOLES:
        return {}
    other = evidence.facts[f"{code}@{period}" if part else f"{code}.{WHOLES[code]}@{period}"]
    return {place(other.sources[0]): cells[place(other.sources[0])]}


def run_mutation(base: Project, folder: Path, mutation: Mutation, before: Evidence) -> None:
    project = copy_project(base.folder, folder, "build")
    write(project, mutation.cells)
    run_term(project.folder, TERM, lambda _: None, Manner(jobs=1))
    after = read_evidence(project.folder, TERM)
    mutation.changed = {key for key in after.facts if said(after.facts[key]) != said(before.facts.get(key))}
    manuscript = read_manuscript(project.folder)
    stale = {one.figure for one in find_stale(manuscript, after)}
    for figure in manuscript.figures:
        fact, now = before.fact(figure.key), after.fact(figure.key)
        assert fact and now
        if fact.text != now.text and figure.form.name == "value":
            assert figure in stale, f"{figure.key} changed, but its figure in line {figure.line} is not stale"
    mutation.stale = len(stale)
    shutil.rmtree(folder)


def write(project: Project, cells: dict[tuple[str, str], object]) -> None:
    for file, address in cells:
        book = openpyxl.load_workbook(project.folder / file)
        book.active[address] = cells[file, address]
        book.save(project.folder / file)


def said(fact: Fact | None) -> tuple | None:
    return fact and (fact.value, fact.status, fact.bound)


def test_a_changed_raw_cell_changes_just_the_facts_that_name_it(
    rendered: Project, mutations: list[Mutation], evidence: Evidence, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(run_mutation, rendered, tmp_path / str(number), mutation, evidence)
            for number, mutation in enumerate(mutations)
        ]
        for job in jobs:
            job.result()
    with capsys.disabled():
        changed = sum(len(mutation.changed) for mutation in mutations)
        stale = sum(mutation.stale for mutation in mutations)
        count = sum(mutation.count for mutation in mutations)
        print(f"\n{count} raw cells changed: {changed} changed facts, {stale} stale figures")
    wrong = {str(m.cells): m.changed ^ m.named for m in mutations if m.changed != m.named}
    assert wrong == {}


def test_a_whole_without_its_parts_is_refused(rendered: Project, tmp_path: Path) -> None:
    project = copy_project(rendered.folder, tmp_path / "project", "build")
    project.write_cell("2021-2022", "C17", 49)
    with pytest.raises(Refused, match="is 49, but its parts 19 \\+ 21 \\+ 0 \\+ 4 \\+ 4 make 48"):
        run_term(project.folder, TERM, lambda _: None)


def test_swapped_rows_keep_their_values_and_move_their_sources(project: Project, evidence: Evidence) -> None:
    book = openpyxl.load_workbook(project.path("data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx"))
    sheet = book.active
    for column in "BC":
        sheet[f"{column}7"].value, sheet[f"{column}8"].value = sheet[f"{column}8"].value, sheet[f"{column}7"].value
    book.save(project.path("data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx"))
    project.kiemso("run")
    after = read_evidence(project.folder, TERM)
    assert {key: said(fact) for key, fact in after.facts.items()} == {k: said(f) for k, f in evidence.facts.items()}
    moved = {key for key, fact in after.facts.items() if fact.sources != evidence.facts[key].sources}
    swapped = {"gv-gioi-tinh", "gv-gioi-huyen"}
    assert {key.partition("@")[0].partition(".")[0] for key in moved} == swapped
    assert after.facts["gv-gioi-tinh@2021-2022"].sources[0].cell == "C8"


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        ("data/targets/2024-2027.yml", "value: [6, 8]", "value: [5, 8]", "ket-nap-dang.chi-tieu@2024-2027"),
        ("data/terms.yml", "[2021-2022, 2022-2023, 2023-2024]", "[2022-2023, 2023-2024]", "nam-hoc@2022-2024"),
    ],
)
def test_changed_reviewed_data_are_seen_in_the_evidence(
    project: Project, evidence: Evidence, name: str, old: str, new: str, key: str
) -> None:
    project.replace(name, old, new)
    project.kiemso("run", status=None)  # a term of two years leaves figures of the third without a fact
    after = read_evidence(project.folder, TERM)
    assert said(after.facts[key]) != said(evidence.facts[key])
    assert after.facts[key].sources != evidence.facts[key].sources


def test_an_alias_decides_which_rows_are_read(project: Project) -> None:
    project.replace("data/indicators.yml", "aliases: [SKKN]", "aliases: [SKKN cấp huyện]")
    said = project.kiemso("run", status=2).stderr
    assert said.count("“SKKN”: is no indicator") == 3
    project.write_cell("2021-2022", "B16", "SKKN cấp huyện")
    assert project.kiemso("run", status=2).stderr.count("“SKKN”: is no indicator") == 2
