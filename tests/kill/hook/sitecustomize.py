"""Imported by every Python of a watched command: writes each change of a file down, and kills before one of them.

What a person sees of build/ and _output/ changes by these alone, so a kill before each of them leaves everything that
a kill at any moment can leave, as long as no file is written in its place.
"""

import os
import signal
import sys

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
# What an event of Python's is called here, and which of its arguments are the path and the folder it starts from.
_EVENTS = {"os.rename": ("move", 1, 3), "os.remove": ("remove", 0, 1), "os.mkdir": ("folder", 0, 2)}
_EVENTS |= {"os.rmdir": ("remove", 0, 1), "os.link": ("move", 1, 3), "os.symlink": ("move", 1, 2)}


def _watch(project: str, log: str, before: int, command: int) -> None:
    def hook(event: str, arguments: tuple) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, (str, os.PathLike)) and isinstance(flags, int) and flags & _WRITES:
                changes("write", os.fspath(path), -1)
        elif event in _EVENTS:
            name, path, folder = _EVENTS[event]
            changes(name, os.fspath(arguments[path]), arguments[folder])

    def changes(what: str, path: str | bytes, folder: int) -> None:
        start = os.readlink(f"/proc/self/fd/{folder}") if folder >= 0 else os.getcwd()
        name = os.path.relpath(os.path.join(start, os.fsdecode(path)), project)
        parts = name.split(os.sep)
        if not {"build", "_output"} & {*parts} or any(part.startswith(".") for part in parts):
            return
        if what == "folder" and os.path.exists(os.path.join(project, name)):
            return
        with open(log, "a+", encoding="utf-8") as file:
            file.write(f"{what} {name}\n")
            file.flush()
            file.seek(0)
            if before and len(file.readlines()) >= before:
                os.kill(command, signal.SIGKILL)
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


if "KILL_LOG" in os.environ:
    # The first Python is the command; those that it starts kill it, too.
    _command = int(os.environ.setdefault("KILL_COMMAND", str(os.getpid())))
    _watch(os.environ["KILL_PROJECT"], os.environ["KILL_LOG"], int(os.environ["KILL_BEFORE"]), _command)
