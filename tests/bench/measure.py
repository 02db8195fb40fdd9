"""What a command takes: time, processor time and memory, of all the processes that it starts."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

ROOT = Path(__file__).parents[2]
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: what a command leaves running becomes our child, and is counted
_SAMPLE_SECONDS = 0.25
_GRACE_SECONDS = 10
_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Use:
    """Seconds on the clock and of the processors; megabytes at most, of the main process and of all together.

    `own` are the processor seconds of the main process. It and memory are 0 where the command was not watched. `said`
    is what it printed.
    """

    seconds: float
    cpu: float
    main: float = 0.0
    tree: float = 0.0
    own: float = 0.0
    said: str = ""


def run(command: Sequence[str | Path], cwd: Path, *, watched: bool = False, **environment: str) -> Use:
    """Run a command to its end; RuntimeError with what it said where it fails.

    Watching the memory takes some processor time itself.
    """
    _adopt_orphans()
    before, start = _cpu_of_children(), time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    watch = _Watch(process.pid) if watched else None
    said, _ = process.communicate()
    seconds = time.perf_counter() - start
    if watch:
        watch.stop()
    if process.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed with {process.returncode}:\n{said}")
    _await_orphans()
    watched_use = (watch.main / _MEGABYTE, watch.tree / _MEGABYTE, watch.own) if watch else (0.0, 0.0, 0.0)
    return Use(seconds, _cpu_of_children() - before, *watched_use, said)


def kiemso(*arguments: str | Path, cwd: Path, watched: bool = False, **environment: str) -> Use:
    """Run a command of ours."""
    return run([sys.executable, "-m", "kiemso", *arguments], cwd, watched=watched, **environment)


def middle(uses: Sequence[Use]) -> Use:
    """The median of each."""
    return Use(*(median(getattr(use, name) for use in uses) for name in ("seconds", "cpu", "main", "tree", "own")))


def cpu_of_tree(pid: int) -> float:
    """The processor seconds so far of a process, its descendants, and all of theirs that have ended."""
    process = psutil.Process(pid)
    return sum(sum(one.cpu_times()[:4]) for one in [process, *process.children(recursive=True)])


class _Watch:
    """Looks at the memory of a process and its descendants now and then."""

    def __init__(self, pid: int) -> None:
        self.main = self.tree = self.own = 0.0
        self._process, self._ended = psutil.Process(pid), threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(_SAMPLE_SECONDS):
            with suppress(psutil.Error):
                self.own = sum(self._process.cpu_times()[:2])
                self.main = max(self.main, self._process.memory_info().rss)
                self.tree = max(self.tree, sum(map(_share, [self._process, *self._process.children(recursive=True)])))


def _share(process: psutil.Process) -> float:
    """A process's memory, of what it shares its share only, where the system says that."""
    try:
        found = process.memory_full_info()
    except psutil.Error:
        return 0.0
    return getattr(found, "pss", found.uss)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _await_orphans() -> None:
    """Wait for what a command left behind, such as a fork server that notices the end of its owner."""
    end = time.monotonic() + _GRACE_SECONDS
    while time.monotonic() < end:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.02)
        except ChildProcessError:
            return
