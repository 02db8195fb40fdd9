"""Where a value stands: one cell, or a list of cells."""

import pytest
from kiemso.source import Source

FILE = "data/raw/2021-2022/a.xlsx"


def test_a_list_of_cells_is_each_of_them():
    assert Source(FILE, "S", "D7:D8, D12", "3 dòng").places == tuple((FILE, "S", cell) for cell in ("D7", "D8", "D12"))
    assert Source(FILE, "S", "D7", "3").places == ((FILE, "S", "D7"),)


def test_an_entry_of_a_reviewed_file_is_one_place():
    assert Source("data/terms.yml", "", "2022-2024.school_years", "x").places == (
        ("data/terms.yml", "", "2022-2024.school_years"),
    )


@pytest.mark.parametrize(
    ("text", "counts"), [("3 dòng", True), ("2 dòng: 1 + 1", True), ("3", False), ("dòng 3", False)]
)
def test_how_many_records_is_no_text_of_a_cell(text, counts):
    assert Source(FILE, "S", "D7", text).counts is counts
