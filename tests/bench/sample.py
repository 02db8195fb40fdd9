"""A copy of the project to measure on, and the notebooks of its term."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import openpyxl
from kiemso.fact import read_facts
from kiemso.run import term_steps
from kiemso.term import read_term

from tests.bench.measure import ROOT

TERM = "2022-2024"
CHANGED = "gv-gioi-tinh@2023-2024"
_PARTS = ("_extensions", "_quarto.yml", "data", "notebooks", "report.qmd", "requirements.lock")


def copy_project(folder: Path) -> Path:
    """A copy of the project, with nothing made yet."""
    folder.mkdir(parents=True)
    for name in _PARTS:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    return folder


def forget(project: Path) -> None:
    """Remove all that was made."""
    for name in ("build", "_output"):
        shutil.rmtree(project / name, ignore_errors=True)


def tasks(project: Path) -> list[tuple[str, str]]:
    """The notebooks of the term with their periods, in an order in which they can run."""
    return [(step.notebook, step.period) for step in term_steps(TERM, read_term(project, TERM))]


class Workbook:
    """The raw workbook in which one cell changes to and fro."""

    def __init__(self, project: Path) -> None:
        facts = read_facts(project / "build" / TERM / "facts.json")
        source, value = facts[CHANGED].sources[0], facts[CHANGED].value
        assert isinstance(value, int)
        self._path = project / source.file
        book = openpyxl.load_workbook(self._path)
        book[source.sheet][source.cell] = value + 1
        changed = io.BytesIO()
        book.save(changed)
        self._versions = [changed.getvalue(), self._path.read_bytes()]

    def change(self) -> None:
        """Give the cell its other value."""
        self._path.write_bytes(self._versions[0])
        self._versions.reverse()


def change_notebook(project: Path, note: str) -> None:
    """Put a remark into a cell of the notebook that computes each year."""
    path = project / "notebooks" / "2-compute-indicators.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["id"] == "ty-le-htsx")
    cell["source"] = [line for line in cell["source"] if not line.startswith("# measured")]
    cell["source"].insert(0, f"# measured {note}\n")
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
