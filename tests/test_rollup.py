"""The roll-up of many schools: true totals, evidence down to the schools, and no small count that can be found."""

import csv
import errno
import json
import re
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kiemso import district
from kiemso.catalogue import Catalogue
from kiemso.chain import make_report
from kiemso.fact import facts_json
from kiemso.manner import Manner
from kiemso.problem import Refused
from kiemso.project import CLEAN, SUMMARISE
from kiemso.rollup import add_up
from kiemso.run import term_steps
from kiemso.source import Source
from kiemso.standing import Standing
from kiemso.step import digest
from kiemso.term import read_term
from simulate_workspace import share

TERM, YEARS = "2022-2024", ("2021-2022", "2022-2023", "2023-2024")
PERIODS = (*YEARS, TERM)
GONE = "gone"
CODES = [f"{district}/truong-{number}" for district in ("a", "b") for number in range(4)]
RAW = "data/raw/2021-2022/ket-qua.xlsx"


def truth(number: int) -> dict[str, int]:
    """The counts of a school for the term."""
    return {"hs-xuat-sac": 600 + 10 * number, "gv-gioi-tinh": 30 + number, "cstd-co-so": 0, "tai-tro": 700}


def write_school(workspace: Path, code: str, values: dict[str, Any], catalogue: Catalogue, make_fact) -> Standing:
    """A school that is done, and states these for the term, all of them in its last year, unless a year is named.

    A value may be a pair of a number and “>” or “<”; GONE is what its own catalogue does not know.
    """
    facts = []
    for name, one in catalogue.of_level("year").items():
        for part in ("", *(f".{part}" for part in one.parts)):
            for period in PERIODS:
                key = f"{name}{part}@{period}"
                given = values.get(name + part, 0) if period in (YEARS[-1], TERM) else 0
                given = values.get(key, given)
                if given == GONE:
                    continue
                value, bound = given if isinstance(given, tuple) else (given, "")
                sources = [Source(RAW, "Kết quả", "C7", str(value))]
                if value and isinstance(value, int):  # a list of records is as long as what it counts
                    sources.append(Source(RAW, "Danh sách", f"D7:D{6 + value}" if value > 1 else "D7", f"{value} dòng"))
                more = {"section": one.section, "label": one.label, "sources": sources, "bound": bound}
                facts.append(make_fact(key, value, one.unit, **more))
    school = workspace / "schools" / code
    (school / RAW).parent.mkdir(parents=True, exist_ok=True)
    (school / RAW).write_bytes(repr(values).encode())
    path = school / "build" / TERM / "facts.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(facts_json(facts), encoding="utf-8")
    for step in term_steps(TERM, read_term(school, TERM)):
        read = {RAW: digest(school / RAW)} if step.notebook == CLEAN and step.period == YEARS[0] else {}
        made = {"facts.json": digest(path)} if step.notebook == SUMMARISE else {}
        record = {"made_from": {"inputs": read, "entries": {}}, "outputs": made}
        step.record_path(school).parent.mkdir(exist_ok=True)
        step.record_path(school).write_text(json.dumps(record), encoding="utf-8")
    return Standing("done", TERM, facts=digest(path))


@pytest.fixture(scope="module")
def roll_up(root: Path, catalogue: Catalogue, make_fact, tmp_path_factory: pytest.TempPathFactory):
    """Roll up eight schools of two districts, some values of theirs changed; returns the district's folder."""

    def run(
        changes: dict[str, dict[str, Any]],
        formats: tuple[str, ...] = ("html",),
        done: int = 8,
        between: Callable[[Path], None] = lambda _: None,
    ) -> Path:
        workspace = tmp_path_factory.mktemp("workspace")
        share(root, workspace)
        lines = [f"  {code}: {{name: Trường {code}, commune: Xã, district: Huyện {code[0]}}}\n" for code in CODES]
        (workspace / "data/schools.yml").write_text("schools:\n" + "".join(lines), encoding="utf-8")
        standings = {
            code: write_school(workspace, code, truth(number) | changes.get(code, {}), catalogue, make_fact)
            if number < done
            else Standing("late", TERM, missing=(YEARS[-1],))
            for number, code in enumerate(CODES)
        }
        between(workspace)
        add_up(workspace, None, standings, formats, "embedded", lambda _: None, Manner())
        return workspace / "districts/all"

    return run


