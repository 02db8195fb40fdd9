"""One round: a command is killed, what it left is looked at, and the next run must make of it what it should."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.standing import daemon
from tests.kill.command import CHILD, DAEMON, GROUP, MAIN, Command, end_daemons, usual
from tests.kill.reference import ALL, COLD, HTML, RUN, SCHOOLS, Reference, notebooks_run
from tests.kill.state import Files, copy, hidden, is_made, is_report, is_shown, look, untrue_records

_KINDS = {HTML: 12, ALL: 4, RUN: 3, COLD: 2, SCHOOLS: 1}
_WHOM = {MAIN: 6, GROUP: 2, CHILD: 2}
_WHOM_STANDING = {MAIN: 4, DAEMON: 3, CHILD: 3}
_TWICE, _AT_ONCE = 0.15, 0.25
_LESS_STANDING = 0.6  # what a command imports is part of what it took
# What tells how the schools stand: of a school whose process was killed, that it did not end.
_OVERVIEW = ("build/schools.json", "_output/schools.html")
BEFORE, NOTEBOOKS, COLLECTING, RENDERING, AFTER = (
    "before the first notebook",
    "in notebooks",
    "collecting",
    "rendering",
    "after the end",
)


@dataclass(frozen=True)
class Plan:
    """What is killed and when: at shares of the processor time that the command takes, or before a change of a file.

    Of two moments the second is in the next run, which is killed too. `at_once` runs again before the processes that
    the killed command started had the time to notice. The commands are handed on to a daemon where one is `standing`.
    """

    name: str
    kind: str
    whom: str = MAIN
    moments: tuple[float, ...] = ()
    change: int = 0
    at_once: bool = False
    standing: bool = False


@dataclass
class Result:
    """Where the command was, who was killed, what stood there, and what was wrong.

    It `waited` where the next run was told that another one is under way, whose processes were just ending.
    """

    plan: Plan
    phases: list[str] = field(default_factory=list)
    victims: list[str] = field(default_factory=list)
    finished: int = 0
    stale: int = 0
    shown: str = ""
    waited: bool = False
    faults: list[str] = field(default_factory=list)


def planned(seed: int, number: int, kinds: list[str], standing: bool = False) -> Plan:
    """The plan of a round: the same for the same seed and number."""
    chance = random.Random(f"{seed}-{number}")
    kind = chance.choices(kinds, [_KINDS[kind] for kind in kinds])[0]
    standing = standing and kind != SCHOOLS  # commands for many schools are handed on to no daemon
    all_whom = _WHOM_STANDING if standing else _WHOM
    whom = chance.choices([*all_whom], [*all_whom.values()])[0]
    moments = tuple(chance.random() for _ in range(2 if chance.random() < _TWICE else 1))
    at_once = whom == MAIN and chance.random() < _AT_ONCE
    return Plan(f"{number}", kind, whom, moments, at_once=at_once, standing=standing)


class Round:
    """A plan carried out in a copy of the reference's folder."""

    def __init__(self, plan: Plan, reference: Reference, work: Path) -> None:
        self.reference, self.work, self.result = reference, work, Result(plan)
        self._chance = random.Random(plan.name)
        self._environment = usual()

    def run(self) -> Result:
        """Kill, look, run again, and look again."""
        if not self.result.plan.standing:
            return self._run()
        with daemon(self._environment) as (_, self._environment):
            try:
                return self._run()
            finally:
                end_daemons()

    def _run(self) -> Result:
        plan, result, reference = self.result.plan, self.result, self.reference
        copy(reference.folder, self.work)
        result.stale = len(reference.stale)
        for moment in plan.moments or (0.0,):
            self._kill(moment)
        found = look(self.work)
        result.faults += self._left(found)
        finished = [name for name in reference.stale if found.get(name) == reference.after[name]]
        result.finished = len(finished)
        self._again([step for name, step in reference.stale.items() if name not in finished])
        shutil.rmtree(self.work, ignore_errors=True)
        return result

    def _kill(self, moment: float) -> None:
        plan, result = self.result.plan, self.result
        command = Command(self.work, self.reference.command, plan.change or None, self._environment)
        if plan.moments:
            command.work(moment * self.reference.seconds * (_LESS_STANDING if plan.standing else 1))
            time.sleep(self._chance.random() / 20)
            ended = command.ended
            result.phases.append(AFTER if ended else self._phase(command))
            result.victims.append("nothing" if ended else command.kill(plan.whom, self._chance))
        else:
            result.phases.append(self.reference.changes[plan.change - 1])
            result.victims.append(plan.whom)
        status = command.wait()
        result.faults += _end_faults(status, command.said)
        if not plan.at_once:
            result.faults += [f"still at work seconds later: {name}" for name in command.leave()]

    def _command(self) -> Command:
        return Command(self.work, self.reference.command, environment=self._environment)

    def _phase(self, command: Command) -> str:
        """Where the command is, from what it has said and whether a notebook has begun."""
        said = command.said
        if notebooks_run(said) >= 0:
            return RENDERING
        if said.count("✓") >= self.result.stale:
            return COLLECTING
        begun = "✓" in said or any(path.is_dir() for path in self.work.rglob("build/.stage/*"))
        return NOTEBOOKS if begun else BEFORE

    def _left(self, found: Files) -> Iterator[str]:
        """What is wrong with what the killed command left; and of which state what a reader gets is."""
        before, after = self.reference.before, self.reference.after
        for name in {*found} - {*before, *after}:
            yield f"left behind: {name}"
        told = _OVERVIEW if self.reference.kind == SCHOOLS and self.result.plan.whom == CHILD else ()
        for name, content in found.items():
            if name in {*before, *after} - {*told} and content not in (before.get(name), after.get(name)):
                yield f"neither the old nor the new: {name}"
        for name in {*before} & {*after} - {*found}:
            if is_shown(name) or not is_made(name):
                yield f"gone: {name}"
        yield from (f"says of outputs what is not so: {name}" for name in untrue_records(self.work))
        reports, others = self._states(found, reports=True), self._states(found, reports=False)
        # Several files cannot be renamed at once: who aims between two of them finds that.
        if len(reports) > 1 and not self.result.plan.change:
            yield "formats of both states, old and new"
        both = "formats of both states" if len(reports) > 1 else "pages or data of another state than the report"
        self.result.shown = both if len(reports | others) > 1 else "".join(reports | others) or "the same in both"

    def _states(self, found: Files, reports: bool) -> set[str]:
        """Of which states the report is, or what goes with it."""
        before, after = self.reference.before, self.reference.after
        names = {*before, *after}
        differ = [n for n in names if is_shown(n) and is_report(n) == reports and before.get(n) != after.get(n)]
        return {"new" if found.get(name) == after.get(name) else "old" for name in differ}

    def _again(self, expected: list[str]) -> None:
        """Run undisturbed: the same bytes as ever, and nothing done twice."""
        result, command = self.result, self._command()
        status = command.wait()
        if result.plan.at_once and status == 2 and "another run is under way" in command.said:
            result.waited = True
            result.faults += [f"still at work seconds later: {name}" for name in command.leave()]
            command = self._command()
            status = command.wait()
        found = look(self.work)
        if status != 0:
            result.faults.append(f"the next run ends with {status}:\n{command.said}")
        after = self.reference.after
        differ = sorted(name for name in {*found, *after} if found.get(name) != after.get(name))
        if differ:
            result.faults.append(f"other bytes than an undisturbed run makes: {', '.join(differ)}")
        if not command.by_daemon:
            result.faults.append("the daemon stands, and did nothing")
        ran = notebooks_run(command.said)
        # While the next run begins, what the killed command started may still finish a step.
        if ran > len(expected) or (ran < len(expected) and not result.plan.at_once):
            result.faults.append(f"{ran} notebooks ran again, to do were {len(expected)}: {', '.join(expected)}")
        if self.reference.kind != SCHOOLS:
            twice = [
                step for step in self.reference.stale.values() if step not in expected and f"✓ {step}" in command.said
            ]
            result.faults += [f"was finished and ran again: {step}" for step in twice]
        result.faults += [f"still at work seconds later: {name}" for name in command.leave()]
        # A Pandoc that no command waits for any more may still write into the folder that it was given.
        if self.reference.kind != RUN and not result.plan.at_once:
            result.faults += [f"rubbish after the next run: {name}" for name in hidden(self.work)]


def _end_faults(status: int | None, said: str) -> Iterator[str]:
    """A killed command says nothing; one of whose children was killed ends in order, and says what happened."""
    if status is None:
        yield f"hangs:\n{said}"
    elif status not in (0, 2, -9):
        yield f"ends with {status}:\n{said}"
    if "Traceback" in said:
        yield f"a traceback:\n{said}"
