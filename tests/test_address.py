"""Addresses of cells, and lists of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.address import address_like, addresses, cell_address, column_letters, expand, row_and_column, runs

places = st.tuples(st.integers(1, 2000), st.integers(1, 800))


@pytest.mark.parametrize(("column", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")])
def test_columns_are_lettered_as_excel_does(column: int, letters: str) -> None:
    assert column_letters(column) == letters


@given(places)
def test_an_address_leads_back_to_its_row_and_column(place: tuple[int, int]) -> None:
    assert row_and_column(cell_address(*place)) == place
    assert row_and_column(address_like("dòng 1, cột 1", *place)) == place


@pytest.mark.parametrize(
    ("cells", "listed"),
    [
        (["D7"], "D7"),
        (["D7", "D8", "D9", "D12"], "D7:D9, D12"),
        (["D9", "D7", "D8", "D7"], "D7:D9"),
        (["E3", "D3"], "D3, E3"),
        (["dòng 7, cột 3"], "dòng 7, cột 3"),
        (["dòng 7, cột 3", "dòng 8, cột 3", "dòng 12, cột 3"], "dòng 7–8, cột 3; dòng 12, cột 3"),
        ([], ""),
    ],
)
def test_a_list_of_cells_is_as_short_as_it_can_be(cells: list[str], listed: str) -> None:
    assert addresses(cells) == listed


@given(st.sets(places, min_size=1, max_size=40), st.booleans())
def test_a_list_names_just_its_cells(cells: set[tuple[int, int]], in_word: bool) -> None:
    sample = "dòng 1, cột 1" if in_word else "A1"
    written = {address_like(sample, *place) for place in cells}
    listed = addresses(written)
    assert set(expand(listed)) == written
    assert {cell for run in runs(listed) for cell in expand(run)} == written


def test_what_is_no_list_stays_as_it_is() -> None:
    assert expand("ket-nap-dang.value") == ("ket-nap-dang.value",)
    with pytest.raises(ValueError, match="no address of one cell"):
        row_and_column("D7:D9")
