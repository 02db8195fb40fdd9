"""What changed since the last approval: facts, why they did, and the sentences of the report that state them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from kiemso.approval import combined, read_ledger, state
from kiemso.catalogue import FILE as CATALOGUE_FILE
from kiemso.check import outdated_steps
from kiemso.evidence import Evidence
from kiemso.fact import Fact
from kiemso.key import parse_key
from kiemso.manuscript import Manuscript
from kiemso.message import Message, joined, plural, say
from kiemso.number import format_number
from kiemso.sentence import Sentence, changed_sentences
from kiemso.snapshot import Signed, read_snapshot, take_snapshot
from kiemso.source import Source


@dataclass(frozen=True)
class CellChange:
    """A raw cell whose text, or the correction of it, differs; None where no fact came from it then or now."""

    file: str
    sheet: str
    cell: str
    before: str | None
    after: str | None
    corrected_before: str
    corrected_after: str

    @property
    def place(self) -> str:
        """The cell as `kiemso trace` takes it."""
        return "!".join(filter(None, (self.file, self.sheet, self.cell)))

    @property
    def told(self) -> Message:
        """What the cell said and says, and what that is read as."""
        changes = []
        if self.before != self.after:
            changes.append(joined(" → ", (_quoted(self.before), _quoted(self.after))))
        if self.corrected_before != self.corrected_after:
            old, new = self.corrected_before or self.before, self.corrected_after or self.after
            changes.append(say("corrected {old} → {new}", old=_quoted(old), new=_quoted(new)))
        return joined(": ", (self.place, joined(", ", changes)))


@dataclass(frozen=True)
class Calculation:
    """A notebook cell whose code differs, or a fact that another cell computes now."""

    notebook: str
    cell: str
    keys: tuple[str, ...]

    @property
    def told(self) -> Message:
        """The notebook and its cell."""
        return say("{notebook}, cell “{cell}”", notebook=self.notebook, cell=self.cell)


@dataclass(frozen=True)
class FactChange:
    """A fact that says something else, and all along its chain that differs. New and vanished ones lack a side."""

    key: str
    label: str
    period: str
    before: str | None
    after: str | None
    difference: str = ""
    expressions: tuple[str, str] = ("", "")
    cells: list[CellChange] = field(default_factory=list)
    calculations: list[Calculation] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)

    @property
    def reasons(self) -> list[Message]:
        """Why, in the order of the chain from the raw cell on."""
        entries = [joined(": ", (CATALOGUE_FILE, entry)) for entry in self.entries]
        return [*(cell.told for cell in self.cells), *(one.told for one in self.calculations), *entries]

    @property
    def told(self) -> Message:
        """What the fact said and says, and why."""
        old, new = self.before or say("new"), self.after or say("vanished")
        difference = f" ({self.difference})" if self.difference else ""
        head = joined("", (f"{self.key}: {self.label}, {self.period}: ", old, " → ", new, difference))
        return joined("\n    ", [head, *(say("because {reason}", reason=reason) for reason in self.reasons)])


@dataclass(frozen=True)
class Changes:
    """All that differs from what was last approved; `approved` names who approved it and when, if anybody has."""

    term: str
    approved: dict[str, str] | None
    same: bool = False
    outdated: list[str] = field(default_factory=list)
    facts: list[FactChange] = field(default_factory=list)
    cells: list[CellChange] = field(default_factory=list)
    calculations: list[Calculation] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)

    @property
    def summary(self) -> Message:
        """All of it in a line."""
        if not self.approved:
            return say(
                "The report of {term} has not been approved yet: there is nothing to compare with.", term=self.term
            )
        since = say(
            "Since the approval by {name}, {date}",
            name=self.approved["by"],
            date=date.fromisoformat(self.approved["date"]),
        )
        if self.same:
            return say("{since}: nothing changed.", since=since)
        counts = [
            plural("{count} fact", "{count} facts", len(self.facts)),
            plural("{count} sentence", "{count} sentences", len(self.sentences)),
            plural("{count} file", "{count} files", len(self.files)),
        ]
        return say("{since}, changed: {counts}.", since=since, counts=joined(", ", counts))

    def as_dict(self) -> dict[str, Any]:
        """The changes for programs."""
        return asdict(self)


def compare(evidence: Evidence, manuscript: Manuscript) -> Changes:
    """Hold the facts and the report against what was last approved."""
    project, term = evidence.project, evidence.name
    ledger = read_ledger(project, term)
    if not (ledger.last and ledger.approved):
        return Changes(term, None)
    then, now = read_snapshot(project, term), take_snapshot(project, term, evidence.facts)
    old, new = ledger.approved.files, state(project, term)
    differing = _Differences(evidence, then, now)
    return Changes(
        term,
        {"by": ledger.last.by, "date": ledger.last.date.isoformat()},
        combined(new) == ledger.last.digest,
        outdated_steps(evidence),
        list(differing.facts()),
        list(differing.cells.values()),
        _grouped(differing.calculations.values()),
        sorted({parse_key(key).name for key in differing.entries}),
        sorted(name for name in {*old, *new} if old.get(name) != new.get(name) and not name.startswith("build/")),
        list(changed_sentences(evidence, manuscript, {key: signed.fact for key, signed in then.items()})),
    )


class _Differences:
    """What differs between two snapshots, by raw cell and by fact."""

    def __init__(self, evidence: Evidence, then: Mapping[str, Signed], now: Mapping[str, Signed]) -> None:
        self.evidence, self.then, self.now = evidence, then, now
        old, new = _sources(then.values()), _sources(now.values())
        both = [key for key in now if key in then]
        moved = _moved((then[key].fact, now[key].fact) for key in both)
        self.cells = {
            place: _cell(old.get(moved.get(place, place)), new.get(place))
            for place in {**new, **old}
            if old.get(place) != new.get(place) and place not in moved.values()
        }
        self.calculations = {
            key: Calculation(now[key].fact.notebook, now[key].fact.cell, (evidence.short(key),))
            for key in both
            if _computed(then[key]) != _computed(now[key])
        }
        self.entries = [key for key in both if then[key].entry != now[key].entry]

    def facts(self) -> Iterator[FactChange]:
        """The facts that say something else, in the facts' order; those that vanished at the end."""
        for key in {**self.now, **self.then}:
            before, after = (side[key].fact if key in side else None for side in (self.then, self.now))
            if not (before and after and _says(before) == _says(after)):
                yield self._change(key, before, after)

    def _change(self, key: str, before: Fact | None, after: Fact | None) -> FactChange:
        chain, named = self._chain(key), after or before
        assert named
        sources = {source[:3] for one in (before, after) if one for source in one.sources}
        return FactChange(
            self.evidence.short(key),
            named.label,
            named.period,
            _written(before),
            _written(after),
            _difference(before, after),
            (before.expression if before else "", after.expression if after else ""),
            [cell for place, cell in self.cells.items() if place in sources],
            _grouped(self.calculations[one] for one in self.calculations if one in chain),
            sorted({parse_key(one).name for one in self.entries if one in chain}),
        )

    def _chain(self, key: str) -> set[str]:
        """The fact and all that it is, or was, computed from."""
        found, waiting = set(), [key]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += [name for side in (self.then, self.now) if one in side for name in side[one].fact.inputs]
        return found


