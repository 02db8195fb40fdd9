"""The audit pages of a whole run: every link holds, every cell is accounted for, no text becomes markup."""

import json
import posixpath
import shutil
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from bs4 import BeautifulSoup
from kiemso.audit import up_to_date, write_audit
from kiemso.catalogue import read_catalogue
from kiemso.changelog import write_changes
from kiemso.evidence import Evidence, read_evidence
from kiemso.key import parse_key
from kiemso.manuscript import read_manuscript
from kiemso.page import cell_anchor, href, notebook_page, raw_page, render, set_notebook
from kiemso.sheet import GridCell, Sheet, read_sheets
from kiemso.use import Use
from kiemso.workbook import raw_files, read_workbook

from .conftest import Project, copy_project

KINDS = {"used", "unread", "label", "heading", "unused", "blank"}


class Audit:
    """The pages written for a project, parsed once each."""

    def __init__(self, project: Project, output: Path, corrections: dict | None = None) -> None:
        manuscript = read_manuscript(project.folder)
        self.evidence: Evidence = read_evidence(project.folder, manuscript.term)
        self.output = output
        self.written = write_audit(self.evidence, manuscript, output, corrections)
        write_changes(self.evidence, manuscript, output)
        self.soups = {
            path.relative_to(output).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
            for path in sorted((output / "audit").rglob("*.html"))
        }
        self.ids = {page: {tag["id"] for tag in soup.find_all(id=True)} for page, soup in self.soups.items()}

    def broken_links(self) -> list[str]:
        """Links to a page or place that is not there, or out of the project."""
        links = ((page, a["href"]) for page, soup in self.soups.items() for a in soup.find_all("a", href=True))
        return [f"{page}: {link}" for page, link in links if not self.leads_somewhere(page, link)]

    def leads_somewhere(self, page: str, link: str) -> bool:
        path, _, fragment = map(unquote, link.partition("#"))
        name = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
        if name == "report.html":
            return not fragment or fragment.removeprefix("fact=") in self.evidence.facts
        return name in self.soups and (not fragment or fragment in self.ids[name])

    def raw_soups(self) -> dict[str, BeautifulSoup]:
        return {page: soup for page, soup in self.soups.items() if page.startswith("audit/raw/")}


@pytest.fixture(scope="module")
def audit(rendered: Project, tmp_path_factory: pytest.TempPathFactory) -> Audit:
    return Audit(rendered, tmp_path_factory.mktemp("audit"))


def test_every_fact_has_its_card_under_the_cell_that_recorded_it(audit: Audit) -> None:
    term = audit.evidence
    for fact in term.facts.values():
        period = fact.period if fact.period in term.term.school_years else term.name
        soup = audit.soups[notebook_page(period, fact.notebook)]
        card = soup.find(id=fact.cell).find(id=parse_key(fact.key).anchor)
        assert card is not None, fact.key
        assert fact.text in card.find("strong").text
        assert fact.expression in card.text
        assert fact.note in card.text


def test_every_source_has_its_place_on_the_page_of_its_workbook(audit: Audit) -> None:
    sources = {s for fact in audit.evidence.facts.values() for s in fact.sources if s.sheet}
    assert len(sources) > 100
    for source in sources:
        assert cell_anchor(source.sheet, source.cell) in audit.ids[raw_page(source.file)], source


def test_every_link_leads_to_a_place_that_is_there(audit: Audit) -> None:
    assert audit.broken_links() == []


def test_the_panel_of_the_report_finds_its_pages(audit: Audit, rendered: Project) -> None:
    panel = json.loads(rendered.path("build/2022-2024/panel.json").read_text(encoding="utf-8"))
    pages = [one["page"] for one in (*panel["cells"].values(), *panel["sources"]) if one["page"]]
    assert len(pages) > 150
    assert [page for page in pages if not audit.leads_somewhere("report.html", page)] == []


def test_a_cell_is_marked_used_just_where_a_fact_names_it(audit: Audit) -> None:
    named = Counter((raw_page(s.file), cell_anchor(*s[1:3])) for f in audit.evidence.facts.values() for s in f.sources)
    marked = Counter()
    for page, soup in audit.raw_soups().items():
        for cell in soup.select("td.used"):
            marked[page, cell["id"]] = len(cell.select("li"))
    assert marked == Counter({place: n for place, n in named.items() if place[0] in audit.soups})


