"""Cleaning, for the first notebook: raw cells in, observations out, every dropped row counted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from kiemso.correction import correct_cells, read_corrections
from kiemso.layout import cell_address, find_headers, match_rows, read_rows, stray_cells
from kiemso.problem import Problem, Refused
from kiemso.project import STAGE, period_folder
from kiemso.session import begin, current, refuse
from kiemso.workbook import raw_files, read_workbook

__all__ = [
    "begin",
    "cell_address",
    "corrected",
    "dropped",
    "headers",
    "matched",
    "raw_cells",
    "readings",
    "save",
    "strays",
]


def raw_cells() -> pd.DataFrame:
    """Every raw cell of the period that holds something: file, sheet, cell, row, column, text, number."""
    recorder = current()
    cells, problems = [], []
    for path in raw_files(recorder.project, recorder.period):
        try:
            cells += read_workbook(path, path.relative_to(recorder.project).as_posix())
        except Refused as refused:
            problems += refused.problems
    refuse(problems)
    return pd.DataFrame(cells)


def corrected(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells with `corrected`: the text to read instead, where data/corrections.yml has one."""
    recorder = current()
    folder = f"data/raw/{recorder.period}/"
    own = [c for c in read_corrections(recorder.project) if c.file.startswith(folder)]
    found, problems = correct_cells(cells, own)
    refuse(problems)
    return found


def headers(cells: pd.DataFrame) -> pd.DataFrame:
    """The header row of each sheet's table, found by its words."""
    found, problems = find_headers(cells, current().period)
    refuse(problems)
    return found


def strays(cells: pd.DataFrame, headers: pd.DataFrame) -> list[Problem]:
    """The problems of cells inside a table that stand under no heading."""
    return stray_cells(cells, headers)


def matched(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """The rows with the indicator and part that their labels name, and the problems found."""
    recorder = current()
    return match_rows(rows, recorder.catalogue, "term" if recorder.term else "year")


def readings(rows: pd.DataFrame, problems: Sequence[Problem] = ()) -> pd.DataFrame:
    """The observations of matched rows; Refused lists all problems, those given and those met here."""
    recorder = current()
    found, unreadable = read_rows(rows, recorder.catalogue, recorder.period)
    refuse([*problems, *unreadable])
    return found


def dropped(what: str, before: int, after: int) -> None:
    """Print how many rows there were, how many a step dropped, and how many are left."""
    print(f"{what}: ban đầu {before}, bỏ {before - after}, còn {after}")


def save(frame: pd.DataFrame, name: str) -> None:
    """Write a frame as CSV into the period's folder under build/."""
    recorder = current()
    folder = Path(os.environ.get(STAGE) or period_folder(recorder.project, recorder.period))
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_csv(folder / name, index=False, lineterminator="\n")
    print(f"{len(frame)} dòng -> build/{recorder.period}/{name}")
