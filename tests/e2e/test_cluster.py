"""Runs on a Dask cluster of this machine: what they give, and what becomes of them when parts of it die."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import openpyxl
import psutil
import pytest
from simulate_workspace import simulate_workspace

from .conftest import ROOT, Project, copy_project

pytest.importorskip("distributed")

TERM = "2022-2024"
# In the notebook that cleans a year: waits as long as there is a file of that name beside data/.
HOLD = """import os, pathlib, time
hold = pathlib.Path(os.environ["KIEMSO_PROJECT"], f"hold-{period}")
while hold.exists():
    time.sleep(0.02)
"""


class Cluster:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.started = folder, {}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"

    def start(self, name: str, *command: str, ready: str, **environment: str) -> None:
        with (self.folder / f"{name}.log").open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *command, "--no-dashboard"],
                cwd=self.folder,
                env={**os.environ, "KIEMSO_LANG": "en", **environment},
                stdout=output,
                stderr=output,
            )
        self.started[name] = process
        wait(lambda: ready in self.log(name), f"{name} did not start")

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def scheduler(self) -> None:
        self.start("scheduler", "scheduler", "--host", "127.0.0.1", "--port", f"{self.port}", ready="Scheduler at")

    def worker(self, name: str, *options: str, **environment: str) -> None:
        given = ("--nthreads", "1", "--memory-limit", "0", "--name", name, *options)
        self.start(name, "worker", self.address, *given, ready="Registered to", **environment)

    def stop(self, *names: str, how: int = signal.SIGKILL) -> None:
        for name in names:
            process = self.started.pop(name)
            below = psutil.Process(process.pid).children()
            process.send_signal(how)
            for child in below if how == signal.SIGKILL else []:  # a nanny would start another worker
                with suppress(psutil.NoSuchProcess):
                    child.kill()
            process.wait(20)


def wait(holds: Callable[[], object], what: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.02)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One worker as Dask starts it, below a nanny, and one without."""
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    made.scheduler()
    made.worker("one")
    made.worker("two", "--no-nanny")
    yield made
    made.stop(*made.started)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose notebook can be held up, run without a cluster; not to be changed."""
    project = copy_project(ROOT, tmp_path_factory.mktemp("plain") / "project")
    path = project.path("notebooks/1-clean-year.ipynb")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", []))
    held = {"cell_type": "code", "id": "hold", "metadata": {}, "outputs": [], "execution_count": None, "source": HOLD}
    notebook["cells"].insert(notebook["cells"].index(cell) + 1, held)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    fresh(project, project.folder.with_name("fresh"))
    project.kiemso("run", "--audit")
    return project


def fresh(project: Project, folder: Path) -> Project:
    """A copy in which nothing was made."""
    shutil.copytree(project.folder, folder)
    return Project(folder)


@pytest.fixture
def project(plain: Project, tmp_path: Path) -> Project:
    return fresh(Project(plain.folder.with_name("fresh")), tmp_path / "project")


def made(project: Project) -> dict[str, bytes]:
    """Every file that was made, but for what holds no result."""
    files = [path for name in ("build", "_output") for path in project.path(name).rglob("*") if path.is_file()]
    names = {path.relative_to(project.folder): path for path in files}
    return {
        name.as_posix(): path.read_bytes() for name, path in names.items() if not any(p[0] == "." for p in name.parts)
    }


def calculated(project: Project) -> dict[str, bytes]:
    """What the notebooks made."""
    return {name: content for name, content in made(project).items() if re.match(r"build/\d", name)}


class Run:
    """A command that is under way."""

    def __init__(self, project: Project, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kiemso", *arguments],
            cwd=project.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def end(self, status: int) -> str:
        out, err = self.process.communicate(timeout=240)
        assert "Traceback" not in err, err
        assert self.process.returncode == status, out + err
        return out + err


def hold(project: Project, *periods: str) -> None:
    for period in periods:
        project.path(f"hold-{period}").touch()


def release(project: Project) -> None:
    for path in project.folder.glob("hold-*"):
        path.unlink()


def begun(project: Project, period: str) -> list[Path]:
    """The attempts at cleaning a year that are, or were, under way."""
    return [*project.path("build/.stage").glob(f"1-clean-year@{period}.*")]


def steps(project: Project) -> set[str]:
    return {
        path.name[: -len(".step.json")] + " " + path.parent.name for path in project.path("build").glob("*/*.step.json")
    }


def below(cluster: Cluster) -> set[int]:
    """The processes of notebooks and tasks: all below a worker that are no server of those."""
    found: set[int] = set()
    for started in cluster.started.values():
        for process in psutil.Process(started.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # it, or its parent, ended while we looked
                parent = process.parent()
                if parent and "forkserver" in "".join(parent.cmdline()):
                    found.add(process.pid)
    return found


def test_a_cluster_gives_the_bytes_that_this_machine_gives(cluster: Cluster, plain: Project, project: Project) -> None:
    project.kiemso("run", "--audit", "--scheduler", cluster.address)
    assert made(project) == made(plain)
    assert "0 notebooks run, 8 up to date" in project.kiemso("run", "--scheduler", cluster.address).stdout


def test_schools_on_a_cluster_give_the_same_bytes(cluster: Cluster, tmp_path: Path) -> None:
    here, there = Project(tmp_path / "here"), Project(tmp_path / "there")
    simulate_workspace(here.folder, ROOT, schools=2, late=0.5)
    shutil.copytree(here.folder, there.folder)
    here.kiemso("run", "--schools", "*", status=2)
    done = there.kiemso("run", "--schools", "*", "--scheduler", cluster.address, status=2)
    assert "2 schools: 1 done, 1 late, 0 refused; 8 notebooks run" in done.stdout
    ours, theirs = school_files(here), school_files(there)
    assert len(ours) > 20 and theirs == ours


def school_files(workspace: Project) -> dict[str, bytes]:
    """What was made of every school, without the times of files that its standing keeps."""
    found = {}
    for folder in (workspace.folder, *workspace.folder.glob("schools/*/*")):
        name = folder.relative_to(workspace.folder).as_posix()
        found |= {f"{name}/{file}": content for file, content in made(Project(folder)).items()}
    return {name: content for name, content in found.items() if not name.endswith("build/standing.json")}


def test_what_a_worker_refuses_is_told_in_the_person_s_language(cluster: Cluster, project: Project) -> None:
    project.write_cell("2022-2023", "C8", "mười hai")
    told = project.kiemso("run", "--scheduler", cluster.address, status=2, KIEMSO_LANG="vi").stderr
    assert "trang tính “Kết quả”, ô C8 “mười hai”: " in told


def test_a_scheduler_that_does_not_answer_is_named(project: Project) -> None:
    done = project.kiemso("run", "--scheduler", "tcp://127.0.0.1:9", status=2)
    assert "the scheduler tcp://127.0.0.1:9 does not answer" in done.stderr
    done = project.kiemso("run", "--scheduler", "nowhere", status=2)
    assert "the scheduler nowhere does not answer: missing port number" in done.stderr


def test_a_stopped_run_ends_its_tasks_on_the_cluster(cluster: Cluster, project: Project) -> None:
    hold(project, "2021-2022")
    run = Run(project, "run", "--scheduler", cluster.address)
    wait(lambda: begun(project, "2021-2022"), "nothing began")
    assert below(cluster)
    run.process.send_signal(signal.SIGINT)
    assert "Stopped." in run.end(2)
    wait(lambda: not below(cluster), "a task went on", 10)


def test_a_killed_run_s_tasks_end_too(cluster: Cluster, plain: Project, project: Project) -> None:
    hold(project, "2021-2022")
    run = Run(project, "run", "--scheduler", cluster.address)
    wait(lambda: len(steps(project)) > 2, "nothing ended")
    run.process.kill()
    run.process.communicate()
    wait(lambda: not below(cluster), "a task went on", 10)
    finished = steps(project)
    release(project)
    project.kiemso("run", "--scheduler", cluster.address)
    assert calculated(project) == calculated(plain)
    assert finished


def test_what_a_killed_worker_was_doing_is_done_by_another(cluster: Cluster, plain: Project, project: Project) -> None:
    hold(project, "2021-2022", "2022-2023")
    run = Run(project, "run", "--scheduler", cluster.address)
    wait(lambda: begun(project, "2021-2022") and begun(project, "2022-2023"), "two steps are not under way")
    cluster.stop("two")
    release(project)
    assert "8 notebooks run" in run.end(0)
    # What is left of the attempt that ended with its worker.
    assert len(begun(project, "2021-2022") + begun(project, "2022-2023")) == 1
    assert calculated(project) == calculated(plain)
    cluster.worker("two", "--no-nanny")


def changed_package(folder: Path) -> str:
    """A copy of the package in which one line is another."""
    shutil.copytree(Path(ROOT, "scripts"), folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "kiemso/number.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n# Changed.\n", encoding="utf-8")
    return str(folder)


def test_a_worker_with_another_version_of_the_package_is_refused(
    cluster: Cluster, project: Project, tmp_path: Path
) -> None:
    other = changed_package(tmp_path / "scripts")
    hold(project, "2021-2022", "2022-2023")
    run = Run(project, "run", "--scheduler", cluster.address)
    wait(lambda: begun(project, "2021-2022") and begun(project, "2022-2023"), "two steps are not under way")
    # It comes late, to do what nobody has time for.
    cluster.worker("late", "--no-nanny", PYTHONPATH=other)
    wait(lambda: "Compute Failed" in cluster.log("late"), "it was asked for nothing")
    release(project)
    assert "kiemso is " in run.end(2)
    done = project.kiemso("run", "--scheduler", cluster.address, status=2)
    assert "(late): kiemso is " in done.stderr
    cluster.stop("late")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only the system's administrator can mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_leaves_what_was_good_and_the_next_run_gives_the_same_bytes(
    cluster: Cluster, plain: Project, disk: Path, tmp_path: Path
) -> None:
    there, here = fresh(plain, disk / "project"), fresh(plain, tmp_path / "project")
    before = calculated(there)
    for project in (there, here):
        shutil.copy(changed_workbook(plain, tmp_path), project.path("data/raw/2023-2024"))
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(shutil.disk_usage(disk).free - 100_000))
    done = there.kiemso("run", "--scheduler", cluster.address, status=2)
    assert "No space left on device" in done.stderr
    after = calculated(there)
    assert {name for name in after if after[name] != before.get(name)} <= {
        f"build/2023-2024/{name}" for name in ("1-clean-year.ipynb", "1-clean-year.step.json", "observations.csv")
    }
    ballast.unlink()
    there.kiemso("run", "--scheduler", cluster.address)
    here.kiemso("run")
    assert calculated(there) == calculated(here) != before


def changed_workbook(project: Project, folder: Path) -> Path:
    (path,) = project.path("data/raw/2023-2024").glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    book.active["C8"] = 7
    book.save(folder / path.name)
    return folder / path.name


def test_a_scheduler_that_dies_ends_the_run_and_the_next_one_goes_on(
    cluster: Cluster, plain: Project, project: Project
) -> None:
    hold(project, "2021-2022")
    run = Run(project, "run", "--scheduler", cluster.address)
    wait(lambda: len(steps(project)) == 5, "the other years are not done")
    cluster.stop("scheduler")
    assert f"the connection to the scheduler {cluster.address} was lost" in run.end(2)
    wait(lambda: not below(cluster), "a task went on", 10)
    for name in ("one", "two"):
        cluster.started.pop(name).wait(20)
    release(project)
    cluster.scheduler()
    assert "has no workers" in project.kiemso("run", "--scheduler", cluster.address, status=2).stderr
    cluster.worker("one")
    done = project.kiemso("run", "--scheduler", cluster.address)
    assert "3 notebooks run, 5 up to date" in done.stdout
    assert calculated(project) == calculated(plain)
