"""Figures published elsewhere, held against the facts."""

from __future__ import annotations

from pathlib import Path

import pytest
from kiemso.claim import COLUMNS, judge, read_claims
from kiemso.observation import MISSING, NOT_HELD
from kiemso.problem import Refused

HEADER = ",".join(COLUMNS) + "\n"
ROW = 'bang-19,"Phụ lục, dòng 19",17 giải,boi,17,,\n'


@pytest.fixture
def read(tmp_path: Path):
    def read_files(*contents: str | bytes):
        (tmp_path / "data/claims").mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(contents, 1):
            data = content if isinstance(content, bytes) else content.encode()
            (tmp_path / f"data/claims/{number}.csv").write_bytes(data)
        return read_claims(tmp_path)

    return read_files


@pytest.fixture
def verdict(read, catalogue, make_fact):
    """The verdict on one printed figure, given the facts by key."""

    def verdict_of(fact: str, stated: str, values: dict, unit: str = "lượt", acknowledged: str = "", **more):
        facts = {f.key: f for key, value in values.items() if (f := make_fact(key, value, unit, **more))}
        claims = read(HEADER + f'c,Phụ lục,text,{fact},"{stated}","{acknowledged}",lý do\n')
        (found,) = judge(claims, catalogue, facts, "2022-2024")
        return found

    return verdict_of


def swim(nhat=None, nhi=None, ba=None, kk=None) -> dict:
    return {"boi.nhat": nhat, "boi.nhi": nhi, "boi.ba": ba, "boi.kk": kk}


# -- reading -----------------------------------------------------------------------------------------------------


def test_the_drafts_claims_are_read_with_their_lines(root):
    claims = {claim.id: claim for claim in read_claims(root)}
    money = claims["noi-dung-huy-dong"]
    assert (money.stated, money.fact, money.acknowledged) == ("7,082,643,000", "huy-dong", "7.081.643.000")
    first = claims["noi-dung-nhan-su"]
    assert (first.file, first.line, first.where) == ("data/claims/2024-10-12.csv", 2, "Phần thứ nhất, mở đầu")


def test_a_file_saved_by_excel_and_several_files_are_read_in_order(read):
    bom = b"\xef\xbb\xbf" + (HEADER + ROW).replace("\n", "\r\n").encode()
    assert [(c.id, c.line) for c in read(bom, HEADER + ROW.replace("19", "20"))] == [("bang-19", 2), ("bang-20", 2)]


def test_a_project_without_claims_has_none(tmp_path):
    assert read_claims(tmp_path) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "its first line is not the header"),
        ("id;where;text\n", "its first line is not the header"),
        (HEADER + "bang-19,Phụ lục, dòng 19,17 giải,boi,17,,\n", "line 2: has not 7 fields"),
        (HEADER + "bang-19,Phụ lục\n", "line 2: has not 7 fields"),
        (HEADER + ROW + ROW, "line 3: the id “bang-19” stands in data/claims/1.csv, line 2 too"),
        (HEADER.encode() + "Phụ lục".encode("utf-16"), "cannot be read"),
        (HEADER + 'bang-19,"Phụ lục', "cannot be read"),
        (HEADER + ROW.replace("17,,", "17,18,"), "line 2: is acknowledged without a reason"),
        (HEADER + ROW.replace("17,,", "17,18,  "), "line 2: is acknowledged without a reason"),
    ],
)
def test_an_unusable_file_is_refused_by_its_line(read, content, said):
    with pytest.raises(Refused, match=said) as refused:
        read(content)
    assert refused.value.problems[0].file == "data/claims/1.csv"


def test_the_faults_of_all_files_are_listed_together(read):
    with pytest.raises(Refused) as refused:
        read("", HEADER + ROW + ROW)
    assert [problem.file for problem in refused.value.problems] == ["data/claims/1.csv", "data/claims/2.csv"]


# -- judging -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "value", "contradicted"),
    [
        ("2105", 2105, False),
        ("2.105", 2105, False),
        ("2,105", 2105, False),
        ("03", 3, False),
        ("39", 38, True),
        ("7,082,643,000", 7_081_643_000, True),
        ("7,081,643,000", 7_081_643_000, False),
        ("3.182.643", 3_181_643_000, True),
        ("0", 0, False),
    ],
)
def test_a_figure_is_compared_by_its_value_in_any_notation(verdict, stated, value, contradicted):
    assert verdict("huy-dong", stated, {"huy-dong": value}).contradicted is contradicted


def test_a_round_thousand_is_compared_too(verdict):
    assert not verdict("huy-dong", "600.000", {"huy-dong": 600_000}).contradicted


@pytest.mark.parametrize(
    ("fact", "stated", "value", "contradicted"),
    [
        ("dat-chuan", "100%", 100, False),
        ("dat-chuan", "99,8 %", 99.8, False),
        ("dat-chuan", "98%", 96, True),
        ("hs.chi-tieu@2024-2027", "60-65%", [60, 65], False),
        ("hs.chi-tieu@2024-2027", "60-70%", [60, 65], True),
        ("hs.chi-tieu@2024-2027", "60%", [60, 65], True),
    ],
)
def test_percentages_and_ranges_are_compared(verdict, fact, stated, value, contradicted):
    assert verdict(fact, stated, {fact: value}, "%").contradicted is contradicted


@pytest.mark.parametrize("stated", ["39,6%", "39,58%"])
def test_a_rate_that_was_rounded_rightly_is_not_contradicted(verdict, stated):
    found = verdict("xep-loai.ty-le-htsx", stated, {"xep-loai.ty-le-htsx": 100 * 19 / 48}, "%", text="39,6%")
    assert not found.contradicted


