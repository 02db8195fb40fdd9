"""Many schools in one run: one that is broken stops alone, and the roll-up states what is true of the others."""

import json
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest
from kiemso.catalogue import read_catalogue
from simulate_workspace import simulate_workspace

from .conftest import ROOT, Project

TERM = "2022-2024"
BROKEN = "huyen-1/thu-0002"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Five made-up schools, one of them late and one with a workbook that is none, rolled up."""
    folder = tmp_path_factory.mktemp("workspace") / "many"
    truth = simulate_workspace(folder, ROOT, schools=5, late=0.2)
    assert truth["late"] != [BROKEN]
    project = Project(folder)
    project.path(f"schools/{BROKEN}/data/raw/2021-2022/ket-qua-2021-2022.xlsx").write_bytes(b"PK nothing")
    project.path(f"schools/{BROKEN}/data/corrections.yml").write_text("- {file: }\n", encoding="utf-8")
    project.said = project.kiemso("run", "--schools", "*", status=2)
    return project


@pytest.fixture(scope="module")
def rolled(workspace: Project) -> Project:
    workspace.kiemso("roll-up", "--to", "html")
    return workspace


def states(project: Project) -> dict[str, str]:
    listed = json.loads(project.path("build/schools.json").read_text(encoding="utf-8"))["schools"]
    return {school["code"]: school["state"] for school in listed}


def truth(project: Project) -> dict:
    return json.loads(project.path("truth.json").read_text(encoding="utf-8"))


def test_one_schools_faults_stop_that_school_alone(workspace: Project) -> None:
    late = truth(workspace)["late"]
    found = states(workspace)
    assert found == {code: "late" if code in late else "refused" if code == BROKEN else "done" for code in found}
    assert "5 schools: 3 done, 1 late, 1 refused" in workspace.said.stdout
    assert f"{BROKEN}: " in workspace.said.stdout
    assert f"{late[0]}: nothing sent for 2023-2024" in workspace.said.stdout


def test_the_overview_lists_every_school(workspace: Project) -> None:
    page = workspace.path("_output/schools.html").read_text(encoding="utf-8")
    assert page.index(f'id="{BROKEN}"') < page.index(f'id="{truth(workspace)["late"][0]}"')
    assert page.count("<tr id=") == 5
    assert "chưa gửi: 2023-2024" in page


def test_nothing_runs_twice(workspace: Project) -> None:
    done = workspace.kiemso("run", "--schools", "*", status=2)
    assert "0 notebooks run" in done.stdout
    one = workspace.kiemso("run", "--schools", "huyen-1/thu-000[1345]", "--json", status=2)
    assert {*json.loads(one.stdout)["schools"].values()} == {"done", "late"}


def test_a_school_that_cannot_be_run_now_is_no_longer_done(workspace: Project) -> None:
    (school, *_) = (code for code, state in states(workspace).items() if state == "done")
    terms = workspace.path(f"schools/{school}/data/terms.yml")
    terms.write_text("terms: [", encoding="utf-8")
    workspace.kiemso("run", "--schools", school, status=2)
    assert states(workspace)[school] == "refused"
    terms.unlink()
    workspace.kiemso("run", "--schools", school)
    assert states(workspace)[school] == "done"


def test_an_image_of_the_report_counts(workspace: Project) -> None:
    (school, *_) = (code for code, state in states(workspace).items() if state == "done")
    image = workspace.path(f"schools/{school}/so-do.svg")
    shutil.copy(workspace.path("report.qmd"), image.with_name("report.qmd"))
    with image.with_name("report.qmd").open("a", encoding="utf-8") as text:
        text.write("\n![Sơ đồ](so-do.svg)\n")
    made = []
    for color in ("red", "blue"):
        box = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect fill="{color}"/></svg>'
        image.write_text(box, encoding="utf-8")
        workspace.kiemso("render", "--schools", school, "--to", "html", "--renderer", "embedded")
        made.append(workspace.path(f"schools/{school}/_output/report.html").read_bytes())
    assert made[0] != made[1]
    image.with_name("report.qmd").unlink()
    image.unlink()


def test_an_unknown_school_is_named_with_the_nearest(workspace: Project) -> None:
    done = workspace.kiemso("run", "--schools", "huyen-1/thu-00x1", status=2)
    assert "Did you mean “huyen-1/thu-0001”" in done.stderr


def test_a_project_without_schools_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/indicators.yml").write_text("", encoding="utf-8")
    assert "this project has no schools" in Project(tmp_path).kiemso("run", "--schools", "*", status=2).stderr


def test_the_roll_up_states_the_true_totals_of_the_schools_that_are_done(rolled: Project) -> None:
    totals, found = truth(rolled)["totals"], states(rolled)
    done = [code for code, state in found.items() if state == "done"]
    content = json.loads(rolled.path("districts/all/_output/facts.json").read_text(encoding="utf-8"))
    facts = {fact["key"]: fact for fact in content["facts"]}
    compared = 0
    for name in read_catalogue(ROOT).of_level("year"):
        for year in ("2021-2022", "2022-2023", "2023-2024"):
            if all(name in totals[code][year] for code in done):
                assert facts[f"{name}@{year}"]["value"] == sum(totals[code][year][name] for code in done)
                compared += 1
    assert compared > 40


def test_a_total_leads_to_the_cards_and_raw_cells_of_every_school(rolled: Project) -> None:
    page = rolled.path("districts/all/_output/audit/schools/hs-xuat-sac.html")
    links = [unquote(link) for link in re.findall(r'href="(\.\./\.\./\.\./\.\./\.\./[^"]+)"', page.read_text("utf-8"))]
    assert len(links) >= 3 * 4
    for link in links:
        target, _, anchor = link.partition("#")
        there = (page.parent / target).resolve().read_text(encoding="utf-8")
        assert f'id="{anchor}"' in there, link


def test_a_roll_up_is_checked_traced_and_approved_in_its_folder(rolled: Project) -> None:
    district = Project(rolled.path("districts/all"))
    assert "Passed." in district.kiemso("check").stdout
    assert "Tổng của 3 trường" in district.kiemso("trace", "hs-xuat-sac").stdout
    page, signed = district.path("_output/report.html"), "Đã duyệt: Nguyễn Thử"
    assert signed not in page.read_text(encoding="utf-8").replace("\u00a0", " ")
    for role in ("lap", "kiem-tra", "duyet"):
        district.kiemso("approve", "--role", role, "--by", "Nguyễn Thử", "--date", "2024-10-12")
    rolled.kiemso("roll-up", "--to", "html")
    assert signed in page.read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "nothing changed" in district.kiemso("diff").stdout
    shutil.rmtree(district.path("data"))


def test_what_is_wrong_in_a_roll_up_s_text_is_told_of_that_text_which_no_update_copies(rolled: Project) -> None:
    text, district = rolled.path("district.qmd"), Project(rolled.path("districts/all"))
    before = text.read_bytes()
    text.write_bytes(before.replace(b"[]{fact=", b"[99]{fact=", 1))
    assert "district.qmd, line 14 “99”: is now “5”" in district.kiemso("check", status=1).stdout
    refused = district.kiemso("update", status=2).stderr
    assert "district.qmd, line 14 “99”: is written out in a text that other reports share" in refused
    assert "Empty its brackets: []{fact=" in refused
    assert not district.path("report.qmd").exists()
    text.write_bytes(before.replace(b"[]{fact=", b"[]{fact=x-", 1))
    assert "district.qmd, line 14: there is no fact “x-truong”" in district.kiemso("update", status=2).stderr
    text.write_bytes(before)


@pytest.mark.parametrize("command", ["run", "render", "watch"])
def test_a_roll_up_is_made_by_the_command_of_its_name(rolled: Project, command: str) -> None:
    done = Project(rolled.path("districts/all")).kiemso(command, status=2)
    assert "districts/all: this is a roll-up" in done.stderr and "Run `kiemso roll-up`" in done.stderr


def test_a_school_s_report_is_its_own(workspace: Project) -> None:
    code = next(code for code, state in states(workspace).items() if state == "done")
    workspace.kiemso("render", "--schools", code, "--to", "html")
    html = workspace.path(f"schools/{code}/_output/report.html").read_text(encoding="utf-8")
    assert f"Trường Tiểu học Thử {code[-4:]}" in html.replace("\u00a0", " ")
    assert "kiemso-evidence" in html and "stale" not in re.sub(r"<(style|script).*?</\1>", "", html, flags=re.DOTALL)
