"""What the commands share: their options, and what they find."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click

from kiemso.console import speak, tell
from kiemso.message import language

# What a command found, for --json, and its exit status.
Outcome = tuple[Any, int]

# Before the first option is made: click reads the command line before any of our functions is called.
speak(language())

# That the system waits for an answer at most.
LONGEST = 2_000_000


class Seconds(click.FloatRange):
    """Some seconds; not “nan”, which no comparison finds too short or too long."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found: float = super().convert(value, param, ctx)
        if math.isnan(found):
            self.fail(f"{value!r} is not in the range {self._describe_range()}.", param, ctx)
        return found


project_option = click.option(
    "--project",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The project's folder; by default the current one or the nearest above it.",
)
formats_option = click.option(
    "--to",
    "formats",
    multiple=True,
    type=click.Choice(["html", "pdf", "docx"]),
    help="Only this format; may be repeated.",
)
schools_option = click.option(
    "--schools", "patterns", multiple=True, metavar="CODES", help="These schools of the workspace, such as 'ha-tinh/*'."
)
scheduler_option = click.option(
    "--scheduler", default="", metavar="ADDRESS", help="Run on the Dask cluster of this scheduler: tcp://HOST:PORT."
)


def tell_files(names: list[str]) -> None:
    """Name the files that were written."""
    for name in names:
        tell(f"→ {name}")
