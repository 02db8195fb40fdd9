"""Recording: a fact checks itself before it is taken in."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pandas as pd
import pytest
import yaml
from kiemso import calculation
from kiemso.fact import facts_json
from kiemso.observation import MISSING, NOT_HELD, OBSERVED
from kiemso.problem import Refused
from kiemso.recorder import Recorder, open_recorder, open_targets
from kiemso.source import Source
from kiemso.term import read_targets, read_terms

YEARS = ["2021-2022", "2022-2023", "2023-2024"]


@pytest.fixture
def recorder(root, catalogue) -> Recorder:
    return Recorder(root, "2022-2024", catalogue, read_terms(root))


@pytest.fixture
def know(recorder, make_fact):
    """Facts that were recorded before, by key and value, all with one bound if any."""

    def add(values: dict, bound: str = "") -> None:
        for key, value in values.items():
            fact = make_fact(key, value, bound=bound)
            recorder.known[fact.key] = fact

    return add


def observation(
    key: str, value, text: str, status: str = OBSERVED, bound: str = "", corrected: str = ""
) -> SimpleNamespace:
    place = {"file": "data/raw/2021-2022/a.xlsx", "sheet": "Kết quả", "cell": "C7", "corrected": corrected}
    blank = {"original": "", "further": "", "note": ""}
    return SimpleNamespace(key=key, value=value, text=text, status=status, bound=bound, **blank, **place)


def test_an_observation_is_quoted_as_it_is(recorder):
    fact = recorder.quote(observation("ban-ghe", 600.0, "hơn 600 bộ", bound=">"))
    assert (fact.key, fact.value, fact.text, fact.unit, fact.bound) == ("ban-ghe@2022-2024", 600, "600", "bộ", ">")
    assert (fact.formula, fact.expression, fact.inputs) == ("quoted", "", [])
    assert [str(source) for source in fact.sources] == ["data/raw/2021-2022/a.xlsx › Kết quả › C7 “hơn 600 bộ”"]


def test_a_corrected_observation_keeps_the_text_that_stood_there_and_the_correction(recorder):
    fact = recorder.quote(observation("gv-gioi-tinh@2021-2022", 2, "1", corrected="2"))
    assert (fact.value, fact.text) == (2, "2")
    assert fact.sources == [Source("data/raw/2021-2022/a.xlsx", "Kết quả", "C7", "1", "2")]
    assert str(fact.sources[0]) == "data/raw/2021-2022/a.xlsx › Kết quả › C7 “1”, đính chính thành “2”"
    assert fact.sources[0].told == "data/raw/2021-2022/a.xlsx › Kết quả › C7 “1”, corrected to “2”"


@pytest.mark.parametrize(("status", "text"), [(MISSING, "–"), (NOT_HELD, "Không tổ chức")])
def test_an_observation_without_a_value_is_a_fact_without_a_value(recorder, status, text):
    fact = recorder.quote(observation("boi.ba@2021-2022", float("nan"), "", status))
    assert (fact.value, fact.status, fact.text) == (None, status, text)


def test_a_sum_over_the_years_is_recorded_with_its_formula_and_sources(recorder, know):
    know({f"gv-gioi-tinh@{year}": count for year, count in zip(YEARS, (1, 2, 2), strict=True)})
    by_year = pd.Series([1, 2, 2], index=YEARS, name="gv-gioi-tinh", dtype="Int64")
    fact = recorder.compute("gv-gioi-tinh", by_year.sum(), "sum", by_year)
    assert (fact.key, fact.value, fact.expression) == ("gv-gioi-tinh@2022-2024", 5, "1 + 2 + 2 = 5")
    assert fact.inputs == [f"gv-gioi-tinh@{year}" for year in YEARS]
    assert (fact.label, fact.names) == ("Giáo viên dạy giỏi cấp tỉnh", [])


def test_a_rate_is_recorded_with_named_inputs(recorder, know):
    know({"xep-loai.htsx": 19, "xep-loai": 48})
    inputs = {"htsx": "xep-loai.htsx", "rated": "xep-loai"}
    fact = recorder.compute("xep-loai.ty-le-htsx", 100 * 19 / 48, "100 * htsx / rated", inputs)
    assert (fact.text, fact.expression) == ("39,6%", "100 × 19 / 48 ≈ 39,6%")
    assert (fact.names, fact.inputs) == (["htsx", "rated"], ["xep-loai.htsx@2022-2024", "xep-loai@2022-2024"])


@pytest.mark.parametrize("value", [4, 6, 5.001, None, pd.NA, float("nan")])
def test_a_value_that_the_formula_does_not_give_is_refused(recorder, know, value):
    know({"boi.nhat": 4, "boi.nhi": 1})
    with pytest.raises(Refused, match=r"“boi@2022-2024”, but “sum” over .* gives 5"):
        recorder.compute("boi", value, "sum", ["boi.nhat", "boi.nhi"])


def test_a_share_of_nothing_has_no_value(recorder, know):
    know({"xep-loai.htsx": 0, "xep-loai": 0})
    fact = recorder.compute(
        "xep-loai.ty-le-htsx", pd.NA, "100 * htsx / rated", {"htsx": "xep-loai.htsx", "rated": "xep-loai"}
    )
    assert (fact.value, fact.text, fact.expression) == (None, "–", "")


def test_a_rounded_value_is_not_what_the_formula_gives(recorder, know):
    know({"gv-gioi-tinh": 5, "nam-hoc": 3})
    with pytest.raises(Refused):
        recorder.compute("gv-gioi-tinh.binh-quan", 1.7, "t / n", {"t": "gv-gioi-tinh", "n": "nam-hoc"})


def test_a_sum_leaves_out_what_is_missing_and_says_so(recorder, know):
    know({f"ket-nap-dang@{year}": count for year, count in zip(YEARS, (None, 5, 4), strict=True)})
    fact = recorder.compute("ket-nap-dang", 9, "sum", [f"ket-nap-dang@{year}" for year in YEARS])
    assert (fact.value, fact.expression) == (9, "5 + 4 = 9")
    assert fact.note == "Không cộng: 2021-2022 (chưa có số liệu)"


def test_a_sum_of_which_nothing_is_known_is_missing_and_not_zero(recorder, know):
    know({"ioe.tinh@2021-2022": None, "ioe.tinh@2022-2023": None})
    keys = ["ioe.tinh@2021-2022", "ioe.tinh@2022-2023"]
    fact = recorder.compute("ioe.tinh", pd.NA, "sum", keys)
    assert (fact.value, fact.status, fact.text, fact.note) == (None, MISSING, "–", "")
    with pytest.raises(Refused):
        recorder.compute("ioe.tinh", 0, "sum", keys)


def test_a_rate_of_which_an_input_is_blank_is_missing(recorder, know):
    know({"xep-loai.htsx": None, "xep-loai": 48})
    inputs = {"htsx": "xep-loai.htsx", "rated": "xep-loai"}
    fact = recorder.compute("xep-loai.ty-le-htsx", pd.NA, "100 * htsx / rated", inputs)
    assert (fact.value, fact.status, fact.expression) == (None, MISSING, "")


def test_a_rate_without_all_its_inputs_cannot_have_a_value(recorder, know):
    know({"xep-loai.htsx": None, "xep-loai": 48})
    with pytest.raises(Refused):
        recorder.compute("xep-loai.ty-le-htsx", 0, "100 * h / r", {"h": "xep-loai.htsx", "r": "xep-loai"})


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("gv-gioi-tnh", "Did you mean “gv-gioi-tinh”"),
        ("boi.bach-kim", "there is no part “bach-kim”"),
        ("Bơi", "is not a key"),
    ],
)
def test_a_key_that_the_catalogue_does_not_know_is_refused(recorder, key, said):
    with pytest.raises(Refused, match=said):
        recorder.key(key)


def test_a_fact_that_was_not_recorded_before_is_refused(recorder, know):
    know({"boi.nhat": 4})
    assert recorder.fact("boi.nhat").value == 4
    with pytest.raises(Refused, match=r"“boi\.nhi@2022-2024” has not been recorded before this cell"):
        recorder.fact("boi.nhi")


def test_a_fact_is_recorded_once(recorder, make_fact):
    fact = recorder.add(make_fact("boi", 17))
    assert recorder.fact("boi") is fact
    with pytest.raises(Refused, match="recorded twice"):
        recorder.add(make_fact("boi", 17))


PARTS = {"xep-loai.htsx": 19, "xep-loai.htt": 21, "xep-loai.ht": 0, "xep-loai.kht": 4, "xep-loai.chua": 4}


@pytest.mark.parametrize("last", ["xep-loai", *PARTS])
def test_parts_that_add_up_to_their_whole_are_good_in_any_order(recorder, know, last):
    know(PARTS | {"xep-loai": 48})
    recorder.check_whole(recorder.fact(last))


@pytest.mark.parametrize("last", ["xep-loai", *PARTS])
def test_parts_that_do_not_add_up_are_refused_with_the_cell_of_the_whole(recorder, know, last):
    know(PARTS | {"xep-loai": 49})
    with pytest.raises(Refused, match=r"is 49, but its parts 19 \+ 21 \+ 0 \+ 4 \+ 4 make 48") as refused:
        recorder.check_whole(recorder.fact(last))
    assert refused.value.problems[0].cell == "C7"


@pytest.mark.parametrize("unknown", ["xep-loai", "xep-loai.kht"])
def test_a_whole_is_not_checked_while_one_of_its_values_is_missing(recorder, know, unknown):
    know(PARTS | {"xep-loai": 49} | {unknown: None})
    recorder.check_whole(recorder.fact("xep-loai.htsx"))


@pytest.mark.parametrize("last", ["xep-loai", "xep-loai.htsx"])
def test_parts_beyond_their_whole_are_refused_even_where_one_is_missing(recorder, know, last):
    know(PARTS | {"xep-loai": 43, "xep-loai.kht": None})
    with pytest.raises(Refused, match=r"is 43, but its parts 19 \+ 21 \+ 0 \+ 4 make 44") as refused:
        recorder.check_whole(recorder.fact(last))
    assert refused.value.problems[0].cell == "C7"


def test_parts_that_fill_their_whole_leave_nothing_for_the_one_that_is_missing(recorder, know):
    know(PARTS | {"xep-loai": 44, "xep-loai.kht": None})
    recorder.check_whole(recorder.fact("xep-loai"))


def test_parts_that_were_not_recorded_yet_leave_room(recorder, know):
    know({"xep-loai": 48, "xep-loai.htsx": 19})
    recorder.check_whole(recorder.fact("xep-loai.htsx"))
    know({"xep-loai.htt": 30})
    recorder.check_whole(recorder.fact("xep-loai.htt"))  # the last one will tell
    know({"xep-loai.ht": None, "xep-loai.kht": None, "xep-loai.chua": None})
    with pytest.raises(Refused, match=r"19 \+ 30 make 49"):
        recorder.check_whole(recorder.fact("xep-loai.chua"))


def test_a_rate_is_no_part_of_the_whole(recorder, know):
    know(PARTS | {"xep-loai": 49, "xep-loai.ty-le-htsx": 39.6})
    recorder.check_whole(recorder.fact("xep-loai.ty-le-htsx"))


def test_parts_need_not_add_up_where_the_catalogue_does_not_say_so(recorder, know):
    know({"xep-loai-dang-vien": 30, "xep-loai-dang-vien.htsx": 7, "xep-loai-dang-vien.htt": 21})
    recorder.check_whole(recorder.fact("xep-loai-dang-vien"))


@pytest.mark.parametrize(
    ("code", "value", "text", "source"),
    [
        ("ket-nap-dang", [6, 8], "6-8", "6-8"),
        ("hs-len-lop", 99.8, "99,8%", "99,8"),
        ("chi-bo", "hoàn thành xuất sắc nhiệm vụ", "hoàn thành xuất sắc nhiệm vụ", "hoàn thành xuất sắc nhiệm vụ"),
    ],
)
def test_a_target_is_a_fact_of_the_next_term(root, recorder, code, value, text, source):
    fact = recorder.target(code, read_targets(root, "2024-2027")[code])
    assert (fact.key, fact.value, fact.text) == (f"{code}.chi-tieu@2024-2027", value, text)
    assert fact.sources == [Source("data/targets/2024-2027.yml", "", f"{code}.value", source)]


def test_every_target_names_its_place_in_its_file(root, recorder):
    content = yaml.safe_load((root / "data/targets/2024-2027.yml").read_text(encoding="utf-8"))
    for code, target in read_targets(root, "2024-2027").items():
        (source,) = recorder.target(code, target).sources
        name, _, entry = source.cell.rpartition(".")
        stated = content[name][entry]
        pieces = stated if isinstance(stated, list) else [stated]
        assert source.text == "-".join(str(piece).replace(".", ",") for piece in pieces)


def test_targets_are_recorded_with_the_keys_that_a_table_quotes(root, monkeypatch):
    monkeypatch.chdir(root / "notebooks")
    monkeypatch.setattr("kiemso.session._recorder", None)
    calculation.begin("2022-2024")
    goals = calculation.targets()
    for code, goal in goals.iterrows():
        recorded = calculation.fact(goal["key"])
        assert (goal["key"], recorded.label) == (f"{code}.chi-tieu@2024-2027", f"Chỉ tiêu: {goal['label']}")


# -- bounds ------------------------------------------------------------------------------------------------------


def test_a_sum_of_what_is_more_is_more(recorder, know):
    know({"boi.nhat": 4}, bound=">")
    know({"boi.nhi": 1})
    fact = recorder.compute("boi", 5, "sum", ["boi.nhat", "boi.nhi"])
    assert (fact.value, fact.bound) == (5, ">")


def test_a_sum_of_exact_values_has_no_bound(recorder, know):
    know({"boi.nhat": 4, "boi.nhi": 1})
    assert recorder.compute("boi", 5, "sum", ["boi.nhat", "boi.nhi"]).bound == ""


def test_a_value_that_a_sum_left_out_bounds_nothing(recorder, know):
    know({"boi.nhat": None}, bound=">")
    know({"boi.nhi": 1})
    assert recorder.compute("boi", 1, "sum", ["boi.nhat", "boi.nhi"]).bound == ""


def test_more_and_less_are_not_added_up(recorder, know):
    know({"boi.nhat": 4}, bound=">")
    know({"boi.nhi": 1}, bound="≤")
    with pytest.raises(Refused, match="“boi@2022-2024” would add “more than” to “less than”"):
        recorder.compute("boi", 5, "sum", ["boi.nhat", "boi.nhi"])


def test_any_other_formula_over_a_bounded_value_is_about(recorder, know):
    know({"gv-gioi-tinh": 6}, bound=">")
    know({"nam-hoc": 3})
    fact = recorder.compute("gv-gioi-tinh.binh-quan", 2, "t / n", {"t": "gv-gioi-tinh", "n": "nam-hoc"})
    assert fact.bound == "~"


def test_a_value_that_cannot_be_computed_has_no_bound(recorder, know):
    know({"xep-loai.htsx": None})
    know({"xep-loai": 48}, bound=">")
    inputs = {"htsx": "xep-loai.htsx", "rated": "xep-loai"}
    assert recorder.compute("xep-loai.ty-le-htsx", pd.NA, "100 * htsx / rated", inputs).bound == ""


# -- the term ----------------------------------------------------------------------------------------------------


def test_the_terms_file_states_the_number_of_school_years_and_the_last_year(recorder):
    years, last = recorder.term_facts()
    assert (years.key, years.value, last.key, last.text) == ("nam-hoc@2022-2024", 3, "nam-cuoi@2022-2024", "2024")
    source = "data/terms.yml › 2022-2024.school_years “2021-2022, 2022-2023, 2023-2024”"
    assert [str(place) for place in years.sources] == [source]


def test_the_recorder_of_a_term_knows_the_facts_of_its_school_years(root, tmp_path, make_fact):
    (tmp_path / "data").symlink_to(root / "data")
    for year, count in zip(YEARS[:2], (1, 2), strict=True):
        (tmp_path / "build" / year).mkdir(parents=True)
        facts = facts_json([make_fact(f"gv-gioi-tinh@{year}", count)])
        (tmp_path / "build" / year / "facts.json").write_text(facts, encoding="utf-8")
    term = open_recorder(tmp_path, "2022-2024")
    assert {key: fact.value for key, fact in term.known.items()} == {
        "gv-gioi-tinh@2021-2022": 1,
        "gv-gioi-tinh@2022-2023": 2,
    }
    assert "ket-nap-dang" in open_targets(term)
    year = open_recorder(tmp_path, "2021-2022")
    assert year.known == {} and year.term is None


def test_what_is_recorded_can_be_stored_as_json(recorder, know):
    know({"boi.nhat": 4})
    fact = recorder.compute("boi", pd.Series([4], dtype="Int64").sum(), "sum", ["boi.nhat"])
    assert json.loads(json.dumps(fact.as_dict()))["value"] == 4


@pytest.mark.parametrize("inputs", [{"a": "gv-gioi-tinh", "b": "nam-hoc", "c": "skkn"}, {"a": "gv-gioi-tinh"}])
def test_the_inputs_are_just_those_that_the_formula_names(recorder, know, inputs):
    know({"gv-gioi-tinh": 6, "nam-hoc": 3, "skkn": 1})
    with pytest.raises(Refused, match="uses a, b, but the inputs"):
        recorder.compute("gv-gioi-tinh.binh-quan", 2, "a / b", inputs)


def test_a_quoted_value_says_how_it_comes_from_the_number_in_the_cell(recorder):
    row = observation("tai-tro@2021-2022", 991_676_000, "991676")
    row.note = "991.676 × 1.000 (nghìn đồng)"
    assert recorder.quote(row).note == row.note
