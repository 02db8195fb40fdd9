"""What `kiemso run` and `kiemso render` do with --schools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kiemso.console import UNUSABLE, quiet, tell
from kiemso.lock import project_lock
from kiemso.manner import Manner
from kiemso.overview import write_overview
from kiemso.progress import progress, tell_standings
from kiemso.school import chosen, read_schools
from kiemso.standing import Standing
from kiemso.workspace import Order, find_workspace, order_for, run_schools


def run_many(
    project: Path, term: str | None, patterns: Sequence[str], wanted: Sequence[str], renderer: str, manner: Manner
) -> tuple[dict[str, Any], int]:
    """Run the schools whose codes match any of the patterns, and say how they stand.

    The exit status is that of an unusable input where a school is not done, after all others have run.
    """
    workspace = find_workspace(project)
    codes = chosen(read_schools(workspace).schools, patterns)
    order = order_for(workspace, term, wanted, renderer, manner)
    with project_lock(workspace):
        standings, files = run_listed(order, codes)
    for name in files:
        tell(f"→ {name}")
    listed = {code: standing.state for code, standing in standings.items()}
    failed = any(state != "done" for state in listed.values())
    return {"term": order.term, "schools": listed, "files": files}, UNUSABLE if failed else 0


def run_listed(order: Order, codes: Sequence[str]) -> tuple[Mapping[str, Standing], list[str]]:
    """Run these schools, say how it went, and write the overview; how each stands, and the overview's files."""
    with progress(len(codes), quiet()) as watch:
        standings = run_schools(order, codes, watch)
    tell_standings(standings)
    files = write_overview(order.workspace, read_schools(order.workspace), order.term, standings)
    return standings, [file.relative_to(order.workspace).as_posix() for file in files]
