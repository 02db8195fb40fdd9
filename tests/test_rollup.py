"""The roll-up of many schools: true totals, evidence down to the schools, and no small count that can be found."""

import csv
import errno
import json
import re
import zipfile
from pathlib import Path

import pytest
from kiemso.catalogue import Catalogue
from kiemso.fact import facts_json
from kiemso.manner import Manner
from kiemso.problem import Refused
from kiemso.rollup import add_up
from kiemso.source import Source
from kiemso.standing import Standing
from simulate_workspace import share

TERM, YEARS = "2022-2024", ("2021-2022", "2022-2023", "2023-2024")
PERIODS = (*YEARS, TERM)
CODES = [f"{district}/truong-{number}" for district in ("a", "b") for number in range(4)]
RAW = "data/raw/2021-2022/ket-qua.xlsx"


def truth(number: int) -> dict[str, int]:
    """The counts of a school for the term."""
    return {"hs-xuat-sac": 600 + 10 * number, "gv-gioi-tinh": 30 + number, "cstd-co-so": 0, "tai-tro": 700}


def write_school(workspace: Path, code: str, values: dict[str, int], catalogue: Catalogue, make_fact) -> Standing:
    """A school that is done, and states these for the term, all of them in its last year."""
    facts = []
    for name, one in catalogue.of_level("year").items():
        for part in ("", *(f".{part}" for part in one.parts)):
            for period in PERIODS:
                value = values.get(name + part, 0) if period in (YEARS[-1], TERM) else 0
                # A list of records is as long as what it counts.
                counted = Source(RAW, "Danh sách", f"D7:D{6 + value}" if value > 1 else "D7", f"{value} dòng")
                sources = [Source(RAW, "Kết quả", "C7", str(value)), counted]
                key = f"{name}{part}@{period}"
                facts.append(make_fact(key, value, one.unit, section=one.section, label=one.label, sources=sources))
    school = workspace / "schools" / code
    (school / RAW).parent.mkdir(parents=True, exist_ok=True)
    (school / RAW).write_bytes(repr(values).encode())
    path = school / "build" / TERM / "facts.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(facts_json(facts), encoding="utf-8")
    return Standing("done", TERM, facts=repr(values))


@pytest.fixture(scope="module")
def roll_up(root: Path, catalogue: Catalogue, make_fact, tmp_path_factory: pytest.TempPathFactory):
    """Roll up eight schools of two districts, some values of theirs changed; returns the district's folder."""

    def run(changes: dict[str, dict[str, int]], formats: tuple[str, ...] = ("html",), done: int = 8) -> Path:
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
        if not path.name.endswith((".step.json", "pages.json")) and not path.name.startswith("."):
            found[name] = re.sub(r"\b[0-9a-f]{16}(?:[0-9a-f]{48})?\b|\"facts\": \"\{.*\}\"", "", data.decode("latin-1"))
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
