"""The process of a notebook, forked from a warm server, and the line to it."""

from __future__ import annotations

import atexit
import json
import multiprocessing
import os
import signal
import sys
import threading
import types
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from kiemso.message import Message, say

METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_END_SECONDS = 5
_starting = threading.Lock()
_children: set[Child] = set()


class ProcessGone(Exception):
    """A notebook's process ended in the middle of a cell."""


def warm_up() -> None:
    """Start the fork server, which imports in the background what notebooks need."""
    if METHOD == "forkserver":
        from multiprocessing import forkserver

        _context()
        forkserver.ensure_running()


@atexit.register
def stop_all() -> None:
    """End every notebook that is running."""
    for child in list(_children):
        child.kill()


class Child:
    """A notebook's process, and the line to it."""

    def __init__(self, folder: str, environment: dict[str, str]) -> None:
        context = _context()
        self._line, theirs = context.Pipe()
        arguments = (theirs, {**os.environ, **environment}, folder, _import_path())
        # Not a daemon: such a process could not start processes of its own.
        self._process = context.Process(target=_begin, args=arguments, daemon=False)
        with _starting:
            # multiprocessing would have the child import the caller's own __main__ first.
            main, sys.modules["__main__"] = sys.modules["__main__"], types.ModuleType("__main__")
            try:
                self._process.start()
            finally:
                sys.modules["__main__"] = main
        theirs.close()
        _children.add(self)

    def send(self, request: dict[str, Any] | None) -> None:
        """Have a cell run; None is the end."""
        with suppress(OSError):  # a dead process shows itself when it is asked for the answer
            self._line.send(request)

    def receive(self, seconds: float | None) -> dict[str, Any]:
        """The next message; TimeoutError after these seconds, ProcessGone when it has ended."""
        try:
            if not self._line.poll(seconds):
                raise TimeoutError
            packed, buffers = self._line.recv()
            return json.loads(packed) | {"buffers": buffers}
        except (EOFError, ConnectionResetError, BrokenPipeError):
            self._process.join(_END_SECONDS)
            raise ProcessGone(_farewell(self._process.exitcode)) from None

    def close(self, wait: bool) -> None:
        """End the process, politely if there is time, and whatever it has started."""
        self.send(None)
        if wait:
            self._process.join(_END_SECONDS)
        self.kill()
        self._process.join()
        self._line.close()
        self._process.close()
        _children.discard(self)

    def kill(self) -> None:
        """End the process and its group at once."""
        with suppress(AttributeError, OSError, ValueError):
            os.killpg(self._process.pid or 0, signal.SIGKILL)
        with suppress(OSError, ValueError):
            self._process.kill()


def _begin(connection: Connection, environment: dict[str, str], folder: str, path: list[str]) -> None:
    """The process's own beginning; the engine's process can do without what it imports."""
    from kiemso import shell

    shell.main(connection, environment, folder, path)


def _import_path() -> list[str]:
    """The path on which a kernel imports: its working directory comes after the standard library."""
    path = [entry for entry in sys.path if entry and Path(entry) != Path(sys.argv[0]).absolute().parent]
    packages = (index for index, entry in enumerate(path) if Path(entry).name in ("site-packages", "dist-packages"))
    path.insert(next(packages, 0), "")
    return path


def _farewell(exit_code: int | None) -> Message:
    if exit_code is not None and exit_code < 0:
        name = signal.Signals(-exit_code).name if -exit_code in set(signal.Signals) else str(-exit_code)
        return say("the notebook's process was ended by signal {name}", name=name)
    return say("the notebook's process ended unexpectedly (exit code {code})", code=exit_code)


def _context() -> Any:
    context = multiprocessing.get_context(METHOD)
    if METHOD == "forkserver":
        context.set_forkserver_preload(["kiemso.warm"])
    return context
