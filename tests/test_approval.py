"""The approvals of a report: in turn, of one state, and readable only as they were written."""

from __future__ import annotations

import datetime
import json
import shutil
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.approval import combined, read_ledger, state, status
from kiemso.check import Findings, check_report
from kiemso.claim import COLUMNS
from kiemso.evidence import read_evidence
from kiemso.fact import facts_json
from kiemso.manuscript import read_manuscript
from kiemso.problem import Problem, Refused
from kiemso.release import _checks, approve, checklist
from kiemso.snapshot import read_snapshot, snapshot_text, take_snapshot
from kiemso.source import Source

DAY = datetime.date(2024, 10, 12)
NOTEBOOK = "3-summarise-term.ipynb"
BODY = "Có [5]{fact=gv-gioi-tinh} lượt, năm đầu [1]{fact=gv-gioi-tinh@2021-2022} lượt.\n"
YAML, CSV = "data/approved/2022-2024.yml", "data/approved/2022-2024.csv"


class Draft:
    """A small project whose notebooks are said to have run."""

    def __init__(self, folder: Path, root: Path, facts: list) -> None:
        self.folder = folder
        for name in ("data/indicators.yml", "data/terms.yml", "data/targets/2024-2027.yml"):
            self.write(name, (root / name).read_text(encoding="utf-8"))
        self.write("data/claims/du-thao.csv", ",".join(COLUMNS) + "\n")
        self.write("data/raw/2022-2024/so-lieu.xlsx", "raw")
        self.write_cells(total="facts().sum()", years="quote()")
        self.write("build/2022-2024/tables.json", json.dumps({"tables": {}, "charts": {}}))
        self.write_report(BODY)
        self.write_facts(facts)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    def write_report(self, body: str) -> None:
        self.write("report.qmd", f"---\nterm: 2022-2024\n---\n\n{body}")

    def write_cells(self, **codes: str) -> None:
        cells = [{"cell_type": "code", "id": name, "source": [code]} for name, code in codes.items()]
        self.write(f"notebooks/{NOTEBOOK}", json.dumps({"cells": cells}))

    def write_facts(self, facts: list) -> None:
        self.facts = facts
        self.write("build/2022-2024/facts.json", facts_json(facts))

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def approve(self, *roles: str) -> None:
        for role in roles or ("lap", "kiem-tra", "duyet"):
            approve(self.folder, "Nguyễn Văn A", role, DAY)

    @property
    def draft(self) -> bool:
        return status(self.folder, "2022-2024")["draft"]


@pytest.fixture(name="draft")
def draft_project(root, tmp_path, make_fact, monkeypatch) -> Draft:
    # No notebook has made these facts; tests/e2e has projects whose notebooks have run.
    monkeypatch.setattr("kiemso.check.outdated_steps", lambda evidence: [])
    year = make_fact("gv-gioi-tinh@2021-2022", 1, text="1", notebook=NOTEBOOK, cell="years")
    total = make_fact("gv-gioi-tinh", 5, notebook=NOTEBOOK, cell="total", inputs=[year.key], sources=year.sources)
    return Draft(tmp_path, root, [year, total])


def test_three_roles_in_turn_make_a_report_final(draft):
    for role in ("lap", "kiem-tra"):
        draft.approve(role)
        assert status(draft.folder, "2022-2024") == {"draft": True, "text": "DỰ THẢO"}
        assert not (draft.folder / CSV).exists()
    approve(draft.folder, "  Lê  Thị C ", "duyet", datetime.date(2024, 10, 14))
    final = status(draft.folder, "2022-2024")
    assert (final["draft"], final["text"]) == (False, "Đã duyệt: Lê Thị C, ngày 14/10/2024")
    assert [(one["role"], one["by"]) for one in final["approvals"]] == [
        ("lập", "Nguyễn Văn A"),
        ("kiểm tra", "Nguyễn Văn A"),
        ("duyệt", "Lê Thị C"),
    ]


