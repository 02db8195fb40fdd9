"""Made-up schools: messy yearly workbooks and record lists, with the true totals beside them.

The same seed gives the same bytes. Layout: FOLDER/schools/<code>/data/raw/<school year>/, FOLDER/truth.json.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulated_fault import break_school
from simulated_file import write_school
from simulated_school import School, make_school

FIRST_YEAR = 2021


def simulate(folder: Path, schools: int, years: int, seed: int, broken: float) -> dict[str, Any]:
    """Write the schools and truth.json; what that says: totals by school and year, and what was broken where."""
    truth: dict[str, Any] = {"totals": {}, "broken": []}
    made = list(_schools(schools, years, seed))
    chosen = set(random.Random(seed).sample(range(len(made)), round(broken * len(made))))
    for index, school in enumerate(made):
        truth["totals"].setdefault(school.code, {})[school.year] = dict(sorted(Counter(school.truth).items()))
        if index in chosen:
            break_school(school)
            truth["broken"].append(school.fault)
        write_school(school, folder / "schools" / school.code)
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return truth


def _schools(schools: int, years: int, seed: int) -> Iterator[School]:
    for number in range(1, schools + 1):
        for year in range(FIRST_YEAR, FIRST_YEAR + years):
            yield make_school(f"thu-{number:04d}", f"{year}-{year + 1}", str(seed))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--schools", type=int, default=3)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--broken", type=float, default=0.0, help="the share of school years with a fault in them")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    truth = simulate(given.folder, given.schools, given.years, given.seed, given.broken)
    print(f"{given.schools} × {given.years} -> {given.folder} ({len(truth['broken'])} broken)")


if __name__ == "__main__":
    main()
