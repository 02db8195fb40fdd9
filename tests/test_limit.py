"""Limits: the usual ones, those of the project's settings, and what is said of a file that goes over one."""

from __future__ import annotations

import pytest
from kiemso.limit import DEFAULT, read_limits
from kiemso.problem import Refused


def test_a_project_without_settings_has_the_usual_limits(tmp_path):
    assert read_limits(tmp_path) == DEFAULT


def test_a_setting_changes_one_limit_and_leaves_the_others(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/limits.yml").write_text("cells: 7\nseconds: 60\n", encoding="utf-8")
    assert read_limits(tmp_path) == DEFAULT.model_copy(update={"cells": 7, "seconds": 60})


@pytest.mark.parametrize("setting", ["cell: 7", "cells: 0", "cells: -1", "cells: many", "seconds: .inf", "- cells"])
def test_a_setting_that_is_no_limit_is_refused(tmp_path, setting):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/limits.yml").write_text(setting, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read_limits(tmp_path)
    assert refused.value.problems[0].file == "data/limits.yml"


def test_what_is_as_large_as_the_limit_is_allowed():
    DEFAULT.hold("cells", DEFAULT.cells, "a.xlsx")


def test_going_over_a_limit_names_it_and_what_was_met_and_where_to_raise_it():
    with pytest.raises(Refused) as refused:
        DEFAULT.hold("text", 100_001, "a.xlsx", "Tờ", "B7")
    (problem,) = refused.value.problems
    assert (problem.file, problem.sheet, problem.cell) == ("a.xlsx", "Tờ", "B7")
    assert problem.message == "goes over the limit “text”: it is 100001, and 100000 is allowed"
    assert problem.mend == "Take out what is not the table, or raise “text” in data/limits.yml."
