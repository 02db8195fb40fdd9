"""Ctrl-C, which must not be lost."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

# Until Python has left the finalizer, or the fork, that the signal came to.
_SECONDS = 0.05
_END_SECONDS = 5


@contextmanager
def raised() -> Iterator[None]:
    """Have Ctrl-C raise KeyboardInterrupt in the block, in the main thread.

    Python drops an exception that is raised in a finalizer or while it forks: this one is then raised once more. Others
    are raised in its stead, by Python 3.11 while it makes a class.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    if signal.getsignal(signal.SIGINT) == signal.SIG_DFL:  # so far it ended the process
        signal.signal(signal.SIGINT, signal.default_int_handler)
    before = sys.unraisablehook

    def dropped(what: Any) -> None:
        if what.exc_type is KeyboardInterrupt:
            threading.Timer(_SECONDS, _send).start()
        else:
            before(what)

    sys.unraisablehook = dropped
    try:
        yield
    except Exception as error:
        if _comes_of_it(error):
            raise KeyboardInterrupt from error
        raise
    finally:
        sys.unraisablehook = before


def _comes_of_it(error: BaseException | None) -> bool:
    while error and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


@contextmanager
def withheld() -> Iterator[None]:
    """Have Ctrl-C come after the block; what the block starts does not get it until it says so (`ignore`)."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ignore() -> None:
    """Leave Ctrl-C, also one that has come already, to who started this process, and ends it, too."""
    _let_in(signal.SIG_IGN)


def end() -> None:
    """Have Ctrl-C, also one that has come already, end this process."""
    _let_in(signal.SIG_DFL)


def _let_in(handler: signal.Handlers) -> None:
    signal.signal(signal.SIGINT, handler)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


def leave(status: int) -> NoReturn:
    """End this process, which was interrupted, with an exit status.

    It may have been interrupted while it held a lock: whoever waits for that does not hold it up.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    last = threading.Timer(_END_SECONDS, os._exit, [status])
    last.daemon = True
    last.start()
    sys.exit(status)


def _send() -> None:
    """Interrupt the main thread, also where it waits."""
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
