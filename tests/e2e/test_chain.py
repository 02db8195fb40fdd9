"""From a raw cell to a figure in the three outputs, on the real report."""

import difflib
import json
import re
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from docx import Document
from pypdf import PdfReader

from .conftest import ROOT, Project, copy_project

# Added up by hand from the school-year tables: what each of the 27 rows makes over the term.
TOTALS = {
    "gv-gioi-tinh": 5,
    "gv-gioi-huyen": 18,
    "bang-khen-ubnd-tinh": 3,
    "bang-khen-ldld-tinh": 2,
    "giay-khen-so": 1,
    "bang-khen-tinh-doan": 3,
    "giay-khen-ubnd-huyen": 4,
    "giay-khen-ldld-huyen": 1,
    "cstd-co-so": 14,
    "skkn": 22,
    "xep-loai": 147,
    "xep-loai.htsx": 42,
    "xep-loai.htt": 90,
    "xep-loai.ht": 6,
    "xep-loai.kht": 5,
    "xep-loai.chua": 4,
    "lao-dong-tien-tien": 130,
    "hs-xuat-sac": 2105,
    "hs-hoan-thanh": 551,
    "rung-chuong-vang.nhi": 1,
    "rung-chuong-vang.kk": 1,
    "ioe.tinh": 5,
    "ioe.huyen": 24,
    "ioe.truong": 36,
    "bong-da.nhat": 3,
    "bong-ban-tinh.nhat": 1,
    "boi.nhat": 4,
    "boi.nhi": 7,
    "boi.ba": 4,
    "boi.kk": 2,
    "chay-60m.nhat": 2,
    "chay-60m.nhi": 4,
    "chay-60m.kk": 6,
    "bat-xa.nhat": 2,
    "bat-xa.nhi": 3,
    "bat-xa.ba": 2,
    "bat-xa.kk": 4,
    "bong-ban.nhat": 3,
    "trang-nguyen-toan-tai.quoc-gia": 5,
    "trang-nguyen-toan-tai.truong": 100,
    "trang-nguyen-tieng-viet.tinh": 33,
    "trang-nguyen-tieng-viet.huyen": 113,
    "trang-nguyen-tieng-viet.truong": 331,
    "cam-tinh-dang": 9,
    "ket-nap-dang": 9,
    "tai-tro": 3_181_643_000,
}
# What the draft of 12 October 2024 states against its own table, or nobody can reproduce from it.
CONTRADICTED = {
    "noi-dung-xep-loai-dang-vien-htt-tro-len": "28",
    "noi-dung-bang-khen-ldld-tinh": "2",
    "noi-dung-gv-gioi-tinh": "5",
    "noi-dung-hsg-tinh": "38",
    "noi-dung-hsg-huyen": "137",
    "noi-dung-huy-dong": "7.081.643.000",
    "noi-dung-tai-tro": "3.181.643.000",
    "bang-tieu-de": "2024",
    "bang-17": "3 nhất",
    "bang-19": "4 nhất, 7 nhì, 4 ba, 2 KK",
    "bang-20": "2 nhất, 4 nhì, 6 KK",
    "bang-21": "2 nhất, 3 nhì, 2 ba, 4 KK",
    "bang-24": "Tỉnh 33, Huyện 113, Trường 331",
    "bang-27": "3.181.643.000",
}


def facts(project: Project) -> dict[str, dict]:
    content = json.loads(project.path("build/2022-2024/facts.json").read_text(encoding="utf-8"))
    return {fact["key"]: fact for fact in content["facts"]}


def test_the_totals_of_all_rows_are_right(rendered: Project) -> None:
    found = facts(rendered)
    assert {key: found[f"{key}@2022-2024"]["value"] for key in TOTALS} == TOTALS


def test_what_was_not_held_or_not_reported_is_no_zero(rendered: Project) -> None:
    quoted = [fact for fact in facts(rendered).values() if fact["formula"] == "quoted"]
    silent = [f for f in quoted if f["sources"][0]["text"] in ("", "Không tổ chức")]
    # 7 blanks in the tables (two rows of medals and levels have 4 and 3 parts) and one “Không tổ chức”.
    assert len(silent) > 10
    assert [fact["key"] for fact in silent if fact["value"] is not None] == []
    assert facts(rendered)["trang-nguyen-toan-tai.quoc-gia@2023-2024"]["status"] == "not held"
    assert facts(rendered)["ket-nap-dang@2021-2022"]["status"] == "missing"