def test_every_cell_that_holds_something_is_used_or_has_its_reason(audit: Audit) -> None:
    project, term = audit.evidence.project, audit.evidence
    reasons = Counter()
    for period in (*term.term.school_years, term.name):
        for file in raw_files(project, period):
            name = file.relative_to(project).as_posix()
            soup = audit.soups[raw_page(name)]
            for raw in read_workbook(file, name).cells:
                cell = soup.find(id=cell_anchor(raw.sheet, raw.cell))
                assert cell.find("bdi").text == raw.text
                assert set(cell["class"]) & KINDS, raw
                reasons[cell["title"].partition(": ")[2]] += 1
            stated = sum(int(li.find("b").text) for li in soup.select(".uses li"))
            assert stated == len(soup.select("td[id]"))
    assert set(reasons) == {
        "số liệu của dữ kiện",
        "nhãn của dòng có số liệu được dùng",
        "tên chung của các dòng con",
        "dòng tiêu đề của bảng",
        "cột số thứ tự",
        "cột ghi chú",
        "phần đầu trang, ngoài bảng",
    }


def test_a_card_says_how_often_the_report_states_its_fact(audit: Audit, rendered: Project) -> None:
    report = BeautifulSoup(rendered.path("_output/report.html").read_text(encoding="utf-8"), "html.parser")
    shown = Counter(audit.evidence.fact(a["data-fact"]).key for a in report.select("a.figure[data-fact]"))
    for page, soup in audit.soups.items():
        for card in soup.select("article.card[id]"):
            count = shown[card.select_one(".card-foot code").text]
            wanted = f"báo cáo nêu {count} lần" if count else "báo cáo không nêu"
            assert card.select_one(".stated").text == wanted, (page, card["id"])


def test_the_index_lists_notebooks_in_their_order_workbooks_and_claims(audit: Audit) -> None:
    soup = audit.soups["audit/index.html"]
    runs = [a["href"] for a in soup.select("main section:first-of-type td a")]
    years = [
        f"{year}/{name}.html"
        for year in audit.evidence.term.school_years
        for name in ("1-clean-year", "2-compute-indicators")
    ]
    assert runs == [*years, "2022-2024/1-clean-year.html", "2022-2024/3-summarise-term.html"]
    assert len(soup.select(".digest")) == 4
    assert len(soup.select(".claims tbody tr")) == len(audit.evidence.verdicts)


def test_pages_are_in_vietnamese_whole_and_ask_for_nothing_from_outside(audit: Audit) -> None:
    for page, soup in audit.soups.items():
        assert soup.html["lang"] == "vi"
        assert soup.title.text.endswith(" – Kiểm Số")
        assert len(soup.select("h1")) == 1, page
        assert len(soup.find_all("script")) == 1
        assert not soup.find_all(["link", "iframe", "object"])
        assert all(image["src"].startswith("data:image/") and image["alt"] for image in soup.find_all("img"))
        ids = [tag["id"] for tag in soup.find_all(id=True)]
        assert len(ids) == len(set(ids)), page


def test_what_did_not_change_is_not_written_again_and_what_is_gone_is_deleted(audit: Audit, rendered: Project) -> None:
    raw = audit.output / raw_page("data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx")
    changes, stray = audit.output / "audit/changes.html", audit.output / "audit/raw/2020-2021/cu.html"
    stray.parent.mkdir()
    for path in (changes, stray):
        path.write_text("<p>", encoding="utf-8")
    whole = raw.read_bytes()
    raw.write_text("edited by hand", encoding="utf-8")
    manuscript = read_manuscript(rendered.folder)
    assert not up_to_date(audit.evidence, manuscript, audit.output)
    assert Audit(rendered, audit.output).written == [raw]
    assert raw.read_bytes() == whole
    assert up_to_date(audit.evidence, manuscript, audit.output)
    (audit.output / "audit/pages.json").write_text('{"audit/index.html": []}', encoding="utf-8")
    assert not up_to_date(audit.evidence, manuscript, audit.output)
    assert len(Audit(rendered, audit.output).written) == len(audit.soups) - 1  # the page of changes is not of these
    assert Audit(rendered, audit.output).written == []
    assert changes.exists()
    assert not stray.parent.exists()


def test_two_folders_give_the_same_bytes(audit: Audit, rendered: Project, tmp_path: Path) -> None:
    other = copy_project(rendered.folder, tmp_path / "Báo cáo #2", "build")
    again = Audit(other, tmp_path / "output")
    files = [path.relative_to(again.output) for path in again.output.rglob("*") if path.is_file()]
    assert len(files) == len(audit.soups) + 1
    for name in files:
        assert (again.output / name).read_bytes() == (audit.output / name).read_bytes(), name


def test_a_corrected_cell_shows_before_and_after(rendered: Project, tmp_path: Path) -> None:
    file = "data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx"
    audit = Audit(rendered, tmp_path, {(file, "Kết quả", "C7"): ("1", "2", "Công văn số 5 & 6")})
    cell = audit.soups[raw_page(file)].find(id="Kết quả!C7")
    assert (cell.find("del").text, cell.find("ins").text) == ("1", "2")
    assert "Công văn số 5 & 6" in cell.text
    assert "corrected" in cell["class"]
    card = audit.soups["audit/2021-2022/2-compute-indicators.html"].find(id="fact-gv-gioi-tinh_2021-2022")
    assert "“1”, đính chính thành “2”" in card.text


