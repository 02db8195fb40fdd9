"""Processes forked from a warm server, and the lines to them: a notebook's, and one that does a task apart."""

from __future__ import annotations

import atexit
import json
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from kiemso.message import Message, say

METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_END_SECONDS, _LOOK_SECONDS = 5, 0.2
_starting = threading.Lock()
_running: set[_Process] = set()
_preload = ["kiemso.warm"]
_apart = False  # whether this process does a task of another one's


class ProcessGone(Exception):
    """A process ended before it had answered."""


def warm_up(*modules: str) -> None:
    """Start the fork server, which imports in the background what notebooks need, and these modules."""
    if METHOD == "forkserver" and not _apart:
        from multiprocessing import forkserver

        _preload[1:] = modules
        _context()
        forkserver.ensure_running()


@atexit.register
def stop_all() -> None:
    """End every notebook and task that is running."""
    for process in list(_running):
        process.kill()


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
    return METHOD == "forkserver" and not _apart


@contextmanager
def helper() -> Iterator[Helper]:
    """A fresh process forked warm, which ends with the block."""
    one = Helper(_context())
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
    one = Helper(multiprocessing.get_context("fork"))
    one.ask(function, *arguments)
    try:
        yield one.answer
    finally:
        one.end()


class _Process:
    """A process of ours, and the line to it."""

    def __init__(self, context: Any, target: Callable[..., None], *arguments: Any) -> None:
        self.line, theirs = context.Pipe()
        # Not a daemon: such a process could not start processes of its own.
        self._process = context.Process(target=target, args=(theirs, *arguments), daemon=False)
        with _starting:
            # multiprocessing would have the child import the caller's own __main__ first.
            main, sys.modules["__main__"] = sys.modules["__main__"], types.ModuleType("__main__")
            try:
                self._start()
            finally:
                sys.modules["__main__"] = main
        theirs.close()
        _running.add(self)

    def _start(self) -> None:
        """Start the process: where the server that was to fork it has been killed, from a new one."""
        try:
            self._process.start()
        except (EOFError, ConnectionError):
            try:
                self._process.start()
            except (EOFError, ConnectionError):
                raise ProcessGone(say("a process could not be started")) from None

    def join(self) -> None:
        """Wait a little for its end."""
        self._process.join(_END_SECONDS)

    def kill(self) -> None:
        """End the process and its group at once."""
        with suppress(AttributeError, OSError, ValueError):
            os.killpg(self._process.pid or 0, signal.SIGKILL)
        with suppress(OSError, ValueError):
            self._process.kill()

    def end(self) -> None:
        """End the process if it is still there, and forget it."""
        if self not in _running:
            return
        self.kill()
        self._process.join()
        self.line.close()
        self._process.close()
        _running.discard(self)

    def farewell(self) -> Message:
        """How it ended."""
        self.join()
        code = self._process.exitcode
        if code is not None and code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            return say("the notebook's process was ended by signal {name}", name=name)
        return say("the notebook's process ended unexpectedly (exit code {code})", code=code)


class Helper(_Process):
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
        try:
            while self._asked:
                while wanted and not self.line.poll(_LOOK_SECONDS):
                    if not wanted():
                        raise ProcessGone(say("it was stopped"))
                packed = self.line.recv_bytes()
                self._asked -= 1
        except (EOFError, ConnectionResetError, BrokenPipeError):
            raise ProcessGone(self.farewell()) from None
        result, error = pickle.loads(packed)
        if error is not None:
            raise error
        return result


class Ahead:
    """A helper that is started, and imports a module, while something else is done; it then does one task."""

    def __init__(self, module: str) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._started = self._pool.submit(self._start, module)

    def _start(self, module: str) -> Helper:
        one = Helper(_context())
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


class Child(_Process):
    """A notebook's process, and the line to it."""

    def __init__(self, folder: str, environment: dict[str, str]) -> None:
        super().__init__(_context(), _run_notebook, {**os.environ, **environment}, folder, _import_path())

    def send(self, request: dict[str, Any] | None) -> None:
        """Have a cell run; None is the end."""
        with suppress(OSError):  # a dead process shows itself when it is asked for the answer
            self.line.send(request)

    def receive(self, seconds: float | None) -> dict[str, Any]:
        """The next message; TimeoutError after these seconds, ProcessGone when it has ended."""
        try:
            if not self.line.poll(seconds):
                raise TimeoutError
            packed, buffers = self.line.recv()
            return json.loads(packed) | {"buffers": buffers}
        except (EOFError, ConnectionResetError, BrokenPipeError):
            raise ProcessGone(self.farewell()) from None

    def close(self, wait: bool) -> None:
        """End the process, politely if there is time, and whatever it has started."""
        self.send(None)
        if wait:
            self.join()
        self.end()


def begin(environment: Mapping[str, str]) -> None:
    """What a process of ours does first: it leads a group, ends with who started it, and has this environment."""
    if hasattr(os, "setsid"):
        os.setsid()
    parent = multiprocessing.parent_process()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    os.environ.clear()
    os.environ.update(environment)
    if hasattr(time, "tzset"):
        time.tzset()


def _run_notebook(connection: Connection, environment: dict[str, str], folder: str, path: list[str]) -> None:
    """A notebook's process; the engine's own can do without what it imports."""
    global _apart
    if _apart:
        _apart = False
        _close_all_but(connection)
    _running.clear()
    from kiemso import shell

    shell.main(connection, environment, folder, path)


def _do_tasks(connection: Connection, environment: dict[str, str]) -> None:
    """Call the functions that are asked for, and send what each returns or raises."""
    global _apart
    _apart = True
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


def _end_with(parent: Any) -> None:
    """When who started this process is gone, end, and everything that it started."""
    parent.join()
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _close_all_but(connection: Connection) -> None:
    """Keep no file of the process that this one is a copy of: a program that it leaves would hold its locks."""
    parent = multiprocessing.parent_process()
    kept = {0, 1, 2, connection.fileno(), parent.sentinel if parent else 0}
    for name in os.listdir("/dev/fd"):
        if int(name) not in kept:
            with suppress(OSError):
                os.close(int(name))


def _import_path() -> list[str]:
    """The path on which a kernel imports: its working directory comes after the standard library."""
    path = [entry for entry in sys.path if entry and Path(entry) != Path(sys.argv[0]).absolute().parent]
    packages = (index for index, entry in enumerate(path) if Path(entry).name in ("site-packages", "dist-packages"))
    path.insert(next(packages, 0), "")
    return path


def _context() -> Any:
    """A task's process, which is warm, is copied; all others come from the server."""
    context = multiprocessing.get_context("fork" if _apart else METHOD)
    if METHOD == "forkserver" and not _apart:
        context.set_forkserver_preload(_preload)
    return context
