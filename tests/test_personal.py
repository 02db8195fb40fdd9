"""Personal data: masked when the cells enter, whatever stands where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.layout import RegisterLayout, read_layouts
from kiemso.personal import People, mask
from kiemso.problem import Problem
from kiemso.raw import MASK, RawWorkbook
from kiemso.vocabulary import looks_personal

from tests.registers import AWARD_HEADING, AWARDS, GIFT_HEADING, GIFTS, YEAR, tally_of, workbook_of

DAY = "05/05/2022"


def masked(rows, catalogue, layout=None, people=None, **more) -> dict[str, str]:
    """The texts after the mask, by address."""
    layouts = {"danh-sach": layout} if layout else {}
    found = mask(workbook_of(rows, **more), layouts, catalogue, [YEAR], people)
    return {cell.cell: cell.text for cell in found.cells}


def test_of_a_list_only_what_the_rules_understand_is_left(catalogue):
    rows = [
        ["Danh sách do bà Thử lập"],
        [*AWARD_HEADING, "Ghi chú", "SĐT"],
        [1, "Người Thử 1", "SKKN", DAY, "em ông Thử", 912345678],
        [2, "Người Thử 2", "Người Thử 3", "05/05/1980", None, None],
        ["Tổng cộng", None, 2, None],
        [],
        [None, None, "Người Thử 9"],
    ]
    shown = {cell: text for cell, text in masked(rows, catalogue, AWARDS).items() if text != MASK}
    assert list(shown.values()) == [*AWARD_HEADING, "SĐT", "1", "SKKN", DAY, "2", "Tổng cộng", "2"]


def test_a_masked_cell_has_neither_number_nor_original(catalogue):
    book = workbook_of([GIFT_HEADING, [912345678, "Phụ huynh", 250000]])
    cells = tuple(cell._replace(original="Ng­êi Thö", encoding="TCVN3", warning="x") for cell in book.cells)
    found = mask(RawWorkbook(book.file, book.sheets, cells), {"so": GIFTS}, catalogue, [YEAR])
    donor = next(cell for cell in found.cells if cell.cell == "A2")
    assert (donor.text, donor.number, donor.original, donor.encoding, donor.warning) == (MASK, None, "", "", "")
    amount = next(cell for cell in found.cells if cell.cell == "C2")
    assert (amount.text, amount.number) == ("250000", 250000)


def test_a_list_whose_heading_lacks_a_column_is_masked_but_for_its_headings(catalogue):
    shown = masked([["STT", "Họ và tên", "Danh hiệu"], [1, "Người Thử", "SKKN"]], catalogue, AWARDS)
    assert [text for text in shown.values() if text != MASK] == ["Họ và tên", "Danh hiệu"]


def test_a_warning_of_the_file_quotes_nothing(catalogue):
    book = workbook_of([GIFT_HEADING])
    warned = RawWorkbook(book.file, book.sheets, book.cells, (Problem("is odd", "", book.file, "S", "A1", "Thử"),))
    assert mask(warned, {"so": GIFTS}, catalogue, [YEAR]).warnings[0].text is None


def test_people_are_numbered_across_files_and_sheets(catalogue):
    people = People()
    for number, sheet in enumerate(("A", "B"), 1):
        rows = [[1, " NGƯỜI Thử 1", "SKKN", DAY], [2, f"Ông {number}", "SKKN", DAY]]
        masked([AWARD_HEADING, *rows], catalogue, AWARDS, people, sheet=sheet)
    numbers = [people.number("data/raw/2021-2022/danh-sach.xlsx", sheet, row) for sheet in "AB" for row in (1, 2, 3)]
    assert numbers == [0, 1, 2, 0, 1, 3]
    assert "Thử" not in repr(people)


# -- sheets that are no lists --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    ["Họ và tên", "HỌ TÊN", "Ngày sinh", "Điện thoại", "SĐT", "Số CCCD", "CMND", "Mã định danh", "Địa chỉ", "Email"]
    + ["Số tài khoản", "Phụ huynh", "Họ và tên (chữ in hoa)"],
)
def test_columns_under_personal_headings_are_masked(catalogue, heading):
    shown = masked([["TT", heading, "Kết quả"], [1, "Thử", "Đạt"], [2, "Thử", "Đạt"]], catalogue)
    assert shown == {"A1": "TT", "B1": heading, "C1": "Kết quả", "A2": "1", "B2": MASK, "C2": "Đạt"} | {
        "A3": "2",
        "B3": MASK,
        "C3": "Đạt",
    }


def test_labels_of_a_summary_stay(catalogue):
    rows = [["TT", "Nội dung", "Năm học 2021-2022"], [1, "SKKN", 7], [2, "Phụ huynh", 5], [3, "Môn bóng đá", "Nhất"]]
    assert MASK not in masked(rows, catalogue).values()


def test_a_heading_over_labels_of_the_catalogue_heads_no_names(catalogue):
    assert MASK not in masked([["Phụ huynh", "Năm học"], ["SKKN", "x"]], catalogue).values()


@pytest.mark.parametrize("text", ["Họ và tên: Người Thử", "Liên hệ ông Thử 0912 345 678", "thu@vidu.example"])
def test_texts_that_say_who_somebody_is_are_masked_anywhere(catalogue, text):
    assert masked([["Nội dung", "2021-2022"], [text, 1]], catalogue)["A2"] == MASK


def test_what_stands_beside_a_personal_label_is_masked(catalogue):
    shown = masked([["Điện thoại:", "chín một hai"], ["Nội dung", "2021-2022"]], catalogue)
    assert shown["B1"] == MASK


@pytest.mark.parametrize(
    "text",
    ["0912345678", "0912 345 678", "+84 912 345 678", "(024) 3825 1234", "042099012345", "a@b.vn", "Đt:0912.345.678"],
)
def test_numbers_of_persons_are_recognised(text):
    assert looks_personal(text)


@pytest.mark.parametrize(
    "text", ["84.306.107.000", "1.306.107.000", "306107000", "3181643000", "05/10/2021", "2021-2022", "0,123456789"]
)
def test_amounts_and_dates_are_no_numbers_of_persons(text):
    assert not looks_personal(text)


# -- whatever stands where -----------------------------------------------------------------------------------------

NAME = "Zqx"
harmless = st.sampled_from([None, "SKKN", DAY, 3, "Tổng cộng", "STT", "HTT", "Họ và tên", "Phụ huynh", "1.000"])
before = st.sampled_from(["", "Ông ", "Tổng cộng: ", "SKKN ", "5 "])
texts = st.one_of(harmless, st.builds("{}{}{}".format, before, st.just(NAME), st.text(max_size=4)))


@given(st.lists(st.lists(texts, min_size=4, max_size=6), max_size=8), st.sampled_from([AWARDS, GIFTS]))
def test_no_name_leaves_a_list_wherever_it_stands(catalogue, rows, layout):
    heading = AWARD_HEADING if layout is AWARDS else GIFT_HEADING
    book = workbook_of([["Zqx lập"], heading, *rows])
    found = mask(book, {"ds": layout}, catalogue, [YEAR])
    assert not [cell for cell in found.cells if NAME in f"{cell.text}{cell.fault}{cell.warning}{cell.original}"]
    tally = tally_of(book, layout, catalogue)
    told = [str(one) + str(one.as_json()) for one in (*tally.problems, *tally.warnings)]
    assert NAME not in "".join(told) + tally.observations.to_csv()


def test_a_title_in_the_wrong_spelling_is_suggested_without_quoting_it(catalogue):
    tally = tally_of(workbook_of([AWARD_HEADING, [1, "Thử", "GV giỏi tĩnh Zqx", DAY]]), AWARDS, catalogue)
    (problem,) = tally.problems
    assert "“GV giỏi tỉnh”" in problem.message and "Zqx" not in str(problem)


def test_the_projects_own_workbooks_hold_nothing_to_mask(root, catalogue):
    from kiemso.workbook import raw_files, read_workbook

    lists = {name: one for name, one in read_layouts(root).items() if isinstance(one, RegisterLayout)}
    for period in ("2021-2022", "2022-2023", "2023-2024", "2022-2024"):
        for path in raw_files(root, period):
            book = read_workbook(path, path.name)
            assert mask(book, lists, catalogue, [YEAR]).cells == book.cells
