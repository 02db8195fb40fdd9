"""A notebook's process, and the line to it."""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from kiemso.process import Process, close_all_but, context, does_task, take_role


class Child(Process):
    """Runs a notebook's cells as they are asked for."""

    def __init__(self, folder: str, environment: dict[str, str]) -> None:
        super().__init__(context(), _run_notebook, {**os.environ, **environment}, folder, _import_path())

    def send(self, request: dict[str, Any] | None) -> None:
        """Have a cell run; None is the end."""
        with suppress(OSError):  # a dead process shows itself when it is asked for the answer
            self.line.send(request)

    def receive(self, seconds: float | None) -> dict[str, Any]:
        """The next message; TimeoutError after these seconds, ProcessGone when it has ended."""
        packed, buffers = pickle.loads(self.take(seconds))
        return json.loads(packed) | {"buffers": buffers}

    def close(self, wait: bool) -> None:
        """End the process, politely if there is time, and whatever it has started."""
        self.send(None)
        if wait:
            self.join()
        self.end()


def _run_notebook(connection: Connection, environment: dict[str, str], folder: str, path: list[str]) -> None:
    """A notebook's process; the engine's own can do without what it imports."""
    if does_task():
        # A program that the notebook leaves would hold the locks of the process that this one is a copy of.
        parent = multiprocessing.parent_process()
        close_all_but({0, 1, 2, connection.fileno(), parent.sentinel if parent else 0})
    take_role(task=False)
    from kiemso import shell

    shell.main(connection, environment, folder, path)


def _import_path() -> list[str]:
    """The path on which a kernel imports: its working directory comes after the standard library."""
    path = [entry for entry in sys.path if entry and Path(entry) != Path(sys.argv[0]).absolute().parent]
    packages = (index for index, entry in enumerate(path) if Path(entry).name in ("site-packages", "dist-packages"))
    path.insert(next(packages, 0), "")
    return path
