"""Whether a command has nothing to do: all it would read, and all it made, is as it was when it last ended well.

This is found out before anything else is imported: it is what a person who changed nothing waits for.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from kiemso.project import sources, workspace_of

_PACKAGE = Path(__file__).parent
_MADE = ("build", "_output")
# Read by no notebook.
_TEXTS = ("report.qmd", "_extensions", "_quarto.yml", "README.md", "docs", "Quarto")


class Finished:
    """What a command found when it last ended well, and whether that still stands."""

    def __init__(self, project: Path, command: Sequence[str | bool | None]) -> None:
        self.project = project
        # Taken before the command reads anything: what is saved while it works is for the next time.
        self.read = self._read()
        name = hashlib.sha256(repr(command).encode()).hexdigest()[:16]
        self.record = project / "build" / ".finished" / f"{name}.json"

    def found(self) -> Any | None:
        """What it found, if nothing has changed since in the project or the program, and nothing that it made."""
        try:
            record = json.loads(self.record.read_text(encoding="utf-8"))
            return record["found"] if (record["read"], record["made"]) == (self.read, self._made()) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def remember(self, found: Any) -> None:
        """Keep what a command that has ended well found, unless something was saved while it worked."""
        if self._read() != self.read:
            return
        content = json.dumps({"read": self.read, "made": self._made(), "found": found}, ensure_ascii=False, indent=1)
        self.record.parent.mkdir(parents=True, exist_ok=True)
        partial = self.record.with_suffix(".partial")
        partial.write_text(content + "\n", encoding="utf-8")
        os.replace(partial, self.record)

    def notebooks_will_run(self) -> bool:
        """Whether something has changed, since the command last ended well, that a notebook may read."""
        try:
            before = json.loads(self.record.read_text(encoding="utf-8"))["read"]
            return any(self.read[name] != before[name] for name in self.read if name not in _TEXTS)
        except (OSError, ValueError, KeyError, TypeError):
            return True

    def _read(self) -> dict[str, str]:
        """Digests of all that a command may read: the project's files, those that it shares, and the program."""
        folders = {"": self.project, **({"../": shared} if (shared := workspace_of(self.project)) else {})}
        read = {f"{of}{path.name}": _digest(path) for of, folder in folders.items() for path in sources(folder)}
        return {**read, "program": _digest(_PACKAGE), **tools()}

    def _made(self) -> str:
        return "".join(_digest(self.project / name) for name in _MADE)


def tools() -> dict[str, str]:
    """What makes reports, too, and is not in requirements.lock: Python, and Quarto with its place and time."""
    quarto = shutil.which("quarto")
    since = Path(quarto).stat().st_mtime_ns if quarto else ""
    return {"Python": sys.version, "Quarto": f"{quarto} {since}"}


def _digest(folder: Path) -> str:
    """The SHA-256 of the files' names and contents; times do not count."""
    total = hashlib.sha256()
    for path in _files(folder):
        content = ""  # of what is no file: a link that leads nowhere, a pipe
        with suppress(FileNotFoundError):
            if path.is_file():
                with path.open("rb") as file:
                    content = hashlib.file_digest(file, "sha256").hexdigest()
        total.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """The files, in the order of their names; hidden ones, and those of Excel's that come and go, do not count."""
    if os.path.lexists(folder) and not folder.is_dir():
        yield folder
    seen = set()
    for path, folders, names in os.walk(folder, followlinks=True):
        place = os.path.realpath(path)
        if place in seen:  # a link that leads back
            folders.clear()
            continue
        seen.add(place)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        yield from (Path(path) / name for name in sorted(names) if not name.startswith((".", "~$")))
