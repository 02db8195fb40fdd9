"""What is wrong with an input, said so that the person who sent it can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kiemso.message import LANGUAGES, as_data, from_data, in_language, language, say


@dataclass(frozen=True)
class Problem:
    """One fault: where it stands, what stands there, what was expected, and how to mend it."""

    message: str
    mend: str = ""
    file: str = ""
    sheet: str = ""
    cell: str = ""
    text: str | None = None

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
        """File, sheet and cell, as far as the problem names them."""
        sheet = say("sheet “{sheet}”", sheet=self.sheet) if self.sheet else ""
        cell = say("cell {cell}", cell=self.cell) if self.cell else ""
        return ", ".join(in_language(part, language) for part in (self.file, sheet, cell) if part)

    def as_dict(self) -> dict[str, Any]:
        """The problem as plain data that `problem_from` reads."""
        return vars(self) | {"message": as_data(self.message), "mend": as_data(self.mend)}

    def as_json(self) -> dict[str, Any]:
        """The problem for other programs, its sentences in every language."""
        spoken = {name: getattr(self, name) for name in ("message", "mend")}
        return vars(self) | {
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
        self.problems = sorted(listed, key=lambda p: (p.file, p.sheet, _cell_order(p.cell), p.message))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple:
        return Refused, (self.problems,)

    def _render_traceback_(self) -> list[str]:
        # IPython asks an exception for this: a person reads the problems, not our call stack.
        return [f"Refused: {len(self.problems)} problem(s)", *(str(problem) for problem in self.problems)]


def _cell_order(address: str) -> tuple[int, str]:
    digits = "".join(character for character in address if character.isdigit())
    return (int(digits) if digits else 0, address)


def plural(count: int, noun: str) -> str:
    """The count with its English noun: “1 figure”, “2 figures”."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
