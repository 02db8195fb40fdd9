"""Processes that do tasks: what they answer, and what becomes of who asks when they end."""

from __future__ import annotations

import multiprocessing
import os
import signal
import struct
import time

import pytest
from kiemso import process
from kiemso.helper import Ahead, Helper, apart, beside, can_help, helper
from kiemso.problem import Refused
from kiemso.process import ProcessGone
from kiemso.term import read_terms

if not can_help():
    pytest.skip("there is no fork here", allow_module_level=True)


def test_a_task_gives_what_it_returns_or_raises(tmp_path):
    assert apart(divmod, 7, 2) == (3, 1)
    with pytest.raises(Refused) as caught:
        apart(read_terms, tmp_path)
    assert caught.value.problems[0].file == "data/terms.yml"
    with pytest.raises(ProcessGone, match="SIGTERM"):
        apart(signal.raise_signal, signal.SIGTERM)
    assert not process._running


def test_tasks_are_done_one_after_the_other_in_one_process(tmp_path):
    with helper() as one:
        for folder in "một", "một/hai", "một/hai/ba":
            one.ask(os.mkdir, tmp_path / folder)
        one.ask(os.getpid)
        first = one.answer()
        one.ask(os.getpid)
        assert one.answer() == first != os.getpid()
    assert (tmp_path / "một/hai/ba").is_dir()


def test_a_task_that_fails_fails_no_other():
    with helper() as one:
        one.ask(divmod, 7, 0)
        one.ask(divmod, 7, 2)
        assert one.answer() == (3, 1)
        one.ask(divmod, 7, 0)
        with pytest.raises(ZeroDivisionError):
            one.answer()
        one.ask(signal.raise_signal, signal.SIGTERM)
        with pytest.raises(ProcessGone):
            one.answer()


def test_one_that_ends_in_the_middle_of_its_answer_is_gone_like_any_other():
    with helper() as one:
        one.ask(signal.raise_signal, signal.SIGKILL)
        one.line, theirs = multiprocessing.Pipe()
        os.write(theirs.fileno(), struct.pack("!i", 99) + b"the beginning")
        theirs.close()
        with pytest.raises(ProcessGone, match="SIGKILL"):
            one.answer()


def test_a_helper_that_got_ready_ahead_does_its_task():
    ahead = Ahead("kiemso.drawing")
    assert ahead.do(divmod, 7, 2) == (3, 1)
    ahead.end()
    unused = Ahead("kiemso.drawing")
    unused.end()
    assert not process._running


def test_a_module_that_cannot_be_imported_ahead_is_for_the_task_to_miss():
    ahead = Ahead("kiemso.there_is_none")
    assert ahead.do(divmod, 7, 2) == (3, 1)
    ahead.end()


def test_a_copy_of_this_process_works_beside_it(tmp_path):
    with beside(os.mkdir, tmp_path / "một") as answer:
        answer()
    assert (tmp_path / "một").is_dir()


def test_a_copy_of_a_process_can_start_another():
    one, end = Helper(multiprocessing.get_context("fork")), time.monotonic() + 20
    one.ask(pid_of_another)
    try:
        assert one.answer(lambda: time.monotonic() < end) not in (None, os.getpid())
    finally:
        one.end()


def pid_of_another() -> int:
    another = Helper(process.context())
    another.ask(os.getpid)
    found: int = another.answer()
    another.end()
    return found


def test_a_helper_that_nobody_asks_any_more_ends_without_a_word(capfd):
    one = Helper(process.context())
    one.ask(os.getpid)
    assert one.line.poll(20)  # an answer that is not taken resets the line
    one.line.close()
    one.join()
    assert one._process.exitcode == 0
    one.end()
    assert "Traceback" not in capfd.readouterr().err


def test_what_waits_when_all_is_stopped_never_begins(tmp_path):
    with process.threads(1) as pool:
        running = pool.submit(apart, time.sleep, 60)
        waiting = pool.submit(apart, os.mkdir, tmp_path / "một")
        end = time.monotonic() + 20
        while not process._running and time.monotonic() < end:
            time.sleep(0.01)
        process.stop_all()
        for one in (running, waiting):
            with pytest.raises(ProcessGone):
                one.result(20)
    assert not (tmp_path / "một").exists()
    with process.threads(1) as pool:  # the next run's
        pool.submit(apart, os.mkdir, tmp_path / "hai").result(20)
    assert (tmp_path / "hai").exists()
