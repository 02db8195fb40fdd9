"""The catalogue of indicators."""

from __future__ import annotations

from pathlib import Path

import pytest
from kiemso.catalogue import read_catalogue
from kiemso.key import parse_key
from kiemso.problem import Refused
from kiemso.text import label_key

HEAD = "sections: {the-thao: Thể thao}\nparts: {nhat: {label: nhất}, nhi: {label: nhì}}\nindicators:\n"
SWIM = "  boi: {label: Môn bơi, section: the-thao, kind: medals, parts: [nhat, nhi]}\n"


@pytest.fixture
def read(tmp_path: Path):
    def read_text(content: str):
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "indicators.yml").write_text(content, encoding="utf-8")
        return read_catalogue(tmp_path)

    return read_text


def test_a_school_years_workbook_has_the_27_rows_of_the_schools_table(catalogue):
    years = catalogue.of_level("year")
    assert len(years) == 27
    assert [*years][0] == "gv-gioi-tinh" and [*years][-1] == "tai-tro"
    assert not {"hsg", "huy-dong", "nam-hoc"} & {*years}


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("Băng khen LĐLĐ tỉnh", "bang-khen-ldld-tinh"),
        ("CSTD cơ sở", "cstd-co-so"),
        ("Giao lưu IOE.", "ioe"),
        ("Môn Bóng bàn cấp tỉnh", "bong-ban-tinh"),
        ("Môn bóng bàn", "bong-ban"),
        ("Trạng nguyên Tiếng việt cấp tỉnh", "trang-nguyen-tieng-viet"),
        ("Số HS hoàn thành chương trình tiểu học và lên lớp", "hs-hoan-thanh"),
    ],
)
def test_labels_as_the_workbooks_print_them_are_known(catalogue, printed, code):
    assert catalogue.spellings[label_key(printed)] == code


@pytest.mark.parametrize(
    ("printed", "code"), [("- HTXS", "htsx"), ("- Chưaxếploại", "chua"), ("Chính thức", "chinh-thuc")]
)
def test_parts_as_the_workbooks_print_them_are_known(catalogue, printed, code):
    assert catalogue.part_spellings[label_key(printed)] == code


def test_a_computed_indicator_stands_in_no_workbook(catalogue):
    assert label_key("Bằng khen cấp tỉnh") not in catalogue.spellings


@pytest.mark.parametrize(
    ("key", "label", "unit", "decimals"),
    [
        ("boi", "Môn bơi cấp huyện", "giải", None),
        ("boi.ba", "Môn bơi cấp huyện: ba", "giải", None),
        ("xep-loai.ty-le-htt", "Viên chức trong biểu xếp loại: Tỷ lệ hoàn thành tốt nhiệm vụ", "%", 1),
        ("gv-gioi-tinh.binh-quan", "Giáo viên dạy giỏi cấp tỉnh: Bình quân một năm học", "lượt", 1),
    ],
)
def test_a_part_has_its_own_unit_and_decimals_or_its_indicators(catalogue, key, label, unit, decimals):
    found = parse_key(key)
    assert (catalogue.label(found), catalogue.unit(found), catalogue.decimals(found)) == (label, unit, decimals)


@pytest.mark.parametrize(("code", "rows"), [("xep-loai", True), ("dang-vien", True), ("boi", False), ("hsg", False)])
def test_only_parts_of_counts_stand_in_rows_of_their_own(catalogue, code, rows):
    assert catalogue.indicators[code].rows_of_parts is rows


@pytest.mark.parametrize(
    ("indicators", "message"),
    [
        ("  boi: {label: Bơi, section: the-thao, kind: medal}\n", "at indicators.boi.kind"),
        ("  boi: {label: Bơi, section: the-thao, kind: count, lable: Bơi}\n", "at indicators.boi.lable"),
        ("  boi: {label: Bơi, kind: count}\n", "at indicators.boi.section: is missing"),
        ("  boi: {label: Bơi, section: khac, kind: count}\n", "boi: there is no section “khac”"),
        ("  boi: {label: Bơi, section: the-thao, kind: medals, parts: [dong]}\n", "boi: there is no part “dong”"),
        ("  boi: {label: Bơi, section: the-thao, kind: count, whole: true}\n", "boi: a whole needs parts"),
        ("  boi: {label: Bơi, section: the-thao, kind: count, range: [5, 1]}\n", "boi: the range ends"),
        ("  boi: {label: Bơi, section: the-thao, kind: count, range: [5]}\n", "at indicators.boi.range"),
        ("  boi: {label: Bơi, section: the-thao, kind: count, jump: 0}\n", "at indicators.boi.jump"),
        ("  boi: {label: Bơi, section: the-thao, kind: count, jump: 5, level: term}\n", "boi: only what each"),
        (SWIM + "  bat-xa: {label: MÔN  BƠI., section: the-thao, kind: count}\n", "names both boi and bat-xa"),
        ("  {}\n", "at indicators"),
        ("  boi: {label: ' ', section: the-thao, kind: count}\n", "boi: a label or alias is blank"),
        ("  boi: {label: Bơi, aliases: ['-'], section: the-thao, kind: count}\n", "boi: a label or alias is blank"),
        ("  boi: {label: Bơi, aliases: [''], section: the-thao, kind: count}\n", "boi: a label or alias is blank"),
    ],
)
def test_a_catalogue_that_contradicts_itself_is_refused(read, indicators, message):
    with pytest.raises(Refused, match=message) as refused:
        read(HEAD + indicators)
    assert {problem.file for problem in refused.value.problems} == {"data/indicators.yml"}


def test_all_contradictions_are_listed_together(read):
    with pytest.raises(Refused) as refused:
        read(HEAD + SWIM + "  bat-xa: {label: Môn bơi, section: khac, kind: count, parts: [dong], whole: true}\n")
    assert len(refused.value.problems) == 3


def test_two_parts_with_one_spelling_are_refused(read):
    parts = "parts: {nhat: {label: nhất}, nhi: {label: nhì, aliases: [Nhất]}}"
    with pytest.raises(Refused, match="names both nhat and nhi"):
        read(HEAD.replace("parts: {nhat: {label: nhất}, nhi: {label: nhì}}", parts) + SWIM)


def test_a_part_with_a_blank_alias_is_refused(read):
    with pytest.raises(Refused, match="nhat: a label or alias is blank"):
        read(HEAD.replace("{label: nhất}", "{label: nhất, aliases: ['']}") + SWIM)
