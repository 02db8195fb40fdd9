"""Run it: `python -m tests.kill --times 200`; a round that fails can be run alone."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from tests.kill.command import CHILD, adopt_orphans
from tests.kill.reference import ALL, COLD, HTML, RUN, SCHOOLS, Reference, make_references
from tests.kill.round import Plan, Result, Round, planned

_TOLD = 20
_KINDS = [HTML, ALL, RUN, COLD, SCHOOLS]


def main() -> int:
    """Kill commands at random moments and before each change of a file; 1 where anything went wrong."""
    options, start = _options(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kiemso-kill-") as folder:
        references = make_references(Path(folder) / "references", options.kinds)
        in_place = [line for one in references.values() for line in one.changes if line.startswith("write ")]
        for line in dict.fromkeys(in_place):
            print(f"FAILED written in its place: {line}")
        results = _all(options, references, Path(folder))
    _tell(results)
    failed = sum(bool(result.faults) for result in results)
    print(f"{len(results)} kills with seed {options.seed} in {time.monotonic() - start:.0f} s: {failed} failed")
    return 1 if failed or in_place else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--times", type=int, default=200, help="random moments (200)")
    parser.add_argument("--first", type=int, default=1, help="the number of the first round (1)")
    parser.add_argument("--changes", default="all", help="kill before these changes of files: 3,7; or none (all)")
    parser.add_argument("--seed", type=int, default=1, help="which moments (1)")
    parser.add_argument("--kinds", nargs="+", choices=_KINDS, default=_KINDS, help="which commands (all)")
    parser.add_argument("--standing", action="store_true", help="kill commands that a daemon does, and the daemon")
    parser.add_argument("--jobs", type=int, default=2, help="rounds at a time (2)")
    return parser.parse_args()


def _plans(options: argparse.Namespace, references: dict[str, Reference]) -> Iterable[Plan]:
    for number in range(options.first, options.first + options.times):
        yield planned(options.seed, number, options.kinds, options.standing)
    kind = ALL if ALL in options.kinds else options.kinds[0]
    every = range(1, len(references[kind].changes) + 1)
    chosen = every if options.changes == "all" else [int(n) for n in options.changes.split(",") if n.isdigit()]
    for number in chosen:
        yield Plan(f"change {number}", kind, change=number)


def _all(options: argparse.Namespace, references: dict[str, Reference], folder: Path) -> list[Result]:
    """The results of all rounds; what went wrong is told as soon as it is known."""
    results = []
    with ProcessPoolExecutor(options.jobs, get_context("spawn"), adopt_orphans) as pool:
        rounds = [
            pool.submit(Round(plan, references[plan.kind], folder / f"work {plan.name}").run)
            for plan in _plans(options, references)
        ]
        for done in as_completed(rounds):
            results.append(done.result())
            if len(results) % _TOLD == 0:
                print(f"{len(results)} of {len(rounds)}", file=sys.stderr)
            for fault in results[-1].faults:
                print(f"FAILED round {results[-1].plan}: {fault}", flush=True)
    return results


def _tell(results: list[Result]) -> None:
    random = [result for result in results if result.plan.moments]
    _table("kills at random moments, by phase", (phase for one in random for phase in one.phases))
    _table("by command", (one.plan.kind for one in random))
    _table("by who was killed", (who for one in random for who in _victims(one)))
    _table("killed twice in a row, or run again at once", (how for one in random for how in _how(one)))
    _table("kills before a change of a file", (one.phases[0].split()[0] for one in results if one.plan.change))
    _table("after a kill at random, the report with its pages and data was", (one.shown for one in random))
    _table("after a kill before a change of a file", (one.shown for one in results if one.plan.change))
    _table("steps finished before", (f"{one.finished} of {one.stale}" for one in results))


def _victims(result: Result) -> list[str]:
    return [f"{who} (one of its children)" if result.plan.whom == CHILD else who for who in result.victims]


def _how(result: Result) -> list[str]:
    told = ["again at once, and told to wait"] if result.waited else ["again at once"] * result.plan.at_once
    return told + ["twice"] * (len(result.plan.moments) > 1)


def _table(title: str, found: Iterable[str]) -> None:
    print(title)
    for name, count in sorted(Counter(found).items()):
        print(f"{count:6} {name}")


if __name__ == "__main__":
    sys.exit(main())
