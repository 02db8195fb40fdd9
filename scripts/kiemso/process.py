"""Processes of ours, forked from a server that has imported what they need, and the lines to them."""

from __future__ import annotations

import atexit
import ctypes
import multiprocessing.util  # what waits for processes when Python ends: `stop_all`, registered later, comes before it
import os
import signal
import sys
import threading
import time
import types
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

from kiemso import interrupt
from kiemso.interrupt import withheld
from kiemso.message import Message, say

METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_END_SECONDS = 5
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_starting = threading.Lock()
_running: set[Process] = set()
# How often all were ended: what a thread was to do before that, it does not begin after it.
_stops = 0
_thread = threading.local()
_preload = ["kiemso.warm"]
_task = False
_copy = False


class ProcessGone(Exception):
    """A process ended before it had answered."""


def warm_up(*modules: str) -> None:
    """Start the fork server, which imports in the background what notebooks need, and these modules."""
    if METHOD == "forkserver" and not _task:
        from multiprocessing import forkserver, resource_tracker

        _preload[1:] = modules
        context()
        resource_tracker.ensure_running()  # which would let Ctrl-C in again, and is no copy of this process
        with withheld(), _forked() if _copy and threading.active_count() == 1 else nullcontext():
            forkserver.ensure_running()


@atexit.register
def stop_all() -> None:
    """End every notebook and task that is running; what waits in `threads` does not begin."""
    global _stops
    _stops += 1
    # One that another thread is just starting is ended, too.
    waited = _starting.acquire(timeout=_END_SECONDS)
    try:
        for process in list(_running):
            process.kill()
    finally:
        if waited:
            _starting.release()


def threads(count: int) -> ThreadPoolExecutor:
    """Threads that start processes, until `stop_all`."""
    return ThreadPoolExecutor(count, initializer=setattr, initargs=(_thread, "stops", _stops))


def does_task() -> bool:
    """Whether this process does a task of another one's: what it starts is a copy of it."""
    return _task


def take_role(task: bool) -> None:
    """Say, at the start of a process, whether it does a task of another one's; nothing that runs is its own yet."""
    global _task, _starting
    _task = task
    _running.clear()
    _starting = threading.Lock()  # a copy of a process was made while it held its lock


def be_copy(daemon: int) -> None:
    """Say, at the start of the daemon's copy, that it is one: it ends with the daemon, and has imported everything."""
    global _copy
    _copy = True
    os.setsid()
    _end_with_parent(daemon)
    interrupt.end()


@contextmanager
def _forked() -> Iterator[None]:
    """Have the fork server be a copy of this process, not a new one that imports everything once more."""
    from multiprocessing import forkserver, util

    def fork(_: object, command: Sequence[str], descriptors: Sequence[int]) -> int:
        if pid := os.fork():
            return pid
        try:
            interrupt.ignore()
            sys.unraisablehook = sys.__unraisablehook__
            close_all_but({0, 1, 2, *descriptors})
            forkserver._forkserver.__init__()  # type: ignore[misc]  # who makes the copy holds its lock
            exec(command[-1], {})
        except SystemExit:
            os._exit(0)
        finally:
            os._exit(1)

    start, util.spawnv_passfds = util.spawnv_passfds, fork  # type: ignore[assignment]
    try:
        yield
    finally:
        util.spawnv_passfds = start


class Process:
    """A process of ours, and the line to it."""

    def __init__(self, context: Any, target: Callable[..., None], *arguments: Any) -> None:
        self.line, theirs = context.Pipe()
        # Not a daemon: such a process could not start processes of its own.
        self._process = context.Process(target=target, args=(theirs, *arguments), daemon=False)
        with _starting:
            if getattr(_thread, "stops", _stops) != _stops:
                raise ProcessGone(say("it was stopped"))
            # multiprocessing would have the child import the caller's own __main__ first.
            main, sys.modules["__main__"] = sys.modules["__main__"], types.ModuleType("__main__")
            try:
                self._start()
                _running.add(self)
            finally:
                sys.modules["__main__"] = main
        theirs.close()

    def _start(self) -> None:
        """Start the process: where the server that was to fork it has been killed, from a new one."""
        try:
            self._process.start()
        except (EOFError, ConnectionError):
            try:
                self._process.start()
            except (EOFError, ConnectionError):
                raise ProcessGone(say("a process could not be started")) from None

    def take(self, seconds: float | None = None) -> bytes:
        """What it sends next; TimeoutError after these seconds, ProcessGone where it ends before, or in the middle."""
        try:
            packed = self.line.recv_bytes() if self.line.poll(seconds) else None
        except (EOFError, OSError):
            raise ProcessGone(self.farewell()) from None
        if packed is None:
            raise TimeoutError
        return packed

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


def begin(environment: Mapping[str, str]) -> None:
    """What a process of ours does first: it leads a group, ends with who started it, and has this environment."""
    if hasattr(os, "setsid"):
        os.setsid()
    interrupt.ignore()  # what came so far was not for it
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parent = multiprocessing.parent_process()
    if parent and parent.pid == os.getppid():
        _end_with_parent(parent.pid)  # the thread below never gets its turn where a cell holds Python's lock
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    os.environ.clear()
    os.environ.update(environment)
    if hasattr(time, "tzset"):
        time.tzset()


def _end_with_parent(pid: int) -> None:
    """Have the system, where it can, end this process when its parent is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != pid:
            os._exit(1)  # it has just gone


def _end_with(parent: Any) -> None:
    """When who started this process is gone, end, and everything that it started."""
    parent.join()
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def close_all_but(kept: Collection[int]) -> None:
    """Keep no file of the process that this one is a copy of, but for these descriptors."""
    for name in os.listdir("/dev/fd"):
        if int(name) not in kept:
            with suppress(OSError):
                os.close(int(name))


def context() -> Any:
    """How a process is started: a task's, which is warm, is copied; all others come from the server."""
    found = multiprocessing.get_context("fork" if _task else METHOD)
    if METHOD == "forkserver" and not _task:
        found.set_forkserver_preload(_preload)
    return found
