"""The engine, held against papermill's own cell by cell, and what it does where a process ends before its time."""

from __future__ import annotations

import ast
import multiprocessing
import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import papermill
import psutil
import pytest
from kiemso import process
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

AWKWARD = Path(__file__).parent / "fixtures/notebooks/awkward.py"


def cells_of(path: Path) -> dict[str, str]:
    """The cells of a script with “# %% name” lines."""
    _, *pieces = re.split(r"^# %% (.+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: source.strip("\n") for name, source in zip(pieces[::2], pieces[1::2], strict=True)}


CELLS = cells_of(AWKWARD)


def write_notebook(folder: Path, cells: dict[str, str]) -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number, (name, source) in enumerate(cells.items()):
        tags = [] if name.startswith("untagged") else ["raises-exception"]
        tags += ["skip-execution"] if name.startswith("tagged to be skipped") else []
        notebook.cells.append(nbformat.v4.new_code_cell(source, id=f"cell-{number}", metadata={"tags": tags}))
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / "in.ipynb")


def read_executed(folder: Path, cells: dict[str, str]) -> dict[str, NotebookNode]:
    executed = nbformat.read(folder / "out.ipynb", as_version=4).cells
    return dict(zip(cells, (cell for cell in executed if cell.id.startswith("cell-")), strict=True))


def execute(folder: Path, *sources: str, **more: Any) -> list[NotebookNode]:
    """The cells that the engine has executed."""
    cells = {f"untagged {number}": source for number, source in enumerate(sources)}
    write_notebook(folder, cells)
    settings = {"engine_name": "kiemso", "progress_bar": False, "request_save_on_cell_execute": False} | more
    papermill.execute_notebook(folder / "in.ipynb", folder / "out.ipynb", folder=str(folder), **settings)
    return [*read_executed(folder, cells).values()]


def value(cell: NotebookNode) -> str:
    """What a cell's last expression shows."""
    return cell.outputs[-1].data["text/plain"]