def test_every_fact_leads_to_a_notebook_cell_and_to_the_text_of_a_raw_cell(rendered: Project) -> None:
    import openpyxl

    books = {p.as_posix(): openpyxl.load_workbook(p) for p in rendered.path("data/raw").rglob("*.xlsx")}
    checked = 0
    for fact in facts(rendered).values():
        period = fact["period"] if fact["notebook"] != "3-summarise-term.ipynb" else "2022-2024"
        executed = json.loads(rendered.path(f"build/{period}/{fact['notebook']}").read_text(encoding="utf-8"))
        (cell,) = [cell for cell in executed["cells"] if cell["id"] == fact["cell"]]
        assert fact["key"] in json.dumps(cell["outputs"])
        for source in fact["sources"]:
            if source["file"].endswith(".xlsx"):
                stood = books[rendered.path(source["file"]).as_posix()][source["sheet"]][source["cell"]].value
                assert source["text"] == ("" if stood is None else str(stood))
                checked += 1
    assert checked > 400


def test_nothing_changed_runs_no_notebook(project: Project) -> None:
    assert "0 notebooks run, 8 up to date" in project.kiemso("run").stdout


def test_a_changed_raw_cell_reruns_its_chain_and_shows_in_all_outputs(project: Project) -> None:
    before = project.path("report.qmd").read_text(encoding="utf-8").splitlines()
    project.write_cell("2023-2024", "C24", 1693)  # pupils with excellent results: 693 until now
    ran = re.findall(r"✓ (\S+ \S+)", project.kiemso("render", "--renderer", "embedded").stdout)
    assert ran == ["1-clean-year 2023-2024", "2-compute-indicators 2023-2024", "3-summarise-term 2022-2024"]
    for text in (html_text(project), pdf_text(project), docx_text(project)):
        assert (
            "3.105" in text and "1.693" in text and "2.105" not in text.replace("“2.105”", "").partition("Phụ lục 3")[0]
        )

    check = project.kiemso("check", status=1).stdout
    stale = re.findall(r"report\.qmd, line \d+ “(.*)”: is now “(.*)” \((.*)\)", check)
    year = "hs-xuat-sac@2023-2024"
    assert stale == [
        ("2.105", "3.105", "hs-xuat-sac"),
        ("693", "1.693", year),
        ("giảm", "tăng", year),
        ("43", "957", year),
    ]
    assert "4 stale" in check

    assert "4 figures rewritten" in project.kiemso("update").stdout
    after = project.path("report.qmd").read_text(encoding="utf-8").splitlines()
    changed = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
    assert changed and all("hs-xuat-sac" in line for line in changed)
    assert len([line for line in changed if line[0] == "+"]) == 2  # the two sentences that state them
    assert "Stale" not in project.kiemso("check", status=1).stdout  # the draft's 2105 is contradicted now


def test_check_finds_what_the_draft_states_wrongly_and_nothing_else(project: Project) -> None:
    assert "14 of them acknowledged" in project.kiemso("check").stdout
    path = project.path("data/claims/2024-10-12.csv")
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | {"acknowledged": "", "reason": ""} for row in rows)
    found = re.findall(
        r"2024-10-12\.csv, line (\d+) .*the data say “(.*)” \(", project.kiemso("check", status=1).stdout
    )
    assert {rows[int(line) - 2]["id"]: data for line, data in found} == CONTRADICTED
    assert len(rows) > 100


def test_an_acknowledgement_holds_for_one_value_of_the_data_only(project: Project) -> None:
    project.replace("data/claims/2024-10-12.csv", ",gv-gioi-tinh,2,5,", ",gv-gioi-tinh,2,4,")
    assert "“2”: the data say “5” (gv-gioi-tinh)" in project.kiemso("check", status=1).stdout


def test_two_folders_give_the_same_bytes(rendered: Project, tmp_path: Path) -> None:
    other = copy_project(ROOT, tmp_path / "elsewhere with a space")
    other.kiemso("render", "--renderer", "embedded", TZ="Asia/Ho_Chi_Minh", PYTHONHASHSEED="7", LC_ALL="C")
    assert {name: data for name, data in other.outputs().items() if not name.endswith(".step.json")} == {
        name: data for name, data in rendered.outputs().items() if not name.endswith(".step.json")
    }


