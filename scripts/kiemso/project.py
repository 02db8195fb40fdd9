"""The project's folders, found from wherever a command or a notebook stands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from kiemso.message import say
from kiemso.problem import Problem, Refused

# Set while a step runs: the folder where its outputs are made before they are moved in.
STAGE = "KIEMSO_STAGE"
# Set while a step runs: the project's folder; the notebook itself may be one that many schools share.
PROJECT = "KIEMSO_PROJECT"

# What makes a folder a workspace: the list of its schools, whose folders lie under schools/, and whose roll-ups lie
# under districts/.
WORKSPACE_FILE = "data/schools.yml"
SCHOOLS, DISTRICTS = "schools", "districts"
# What a workspace's schools read of it, but for what they have themselves.
SHARED = ("data", "notebooks", "_extensions", "report.qmd", "district.qmd", "_quarto.yml", "requirements.lock")
# What a school never shares, even where the workspace has files of these names.
_OWN = ("data/raw", "data/corrections.yml", "data/claims", "data/approved", "build", "_output")

# What is made, which projects these are of others, and what no command reads.
_NO_SOURCES = ("build", "_output", SCHOOLS, DISTRICTS, "tests", "scripts")

# The order in which a term's notebooks run.
CLEAN, COMPUTE, SUMMARISE, ROLL_UP = (
    f"notebooks/{name}.ipynb" for name in ("1-clean-year", "2-compute-indicators", "3-summarise-term", "4-roll-up")
)


def find_project(start: Path) -> Path:
    """The folder, at or above `start`, that holds the catalogue, or is a school's or a roll-up's in a workspace."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "data" / "indicators.yml").is_file() or _is_part(folder):
            return folder
    mend = say("Change into the project's folder (the one with report.qmd), or name it with --project.")
    raise Refused(Problem(say("there is no project here: no data/indicators.yml in this folder or above it"), mend))


def _is_part(folder: Path) -> bool:
    """Whether the folder is a school's of a workspace, or a roll-up's that has been made."""
    return workspace_of(folder) is not None and (folder / ("build" if is_district(folder) else "data")).is_dir()


def open_project() -> Path:
    """The project that a notebook works for: the one it is run for, else the one it stands in."""
    given = os.environ.get(PROJECT)
    return Path(given) if given else find_project(Path.cwd())


@cache
def workspace_of(project: Path) -> Path | None:
    """The workspace in which the project is a school or a district; nothing where it stands alone."""
    for folder in project.absolute().parents:
        if folder.name in (SCHOOLS, DISTRICTS) and (folder.parent / WORKSPACE_FILE).is_file():
            return folder.parent
    return None


def located(project: Path, name: str) -> Path:
    """Where a file or folder of the project stands: its own, else the one that it shares with its workspace."""
    own, workspace = project / name, workspace_of(project)
    if workspace is None or own.exists() or any(name == one or name.startswith(f"{one}/") for one in _OWN):
        return own
    # A district's report is another one than the schools'.
    return workspace / ("district.qmd" if name == "report.qmd" and is_district(project) else name)


def sources(project: Path) -> Iterator[Path]:
    """What stands at the top of a project, or of a workspace, and may be read for its report, in the names' order."""
    for path in sorted(project.iterdir()):
        if path.name not in _NO_SOURCES and not path.name.startswith("."):
            yield path


def is_district(project: Path) -> bool:
    """Whether the project is the roll-up of a workspace's schools."""
    workspace = workspace_of(project)
    return workspace is not None and project.absolute().is_relative_to(workspace / DISTRICTS)


def period_folder(project: Path, period: str) -> Path:
    """Where the outputs of a school year or term lie."""
    return project / "build" / period
