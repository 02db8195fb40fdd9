"""What does not fit in a reviewed file, said in our own words and with its line."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Literal

import pytest
from kiemso.document import read_document
from kiemso.message import in_language, say
from kiemso.problem import Problem, Refused
from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _even(number: int) -> int:
    if number % 2:
        raise ValueError(say("is missing"))
    return number


class Entry(BaseModel):
    """One of each kind of value that a reviewed file holds."""

    model_config = ConfigDict(extra="forbid")
    label: str = ""
    kind: Literal["count", "money", "percent"] = "count"
    many: tuple[str, ...] = ("a",)
    few: list[str] = Field(default=["a"], min_length=1)
    whole: bool = False
    decimals: int = 0
    rate: float = 0
    jump: float = Field(default=1, gt=0)
    share: float = Field(default=0, ge=0, le=100)
    value: int | str | list[int] = 0
    date: datetime.date = datetime.date(2024, 10, 12)
    reason: str = Field(default="x", pattern=r"\S")
    year: str = Field(default="2024", pattern=r"^\d{4}$")
    even: Annotated[int, AfterValidator(_even)] = 0


class Needed(BaseModel):
    """An entry with a key that must be there."""

    label: str


def refused(tmp_path: Path, content: str, model: object) -> list[Problem]:
    (tmp_path / "a.yml").write_text(content, encoding="utf-8")
    with pytest.raises(Refused) as refusal:
        read_document(tmp_path / "a.yml", model, "data/a.yml")
    return refusal.value.problems


@pytest.mark.parametrize(
    ("line", "english", "vietnamese"),
    [
        ("label: 1", "must be a text, between quotation marks where", "phải là chữ; nếu trông như số"),
        ("kind: sum", "must be “count”, “money” or “percent”", "phải là “count”, “money” hoặc “percent”"),
        ("many: a", "must be a list", "phải là danh sách"),
        ("few: []", "needs 1 or more", "phải có từ 1 trở lên"),
        ("whole: [no]", "must be true or false", "phải là true hoặc false"),
        ("decimals: 1.5", "must be a whole number", "phải là số nguyên"),
        ("rate: a", "must be a number", "phải là số"),
        ("jump: 0", "must be more than 0", "phải lớn hơn 0"),
        ("share: -1", "must be 0 or more", "phải từ 0 trở lên"),
        ("share: 101", "must be 100 or less", "phải từ 100 trở xuống"),
        ("value: 1.5", "must be a whole number, must be a text", "phải là số nguyên, phải là chữ"),
        ("date: hôm nay", "must be a date such as 2024-10-12", "phải là ngày, chẳng hạn 2024-10-12"),
        ("reason: ' '", "must not be blank", "không được để trống"),
        ("year: x", r"must look like ^\d{4}$", r"phải có dạng ^\d{4}$"),
        ("even: 3", "is missing", "còn thiếu"),
        ("labl: a", "does not belong here", "không được ghi ở đây"),
    ],
)
def test_what_does_not_fit_is_said_in_both_languages_with_its_line(tmp_path, line, english, vietnamese):
    key = line.partition(":")[0]
    (problem,) = refused(tmp_path, f"# one entry\nboi:\n  {line}\n", dict[str, Entry])
    assert problem.line == 3 and problem.message.startswith(f"at boi.{key}: {english}")
    assert in_language(problem.message, "vi").startswith(f"tại boi.{key}: {vietnamese}")
    assert in_language(problem.mend, "vi").startswith("Hãy ")


def test_a_missing_key_is_named_at_the_entry_that_lacks_it(tmp_path):
    problems = refused(tmp_path, "- {label: a}\n\n- {}\n- {labl: b}\n", list[Needed])
    assert [(problem.line, problem.message) for problem in problems] == [
        (3, "at 2.label: is missing"),
        (4, "at 3.label: is missing"),
    ]


def test_a_file_that_is_another_kind_altogether_is_named_from_its_top(tmp_path):
    (problem,) = refused(tmp_path, "# nothing\n- a\n", dict[str, Entry])
    assert (problem.line, problem.message) == (2, "at the top: must consist of “key: value” lines")
