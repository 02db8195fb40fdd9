"""The program's start: the command is handed on to the daemon, or done here."""

import signal

# A command that has done nothing yet ends at Ctrl-C without a word.
if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import os
import sys
from contextlib import suppress

from kiemso.relay import hand_on, leave_daemon


def main() -> None:
    """Do the command that this process was started with."""
    status = hand_on(sys.argv)
    if status is not None:
        _end_as(status)
    from kiemso.cli import main as command

    try:
        command(prog_name="kiemso")
    finally:
        leave_daemon(sys.argv)


def _end_as(status: int) -> None:
    """End with this exit status, or by the signal that a negative one stands for."""
    if status < 0:
        with suppress(OSError):  # one that cannot be ignored needs not be restored
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    sys.exit(status)


if __name__ == "__main__":
    main()
