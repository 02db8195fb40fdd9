"""A step: one notebook run with its parameters, its inputs and outputs, and the record of what made them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock

from kiemso.message import say
from kiemso.package import package_digest
from kiemso.problem import Problem, Refused
from kiemso.project import located, period_folder
from kiemso.reviewed import entry_digests

LOCK_FILE = "requirements.lock"
STAGES = "build/.stage"


@dataclass(frozen=True)
class Step:
    """A notebook to run for a period; `inputs` are files or folders, from the project's folder.

    So are `optional`, which need not be there; `needs` are the names of steps that come first.
    `outputs` are file names in the period's folder under build/; a name ending in “/” is a folder.
    """

    notebook: str
    period: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    needs: tuple[str, ...] = field(default=())
    optional: tuple[str, ...] = field(default=())

    @property
    def stem(self) -> str:
        """The notebook's name without folder and ending."""
        return Path(self.notebook).stem

    @property
    def name(self) -> str:
        """What a person calls the step."""
        return f"{self.stem} {self.period}"

    @property
    def draws(self) -> bool:
        """Whether its notebook has charts."""
        return "charts/" in self.outputs

    @property
    def parameters(self) -> dict[str, str]:
        """What the notebook's parameters cell is given."""
        return {"period": self.period}

    def record_path(self, project: Path) -> Path:
        """Where the record of the step's last good run lies."""
        return period_folder(project, self.period) / f"{self.stem}.step.json"

    def up_to_date(self, project: Path) -> bool:
        """Whether what would go in is what went in, and what came out is still intact."""
        try:
            return self.record(project) == {"made_from": self.made_from(project), "outputs": self.made(project)}
        except (OSError, ValueError):
            return False

    def record(self, project: Path) -> dict[str, Any]:
        """What the step's last good run was made from and made; OSError or ValueError where that is not written."""
        record: dict[str, Any] = json.loads(self.record_path(project).read_text(encoding="utf-8"))
        return record

    def made(self, project: Path) -> dict[str, str]:
        """Digests of the outputs that are there; none where one is missing."""
        return self._digests(period_folder(project, self.period))

    def made_from(self, project: Path) -> dict:
        """Digests of all that decides the outputs: content only, no time stamps and no folders."""
        given = (*self.inputs, *(name for name in self.optional if located(project, name).exists()))
        inputs = {place: path for name in given for place, path in named_files(project, name)}
        notebook, lock = located(project, self.notebook), located(project, LOCK_FILE)
        reviewed = {name: path for name, path in inputs.items() if path.suffix in (".yml", ".yaml")}
        return {
            "notebook": digest(notebook),
            "parameters": self.parameters,
            "inputs": {name: digest(path) for name, path in inputs.items() if name not in reviewed},
            "entries": {name: entry_digests(path, name, self.period) for name, path in reviewed.items()},
            "package": package_digest(notebook),
            "lock": digest(lock) if lock.exists() else "",
        }

    def refuse_changed(self, project: Path, before: Mapping) -> None:
        """Refused where a person has saved a file since: what was made of it would stand beside what is not in it."""
        now = self.made_from(project)
        was, found = ({self.notebook: one["notebook"], **one["inputs"], **one["entries"]} for one in (before, now))
        names = [name for name in {**was, **found} if was.get(name) != found.get(name)]
        if names:
            message = say("was changed while the report was being made from it")
            mend = say("Run again: what was saved is taken then.")
            raise Refused(Problem(message, mend, name, passing=True) for name in names)

    def stage(self, project: Path) -> Path:
        """A clean folder in which the outputs are made before they are moved in: no other attempt has it."""
        stages = project / STAGES
        stages.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=self.name.replace(" ", "@") + ".", dir=stages))

    def finish(self, project: Path, stage: Path, made_from: Mapping) -> dict[str, str]:
        """Move the outputs in and write the record last: a crash in between leaves the step to be done again.

        Returns the digests of record and outputs, by their names from the project's folder. Refused where the
        notebook has not written one.
        """
        lacking = [name.rstrip("/") for name in self.outputs if not (stage / name).exists()]
        if lacking:
            mend = say("Put back the cell that writes it.")
            raise Refused(Problem(say("has not written {name}", name=name), mend, self.notebook) for name in lacking)
        folder, path = period_folder(project, self.period), self.record_path(project)
        folder.mkdir(parents=True, exist_ok=True)
        outputs = self._digests(stage)
        content = {"made_from": made_from, "outputs": outputs}
        record = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        # On a cluster the step of a worker that was lost, but is not dead, may end at the same time as its repetition.
        with FileLock(folder / f".{self.stem}.lock"):
            path.unlink(missing_ok=True)
            for name in self.outputs:
                target = folder / name.rstrip("/")
                if name.endswith("/"):
                    shutil.rmtree(target, ignore_errors=True)
                os.replace(stage / name.rstrip("/"), target)
            write_whole(path, record)
        shutil.rmtree(stage, ignore_errors=True)
        made = {self.record_path(Path()): hashlib.sha256(record.encode()).hexdigest()}
        made |= {period_folder(Path(), self.period) / name: value for name, value in outputs.items()}
        return {name.as_posix(): value for name, value in made.items()}

    def _digests(self, folder: Path) -> dict[str, str]:
        files = [path for name in self.outputs for path in _files(folder / name)]
        if any(not (folder / name).exists() for name in self.outputs):
            return {}
        return {path.relative_to(folder).as_posix(): digest(path) for path in files}


def digest(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader, or a crash, sees the old content or the new, never half of it."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_bytes() == data:
        return
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(data)
    os.replace(partial, path)


def clear_stages(project: Path) -> None:
    """Remove what killed runs left of their attempts; the caller holds the project's lock."""
    shutil.rmtree(project / STAGES, ignore_errors=True)


def check_inputs(project: Path, steps: Sequence[Step], made: frozenset[str]) -> None:
    """Refused where a file that no step makes is missing: all of them at once."""
    wanted = dict.fromkeys(name for step in steps for name in (step.notebook, *step.inputs) if name not in made)
    problems = [
        Problem(say("is not there"), say("Put it back, or check the names in data/terms.yml."), name)
        for name in wanted
        if not located(project, name).exists()
    ]
    if problems:
        raise Refused(problems)


def named_files(project: Path, name: str) -> list[tuple[str, Path]]:
    """The files of an input with their names from the project's folder, whether they are its own or shared."""
    place = located(project, name)
    return [(name if path == place else f"{name}/{path.relative_to(place).as_posix()}", path) for path in _files(place)]


def _files(path: Path) -> list[Path]:
    """A file itself, or a folder's files in the order of their names."""
    if not path.is_dir():
        return [path]
    # Excel's lock files (“~$…”) come and go while a workbook is open.
    return sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(("~$", ".")))
