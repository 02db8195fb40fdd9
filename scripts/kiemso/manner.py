"""How a person wants notebooks to be run."""

from __future__ import annotations

from dataclasses import dataclass

CELL_SECONDS = 1800.0


@dataclass(frozen=True)
class Manner:
    """How many at a time, in which engine, how long a cell may take, whether to say why each one runs, and where.

    `scheduler` is the address of a Dask cluster's; without one they run on this machine.
    """

    jobs: int | None = None
    kernel: bool = False
    seconds: float = CELL_SECONDS
    explain: bool = False
    scheduler: str = ""
