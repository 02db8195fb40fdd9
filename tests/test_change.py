"""What changed since the last approval: facts and why, sentences before and after, and the page that shows it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from kiemso.change import compare
from kiemso.changelog import write_changes
from kiemso.evidence import read_evidence
from kiemso.manuscript import read_manuscript
from kiemso.problem import Refused
from kiemso.source import Source

from .test_approval import CSV, NOTEBOOK, Draft, draft_project  # noqa: F401 (a fixture: “draft”)

CELL = "data/raw/2022-2024/so-lieu.xlsx!Số liệu!C7"


def changes(draft: Draft):
    manuscript = read_manuscript(draft.folder)
    return compare(read_evidence(draft.folder, manuscript.term), manuscript)


def page(draft: Draft) -> BeautifulSoup:
    manuscript = read_manuscript(draft.folder)
    path = write_changes(read_evidence(draft.folder, manuscript.term), manuscript, draft.folder / "_output")
    assert path == draft.folder / "_output/audit/changes.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@pytest.fixture
def approved(draft, root, monkeypatch) -> Draft:
    monkeypatch.setattr("kiemso.change.outdated_steps", lambda evidence: [])
    draft.write("_extensions/kiemso/kiemso.css", "")
    draft.approve()
    return draft


def restate(draft: Draft, value: int, cell: str = "") -> None:
    """The year's raw cell says something else, and so do the facts."""
    year, total = draft.facts
    source = year.sources[0]._replace(text=cell or str(value))
    year = replace(year, value=value, text=str(value), sources=[source])
    total = replace(total, value=4 + value, text=str(4 + value), sources=[source])
    draft.write_facts([year, total])


def test_nothing_approved_is_said_and_is_no_error(draft):
    found = changes(draft)
    assert (found.approved, found.facts, found.files) == (None, [], [])
    assert "has not been approved yet" in found.summary and found.as_dict()["approved"] is None
    draft.write("_extensions/kiemso/kiemso.css", "")
    assert "chưa được duyệt lần nào" in page(draft).main.get_text()


def test_nothing_changed(approved):
    found = changes(approved)
    assert found.same and found.summary.endswith("by Nguyễn Văn A, 2024-10-12: nothing changed.")
    assert not any((found.facts, found.cells, found.calculations, found.entries, found.files, found.sentences))


def test_a_changed_cell_is_named_with_its_facts_and_the_sentence_before_and_after(approved):
    restate(approved, 3)
    found = changes(approved)
    assert [(f.key, f.before, f.after, f.difference) for f in found.facts] == [
        ("gv-gioi-tinh@2021-2022", "1 lượt", "3 lượt", "+2"),
        ("gv-gioi-tinh", "5 lượt", "7 lượt", "+2"),
    ]
    assert [fact.reasons for fact in found.facts] == [[f"{CELL}: “1” → “3”"]] * 2
    (sentence,) = found.sentences
    assert (sentence.line, sentence.before, sentence.after) == (
        5,
        "Có 5 lượt, năm đầu 1 lượt.",
        "Có 7 lượt, năm đầu 3 lượt.",
    )
    # The figures as they are written play no part: updating them changes nothing.
    approved.replace("report.qmd", "[5]", "[7]")
    assert changes(approved).sentences == [sentence]


@pytest.mark.parametrize(("value", "difference"), [(0, "−1"), (1_001, "+1.000")])
def test_a_difference_has_its_sign(approved, value, difference):
    restate(approved, value)
    assert {fact.difference for fact in changes(approved).facts} == {difference}


def test_a_percentage_differs_by_points_and_what_has_no_number_by_nothing(draft, make_fact, monkeypatch):
    monkeypatch.setattr("kiemso.change.outdated_steps", lambda evidence: [])
    at = {"notebook": NOTEBOOK, "cell": "years"}
    was = [make_fact("dat-chuan", 99.5, "%", **at), make_fact("khien-trach", 2, **at), make_fact("cu-tru", 1 / 3, **at)]
    now = [
        make_fact("dat-chuan", 99, "%", **at),
        make_fact("khien-trach", None, **at),
        make_fact("cu-tru", 0.3333, **at),
    ]
    draft.write_report("Có [99,5%]{fact=dat-chuan}.\n")
    draft.write_facts([*was[:2], replace(was[2], text="0,3")])
    draft.approve()
    draft.write_facts([*now[:2], replace(now[2], text="0,3")])
    said = [(fact.before, fact.after, fact.difference) for fact in changes(draft).facts]
    assert said[:2] == [("99,5%", "99%", "−0,5 điểm phần trăm"), ("2 lượt", "–", "")]
    assert said[2][2] == "−0,000033"  # what rounding hides is written out


