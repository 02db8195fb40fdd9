"""How a school stands after a run: done, late or refused; and whether anything changed since."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from kiemso.finished import tools
from kiemso.package import package_digest, program_digest
from kiemso.problem import Problem, problem_from
from kiemso.project import period_folder, sources
from kiemso.step import digest, write_whole

FILE = "build/standing.json"
# What may be made of a school beside its facts and the formats of its report.
PAGES = "pages"
State = Literal["done", "late", "refused", "new"]
_MADE = ("build", "_output")


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
    """One digest over all that the workspace's schools share: files by content, and what makes reports of them."""
    total = hashlib.sha256(shared_files(workspace).encode())
    for path in sorted((workspace / "notebooks").glob("*.ipynb")):
        total.update(package_digest(path).encode())
    total.update(json.dumps([program_digest(), tools()]).encode())
    return total.hexdigest()


def shared_files(workspace: Path) -> str:
    """One digest over the files that the workspace's schools share."""
    total = hashlib.sha256()
    for place in sources(workspace):
        for path in _shared(place):
            total.update(f"{path.relative_to(workspace).as_posix()}\0{digest(path)}\0".encode())
    return total.hexdigest()


def _shared(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    for folder, names, files in os.walk(place):
        names[:] = sorted(name for name in names if name != "raw" and not name.startswith("."))
        yield from (path for name in sorted(files) if not _passing(name) and (path := Path(folder, name)).is_file())


def own_files(school: Path) -> str:
    """What the system says of the files that the school sent: who changes one changes this."""
    return _signature(school, (path.name for path in sources(school)))


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
        if _passing(entry.name) or entry.name == Path(FILE).name:
            continue
        if entry.is_dir():
            yield from _walk(Path(entry.path))
        else:
            with suppress(FileNotFoundError):  # gone this moment
                # A link that leads nowhere is what it is.
                yield entry.path, entry.stat(follow_symlinks=entry.is_file())


def _passing(name: str) -> bool:
    """Whether a file of this name is hidden, or one of Excel's that come and go."""
    return name.startswith((".", "~$"))


def remember(school: Path, standing: Standing, shared: str, own: str) -> dict[str, str]:
    """Write the standing with what it was made from; the digests of it and of the facts that it speaks of.

    `own` is what `own_files` said before the run.
    """
    lasting = all(problem.file.startswith("data/") and not problem.passing for problem in standing.problems)
    kept = lasting and own == own_files(school)
    seen = [shared, own, made_files(school)] if kept else []
    problems = [problem.as_dict() for problem in standing.problems]
    content: dict[str, Any] = {"seen": seen, "state": standing.state, "term": standing.term}
    content |= {"missing": standing.missing, "made": standing.made, "facts": standing.facts, "problems": problems}
    write_whole(school / FILE, json.dumps(content, ensure_ascii=False) + "\n")
    facts = {f"build/{standing.term}/facts.json": standing.facts} if standing.facts else {}
    return {FILE: digest(school / FILE), **facts}


def last_standing(school: Path, term: str) -> Standing:
    """How the school stood after its last run, if that was of this term."""
    standing, _ = _read(school)
    return standing if standing.term == term else NEW


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
