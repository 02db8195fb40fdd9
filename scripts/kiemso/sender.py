"""Who sends tasks to the workers of a cluster, and whether a worker is like the sender's machine."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from uuid import uuid4

from kiemso.message import say
from kiemso.package import program_digest
from kiemso.problem import Problem
from kiemso.project import located
from kiemso.step import LOCK_FILE, write_whole

_FOLDER = "build/.cluster"
# Processes that are forked later are of the program as it was when it was imported.
_PROGRAM_AT_START = program_digest()
SAME_PROGRAM = say(
    "Install there what requirements.lock names and the same version of this program, then start the worker again."
)


@dataclass(frozen=True)
class Sender:
    """Who sends tasks: the file in the shared folder that says what a worker must be like, and its digest.

    `modules` are imported ahead, beside what notebooks need.
    """

    file: Path
    digest: str
    modules: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The project's folder."""
        return self.file.parents[2]  # of <folder>/build/.cluster/<run>.json


def introduced(project: Path, modules: tuple[str, ...]) -> Sender:
    """The sender of a run's tasks, with the file that says what a worker must be like; the project is locked."""
    lock = located(project, LOCK_FILE)
    locked = re.findall(r"^([\w.-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE) if lock.is_file() else []
    needed = _needed()
    versions = _described(sorted({*locked, *needed}))
    content = json.dumps({"run": (run := uuid4().hex), "versions": versions, "needed": needed}).encode()
    folder = (project / _FOLDER).absolute()
    for left in folder.glob("*"):  # by a run that was killed
        left.unlink(missing_ok=True)
    file = folder / f"{run}.json"
    write_whole(file, content)
    return Sender(file, hashlib.sha256(content).hexdigest(), modules)


def _needed() -> list[str]:
    """The libraries without which this program does not work; others of the lock file may be missing on a worker."""
    try:
        listed = requires("kiemso") or []
    except PackageNotFoundError:
        return []
    return [re.split(r"[^\w.-]", line)[0] for line in listed if "extra ==" not in line]


def differences(sender: Sender) -> list[Problem]:
    """In what this worker differs from the sender; nothing where it may work for it."""
    try:
        content = sender.file.read_bytes()
        if hashlib.sha256(content).hexdigest() == sender.digest:
            return _looked_into(sender.file, content)
    except OSError as error:
        reason = error.strerror or f"{error}"
        mend = say("Let the worker read and write the project's folder under this same path.")
        message = say("the folder {folder} cannot be used there: {reason}", folder=sender.folder, reason=reason)
        return [Problem(message, mend)]
    mend = say("Mount there, under this path, the folder that this machine has.")
    return [Problem(say("another folder is there under the path {folder}", folder=sender.folder), mend)]


@cache
def _looked_into(file: Path, content: bytes) -> list[Problem]:
    """Try to write beside the file, and compare what it says with what is here. Raises OSError."""
    trial = file.with_name(f".{uuid4().hex}")
    trial.touch(exist_ok=False)
    trial.unlink()
    said = json.loads(content)
    wanted: Mapping[str, str] = said["versions"]
    own = _described(wanted)
    compared = [name for name in wanted if name in own or name in said["needed"]]
    return [
        Problem(
            say(
                "{name} is {found} there and {wanted} on this machine",
                name=name,
                found=own.get(name) or say("missing"),
                wanted=wanted[name],
            ),
            SAME_PROGRAM,
        )
        for name in compared
        if own.get(name) != wanted[name]
    ]


def _described(libraries: Iterable[str]) -> dict[str, str]:
    """What must be the same wherever a step runs: the versions of Python, of this program and of libraries.

    A library that is not installed is left out.
    """
    found = {}
    for name in libraries:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    programs = dict.fromkeys(digest[:12] for digest in (_PROGRAM_AT_START, program_digest()))
    return found | {"Python": platform.python_version(), "kiemso": " → ".join(programs)}
