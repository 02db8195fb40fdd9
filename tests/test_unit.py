"""Units as tables state them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.unit import Unit, parse_unit, parse_unit_line

THOUSAND = Unit("nghìn đồng", 1000, "money")
MILLION = Unit("triệu đồng", 1_000_000, "money")
DONG = Unit("đồng", 1, "money")
PERCENT = Unit("%", 1, "percent")


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("ĐVT: 1.000 đồng", THOUSAND),
        ("ĐVT 1.000 đồng", THOUSAND),
        ("(Đơn vị tính: nghìn đồng)", THOUSAND),
        ("Ðơn vị tính:\u00a0ngàn đồng", THOUSAND),
        ("ĐVT: 1000đ", THOUSAND),
        ("ĐVT : Triệu VNĐ", MILLION),
        ("Đvt: tr.đ", MILLION),
        ("Đơn vị tính: tỉ đồng", Unit("tỷ đồng", 10**9, "money")),
        ("Đơn vị: đồng", DONG),
        ("Đơn vị tính: người", Unit("người", 1, "count")),
        ("Đơn vị tính: tấn", Unit("tấn", 1, "count")),
        ("Đơn vị tính: %", PERCENT),
        ("ĐVT: 10.000 đồng", Unit("10.000 đồng", None, "money")),
        ("ĐVT: 100 triệu đồng", Unit("100 triệu đồng", None, "money")),
    ],
)
def test_a_line_above_a_table_states_its_unit(line, unit):
    assert parse_unit_line(line) == unit


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("Số tiền (nghìn đồng)", THOUSAND),
        ("Kinh phí (1.000 đồng)", THOUSAND),
        ("Kinh phí (ĐVT: đồng)", DONG),
        ("Năm 2023 (triệu đồng)", MILLION),
        ("Tỷ lệ (%)", PERCENT),
        ("Tỷ lệ %", PERCENT),
        ("%", PERCENT),
        ("Số lượng (em)", Unit("em", 1, "count")),
        ("Số lượng (HS)", Unit("HS", 1, "count")),
        ("Kết quả (giải)", Unit("giải", 1, "count")),
    ],
)
def test_a_heading_states_its_unit_in_brackets(heading, unit):
    assert parse_unit_line(heading) == unit


@pytest.mark.parametrize(
    "text",
    [
        "Đơn vị: Trường Tiểu học Kỳ Thư",
        "ĐVT",
        "Đơn vị tính:",
        "Năm học 2021-2022",
        "Số HS (trong đó nữ)",
        "(1)",
        "Số HS (người) và tỷ lệ (%)",
        "tăng 45%",
        "Ghi chú",
        "",
    ],
)
def test_other_lines_and_headings_state_none(text):
    assert parse_unit_line(text) is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [("nghìn đồng", THOUSAND), ("%", PERCENT), ("Phần trăm", PERCENT), ("lượt", Unit("lượt", 1, "count")), ("đ", DONG)],
)
def test_a_column_of_units_states_them_bare(text, unit):
    assert parse_unit(text) == unit


@pytest.mark.parametrize("text", ["", '"', "nt", "1.000", "Trường Tiểu học A"])
def test_what_names_no_unit_we_know_is_none(text):
    assert parse_unit(text) is None


def test_a_peers_labelled_lines_are_read_as_labelled(shared: Path):
    with (shared / "corpus/texts/unit-label-vectors.tsv").open(encoding="utf-8", newline="") as file:
        labelled = {row["label"]: row["expected"] for row in csv.DictReader(file, delimiter="\t")}
    assert len(labelled) == 23
    for label, wanted in labelled.items():
        unit = parse_unit_line(label)
        word = "NONE" if unit is None else unit.word
        if "unknown factor" in wanted:
            assert (word, unit and unit.factor) == ("10.000 đồng", None)
        else:
            assert word == {"VND": "đồng"}.get(wanted, wanted), label


@given(st.text(alphabet="đồngnghìtrệuỷ10.,%() :ĐVTơvịnh", max_size=40) | st.text())
def test_no_text_makes_the_reading_of_units_fail(text):
    for unit in (parse_unit_line(text), parse_unit(text)):
        assert unit is None or unit.factor is None or unit.factor in (1, 10**3, 10**6, 10**9)