SMALL = {"a/truong-0": {"gv-gioi-tinh": 2}, "a/truong-1": {"gv-gioi-tinh": 4}}


@pytest.fixture(scope="module")
def rolled(roll_up) -> Path:
    """A roll-up in which two schools have a small count."""
    return roll_up(SMALL, ("html", "pdf", "docx"))


def facts_of(district: Path) -> dict[str, dict]:
    content = json.loads((district / "_output/facts.json").read_text(encoding="utf-8"))
    return {fact["key"]: fact for fact in content["facts"]}


def test_the_totals_are_those_of_the_schools(rolled: Path) -> None:
    facts = facts_of(rolled)
    assert facts[f"hs-xuat-sac@{TERM}"]["value"] == sum(600 + 10 * number for number in range(8))
    assert facts[f"gv-gioi-tinh@{TERM}"]["value"] == 2 + 4 + sum(30 + number for number in range(2, 8))
    assert facts[f"gv-gioi-tinh@{YEARS[0]}"]["value"] == 0
    assert facts[f"truong@{TERM}"]["value"] == facts[f"truong.da-tong-hop@{TERM}"]["value"] == 8


def test_small_counts_are_marked_and_others_withheld_with_them(rolled: Path) -> None:
    with (rolled / "_output/schools.csv").open(encoding="utf-8-sig", newline="") as file:
        shown = {row["code"]: row["text"] for row in csv.DictReader(file) if row["key"] == f"gv-gioi-tinh@{TERM}"}
    assert shown["a/truong-0"] == shown["a/truong-1"] == "<5"
    assert "…" in (shown["a/truong-2"], shown["a/truong-3"])
    assert [shown[f"b/truong-{number}"] for number in range(4)] == ["34", "35", "36", "37"]


def test_every_total_leads_to_each_schools_raw_cells(rolled: Path) -> None:
    page = (rolled / "_output/audit/schools/gv-gioi-tinh.html").read_text(encoding="utf-8")
    for code in CODES:
        assert f"../../../../../schools/{code}/_output/audit/raw/2021-2022/ket-qua.xlsx.html#" in page
        assert f"../../../../../schools/{code}/_output/audit/{TERM}/3-summarise-term.html#" in page
    panel = json.loads((rolled / f"build/{TERM}/panel.json").read_text(encoding="utf-8"))
    (source,) = panel["facts"][f"gv-gioi-tinh@{TERM}"]["sources"]
    assert panel["sources"][source]["cells"] == [[f"*/gv-gioi-tinh@{TERM}", "audit/schools/gv-gioi-tinh.html"]]


def test_report_data_and_the_ways_to_the_schools_come_together_or_not_at_all(roll_up, monkeypatch) -> None:
    districts = []

    def full_disk(district: Path, *_: object) -> list[Path]:
        districts.append(district)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("kiemso.rollup.write_pathways", full_disk)
    with pytest.raises(OSError, match="No space left"):
        roll_up({})
    assert not list((districts[0] / "_output").iterdir())


def test_the_report_is_made_in_all_formats(rolled: Path) -> None:
    html = (rolled / "_output/report.html").read_text(encoding="utf-8")
    assert "toàn bộ danh sách" in html and "kiemso-evidence" in html
    assert all((rolled / f"_output/report.{ending}").stat().st_size > 10_000 for ending in ("pdf", "docx"))


def texts(district: Path) -> dict[str, str]:
    """All that a roll-up makes, without the digests of the workbooks, which say nothing that can be read."""
    found = {}
    for path in sorted(p for folder in ("build", "_output") for p in (district / folder).rglob("*") if p.is_file()):
        name = path.relative_to(district).as_posix()
        data = path.read_bytes()
        if path.suffix in (".xlsx", ".docx"):
            with zipfile.ZipFile(path) as archive:
                data = b"".join(archive.read(one) for one in archive.namelist())
        if not path.name.endswith((".step.json", "pages.json")) and "/." not in f"/{name}":
            found[name] = re.sub(r"\b[0-9a-f]{16}(?:[0-9a-f]{48})?\b", "", data.decode("latin-1"))
    return found


def test_nothing_made_depends_on_what_is_hidden(roll_up) -> None:
    """Whoever compares two worlds in which hidden values differ, and all else is the same, finds no difference."""
    other = {"a/truong-0": {"gv-gioi-tinh": 3}, "a/truong-1": {"gv-gioi-tinh": 3}}
    one, two = texts(roll_up(SMALL)), texts(roll_up(other))
    assert one.keys() == two.keys() and len(one) > 60
    assert [name for name in one if one[name] != two[name]] == []


