"""Jumps from one school year to the next."""

from __future__ import annotations

import pytest
from kiemso import jump, session
from kiemso.recorder import WARNINGS_MIME, Recorder
from kiemso.source import Source
from kiemso.term import Term

YEARS = ("2021-2022", "2022-2023", "2023-2024")


@pytest.fixture
def shown(monkeypatch, catalogue, make_fact, tmp_path):
    """What the notebook's cells display, with donations of 883.860, 991.676.000 and 1.306.107.000."""
    values = dict(zip(YEARS, (883_860, 991_676_000, 1_306_107_000), strict=True))
    facts = {
        f"tai-tro@{year}": make_fact(
            f"tai-tro@{year}",
            value,
            "đồng",
            label="Vận động tài trợ",
            sources=[Source(f"data/raw/{year}/a.xlsx", "Kết quả", "C38", str(value))],
        )
        for year, value in values.items()
    }
    term = Term(label="Nhiệm kỳ", school_years=YEARS)
    monkeypatch.setattr(session, "_recorder", Recorder(tmp_path, "2022-2024", catalogue, {"2022-2024": term}, facts))
    displayed: list[dict] = []
    monkeypatch.setattr(jump, "display", lambda data, raw: displayed.append(data))
    return displayed


def test_the_limits_are_those_that_the_catalogue_declares(shown, catalogue):
    limits = jump.jump_limits()
    assert limits["tai-tro"] == catalogue.indicators["tai-tro"].jump
    assert "skkn" not in limits


def test_a_warning_names_both_years_and_the_cell(shown):
    jump.warn_jump("tai-tro", "2022-2023")
    ((warning,),) = [data[WARNINGS_MIME] for data in shown]
    assert (warning["file"], warning["cell"], warning["text"]) == ("data/raw/2022-2023/a.xlsx", "C38", "991676000")
    said = warning["message"]["en"]
    assert said.startswith("Vận động tài trợ: 883.860 in 2021-2022, 991.676.000 in 2022-2023")
    assert "more than 100%" in said