# -- what a person can put into a workbook -------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</td></table><style>body{display:none}</style>",
    "{{ 7*7 }} {% raw %} ${alert(3)}",
    "\u202etxet desrever\u202c \u200f",
    "=HYPERLINK(\u201chttp://x\u201d) &lt;b&gt; &amp;",
]


def test_hostile_texts_and_names_show_as_the_text_they_are(project: Project, tmp_path: Path) -> None:
    (path,) = project.path("data/raw/2021-2022").glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet.title = "<i onclick=x> #1 100% \"a\" 'b'"
    sheet["A1"] = HOSTILE[0]
    for row, text in enumerate(HOSTILE, 7):
        sheet.cell(row, 5, text).data_type = "s"
        sheet.cell(row, 1, text).data_type = "s"
    sheet["E6"] = "<b>Ghi</b>"
    path.unlink()
    book.save(path.with_name("kết quả #1 100% 'b' &amp; {i}.xlsx"))
    label = "<script>alert(4)</script> & <i>giỏi</i> \u202etỉnh"
    project.replace("data/indicators.yml", "label: Giáo viên dạy giỏi cấp tỉnh", f"label: {json.dumps(label)}")
    project.kiemso("run")
    audit = Audit(project, tmp_path / "output")
    assert audit.broken_links() == []
    for page, soup in audit.soups.items():
        assert len(soup.find_all("script")) == len(soup.find_all("style")) == 1, page
        assert not soup.find_all(lambda tag: any(name.startswith("on") for name in tag.attrs)), page
    (raw,) = [soup for page, soup in audit.raw_soups().items() if "#1" in page]
    shown = {bdi.text for bdi in raw.select("td bdi")}
    assert set(HOSTILE) <= shown
    clean = audit.soups["audit/2021-2022/1-clean-year.html"].text
    assert HOSTILE[0] in clean
    computed = audit.soups["audit/2021-2022/2-compute-indicators.html"]
    assert computed.find(id="fact-gv-gioi-tinh_2021-2022").find("bdi").text == label


