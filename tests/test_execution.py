"""A notebook run for the project: in either engine the same, and what ends it before its time is told with its cell."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from kiemso.execution import execute
from kiemso.helper import Ahead, can_help
from kiemso.manner import Manner
from kiemso.problem import Problem, Refused
from kiemso.run import DRAWING

NAME = "notebooks/thu.ipynb"


def write(project: Path, *sources: str) -> None:
    """A notebook with a parameter and these cells."""
    parameters = nbformat.v4.new_code_cell('period = "2021-2022"', id="tham-so", metadata={"tags": ["parameters"]})
    cells = [nbformat.v4.new_code_cell(source, id=f"o-{number}") for number, source in enumerate(sources)]
    notebook = nbformat.v4.new_notebook(cells=[parameters, *cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (project / NAME).parent.mkdir(exist_ok=True)
    nbformat.write(notebook, project / NAME)


def run(project: Path, manner: Manner) -> str:
    """The executed notebook's text."""
    stage = project / "stage"
    stage.mkdir(exist_ok=True)
    execute(project, NAME, {"period": "2022-2023"}, stage, manner)
    return (stage / "thu.ipynb").read_text(encoding="utf-8")


def problem(project: Path, manner: Manner) -> Problem:
    with pytest.raises(Refused) as refused:
        run(project, manner)
    (one,) = refused.value.problems
    assert one.file == NAME
    assert "2022-2023" in one.message
    return one


def test_both_engines_leave_the_same_bytes_and_nothing_of_the_machine(tmp_path, monkeypatch):
    first = tmp_path / ".ipython/profile_default/startup/first.py"
    first.parent.mkdir(parents=True)
    first.write_text("import pandas\npandas.options.display.max_rows = 3\n", encoding="utf-8")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / ".ipython"))
    warning = "import os, warnings\nwarnings.warn('coi chừng')\n"
    source = "period, os.path.basename(os.getcwd()), 'KIEMSO_STAGE' in os.environ"
    write(tmp_path, warning + source, "import pandas\npandas.DataFrame({'a': range(9)})")
    forked = run(tmp_path, Manner())
    assert run(tmp_path, Manner(kernel=True)) == forked
    assert "('2022-2023', 'notebooks', True)" in forked
    assert str(tmp_path) not in forked
    assert "/tmp" not in forked


def test_a_word_of_many_letters_is_no_burden(tmp_path):
    write(tmp_path, "print('x' * 3_000_000)\nimport warnings\nwarnings.warn('coi chừng')")
    executed = run(tmp_path, Manner())
    assert "x" * 3_000_000 in executed
    assert "ipykernel_" not in executed


@pytest.mark.parametrize("kernel", [False, True])
def test_a_cell_that_takes_too_long_is_named_with_the_limit(tmp_path, kernel):
    write(tmp_path, "1", "import time; time.sleep(60)")
    told = problem(tmp_path, Manner(kernel=kernel, seconds=1))
    assert "o-1" in told.message
    assert "1 seconds" in told.message
    assert "--timeout" in told.mend


@pytest.mark.parametrize("kernel", [False, True])
def test_a_cell_in_which_the_process_ends_is_named(tmp_path, kernel):
    write(tmp_path, "1", "import os; os._exit(1)")
    assert "o-1" in problem(tmp_path, Manner(kernel=kernel)).message


def test_a_cell_that_fails_is_named_with_its_error(tmp_path):
    write(tmp_path, "1", "raise KeyError('khóa')")
    told = problem(tmp_path, Manner()).message
    assert "o-1" in told
    assert "KeyError: 'khóa'" in told


def test_another_parameter_than_the_notebooks_is_refused(tmp_path):
    write(tmp_path, "1")
    with pytest.raises(Refused, match="parameters"):
        execute(tmp_path, NAME, {"year": "2022-2023"}, tmp_path, Manner())


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda cells: cells[1].pop("id"), "cell 2 has no id"),
        (lambda cells: cells[1].update(id=cells[0]["id"]), "two cells have the id"),
        (lambda cells: cells[1].pop("source"), "cell 2 has no source"),
    ],
)
def test_cells_that_cannot_be_told_apart_are_refused(tmp_path, change, wrong):
    write(tmp_path, "1")
    content = json.loads((tmp_path / NAME).read_text(encoding="utf-8"))
    change(content["cells"])
    (tmp_path / NAME).write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(Refused, match=wrong):
        run(tmp_path, Manner())


@pytest.mark.parametrize("command", [["/bin/false"], None])
def test_a_kernel_that_does_not_start_is_told(tmp_path, monkeypatch, command):
    write(tmp_path, "1")
    found = tmp_path / "kernels/python3"
    found.mkdir(parents=True)
    (found / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "P", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    if command is None:
        monkeypatch.setattr("kiemso.execution.KERNEL", "python9")
    told = problem(tmp_path, Manner(kernel=True))
    assert "could not be begun" in told.message
    assert ("does not start" if command else "there is no kernel python9") in told.message


@pytest.mark.parametrize("kernel", [False, True])
def test_a_cell_that_ends_the_notebook_is_named(tmp_path, kernel):
    write(tmp_path, "1", "import sys; sys.exit()", "2")
    assert "cell “o-1” ends the notebook" in problem(tmp_path, Manner(kernel=kernel)).message


def test_a_magic_that_fails_is_named_with_what_it_wrote(tmp_path):
    write(tmp_path, "1", "%khong_co")
    told = problem(tmp_path, Manner()).message
    assert "o-1" in told
    assert "khong_co" in told.partition("o-1")[2]


def test_a_part_of_a_second_is_a_limit_for_a_kernel_too(tmp_path):
    write(tmp_path, "1", "import time; time.sleep(60)")
    assert "0.5 seconds" in problem(tmp_path, Manner(kernel=True, seconds=0.5)).message


@pytest.mark.skipif(not can_help(), reason="there is no fork here")
def test_a_figure_is_shown_alike_whoever_has_imported_matplotlib_before(tmp_path):
    write(tmp_path, "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([1, 2])")
    alone = run(tmp_path, Manner())
    (tmp_path / "stage/thu.ipynb").unlink()
    ahead = Ahead(DRAWING)
    try:
        ahead.do(execute, tmp_path, NAME, {"period": "2022-2023"}, tmp_path / "stage", Manner())
    finally:
        ahead.end()
    assert "image/png" in alone
    assert re.sub("0x[0-9a-f]+", "", (tmp_path / "stage/thu.ipynb").read_text("utf-8")) == re.sub(
        "0x[0-9a-f]+", "", alone
    )
