"""Watching a project: a person saves, and the page in the browser is another one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from simulate_workspace import share

from .conftest import ROOT, Project

SECONDS = 90  # on a busy machine; on one at rest it is one or two


class Watching:
    """A running `kiemso watch` and the page that it serves."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.log = project.folder.parent / "watch.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kiemso", "watch", "--port", "0"],
                cwd=project.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "KIEMSO_LANG": "en", "PYTHONUNBUFFERED": "1"},
            )
        self.until(lambda: "http://" in self.said)
        self.address = self.said.split("http://")[1].split("/")[0]
        self.until(lambda: "new in " in self.said)

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def page(self) -> str:
        with urllib.request.urlopen(f"http://{self.address}/report.html") as answer:
            return answer.read().decode()

    def state(self) -> str:
        """What an open page has last been told."""
        with urllib.request.urlopen(f"http://{self.address}/.kiemso/events") as events:
            return events.readline().decode()

    def until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + SECONDS
        while not condition():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.05)


@pytest.fixture
def watching(project: Project) -> Iterator[Watching]:
    yield from watched(project)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Watching]:
    """A school that has only its workbooks and an image, and shares everything else with its workspace."""
    workspace = tmp_path / "workspace"
    folder = workspace / "schools/ky-phu"
    share(ROOT, workspace)
    school = "{name: Trường Kỳ Phú, commune: Xã Kỳ Phú, district: Huyện Kỳ Anh}"
    (workspace / "data/schools.yml").write_text(f"schools:\n  ky-phu: {school}\n", encoding="utf-8")
    shutil.copytree(ROOT / "data/raw", folder / "data/raw")
    (folder / "so-do.svg").write_text(drawing("red"), encoding="utf-8")
    with (workspace / "report.qmd").open("a", encoding="utf-8") as report:
        report.write("\n![Sơ đồ](so-do.svg)\n")
    yield from watched(Project(folder))


def drawing(color: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect fill="{color}"/></svg>'


def watched(project: Project) -> Iterator[Watching]:
    one = Watching(project)
    yield one
    if one.process.poll() is None:
        one.process.kill()
    one.process.wait()


def workbook(project: Project) -> Path:
    (path,) = project.path("data/raw/2021-2022").glob("*.xlsx")
    return path


def test_what_is_saved_is_in_the_browser_and_what_is_refused_too(watching):
    project = watching.project
    assert "2.106" not in watching.page()
    good = workbook(project).read_bytes()  # 676 of the term's 2.105

    project.write_cell("2021-2022", "C24", 677)
    watching.until(lambda: "2.106" in watching.page())
    assert "reload.js" not in project.path("_output/report.html").read_text(encoding="utf-8")

    project.write_cell("2021-2022", "C24", "khoảng vài trăm")
    watching.until(lambda: "khoảng vài trăm" in watching.state())
    assert "C24" in watching.said
    assert "2.106" in watching.page()  # the last good report

    workbook(project).write_bytes(good)
    watching.until(lambda: "2.106" not in watching.page())
    watching.until(lambda: "khoảng vài trăm" not in watching.state())

    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(SECONDS) == 0
    assert "Traceback" not in watching.said
    assert "Stopped watching." in watching.said


def test_what_a_school_shares_and_what_its_report_shows_is_in_the_browser_too(school):
    folder = school.project.folder
    workspace, first = folder.parents[1], school.page()

    with (workspace / "report.qmd").open("a", encoding="utf-8") as report:
        report.write("\nLời cuối của mọi trường.\n")
    school.until(lambda: "Lời cuối của mọi trường." in school.page())

    before = school.page()
    assert before != first
    (folder / "so-do.svg").write_text(drawing("blue"), encoding="utf-8")
    school.until(lambda: school.page() != before)

    # What it makes itself does not wake it.
    time.sleep(2)
    count = school.said.count("new in ")
    time.sleep(3)
    assert school.said.count("new in ") == count, school.said