@pytest.mark.parametrize(
    ("before", "role", "said"),
    [
        ([], "duyet", "“duyệt” needs the approval of this report by lập and kiểm tra"),
        ([], "kiem-tra", "needs the approval of this report by lập"),
        (["lap"], "duyet", "needs the approval of this report by kiểm tra"),
        (["lap"], "lap", "Nguyễn Văn A has approved this very report as lập on 2024-10-12"),
        ([], "giam-doc", "there is no role “giam-doc”"),
        ([], "kiem-ta", "Did you mean “kiem-tra”"),
    ],
)
def test_an_approval_out_of_turn_is_refused(draft, before, role, said):
    for one in before:
        draft.approve(one)
    ledger = read_ledger(draft.folder, "2022-2024")
    with pytest.raises(Refused, match=said):
        draft.approve(role)
    assert read_ledger(draft.folder, "2022-2024") == ledger


@pytest.mark.parametrize("name", ["", "  ", "A\u202eB", "A\x00"])
def test_a_name_that_nobody_can_read_is_refused(draft, name):
    with pytest.raises(Refused, match="is no name"):
        approve(draft.folder, name, "lap", DAY)
    assert not (draft.folder / YAML).exists()


def test_a_report_that_does_not_pass_is_not_approved_and_all_faults_are_named(draft):
    draft.write_report("Có [4]{fact=gv-gioi-tinh} lượt và 12 em.\n")
    with pytest.raises(Refused) as refused:
        draft.approve("lap")
    assert [problem.message.partition(":")[0] for problem in refused.value.problems] == [
        "Coverage is 100 %",
        "No figure is stale",
    ]
    assert not (draft.folder / YAML).exists()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("data/raw/2022-2024/so-lieu.xlsx", "raw", "Raw"),
        ("data/terms.yml", "label: nhiệm kỳ 2022-2024", "label: Nhiệm kỳ 2022-2024"),
        ("data/indicators.yml", "Giáo viên dạy giỏi cấp tỉnh", "Giáo viên giỏi cấp tỉnh"),
        ("data/targets/2024-2027.yml", "Xếp loại Chi bộ", "Xếp loại chi bộ"),
        ("data/claims/du-thao.csv", "reason\n", "reason\nc1,A,B,gv-gioi-tinh,5,,\n"),
        (f"notebooks/{NOTEBOOK}", "quote()", "quote( )"),
        ("report.qmd", "Có ", "Đã có "),
        ("build/2022-2024/facts.json", '"value": 5', '"value": 6'),
        ("build/2022-2024/tables.json", '{"tables": {}', '{"tables": {"t": {}}'),
    ],
)
def test_any_later_change_makes_the_report_a_draft_until_it_is_undone(draft, name, old, new):
    draft.approve()
    assert not draft.draft
    draft.replace(name, old, new)
    assert draft.draft
    draft.replace(name, new, old)
    assert not draft.draft


def test_a_new_file_makes_it_a_draft_but_not_what_the_report_does_not_rest_on(draft):
    draft.approve()
    for name in ("data/raw/2024-2025/sau.xlsx", "data/raw/2022-2024/~$so-lieu.xlsx", "_output/report.html"):
        draft.write(name, "")
    assert not draft.draft
    draft.write("data/corrections.yml", "[]")
    assert draft.draft


def test_other_line_ends_are_the_same_text(draft):
    draft.approve()
    for name in ("report.qmd", "data/indicators.yml", CSV, YAML):
        draft.write(name, (draft.folder / name).read_text(encoding="utf-8").replace("\n", "\r\n"))
    assert not draft.draft
    assert len(read_snapshot(draft.folder, "2022-2024")) == 2


