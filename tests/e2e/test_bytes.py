"""Another machine, another person, another day: the same bytes of all that is made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from .conftest import PARTS, ROOT, Project

# What a person may keep at home for other work; none of it may show in the report.
_AT_HOME = {
    ".config/matplotlib/matplotlibrc": "font.size: 30\nsavefig.facecolor: green\ntext.usetex: True\n",
    ".config/matplotlib/stylelib/classic.mplstyle": "axes.grid: True\n",
    ".ipython/profile_default/startup/first.py": "import pandas\npandas.options.display.max_rows = 3\n",
    ".ipython/profile_default/ipython_config.py": "c.InlineBackend.rc = {'font.size': 40}\n",
    ".ipython/profile_default/ipython_kernel_config.py": "c.InlineBackend.rc = {'font.size': 40}\n",
    ".jupyter/jupyter_nbconvert_config.py": "c.TemplateExporter.exclude_input = True\n",
    ".local/share/pandoc/reference.docx": "no Word file",
    ".local/share/pandoc/templates/styles.html": "<style>p { color: red }</style>",
    ".local/share/pandoc/translations/vi.yaml": "Abstract: Khác\nTable: Khác\nFigure: Khác\nContents: Khác\n",
}
# Those by which a library would find other settings than the home's own.
_SETTINGS = ("MATPLOTLIBRC", "MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME")


@dataclass(frozen=True)
class Machine:
    """Whose machine it is: what of it a program can see."""

    folder: str
    environment: Mapping[str, str]
    umask: int
    jobs: int
    backwards: bool = False
    at_home: Mapping[str, str] = field(default_factory=dict)


MACHINES = [
    Machine(
        "Trường Tiểu học Kỳ Phú (bản 2)",
        {"LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1", "KIEMSO_LANG": "en", "USER": "Nguyễn"},
        umask=0o077,
        jobs=1,
        backwards=True,
        at_home=_AT_HOME,
    ),
    # In Turkish, i and I are two letters of four: what a program makes small or large is not what it was.
    Machine(
        "b",
        {"LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns", "PYTHONHASHSEED": "4242", "KIEMSO_LANG": "vi", "USER": "b"},
        umask=0,
        jobs=4,
    ),
]


def copy_parts(folder: Path, backwards: bool) -> None:
    """The project's files, made in the order of their names or backwards, and changed long ago."""
    found = [path for part in PARTS for path in [ROOT / part, *(ROOT / part).rglob("*")] if path.is_file()]
    for number, path in enumerate(sorted(found, reverse=backwards)):
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        if backwards:
            os.utime(target, (number, 10**9 - number))


def render_on(machine: Machine, scratch: Path) -> Project:
    """The project rendered there, its notebooks so many at a time."""
    home, project = scratch / "home", Project(scratch / machine.folder)
    for name, text in machine.at_home.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    home.mkdir(exist_ok=True)
    copy_parts(project.folder, machine.backwards)
    environment = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
    environment |= {"HOME": str(home), **make_locale(machine.environment["LC_ALL"], scratch), **machine.environment}
    for command in (["run", "--jobs", f"{machine.jobs}"], ["render", "--renderer", "embedded"]):
        done = subprocess.run(
            [sys.executable, "-m", "kiemso", *command],
            cwd=project.folder,
            env=environment,
            umask=machine.umask,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return project


def make_locale(name: str, scratch: Path) -> dict[str, str]:
    """Where the locale is, if it had to be made; a system that neither has nor can make it falls back to C."""
    if name == "C" or not shutil.which("localedef"):
        return {}
    language, _, characters = name.partition(".")
    made = subprocess.run(
        ["localedef", "-i", language, "-f", characters, "--no-archive", scratch / name], capture_output=True
    )
    return {"LOCPATH": str(scratch)} if made.returncode == 0 else {}


def made(project: Project) -> dict[str, bytes]:
    """All that a run and a rendering leave, but for hidden files."""
    paths = (path for folder in ("build", "_output") for path in project.path(folder).rglob("*") if path.is_file())
    found = {path.relative_to(project.folder): path.read_bytes() for path in paths}
    return {
        name.as_posix(): content
        for name, content in found.items()
        if not any(part.startswith(".") for part in name.parts)
    }


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> list[Project]:
    """The project as each of the machines makes it; they work side by side."""
    scratch = [tmp_path_factory.mktemp(f"machine-{number}") for number in range(len(MACHINES))]
    with ThreadPoolExecutor(len(MACHINES)) as pool:
        return [*pool.map(render_on, MACHINES, scratch)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither umask nor such locales")
@pytest.mark.parametrize("number", range(len(MACHINES)))
def test_another_machine_makes_the_same_bytes(rendered: Project, others: list[Project], number: int) -> None:
    here, there = made(rendered), made(others[number])
    assert len(here) > 40
    assert [name for name in sorted({*here, *there}) if here.get(name) != there.get(name)] == []
