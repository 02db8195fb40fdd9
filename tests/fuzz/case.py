"""One case of the fuzz run: a file made or damaged by its seed, and what must become of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from kiemso.address import cell_address
from kiemso.catalogue import Catalogue, read_catalogue

from tests.fuzz import change, damage
from tests.fuzz.chain import ROOT, Outcome, Project, Wrong
from tests.fuzz.opinion import confirms
from tests.fuzz.page import YEAR, Page, lay_out, make_table
from tests.fuzz.save import EXCEL_LIKE, FORMATTED, SAVED
from tests.fuzz.written import MISSING, Stated

Truth = Mapping[tuple[str, str], Stated]
_ENDINGS = (
    [".xlsx"] * 4 + [".xlsm"] + [".xls"] * 3 + [".xlsb"] * 2 + [".ods"] * 3 + [".csv"] * 3 + [".tsv"] + [".docx"] * 2
)
_IN_PLAIN_TABLES = [change.shift, change.stray_number]
_IN_WORD = [*_IN_PLAIN_TABLES, change.merge_down, change.merge_across, change.merge_label, change.copy_sheet]


@dataclass
class Result:
    """How a case ended: "read", "refused" or "changed" (read as the damaged file says); what was done to the file."""

    how: str
    what: str
    seconds: float


class Cases:
    """The cases of a seed, run one after the other in one project."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.project, self.seed = Project(folder), seed
        self.catalogue: Catalogue = read_catalogue(ROOT)
        self.file = Path()
        self._own: dict[Path, Truth] = {}

    def run(self, number: int) -> Result:
        """Run a case; its file is left in place. Raises Wrong."""
        random = Random(f"{self.seed}/{number}")
        return self._made(random) if random.random() < 0.6 else self._damaged(random)

    # -- made-up tables -------------------------------------------------------------------------------------------

    def _page(self, random: Random, ending: str, changes: int) -> tuple[Page, list[str]]:
        table = make_table(random, self.catalogue)
        done = []
        chosen_changes = [random.choice(change.TABLE_CHANGES) for _ in range(changes)]
        # A row that is no indicator's comes last: the others are for rows that are.
        for chosen in sorted(chosen_changes, key=lambda one: one is change.add_section):
            if chosen is not change.format_number or ending in FORMATTED:
                chosen(random, table, self.catalogue)
                done.append(chosen.__name__)
        page = lay_out(table, self.catalogue)
        on_page = change.PAGE_CHANGES if ending in EXCEL_LIKE else _IN_WORD if ending == ".docx" else _IN_PLAIN_TABLES
        for chosen in random.sample(on_page, random.choice([0, 0, 1, 2])) if changes else ():
            chosen(random, page)
            done.append(chosen.__name__)
        if changes and ending in (*EXCEL_LIKE, ".docx") and random.random() < 0.15:
            change.type_in_font(random, page)
            done.append("type_in_font")
        return page, [table.shape, *done]

    def _made(self, random: Random) -> Result:
        ending = random.choice(_ENDINGS)
        page, done = self._page(random, ending, random.choice([0, 1, 1, 2, 3]))
        self.file = self.project.place(YEAR, f"ket-qua{ending}")
        SAVED[ending](page, self.file, random)
        what = f"{ending} {' '.join(done)}"
        outcome = self.project.observe(YEAR)
        if outcome.observed is None:
            if page.harmless and not page.refuse:
                raise Wrong(f"{what}: refused without need:\n" + "\n".join(map(str, outcome.problems)))
            return Result("refused", what, outcome.seconds)
        if page.refuse:
            raise Wrong(f"{what}: read, though {page.refuse}")
        for line in _differences(outcome, page, ending):
            raise Wrong(f"{what}: {line}")
        return Result("read", what, outcome.seconds)

    # -- damaged files --------------------------------------------------------------------------------------------

    def _damaged(self, random: Random) -> Result:
        if random.random() < 0.4:
            path = random.choice(sorted((ROOT / "data" / "raw").glob("*/*.xlsx")))
            period, data, truth = path.parent.name, path.read_bytes(), self._truth(path)
            self.file = self.project.place(period, path.name)
        else:
            ending, period = random.choice(_ENDINGS), YEAR
            page, _ = self._page(random, ending, 0)
            self.file = self.project.place(period, f"ket-qua{ending}")
            SAVED[ending](page, self.file, random)
            data = self.file.read_bytes()
            truth = {key: place.stated for key, place in page.truth.items()}
        zipped = data.startswith(b"PK")
        way = damage.package if zipped and random.random() < 0.85 else random.choice(damage.BYTES)
        self.file.write_bytes(way(random, data))
        what = f"{self.file.suffix} {way.__name__}"
        outcome = self.project.observe(period)
        if outcome.observed is None:
            return Result("refused", what, outcome.seconds)
        changed = [row for row in outcome.observed.to_dict("records") if _stated(row) != truth.get(_key(row))]
        for row in changed:
            if not confirms(self.file, row) and not _warned(outcome, row):
                raise Wrong(f"{what}: {_key(row)} is {_stated(row)}, not {truth.get(_key(row))}; {_place(row)}")
        return Result("changed" if changed else "read", what, outcome.seconds)

    def _truth(self, path: Path) -> Truth:
        """What one of the project's own workbooks states as it is."""
        if path not in self._own:
            self.project.place(path.parent.name, path.name).write_bytes(path.read_bytes())
            outcome = self.project.observe(path.parent.name)
            if outcome.observed is None:
                raise Wrong("refused without need:\n" + "\n".join(map(str, outcome.problems)))
            self._own[path] = {_key(row): _stated(row) for row in outcome.observed.to_dict("records")}
        return self._own[path]


def _differences(outcome: Outcome, page: Page, ending: str) -> list[str]:
    """What was read otherwise than it was written."""
    assert outcome.observed is not None
    rows = {_key(row): row for row in outcome.observed.to_dict("records")}
    found = [f"{key} was read, but is not there; {_place(rows[key])}" for key in rows.keys() - page.truth.keys()]
    for key, place in page.truth.items():
        if (row := rows.get(key)) is None:
            # A whole that is blank over its parts only heads them.
            found += [] if place.stated.status == MISSING else [f"{key} was not read, but is {place.stated}"]
        elif _stated(row) != place.stated:
            found.append(f"{key} is {_stated(row)}, not {place.stated}; {_place(row)}")
        elif row["cell"] != (address := f"dòng {place.row}, cột {place.column}" if ending == ".docx" else place.excel):
            found.append(f"{key} stands in {address}, not in {row['cell']}")
        elif place.warned and place.stated.status != MISSING and not row["warning"]:
            found.append(f"{key} is hidden, and nothing says so")
    return sorted(found)


def _warned(outcome: Outcome, row: Mapping[str, Any]) -> bool:
    """Whether something is said of the value, or of a line below that may be the rest of it."""
    line = int(re.sub(r"\D+", " ", row["cell"]).split()[0])
    below = {warning.cell for warning in outcome.warnings if warning.sheet == row["sheet"]}
    return bool(row["warning"]) or bool(below & {cell_address(line + 1, column) for column in range(1, 50)})


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["indicator"], row["part"]


def _stated(row: Mapping[str, Any]) -> Stated:
    return Stated(row["value"], row["status"], row["bound"])


def _place(row: Mapping[str, Any]) -> str:
    return f"{row['sheet']} {row['cell']} {row['text']!r} (“{row['row_label']}”, “{row['column_heading']}”)"
