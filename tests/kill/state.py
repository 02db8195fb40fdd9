"""What a project holds: the digest of each file, of what was given to it and of what it made."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from kiemso.step import digest

Files = Mapping[str, str]
_MADE = {"build", "_output"}
# Holds no result: how the system described a school's files when they were last looked at.
_PASSING = {"standing.json"}
_RECORD = ".step.json"


def look(project: Path) -> Files:
    """The digests of all files but hidden ones, by their names from the project's folder."""
    return {path.relative_to(project).as_posix(): digest(path) for path in sorted(_visible(project))}


def _visible(project: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(project):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
        yield from (Path(folder) / name for name in names if not name.startswith(".") and name not in _PASSING)


def hidden(project: Path) -> list[str]:
    """What work in progress leaves when it is killed: stages, new reports, and files written in part."""
    stages = [path for path in project.rglob(".stage/*") if any(path.rglob("*"))]
    found = [*stages, *project.rglob(".new-*"), *project.rglob(".complete"), *project.rglob(".*.partial")]
    return sorted(path.relative_to(project).as_posix() for path in found)


def is_made(name: str) -> bool:
    """Whether a command made the file."""
    return bool(_MADE & {*name.split("/")})


def is_report(name: str) -> bool:
    """Whether the file is the report in one of its formats."""
    return "/_output/report." in f"/{name}"


def is_shown(name: str) -> bool:
    """Whether the file is of what a reader gets: the report, its audit pages, the released data."""
    return "/_output/" in f"/{name}"


def steps(before: Files, after: Files) -> dict[str, str]:
    """The steps whose records differ: the record's name, and what a person calls the step."""
    records = [name for name in after if name.endswith(_RECORD) and before.get(name) != after[name]]
    return {name: f"{Path(name).name.removesuffix(_RECORD)} {Path(name).parent.name}" for name in records}


def untrue_records(project: Path) -> list[str]:
    """The records that say of an output what is not so."""
    return [name for name in look(project) if name.endswith(_RECORD) and not _true(project / name)]


def _true(record: Path) -> bool:
    outputs = json.loads(record.read_text(encoding="utf-8"))["outputs"]
    paths = {record.parent / name: content for name, content in outputs.items()}
    return all(path.is_file() and digest(path) == content for path, content in paths.items())


def copy(source: Path, target: Path) -> Path:
    """A copy of the project in place of what was there; no file of it is shared with the source."""
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(source, target, symlinks=True))
