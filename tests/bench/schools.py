"""Many schools: what a school costs where there are 1, 10, 100 or 1,000, and what it costs to see that none changed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.measure import ROOT, Use, kiemso, run

ALL = ("--schools", "*")
_BASE, _MOST = 10, 1000


def measure(scratch: Path, sizes: Sequence[int]) -> dict[str, Any]:
    """Each size from cold, then again with nothing changed."""
    rows = []
    for size in sizes:
        workspace = make_workspace(scratch / f"{size}", size)
        cold = kiemso("run", *ALL, cwd=workspace, watched=True)
        again = kiemso("run", *ALL, cwd=workspace, watched=True)
        rows.append(_row(size, workspace, cold, again))
    return {"rows": rows, "targets": _targets({row["schools"]: row for row in rows})}


def make_workspace(folder: Path, size: int) -> Path:
    """A workspace of made-up schools that share the project's own notebooks and catalogue."""
    run([sys.executable, ROOT / "scripts" / "simulate_workspace.py", folder, "--schools", f"{size}"], ROOT)
    return folder


def _row(size: int, workspace: Path, cold: Use, again: Use) -> dict[str, Any]:
    made = sum(path.stat().st_size for path in workspace.glob("schools/**/build/**/*") if path.is_file())
    return {
        "schools": size,
        "seconds": cold.seconds,
        "seconds a school": cold.seconds / size,
        "processor seconds a school": cold.cpu / size,
        "of it the main process": cold.own / size,
        "MB at most, main process": cold.main,
        "MB at most, all processes": cold.tree,
        "MB on disk a school": made / size / 1e6,
        "nothing changed, seconds": again.seconds,
        "nothing changed, MB": again.main,
    }


def _targets(rows: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    targets = []
    most = max(rows)
    if _BASE in rows and most > _BASE:
        grown = rows[most]["seconds a school"] / rows[_BASE]["seconds a school"]
        what = f"cost of a school among {most}, × that among {_BASE}"
        targets += [{"what": what, "most": 1.3, "measured": grown}]
    memory = rows[most]["MB at most, main process"]
    targets += [{"what": f"peak memory of the main process, {most} schools, MB", "most": 500, "measured": memory}]
    again = rows[most]["nothing changed, seconds"]
    return [*targets, {"what": f"nothing changed, {most} schools, seconds", "most": 10, "measured": again}]
