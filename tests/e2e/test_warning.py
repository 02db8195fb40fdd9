"""Suspicious but usable values, from the workbook to the report's evidence."""

import json

from bs4 import BeautifulSoup

from .conftest import Project


def warnings(project: Project) -> list[dict[str, str]]:
    report = json.loads(project.path("build/2022-2024/report.json").read_text(encoding="utf-8"))
    return report["evidence"]["warnings"]


def test_the_projects_own_workbooks_give_no_warning(rendered: Project) -> None:
    assert warnings(rendered) == []


def test_marks_fractions_and_jumps_are_listed_with_their_cells(project: Project) -> None:
    project.write_cell("2022-2023", "C7", "–")
    project.write_cell("2022-2023", "C23", "44/49")
    project.write_cell("2023-2024", "C38", "9.916.760 (nghìn đồng)")  # the year before: 1.306.107.000
    project.kiemso("render", "--renderer", "embedded")
    found = [(warning["file"][9:18], warning["cell"], warning["text"]) for warning in warnings(project)]
    assert found == [
        ("2022-2023", "C7", "–"),
        ("2022-2023", "C23", "44/49"),
        ("2023-2024", "C38", "9.916.760 (nghìn đồng)"),
    ]
    page = BeautifulSoup(project.path("_output/report.html").read_text(encoding="utf-8"), "html.parser")
    titles = [heading for heading in page.find_all(["h2", "h3", "h4"]) if "Điều cần lưu ý" in heading.get_text()]
    assert len(titles) == 1
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in titles[0].find_next("table")("tr")]
    assert [row[1:3] for row in rows] == [
        ["Vị trí", "Nguyên văn"],
        ["Kết quả!C7", "–"],
        ["Kết quả!C23", "44/49"],
        ["Kết quả!C38", "9.916.760 (nghìn đồng)"],
    ]
    assert "1.306.107.000" in rows[3][3] and "9.916.760.000" in rows[3][3]


def test_an_amount_in_thousands_shows_how_it_was_multiplied(project: Project) -> None:
    project.write_cell("2023-2024", "D6", "ĐVT")
    project.write_cell("2023-2024", "D38", "nghìn đồng")
    project.write_cell("2023-2024", "C38", 991_676)
    project.kiemso("render", "--renderer", "embedded")
    assert "991.676.000 (991.676 × 1.000 (nghìn đồng))" in project.path("_output/report.html").read_text("utf-8")
    assert "991.676 × 1.000 (nghìn đồng)" in project.kiemso("trace", "tai-tro").stdout


def test_a_value_outside_the_declared_range_stops_the_run_and_names_its_cell(project: Project) -> None:
    (path,) = project.path("data/raw/2022-2024").glob("*.xlsx")
    project.replace("data/indicators.yml", "range: [1, 12]", "range: [1, 8]")
    said = project.kiemso("run", status=2, KIEMSO_LANG="en").stderr
    assert path.name in said and "states 9 of “Buổi học mỗi tuần”, which can be 1 to 8" in said
