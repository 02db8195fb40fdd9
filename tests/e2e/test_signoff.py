"""From a draft to an approved report, and back to a draft when one raw cell changes."""

import json

from .conftest import Project

TERM = "2022-2024"


def approve(project: Project, *roles: str, status: int = 0) -> str:
    done = [
        project.kiemso("approve", "--by", "Nguyễn Văn A", "--role", role, "--date", "2024-10-12", status=status)
        for role in roles
    ]
    return "".join(one.stdout + one.stderr for one in done)


def report_status(project: Project) -> dict:
    project.kiemso("run")
    return json.loads(project.path(f"build/{TERM}/report.json").read_text(encoding="utf-8"))["status"]


def test_a_report_is_a_draft_until_the_last_role_approves_it_and_again_after_a_change(project: Project) -> None:
    assert report_status(project) == {"draft": True, "text": "DỰ THẢO"}
    assert "has not been approved yet" in project.kiemso("diff").stdout
    assert "“duyệt” needs the approval of this report by lập and kiểm tra" in approve(project, "duyet", status=2)
    assert not project.path("data/approved").exists()

    said = approve(project, "lap", "kiem-tra", "duyet")
    assert "Still to approve: kiểm tra, duyệt." in said and "no draft any more" in said
    assert report_status(project)["text"] == "Đã duyệt: Nguyễn Văn A, ngày 12/10/2024"
    assert "Ready for release." in project.kiemso("check", "--release").stdout
    assert "nothing changed" in project.kiemso("diff").stdout

    project.write_cell("2023-2024", "C24", 1693)  # pupils with excellent results: 693 until now
    assert "✗ Notebooks are up to date" in project.kiemso("check", "--release", status=1).stdout
    assert report_status(project)["draft"]
    said = project.kiemso("diff").stdout
    assert "hs-xuat-sac: Học sinh hoàn thành xuất sắc và tiêu biểu, 2022-2024: 2.105 lượt → 3.105 lượt (+1.000)" in said
    assert "because data/raw/2023-2024/ket-qua-nam-hoc-2023-2024.xlsx!Kết quả!C24: “693” → “1693”" in said
    found = json.loads(project.kiemso("diff", "--json").stdout)
    assert {fact["key"] for fact in found["facts"]} == {"hs-xuat-sac", "hs-xuat-sac@2023-2024"}
    assert [cell["cell"] for cell in found["cells"]] == ["C24"]
    changed = {sentence["before"]: sentence["after"] for sentence in found["sentences"]}
    (before,) = [sentence for sentence in changed if sentence.startswith("Cả nhiệm kỳ có 2.105 lượt học sinh")]
    assert changed[before] == before.replace("2.105", "3.105").replace("693", "1.693")

    said = project.kiemso("check", "--release", status=1).stdout
    assert "✗ No figure is stale" in said and "→ Run `kiemso update`" in said and "✗ Approved (duyệt)" in said
    assert "No figure is stale" in approve(project, "lap", status=2)


def test_a_changed_calculation_is_named_though_no_value_changed_and_edited_facts_are_refused(project: Project) -> None:
    approve(project, "lap", "kiem-tra", "duyet")
    project.replace("notebooks/3-summarise-term.ipynb", "term_facts()", "term_facts()  # data/terms.yml")
    assert "run `kiemso run`" in approve(project, "lap", status=2).replace("Run", "run")
    project.kiemso("run")
    found = json.loads(project.kiemso("diff", "--json").stdout)
    assert [(one["notebook"], one["cell"]) for one in found["calculations"]] == [("3-summarise-term.ipynb", "term")]
    assert (found["facts"], found["sentences"], found["cells"]) == ([], [], [])
    assert found["files"] == ["notebooks/3-summarise-term.ipynb"]

    project.replace(f"data/approved/{TERM}.csv", "hs-xuat-sac@2022-2024,2105,", "hs-xuat-sac@2022-2024,2106,")
    outputs = project.outputs()
    for command in (["diff"], ["run"], ["check", "--release"], ["render"]):
        assert f"data/approved/{TERM}.csv: is not what was approved" in project.kiemso(*command, status=2).stderr
    assert project.outputs() == outputs
