"""Handing a command on to the daemon, which has imported already what the command would import first.

Whatever is in the way of that, the command is done as if there were no daemon. This module is all that is imported
by a command that is handed on.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

# How many seconds the daemon stays without a command; 0: there is none.
VARIABLE = "KIEMSO_DAEMON"
AT_A_TERMINAL = 600
COMMANDS = ("run", "render")
# The daemon is in a hurry to say that it has begun, or it is not there.
TAKEN, _TAKEN_SECONDS = b"+", 2
SIZE = 4
_PACKAGE = Path(__file__).parent
# Set anew by each shell or each program that calls us, and read by nothing that is imported.
_PASSING = ("PWD", "OLDPWD", "SHLVL", "_", "COLUMNS", "LINES", "KIEMSO_RUN", VARIABLE)
_PASSING_OF = "QUARTO_"
_NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "user")


def hand_on(arguments: list[str]) -> int | None:
    """The exit status of the command, once the daemon has done it; None where it is to be done here."""
    if not _can_be_handed_on(arguments) or _seconds() == 0:
        return None
    try:
        request = json.dumps(_request()).encode()
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_TAKEN_SECONDS)
            line.connect(address(identity()))
            # Its copy writes where this process would.
            socket.send_fds(line, [len(request).to_bytes(SIZE)], [0, 1, 2])
            line.sendall(request)
            if line.recv(1) != TAKEN:
                return None
            line.settimeout(None)
            return _status(line)
    except (OSError, ValueError):
        return None


def leave_daemon(arguments: list[str]) -> None:
    """Start the daemon for the next command, after one that had something to do, where a person waits for it."""
    if "kiemso.chain" not in sys.modules or not _can_be_handed_on(arguments) or not (seconds := _seconds()):
        return
    import subprocess

    with suppress(OSError):
        make_folder()
        # Not in the folder where the command stands: modules that lie there are none of its own.
        command = [sys.executable, "-P", "-m", "kiemso.daemon", identity(), str(seconds)]
        nothing = subprocess.DEVNULL
        subprocess.Popen(command, cwd="/", stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)


def address(known: str) -> str:
    """The daemon's socket; ValueError where others may enter its folder, OSError where there is none."""
    found = _folder().lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise ValueError
    return str(_folder() / f"{known[:16]}.socket")


def make_folder() -> None:
    """Make the folder of the socket, which nobody else may enter."""
    _folder().mkdir(mode=0o700, exist_ok=True)


def _folder() -> Path:
    return Path(os.environ.get("XDG_RUNTIME_DIR") or os.environ.get("TMPDIR") or "/tmp", f"kiemso-{os.getuid()}")


def identity() -> str:
    """The digest of all that a copy of a process has of it, and a new process might have otherwise.

    These are the program and its libraries, the environment, and what the system allows the process.
    """
    import resource

    limits = [resource.getrlimit(number) for name, number in sorted(vars(resource).items()) if "RLIMIT_" in name]
    rights = [os.geteuid(), os.getegid(), sorted(os.getgroups()), sorted(os.sched_getaffinity(0)), os.nice(0)]
    places = [os.readlink(f"/proc/self/ns/{name}") for name in _NAMESPACES]
    group = Path("/proc/self/cgroup").read_text(encoding="utf-8")
    flags = [value for name in dir(sys.flags) if type(value := getattr(sys.flags, name)) is int]
    python = [sys.version, sys.executable, sys.warnoptions, sorted(sys._xoptions), flags, import_path()]
    environment = {name: value for name, value in os.environ.items() if not _passing(name)}
    ignored = sorted(number for number in signal.valid_signals() if signal.getsignal(number) == signal.SIG_IGN)
    content = [limits, rights, places, group, ignored, python, sorted(environment.items()), program(import_path())]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def import_path() -> list[str]:
    """Where modules are imported from, without the folder of what was started."""
    return sys.path[0 if sys.flags.safe_path else 1 :]


def program(path: list[str]) -> list:
    """What changes when the program does, or when a library is installed on the path."""
    return [*_files(_PACKAGE), *(_seen(Path(entry)) for entry in path if os.path.isdir(entry))]


def _passing(name: str) -> bool:
    return name in _PASSING or name.startswith(_PASSING_OF)


def _files(folder: Path) -> Iterator[list]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _files(Path(entry.path))
            else:
                yield [entry.path, *_seen(Path(entry.path))]


def _seen(path: Path) -> list[int]:
    """What changes with a file, or with the list of a folder's files."""
    found = path.stat()
    return [found.st_mtime_ns, found.st_size]


def _can_be_handed_on(arguments: list[str]) -> bool:
    # Those for many schools, or for a cluster, take long enough anyway.
    apart = any(argument.startswith(("--sch", "-h", "--help")) for argument in arguments)
    return sys.platform == "linux" and not apart and len(arguments) > 1 and arguments[1] in COMMANDS


def _seconds() -> float:
    given = os.environ.get(VARIABLE, "")
    if given:
        with suppress(ValueError):
            return max(0.0, float(given))
    return AT_A_TERMINAL if given == "" and _has_terminal() else 0


def _has_terminal() -> bool:
    """Whether it was started from a terminal, wherever its output goes: Quarto keeps it to itself."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _request() -> dict[str, Any]:
    for descriptor in (0, 1, 2):
        os.fstat(descriptor)
    mask = os.umask(0o077)
    os.umask(mask)
    return {
        "arguments": sys.argv,
        "folder": os.getcwd(),
        "environment": dict(os.environ),
        "path": sys.path,
        "mask": mask,
    }


def _status(line: socket.socket) -> int | None:
    """What the copy ends with, which gets Ctrl-C as this process would; None where it does not end by itself."""

    def interrupt(*_: object) -> None:
        with suppress(OSError):
            line.send(bytes([signal.SIGINT]))

    before = signal.getsignal(signal.SIGINT)
    if before != signal.SIG_IGN:
        signal.signal(signal.SIGINT, interrupt)
    status = line.recv(SIZE)
    signal.signal(signal.SIGINT, before)
    return int.from_bytes(status, signed=True) if len(status) == SIZE else None
