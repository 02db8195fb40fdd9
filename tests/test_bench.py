"""The benchmarks measure what they say they measure."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from kiemso.manuscript import read_manuscript

from tests.bench.cells import write_report_with_cells
from tests.bench.sample import CHANGED, TERM, change_notebook, copy_project, tasks

_WORK = "import time\nwhile time.process_time() < {seconds}: pass"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path / "project")


def measured(root: Path, code: str) -> str:
    """What a process prints that measures a command: measuring changes who inherits orphans."""
    lines = ["import sys", "from tests.bench.measure import Use, kiemso, middle, run", "from pathlib import Path", code]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=root, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are inherited on Linux")
def test_the_processor_time_of_what_a_command_leaves_behind_counts(root):
    child = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {_WORK.format(seconds=0.5)!r}])"
    code = f"use = run([sys.executable, '-c', {child!r}], Path()); print(use.cpu >= 0.5)"
    assert measured(root, code).strip() == "True"


def test_a_command_that_fails_is_not_measured_and_what_it_said_is_told(root):
    code = "try: run([sys.executable, '-c', 'print(12345); sys.exit(3)'], Path())\nexcept RuntimeError as e: print(e)"
    assert "12345" in measured(root, code)


def test_the_middle_is_the_median_of_each(root):
    assert measured(root, "print(middle([Use(1, 9), Use(5, 2), Use(3, 4)]).seconds)").strip() == "3"


def test_the_notebooks_that_are_measured_are_those_of_the_term(project):
    assert len(tasks(project)) == 8
    assert tasks(project)[-1] == ("notebooks/3-summarise-term.ipynb", TERM)


def test_a_changed_notebook_differs_each_time_by_one_line(project):
    path = project / "notebooks" / "2-compute-indicators.ipynb"
    texts = []
    for note in ("a", "b"):
        change_notebook(project, note)
        texts.append(path.read_text(encoding="utf-8").splitlines())
    assert len(texts[0]) == len(texts[1])
    assert [a for a, b in zip(*texts, strict=True) if a != b] == ['    "# measured a\\n",']


def test_the_report_with_cells_states_every_figure_of_the_report(project):
    figures = len(read_manuscript(project).figures)
    text = write_report_with_cells(project, TERM).read_text(encoding="utf-8")
    assert len(re.findall(r"`\{python\} text\['", text)) == figures
    assert "fact=" not in text
    assert not (project / "_quarto.yml").exists()


def test_the_cell_that_changes_is_of_a_year_of_the_term(project):
    assert CHANGED.partition("@")[2] in {period for _, period in tasks(project)}
