"""The warnings of a term's workbooks, as the report's evidence lists them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.warning import read_warnings, warning_rows

DASH = Problem(say("is a warning"), say("Mend it."), "data/raw/2021-2022/a.xlsx", "Kết quả", "C9", "-")
UNREAD = Problem(say("is a warning"), file="data/raw/2022-2023/b.xlsx", sheet="Nháp")


def write(project: Path, period: str, content: str) -> None:
    folder = project / "build" / period
    folder.mkdir(parents=True)
    (folder / "warnings.json").write_text(content, encoding="utf-8")


def test_the_warnings_of_each_period_are_read_in_order(tmp_path):
    write(tmp_path, "2022-2023", json.dumps([UNREAD.as_json()]))
    write(tmp_path, "2021-2022", json.dumps([DASH.as_json()]))
    found = read_warnings(tmp_path, ("2021-2022", "2022-2023", "2022-2024"))
    assert [warning["file"] for warning in found] == [DASH.file, UNREAD.file]


@pytest.mark.parametrize("content", ["[{", "5"])
def test_a_damaged_file_of_warnings_is_refused_by_its_name(tmp_path, content):
    write(tmp_path, "2021-2022", content)
    with pytest.raises(Refused, match=r"build/2021-2022/warnings\.json: cannot be read"):
        read_warnings(tmp_path, ("2021-2022",))


def test_each_warning_is_listed_once_with_its_place_and_in_vietnamese():
    warning = DASH.as_json() | {"message": {"en": "is read as 0", "vi": "được đọc là 0"}}
    assert warning_rows([warning, warning]) == [
        {"file": DASH.file, "sheet": "Kết quả", "cell": "C9", "text": "-", "message": "được đọc là 0"}
    ]


def test_a_warning_without_a_cell_names_its_sheet():
    (row,) = warning_rows([UNREAD.as_json()])
    assert (row["sheet"], row["cell"], row["text"]) == ("Nháp", "", "")
