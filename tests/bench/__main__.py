"""The command: measure, print tables, save JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil
from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from tests.bench import cluster, schools, term, throughput
from tests.bench.measure import ROOT

LIBRARIES = (
    "papermill",
    "nbclient",
    "ipykernel",
    "pandas",
    "ploomber-engine",
    "distributed",
    "pypandoc-binary",
    "typst",
)


def main() -> None:
    """Measure the parts that were asked for, all by default."""
    given = _arguments()
    parts: dict[str, Callable[[Path], dict[str, Any]]] = {
        "notebooks": lambda scratch: throughput.measure(scratch, given.copies, given.rounds),
        "term": lambda scratch: term.measure(scratch, given.rounds),
        "schools": lambda scratch: schools.measure(scratch, given.schools),
        "cluster": lambda scratch: cluster.measure(scratch, given.rounds),
    }
    # Where a daemon is measured, it is started for that.
    os.environ |= {"KIEMSO_LANG": "en", "KIEMSO_DAEMON": "0", "PLOOMBER_STATS_ENABLED": "false"}
    found: dict[str, Any] = {"machine": _machine(), "parts": {}}
    console = Console(width=240, highlight=False)
    for name in given.parts or parts:
        with tempfile.TemporaryDirectory(prefix="kiemso-bench-") as scratch:
            load = os.getloadavg()[0]
            part = parts[name](Path(scratch)) | {"load before": load}
        found["parts"][name] = part
        _print(console, name, part)
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    console.print(f"→ {given.out}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure Kiểm Số beside others.")
    parser.add_argument("parts", nargs="*", help="notebooks, term, schools, cluster; all by default")
    parser.add_argument("--copies", type=int, default=200, help="of our notebooks, for the fast contenders")
    parser.add_argument("--rounds", type=int, default=5, help="in each, everything is measured once")
    parser.add_argument("--schools", type=int, nargs="+", default=[1, 10, 100], help="sizes; 1000 takes long")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench.json")
    return parser.parse_args()


def _machine() -> dict[str, Any]:
    return {
        "processors": os.cpu_count(),
        "memory, GB": round(psutil.virtual_memory().total / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _print(console: Console, name: str, part: dict[str, Any]) -> None:
    console.print(f"\n{name} (load of the machine before: {part['load before']:.1f})\n")
    table = Table(box=MARKDOWN)
    for column in part["rows"][0]:
        table.add_column(column, justify="left" if isinstance(part["rows"][0][column], str) else "right")
    for row in part["rows"]:
        table.add_row(*map(_written, row.values()))
    console.print(table)
    console.print()
    for name in part.get("skipped", ()):
        console.print(f"- Not measured, not installed: {name}")
    for target in part["targets"]:
        met = target["measured"] >= target["least"] if "least" in target else target["measured"] <= target["most"]
        goal = f"at least {target['least']}" if "least" in target else f"at most {target['most']}"
        console.print(f"- {'✓' if met else '✗'} {target['what']}: {_written(target['measured'])} ({goal})")


def _written(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
