"""A file read in a process of its own: whatever the file does to it, this process lives on."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import BinaryIO

from kiemso import interrupt
from kiemso.interrupt import withheld
from kiemso.limit import Limits, exceeded
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.raw import RawWorkbook
from kiemso.reader.fault import RESAVE
from kiemso.standby import Standby, serve

Read = Callable[[Path, str, Limits], RawWorkbook]
_COPIES = sys.platform == "linux"  # elsewhere, libraries may not work in a copy of a process
_GRACE_SECONDS = 5
_MEGABYTE = 1 << 20
_LEAST_MEMORY = 128 * _MEGABYTE  # for a large process that is copied: what it holds already counts
_NO_MEMORY = b"memory allocation of"  # what Rust says before it aborts
_standby = Standby("from kiemso.guard import main; main()")


def guarded(read: Read, path: Path, name: str, limits: Limits) -> RawWorkbook:
    """What `read`, a function of a module, gives for the file; Refused too where its process dies or is too slow."""
    outcome = (_copied if _can_fork() else _asked)(read, path.absolute(), name, limits)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def main() -> None:
    """Stand by to read files."""
    import kiemso.reader.openxml  # noqa: F401  (copies of this process need not import it)

    serve(lambda request: (_copied if _can_fork() else _outcome)(*request))


def _can_fork() -> bool:
    """Whether a copy of this process is safe: no other thread can hold a lock in it.

    A notebook's own process is; its one other thread only waits for the end.
    """
    alone = threading.active_count() == 1 or multiprocessing.parent_process() is not None
    return _COPIES and alone


def _copied(read: Read, path: Path, name: str, limits: Limits) -> RawWorkbook | Refused:
    """Read in a copy of this process, which has imported most of what it takes."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    with tempfile.TemporaryFile() as said, ours, theirs:
        with warnings.catch_warnings(), withheld():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns where there are threads
            child = os.fork()
            if not child:
                try:
                    _quieten(said)
                    _answer(theirs, read, path, name, limits)
                finally:
                    os._exit(1)
        theirs.close()
        try:
            if not ours.poll(limits.seconds):
                return _too_slow(name, limits)
            return pickle.loads(ours.recv_bytes())
        except (EOFError, OSError):  # it ended before its outcome, or in the middle of it
            pass
        finally:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
        said.seek(0)
        return _death(os.waitstatus_to_exitcode(status), said.read(), name, limits)


def _asked(read: Read, path: Path, name: str, limits: Limits) -> RawWorkbook | Refused:
    """Have the process that stands by read: where a copy of this one could wait for ever, or there are no copies."""
    try:
        # It knows the time best; should it fail to, it is given some more and ended.
        return _standby.ask((read, path, name, limits), limits.seconds + (_GRACE_SECONDS if _COPIES else 0))
    except TimeoutError:
        return _too_slow(name, limits)
    except EOFError:
        return _damaged(name)


def _quieten(said: BinaryIO) -> None:
    """Have the process print where nobody reads it but its parent."""
    for descriptor in (1, 2):
        os.dup2(said.fileno(), descriptor)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115  (those of a notebook lead elsewhere)
    faulthandler.disable()
    interrupt.end()


def _answer(line: Connection, read: Read, path: Path, name: str, limits: Limits) -> None:
    """Read within the limits, and send the outcome."""
    release = _confine(limits)
    outcome = _outcome(read, path, name, limits)
    release()
    line.send_bytes(pickle.dumps(outcome, pickle.HIGHEST_PROTOCOL))


def _outcome(read: Read, path: Path, name: str, limits: Limits) -> RawWorkbook | Refused:
    """The workbook or the refusal; whatever else `read` raises is a file that cannot be read."""
    try:
        return read(path, name, limits)
    except Refused as refused:
        return refused
    except MemoryError:
        return _too_large(name, limits)
    except ImportError as error:
        message = say("cannot be read here: the library {library} is not installed", library=str(error.name))
        return Refused(Problem(message, say("Install what requirements.lock lists."), name, passing=True))
    except BaseException as error:  # a panic in Rust is no Exception
        message = say("cannot be read: {error}", error=type(error).__name__)
        return Refused(Problem(message, RESAVE, name))


def _confine(limits: Limits) -> Callable[[], None]:
    """Bound this process's memory, and its time should nobody watch it any more; gives what lifts the first bound."""
    import resource  # which Windows has not

    pages, resident = (int(count) for count in Path("/proc/self/statm").read_text().split()[:2])
    page = os.sysconf("SC_PAGE_SIZE")
    allowance = max(limits.memory_megabytes * _MEGABYTE - resident * page, _LEAST_MEMORY)
    most, longest = (resource.getrlimit(kind)[1] for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU))

    # A machine that many share may have bounds of its own, which nobody can raise.
    def within(bound: int, allowed: int) -> int:
        return bound if allowed == resource.RLIM_INFINITY else min(bound, allowed)

    seconds = int(limits.seconds)
    resource.setrlimit(resource.RLIMIT_AS, (within(pages * page + allowance, most), most))
    resource.setrlimit(resource.RLIMIT_CPU, (within(seconds + 2, longest), within(seconds + 4, longest)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _death(status: int, said: bytes, name: str, limits: Limits) -> Refused:
    """Why a process ended without an outcome."""
    if _NO_MEMORY in said or status == -signal.SIGKILL:
        return _too_large(name, limits)
    return _too_slow(name, limits) if status == -signal.SIGXCPU else _damaged(name)


def _damaged(name: str) -> Refused:
    return Refused(Problem(say("is damaged: the program that reads it fails on it"), RESAVE, name, passing=True))


def _too_large(name: str, limits: Limits) -> Refused:
    return _exceeded("memory_megabytes", str(limits.memory_megabytes), name)


def _too_slow(name: str, limits: Limits) -> Refused:
    return _exceeded("seconds", f"{limits.seconds:g}", name)


def _exceeded(limit: str, allowed: str, name: str) -> Refused:
    """The refusal of what may have been too much for this machine at this time."""
    return Refused(replace(exceeded(limit, say("more"), allowed, name), passing=True))
