"""A command that is started, killed, and gone with all that it started."""

from __future__ import annotations

import ctypes
import math
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from tests.bench.measure import cpu_of_tree

MAIN, GROUP, CHILD, DAEMON = "the command", "its group", "one of its children", "the daemon"
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: what a killed command leaves running becomes our child, and is found
_HOOK = Path(__file__).parent / "hook"
_LOOK_SECONDS = 0.04
_ORPHANS_SECONDS = 10
_HANGS_SECONDS = 120


def adopt_orphans() -> None:
    """Have what killed commands leave become children of this process, where the system can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


class Command:
    """A command of ours under way in a project."""

    def __init__(
        self,
        project: Path,
        arguments: Sequence[str],
        before: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Killed `before` so many changes of files if that is given; they are written into `log`, for 0 all of them.

        Where a daemon of this environment stands, the command's children are those of the daemon.
        """
        environment = dict(environment or usual())
        self.log = project.with_name(f"{project.name}.log")
        self._daemon = next(_daemons(), None)
        self._used_before = self._used()
        if before is not None:
            self.log.unlink(missing_ok=True)
            path = os.pathsep.join(filter(None, (str(_HOOK), os.environ.get("PYTHONPATH"))))
            environment |= {"PYTHONPATH": path, "KILL_LOG": str(self.log), "KILL_PROJECT": str(project)}
            environment |= {"KILL_BEFORE": str(before)}
        self._said = project.with_name(f"{project.name}.said")
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kiemso", *arguments],
                cwd=project,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        """What it has printed so far."""
        return self._said.read_text(encoding="utf-8", errors="replace")

    def wait(self, seconds: float = _HANGS_SECONDS) -> int | None:
        """The exit status, or nothing where it is still at work after these seconds."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self._process.returncode

    def work(self, seconds: float = math.inf) -> float:
        """Let it work for so many processor seconds, its children's included; how many it took if it ended before."""
        used = 0.0
        while used < seconds and self._process.poll() is None:
            time.sleep(_LOOK_SECONDS)
            with suppress(psutil.Error):
                used = max(used, cpu_of_tree(self._process.pid) + self._used() - self._used_before)
        return used

    @property
    def by_daemon(self) -> bool:
        """Whether the daemon did it, if one stands that was not killed."""
        return self._daemon not in _daemons() or self._used() > self._used_before

    def _used(self) -> float:
        """The processor seconds of the daemon so far."""
        with suppress(psutil.Error):
            return cpu_of_tree(self._daemon.pid) if self._daemon else 0.0
        return 0.0

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._process.poll() is not None

    def kill(self, whom: str, chance: random.Random) -> str:
        """Kill the command, its whole group, one of its children or the daemon; which process that was."""
        if whom == CHILD:
            return self._kill_child(chance)
        if whom == DAEMON:
            with suppress(psutil.Error, AttributeError):
                self._daemon.kill()
            return whom
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL) if whom == GROUP else self._process.kill()
        self._process.wait()
        return whom

    def _kill_child(self, chance: random.Random) -> str:
        with suppress(psutil.Error):
            above = self._daemon or psutil.Process(self._process.pid)
            child = chance.choice(above.children(recursive=True) or [None])
            if child:
                name = _name(child)
                child.kill()
                return name
        return "no child"

    def leave(self) -> list[str]:
        """Wait until what the command left running has ended; what has not after some seconds, and is now killed.

        A daemon stays.
        """
        end = time.monotonic() + _ORPHANS_SECONDS
        while _reap() and (left := _left()) and time.monotonic() < end:
            time.sleep(0.01)
        left = _left()
        names = []
        for process in left:
            with suppress(psutil.Error):
                names.append(_name(process))
                process.kill()
        while left and _reap() and _left():
            time.sleep(0.01)
        return names


def usual() -> dict[str, str]:
    """The environment of a command."""
    # With PYTHONDONTWRITEBYTECODE every process compiles pandas again.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**environment, "KIEMSO_LANG": "en", "KIEMSO_DAEMON": "0"}


def end_daemons() -> None:
    """Kill the daemons that stand, and those that commands have left instead."""
    while standing := [*_daemons()]:
        for process in standing:
            with suppress(psutil.Error):
                process.kill()
        _reap()
        time.sleep(0.01)


def _daemons() -> Iterator[psutil.Process]:
    """The daemons among the processes below this one, without their copies."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if _is_daemon(process) and not _is_daemon(process.parent()):
                yield process


def _is_daemon(process: psutil.Process | None) -> bool:
    return process is not None and "kiemso.daemon" in process.cmdline()


def _left() -> list[psutil.Process]:
    """The processes below this one, but for daemons."""
    standing = {*_daemons()}
    return [process for process in psutil.Process().children(recursive=True) if process not in standing]


def _name(process: psutil.Process) -> str:
    """What kind of process it is, as far as its command line tells."""
    words = " ".join([process.name(), *process.cmdline()[1:]])
    for part in ("pandoc", "resource_tracker", "quarto", "daemon"):
        if part in words:
            return part
    if "forkserver" in words:
        above = sum("forkserver" in " ".join(parent.cmdline()) for parent in process.parents())
        return f"fork of a fork, {above} deep" if above > 1 else "forked process" if above else "fork server"
    return words


def _reap() -> bool:
    """Take leave of the children that have ended; whether there are others."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        return False
    return True
