"""The notebooks as the auditor finds them, and each run by itself."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest
from kiemso.recorder import CHART_MIME, FACT_MIME, PROBLEMS_MIME, TABLE_MIME
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
IDS = [path.stem for path in NOTEBOOKS]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for part in ("data", "notebooks"):
        shutil.copytree(ROOT / part, tmp_path / part)
    return tmp_path


def outputs(notebook: nbformat.NotebookNode, mime: str) -> list[dict]:
    found = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    return [data[mime] for data in found if mime in data]


def test_there_are_four() -> None:
    assert IDS == ["1-clean-year", "2-compute-indicators", "3-summarise-term", "4-roll-up"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)
def test_it_is_committed_clean_and_can_be_followed(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert notebook.metadata.kernelspec.name == "python3"
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert notebook.cells[0].cell_type == "markdown" and "**Câu hỏi:**" in notebook.cells[0].source
    assert [cell.id for cell in code if "parameters" in cell.metadata.get("tags", [])] == ["parameters"]
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    headings = [line for cell in notebook.cells for line in cell.source.splitlines() if line.startswith("## ")]
    assert headings[:2] == ["## Đọc", "## Xử lý"] and headings[-1] == "## Lưu"
    assert not any(word in cell.source for cell in code for word in ("class ", "%run", "global "))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)
def test_no_name_is_given_to_two_frames(path: Path) -> None:
    """A frame that is overwritten shows the auditor a state that no cell explains."""
    import ast

    notebook = nbformat.read(path, as_version=4)
    assigned: dict[str, str] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        names = {
            target.id
            for node in ast.parse(cell.source).body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for name in names - {"by_year", "figure", "axes", "alt", "average", "bars"}:  # used in their cell alone
            assert assigned.setdefault(name, cell.id) == cell.id, f"{name}: {assigned[name]} and {cell.id}"


def test_they_run_one_after_the_other_with_plain_papermill(project: Path) -> None:
    years, term = ["2021-2022", "2022-2023", "2023-2024"], "2022-2024"
    folder = project / "notebooks"
    for period in (*years, term):
        done = run(folder, "1-clean-year.ipynb", period)
        assert (project / f"build/{period}/observations.csv").is_file()
        assert "bỏ" in "".join(output.get("text", "") for cell in done.cells for output in cell.get("outputs", []))
    for year in years:
        done = run(folder, "2-compute-indicators.ipynb", year)
        keys = [fact["key"] for fact in outputs(done, FACT_MIME)]
        assert len(keys) == len(set(keys)) > 60 and all(key.endswith(year) for key in keys)


@pytest.mark.parametrize("name", ["1-clean-year.ipynb", "2-compute-indicators.ipynb", "3-summarise-term.ipynb"])
def test_it_runs_as_it_stands_in_jupyterlab(project: Path, name: str) -> None:
    from kiemso.run import run_term

    if name != "1-clean-year.ipynb":
        run_term(project, "2022-2024", lambda _: None)
    notebook = nbformat.read(project / "notebooks" / name, as_version=4)
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": project / "notebooks"}}).execute()
    if name == "3-summarise-term.ipynb":
        assert {table["name"] for table in outputs(notebook, TABLE_MIME)} == {"ket-qua", "chi-tieu"}
        charts = outputs(notebook, CHART_MIME)
        assert {chart["name"] for chart in charts} == {"xep-loai", "hoc-sinh", "tai-tro"}
        assert all(len(chart["alt"]) > 60 for chart in charts)
    assert not outputs(notebook, PROBLEMS_MIME)


def test_stripping_an_executed_notebook_gives_the_committed_one_again(project: Path) -> None:
    path = project / "notebooks/1-clean-year.ipynb"
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": path.parent}}).execute()
    nbformat.write(notebook, path)
    (strip,) = re.findall(r"\$\(BIN\)/(nbstripout .*) notebooks/", (ROOT / "Makefile").read_text(encoding="utf-8"))
    subprocess.run([sys.executable, "-m", *strip.split(), str(path)], check=True)
    stripped, committed = (nbformat.read(p, as_version=4) for p in (path, ROOT / "notebooks" / path.name))
    assert stripped.cells == committed.cells
    assert stripped.metadata.kernelspec == committed.metadata.kernelspec


def test_a_notebook_says_what_is_wrong_in_its_own_output(project: Path) -> None:
    import openpyxl

    path = project / "data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx"
    book = openpyxl.load_workbook(path)
    book.active["C7"] = "một"
    book.save(path)
    with pytest.raises(papermill.PapermillExecutionError):
        run(project / "notebooks", "1-clean-year.ipynb", "2021-2022")
    done = nbformat.read(project / "notebooks" / "out.ipynb", as_version=4)
    (problems,) = outputs(done, PROBLEMS_MIME)
    assert [(p["cell"], p["text"]) for p in problems] == [("C7", "một")]


def run(folder: Path, name: str, period: str) -> nbformat.NotebookNode:
    return papermill.execute_notebook(
        folder / name,
        folder / "out.ipynb",
        parameters={"period": period},
        cwd=str(folder),
        kernel_name="python3",
        progress_bar=False,
    )
