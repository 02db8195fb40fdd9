"""The daemon: a process that has imported what a command imports first, and does commands in copies of itself.

It does nothing else, so that a copy finds what a new process would have found. It ends when nobody has asked it for a
while, and when the program, its libraries or its socket are not as they were.
"""

from __future__ import annotations

import atexit
import fcntl
import importlib
import io
import json
import os
import selectors
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

from kiemso.interrupt import withheld
from kiemso.relay import SIZE, TAKEN, address, identity, import_path, program

_MODULES = ("kiemso.warm", "kiemso.drawing", "kiemso.press", "kiemso.chain", "kiemso.cli", "typst")
_LOOK_SECONDS = 10
_REQUEST_SECONDS = 2
_UID = struct.Struct("3i")  # struct ucred: process, user, group


def main(known: str, seconds: float) -> None:
    """Serve commands of this identity until nobody has asked for these seconds."""
    if identity() != known:
        return  # this process is not what the command's was
    path = import_path()
    was, place = program(path), Path(address(known))
    with _alone(place.with_suffix(".lock")) as alone:
        if not alone:
            return
        for name in _MODULES:
            importlib.import_module(name)
        with socket.socket(socket.AF_UNIX) as listener:
            place.unlink(missing_ok=True)
            listener.bind(str(place))
            listener.listen()
            try:
                _Daemon(listener, seconds, lambda: program(path) == was).serve()
            finally:
                place.unlink(missing_ok=True)


@contextmanager
def _alone(place: Path) -> Iterator[bool]:
    """Whether there is no other daemon, nor one that is just ending."""
    with open(place, "wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(lock.fileno()), place.stat()):
                raise OSError
        except OSError:
            yield False
            return
        try:
            yield True
        finally:
            place.unlink()


class _Daemon:
    """Takes commands, and tells how they ended."""

    def __init__(self, listener: socket.socket, seconds: float, unchanged: Callable[[], bool]) -> None:
        self._listener, self._seconds, self._unchanged = listener, seconds, unchanged
        self._place = Path(listener.getsockname())
        self._inode = self._place.stat().st_ino
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, self._take)
        self._commands: set[_Command] = set()

    def serve(self) -> None:
        """Take commands until nobody has asked for long enough."""
        asked = time.monotonic()
        while self._commands or (time.monotonic() - asked < self._seconds and self._as_it_was()):
            for key, _ in self._selector.select(min(_LOOK_SECONDS, self._seconds)):
                key.data()
                asked = time.monotonic()

    def _as_it_was(self) -> bool:
        with suppress(OSError):
            return self._place.stat().st_ino == self._inode and self._unchanged()
        return False

    def _take(self) -> None:
        line, _ = self._listener.accept()
        descriptors: list[int] = []
        try:
            line.settimeout(_REQUEST_SECONDS)
            request = _received(line, descriptors)
            # What has changed since it imported it, it would do as before.
            if not self._as_it_was():
                raise ValueError
            line.sendall(TAKEN)
            self._begin(line, request, descriptors)
        except (OSError, ValueError, EOFError):
            line.close()
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _begin(self, line: socket.socket, request: Mapping[str, Any], descriptors: list[int]) -> None:
        daemon = os.getpid()
        with withheld():  # the copy gets what is sent to it from the beginning
            pid = os.fork()
            if pid == 0:
                _do(request, descriptors, daemon)
        command = _Command(pid, line)
        self._commands.add(command)

        def end() -> None:
            self._selector.unregister(command.process)
            with suppress(KeyError):
                self._selector.unregister(line)
            self._commands.discard(command)
            command.end()

        def heed() -> None:
            if not command.heed():
                self._selector.unregister(line)

        self._selector.register(command.process, selectors.EVENT_READ, end)
        self._selector.register(line, selectors.EVENT_READ, heed)


class _Command:
    """A copy that does a command, and the line to who has handed it on."""

    def __init__(self, pid: int, line: socket.socket) -> None:
        self._pid, self._line = pid, line
        self.process = os.pidfd_open(pid)

    def heed(self) -> bool:
        """Pass a signal on; whether there may be more. Who has gone does not want the command any more."""
        try:
            given = self._line.recv(1)
        except OSError:
            given = b""
        self._signal(given[0] if given else signal.SIGKILL)
        return bool(given)

    def end(self) -> None:
        """Tell how the copy ended."""
        _, status = os.waitpid(self._pid, 0)
        os.close(self.process)
        with self._line, suppress(OSError):
            self._line.sendall(os.waitstatus_to_exitcode(status).to_bytes(SIZE, signed=True))

    def _signal(self, number: int) -> None:
        with suppress(OSError):
            try:
                os.killpg(self._pid, number)  # as a terminal does it: the programs that the command has started, too
            except ProcessLookupError:
                os.kill(self._pid, number)  # it has just begun


def _received(line: socket.socket, descriptors: list[int]) -> dict[str, Any]:
    """What is asked for, and the files 0, 1 and 2 of who asks."""
    _, user, _ = _UID.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UID.size))
    if user != os.getuid():
        raise ValueError
    size, given, _, _ = socket.recv_fds(line, SIZE, 3)
    descriptors += given
    content = b""
    while rest := int.from_bytes(size) - len(content):
        if not (piece := line.recv(rest)):
            raise EOFError
        content += piece
    if len(given) != 3:
        raise ValueError
    request: dict[str, Any] = json.loads(content)
    return request


def _do(request: Mapping[str, Any], descriptors: list[int], daemon: int) -> NoReturn:
    """In a copy: be the process that has handed the command on, and do it."""
    status = 1
    try:
        _settle(request, descriptors, daemon)
        from kiemso.cli import main as command

        command(prog_name="kiemso")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        _end(status)


def _settle(request: Mapping[str, Any], descriptors: list[int], daemon: int) -> None:
    """Have what the process has that handed the command on."""
    from kiemso.process import be_copy, close_all_but

    be_copy(daemon)
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
    close_all_but((0, 1, 2))
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.umask(request["mask"])
    os.chdir(request["folder"])
    sys.argv[:], sys.path[:] = request["arguments"], request["path"]
    importlib.invalidate_caches()
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        old = getattr(sys, name)
        raw = open(number, "rb" if number == 0 else "wb", closefd=False)  # noqa: SIM115
        line_by_line = number == 2 or os.isatty(number)
        stream = io.TextIOWrapper(raw, old.encoding, old.errors, None, line_by_line, old.write_through)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _end(status: int) -> NoReturn:
    """End as a process does, without taking to pieces what it has imported."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
    finally:
        os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
