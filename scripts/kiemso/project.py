"""The project's folders, found from wherever a command or a notebook stands."""

from __future__ import annotations

from pathlib import Path

from kiemso.problem import Problem, Refused

# Set while a step runs: the folder where its outputs are made before they are moved in.
STAGE = "KIEMSO_STAGE"

# The order in which a term's notebooks run.
CLEAN, COMPUTE, SUMMARISE = (
    f"notebooks/{name}.ipynb" for name in ("1-clean-year", "2-compute-indicators", "3-summarise-term")
)


def find_project(start: Path) -> Path:
    """The folder, at or above `start`, that holds the project's catalogue."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "data" / "indicators.yml").is_file():
            return folder
    mend = "Change into the project's folder (the one with report.qmd), or name it with --project."
    raise Refused(Problem("there is no project here: no data/indicators.yml in this folder or above it", mend))


def period_folder(project: Path, period: str) -> Path:
    """Where the outputs of a school year or term lie."""
    return project / "build" / period
