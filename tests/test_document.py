"""The reviewed YAML files, read strictly."""

from __future__ import annotations

from pathlib import Path

import pytest
from kiemso.document import read_document
from kiemso.problem import Refused

Terms = dict[str, dict[str, list[str]]]


@pytest.fixture
def read(tmp_path: Path):
    def read_text(content: str | bytes, model=Terms):
        (tmp_path / "terms.yml").write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_document(tmp_path / "terms.yml", model, "data/terms.yml")

    return read_text


def test_a_document_is_read_as_its_model(read):
    assert read("2022-2024:\n  school_years: [2021-2022, 2022-2023]\n") == {
        "2022-2024": {"school_years": ["2021-2022", "2022-2023"]}
    }


def test_an_empty_document_and_a_byte_order_mark_are_harmless(read):
    assert read("") == {}
    assert read(b"\xef\xbb\xbf2022-2024: {school_years: []}") == {"2022-2024": {"school_years": []}}


def test_an_anchor_may_be_used_again(read):
    assert read("a: &years {y: [b]}\nc: *years", Terms) == {"a": {"y": ["b"]}, "c": {"y": ["b"]}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("2022-2024: {}\n2022-2024: {}\n", "line 2: “2022-2024” is given twice"),
        ("a:\n  next: [b]\n  next: [c]\n", "line 3: “next” is given twice"),
        ("a: [b\n", "line 2:"),
        ("a:\n\tb: [c]\n", "line 2:"),
        ("a: !!python/name:os.system\n", "line 1: is no YAML that can be read: could not determine a constructor"),
        (b"nh\xe0 tr\xb0\xeang: {}", "is not UTF-8 text"),
        ("nhiệm kỳ: {}".encode("utf-16"), "is not UTF-8 text"),
        ("a: {b: 2021}", "line 1 “2021”: at a.b: must be a list"),
        ("- a\n", "line 1: at the top: must consist of “key: value” lines"),
        ("a: \x01", "control characters are not allowed"),
    ],
)
def test_a_fault_is_named_by_its_file_and_place(read, content, message):
    with pytest.raises(Refused) as refused:
        read(content)
    assert [problem.file for problem in refused.value.problems] == ["data/terms.yml"]
    assert message in str(refused.value)


def test_all_faults_of_a_document_are_listed_together(read):
    with pytest.raises(Refused) as refused:
        read("a: {b: 2021}\nc: {d: 2022, e: [x]}\n")
    assert [problem.message.split(":")[0] for problem in refused.value.problems] == ["at a.b", "at c.d"]
    assert [problem.text for problem in refused.value.problems] == ["2021", "2022"]


def test_a_missing_document_is_a_problem_and_not_a_traceback(tmp_path):
    with pytest.raises(Refused, match=r"data/targets/2024-2027\.yml: there is no such file"):
        read_document(tmp_path / "none.yml", Terms, "data/targets/2024-2027.yml")


def test_a_key_that_is_a_list_is_a_problem_and_not_a_traceback(read):
    with pytest.raises(Refused, match="line 1"):
        read("? [2021-2022, 2022-2023]\n: {}\n")


def test_an_impossible_date_is_a_problem_and_not_a_traceback(read):
    with pytest.raises(Refused, match=r"data/terms\.yml"):
        read("a: {b: [2024-13-45]}\n")