def test_no_output_of_a_notebook_becomes_markup_that_runs() -> None:
    hostile, mark = "<script>alert(1)</script>", "<img src=x onerror=alert(2)>"
    table = (
        f'<style scoped>td {{}}</style><table onclick="x"><tr><td class="a" style="b">{hostile}{mark}</td></tr></table>'
    )
    outputs = [
        {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/html": table}},
        {"output_type": "display_data", "metadata": {}, "data": {"text/plain": hostile, "application/javascript": "x"}},
        {"output_type": "stream", "name": "stdout", "text": ["\x1b[31m", mark]},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": [hostile]},
    ]
    code = {"cell_type": "code", "id": "a", "metadata": {}, "source": f'"{hostile}"', "outputs": outputs}
    words = {
        "cell_type": "markdown",
        "id": "b",
        "metadata": {},
        "source": [f"# {mark}\n", "\n", "[x](javascript:alert(3))"],
    }
    notebook = {"cells": [code, words], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    soup = BeautifulSoup(set_notebook(notebook, {}), "html.parser")
    assert {tag.name for tag in soup.find_all()} == {"div", "p", "a", "pre", "span", "table", "tbody", "tr", "td", "h1"}
    assert {name for tag in soup.find_all() for name in tag.attrs} <= {
        "id",
        "class",
        "role",
        "aria-label",
        "tabindex",
        "href",
    }
    assert [a["href"] for a in soup.find_all("a")] == ["#a", "#harmful-link"]
    assert soup.td.text == hostile + mark
    assert [pre.text.strip() for pre in soup.find_all("pre")] == [f'"{hostile}"', hostile, mark, hostile]


@pytest.fixture
def sheets_of(tmp_path: Path, root: Path):
    """The sheets of a workbook of 2021-2022, as its page shows them."""

    def read(path: Path, fed: dict | None = None) -> list[Sheet]:
        shutil.copytree(root / "data", tmp_path / "project/data")
        file = f"data/raw/2021-2022/{path.name}"
        shutil.copy(path, tmp_path / "project" / file)
        return read_sheets(tmp_path / "project", file, "2021-2022", ["2021-2022"], read_catalogue(root), fed or {}, {})

    return read


def test_a_sheet_is_laid_out_with_its_merged_far_and_hidden_cells(make_workbook, sheets_of) -> None:
    path = make_workbook({"A1": "Trường", "B3": "Nội dung", "C3": "Năm học 2021-2022", "D3": "Khác", "B4": "SKKN"})
    book = openpyxl.load_workbook(path)
    sheet = book["Kết quả"]
    sheet["B4"], sheet["D4"], sheet["B5"], sheet["C5"], sheet["AZ5000"] = "SKKN", "x", "Lạ", 3, "xa"
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("B4:C4")
    other = book.create_sheet("Nháp")
    other["A1"], other.sheet_state = "nháp", "hidden"
    book.create_sheet("Trống")
    book.save(path)
    fed = {"Kết quả!C4": [{"label": "Sáng kiến"}]}
    first, second, third = sheets_of(path, fed)
    cells = {cell.anchor.partition("!")[2]: cell for _, row in first.rows for cell in row}
    assert [number for number, _ in first.rows] == ["1", "2", "3", "4", "5", "6–4999", "5000"]
    assert first.columns == ["A", "B", "C", "D", "E–AY", "AZ"]
    assert (cells["A1"].columns, cells["A1"].use.reason) == (4, "phần đầu trang, ngoài bảng")
    assert "C4" not in cells
    assert (cells["B4"].covered, cells["B4"].facts, cells["B4"].use.kind) == (
        ["Kết quả!C4"],
        [{"label": "Sáng kiến"}],
        "used",
    )
    assert (cells["C5"].use.kind, cells["B5"].use.kind) == ("unread", "unread")
    assert cells["D4"].use.reason == "cột khác, không phải cột số liệu"
    assert cells["AZ5000"].use.reason == "phần dưới hoặc giữa các bảng"
    assert (second.hidden, third.rows) == (True, ())
    assert (second.rows, second.unread, third.unread) == ((), 1, 0)


def test_links_survive_odd_names() -> None:
    assert href("audit/index.html", "audit/2021-2022/a.html", "fact-x") == "2021-2022/a.html#fact-x"
    assert href("audit/raw/2021-2022/a.html", "report.html", "fact=boi.ba@2021-2022") == (
        "../../../report.html#fact=boi.ba@2021-2022"
    )
    assert href("audit/index.html", raw_page("data/raw/2021-2022/a: #1 50% “x”.xlsx"), "Kết quả!C7") == (
        "raw/2021-2022/a%3A%20%231%2050%25%20%E2%80%9Cx%E2%80%9D.xlsx.html#K%E1%BA%BFt%20qu%E1%BA%A3!C7"
    )


def test_a_sheet_that_nothing_reads_shows_only_how_many_cells_it_has(make_workbook, sheets_of) -> None:
    path = make_workbook({"B3": "Nội dung", "C3": "Năm học 2021-2022", "B4": "SKKN", "C4": 7})
    book = openpyxl.load_workbook(path)
    book.create_sheet("Riêng")["A1"] = "Người Thử"
    book.save(path)
    first, second = sheets_of(path)
    assert first.rows and (second.rows, second.unread) == ((), 1)


def test_a_list_shows_what_it_feeds_and_masks_the_rest(make_workbook, sheets_of) -> None:
    heading = {"A1": "TT", "B1": "Họ và tên", "C1": "Danh hiệu", "D1": "Ngày quyết định", "E1": "Lạ"}
    record = {"A2": 1, "B2": "Người Thử", "C2": "SKKN", "D2": "05/05/2022", "E2": "Thử", "C3": "Người Thử"}
    (sheet,) = sheets_of(make_workbook({**heading, **record}), {"Kết quả!C2": [{"label": "Sáng kiến"}]})
    cells = {cell.anchor.partition("!")[2]: cell for _, row in sheet.rows for cell in row}
    assert {name: cell.text for name, cell in cells.items() if cell.text == "•••"}.keys() == {"B2", "E1", "E2", "C3"}
    assert [cells[name].use.mark for name in ("A2", "B2", "C2", "D2")] == ["số TT", "che", "số liệu", "danh sách"]
    assert cells["C2"].facts == [{"label": "Sáng kiến"}]


def test_a_converted_cell_shows_what_the_file_says(audit: Audit) -> None:
    soup = BeautifulSoup(render_sheet(audit, original="Tr­êng", warning="đứng ở dòng ẩn"), "html.parser")
    cell = soup.find(id="S!A1")
    assert "trong tệp: Tr­êng" in cell.text and "⚠ đứng ở dòng ẩn" in cell.text
    assert "nguyên văn trong tệp: “Tr­êng”" in cell["title"]


def render_sheet(audit: Audit, **more: str) -> str:
    """A workbook's page with one cell."""
    cell = GridCell("S!A1", "Trường", Use("label", "nhãn", "nhãn"), [], None, 1, 1, [], **more)
    sheet = Sheet("S", False, ["A"], [("1", [cell])])
    view = {"name": "x", "period": "2021-2022", "file": "x", "digest": "", "corrections": {}, "siblings": []}
    style = [Path(audit.evidence.project / "_extensions/kiemso/kiemso.css")]
    return render("workbook.html", style, sheets=[sheet], uses=[], report="", index="", fed={}, **view)
