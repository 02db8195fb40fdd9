"""How a school stands after a run: done, late or refused; and whether anything changed since."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from kiemso.package import package_digest, program_digest
from kiemso.problem import Problem, problem_from
from kiemso.project import SHARED, period_folder
from kiemso.step import digest, write_whole

FILE = "build/standing.json"
State = Literal["done", "late", "refused", "new"]
_OWN, _MADE = ("data", "notebooks", "_extensions", "report.qmd"), ("build", "_output")


@dataclass(frozen=True)
class Standing:
    """What became of a school: `missing` are the school years and terms for which it has sent nothing.

    `files` are the digests of what tells others of it, by their names from the school's folder.
    """

    state: State
    term: str = ""
    missing: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    made: tuple[str, ...] = ()
    facts: str = ""
    seconds: float = field(default=0.0, compare=False)
    ran: int = field(default=0, compare=False)
    files: Mapping[str, str] = field(default_factory=dict, compare=False)


NEW = Standing("new")


def shared_digest(workspace: Path) -> str:
    """One digest over all that the workspace's schools share: files by content, and this program."""
    total = hashlib.sha256()
    for name in SHARED:
        place = workspace / name
        for path in sorted(p for p in place.rglob("*") if p.is_file()) if place.is_dir() else [place]:
            if path.is_file() and "raw" not in path.relative_to(workspace).parts:
                total.update(f"{path.relative_to(workspace).as_posix()}\0{digest(path)}\0".encode())
    for path in sorted((workspace / "notebooks").glob("*.ipynb")):
        total.update(package_digest(path).encode())
    total.update(program_digest().encode())
    return total.hexdigest()


def own_files(school: Path) -> str:
    """What the system says of the files that the school sent: who changes one changes this."""
    return _signature(school, _OWN)


def made_files(school: Path) -> str:
    """The same of the files that were made of them."""
    return _signature(school, _MADE)


def _signature(school: Path, names: Iterable[str]) -> str:
    """Names, sizes and times of change, as git's index keeps them: to read 1,000 schools whole would take minutes."""
    total = hashlib.sha256()
    for name in names:
        for path, status in _walk(school / name):
            fields = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
            total.update(f"{path}\0{fields}\0".encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def _walk(path: Path) -> Iterator[tuple[str, os.stat_result]]:
    try:
        entries = sorted(os.scandir(path), key=lambda entry: entry.name)
    except NotADirectoryError:
        yield str(path), path.stat()
        return
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith((".", "~$")) or entry.name == Path(FILE).name:
            continue
        if entry.is_dir():
            yield from _walk(Path(entry.path))
        else:
            yield entry.path, entry.stat()


def remember(school: Path, standing: Standing, shared: str, own: str) -> dict[str, str]:
    """Write the standing with what it was made from; the digests of it and of the facts that it speaks of.

    `own` is what `own_files` said before the run.
    """
    kept = own == own_files(school) and all(problem.file.startswith("data/") for problem in standing.problems)
    seen = [shared, own, made_files(school)] if kept else []
    problems = [problem.as_dict() for problem in standing.problems]
    content: dict[str, Any] = {"seen": seen, "state": standing.state, "term": standing.term}
    content |= {"missing": standing.missing, "made": standing.made, "facts": standing.facts, "problems": problems}
    write_whole(school / FILE, json.dumps(content, ensure_ascii=False) + "\n")
    facts = {f"build/{standing.term}/facts.json": standing.facts} if standing.facts else {}
    return {FILE: digest(school / FILE), **facts}


def last_standing(school: Path) -> Standing:
    """How the school stood after its last run."""
    return _read(school)[0]


def unchanged(school: Path, shared: str, term: str, wanted: Iterable[str]) -> Standing | None:
    """How the school stands, where nothing has changed and all that is wanted was made; else nothing."""
    standing, seen = _read(school)
    if standing.term != term or not seen or not (standing.state != "done" or {*wanted} <= {*standing.made}):
        return None
    if seen != [shared, own_files(school), made_files(school)]:
        return None
    facts = period_folder(school, term) / "facts.json"
    return standing if standing.state != "done" or (facts.is_file() and digest(facts) == standing.facts) else None


def _read(school: Path) -> tuple[Standing, list[str]]:
    try:
        content = json.loads((school / FILE).read_text(encoding="utf-8"))
        if content["state"] not in get_args(State):
            return NEW, []
        problems = tuple(problem_from(problem) for problem in content["problems"])
        missing, made = tuple(content["missing"]), tuple(content["made"])
        return Standing(content["state"], content["term"], missing, problems, made, content["facts"]), content["seen"]
    except (OSError, ValueError, KeyError, TypeError):
        return NEW, []
