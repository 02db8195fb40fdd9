"""A workspace: its list of schools, the files that they share, and what became of each."""

import json
import os
import time
from concurrent.futures import Future
from pathlib import Path

import pytest
from kiemso.catalogue import read_catalogue
from kiemso.guard import guarded
from kiemso.limit import Limits
from kiemso.overview import write_overview
from kiemso.problem import Problem, Refused
from kiemso.process import ProcessGone
from kiemso.project import find_project, located, workspace_of
from kiemso.school import Schools, chosen, described, district_folder, read_schools, school_folder
from kiemso.standing import FILE, Standing, last_standing, own_files, remember, shared_digest, unchanged
from kiemso.step import digest
from kiemso.workspace import Order, _standing
from simulate_workspace import share

LIST = """\
suppress_below: 7
schools:
  ha-tinh/ky-phu: {name: Trường Kỳ Phú, commune: Xã Kỳ Phú, district: Huyện Kỳ Anh}
  ha-tinh/ky-xuan: {name: Trường Kỳ Xuân, commune: Xã Kỳ Xuân, district: Huyện Kỳ Anh}
  nghe-an/dien-yen: {name: Trường Diễn Yên, commune: Xã Diễn Yên, district: Huyện Diễn Châu}
"""


@pytest.fixture
def workspace(root: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    share(root, folder)
    (folder / "data/schools.yml").write_text(LIST, encoding="utf-8")
    for code in read_schools(folder).schools:
        (school_folder(folder, code) / "data/raw/2021-2022").mkdir(parents=True)
    return folder


def test_the_list_is_read_with_its_setting(workspace: Path) -> None:
    schools = read_schools(workspace)
    assert schools.suppress_below == 7
    assert schools.schools["ha-tinh/ky-phu"].district == "Huyện Kỳ Anh"
    assert [*schools.of_district("Huyện Kỳ Anh")] == ["ha-tinh/ky-phu", "ha-tinh/ky-xuan"]


@pytest.mark.parametrize("code", ["Ky-Phu", "ky phu", "../ky-phu", "/ky-phu", "ky--phu", "ha-tinh/data", "a/"])
def test_a_code_that_is_no_path_of_plain_names_is_refused(workspace: Path, code: str) -> None:
    text = LIST.replace("ha-tinh/ky-phu", f'"{code}"')
    (workspace / "data/schools.yml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match="a school's code looks like ha-tinh/ky-phu"):
        read_schools(workspace)


def test_a_school_inside_another_is_refused(workspace: Path) -> None:
    text = LIST.replace("ha-tinh/ky-xuan", "ha-tinh/ky-phu/xuan")
    (workspace / "data/schools.yml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match="lies inside another school's"):
        read_schools(workspace)


@pytest.mark.parametrize("below", [2, 3])
def test_so_low_a_limit_would_hide_nothing(workspace: Path, below: int) -> None:
    text = LIST.replace("below: 7", f"below: {below}")
    (workspace / "data/schools.yml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match="so few leave no doubt of a count"):
        read_schools(workspace)


@pytest.mark.parametrize(("name", "other"), [("Huyện Kỳ Ánh", "Huyện Kỳ Anh"), ("All", "all")])
def test_two_districts_that_would_share_a_folder_are_refused(workspace: Path, name: str, other: str) -> None:
    (workspace / "data/schools.yml").write_text(LIST.replace("Huyện Diễn Châu", name), encoding="utf-8")
    with pytest.raises(Refused, match=f"the districts “{name}” and “{other}” would share a folder"):
        read_schools(workspace)


def test_patterns_choose_schools_in_the_order_of_the_list(workspace: Path) -> None:
    schools = read_schools(workspace).schools
    assert chosen(schools, ["nghe-an/*", "ha-tinh/ky-p*"]) == ["ha-tinh/ky-phu", "nghe-an/dien-yen"]
    assert chosen(schools, ["*"]) == [*schools]


def test_a_pattern_without_a_school_is_refused_with_the_nearest(workspace: Path) -> None:
    schools = read_schools(workspace).schools
    with pytest.raises(Refused, match=r"“ha-tihn/ky-phu”\n.*Did you mean “ha-tinh/ky-phu”"):
        chosen(schools, ["ha-tihn/ky-phu", "*"])
    with pytest.raises(Refused, match=r"“ha-tin/\*”\n.*Did you mean “ha-tinh/ky-phu” or “ha-tinh/ky-xuan”"):
        chosen(schools, ["ha-tin/*"])
    with pytest.raises(Refused, match=r"“xyz”\n.*The codes are ha-tinh/ky-phu, "):
        chosen(schools, ["xyz"])


def test_an_unknown_district_is_refused_with_the_nearest(workspace: Path) -> None:
    with pytest.raises(Refused, match="Did you mean “Huyện Kỳ Anh”"):
        read_schools(workspace).of_district("Huyện Kì Anh")


def test_a_school_shares_what_it_has_not_itself(workspace: Path) -> None:
    school = school_folder(workspace, "ha-tinh/ky-phu")
    assert workspace_of(school) == workspace
    assert find_project(school / "data/raw") == school
    assert located(school, "data/indicators.yml") == workspace / "data/indicators.yml"
    assert read_catalogue(school) == read_catalogue(workspace)
    (school / "data/indicators.yml").write_text("sections: {}\n", encoding="utf-8")
    assert located(school, "data/indicators.yml") == school / "data/indicators.yml"


def test_a_school_never_shares_data_of_its_own(workspace: Path) -> None:
    school = school_folder(workspace, "ha-tinh/ky-phu")
    (workspace / "data/corrections.yml").write_text("[]\n", encoding="utf-8")
    assert located(school, "data/corrections.yml") == school / "data/corrections.yml"
    assert located(school, "data/raw/2022-2023") == school / "data/raw/2022-2023"


def test_a_district_has_a_report_of_its_own(workspace: Path) -> None:
    district = district_folder(workspace, "Huyện Kỳ Anh")
    assert district == workspace / "districts/huyen-ky-anh"
    assert located(district, "report.qmd") == workspace / "district.qmd"
    assert located(school_folder(workspace, "ha-tinh/ky-phu"), "report.qmd") == workspace / "report.qmd"


def test_a_school_is_described_by_the_list(workspace: Path, root: Path) -> None:
    assert described(school_folder(workspace, "ha-tinh/ky-phu"))["name"] == "Trường Kỳ Phú"
    assert described(root) == {}


def kept(school: Path, standing: Standing) -> None:
    remember(school, standing, "shared", own_files(school))


def test_a_school_stands_as_it_did_while_nothing_changes(workspace: Path) -> None:
    school = school_folder(workspace, "ha-tinh/ky-phu")
    fault = Problem("is no number", "Mend it.", "data/raw/2021-2022/a.xlsx", "Kết quả", "C7", "năm")
    kept(school, Standing("refused", "2022-2024", ("2023-2024",), (fault,)))
    again = unchanged(school, "shared", "2022-2024", ("html",))
    assert again is not None and again.problems == (fault,) and again.missing == ("2023-2024",)


@pytest.mark.parametrize("what", ["own", "made", "shared", "term", "wanted", "facts", "state"])
def test_a_school_is_run_again_when_something_changed(workspace: Path, what: str) -> None:
    school = school_folder(workspace, "ha-tinh/ky-phu")
    (school / "build/2022-2024").mkdir(parents=True)
    facts = school / "build/2022-2024/facts.json"
    facts.write_text("{}", encoding="utf-8")
    kept(school, Standing("done", "2022-2024", made=("pages",), facts=digest(facts)))
    assert unchanged(school, "shared", "2022-2024", ("pages",))
    if what == "own":
        (school / "data/raw/2021-2022/a.xlsx").write_bytes(b"")
    if what == "made":
        facts.write_bytes(b"")
    if what in ("facts", "state"):
        content = json.loads((school / FILE).read_text(encoding="utf-8"))
        (school / FILE).write_text(json.dumps(content | {what: "bogus"}), encoding="utf-8")
    shared, term = "other" if what == "shared" else "shared", "2024-2027" if what == "term" else "2022-2024"
    assert unchanged(school, shared, term, ("html",) if what == "wanted" else ("pages",)) is None


def test_what_no_file_of_the_school_explains_is_tried_again(workspace: Path) -> None:
    school = school_folder(workspace, "ha-tinh/ky-phu")
    kept(school, Standing("refused", "2022-2024", problems=(Problem("took too long", "", "notebooks/1.ipynb"),)))
    assert unchanged(school, "shared", "2022-2024", ()) is None


def test_what_was_too_much_for_the_machine_is_tried_again(workspace: Path) -> None:
    school = school_folder(workspace, "ha-tinh/ky-phu")
    with pytest.raises(Refused) as caught:
        guarded(_sleep, school, "data/raw/2021-2022/a.xlsx", Limits(seconds=0.1))
    kept(school, Standing("refused", "2022-2024", problems=tuple(caught.value.problems)))
    assert last_standing(school, "2022-2024").problems == tuple(caught.value.problems)
    assert unchanged(school, "shared", "2022-2024", ()) is None


def _sleep(*_: object) -> None:
    time.sleep(60)


@pytest.mark.parametrize("name", ["data/layouts/nam-hoc.yml", "logo.png", "images/logo.png", "_extensions/a/b.lua"])
def test_whatever_schools_share_counts(workspace: Path, name: str) -> None:
    before = shared_digest(workspace)
    assert shared_digest(workspace) == before
    (workspace / name).parent.mkdir(parents=True, exist_ok=True)
    with (workspace / name).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert shared_digest(workspace) != before


def test_the_renderer_counts_for_all_schools(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, quarto = shared_digest(workspace), tmp_path / "bin/quarto"
    quarto.parent.mkdir()
    quarto.write_text("#!/bin/sh\n")
    quarto.chmod(0o755)
    monkeypatch.setenv("PATH", str(quarto.parent))
    assert (another := shared_digest(workspace)) != before
    os.utime(quarto, (1, 1))
    assert shared_digest(workspace) != another


@pytest.mark.parametrize("name", ["so-do.png", "images/so-do.png", "_quarto.yml", "requirements.lock", "data/a.csv"])
def test_whatever_a_school_has_itself_counts(workspace: Path, name: str) -> None:
    school = school_folder(workspace, "ha-tinh/ky-phu")
    before = own_files(school)
    (school / name).parent.mkdir(exist_ok=True)
    (school / name).write_bytes(b"1")
    assert own_files(school) != before


def test_what_is_no_file_is_no_obstacle(workspace: Path) -> None:
    school = school_folder(workspace, "ha-tinh/ky-phu")
    before = own_files(school)
    (school / "data/link").symlink_to("nowhere")
    os.mkfifo(school / "data/pipe")
    assert own_files(school) != before
    assert shared_digest(workspace)


@pytest.fixture
def schools(workspace: Path) -> Schools:
    """The workspace's, of which one was done with its report."""
    school = school_folder(workspace, "ha-tinh/ky-phu")
    for page in ("report.html", "audit/index.html"):
        (school / "_output" / page).parent.mkdir(parents=True, exist_ok=True)
        (school / "_output" / page).write_text("")
    kept(school, Standing("done", "2022-2024", made=("pages", "html")))
    return read_schools(workspace)


def overview(
    workspace: Path, schools: Schools, term: str = "2022-2024", run: Standing | None = None
) -> tuple[str, str]:
    """What it says of the school, which may just have been run, and its page."""
    data, page = write_overview(workspace, schools, term, {"ha-tinh/ky-phu": run} if run else {})
    states = {school["code"]: school["state"] for school in json.loads(data.read_text(encoding="utf-8"))["schools"]}
    return states["ha-tinh/ky-phu"], page.read_text(encoding="utf-8")


def test_the_overview_leads_to_what_was_made_of_the_school_s_last_facts(workspace: Path, schools: Schools) -> None:
    assert "ky-phu/_output/report.html" in overview(workspace, schools)[1]
    again = Standing("done", "2022-2024", made=("pages",))  # as a roll-up has it
    state, page = overview(workspace, schools, run=again)
    assert state == "done"
    assert "ky-phu/_output/report.html" not in page
    assert "ky-phu/_output/audit/index.html" in page


def test_the_overview_says_how_the_schools_stand_that_were_just_run(workspace: Path, schools: Schools) -> None:
    assert overview(workspace, schools, run=Standing("refused", "2022-2024"))[0] == "refused"


def test_a_school_whose_process_ended_is_refused_from_then_on(workspace: Path, schools: Schools) -> None:
    order, code, gone = Order(workspace, "2022-2024"), "ha-tinh/ky-phu", Future()
    gone.set_exception(ProcessGone("killed"))
    assert _standing(gone, order, code, "shared").state == "refused"
    assert overview(workspace, schools)[0] == "refused"
    assert unchanged(school_folder(workspace, code), "shared", "2022-2024", ()) is None


def test_the_overview_of_a_term_says_nothing_of_another_term_s_runs(workspace: Path, schools: Schools) -> None:
    assert overview(workspace, schools)[0] == "done"
    state, page = overview(workspace, schools, "2020-2023")
    assert state == "new"
    assert "_output/report.html" not in page


@pytest.mark.parametrize("text", ["true", "yes", "5.0", '"5"'])
def test_what_is_no_whole_number_is_no_limit(workspace: Path, text: str) -> None:
    (workspace / "data/schools.yml").write_text(LIST.replace("below: 7", f"below: {text}"), encoding="utf-8")
    with pytest.raises(Refused, match="whole number"):
        read_schools(workspace)
