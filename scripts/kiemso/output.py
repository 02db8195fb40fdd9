"""What a notebook leaves: frames and warnings in the period's folder under build/, counted as they are written."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from kiemso.message import in_language
from kiemso.problem import Problem
from kiemso.project import STAGE, period_folder
from kiemso.session import current


def dropped(what: str, before: int, after: int) -> None:
    """Print how many rows there were, how many a step dropped, and how many are left."""
    print(f"{what}: ban đầu {before}, bỏ {before - after}, còn {after}")


def save(frame: pd.DataFrame, name: str) -> None:
    """Write a frame as CSV into the period's folder under build/; messages are written in Vietnamese."""
    told = {name: [in_language(text, "vi") for text in frame[name]] for name in frame.columns if name == "warning"}
    frame.assign(**told).to_csv(_folder() / name, index=False, lineterminator="\n")
    print(f"{len(frame)} dòng -> build/{current().period}/{name}")


def save_warnings(warnings: Sequence[Problem], name: str = "warnings.json") -> pd.DataFrame:
    """Write the warnings into the period's folder under build/, and show them in Vietnamese."""
    content = json.dumps([problem.as_json() for problem in warnings], ensure_ascii=False, indent=1)
    (_folder() / name).write_text(content + "\n", encoding="utf-8")
    print(f"{len(warnings)} lưu ý -> build/{current().period}/{name}")
    shown = [(w.file, w.sheet, w.cell, w.text or "", in_language(w.message, "vi")) for w in warnings]
    return pd.DataFrame(shown, columns=["file", "sheet", "cell", "text", "warning"])


def _folder() -> Path:
    recorder = current()
    folder = Path(os.environ.get(STAGE) or period_folder(recorder.project, recorder.period))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
