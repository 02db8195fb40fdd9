"""Tables and charts as a notebook stores them."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from kiemso.exhibit import chart
from kiemso.recorder import CHART_MIME
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    outputs: list[dict[str, Any]] = []
    monkeypatch.setattr("kiemso.exhibit.display", lambda data, raw: outputs.append(data))
    return outputs


def bars(layout: str) -> Figure:
    figure = Figure(figsize=(4, 2), layout=layout)
    axes = figure.subplots()
    axes.bar(["2021-2022", "2022-2023"], [1, 2], label="lượt")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def test_a_chart_is_laid_out_once_and_both_images_show_that_layout(shown, monkeypatch):
    counted = []
    execute = ConstrainedLayoutEngine.execute
    monkeypatch.setattr(ConstrainedLayoutEngine, "execute", lambda *a: counted.append(1) or execute(*a))
    figure, other = bars("constrained"), bars("constrained")
    chart("luot", figure, "Số lượt", "Cột")
    assert len(counted) == 1
    other.draw_without_rendering()
    assert figure.axes[0].get_position().bounds == other.axes[0].get_position().bounds
    assert figure.axes[0].get_position().bounds != bars("none").axes[0].get_position().bounds


@pytest.mark.parametrize("layout", ["constrained", "none"])
def test_the_same_chart_gives_the_same_images(shown, layout):
    for _ in range(2):
        chart("luot", bars(layout), "Số lượt", "Cột", {"columns": [], "rows": []})
    first, second = shown
    assert first == second
    assert first[CHART_MIME] == {
        "name": "luot",
        "caption": "Số lượt",
        "alt": "Cột",
        "table": {"columns": [], "rows": []},
    }
    assert base64.b64decode(first["image/png"]).startswith(b"\x89PNG") and "<svg" in first["image/svg+xml"]
