"""One way to run notebooks, as a process that is told how many copies to run and says how long they took.

`python -m tests.bench.contender NAME JOBS PROJECT FOLDER`; then a number of copies on each line of standard input.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import count, islice
from pathlib import Path

from kiemso.process import warm_up
from kiemso.project import PROJECT, STAGE
from kiemso.recorder import FACT_MIME
from kiemso.run import DRAWING

from tests.bench.sample import tasks

# Source notebook, period, and the folder for what it makes.
Run = Callable[[Path, str, Path], None]


def run_kiemso(source: Path, period: str, stage: Path) -> None:
    """As `kiemso run` does it."""
    from kiemso.execution import execute
    from kiemso.helper import apart
    from kiemso.manner import Manner

    project = source.parents[1]
    apart(execute, project, source.relative_to(project).as_posix(), {"period": period}, stage, Manner())


def run_papermill(source: Path, period: str, stage: Path) -> None:
    """papermill as it comes."""
    import papermill

    papermill.execute_notebook(
        source, stage / source.name, {"period": period}, kernel_name="python3", cwd=source.parent, progress_bar=False
    )


def run_ploomber(source: Path, period: str, stage: Path) -> None:
    """ploomber-engine: in this very process, so that notebooks share what they change."""
    from ploomber_engine import execute_notebook

    execute_notebook(source, stage / source.name, parameters={"period": period}, cwd=source.parent, progress_bar=False)


def run_nbclient(source: Path, period: str, stage: Path) -> None:
    """nbclient, which knows no parameters: the cell that holds them is rewritten."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(source, as_version=4)
    next(cell for cell in notebook.cells if cell.id == "parameters").source = f"period = {period!r}"
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(source.parent)}}).execute()
    nbformat.write(notebook, stage / source.name)


def run_script(source: Path, period: str, stage: Path) -> None:
    """The same code as a plain script in this process: the floor."""
    import matplotlib.pyplot as plt

    cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
    code = [f"period = {period!r}" if cell["id"] == "parameters" else "".join(cell["source"]) for cell in cells
            if cell["cell_type"] == "code"]  # fmt: skip
    os.chdir(source.parent)
    exec(compile("\n".join(code), source.name, "exec"), {"__name__": "__main__"})
    plt.close("all")


RUNS: dict[str, Run] = {
    "kiemso": run_kiemso,
    "papermill": run_papermill,
    "ploomber-engine": run_ploomber,
    "nbclient": run_nbclient,
    "script": run_script,
}
MODULES = {"ploomber-engine": "ploomber_engine"}


def _one(name: str, project: Path, notebook: str, period: str, stage: Path) -> None:
    stage.mkdir(parents=True, exist_ok=True)
    if name != "kiemso":  # which gives them to the notebook's own process
        os.environ |= {PROJECT: str(project), STAGE: str(stage)}
    RUNS[name](project / notebook, period, stage)


def _pool(name: str, jobs: int) -> Executor:
    if name == "kiemso" or jobs == 1:
        return ThreadPoolExecutor(jobs)
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"))


def check(name: str, project: Path, stage: Path, notebook: str, period: str) -> None:
    """Whether the run made what `kiemso run` had made: as many facts, the same observations."""
    made, file = project / "build" / period, Path(notebook).name
    if (stage / "observations.csv").exists():
        assert (stage / "observations.csv").read_bytes() == (made / "observations.csv").read_bytes(), (name, stage)
    if name != "script":
        facts = [(folder / file).read_text(encoding="utf-8").count(f'"{FACT_MIME}"') for folder in (stage, made)]
        assert facts[0] == facts[1], (name, stage, facts)


def batches(name: str, jobs: int, project: Path, folder: Path, copies: Iterator[int]) -> Iterator[float]:
    """The seconds that each number of copies takes, after those copies have been looked at."""
    term, numbers = tasks(project), count()
    if name == "kiemso":
        warm_up(DRAWING)  # as where many notebooks run
    with _pool(name, jobs) as pool:
        for number in copies:
            todo = [(*term[n % len(term)], folder / f"{n % len(term)}-{n}") for n in islice(numbers, number)]
            start = time.perf_counter()
            for job in [pool.submit(_one, name, project, *one) for one in todo]:
                job.result()
            seconds = time.perf_counter() - start
            for notebook, period, stage in todo:
                check(name, project, stage, notebook, period)
            yield seconds


def main() -> None:
    """Answer on what was standard output; what notebooks print goes nowhere."""
    name, jobs, project, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
    answers, nothing = os.fdopen(os.dup(1), "w"), os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    for seconds in batches(name, jobs, project, folder, map(int, sys.stdin)):
        print(seconds, file=answers, flush=True)


if __name__ == "__main__":
    main()