@pytest.mark.parametrize("change", [{"text": "5,0"}, {"bound": ">"}, {"unit": "giải"}, {"status": "missing"}])
def test_the_same_value_stated_otherwise_is_a_change(approved, change):
    year, total = approved.facts
    approved.write_facts([year, replace(total, **change)])
    assert [fact.key for fact in changes(approved).facts] == ["gv-gioi-tinh"]


def test_a_calculation_that_changed_no_value_is_named_and_is_no_changed_fact(approved):
    approved.write_cells(total="facts().sum(min_count=1)", years="quote()")
    found = changes(approved)
    assert (found.facts, found.sentences, found.files) == ([], [], [f"notebooks/{NOTEBOOK}"])
    assert [(one.notebook, one.cell, one.keys) for one in found.calculations] == [
        (NOTEBOOK, "total", ("gv-gioi-tinh",))
    ]
    assert not found.same


def test_the_code_of_an_input_is_a_reason_too(approved):
    approved.write_cells(total="facts().sum()", years="quote() * 3")
    restate(approved, 3, cell="1")
    (year, total) = changes(approved).facts
    assert year.reasons == total.reasons == [f"{NOTEBOOK}, cell “years”"]


def test_an_entry_of_the_catalogue_and_one_of_the_targets_are_named(approved, make_fact):
    approved.replace("data/indicators.yml", "label: Giáo viên dạy giỏi cấp tỉnh", "label: Giáo viên giỏi cấp tỉnh")
    assert changes(approved).entries == ["gv-gioi-tinh"]
    restate(approved, 2)
    assert "data/indicators.yml: gv-gioi-tinh" in changes(approved).facts[0].reasons


def test_a_correction_is_a_reason_of_its_own(approved):
    year, total = approved.facts
    source = year.sources[0]._replace(corrected="2")
    approved.write_facts([replace(year, value=2, text="2", sources=[source]), replace(total, sources=[source])])
    found = changes(approved)
    assert [cell.told for cell in found.cells] == [f"{CELL}: corrected “1” → “2”"]
    assert [(fact.key, fact.reasons) for fact in found.facts] == [
        ("gv-gioi-tinh@2021-2022", [f"{CELL}: corrected “1” → “2”"])
    ]
    assert "đính chính “1” → “2”" in page(approved).main.get_text()


def test_a_moved_cell_is_seen_at_both_places(approved):
    year, total = approved.facts
    moved = [year.sources[0]._replace(cell="C8")]
    approved.write_facts([replace(year, sources=moved), replace(total, sources=moved)])
    found = changes(approved)
    assert sorted(cell.told for cell in found.cells) == [f"{CELL}: “1” → (nothing)", f"{CELL[:-1]}8: (nothing) → “1”"]
    assert found.facts == []


def test_new_and_vanished_facts_and_the_sentences_that_state_them(approved, make_fact):
    total = approved.facts[1]
    new = make_fact("khien-trach", 2, notebook=NOTEBOOK, cell="years")
    approved.write_facts([total, new])
    approved.write_report(
        "Năm đầu [1]{fact=gv-gioi-tinh@2021-2022}.\nCó [2]{fact=khien-trach} và [1]{fact=nham-lan}.\n"
    )
    found = changes(approved)
    assert [(fact.key, fact.before, fact.after) for fact in found.facts] == [
        ("khien-trach", None, "2 lượt"),
        ("gv-gioi-tinh@2021-2022", "1 lượt", None),
    ]
    assert [(s.before, s.after) for s in found.sentences] == [
        ("Năm đầu 1.", "Năm đầu (không còn)."),
        ("Có (chưa có) và 1.", "Có 2 và 1."),
    ]


@pytest.mark.parametrize(
    ("line", "before"),
    [
        (
            "- **[5]{fact=gv-gioi-tinh} lượt** ở [mục A](#a), bậc [4]{waiver='bậc'}. <!-- [1]{fact=x} -->",
            "5 lượt ở mục A, bậc 4.",
        ),
        ("## [5]{fact=gv-gioi-tinh as=words} lượt", "năm lượt"),
        ("> Gồm [*Năm*]{fact=gv-gioi-tinh as=words} lượt", "Gồm Năm lượt"),
        ("Dòng trước.\n  Có [5]{fact=gv-gioi-tinh}\r\nDòng sau.", "Có 5"),
    ],
)
def test_a_sentence_is_readable_text(approved, line, before):
    approved.write_report(line + "\n")
    restate(approved, 3)
    assert [sentence.before for sentence in changes(approved).sentences] == [before]


