"""The same schools on a Dask cluster of this machine and in the local pool, in turns."""

from __future__ import annotations

import shutil
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.measure import kiemso
from tests.bench.schools import ALL, make_workspace

SCHOOLS = 5
_NOTEBOOKS = 8


def measure(scratch: Path, rounds: int) -> dict[str, Any]:
    """Notebooks a second with 1 and 2 workers of each kind; the cluster stands before the clock starts."""
    from distributed import LocalCluster

    workspace = make_workspace(scratch / "workspace", SCHOOLS)
    seconds: dict[tuple[str, int], list[float]] = {}
    for _ in range(rounds):
        for workers in (1, 2):
            seconds.setdefault(("local pool", workers), []).append(_cold(workspace, "--jobs", f"{workers}"))
            with LocalCluster(
                n_workers=workers, threads_per_worker=1, memory_limit=0, dashboard_address=None
            ) as cluster:
                address = cluster.scheduler_address
                # The first run on a worker starts its fork server, as a cluster that stands has long done.
                _cold(workspace, "--scheduler", address)
                seconds.setdefault(("Dask", workers), []).append(_cold(workspace, "--scheduler", address))
    rows = [_row(*key, several, seconds[("local pool", key[1])]) for key, several in seconds.items()]
    return {"rows": rows, "rounds": rounds, "targets": []}


def _cold(workspace: Path, *options: str) -> float:
    for folder in workspace.glob("schools/**/build"):
        shutil.rmtree(folder)
    return kiemso("run", *ALL, *options, cwd=workspace).seconds


def _row(name: str, workers: int, seconds: list[float], local: list[float]) -> dict[str, Any]:
    return {
        "pool": name,
        "workers": workers,
        "seconds": median(seconds),
        "fastest": min(seconds),
        "slowest": max(seconds),
        "notebooks a second": SCHOOLS * _NOTEBOOKS / median(seconds),
        "× local pool": median(a / b for a, b in zip(local, seconds, strict=True)),
    }
