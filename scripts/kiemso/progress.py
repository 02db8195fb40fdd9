"""How a run of many schools goes, summarised: one updating line on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kiemso.console import tell
from kiemso.message import Message, in_language, joined, language, plural, say
from kiemso.standing import Standing

_SECONDS = 10  # between two lines where no line can be updated
_FAILURES, _SLOWEST = 20, 5


class Progress:
    """Counts the schools as they come in."""

    def __init__(self, count: int, line: Any = None) -> None:
        self.count, self.line, self.told = count, line, time.monotonic()
        self.states: Counter[str] = Counter()

    def __call__(self, code: str, standing: Standing) -> None:
        self.states[standing.state] += 1
        if self.line:
            self.line.update(in_language(self.text, language()))
        elif time.monotonic() - self.told > _SECONDS:
            self.told = time.monotonic()
            tell(self.text)

    @property
    def text(self) -> Message:
        """Where the run is."""
        return say(
            "{done} done, {late} late, {refused} refused, {left} left",
            done=self.states["done"],
            late=self.states["late"],
            refused=self.states["refused"],
            left=self.count - self.states.total(),
        )


@contextmanager
def progress(count: int, quiet: bool) -> Iterator[Progress]:
    """A progress of this many schools; on a terminal its line is updated in place."""
    if quiet or not sys.stderr.isatty():
        yield Progress(count)
        return
    from rich.console import Console

    with Console(stderr=True).status("…") as line:
        yield Progress(count, line)


def tell_standings(standings: Mapping[str, Standing]) -> None:
    """Print what became of the schools: counts, failures with their first problem, and who took longest."""
    states = Counter(standing.state for standing in standings.values())
    ran = sum(standing.ran for standing in standings.values())
    tell(
        say(
            "{count} schools: {done} done, {late} late, {refused} refused; {ran}",
            count=len(standings),
            done=states["done"],
            late=states["late"],
            refused=states["refused"],
            ran=plural("{count} notebook run", "{count} notebooks run", ran),
        )
    )
    failed = [(code, standing) for code, standing in standings.items() if standing.state != "done"]
    for code, standing in failed[:_FAILURES]:
        tell(joined(": ", (f"  {code}", failure(standing))))
    if len(failed) > _FAILURES:
        tell(say("  and {count} more: see build/schools.json", count=len(failed) - _FAILURES))
    slowest = sorted(standings.items(), key=lambda pair: -pair[1].seconds)[:_SLOWEST]
    if slowest and slowest[0][1].seconds >= 1:
        times = [say("{school}: {seconds:.1f} s", school=code, seconds=standing.seconds) for code, standing in slowest]
        tell(say("slowest: {schools}", schools=joined("; ", times)))


def failure(standing: Standing) -> str:
    """Why a school is not done, in one line: what it has not sent, its first problem and how many more."""
    told: list[str] = []
    if standing.missing:
        told.append(say("nothing sent for {periods}", periods=", ".join(standing.missing)))
    if standing.problems:
        first = standing.problems[0]
        place, stood = first.place(language()), f"“{first.text}”" if first.text is not None else ""
        told.append(joined(" ", [part for part in (place, stood, first.message) if part]))
    if len(standing.problems) > 1:
        told.append(plural("and {count} more problem", "and {count} more problems", len(standing.problems) - 1))
    return joined("; ", told)