def test_a_word_that_states_two_facts_changes_with_either(draft, make_fact, monkeypatch):
    monkeypatch.setattr("kiemso.change.outdated_steps", lambda evidence: [])
    at = {"notebook": NOTEBOOK, "cell": "years"}
    years = [make_fact(f"skkn@{year}", value, **at) for year, value in (("2021-2022", 5), ("2022-2023", 7))]
    draft.write_facts(years)
    draft.write_report("Số sáng kiến [tăng]{fact=skkn@2022-2023 as=trend}.\n")
    draft.approve()
    draft.write_facts([replace(years[0], value=9, text="9"), years[1]])
    (sentence,) = changes(draft).sentences
    assert (sentence.before, sentence.after) == ("Số sáng kiến tăng.", "Số sáng kiến giảm.")


def test_edited_approved_facts_are_refused(approved):
    approved.replace(CSV, "gv-gioi-tinh@2022-2024,5", "gv-gioi-tinh@2022-2024,4")
    with pytest.raises(Refused, match="is not what was approved"):
        changes(approved)


def test_outdated_notebooks_are_named_with_the_changes(approved, monkeypatch):
    monkeypatch.setattr("kiemso.change.outdated_steps", lambda evidence: ["1-clean-year 2021-2022"])
    assert changes(approved).outdated == ["1-clean-year 2021-2022"]


# -- the page ------------------------------------------------------------------------------------------------------


def test_the_page_shows_it_in_vietnamese_with_links(approved):
    restate(approved, 3)
    html = page(approved)
    assert "So với bản Nguyễn Văn A duyệt ngày 12/10/2024: 2 dữ kiện, 1 câu" in html.main.get_text()
    assert [(one.name, one.get_text()) for one in html.select(".expression del, .expression ins")] == [
        ("del", "5"),
        ("ins", "7"),
        ("del", "1"),
        ("ins", "3"),
    ]
    links = [link["href"] for link in html.main.select("a")]
    assert "../report.html#fact=gv-gioi-tinh@2021-2022" in links
    assert "raw/2022-2024/so-lieu.xlsx.html#S%E1%BB%91%20li%E1%BB%87u!C7" in links
    approved.write_cells(total="facts().sum() ", years="quote()")
    assert "2022-2024/3-summarise-term.html#total" in [link["href"] for link in page(approved).main.select("a")]


def test_the_page_is_the_same_every_time_and_asks_for_nothing(approved):
    restate(approved, 3)
    first = str(page(approved))
    assert first == str(page(approved))
    assert "http:" not in first and "https:" not in first and "<link" not in first


def test_what_a_workbook_says_shows_as_text(approved):
    evil = "<script>alert(1)</script>"
    year, total = approved.facts
    sources = [Source(year.sources[0].file, "Số liệu", "C7", evil)]
    year = replace(year, value=evil, text=evil, label=evil, sources=sources)
    approved.write_facts([year, replace(total, sources=sources)])
    html = page(approved)
    assert len(html.find_all("script")) == 1
    assert html.main.get_text().count(evil) >= 4


def test_records_that_came_to_a_list_are_one_change_of_it(approved):
    year, total = approved.facts
    file, sheet, *_ = year.sources[0]

    def count(cells: str, text: str, value: int) -> None:
        source = Source(file, sheet, cells, text)
        one = replace(year, value=value, text=str(value), sources=[source])
        approved.write_facts([one, replace(total, value=4 + value, text=str(4 + value), sources=[source])])

    count("D7", "1 dòng", 1)
    approved.approve()
    count("D7, D9:D10", "3 dòng", 3)
    found = changes(approved)
    assert [fact.reasons for fact in found.facts] == [[f"{file}!{sheet}!D7, D9:D10: “1 dòng” → “3 dòng”"]] * 2
    links = [link["href"] for link in page(approved).main.select("a")]
    assert "raw/2022-2024/so-lieu.xlsx.html#S%E1%BB%91%20li%E1%BB%87u!D7" in links
