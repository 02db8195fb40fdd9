"""Numerals that are no data are recognised, and real figures are not swallowed with them."""

from __future__ import annotations

import csv

import pytest
from kiemso.numeral import untagged_numerals


def found(text: str) -> list[str]:
    return [numeral for numeral, _, _ in untagged_numerals(text)[0]]


@pytest.mark.parametrize(
    "text",
    [
        "Kỳ Phú, ngày 12 tháng 10 năm 2024",
        "nhiệm kỳ 2022-2024; giải pháp nhiệm kỳ 2024- 2027",
        "NHIỆM KỲ 2024 –2027",
        "năm học 2021-2022",
        "đạt chuẩn quốc gia vào cuối năm 2025",
        "Nghị quyết số 29-NQ/TW",
        "Nghị quyết số 29 - NQ/TW",
        "Chỉ thị 05/CT-TW (Khóa XII)",
        "Kết luận 01 của Bộ Chính trị",
        "Nghị quyết số 16/2023 của Ban Thường vụ",
        "Quy định số 213-QĐ/TW ngày 02/01/2020",
        "Quy định 213 của TW",
        "Thông tư 16/2018/TT-BGDĐT ngày 03/8/2018",
        "Thông tư 16/2018/TT- BGDĐT",
        "Thực hiện theo Thông tư 16 nhà trường phải họp",
        "Nghị quyết Hội nghị Trung ương 4 (khóa XII)",
        "Nghị quyết TW4 (khoá 12)",
        "theo Quyết định 3812/QĐ-SGDĐT ngày 07/8/2026",
        "#### 2. Công tác tổ chức",
        "## 2.1.3 Công tác tổ chức",
        "# Phụ lục 2. Bảng",
        "Đoạn\n\n2. Chuyên môn",
        "2. Chuyên môn:",
        "  1) Khách quan",
        "xây dựng “chi bộ 4 tốt”",
        "chương trình giáo dục phổ thông 2018",
        "học sinh lớp 5, khối 4",
        "trẻ 6 tuổi vào lớp 1",
        "Môn chạy 60 mét",
        "xem [phụ lục](bang-2.html)",
        "theo khoản 2 Điều 5",
    ],
)
def test_dates_documents_headings_and_names_are_no_data(text):
    assert found(text) == []
    assert untagged_numerals(text)[1] > 0


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Chi bộ có 12 đồng chí đảng viên sinh hoạt theo Quy định 213 của TW", ["12"]),
        ("xây dựng được 5 mô hình “Dân vận khéo”", ["5"]),
        ("thực hiện được 26 cuộc kiểm tra", ["26"]),
        ("49 cháu năm nay", ["49"]),
        ("Cuối năm 2023 có 30 đảng viên", ["30"]),
        ("đạt 96% trở lên. 100% đảng viên", ["96%", "100%"]),
        ("7,082,643,000 đồng", ["7,082,643,000"]),
        ("trên 99,8 %.", ["99,8 %"]),
        ("2105 lượt học sinh", ["2105"]),
        ("6-8 đồng chí", ["6", "8"]),
        ("22 SKKN bậc 4 cấp huyện", ["22", "4"]),
        ("học 9 buổi/tuần", ["9"]),
        ("Tỷ lệ học sinh lớp 5 hoàn thành 100%", ["100%"]),
        ("Tuyển sinh trẻ 6 tuổi vào lớp 1 đạt 100%", ["100%"]),
        ("đạt chuẩn mức độ 2 vào năm 2025", ["2"]),
        ("138/138 Lao động Tiên tiến", ["138", "138"]),
        ("50–80% học sinh", ["50", "80%"]),
        ("1.286 học sinh nữ", ["1.286"]),
        ("có 35 đại biểu", ["35"]),
        ("2KK", ["2"]),
    ],
)
def test_real_figures_are_found(text, figures):
    assert found(text) == figures


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("học sinh xuất sắc và tiêu biểu 60-65%", ["60", "65%"]),  # stands in the report of 2024
        ("điều 5 giáo viên sang điểm trường Phú Sơn", ["5"]),
        ("đã hướng dẫn 45 học sinh", ["45"]),
        ("xây dựng kế hoạch 12 hoạt động", ["12"]),
        ("quyết định 3 nội dung", ["3"]),
        ("lấy mẫu 20 học sinh", ["20"]),
        ("mỗi lớp 35 học sinh", ["35"]),
        ("sinh hoạt mỗi tháng 2 buổi", ["2"]),
        ("xây 120 mét tường rào", ["120"]),
        ("xếp thứ 3 toàn huyện", ["3"]),
        ("hỗ trợ 500/em", ["500"]),
        ("Khá 45 - TB 5", ["45", "5"]),
    ],
)
def test_a_figure_is_not_swallowed_by_a_word_before_or_after_it(text, figures):
    assert found(text) == figures


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("# Có 7 em", ["7"]),
        ("#### 2. Công tác của 12 đồng chí năm 2023", ["12"]),
        ("## 2105 lượt học sinh: 5 em", ["5"]),
        ("#1. Không có dấu cách", ["1"]),
    ],
)
def test_of_a_heading_only_the_number_before_it_is_no_data(text, figures):
    assert found(text) == figures


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Tổng số là\n147. Trong đó có 4 nữ", ["147", "4"]),
        ("đạt\n5) giải", ["5"]),
        ("Đoạn\n\n1. Có 4 nữ", ["4"]),
    ],
)
def test_a_number_at_the_start_of_a_line_in_a_paragraph_is_text(text, figures):
    assert found(text) == figures


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("1. a\n2. b\n3. c", []),
        ("Đoạn\n\n1) a\n2) b", []),
        ("1. a\n   b\n2. c có 5 em", ["5"]),
        ("1. a\n    1. b\n2. c", []),
        ("## Mục\n1. a\n2. b", []),
    ],
)
def test_list_items_may_follow_each_other(text, figures):
    assert found(text) == figures


