"""The process of a notebook, forked from a warm server, and the line to it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import types
from contextlib import suppress
from typing import Any

_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_START_SECONDS = 60
_END_SECONDS = 5
_starting = threading.Lock()
_children: set[Child] = set()


class ProcessGone(Exception):
    """A notebook's process ended in the middle of a cell."""


def warm_up() -> None:
    """Start the fork server, which imports in the background what notebooks need."""
    if _METHOD == "forkserver":
        from multiprocessing import forkserver

        _context()
        forkserver.ensure_running()


def stop_all() -> None:
    """End every notebook that is running."""
    for child in list(_children):
        child.kill()


class Child:
    """A notebook's process, and the line to it."""

    def __init__(self, folder: str, environment: dict[str, str]) -> None:
        context = _context()
        self._line, theirs = context.Pipe()
        from kiemso import shell  # imports IPython, which the up-to-date check can do without

        arguments = (theirs, {**os.environ, **environment}, folder, sys.path[:])
        self._process = context.Process(target=shell.main, args=arguments, daemon=True)
        with _starting:
            # multiprocessing would have the child import the caller's own __main__ first.
            main, sys.modules["__main__"] = sys.modules["__main__"], types.ModuleType("__main__")
            try:
                self._process.start()
            finally:
                sys.modules["__main__"] = main
        theirs.close()
        _children.add(self)

    def send(self, source: str | None) -> None:
        """Have a cell run; None is the end."""
        with suppress(OSError):  # a dead process shows itself when it is asked for the answer
            self._line.send(source)

    def receive(self, seconds: float | None) -> tuple:
        """The next message; TimeoutError after these seconds, ProcessGone when it has ended."""
        try:
            if not self._line.poll(seconds):
                raise TimeoutError
            return self._line.recv()
        except (EOFError, ConnectionResetError, BrokenPipeError):
            self._process.join(_END_SECONDS)
            message = f"the notebook's process ended unexpectedly (exit code {self._process.exitcode})"
            raise ProcessGone(message) from None

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


def _context() -> Any:
    context = multiprocessing.get_context(_METHOD)
    if _METHOD == "forkserver":
        context.set_forkserver_preload(["kiemso.warm"])
    return context
