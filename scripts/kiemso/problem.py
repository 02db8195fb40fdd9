"""What is wrong with an input, said so that the person who sent it can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass


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
        place = ", ".join(
            part
            for part in (
                self.file,
                f"sheet “{self.sheet}”" if self.sheet else "",
                f"cell {self.cell}" if self.cell else "",
            )
            if part
        )
        stood = f" “{self.text}”" if self.text is not None else ""
        head = f"{place}{stood}: " if place or stood else ""
        return f"{head}{self.message}" + (f"\n    → {self.mend}" if self.mend else "")

    def as_dict(self) -> dict:
        """The problem as plain data."""
        return asdict(self)


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