def test_a_small_count_alone_may_be_any_small_count(roll_up) -> None:
    """The withheld value makes up for it: 1 and 33 give the same report as 4 and 30."""
    one = roll_up({"a/truong-0": {"gv-gioi-tinh": 1}})
    hidden = next(code for code in CODES[1:4] if facts_of(one)[f"{code}/gv-gioi-tinh@{TERM}"]["text"] == "…")
    less = truth(CODES.index(hidden))["gv-gioi-tinh"] - 3
    two = roll_up({"a/truong-0": {"gv-gioi-tinh": 4}, hidden: {"gv-gioi-tinh": less}})
    assert texts(one) == texts(two)


def test_schools_that_are_not_done_are_listed_and_not_added(roll_up) -> None:
    district = roll_up({}, done=5)
    facts = facts_of(district)
    assert facts[f"truong.nop-thieu@{TERM}"]["value"] == 3
    assert facts[f"hs-xuat-sac@{TERM}"]["value"] == sum(600 + 10 * number for number in range(5))
    tables = json.loads((district / f"build/{TERM}/tables.json").read_text(encoding="utf-8"))["tables"]
    assert [row["cells"][0] for row in tables["chua-xong"]["rows"]] == [[f"Trường {code}"] for code in CODES[5:]]


def test_a_school_far_from_the_others_is_flagged(roll_up) -> None:
    district = roll_up({"b/truong-1": {"hs-xuat-sac": 5000}})
    tables = json.loads((district / f"build/{TERM}/tables.json").read_text(encoding="utf-8"))["tables"]
    named = [row["cells"][1][0] for row in tables["khac-thuong"]["rows"] if len(row["cells"]) > 1]
    assert named == ["Trường b/truong-1"]


def test_fewer_than_three_schools_are_not_rolled_up(roll_up) -> None:
    with pytest.raises(Refused, match="only 2 schools are done; a roll-up needs 3"):
        roll_up({}, done=2)


def facts_tables(district: Path) -> dict[str, dict]:
    return json.loads((district / f"build/{TERM}/tables.json").read_text(encoding="utf-8"))["tables"]


def rows_of(district: Path, table: str, title: str) -> list[list]:
    """The rows of a table below the group of this title: place, school, where, and the text of its value."""
    facts, rows, inside = facts_of(district), [], False
    for row in facts_tables(district)[table]["rows"]:
        if row.get("class") == "group":
            inside = row["cells"][0][0].startswith(title)
        elif inside:
            number, name, _, value = (cell[0] for cell in row["cells"])
            rows.append([number, name.removeprefix("Trường "), facts[value["fact"]]["text"]])
    return rows


def test_no_list_of_records_is_named_for_it_is_there_only_where_it_counts(rolled: Path) -> None:
    named = [text.encode().decode("latin-1") for text in ("Danh sách › D", '"Danh sách"', "Danh sách!D")]
    assert [name for name, content in texts(rolled).items() if any(text in content for text in named)] == []
    sources = facts_of(rolled)[f"b/truong-0/gv-gioi-tinh@{TERM}"]["sources"]
    assert [(one["sheet"], one["cell"]) for one in sources] == [("Kết quả", "C7")]


def test_nothing_odd_about_one_school_stops_the_others(roll_up) -> None:
    parts = {"xep-loai": 20, "xep-loai.htsx": None, "xep-loai.htt": 5}
    odd = {
        "a/truong-0": parts | {"skkn": GONE, "tai-tro": 1_000_000.5},
        "a/truong-1": {"gv-gioi-tinh": (40, ">"), "tai-tro": (700, ">")},
        "a/truong-2": {"tai-tro": (700, "<")},
    }
    blank = {f"cstd-co-so@{period}": None for period in PERIODS} | {"cstd-co-so": None}
    district = roll_up({code: blank | odd.get(code, {}) for code in CODES})
    facts = facts_of(district)
    assert facts[f"xep-loai@{TERM}"]["value"] == 20
    assert facts[f"tai-tro@{TERM}"]["value"] == 7 * 700 + 1_000_000.5
    assert facts[f"tai-tro@{TERM}"]["bound"] == "~"
    assert facts[f"cstd-co-so@{TERM}"]["value"] is None
    assert facts[f"cstd-co-so.trung-vi@{TERM}"]["text"] == "–"
    assert facts[f"a/truong-0/skkn@{TERM}"]["text"] == "–"


