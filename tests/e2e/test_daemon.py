"""Commands done by the daemon: what they make, say and end with is what they would without it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from kiemso import relay

from .conftest import ROOT, Project, copy_project

if sys.platform != "linux":
    pytest.skip("the daemon is Linux's", allow_module_level=True)

SECONDS = 30


@pytest.fixture
def project(rendered: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project with a year to run, whose commands leave a daemon, in a folder of its own: a socket's path is short."""
    runtime = tempfile.mkdtemp(prefix="k", dir="/tmp")
    monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
    monkeypatch.setenv(relay.VARIABLE, "60")
    project = copy_project(rendered.folder, tmp_path / "báo cáo", "build", "_output")
    project.write_cell("2021-2022", "C7", 3)
    yield project
    for process in daemons(runtime):
        process.kill()
    shutil.rmtree(runtime)


def daemons(runtime: str | None = None) -> list[psutil.Process]:
    """Those that were started with this folder for their sockets."""
    runtime = runtime or os.environ["XDG_RUNTIME_DIR"]
    found = []
    for process in psutil.process_iter():
        try:
            line = process.cmdline()
            if "kiemso.daemon" in line and process.environ().get("XDG_RUNTIME_DIR") == runtime:
                found.append(process)
        except psutil.Error:
            pass
    # Its copies have its command line.
    return [process for process in found if process.ppid() not in {other.pid for other in found}]


def await_(what: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def sockets() -> list[Path]:
    return list(Path(os.environ["XDG_RUNTIME_DIR"]).glob("kiemso-*/*.socket"))


def left(project: Project) -> psutil.Process:
    """The daemon that a first command leaves."""
    project.kiemso("run")
    await_(sockets)
    (daemon,) = daemons()
    return daemon


def begun(project: Project, *arguments: str) -> subprocess.Popen[str]:
    """A command that is under way."""
    line = [sys.executable, "-m", "kiemso", *arguments]
    pipe = subprocess.PIPE
    process = subprocess.Popen(line, cwd=project.folder, stdout=pipe, stderr=pipe, encoding="utf-8")
    await_(project.path("build/.lock.json").exists)
    return process


def slow_down(project: Project) -> None:
    """Have a notebook wait, in a cell of its own."""
    code = "# measured\\nimport time; time.sleep(60)\\n"
    project.replace("notebooks/1-clean-year.ipynb", '"cells = raw_cells()', f'"{code}",\n    "cells = raw_cells()')


def test_a_command_is_done_by_the_daemon_that_another_has_left(project):
    here = project.kiemso("run", PYTHONPROFILEIMPORTTIME="1")
    assert "| pandas" in here.stderr.replace(" ", "").replace("|", "| ")
    await_(sockets)
    project.write_cell("2023-2024", "C7", 3)
    there = project.kiemso("run", PYTHONPROFILEIMPORTTIME="1")
    assert "pandas" not in there.stderr
    assert "3 notebooks run, 5 up to date" in there.stdout


def test_it_makes_and_says_what_is_made_and_said_without_it(project):
    left(project)
    for name in ("build", "_output"):
        shutil.rmtree(project.path(name), ignore_errors=True)
    there = project.kiemso("render", "--renderer", "embedded")
    made = project.outputs()
    shutil.rmtree(project.path("build"))
    shutil.rmtree(project.path("_output"))
    here = project.kiemso("render", "--renderer", "embedded", **{relay.VARIABLE: "0"})
    assert project.outputs() == made
    assert there.stderr == here.stderr
    assert sorted(without_times(there.stdout)) == sorted(without_times(here.stdout))
    unchanged = project.kiemso("render", "--renderer", "embedded")
    assert "0 notebooks run, 8 up to date" in unchanged.stdout


def without_times(text: str) -> list[str]:
    return [line.partition(" (")[0] for line in text.splitlines()]


def test_what_cannot_be_used_is_told_with_the_same_status(project):
    left(project)
    project.replace("data/terms.yml", "2021-2022", "2021-22")
    there = project.kiemso("run", "--json", status=2)
    here = project.kiemso("run", "--json", status=2, **{relay.VARIABLE: "0"})
    assert (there.stdout, there.stderr) == (here.stdout, here.stderr)


def test_a_command_that_was_killed_is_not_done_on(project):
    daemon = left(project)
    slow_down(project)
    process = begun(project, "run")
    await_(lambda: [child for child in daemon.children(recursive=True) if child.children()])
    process.kill()
    process.communicate()
    await_(lambda: not daemon.children(recursive=True))
    project.replace("notebooks/1-clean-year.ipynb", "time.sleep(60)", "pass")
    assert "4 notebooks run" in project.kiemso("run").stdout  # the others are made from the same as before
    assert daemons() == [daemon]


def test_interrupting_it_is_told(project):
    daemon = left(project)
    slow_down(project)
    process = begun(project, "run")
    await_(lambda: [child for child in daemon.children(recursive=True) if child.children()])
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 2
    assert said == "Stopped. What was finished is kept; the last good report is untouched.\n"
    await_(lambda: not daemon.children(recursive=True))


def test_a_copy_that_is_killed_ends_the_command(project):
    daemon = left(project)
    slow_down(project)
    process = begun(project, "run")
    await_(daemon.children)
    daemon.children()[0].kill()
    process.communicate(timeout=SECONDS)
    assert process.returncode == -signal.SIGKILL


def test_where_the_daemon_is_killed_the_command_is_done_all_the_same(project):
    daemon = left(project)
    project.path("build/.finished").rename(project.path("build/.forgotten"))
    project.write_cell("2023-2024", "C7", 3)
    process = begun(project, "run")
    daemon.kill()
    said, told = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, told
    assert "✓ 3-summarise-term" in said


@pytest.mark.parametrize("size", ["", "x" * 99], ids=["nothing", "no request"])
def test_who_says_nothing_of_use_does_no_harm(project, size):
    daemon = left(project)
    import socket

    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(sockets()[0]))
        line.sendall(size.encode())
    project.write_cell("2023-2024", "C7", 3)
    assert "3 notebooks run" in project.kiemso("run").stdout
    assert daemons() == [daemon]


