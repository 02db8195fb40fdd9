"""Terms, their school years and targets."""

from __future__ import annotations

from pathlib import Path

import pytest
from kiemso.key import parse_key
from kiemso.problem import Refused
from kiemso.term import read_targets, read_term, read_terms


@pytest.fixture
def write(tmp_path: Path):
    def write_text(name: str, content: str) -> Path:
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return tmp_path

    return write_text


def test_a_term_has_named_school_years_and_a_next_term(root):
    term = read_term(root, "2022-2024")
    assert term.school_years == ("2021-2022", "2022-2023", "2023-2024")
    assert term.next == "2024-2027"
    assert [*read_terms(root)] == ["2022-2024", "2024-2027"]


def test_an_unknown_term_is_refused_with_the_terms_there_are(root):
    with pytest.raises(Refused, match="there is no term “2022-2025”; the terms are 2022-2024, 2024-2027") as refused:
        read_term(root, "2022-2025")
    assert "“2022-2024”" in refused.value.problems[0].mend


@pytest.mark.parametrize(
    "year", ["2021", "2021-2023", "2022-2021", "2021-22", "21-22", "2021/2022", "năm học 2021-2022"]
)
def test_a_school_year_joins_two_years_that_follow_each_other(write, year):
    project = write("terms.yml", f"2022-2024: {{label: nhiệm kỳ, school_years: ['{year}']}}")
    with pytest.raises(Refused, match="a school year looks like 2023-2024"):
        read_terms(project)


def test_a_term_without_school_years_is_refused(write):
    with pytest.raises(Refused, match=r"at 2022-2024\.school_years"):
        read_terms(write("terms.yml", "2022-2024: {label: nhiệm kỳ, school_years: []}"))


def test_a_school_year_named_twice_in_a_term_is_refused(write):
    with pytest.raises(Refused):
        read_terms(write("terms.yml", "2022-2024: {label: nhiệm kỳ, school_years: [2021-2022, 2021-2022]}"))


@pytest.mark.parametrize(
    "name", ["'2022'", "2022–2024", "2024-2022", "2022-2022", "nhiệm kỳ 2022-2024", "22-24", "2022-24"]
)
def test_a_term_is_named_by_its_first_and_last_year(write, name):
    for content in (
        f"{name}: {{label: nhiệm kỳ, school_years: [2021-2022]}}",
        f"2022-2024: {{label: nhiệm kỳ, school_years: [2021-2022], next: {name}}}",
    ):
        with pytest.raises(Refused, match="a term looks like 2022-2024") as refused:
            read_terms(write("terms.yml", content))
        assert refused.value.problems[0].file == "data/terms.yml"


def test_a_term_need_not_have_a_next_one(write):
    project = write("terms.yml", "2022-2024: {label: nhiệm kỳ, school_years: [2021-2022]}")
    assert read_term(project, "2022-2024").next is None


def test_targets_are_numbers_ranges_or_texts(root):
    targets = read_targets(root, "2024-2027")
    assert targets["ket-nap-dang"].value == (6, 8)
    assert targets["hs-len-lop"].value == 99.8
    assert targets["bo-hoc"].value == 0
    assert targets["chi-bo"].value == "hoàn thành xuất sắc nhiệm vụ"


def test_every_target_is_held_against_an_indicator_of_the_catalogue(root, catalogue):
    against = [parse_key(t.against) for t in read_targets(root, "2024-2027").values() if t.against]
    assert against
    for key in against:
        assert key.indicator in catalogue.indicators
        assert not key.part or key.part in catalogue.parts


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("comparison: at-least, value: 2", "give either “against” or “because”"),
        ("comparison: at-least, value: 2, against: boi, because: vì", "give either “against” or “because”"),
        ("comparison: range, value: 6, against: boi", "a range has two values"),
        ("comparison: at-least, value: [6, 8], against: boi", "a range has two values"),
        ("comparison: range, value: [6, 7, 8], against: boi", "at boi"),
        ("comparison: text, value: 2, because: vì", "a text value goes with the comparison “text”"),
        ("comparison: at-least, value: hai, against: boi", "a text value goes with the comparison “text”"),
        ("comparison: most, value: 2, against: boi", r"at boi\.comparison"),
        ("comparison: at-least, value: .nan, against: boi", r"at boi\.value"),
        ("comparison: at-least, value: .inf, against: boi", r"at boi\.value"),
        ("comparison: at-least, value: -.inf, against: boi", r"at boi\.value"),
        ("comparison: range, value: [6, .inf], against: boi", r"at boi\.value"),
        ("comparison: equal, value: 2, agianst: boi", r"at boi\.agianst"),
    ],
)
def test_a_target_that_does_not_fit_together_is_refused(write, target, message):
    project = write("targets/2024-2027.yml", f"boi: {{label: Bơi, group: chuyen-mon, per: term, {target}}}")
    with pytest.raises(Refused, match=message) as refused:
        read_targets(project, "2024-2027")
    assert refused.value.problems[0].file == "data/targets/2024-2027.yml"


def test_missing_targets_are_a_problem_and_not_a_traceback(tmp_path):
    with pytest.raises(Refused, match=r"data/targets/2024-2027\.yml: there is no such file"):
        read_targets(tmp_path, "2024-2027")
