"""Ctrl-C, wherever it comes to."""

import os
import signal
import subprocess
import sys
import time

import pytest
from kiemso.interrupt import raised

if not hasattr(os, "fork"):
    pytest.skip("a signal to oneself is for systems that know them", allow_module_level=True)

SECONDS = 20


class Interrupted:
    """Gets Ctrl-C when it is thrown away, where Python drops the exception."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


def test_what_came_to_a_finalizer_is_raised_after_it(capsys):
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt), raised():
        Interrupted()
        time.sleep(SECONDS)
    assert time.monotonic() - begun < SECONDS / 2
    assert capsys.readouterr().err == ""


def test_what_came_to_a_fork_is_raised_after_it():
    code = (
        "import os, signal, time\n"
        "from kiemso.interrupt import raised\n"
        "os.register_at_fork(after_in_parent=lambda: signal.raise_signal(signal.SIGINT))\n"
        "try:\n"
        "    with raised():\n"
        "        os.fork() or os._exit(0)\n"
        f"        time.sleep({SECONDS})\n"
        "except KeyboardInterrupt:\n"
        "    print('heeded')\n"
    )
    # Python 3.12 warns where a program itself forks beside a thread: here the one that sends it once more.
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert (done.stdout, done.stderr) == ("heeded\n", "")


def test_what_is_raised_in_its_stead_counts_as_it():
    with pytest.raises(KeyboardInterrupt), raised():
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt as interrupted:
            raise RuntimeError from interrupted


def test_other_exceptions_in_a_finalizer_are_told_as_before(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda what: told.append(what.exc_type))

    class Failing:
        def __del__(self) -> None:
            raise ValueError

    with raised():
        Failing()
    assert told == [ValueError]


def test_a_command_that_has_done_nothing_ends_without_a_word():
    code = "import kiemso.__main__, time; print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == -signal.SIGINT
        assert process.stderr.read() == b""


def test_an_interrupted_command_ends_whatever_a_thread_waits_for():
    code = (
        "import threading\n"
        "from kiemso import interrupt\n"
        "interrupt._END_SECONDS = 0.2\n"
        "threading.Thread(target=threading.Event().wait).start()\n"
        "interrupt.leave(2)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=SECONDS).returncode == 2
