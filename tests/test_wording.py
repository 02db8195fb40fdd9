"""The words and numbers in which a figure states its fact; and that a word goes stale like a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.wording import Form, Unstatable, Wording, number_in_words

YEARS = ["2021-2022", "2022-2023", "2023-2024"]


@pytest.fixture
def wording(make_fact) -> Wording:
    pupils, rates = [676, 736, 693], [39.583333, 30.612245, 16.0]
    facts = [make_fact("hs-xuat-sac", 2105), make_fact("huy-dong", 7_081_643_000, "đồng")]
    facts += [make_fact(f"hs-xuat-sac@{year}", value) for year, value in zip(YEARS, pupils, strict=True)]
    facts += [make_fact(f"xep-loai.ty-le-htsx@{year}", v, "%") for year, v in zip(YEARS, rates, strict=True)]
    facts += [make_fact("ket-nap-dang@2021-2022", None), make_fact("ket-nap-dang@2022-2023", 5)]
    return Wording({fact.key: fact for fact in facts}, YEARS)


@pytest.mark.parametrize(
    ("key", "form", "text"),
    [
        ("hs-xuat-sac@2022-2024", Form(), "2.105"),
        ("hs-xuat-sac@2022-2023", Form("trend"), "tăng"),
        ("hs-xuat-sac@2023-2024", Form("trend"), "giảm"),
        ("hs-xuat-sac@2023-2024", Form("trend", "2021-2022"), "tăng"),
        ("hs-xuat-sac@2022-2024", Form("trend"), "tăng"),
        ("hs-xuat-sac@2023-2024", Form("trend", "2021-2022", "17"), "giữ nguyên"),
        ("hs-xuat-sac@2023-2024", Form("trend", "2021-2022", "16"), "tăng"),
        ("hs-xuat-sac@2023-2024", Form("trend", "", "10%"), "giữ nguyên"),
        ("hs-xuat-sac@2022-2023", Form("difference"), "60"),
        ("hs-xuat-sac@2023-2024", Form("difference"), "43"),
        ("hs-xuat-sac@2022-2024", Form("difference"), "17"),
        ("hs-xuat-sac@2022-2024", Form("list"), "676, 736 và 693"),
        ("huy-dong@2022-2024", Form("words"), "bảy tỷ không trăm tám mươi mốt triệu sáu trăm bốn mươi ba nghìn đồng"),
        ("hs-xuat-sac@2021-2022", Form("words"), "sáu trăm bảy mươi sáu"),
    ],
)
def test_a_fact_is_stated_in_the_form_asked_for(wording, key, form, text):
    assert wording.state(wording.facts[key], form) == text


def test_percentages_differ_by_percentage_points(wording):
    text = wording.state(wording.facts["xep-loai.ty-le-htsx@2023-2024"], Form("difference", "2021-2022"))
    assert text.endswith(" điểm phần trăm") and text.startswith("23,58")


@pytest.mark.parametrize(
    ("key", "form", "why"),
    [
        ("hs-xuat-sac@2021-2022", Form("trend"), "no earlier school year"),
        ("hs-xuat-sac@2022-2023", Form("trend", "2023-2024"), "no earlier school year"),
        ("hs-xuat-sac@2022-2023", Form("trend", "2020-2021"), "has no value for 2020-2021"),
        ("hs-xuat-sac@2022-2023", Form("trend", "", "ít"), "is no number"),
        ("ket-nap-dang@2022-2023", Form("trend"), "has no number for 2021-2022"),
        ("huy-dong@2022-2024", Form("list"), "by school year"),
        ("huy-dong@2022-2024", Form("percent"), "no percentage"),
        ("xep-loai.ty-le-htsx@2021-2022", Form("words"), "whole number"),
        ("huy-dong@2022-2024", Form("roman"), "there is no form “as=roman”"),
        ("huy-dong@2022-2024", Form("words", "2021-2022"), "do not go with"),
    ],
)
def test_what_cannot_be_stated_says_why(wording, key, form, why):
    with pytest.raises(Unstatable, match=why):
        wording.state(wording.facts[key], form)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (105, "một trăm linh năm"),
        (1_005, "một nghìn không trăm linh năm"),
        (1_010, "một nghìn không trăm mười"),
        (45_000_000, "bốn mươi lăm triệu"),
        (1_000_000_001, "một tỷ không trăm linh một"),
        (1_306_107_000, "một tỷ ba trăm linh sáu triệu một trăm linh bảy nghìn"),
        (2_000_000_000_000, "hai nghìn tỷ"),
        (-5, "âm năm"),
    ],
)
def test_numbers_in_words(number, words):
    assert number_in_words(number) == words


DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
READ = {name: value for value, name in enumerate(DIGITS)} | {"mốt": 1, "lăm": 5}


def read_back(words: str) -> int:
    """The number that the words say, read from left to right."""
    total, group = 0, 0
    billions = 0
    for word in words.split():
        if word in READ:
            group += READ[word]
        elif word == "mười":
            group += 10
        elif word == "mươi":
            tens = group % 10
            group += tens * 9
        elif word == "trăm":
            group *= 100
        elif word == "linh":
            pass
        elif word == "tỷ":
            billions, total, group = total + group, 0, 0
        else:
            total, group = total + group * {"nghìn": 10**3, "triệu": 10**6}[word], 0
    return billions * 10**9 + total + group


@given(st.integers(0, 10**12))
def test_numbers_in_words_say_what_they_were_made_of(number):
    assert read_back(number_in_words(number)) == number


def test_a_comparison_is_proved_by_the_two_numbers_it_compares(wording):
    year = wording.facts["hs-xuat-sac@2023-2024"]
    assert wording.proof(year, Form("difference")) == ("2023-2024 so với 2022-2023", "693 − 736 = −43")
    assert wording.proof(year, Form("trend", "2021-2022")) == ("2023-2024 so với 2021-2022", "693 − 676 = 17")
    assert wording.proof(year, Form()) is None
    assert [fact.period for fact in wording.inputs(year, Form("trend"))] == ["2022-2023", "2023-2024"]
