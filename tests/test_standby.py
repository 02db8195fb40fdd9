"""A process that stands by: its answers, and what follows when it dies or takes too long."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest
from kiemso.standby import Standby

SERVE = "from kiemso.standby import serve; serve(eval)"


@pytest.fixture
def standby() -> Iterator[Standby]:
    process = Standby(SERVE)
    yield process
    process.end()


def test_requests_are_answered_by_one_process(standby):
    first, second = (standby.ask("__import__('os').getpid()", 10) for _ in range(2))
    assert first == second != os.getpid()


def test_what_is_printed_is_no_answer(standby, capfd):
    assert [standby.ask("print('x' * 100_000)", 10), standby.ask("1 + 1", 10)] == [None, 2]
    assert capfd.readouterr() == ("", "")


def test_a_request_that_the_process_dies_of_is_told_and_the_next_one_is_answered(standby):
    for death in ("__import__('os')._exit(0)", "__import__('os').abort()", "1 / 0"):
        with pytest.raises(EOFError):
            standby.ask(death, 10)
        assert standby.ask("1 + 1", 10) == 2


def test_a_process_that_was_ended_in_the_meantime_is_started_anew(standby):
    os.kill(standby.ask("__import__('os').getpid()", 10), signal.SIGKILL)
    time.sleep(0.1)
    assert standby.ask("1 + 1", 10) == 2


def test_a_request_that_takes_too_long_is_given_up_and_the_next_one_is_answered(standby):
    assert standby.ask("1 + 1", 10) == 2
    start = time.monotonic()
    with pytest.raises(TimeoutError):
        standby.ask("__import__('time').sleep(60)", 0.5)
    assert time.monotonic() - start < 5
    assert standby.ask("1 + 1", 10) == 2


def test_a_process_that_cannot_start_is_told():
    with pytest.raises(EOFError):
        Standby("raise SystemExit").ask("1", 10)


def test_threads_take_turns(standby):
    found: list[int] = []
    threads = [threading.Thread(target=lambda n=n: found.append(standby.ask(f"{n} * 10", 10))) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 10, 20, 30, 40]


def test_a_copy_of_the_process_gets_a_line_of_its_own_and_leaves_the_first_alone(standby):
    first = standby.ask("__import__('os').getpid()", 10)
    child = os.fork()
    if not child:
        other = standby.ask("__import__('os').getpid()", 10)
        standby.end()
        os._exit(0 if other != first else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert standby.ask("__import__('os').getpid()", 10) == first
