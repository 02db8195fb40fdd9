"""One run at a time in a project: who is second is told who is first."""

from __future__ import annotations

import datetime
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kiemso.message import Message, say
from kiemso.problem import Problem, Refused


@contextmanager
def project_lock(project: Path, seconds: float = 0) -> Iterator[None]:
    """Hold the project while a run and its rendering work; Refused where another one holds it for these seconds.

    The operating system frees it when its holder ends, however that ends.
    """
    folder = project / "build"
    folder.mkdir(exist_ok=True)
    lock, holder = FileLock(folder / ".lock"), folder / ".lock.json"
    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        mend = say("Wait until it has ended, then run again.")
        raise Refused(Problem(_taken(holder), mend)) from None
    try:
        since = datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
        holder.write_text(json.dumps({"pid": os.getpid(), "host": platform.node(), "since": since}), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _taken(holder: Path) -> Message:
    try:
        who = json.loads(holder.read_text(encoding="utf-8"))
        pid, host, since = who["pid"], who["host"], who["since"]
    except (OSError, ValueError, KeyError, TypeError):  # it has begun, or ended, this moment
        return say("another run is under way in this project")
    return say(
        "another run is under way in this project: process {pid} on {host}, since {since}",
        pid=pid,
        host=host,
        since=since,
    )
