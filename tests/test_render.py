"""The report in HTML, PDF and Word: figures lead to their evidence, in both renderers alike."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from kiemso.render import RenderError, render
from pypdf import PageObject, PdfReader

ROOT = Path(__file__).parents[1]
FIXTURE = Path(__file__).parent / "fixtures" / "render"
HOSTILE = '<script>alert(1)</script> & #panic("x") $\\pagebreak$ *b* _i_ @ref <lab> [x](y) `c` </w:t> // ~ ^ =1+1'
TURNED = "12\u200f34 \u202e56"  # with these marks it would show as 65 34 12
ALL = ("html", "pdf", "docx")
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><rect width="60" height="20"/></svg>'
needs_quarto = pytest.mark.skipif(not shutil.which("quarto"), reason="Quarto is not on the PATH")


def _fact(anchor: str, **forms: str) -> dict:
    return {"anchor": anchor, "label": "Giáo viên dạy giỏi cấp tỉnh", "status": "observed", "forms": forms}


def _row(anchor: str, ref: str, value: str, text: str) -> dict:
    file = "data/raw/2021-2022/ket-qua.xlsx"
    sources = [{"file": file, "sheet": "Kết quả", "cell": "C7", "text": text}]
    line = {"period": "2021-2022", "value": "1", "formula": "", "sources": sources}
    return {
        "anchor": anchor,
        "ref": ref,
        "label": text,
        "value": value,
        "unit": "lượt",
        "formula": "1 + 2 + 2 = 5",
        "notebook": "3-summarise-term.ipynb",
        "cell": "gv-gioi-tinh",
        "lines": [{**line, "anchor": f"{anchor}_2021-2022"}, {**line, "period": "2022-2023", "anchor": None}],
    }


def _warning(text: str) -> dict:
    place = {"file": "data/raw/2021-2022/ket-qua.xlsx", "sheet": "Kết quả", "cell": "C9"}
    return place | {"text": text, "message": "được đọc là 0"}


def _report() -> dict:
    column = {"align": "left", "width": 50}
    row = {"cells": [["GV giỏi tỉnh"], [{"fact": "gv-gioi-tinh"}, " lượt"]], "class": "sub"}
    table = {
        "columns": [{**column, "title": "Nội dung"}, {**column, "title": "Cả nhiệm kỳ"}],
        "rows": [{"cells": [["Thi đua"], []], "class": "group"}, row],
    }
    return {
        "term": "2022-2024",
        "facts": {
            "gv-gioi-tinh": _fact("fact-gv-gioi-tinh", value="5", trend="tăng"),
            "gv-gioi-tinh@2021-2022": _fact("fact-gv-gioi-tinh_2021-2022", value="1"),
            "la": _fact("fact-la", value=HOSTILE),
        },
        "tables": {"ket-qua": {**table, "caption": "Kết quả", "note": HOSTILE}},
        "charts": {
            "gioi": {
                "caption": "Giáo viên giỏi",
                "alt": 'Cột "cao" dần \\',
                "svg": "charts/a.svg",
                "png": "charts/a.png",
                "table": table,
            }
        },
        "evidence": {
            "files": [{"path": "data/raw/2021-2022/ket-qua.xlsx", "digest": "0123456789abcdef" * 4}],
            "sections": [
                {
                    "title": "Thi đua",
                    "rows": [
                        _row("fact-gv-gioi-tinh", "C1", "5", "GV giỏi tỉnh"),
                        _row("fact-la", "C2", HOSTILE, HOSTILE + "\u0001"),
                    ],
                }
            ],
            "warnings": [_warning(HOSTILE), _warning(TURNED)],
        },
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "dự án")


def make_project(folder: Path) -> Path:
    charts = folder / "build" / "2022-2024" / "charts"
    charts.mkdir(parents=True)
    (charts / "a.svg").write_text(SVG)
    (charts / "a.png").write_bytes(base64.b64decode(PNG))
    (charts.parent / "report.json").write_text(json.dumps(_report()), encoding="utf-8")
    (folder / "build" / "broken").mkdir()
    (folder / "build" / "broken" / "report.json").write_text("{}")
    shutil.copy(FIXTURE / "report.qmd", folder)
    shutil.copy(ROOT / "_quarto.yml", folder)
    shutil.copytree(ROOT / "_extensions", folder / "_extensions")
    return folder


def edit(project: Path, old: str, new: str) -> None:
    path = project / "report.qmd"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def html(project: Path) -> BeautifulSoup:
    soup = BeautifulSoup((project / "_output/report.html").read_text(encoding="utf-8"), "html.parser")
    for part in soup(["script", "style"]):
        part.decompose()
    return soup


def docx(project: Path) -> BeautifulSoup:
    with zipfile.ZipFile(project / "_output/report.docx") as archive:
        return BeautifulSoup(archive.read("word/document.xml"), "xml")


def docx_text(project: Path) -> list[str]:
    return [
        "".join(t.get_text() or "-" for t in p.find_all(["t", "noBreakHyphen"])) for p in docx(project).find_all("p")
    ]


def squeezed_pdf_text(project: Path) -> str:
    """The text without white space, page numbers and repeated table heads: line and page breaks do not matter."""
    pages = [page.extract_text() for page in PdfReader(project / "_output/report.pdf").pages]
    pages[1:] = [re.sub(r"\d+\s*$", "", page) for page in pages[1:]]
    return re.sub(r"\s+", "", "".join(pages)).replace("ChỉtiêuGiátrịCáchtínhNguồnTệp:T1ket-qua.xlsx", "")


def pdf_links(project: Path) -> list[str]:
    """The text that stands where each link leads to."""
    reader = PdfReader(project / "_output/report.pdf")
    placed = [_placed(page) for page in reader.pages]
    found = []
    for page in reader.pages:
        for annotation in page.get("/Annots", []):
            place = annotation.get_object().get("/Dest") or annotation.get_object()["/A"]["/D"]
            if isinstance(place, str):  # newer versions of Typst name the headings
                place = reader.named_destinations[place].dest_array
            number = next(i for i, one in enumerate(reader.pages) if one == place[0].get_object())
            found.append(_text_at(placed[number], float(place[2]), float(place[3])))
    return found


def _placed(page: PageObject) -> list[tuple[str, float, float]]:
    texts = []

    def visit(text: str, matrix: list, text_matrix: list, *_: object) -> None:
        if text.strip():
            x = text_matrix[4] * matrix[0] + matrix[4]
            texts.append((text.strip(), x, text_matrix[5] * matrix[3] + matrix[5]))

    page.extract_text(visitor_text=visit)
    return texts


def _text_at(placed: list[tuple[str, float, float]], x: float, y: float) -> str:
    # Typst lets a link lead some points above the line, so that it is not hidden by the window's edge.
    near = [(round(abs(left - x)), y - base, text) for text, left, base in placed if left > x - 2 and 8 < y - base < 26]
    return min(near)[2] if near else "nothing"


def test_html_figures_lead_to_rows_that_exist(project: Path) -> None:
    render(project, ["html"], "embedded")
    soup = html(project)
    figures = soup.select("a.figure")
    assert {a["data-fact"] for a in figures} == {"gv-gioi-tinh", "gv-gioi-tinh@2021-2022", "la"}
    for link in soup.find_all("a", href=re.compile("^#")):
        assert len(soup.find_all(id=link["href"][1:])) == 1, link
    assert soup.find(id="fact-gv-gioi-tinh_2021-2022").get_text() == "2021-2022"
    row = soup.find(id="fact-gv-gioi-tinh").find_parent("tr").get_text()
    assert "1 + 2 + 2 = 5" in row
    assert "3-summarise-term.ipynb › gv-gioi-tinh" in row
    assert "2021-2022: 1 ← ket-qua.xlsx, Kết quả!C7 “GV giỏi tỉnh”" in row


def test_evidence_leads_back_to_the_figures(project: Path) -> None:
    render(project, ["html"], "embedded")
    back = html(project).find(id="fact-gv-gioi-tinh").find_parent("th").select("a.back")
    assert [a["href"] for a in back] == ["#fig-gv-gioi-tinh-1", "#fig-gv-gioi-tinh-2", "#fig-gv-gioi-tinh-3"]


def test_html_is_one_accessible_file(project: Path) -> None:
    render(project, ["html"], "embedded")
    soup = html(project)
    assert soup.html["lang"] == "vi"
    assert soup.title.get_text() == "BÁO CÁO: Kết quả nhiệm kỳ 2022-2024"
    assert soup.img["src"].startswith("data:image/svg+xml")
    assert soup.img["alt"] == 'Cột "cao" dần \\'
    assert len(soup.find_all("h1")) == 1
    assert soup.select_one(".report-table thead th").get_text() == "Nội dung"
    assert not soup.find_all("link")


def test_pictures_and_html_of_the_report_itself_are_embedded(project: Path) -> None:
    (project / "a.svg").write_text(SVG)
    picture = "data:image/svg+xml;base64," + base64.b64encode(SVG.encode()).decode()
    for own in ("![Ảnh](a.svg)", '<img alt="Ảnh" src="a.svg">'):
        edit(project, "# Phụ lục", own + "\n\n# Phụ lục")
        render(project, ["html"], "embedded")
        assert html(project).find("img", alt="Ảnh")["src"] == picture, own
        edit(project, own, "")


def test_letterhead_stands_before_the_title_everywhere(project: Path) -> None:
    render(project, ALL, "embedded")
    for text in (html(project).body.get_text(), squeezed_pdf_text(project), "".join(docx_text(project))):
        text = re.sub(r"\s+", "", text).replace("Mụclục", "")
        assert text.index("KỲPHÚ") < text.index("VIỆTNAM") < text.index("BÁOCÁO") < text.index("Kếtquảnhiệmkỳ")
        assert text.index("Kếtquảnhiệmkỳ") < text.index("(TrìnhĐạihội)") < text.rindex("Phầnthứnhất")


def test_opening_stands_before_the_contents(project: Path) -> None:
    render(project, ALL, "embedded")
    assert html(project).select_one("#title-block-header > .opening").get_text().strip() == "(Trình Đại hội)"
    for text in (squeezed_pdf_text(project), re.sub(r"\s+", "", "".join(docx_text(project)))):
        assert text.index("Kếtquảnhiệmkỳ") < text.index("(TrìnhĐạihội)") < text.index("Mụclục")


def status(project: Path, draft: bool, text: str) -> None:
    path = project / "build/2022-2024/report.json"
    report = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**report, "status": {"draft": draft, "text": text}}), encoding="utf-8")


def word_part(project: Path, name: str) -> BeautifulSoup:
    with zipfile.ZipFile(project / "_output/report.docx") as archive:
        return BeautifulSoup(archive.read(name), "xml")


def test_draft_is_marked_on_each_page(project: Path) -> None:
    status(project, True, "DỰ THẢO")
    render(project, ALL, "embedded")
    assert html(project).select_one("header .status.draft").get_text() == "DỰ THẢO"
    pages = [page.extract_text() for page in PdfReader(project / "_output/report.pdf").pages]
    assert [page.count("DỰ THẢO") for page in pages] == [2] * len(pages)  # the head of the page, and the light mark
    assert docx_text(project)[0] == "DỰ THẢO"
    # Word's header shows the document's category, which Word and LibreOffice read when they open the file.
    assert word_part(project, "docProps/core.xml").category.get_text() == "DỰ THẢO"
    relations = {one["Id"]: one["Target"] for one in word_part(project, "word/_rels/document.xml.rels")("Relationship")}
    (header,) = docx(project).find_all("headerReference")
    assert "category" in word_part(project, "word/" + relations[header["r:id"]]).dataBinding["w:xpath"]


@pytest.mark.parametrize(
    ("text", "shown"), [("Bí thư, 12/10", "Đã duyệt: Bí thư, 12/10"), ("Đã duyệt: <b>", "Đã duyệt: <b>")]
)
def test_approved_report_says_who_approved_it(project: Path, text: str, shown: str) -> None:
    status(project, False, text)
    render(project, ALL, "embedded")
    assert html(project).select_one("header .status:not(.draft)").get_text() == shown
    pages = [page.extract_text() for page in PdfReader(project / "_output/report.pdf").pages]
    assert [page.count(shown) for page in pages] == [1] * len(pages)
    assert docx_text(project)[0] == word_part(project, "docProps/core.xml").category.get_text() == shown


def test_report_without_status_has_no_mark(project: Path) -> None:
    render(project, ALL, "embedded")
    assert not html(project).select(".status")
    assert docx_text(project)[0] == "ĐẢNG BỘ XÃ KỲ PHÚ"
    # Word would ask its reader to fill in a missing one.
    assert word_part(project, "docProps/core.xml").category.get_text() == "\u00a0"
    assert "DỰ THẢO" not in squeezed_pdf_text(project)


def test_ranges_and_document_numbers_stay_whole_and_searchable(project: Path) -> None:
    render(project, ALL, "embedded")
    whole = [span.get_text() for span in html(project).select(".nowrap")]
    assert {"2022-2024", "2022-2024,", "05-CT/TW."} <= set(whole)
    text = "\n".join(page.extract_text() for page in PdfReader(project / "_output/report.pdf").pages)
    assert "Nhiệm kỳ 2022-2024, theo Chỉ thị số 05-CT/TW." in text
    subtitle, body = (p for p in docx(project).find_all("p") if "iệm kỳ 2022" in p.get_text())
    assert subtitle.noBreakHyphen and not subtitle.find("t", string=re.compile("2022-"))
    assert "2022-2024" in body.get_text()


def test_word_keeps_rows_whole_and_lists_with_dashes(project: Path) -> None:
    render(project, ["docx"], "embedded")
    soup = docx(project)
    _, *others = soup.find_all("tbl")
    assert all(row.trPr.cantSplit for table in others for row in table.find_all("tr"))
    heads = [row for table in others for row in table.find_all("tr") if row.trPr.tblHeader]
    assert "Tệp: T1 ket-qua.xlsx" in [row.get_text() for row in heads]
    listed = next(p for p in soup.find_all("p") if p.get_text() == "Lưu: VT.")
    assert listed.pStyle["w:val"] == "SignatureList" and not listed.numPr  # the style carries the dash
    breaks = soup.find_all("pageBreakBefore")
    assert len(breaks) == 1 and breaks[0].find_next("t").get_text() == "Phụ lục"


def test_files_are_named_on_each_page_unless_they_would_fill_it(project: Path) -> None:
    path = project / "build/2022-2024/report.json"
    for count in (12, 13):
        report = _report()
        names = [f"data/raw/2021-2022/{number:02}.xlsx" for number in range(count)]
        report["evidence"]["files"] += [{"path": name, "digest": "0" * 64} for name in names]
        sources = report["evidence"]["sections"][0]["rows"][0]["lines"][0]["sources"]
        sources[:] = [sources[0] | {"file": name} for name in names]
        report["evidence"]["sections"][0]["rows"][1]["lines"] = []
        path.write_text(json.dumps(report), encoding="utf-8")
        render(project, ["docx"], "embedded")
        heads = [row.get_text() for row in docx(project).find_all("tr") if row.tblHeader]
        assert any(text.startswith("Tệp: T2 00.xlsx; T3 01.xlsx") for text in heads) == (count == 12)


def test_pdf_links_lead_to_places_in_it(project: Path) -> None:
    render(project, ["pdf"], "embedded")
    targets = pdf_links(project)
    assert "nothing" not in targets
    # Four figures state the term's fact (text, table, heading; and the contents repeat the heading), one the year's.
    assert targets.count("C1") >= 4
    assert targets.count("2021-2022") == 1
    assert "C2" in targets
    assert (
        "giáo viên dạy giỏi cấp tỉnh, riêng năm đầu có" in targets
    )  # the way back names a page once, and leads to the first figure on it
    outline = PdfReader(project / "_output/report.pdf").outline
    assert any("Các tệp số liệu gốc" in str(entry) for entry in outline)


def test_docx_links_lead_to_bookmarks(project: Path) -> None:
    render(project, ["docx"], "embedded")
    soup = docx(project)
    anchors = [link["w:anchor"] for link in soup.find_all("hyperlink")]
    bookmarks = [mark["w:name"] for mark in soup.find_all("bookmarkStart")]
    assert set(anchors) <= set(bookmarks)
    assert len(set(bookmarks)) == len(bookmarks)
    assert "fact-gv-gioi-tinh_2021-2022" in anchors
    assert len(soup.find_all("drawing")) == 1


def test_stale_figures_are_marked_and_told(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    render(project, ALL, "embedded")
    stale = html(project).select_one("a.stale")
    assert stale.mark.get_text() == "tăng"
    assert "giảm" in stale["title"]
    assert "giảm" not in squeezed_pdf_text(project)
    styles = [run.find("rStyle")["w:val"] for run in docx(project).find_all("r") if run.get_text() == "tăng"]
    assert styles == ["Stale"]
    told = [line for line in capfd.readouterr().err.splitlines() if "“gv-gioi-tinh”" in line]
    assert told == ["kiemso: stale: fact “gv-gioi-tinh”: report.qmd says “giảm”, the fact is “tăng”"]


def test_emphasis_and_waivers_stay(project: Path) -> None:
    render(project, ["html"], "embedded")
    soup = html(project)
    assert soup.select_one("strong > a.figure").get_text() == "1"
    waived = soup.select_one(".waived")
    assert (waived.get_text(), waived["title"]) == ("hai", "số đếm trong câu")


def test_hostile_strings_show_as_text(project: Path) -> None:
    render(project, ALL, "embedded")
    page = " ".join(html(project).get_text().split())
    assert page.count(HOSTILE) == 7  # figure, note, label, value, two sources, warning
    assert "".join(HOSTILE.split()) in squeezed_pdf_text(project)
    assert any(HOSTILE in paragraph for paragraph in docx_text(project))
    shown = "12\ufffd34 \ufffd56"
    assert shown in page and shown in docx_text(project)
    assert shown.replace(" ", "") in squeezed_pdf_text(project)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("fact=la", "fact=gv-gioi-tinhh", "no fact “gv-gioi-tinhh”"),
        ("as=trend", "as=words", "“gv-gioi-tinh” has no form as=words; it has: trend, value"),
        ("table=ket-qua", "table=kq", "no table “kq”"),
        ("chart=gioi", "chart=x", "no chart “x”"),
        ("term: 2022-2024", "term: 2024-2027", "build/2024-2027/report.json does not exist: run `kiemso run` first"),
        ("::: {.evidence}\n:::", "", "no place for their evidence"),
        ("lang: vi", "lang: 'vi", "report.qmd: line"),
        ("term: 2022-2024", "term: broken", "build/broken/report.json is not what was expected"),
    ],
)
@pytest.mark.parametrize("renderer", ["embedded", pytest.param("quarto", marks=needs_quarto)])
def test_failure_names_its_cause_and_leaves_the_last_report(
    project: Path, renderer: str, old: str, new: str, message: str
) -> None:
    (project / "_output").mkdir()
    for name in ALL:
        (project / f"_output/report.{name}").write_text("the last good report")
    edit(project, old, new)
    before = sorted(path.name for path in project.iterdir())
    with pytest.raises(RenderError, match=re.escape(message)):
        render(project, ALL, renderer)
    assert sorted(path.name for path in (project / "_output").iterdir()) == [f"report.{n}" for n in sorted(ALL)]
    assert {path.read_text() for path in (project / "_output").iterdir()} == {"the last good report"}
    assert sorted(path.name for path in project.iterdir() if path.name != ".quarto") == before


def test_all_problems_are_told_together(project: Path) -> None:
    edit(project, "fact=la", "fact=a")
    edit(project, "chart=gioi", "chart=b")
    with pytest.raises(RenderError, match=r"“a”(?s:.*)“b”"):
        render(project, ALL, "embedded")


def test_same_inputs_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = make_project(tmp_path / "a"), make_project(tmp_path / "b" / "c d")
    render(first, ALL, "embedded")
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    render(second, ALL, "embedded")
    for name in ALL:
        path = f"_output/report.{name}"
        assert (first / path).read_bytes() == (second / path).read_bytes(), name


def test_a_newer_pandoc_on_the_path_is_not_used(project: Path, tmp_path: Path, monkeypatch) -> None:
    other = tmp_path / "bin/pandoc"
    other.parent.mkdir()
    other.write_text('#!/bin/sh\ntest "$1" = --version && echo pandoc 99.0\n')
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(other.parent), prepend=":")
    assert render(project, ["html"], "embedded")
    monkeypatch.setenv("PYPANDOC_PANDOC", str(other))
    with pytest.raises(RenderError):
        render(project, ["html"], "embedded")


def test_unknown_format_or_renderer_is_refused(project: Path) -> None:
    with pytest.raises(RenderError, match="unknown format odt"):
        render(project, ["odt"])
    with pytest.raises(RenderError, match="unknown renderer word"):
        render(project, ALL, "word")


@needs_quarto
def test_quarto_gives_the_same_report(project: Path) -> None:
    seen = []
    for renderer in ("embedded", "quarto"):
        render(project, ALL, renderer)
        page, word = html(project), docx(project)
        seen.append(
            {
                "html text": " ".join(page.get_text().split()),
                "html links": [(a.get("href"), a.get_text(), a.get("id"), a.get("title")) for a in page.find_all("a")],
                "html images": [(i["alt"], i["src"]) for i in page.find_all("img")],
                "html ids": [one["id"] for one in page.find_all(id=True)],
                "docx text": docx_text(project),
                "docx links": [(a["w:anchor"], a.get_text()) for a in word.find_all("hyperlink")],
                "docx bookmarks": [mark["w:name"] for mark in word.find_all("bookmarkStart")],
                "docx images": len(word.find_all("drawing")),
                "pdf text": squeezed_pdf_text(project),
                "pdf links": pdf_links(project),
            }
        )
    embedded, quarto = seen
    for name, value in embedded.items():
        assert quarto[name] == value, name


@needs_quarto
@pytest.mark.parametrize("status", [0, 2])
def test_quarto_runs_the_notebooks_first(project: Path, tmp_path: Path, status: int) -> None:
    package = tmp_path / "stand-in" / "kiemso"
    package.mkdir(parents=True)
    told = "import pathlib, sys; pathlib.Path('told').write_text(' '.join(sys.argv[1:]));"
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(f"{told} sys.exit({status})")
    environment = {key: value for key, value in os.environ.items() if key != "KIEMSO_RUN"}
    done = subprocess.run(
        [str(shutil.which("quarto")), "render", "--to", "kiemso-html"],
        cwd=project,
        env={**environment, "QUARTO_PYTHON": sys.executable, "PYTHONPATH": str(package.parent)},
        capture_output=True,
        check=False,
    )
    assert (project / "told").read_text() == "run --audit"
    assert (done.returncode == 0) == (status == 0)
    assert (project / "_output/report.html").exists() == (status == 0)


@pytest.mark.parametrize("ending", ["exit 1", "kill -INT $PPID; sleep 5"])
def test_a_quarto_that_fails_takes_with_it_only_what_it_made(
    project: Path, tmp_path: Path, monkeypatch, ending
) -> None:
    made = "touch report.typ 'report-ban-nhap.docx' 'report.qmd~'; mkdir report_files"
    quarto = tmp_path / "bin/quarto"
    quarto.parent.mkdir()
    quarto.write_text(f"#!/bin/sh\n{made}\n{ending}\n")
    quarto.chmod(0o755)
    (project / "report.docx").write_text("của tôi", encoding="utf-8")
    monkeypatch.setenv("PATH", str(quarto.parent), prepend=":")
    with pytest.raises((RenderError, KeyboardInterrupt)):
        render(project, ["html"], "quarto")
    left = {path.name for path in project.glob("report*")}
    assert left == {"report.qmd", "report.docx", "report-ban-nhap.docx", "report.qmd~"}
