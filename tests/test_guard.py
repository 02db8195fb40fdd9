"""Reading in a process of its own: what it gives, and what becomes of one that dies, hangs or takes all memory."""

from __future__ import annotations

import gc
import os
import signal
import struct
import sys
import threading
import time
import warnings
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
import pytest
from kiemso import guard
from kiemso.guard import guarded
from kiemso.limit import Limits
from kiemso.problem import Problem, Refused
from kiemso.raw import RawCell, RawSheet, RawWorkbook

PATH, NAME = Path("a.xlsx"), "data/raw/2021-2022/a.xlsx"
LIMITS = Limits(seconds=5, memory_megabytes=300)
CELL = RawCell(NAME, "Tờ", "A1", 1, 1, "một", None)


def read_well(path: Path, name: str, limits: Limits) -> RawWorkbook:
    print("this is no outcome")
    return RawWorkbook(name, (RawSheet("Tờ"),), (CELL._replace(text=str(os.getpid())),))


def read_much(path: Path, name: str, limits: Limits) -> RawWorkbook:
    return RawWorkbook(name, (), (CELL,) * 200_000)


def refuse(path: Path, name: str, limits: Limits) -> RawWorkbook:
    raise Refused([Problem("first", "mend", name), Problem("second", "mend", name)])


def fail(path: Path, name: str, limits: Limits) -> RawWorkbook:
    raise KeyError("Nguyễn Văn A")


def hang(path: Path, name: str, limits: Limits) -> RawWorkbook:
    time.sleep(60)
    raise AssertionError


def take_memory(path: Path, name: str, limits: Limits) -> RawWorkbook:
    return RawWorkbook(name, (), (CELL._replace(text="x" * 2_000_000_000),))


def crash(path: Path, name: str, limits: Limits) -> RawWorkbook:
    os.kill(os.getpid(), signal.SIGSEGV)
    raise AssertionError


def end_within_a_word(path: Path, name: str, limits: Limits) -> RawWorkbook:
    for line in [found for found in gc.get_objects() if isinstance(found, Connection)]:
        if not line.closed and line.writable:
            os.write(line.fileno(), struct.pack("!i", 100) + b"ten")
    os._exit(0)


def abort(path: Path, name: str, limits: Limits) -> RawWorkbook:
    os.write(2, b"memory allocation of 17179869184 bytes failed\n")
    os.abort()


def leave(path: Path, name: str, limits: Limits) -> RawWorkbook:
    os._exit(0)


@pytest.fixture(params=["copied", "asked"], autouse=True)
def way(request, monkeypatch) -> str:
    """Both ways to have a process of one's own."""
    if request.param == "copied" and sys.platform != "linux":
        pytest.skip("there are no copies of a process here")
    monkeypatch.setattr(guard, "_can_fork", lambda: request.param == "copied")
    return request.param


def refusal(read, limits: Limits = LIMITS) -> str:
    with pytest.raises(Refused) as refused:
        guarded(read, PATH, NAME, limits)
    (problem,) = refused.value.problems
    assert problem.file == NAME and problem.mend
    return problem.message


def test_what_is_read_comes_back_from_another_process(capfd):
    workbook = guarded(read_well, PATH, NAME, LIMITS)
    assert workbook.sheets == (RawSheet("Tờ"),)
    assert workbook.cells[0].text != str(os.getpid())
    assert capfd.readouterr() == ("", "")


def test_a_large_workbook_comes_back_whole():
    assert len(guarded(read_much, PATH, NAME, LIMITS).cells) == 200_000


def test_a_refusal_comes_back_with_all_its_problems():
    with pytest.raises(Refused) as refused:
        guarded(refuse, PATH, NAME, LIMITS)
    assert [problem.message for problem in refused.value.problems] == ["first", "second"]


def test_an_error_is_a_refusal_that_repeats_nothing_of_the_file():
    assert refusal(fail) == "cannot be read: KeyError"


def test_a_process_that_hangs_is_ended_in_time():
    start = time.monotonic()
    message = refusal(hang, Limits(seconds=1))
    assert message == "goes over the limit “seconds”: it is more, and 1 is allowed"
    assert time.monotonic() - start < 3


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux")
@pytest.mark.parametrize("read", [take_memory, abort])
def test_a_process_that_takes_too_much_memory_is_refused(read):
    assert refusal(read) == "goes over the limit “memory_megabytes”: it is more, and 300 is allowed"


def test_a_process_that_crashes_is_a_refusal():
    assert refusal(crash).startswith("is damaged: the program that reads it fails on it")


def test_a_process_that_ends_without_a_word_is_a_refusal():
    assert refusal(leave).startswith("is damaged")


def test_a_process_that_ends_in_the_middle_of_its_outcome_is_a_refusal():
    assert "is damaged" in refusal(end_within_a_word)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are bounded on Linux")
def test_a_machine_may_have_lower_bounds_of_its_own(capfd):
    import resource

    child = os.fork()
    if not child:
        with suppress(PermissionError):
            os.setuid(65534)  # the one user for whom no bound holds is root
        resource.setrlimit(resource.RLIMIT_CPU, (6, 6))
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
        roomy = Limits(seconds=5, memory_megabytes=4000)
        os._exit(0 if guard._copied(read_well, PATH, NAME, roomy).cells else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_no_process_and_no_descriptor_is_left_behind():
    guard._standby.end()
    before, others = len(os.listdir("/proc/self/fd")), {*psutil.Process().children()}
    for read in (read_well, fail, crash, leave):
        with suppress(Refused):
            guarded(read, PATH, NAME, LIMITS)
    guard._standby.end()
    assert len(os.listdir("/proc/self/fd")) == before
    assert {*psutil.Process().children()} == others


def test_several_threads_can_read_at_once_and_nothing_is_warned_of(way):
    if way == "copied":
        pytest.skip("a process with threads is not copied")
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        threads = [
            threading.Thread(target=lambda: found.append(guarded(read_well, PATH, NAME, LIMITS))) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len({workbook.cells[0].text for workbook in found}) == 3


@pytest.mark.parametrize(("threads", "notebook", "copied"), [(1, False, True), (2, False, False), (2, True, True)])
def test_only_a_process_without_threads_and_a_notebooks_own_are_copied(monkeypatch, threads, notebook, copied):
    monkeypatch.undo()
    monkeypatch.setattr("threading.active_count", lambda: threads)
    monkeypatch.setattr("multiprocessing.parent_process", lambda: object() if notebook else None)
    assert guard._can_fork() is (copied and sys.platform == "linux")