def comparable(cell: NotebookNode) -> dict[str, Any]:
    """A cell without what differs from one run to the next: addresses, process numbers, how text was cut."""
    outputs: list[Any] = []
    for output in cell.outputs:
        last = outputs[-1] if outputs else {}
        if output.output_type == "stream" and output.name == last.get("name"):
            last["text"] += output.text
        else:
            outputs.append(dict(output))
    differing = r"0x[0-9a-f]+|[0-9a-f]{32}|ipykernel_\d+|pid=\d+"
    return {"count": cell.execution_count, "outputs": re.sub(differing, "…", repr(outputs))}


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> list[dict[str, NotebookNode]]:
    """The awkward notebook, executed by papermill as it comes and by the engine, at the same time."""
    folders = [tmp_path_factory.mktemp("awkward") for _ in range(2)]
    for folder in folders:
        write_notebook(folder, CELLS)
    # A kernel that sees this variable takes no output of other programs.
    environment = {name: text for name, text in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    command = [sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb", "--no-request-save-on-cell-execute"]
    runs = [
        subprocess.Popen([*command, *more], cwd=folder, env=environment, stdout=-3, stderr=-3)
        for folder, more in zip(folders, ([], ["--engine", "kiemso"]), strict=True)
    ]
    assert [run.wait() for run in runs] == [1, 1]  # the last but one cell fails
    return [read_executed(folder, CELLS) for folder in folders]


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_gives_what_it_gives_in_an_ordinary_kernel(both, name):
    ordinary, ours = (comparable(cells[name]) for cells in both)
    assert ours == ordinary


def test_the_awkward_notebook_has_outputs_of_every_kind_and_stops_at_its_error(both):
    kinds = {output.output_type for cell in both[1].values() for output in cell.outputs}
    assert kinds == {"stream", "display_data", "execute_result", "error"}
    assert both[1]["never reached"].execution_count is None
    assert not both[1]["tagged to be skipped"].outputs


def test_the_notebook_says_which_language_it_is_in(tmp_path):
    execute(tmp_path, "1")
    metadata = nbformat.read(tmp_path / "out.ipynb", as_version=4).metadata
    assert metadata.language_info.version == sys.version.split()[0]


def test_nothing_is_shared_between_two_notebooks(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    execute(
        tmp_path,
        "import statistics, os, sys, pandas, warnings, builtins, threading, time\n"
        "statistics.mean = pandas.DataFrame = None; builtins.left = 1; sys.path.insert(0, 'x'); sys.modules['y'] = 1\n"
        "os.environ['LEFT'] = '1'; os.chdir('elsewhere'); warnings.simplefilter('error'); left = 1\n"
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start(); os.umask(0o777)",
    )
    state = (
        "import statistics, os, sys, pandas, builtins, threading\n"
        "(statistics.mean([1]), pandas.DataFrame.__name__, hasattr(builtins, 'left'), 'x' in sys.path,"
        " 'y' in sys.modules, 'LEFT' in os.environ, os.getcwd(), 'left' in globals(), os.umask(0o22) == 0o777)"
    )
    expected = (1, "DataFrame", False, False, False, False, str(tmp_path), False, False)
    assert ast.literal_eval(value(execute(tmp_path, state)[0])) == expected


def test_two_notebooks_draw_different_random_numbers(tmp_path):
    drawing = "import random, numpy\nrandom.random(), numpy.random.random(), numpy.random.default_rng().random()"
    one, two = (value(execute(tmp_path, drawing)[0]) for _ in range(2))
    assert not set(re.findall(r"0\.\d+", one)) & set(re.findall(r"0\.\d+", two))


def test_the_environment_is_this_process_and_what_is_given_besides(tmp_path, monkeypatch):
    monkeypatch.setenv("FROM_HERE", "đây")
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    source = "import os, time\nos.environ['FROM_HERE'], os.environ['GIVEN'], time.strftime('%z', time.localtime(0))"
    (cell,) = execute(tmp_path, source, environment={"GIVEN": "thêm"})
    assert value(cell) == "('đây', 'thêm', '+0800')"


def test_many_threads_run_notebooks_at_once(tmp_path):
    def run(number: int) -> str:
        return value(execute(tmp_path / str(number), f"number = {number}", "number * 10")[1])

    with ThreadPoolExecutor(6) as pool:
        assert [*pool.map(run, range(12))] == [str(number * 10) for number in range(12)]


def test_a_cell_that_takes_too_long_is_ended_and_keeps_what_it_has_written(tmp_path):
    source = "import time\nprint('bắt đầu', flush=True)\ntime.sleep(60)"
    start = time.monotonic()
    with pytest.raises(CellTimeoutError) as caught:
        execute(tmp_path, "1", source, "2", execution_timeout=0.5, request_save_on_cell_execute=True)
    assert time.monotonic() - start < 10
    assert caught.value.cell_id == "cell-1"
    cells = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
    assert [cell.get("outputs") != [] for cell in cells] == [True, True, False]
    assert "bắt đầu" in str(cells[1].outputs)


@pytest.mark.parametrize("what", ["print('x', flush=True)", "display(1)", "print('x', file=sys.stderr)"])
def test_a_cell_that_never_ends_to_write_is_ended_too(tmp_path, what):
    start = time.monotonic()
    with pytest.raises(CellTimeoutError):
        execute(tmp_path, f"import sys\nwhile True:\n    {what}", execution_timeout=0.5)
    assert time.monotonic() - start < 10


def test_a_limit_is_for_a_cell_and_not_for_the_notebook(tmp_path):
    sleep = "import time; time.sleep(0.3); 'xong'"
    assert value(execute(tmp_path, *[sleep] * 4, execution_timeout=1)[3]) == "'xong'"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os; os._exit(3)", "exit code 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "SIGTERM"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
    ],
)
def test_a_process_that_ends_in_a_cell_is_told_with_the_cell_and_the_reason(tmp_path, source, reason):
    with pytest.raises(DeadKernelError, match=reason) as caught:
        execute(tmp_path, "1", source, "2")
    assert caught.value.cell_id == "cell-1"
    assert value(execute(tmp_path, "1 + 1")[0]) == "2"  # and the server is none the worse


def test_exit_ends_the_process_after_the_cell(tmp_path):
    assert value(execute(tmp_path, "'trước'", "exit")[0]) == "'trước'"
    with pytest.raises(DeadKernelError) as caught:
        execute(tmp_path, "exit()", "2")
    assert caught.value.cell_id == "cell-1"


@pytest.mark.parametrize("ending", ["'xong'", "raise ValueError", "import os; os._exit(1)"])
def test_processes_that_a_notebook_leaves_behind_are_ended(tmp_path, ending):
    start = "import subprocess, pathlib\nleft = subprocess.Popen(['sleep', '60'])"
    start += "\npathlib.Path('pid').write_text(str(left.pid)) and None"
    with suppress(PapermillExecutionError, DeadKernelError):
        execute(tmp_path, start, ending)
    left = int((tmp_path / "pid").read_text())
    wait_until(lambda: ended(left))
    assert not process._running


def test_a_notebook_ends_with_the_engine(tmp_path):
    source = "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))\ntime.sleep(60)"
    write_notebook(tmp_path, {"untagged": source})
    command = [sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb", "--engine", "kiemso"]
    engine = subprocess.Popen(command, cwd=tmp_path, stdout=-3, stderr=-3)
    wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    notebook = int((tmp_path / "pid").read_text())
    assert psutil.pid_exists(notebook)
    engine.kill()
    engine.wait()
    wait_until(lambda: not psutil.pid_exists(notebook))


def test_stop_all_ends_a_running_notebook(tmp_path):
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(execute, tmp_path, "import time, pathlib\npathlib.Path('x').touch(); time.sleep(60)")
        wait_until((tmp_path / "x").exists)
        process.stop_all()
        with pytest.raises(DeadKernelError):
            running.result()


def test_what_is_written_while_the_cell_runs_arrives_before_its_end(tmp_path):
    heard: list[float] = []

    class Listener:
        def write(self, text: str) -> None:
            heard.append(time.monotonic())

        def flush(self) -> None:
            pass

    source = "import time\nfor _ in range(8):\n    print('chữ')\n    time.sleep(0.1)"
    (cell,) = execute(tmp_path, source, stdout_file=Listener())
    assert heard[-1] - heard[0] > 0.3
    assert [output.text for output in cell.outputs] == ["chữ\n" * 8]


def test_the_engine_works_where_processes_cannot_be_forked(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "METHOD", "spawn")
    before = multiprocessing.get_start_method(allow_none=True)
    cells = execute(tmp_path, "import pandas\npandas.DataFrame({'a': [1]})", "print('ế')", "import os; os.getcwd()")
    assert "<table" in cells[0].outputs[0].data["text/html"]
    assert cells[1].outputs[0].text == "ế\n"
    assert value(cells[2]) == repr(str(tmp_path))
    with pytest.raises(DeadKernelError):
        execute(tmp_path, "import os; os._exit(1)")
    assert multiprocessing.get_start_method(allow_none=True) in (before, "fork")


def test_no_thread_or_open_file_is_left_by_a_notebook(tmp_path):
    execute(tmp_path, "1")
    here = psutil.Process()
    before = threading.active_count(), here.num_fds(), len(here.children(recursive=True))
    for _ in range(3):
        execute(tmp_path, "1")
    assert (threading.active_count(), here.num_fds(), len(here.children(recursive=True))) == before


def ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_until(condition: Any, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
