"""What is wrong with an input, said so that the person who sent it can mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kiemso.message import LANGUAGES, as_data, from_data, in_language, language, plural, say


@dataclass(frozen=True)
class Problem:
    """One fault: where it stands, what stands there, what was expected, and how to mend it.

    One that is `passing` has to do with the machine as well: the same file may be usable at another time.
    """

    message: str
    mend: str = ""
    file: str = ""
    sheet: str = ""
    cell: str = ""
    text: str | None = None
    line: int | None = None
    passing: bool = False

    def __str__(self) -> str:
        return self.told(language())

    def told(self, language: str) -> str:
        """The problem as a person who speaks the language reads it."""
        message, mend = (in_language(text, language) for text in (self.message, self.mend))
        place = self.place(language)
        stood = f" “{self.text}”" if self.text is not None else ""
        head = f"{place}{stood}: " if place or stood else ""
        return f"{head}{message}" + (f"\n    → {mend}" if mend else "")

    def place(self, language: str) -> str:
        """File, sheet and cell, or file and line, as far as the problem names them."""
        sheet = say("sheet “{sheet}”", sheet=self.sheet) if self.sheet else ""
        # In a Word table the address says itself what it is: “dòng 7, cột 3”.
        named = not self.cell or self.cell.startswith("dòng ")
        cell = self.cell if named else say("cell {cell}", cell=self.cell)
        line = say("line {line}", line=self.line) if self.line else ""
        parts = (self.file, sheet, cell, line)
        return ", ".join(in_language(part, language) for part in parts if part)

    def as_dict(self) -> dict[str, Any]:
        """The problem as plain data that `problem_from` reads."""
        return vars(self) | {"message": as_data(self.message), "mend": as_data(self.mend)}

    def as_json(self) -> dict[str, Any]:
        """The problem for other programs, its sentences in every language."""
        spoken = {name: getattr(self, name) for name in ("message", "mend")}
        told = {name: value for name, value in vars(self).items() if name != "passing"}
        return told | {
            name: {language: in_language(text, language) for language in LANGUAGES} for name, text in spoken.items()
        }


def problem_from(data: Mapping[str, Any]) -> Problem:
    """The problem that `as_dict` wrote."""
    problem = Problem(**data)
    return replace(problem, message=from_data(problem.message), mend=from_data(problem.mend))


class Refused(Exception):
    """An input is not usable; carries every problem found, never only the first."""

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        listed = [problems] if isinstance(problems, Problem) else list(problems)
        self.problems = in_order(listed)
        super().__init__(self.problems)

    def __reduce__(self) -> tuple:
        return Refused, (self.problems,)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    def _render_traceback_(self) -> list[str]:
        # IPython asks an exception for this: a person reads the problems, not our call stack.
        head = plural("Refused: {count} problem", "Refused: {count} problems", len(self.problems))
        return [in_language(head, language()), *(str(problem) for problem in self.problems)]


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The problems, each once, as a person goes through the files."""
    return sorted(dict.fromkeys(problems), key=_order)


def together(*readers: Callable[[], Any]) -> list[Any]:
    """What each of these returns; where some refuse, Refused with the problems of all that do."""
    results, problems = [], []
    for read in readers:
        try:
            results.append(read())
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)
    return results


def _order(problem: Problem) -> tuple:
    """By file, sheet and line; within a sheet row by row, as a person goes through it."""
    numbers = [int(digits) for digits in re.findall(r"\d+", problem.cell)]
    column = re.match(r"[A-Z]*", problem.cell)
    letters = column[0] if column else ""
    return problem.file, problem.sheet, problem.line or 0, numbers, len(letters), letters, problem.cell, problem.message