def test_a_state_that_another_approved_one_replaced_needs_approval_again(draft):
    draft.approve()
    draft.replace("report.qmd", "Có ", "Đã có ")
    draft.approve("lap")
    draft.replace("report.qmd", "Đã có ", "Có ")
    assert not draft.draft  # the other one was never final
    draft.replace("report.qmd", "Có ", "Đã có ")
    draft.approve("kiem-tra", "duyet")
    assert not draft.draft
    draft.replace("report.qmd", "Đã có ", "Có ")
    assert draft.draft
    draft.approve()
    assert not draft.draft


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (CSV, "gv-gioi-tinh@2022-2024,5", "gv-gioi-tinh@2022-2024,6", "csv: is not what was approved"),
        (CSV, "2022-2024/so-lieu.xlsx\t", "2022-2024/khac.xlsx\t", "csv: is not what was approved"),
        (YAML, "role: lap", "role: ke-toan", "line 3 “ke-toan”: at approvals.1.role: must be “lap”, “kiem-tra” or"),
        (YAML, "date: 2024-10-12", "date: 2024-13-12", "yml: "),
        (YAML, "date: 2024-10-12", "date: 86400", "at approvals.1.date: must be a date such as 2024-10-12"),
        (YAML, "role: duyet", "role: lap", "“approved” goes with an approval by the last role"),
        (YAML, "    report.qmd: ", "    report2.qmd: ", "the files are not those whose digest was approved"),
        (YAML, "approvals:", "approvals: [", "Mend the YAML there"),
        (YAML, "  by: ", "  von: ", "line 3: at approvals.1.by: is missing"),
    ],
)
def test_a_file_of_approvals_that_was_edited_is_named_everywhere(draft, name, old, new, said):
    draft.approve()
    draft.replace(name, old, new)
    for ask in (
        lambda: status(draft.folder, "2022-2024"),
        lambda: read_snapshot(draft.folder, "2022-2024"),
        lambda: checklist(draft.folder),
        lambda: draft.approve("lap"),
    ):
        with pytest.raises(Refused, match=said):
            ask()


def test_lost_facts_are_noticed(draft):
    draft.approve()
    (draft.folder / CSV).unlink()
    with pytest.raises(Refused, match=r"csv: is not there\n.*from git"):
        status(draft.folder, "2022-2024")


# -- the facts as they were approved -------------------------------------------------------------------------------


def test_approved_facts_are_read_as_they_were(draft):
    draft.approve()
    signed = read_snapshot(draft.folder, "2022-2024")
    assert signed == {
        key: replace(one, fact=replace(one.fact, formula="", note="", section=""))
        for key, one in take_snapshot(draft.folder, "2022-2024", {fact.key: fact for fact in draft.facts}).items()
    }
    assert [one.fact.value for one in signed.values()] == [1, 5]


def test_a_row_says_what_a_reviewer_asks(draft):
    draft.approve()
    rows = (draft.folder / CSV).read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith("key,value,label,unit,") and rows[0].endswith(",code,entry,sources")
    assert rows[1].startswith("gv-gioi-tinh@2021-2022,1,") and rows[1].endswith("so-lieu.xlsx\tSố liệu\tC7\t1")


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts | st.lists(st.integers())


@given(value=values, text=texts, sources=st.lists(st.builds(Source, st.just("a.xlsx"), texts, texts, texts, texts)))
def test_any_text_survives_the_file(make_fact, value, text, sources):
    import csv
    import io

    from kiemso.snapshot import Signed, _signed

    fact = make_fact("boi", 1, cell=text, sources=sources, label=text)
    fact = replace(fact, value=value, text=text, formula="")
    written = snapshot_text({fact.key: Signed(fact, "c", "e")})
    (row,) = csv.DictReader(io.StringIO(written, newline=""), strict=True)
    assert _signed(row).fact == fact


# -- the release checklist -----------------------------------------------------------------------------------------


def test_the_checklist_of_an_approved_report_passes_and_names_who_approved(draft):
    assert [line.title for line in checklist(draft.folder) if not line.passed] == [
        "Approved (lập)",
        "Approved (kiểm tra)",
        "Approved (duyệt)",
    ]
    draft.approve()
    lines = checklist(draft.folder)
    assert all(line.passed for line in lines) and len(lines) == 11
    assert lines[-1].told("en") == "✓ Approved (duyệt) by Nguyễn Văn A, 2024-10-12"


