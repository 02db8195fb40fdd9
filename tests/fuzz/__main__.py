"""Run it: `python -m tests.fuzz --cases 5000`; a case that fails is kept in build/fuzz/, and can be run alone."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from pathlib import Path

from tests.fuzz.case import Cases, Result
from tests.fuzz.chain import ROOT, Wrong, largest_megabytes

_KEPT = ROOT / "build" / "fuzz"
_AT_ONCE = 20  # cases that a process is given at a time
_cases: Cases | None = None


def main() -> int:
    """Run the cases, print what became of them; 1 where one failed."""
    options = _options()
    start, counts, failed, slowest, memory = time.monotonic(), Counter[str](), list[str](), 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        for results, failures, megabytes in _batches(options, Path(folder), start):
            counts.update(f"{r.how:8} {_kind(r)}" for r in results)
            slowest = max([slowest, *(r.seconds for r in results)])
            memory = max(memory, megabytes)
            for failure in failures:
                failed.append(failure)
                print(failure, flush=True)
    for line, count in sorted(counts.items()):
        print(f"{count:6} {line}")
    total = counts.total() + len(failed)
    print(f"{total} cases with seed {options.seed} in {time.monotonic() - start:.0f} s: {len(failed)} failed; ", end="")
    print(f"the slowest took {slowest:.1f} s, the largest {memory} MB")
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=2000, help="how many (2000)")
    parser.add_argument("--minutes", type=float, default=60, help="begin no more cases after so long (60)")
    parser.add_argument("--seed", type=int, default=1, help="which cases (1)")
    parser.add_argument("--case", type=int, help="only this one of the seed's cases")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (one for each processor)")
    return parser.parse_args()


def _batches(options: argparse.Namespace, folder: Path, start: float) -> Iterator[tuple[list[Result], list[str], int]]:
    """Results, failures and memory of one batch after the other."""
    chosen = [options.case] if options.case is not None else range(options.cases)
    batches = [chosen[number : number + _AT_ONCE] for number in range(0, len(chosen), _AT_ONCE)]
    with ProcessPoolExecutor(options.jobs, initializer=_begin, initargs=(folder, options.seed)) as pool:
        running: set[Future] = set()
        for batch in batches:
            if time.monotonic() - start > options.minutes * 60:
                break
            running.add(pool.submit(_run, batch))
            if len(running) >= 2 * options.jobs:
                done, running = wait(running, return_when="FIRST_COMPLETED")
                yield from (future.result() for future in done)
        yield from (future.result() for future in wait(running).done)


def _begin(folder: Path, seed: int) -> None:
    global _cases
    own = folder / str(os.getpid())
    _cases = Cases(own, seed)
    tempfile.tempdir = str(_cases.project.temporary)


def _run(numbers: list[int]) -> tuple[list[Result], list[str], int]:
    assert _cases is not None
    results, failures = [], []
    for number in numbers:
        try:
            results.append(_cases.run(number))
        except Wrong as wrong:
            failures.append(_keep(_cases, number, wrong))
    return results, failures, largest_megabytes()


def _keep(cases: Cases, number: int, wrong: Wrong) -> str:
    """Keep the file of a failed case; what went wrong, and how to repeat it."""
    kept = _KEPT / f"{cases.seed}-{number}"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    if cases.file.is_file():
        shutil.copy(cases.file, kept)
    told = f"FAILED {wrong}\n    again: {sys.executable} -m tests.fuzz --seed {cases.seed} --case {number}"
    (kept / "told.txt").write_text(told + "\n", encoding="utf-8")
    return told


def _kind(result: Result) -> str:
    """The format, and for damage its kind."""
    ending, what, *_ = result.what.split()
    return f"{ending} {'made-up table' if what in ('rows', 'columns') else what}"


if __name__ == "__main__":
    sys.exit(main())
