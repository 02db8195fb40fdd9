"""Whole runs of the command line, on copies of the project."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("data", "notebooks", "_extensions", "report.qmd", "_quarto.yml", "requirements.lock")


class Project:
    """A copy of the project, and what a person does with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def kiemso(self, *arguments: str, status: int | None = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the command; a traceback is a failure whatever the status."""
        done = subprocess.run(
            [sys.executable, "-m", "kiemso", *arguments],
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            encoding="utf-8",
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert status is None or done.returncode == status, done.stdout + done.stderr
        return done

    def kill(self, seconds: float, *arguments: str) -> None:
        """Start the command and kill it and all that it started, after these seconds."""
        started = subprocess.Popen(
            [sys.executable, "-m", "kiemso", *arguments],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(seconds)
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()

    def path(self, name: str) -> Path:
        return self.folder / name

    def write_cell(self, period: str, cell: str, value: object) -> None:
        """Change one cell of the period's workbook."""
        (path,) = self.path(f"data/raw/{period}").glob("*.xlsx")
        book = openpyxl.load_workbook(path)
        book.active[cell] = value
        book.save(path)

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a text in a file, once."""
        path = self.path(name)
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{old} is not in {name}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def outputs(self) -> dict[str, bytes]:
        """The files of the last good report and what it was made from."""
        files = [*self.path("_output").glob("report.*"), *self.path("build/2022-2024").glob("*.json")]
        return {file.name: file.read_bytes() for file in sorted(files)}


def copy_project(source: Path, folder: Path, *more: str) -> Project:
    folder.mkdir()
    for part in (*PARTS, *more):
        copy = shutil.copytree if (source / part).is_dir() else shutil.copy2
        copy(source / part, folder / part)
    return Project(folder)


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that has been run and rendered once; not to be changed."""
    project = copy_project(ROOT, tmp_path_factory.mktemp("rendered") / "project")
    project.kiemso("render", "--renderer", "embedded")
    return project


@pytest.fixture
def project(rendered: Project, tmp_path: Path) -> Project:
    """A rendered project to change at will."""
    return copy_project(rendered.folder, tmp_path / "project", "build", "_output")
