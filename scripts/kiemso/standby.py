"""A process that stands by to answer requests one after the other, and is started anew after one that it dies of."""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

_START_SECONDS = 60  # a busy machine takes its time to start Python


class Standby:
    """A line to a Python process that runs `code`, which calls `serve`; it is started with the first request."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        atexit.register(self.end)

    def ask(self, request: Any, seconds: float) -> Any:
        """The answer to a request; TimeoutError after these seconds, EOFError where the process dies of it."""
        with self._turn:
            try:
                process = self._running()
                _send(request, process)
                return _answer(process, seconds)
            except BaseException:  # the next answer would begin with the rest of this one
                self.end()
                raise

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._owner == os.getpid() and self._process.poll() is not None:
            self.end()  # it was ended while nobody asked it
        if self._process is None or self._owner != os.getpid():  # a copied process has no line of its own yet
            self._process, self._owner = self._started(), os.getpid()
            _answer(self._process, _START_SECONDS)
        return self._process

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-P", "-c", self._code],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def end(self) -> None:
        """End the process, if it is there."""
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            process.kill()
            with process:  # waits, and closes the line
                pass


def serve(answer: Callable[[Any], Any]) -> None:
    """Answer requests from standard input, after a first word that says “ready”, until there are no more."""
    requests = os.fdopen(os.dup(0), "rb")
    with os.fdopen(os.dup(1), "wb") as answers, open(os.devnull, "r+b") as nothing:
        for descriptor in (0, 1):
            os.dup2(nothing.fileno(), descriptor)  # what a library prints is no answer
        word: Any = None
        while True:
            pickle.dump(word, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
            try:
                request = pickle.load(requests)
            except EOFError:
                return
            word = answer(request)


def _send(request: Any, process: subprocess.Popen[bytes]) -> None:
    try:
        pickle.dump(request, process.stdin)  # type: ignore[arg-type]
        process.stdin.flush()  # type: ignore[union-attr]
    except OSError:  # a broken pipe
        raise EOFError from None


def _answer(process: subprocess.Popen[bytes], seconds: float) -> Any:
    """The next word of the process, which is killed when it does not say it in time."""
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    limit = threading.Timer(seconds, end)
    limit.start()
    try:
        return pickle.load(process.stdout)  # type: ignore[arg-type]
    except (EOFError, pickle.UnpicklingError):
        raise (TimeoutError if late.is_set() else EOFError) from None
    finally:
        limit.cancel()
