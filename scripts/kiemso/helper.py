"""Helpers: processes that do tasks for this one, apart from it or beside it."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

from kiemso.interrupt import withheld
from kiemso.message import say
from kiemso.process import METHOD, Process, ProcessGone, begin, context, does_task, take_role

_LOOK_SECONDS = 0.2


def apart(function: Callable[..., Any], /, *arguments: Any, wanted: Callable[[], bool] | None = None) -> Any:
    """What a module's function returns, from a fresh process forked warm; raises what the function raises.

    ProcessGone where the process ends before, as it is made to when it is not `wanted` any more. It is called right
    here where there is no fork, or within such a process.
    """
    if not can_help():
        return function(*arguments)
    with helper() as one:
        one.ask(function, *arguments)
        return one.answer(wanted)


def can_help() -> bool:
    """Whether another process can be had at once: not where there is no fork, nor within a task."""
    return METHOD == "forkserver" and not does_task()


@contextmanager
def helper() -> Iterator[Helper]:
    """A fresh process forked warm, which ends with the block."""
    one = Helper(context())
    try:
        yield one
    finally:
        one.end()


@contextmanager
def beside(function: Callable[..., Any], /, *arguments: Any) -> Iterator[Callable[[], Any]]:
    """What gives the function's result, as `apart` does, from a copy of this process; or of a thread, if it has any."""
    if sys.platform != "linux" or threading.active_count() > 1:
        with ThreadPoolExecutor(1) as pool:
            yield pool.submit(function, *arguments).result
        return
    with withheld():
        one = Helper(multiprocessing.get_context("fork"))
    try:
        one.ask(function, *arguments)
        yield one.answer
    finally:
        one.end()


class Helper(Process):
    """A process that does tasks, one after the other."""

    def __init__(self, context: Any) -> None:
        super().__init__(context, _do_tasks, dict(os.environ))
        self._asked = 0

    def ask(self, function: Callable[..., Any], /, *arguments: Any) -> None:
        """Have it call a module's function when it is done with what it was asked before."""
        with suppress(OSError):  # a dead process shows itself when it is asked for the answer
            self.line.send_bytes(pickle.dumps((function, arguments)))
        self._asked += 1

    def answer(self, wanted: Callable[[], bool] | None = None) -> Any:
        """What the last task returns, or raises; nobody asks for the others'."""
        while self._asked:
            packed = self._taken(wanted)
            self._asked -= 1
        result, error = pickle.loads(packed)
        if error is not None:
            raise error
        return result

    def _taken(self, wanted: Callable[[], bool] | None) -> bytes:
        while True:
            with suppress(TimeoutError):
                return self.take(_LOOK_SECONDS if wanted else None)
            if wanted and not wanted():
                raise ProcessGone(say("it was stopped"))


class Ahead:
    """A helper that is started, and imports a module, while something else is done; it then does one task."""

    def __init__(self, module: str) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._started = self._pool.submit(self._start, module)

    def _start(self, module: str) -> Helper:
        one = Helper(context())
        one.ask(import_module, module)
        return one

    def do(self, function: Callable[..., Any], /, *arguments: Any) -> Any:
        """What a module's function returns; raises what it raises, and ProcessGone where the process ends before."""
        one = self._started.result()
        one.ask(function, *arguments)
        return one.answer()

    def end(self) -> None:
        """End the process if it is still there."""
        with suppress(ProcessGone):
            self._started.result().end()
        self._pool.shutdown()


def _do_tasks(connection: Connection, environment: dict[str, str]) -> None:
    """Call the functions that are asked for, and send what each returns or raises."""
    take_role(task=True)
    begin(environment)
    # Where a process has threads, Python 3.12 warns of copying it: the one that it has here only waits.
    warnings.filterwarnings("ignore", message=".*multi-threaded", category=DeprecationWarning)
    with suppress(EOFError, OSError):  # whoever asks is gone
        while asked := connection.recv_bytes():
            connection.send_bytes(_packed(_done(asked)))


def _done(asked: bytes) -> tuple[Any, BaseException | None]:
    try:
        function, arguments = pickle.loads(asked)
        return function(*arguments), None
    except Exception as error:
        return None, error


def _packed(answer: tuple[Any, BaseException | None]) -> bytes:
    try:
        packed = pickle.dumps(answer)
        pickle.loads(packed)  # an exception may be packed, and then not be unpacked
        return packed
    except Exception:
        error = answer[1]
        return pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))