def _quoted(text: str | None) -> str:
    return say("(nothing)") if text is None else f"“{text}”"


def _sources(snapshot: Iterable[Signed]) -> dict[tuple[str, ...], Source]:
    return {source[:3]: source for signed in snapshot for source in signed.fact.sources}


def _moved(facts: Iterable[tuple[Fact, Fact]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The list of a record list's cells as it was, by the one that it is now, where records came or went."""
    quoted = ((before, after) for before, after in facts if not (before.inputs or after.inputs))
    pairs = (pair for before, after in quoted for pair in zip(after.sources, before.sources, strict=False))
    return {
        new[:3]: old[:3] for new, old in pairs if new.counts and old.counts and new[:2] == old[:2] and new[2] != old[2]
    }


def _cell(old: Source | None, new: Source | None) -> CellChange:
    place = (new or old or ())[:3]
    texts = (one.text if one else None for one in (old, new))
    return CellChange(*place, *texts, *(one.corrected if one else "" for one in (old, new)))  # type: ignore[arg-type]


def _computed(signed: Signed) -> tuple[str, str, str]:
    return signed.fact.notebook, signed.fact.cell, signed.code


def _grouped(calculations: Iterable[Calculation]) -> list[Calculation]:
    """One for each notebook cell, with the keys of all its facts."""
    cells: dict[tuple[str, str], list[str]] = {}
    for one in calculations:
        cells.setdefault((one.notebook, one.cell), []).extend(one.keys)
    return [Calculation(*cell, tuple(keys)) for cell, keys in cells.items()]


def _says(fact: Fact) -> tuple:
    return fact.value, fact.text, fact.bound, fact.status, fact.unit


def _written(fact: Fact | None) -> str | None:
    if fact is None:
        return None
    bare = not isinstance(fact.value, int | float | list) or fact.unit in ("", "%", "năm")
    return f"{fact.bound} {fact.text}{'' if bare else f' {fact.unit}'}".strip()


def _difference(before: Fact | None, after: Fact | None) -> str:
    """How much more (+) or less (−); percentages differ by percentage points."""
    old, new = (one.value if one else None for one in (before, after))
    if not (before and after and isinstance(old, int | float) and isinstance(new, int | float)) or old == new:
        return ""
    decimals = max(len(one.text.removesuffix("%").partition(",")[2]) for one in (before, after))
    # A change that rounding hides is written out.
    amount = format_number(abs(new - old), None if before.text == after.text else decimals)
    return ("+" if new > old else "−") + amount + (" điểm phần trăm" if after.unit == "%" else "")