def test_a_rate_that_was_rounded_wrongly_is_contradicted(verdict):
    assert verdict(
        "xep-loai.ty-le-htsx", "39,5%", {"xep-loai.ty-le-htsx": 100 * 19 / 48}, "%", text="39,6%"
    ).contradicted


@pytest.mark.parametrize(
    ("stated", "values", "contradicted", "data"),
    [
        ("4 nhất, 7 nhì, 2 ba, 2KK", swim(4, 7, 4, 2), True, "4 nhất, 7 nhì, 4 ba, 2 KK"),
        ("4 nhất, 7 nhì, 4 ba, 2KK", swim(4, 7, 4, 2), False, "4 nhất, 7 nhì, 4 ba, 2 KK"),
        ("Nhất", swim(3), True, "3 nhất"),
        ("3 nhất", swim(3), False, "3 nhất"),
        ("3 nhất", swim(3, 0, None, 0), False, "3 nhất"),
        ("2 nhất, 3 nhì, 4 KK", swim(2, 3, 2, 4), True, "2 nhất, 3 nhì, 2 ba, 4 KK"),
    ],
)
def test_prizes_are_compared_part_by_part_and_a_part_that_is_not_printed_claims_none(
    verdict, stated, values, contradicted, data
):
    found = verdict("boi", stated, values)
    assert (found.contradicted, found.data) == (contradicted, data)
    assert found.keys == tuple(f"{key}@2022-2024" for key in values)


@pytest.mark.parametrize(
    ("stated", "contradicted"),
    [("5tỉnh 24 huyện Trường 36", False), ("Tỉnh 5, Huyện 24", True), ("Tỉnh 5 Huyện 24 Trường 37", True)],
)
def test_levels_are_compared_part_by_part(verdict, stated, contradicted):
    assert verdict("ioe", stated, {"ioe.tinh": 5, "ioe.huyen": 24, "ioe.truong": 36}).contradicted is contradicted


def test_a_text_is_compared_as_it_stands(verdict):
    assert not verdict("chi-bo.chi-tieu@2024-2027", "đạt", {"chi-bo.chi-tieu@2024-2027": "đạt"}).contradicted


def test_a_figure_for_what_has_no_value_is_contradicted(verdict):
    found = verdict("ket-nap-dang@2021-2022", "4", {"ket-nap-dang@2021-2022": None})
    assert (found.contradicted, found.data) == (True, "–")


@pytest.mark.parametrize("status", [MISSING, NOT_HELD])
def test_a_printed_zero_is_contradicted_by_a_blank_and_by_what_was_not_held(verdict, status):
    assert verdict("ket-nap-dang", "0", {"ket-nap-dang": None}, status=status).contradicted
    assert not verdict("ket-nap-dang", "0", {"ket-nap-dang": 0}).contradicted


def test_a_printed_zero_of_prizes_is_contradicted_by_a_blank_and_by_what_was_not_held(read, catalogue, make_fact):
    claims = read(HEADER + "c,Phụ lục,text,boi,0,,\n")
    for values, contradicted in ((swim(0, 0, 0, 0), False), (swim(), True), (swim(0, 0, 0), True)):
        facts = {fact.key: fact for key, value in values.items() if (fact := make_fact(key, value))}
        assert judge(claims, catalogue, facts, "2022-2024")[0].contradicted is contradicted
    facts = {fact.key: fact for key in swim() if (fact := make_fact(key, None, status=NOT_HELD))}
    assert judge(claims, catalogue, facts, "2022-2024")[0].contradicted


def test_a_part_printed_as_zero_is_contradicted_where_nobody_stated_it(verdict):
    assert verdict("boi", "3 nhất, 0 ba", swim(3)).contradicted
    assert not verdict("boi", "3 nhất, 0 ba", swim(3, None, 0)).contradicted


def test_not_held_is_not_contradicted_where_the_data_say_so_too(verdict):
    values = {"trang-nguyen-toan-tai.quoc-gia": None, "trang-nguyen-toan-tai.truong": None}
    assert not verdict("trang-nguyen-toan-tai", "Không tổ chức", values, status=NOT_HELD).contradicted


@pytest.mark.parametrize(
    ("stated", "acknowledged", "expected"),
    [
        ("2", "5", (True, True, False)),
        ("2", "", (True, False, False)),
        ("2", "4", (True, False, False)),  # the data have changed since: the acknowledgement no longer counts
        ("5", "5", (False, False, True)),
        ("5", "", (False, False, False)),
    ],
)
def test_an_acknowledgement_holds_for_one_value_of_the_data(verdict, stated, acknowledged, expected):
    found = verdict("gv-gioi-tinh", stated, {"gv-gioi-tinh": 5}, acknowledged=acknowledged)
    assert (found.contradicted, found.acknowledged, found.needless) == expected


@pytest.mark.parametrize(
    ("fact", "stated", "unit", "said"),
    [
        ("huy-dog", "5", "đồng", "there is no fact “huy-dog”"),
        ("Huy động", "5", "đồng", "is not a key"),
        ("huy-dong", "năm", "đồng", "is no number"),
        ("huy-dong", "5%", "đồng", "must be written like the fact, 5"),
        ("huy-dong", "5", "%", "must be written like the fact, 5%"),
        ("huy-dong", "1,5", "đồng", "is not a whole number"),
    ],
)
def test_a_claim_that_cannot_be_judged_is_refused_by_its_line(verdict, fact, stated, unit, said):
    with pytest.raises(Refused, match=f"line 2.*{said}"):
        verdict(fact, stated, {"huy-dong": 5}, unit)