def test_a_bound_stays_with_the_schools_value(roll_up) -> None:
    district = roll_up({"a/truong-1": {"gv-gioi-tinh": (40, ">")}})
    with (district / "_output/schools.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = (r for r in csv.DictReader(file) if (r["code"], r["key"]) == ("a/truong-1", f"gv-gioi-tinh@{TERM}"))
    assert (row["bound"], row["text"]) == (">", "40")


def test_a_years_total_of_few_schools_is_withheld_and_nobody_says_of_how_many(roll_up) -> None:
    district = roll_up(
        {code: {"gv-gioi-tinh": 40 * (code in CODES[:2]), "skkn": 9 * (code in CODES[5:])} for code in CODES}
    )
    facts = facts_of(district)
    assert [facts[f"gv-gioi-tinh@{year}"]["text"] for year in YEARS] == ["…"] * 3
    assert facts[f"gv-gioi-tinh@{TERM}"]["value"] == 40 + 40
    assert [facts[f"skkn@{year}"]["text"] for year in YEARS] == ["0", "0", "27"]
    # Of what is not stated of single schools there is nothing to compare a year's total with.
    assert facts[f"xep-loai@{YEARS[0]}"]["text"] == "0"


def test_how_many_schools_a_total_is_of_is_told_from_three_on(roll_up) -> None:
    absent = {f"bang-khen-ubnd-tinh@{period}": None for period in PERIODS}
    for count, note in ((2, ""), (3, "Tổng của 3 trường; 5 trường chưa có số liệu")):
        district = roll_up(dict.fromkeys(CODES[count:], absent))
        fact = facts_of(district)[f"bang-khen-ubnd-tinh@{YEARS[0]}"]
        assert (fact["note"], fact["sources"][0]["text"]) == (note, "8 trường")


def test_equal_values_share_a_place_and_withheld_ones_have_none(roll_up) -> None:
    district = roll_up({"a/truong-0": {"gv-gioi-tinh": 2}, "b/truong-0": {"gv-gioi-tinh": 37}})
    rows = rows_of(district, "xep-hang", "Giáo viên dạy giỏi cấp tỉnh")
    assert [row[0] for row in rows[:3]] == ["1", "1", "3"]
    assert [row[0] for row in rows if row[2] == "…"] == ["–"]
    assert rows[-1][2] == "…" and rows[-2][1:] == ["a/truong-0", "<5"]


def test_a_rare_award_makes_no_school_unusual(roll_up) -> None:
    district = roll_up({"a/truong-0": {"skkn": 2}, "a/truong-1": {"skkn": 60}, "b/truong-1": {"skkn": 60}})
    assert rows_of(district, "khac-thuong", "Sáng kiến") == []


def test_facts_that_changed_since_the_school_was_done_are_not_added(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "facts.json"
    path.write_text("new", encoding="utf-8")
    wanted = digest(path)
    path.write_text("old", encoding="utf-8")
    late = threading.Timer(0.3, path.write_text, ("new",))
    late.start()
    assert district._content(path, wanted) == b"new"
    late.join()
    monkeypatch.setattr(district, "_LAG_SECONDS", 0)
    with pytest.raises(Refused, match="is not as it was when the school was done"):
        district._content(path, "0" * 64)


def test_what_has_not_changed_is_not_made_again(roll_up, monkeypatch) -> None:
    made = []

    def make(*arguments: Any, **more: Any) -> list[Path]:
        made.append(arguments)
        return make_report(*arguments, **more)

    monkeypatch.setattr("kiemso.rollup.make_report", make)
    workspaces: list[Path] = []
    roll_up({}, between=workspaces.append)
    (workspace,) = workspaces
    listed = json.loads((workspace / f"districts/all/build/{TERM}/schools.json").read_text("utf-8"))["schools"]
    standings = {school["code"]: Standing("done", TERM, facts=school["facts"]) for school in listed}
    arguments = ["html"], "embedded", lambda _: None, Manner()
    assert add_up(workspace, None, standings, *arguments)[0].name == "report.html"
    assert len(made) == 1
    add_up(workspace, None, {code: standings[code] for code in CODES[1:]}, *arguments)
    assert len(made) == 2
