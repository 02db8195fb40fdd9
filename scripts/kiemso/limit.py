"""How much a raw file may ask of the machine before it is refused; data/limits.yml can raise each limit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from kiemso.document import read_document
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.project import located

NAME = "data/limits.yml"
_Size = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Limits(BaseModel):
    """The limits of one raw file; `text` is the number of characters of one cell.

    `compression_ratio` is how many times larger than itself the file becomes when it is unpacked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    megabytes: _Size = 50
    unpacked_megabytes: _Size = 200
    compression_ratio: _Size = 200
    sheets: PositiveInt = 256
    rows: PositiveInt = 1_048_576
    columns: PositiveInt = 16_384
    cells: PositiveInt = 200_000
    text: PositiveInt = 100_000
    seconds: _Size = 10
    memory_megabytes: PositiveInt = 1024

    def hold(self, limit: str, met: float, name: str, sheet: str = "", cell: str = "") -> None:
        """Refused where what a file holds, counted in the limit's unit, is more than the limit of that name."""
        if met > (allowed := getattr(self, limit)):
            raise Refused(exceeded(limit, _number(met), _number(allowed), name, sheet, cell))


def exceeded(limit: str, met: str, allowed: str, name: str, sheet: str = "", cell: str = "") -> Problem:
    """The problem of a file that goes over a limit."""
    message = say(
        "goes over the limit “{limit}”: it is {met}, and {allowed} is allowed", limit=limit, met=met, allowed=allowed
    )
    mend = say("Take out what is not the table, or raise “{limit}” in {settings}.", limit=limit, settings=NAME)
    return Problem(message, mend, name, sheet, cell)


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) or value > 100 else f"{value:.2g}"


DEFAULT = Limits()


def read_limits(project: Path) -> Limits:
    """The project's limits: those of data/limits.yml, and the usual ones for what it leaves out."""
    path = located(project, NAME)
    return read_document(path, Limits, NAME) if path.exists() else DEFAULT