def test_it_ends_when_the_program_changes(project, tmp_path, monkeypatch):
    package = shutil.copytree(ROOT / "scripts" / "kiemso", tmp_path / "scripts" / "kiemso")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "scripts"))
    daemon = left(project)
    with (package / "messages" / "vi.po").open("a", encoding="utf-8") as file:
        file.write("\n")
    project.write_cell("2023-2024", "C7", 3)
    project.kiemso("run")
    await_(lambda: daemons() and daemon not in daemons())


def test_it_ends_when_nobody_asks(project, monkeypatch):
    monkeypatch.setenv(relay.VARIABLE, "0.5")
    project.kiemso("run")
    await_(daemons)
    await_(lambda: not daemons())
    assert not [*Path(os.environ["XDG_RUNTIME_DIR"]).glob("kiemso-*/*")]


def test_there_is_one_whoever_starts_it(project):
    project.kiemso("run")
    relay_seconds = os.environ[relay.VARIABLE]
    line = [sys.executable, "-P", "-m", "kiemso.daemon", relay.identity(), relay_seconds]
    others = [subprocess.Popen(line, cwd="/") for _ in range(2)]
    await_(sockets)
    for process in others:
        if process not in daemons():
            await_(lambda process=process: process.poll() is not None or len(daemons()) == 1)
    await_(lambda: len(daemons()) == 1)
    for process in others:
        process.kill()
        process.wait()


def test_none_is_left_by_a_command_that_did_nothing(project):
    project.kiemso("run", "--help")
    assert not daemons()


def test_none_is_left_where_nobody_sits_before_a_terminal(project, monkeypatch):
    monkeypatch.delenv(relay.VARIABLE)
    command = [sys.executable, "-m", "kiemso", "run"]
    subprocess.run(command, cwd=project.folder, check=True, start_new_session=True)
    time.sleep(0.5)
    assert not daemons()


def test_one_is_left_by_a_command_at_a_terminal_wherever_its_output_goes(project, monkeypatch):
    monkeypatch.delenv(relay.VARIABLE)
    main, terminal = os.openpty()
    take = "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0)"
    code = f"{take}; os.execv(sys.executable, [sys.executable, '-m', 'kiemso', 'run'])"
    pipe = subprocess.PIPE
    subprocess.run(
        [sys.executable, "-c", code], cwd=project.folder, stdin=terminal, stdout=pipe, stderr=pipe, check=True
    )
    await_(sockets)
    os.close(main)
    os.close(terminal)


def test_none_is_asked_in_a_folder_that_others_may_enter(project):
    daemon = left(project)
    sockets()[0].parent.chmod(0o755)
    project.write_cell("2023-2024", "C7", 3)
    done = project.kiemso("run", PYTHONPROFILEIMPORTTIME="1")
    assert "pandas" in done.stderr
    daemon.kill()
