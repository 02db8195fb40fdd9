"""A few seconds of the fuzz run, and that it notices what it is there to notice."""

from __future__ import annotations

import tempfile

import pytest
from kiemso import cleaning, observation, session
from kiemso.problem import Problem, Refused
from kiemso.reader import openxml

from tests.fuzz.case import Cases
from tests.fuzz.chain import Wrong

SEED = 20241012


@pytest.fixture
def cases(tmp_path, monkeypatch) -> Cases:
    made = Cases(tmp_path, SEED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(session, "_recorder", None)
    monkeypatch.setattr(tempfile, "tempdir", str(made.project.temporary))
    return made


def test_what_is_made_or_damaged_at_random_is_read_right_or_refused(cases):
    ended = {cases.run(number).how for number in range(25)}
    assert {"read", "refused"} <= ended


def test_a_case_is_the_same_whenever_it_is_run(cases):
    files = []
    for _ in range(2):
        for number in range(5):
            cases.run(number)
            files.append((cases.file.name, cases.file.read_bytes()))
    assert files[:5] == files[5:]


def run_until_wrong(cases: Cases) -> str:
    with pytest.raises(Wrong) as wrong:
        for number in range(60):
            cases.run(number)
    return str(wrong.value)


def test_a_wrong_value_is_noticed(cases, monkeypatch):
    right = observation.exact
    monkeypatch.setattr(observation, "exact", lambda number: right(number) + 1)
    assert "value=" in run_until_wrong(cases)


def test_an_error_is_noticed(cases, monkeypatch):
    monkeypatch.setattr(cleaning, "stated", lambda: {}["x"])
    assert run_until_wrong(cases) == "KeyError: 'x'"


def test_a_refusal_that_helps_nobody_is_noticed(cases, monkeypatch):
    def refuse(*_):
        raise Refused(Problem("is damaged", "", "ket-qua.xlsx"))

    monkeypatch.setattr(cleaning, "stated", refuse)
    assert "lacks its file, message or mend" in run_until_wrong(cases)


def test_what_is_left_in_the_temporary_folder_is_noticed(cases, monkeypatch):
    right = cleaning.stated
    monkeypatch.setattr(cleaning, "stated", lambda: (tempfile.mkdtemp(), right())[1])
    assert "left behind" in run_until_wrong(cases)


def test_a_needless_refusal_is_noticed(cases, monkeypatch):
    monkeypatch.setattr(openxml, "format_fault", lambda _: "is no number")
    assert "refused without need" in run_until_wrong(cases)