def test_every_figure_links_to_its_evidence_in_html(rendered: Project) -> None:
    page = BeautifulSoup(rendered.path("_output/report.html").read_text(encoding="utf-8"), "html.parser")
    figures = page.select("a.figure")
    rows = {row["id"]: row.find_parent("tr") for row in page.select("[id^=fact-]")}
    assert len(figures) > 350
    known, other = facts(rendered), []
    for figure in figures:
        row, text = rows[figure["href"].removeprefix("#")], figure.get_text()
        key = figure["data-fact"]
        if text != known[key if "@" in key else f"{key}@2022-2024"]["text"]:
            other.append(text)  # stated in words
        else:
            assert text in row.get_text()
    assert len(other) == 5 and {"tăng", "giảm", "60", "43"} < set(other)


@pytest.mark.parametrize("key", ["boi.ba", "hsg.tinh@2022-2023", "huy-dong", "ket-nap-dang.chi-tieu@2024-2027"])
def test_trace_prints_the_chain_down_to_the_sources(rendered: Project, key: str) -> None:
    said = rendered.kiemso("trace", key).stdout
    for source in facts(rendered)[key if "@" in key else f"{key}@2022-2024"]["sources"]:
        assert f"{source['cell']} “{source['text']}”" in said


def test_check_says_so_when_the_data_changed_and_nothing_has_run(project: Project) -> None:
    project.write_cell("2023-2024", "C24", 1693)
    said = project.kiemso("check", status=1).stdout
    assert "run `kiemso run`:\n  1-clean-year 2023-2024\n" in said and "Not passed" in said


def test_a_comparison_is_proved_and_found_from_both_of_its_facts(rendered: Project) -> None:
    page = html_page(rendered).get_text()
    assert "2022-2023 so với 2021-2022: 736 − 676 = 60" in page
    panel = json.loads(rendered.path("build/2022-2024/panel.json").read_text(encoding="utf-8"))
    (comparison,) = panel["facts"]["hs-xuat-sac@2022-2023"]["comparisons"]
    assert comparison == {"text": "2022-2023 so với 2021-2022: 736 − 676 = 60", "keys": ["hs-xuat-sac@2021-2022"]}
    said = rendered.kiemso("trace", "hs-xuat-sac@2021-2022").stdout
    assert "“tăng”" in said and "“60”" in said and "stated in the table “ket-qua”" in said


def test_a_notebook_edited_reruns_it_and_what_follows(project: Project) -> None:
    project.replace("notebooks/2-compute-indicators.ipynb", "Số tiền trong năm học", "Số tiền cả năm học")
    ran = re.findall(r"✓ (\S+)", project.kiemso("run").stdout)
    # The facts come out the same, so the term's notebook has nothing new to summarise.
    assert ran == ["2-compute-indicators"] * 3


def test_a_spoilt_output_is_made_again(project: Project) -> None:
    project.path("build/2022-2023/observations.csv").write_text("spoilt", encoding="utf-8")
    assert re.findall(r"✓ (\S+ \S+)", project.kiemso("run").stdout) == ["1-clean-year 2022-2023"]


def test_quarto_gives_the_same_report(project: Project) -> None:
    if not shutil.which("quarto"):
        pytest.skip("Quarto is not installed here")
    before = html_text(project).split(), docx_text(project).split(), pdf_words(project), html_links(project)
    project.kiemso("render", "--renderer", "quarto")
    assert (html_text(project).split(), docx_text(project).split(), pdf_words(project), html_links(project)) == before


def html_page(project: Project) -> BeautifulSoup:
    page = BeautifulSoup(project.path("_output/report.html").read_text(encoding="utf-8"), "html.parser")
    for hidden in page.select("script, style"):
        hidden.decompose()
    return page


def html_text(project: Project) -> str:
    return html_page(project).get_text(" ")


def html_links(project: Project) -> list[tuple[str, str]]:
    return [(link["href"], link.get_text()) for link in html_page(project).select("a[href]")]


def pdf_text(project: Project) -> str:
    return " ".join(page.extract_text() for page in PdfReader(project.path("_output/report.pdf")).pages)


def docx_text(project: Project) -> str:
    body = Document(str(project.path("_output/report.docx"))).element.body
    return " ".join(
        "".join(t.text or "" for t in p.iter() if t.tag.endswith("}t")) for p in body.iter() if p.tag.endswith("}p")
    )


def pdf_words(project: Project) -> set[str]:
    """The words of the PDF; two versions of Typst break lines and pages in different places."""
    return {word for word in re.split(r"[^\w“”%↩]+", pdf_text(project)) if not word.isdigit()}