def test_whatever_fails_the_check_fails_a_line_with_a_mend(draft):
    evidence = read_evidence(draft.folder, "2022-2024")
    clean = check_report(draft.folder)
    assert all(line.passed for line in _checks(evidence, clean))
    (figure, _) = read_manuscript(draft.folder).figures
    from kiemso.check import Stale

    faults = {"unknown": Problem("there is no fact “x”"), "stale": Stale(figure, "6")}
    checked = 0
    for field in fields(Findings):
        found = replace(clean, **{field.name: [faults.get(field.name, Problem("a fault"))]})
        if not found.passed:
            (line,) = [line for line in _checks(evidence, found) if not line.passed]
            assert line.mend and line.told("en").startswith("✗ ") and "    → " in line.told("en")
            checked += 1
    assert checked >= 6


def test_a_needless_acknowledgement_only_warns(draft):
    draft.write("data/claims/du-thao.csv", ",".join(COLUMNS) + "\nc1,Mục A,5 GV,gv-gioi-tinh,5,5,Đã xem\n")
    (line,) = [line for line in checklist(draft.folder) if line.faults and line.passed]
    assert line.told("en").startswith(
        "! No acknowledgement is needless\n"
        "    data/claims/du-thao.csv, line 2: the data agree with the claim “c1”\n    → "
    )
    draft.approve("lap")


@pytest.mark.parametrize(("whole", "passes"), [(10, True), (11, False)])
def test_parts_that_do_not_make_their_whole_fail(draft, make_fact, whole, passes):
    parts = {"htsx": 4, "htt": 3, "ht": 2, "kht": 1, "chua": 0}
    facts = [make_fact("xep-loai", whole), *(make_fact(f"xep-loai.{part}", value) for part, value in parts.items())]
    draft.write_facts([*draft.facts, *facts])
    (line,) = [line for line in checklist(draft.folder) if line.title.startswith("Parts make")]
    assert (line.passed, line.title) == (passes, "Parts make their wholes: 1 compared")
    assert passes or line.faults == ["xep-loai, 2022-2024: 4 + 3 + 2 + 1 + 0 make 10, not 11"]


def test_the_digest_depends_on_names_and_contents():
    assert combined({"a": "1", "b": "2"}) == combined({"b": "2", "a": "1"})
    assert len({combined({"a": "1", "b": "2"}), combined({"a": "2", "b": "1"}), combined({"a": "1"})}) == 3


def test_the_state_names_all_files_that_decide_the_report(root):
    names = set(state(root, "2022-2024"))
    raw = {path.relative_to(root).as_posix() for path in (root / "data/raw").rglob("*.xlsx")}
    assert (
        raw | {"report.qmd", "data/corrections.yml", "data/claims/2024-10-12.csv", "notebooks/1-clean-year.ipynb"}
        <= names
    )
    # What turns facts into pages can change what they say.
    assert {"_extensions/kiemso/template.html", "_extensions/kiemso/kiemso.lua", "_quarto.yml"} <= names
    assert not any(name.startswith("data/approved") for name in names)


def test_an_image_that_the_report_shows_is_part_of_the_state(draft):
    draft.write("images/sơ đồ.svg", "<svg/>")
    draft.write("images/another.svg", "<svg/>")
    draft.write_report(BODY + "\n![Sơ đồ](images/sơ%20đồ.svg) và ![](../secret.svg)\n")
    before = state(draft.folder, "2022-2024")
    assert {name for name in before if name.startswith("images")} == {"images/sơ đồ.svg"}
    draft.write("images/sơ đồ.svg", "<svg></svg>")
    assert state(draft.folder, "2022-2024") != before


def test_what_the_list_says_of_a_school_is_part_of_its_report_s_state(draft, tmp_path):
    workspace = tmp_path / "workspace"
    shutil.copytree(draft.folder, workspace / "schools/ky-phu")
    (workspace / "data").mkdir()

    def listed(name: str, other: str) -> dict[str, str]:
        school = "{name: %s, commune: Xã Kỳ Phú, district: Huyện Kỳ Anh}"
        text = f"schools:\n  ky-phu: {school % name}\n  ky-xuan: {school % other}\n"
        (workspace / "data/schools.yml").write_text(text, encoding="utf-8")
        return state(workspace / "schools/ky-phu", "2022-2024")

    before = listed("Trường Kỳ Phú", "Trường Kỳ Xuân")
    assert listed("Trường Kỳ Phú", "Trường Xuân") == before
    assert listed("Trường Phú", "Trường Xuân") != before
