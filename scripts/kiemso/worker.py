"""On a worker of a cluster: the doing of a task, as long as it is wanted."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.process import ProcessGone, warm_up
from kiemso.sender import Sender, differences

_END_SECONDS = 10
_under_way: set[tuple[str, Any]] = set()  # the sender and the key of each task that is being done here


def do(sender: Sender, task: Callable[..., Any], /, *arguments: Any) -> Any:
    """Do a task of the sender's as long as it wants it; Refused where this worker is not like the sender.

    The task gets, as `wanted`, what says whether it is wanted still.
    """
    from distributed import Reschedule, get_worker

    worker = get_worker()
    if found := differences(sender):
        # A worker that came while the run was under way: nobody has looked at it before.
        raise Refused(of_workers(problem, [worker.address]) for problem in found)
    # Those of a nanny are daemons, which multiprocessing has start no process of their own.
    multiprocessing.current_process().daemon = False
    warm_up(*sender.modules)
    key = worker.get_current_task()
    wanted = partial(_wanted, worker, key)
    _under_way.add((sender.digest, key))
    try:
        return task(*arguments, wanted=wanted)
    except ProcessGone:
        if wanted():
            raise
        raise Reschedule from None  # it did not fail: another worker may be asked for it
    finally:
        _under_way.discard((sender.digest, key))


def _wanted(worker: Any, key: Any) -> bool:
    """Whether scheduler and client wait for the task: Dask leaves to itself what runs in a worker's thread."""
    from distributed.worker import WORKER_ANY_RUNNING

    task = worker.state.tasks.get(key)
    return worker.status in WORKER_ANY_RUNNING and task is not None and task.state == "executing"


async def end_tasks(sender: Sender) -> None:
    """Wait until the tasks of the sender, who no longer wants them, have ended here."""
    end = time.monotonic() + _END_SECONDS
    while any(digest == sender.digest for digest, _ in _under_way) and time.monotonic() < end:
        await asyncio.sleep(0.05)


def of_workers(problem: Problem, names: list[str]) -> Problem:
    """What is wrong with workers, which are named, the first few of many."""
    few = ", ".join(names[:3])
    who = say("{names} and {count} more", names=few, count=len(names) - 3) if len(names) > 3 else few
    message = say("worker {worker}: {difference}", worker=who, difference=problem.message)
    return Problem(message, problem.mend)