def test_a_numeral_is_reported_with_its_line_and_context():
    (numeral,), known = untagged_numerals("Nhiệm kỳ 2022-2024\n\nToàn trường có 50 cán bộ.\n")
    assert numeral == ("50", "Nhiệm kỳ 2022-2024 Toàn trường có 50 cán bộ.", 3)
    assert known == 2


def test_a_year_joined_to_other_digits_is_a_figure():
    assert found("năm 20250 lượt và 2022-20245") == ["20250", "2022", "20245"]


def test_the_strings_of_a_real_schools_report(shared):
    with (shared / "corpus/texts/phu-nhuan-report-strings.tsv").open(encoding="utf-8") as file:
        texts = [row["text"] for row in csv.DictReader(file, delimiter="\t")]
    # All that is no data in them: two grades, and two dates with one document.
    assert {text for text in texts if untagged_numerals(text)[1]} == {
        "Khối 12 · 24 giải Nhì, 19 giải Ba",
        "Khối 10, 11 · 1 giải Nhất, 19 giải Nhì, 33 giải Ba",
        "theo Quyết định 3812/QĐ-SGDĐT ngày 07/8/2026",
        "Trúng tuyển đại học đợt 1 · Thống kê ngày 30/8/2026",
    }
    assert found("Khối 12 · 24 giải Nhì, 19 giải Ba") == ["24", "19"]
    assert found("136/136 · Tỷ lệ 100%") == ["136", "136", "100%"]


def test_the_targets_of_the_report_of_2024_are_all_found(shared):
    (seed,) = (shared / "seed").glob("*.txt")
    (line,) = (line for line in seed.read_text(encoding="utf-8").splitlines() if "tiêu biểu 60-65%" in line)
    assert found(line) == ["99,8%", "100%", "60", "65%", "15", "25", "1", "2"]


def test_the_opening_of_the_report_of_2024(shared):
    (seed,) = (shared / "seed").glob("*.txt")
    opening = seed.read_text(encoding="utf-8").split("A. NHỮNG KẾT QUẢ ĐẠT ĐƯỢC")[0]
    assert found(opening) == ["50", "35", "31", "4", "3", "100%", "30", "21", "7"]
