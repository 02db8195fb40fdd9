"""The PDF and the Word file of the real report: every figure leads to its row of evidence, with links and without."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

import pytest
from bs4 import BeautifulSoup, Tag
from docx import Document
from pypdf import PageObject, PdfReader

from tests.e2e.conftest import Project

REF = re.compile(r"C\d+$")


class Row(NamedTuple):
    """Where an anchor stands: in the row of this reference; for a school year, at the line that begins with it."""

    ref: str
    line: str


class Link(NamedTuple):
    page: int
    y: float
    target_page: int
    target_y: float
    text: str  # what stands at the target


@pytest.fixture(scope="module")
def report(rendered: Project) -> dict:
    return json.loads(rendered.path("build/2022-2024/report.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rows(report: dict) -> dict[str, Row]:
    """For each anchor of the evidence its row."""
    found = {}
    for row in all_rows(report):
        found |= {line["anchor"]: Row(row["ref"], line["period"]) for line in row["lines"] if line["anchor"]}
        found[row["anchor"]] = Row(row["ref"], row["ref"])
    return found


@pytest.fixture(scope="module")
def figures(rendered: Project) -> list[tuple[str, str]]:
    """The figures that the HTML states, in reading order, and the anchors which they lead to."""
    page = BeautifulSoup(rendered.path("_output/report.html").read_text(encoding="utf-8"), "html.parser")
    found = [(a.get_text(), a["href"][1:]) for a in page.select("a.figure[id^=fig-]")]
    assert len(found) > 300
    return found


@pytest.fixture(scope="module")
def places(rendered: Project) -> set[str]:
    """The ids of the figures."""
    page = BeautifulSoup(rendered.path("_output/report.html").read_text(encoding="utf-8"), "html.parser")
    return {figure["id"] for figure in page.select("a.figure[id^=fig-]")}


def all_rows(report: dict) -> list[dict]:
    return [row for section in report["evidence"]["sections"] for row in section["rows"]]


def collapsed(items: list) -> list:
    """Without repeats: a figure that is torn over two lines has two links, neighbours may have the same target."""
    return [item for item, _ in groupby(items)]


# -- the PDF -----------------------------------------------------------------------------------------------------


@dataclass
class Pdf:
    reader: PdfReader

    @cached_property
    def texts(self) -> list[list[tuple[str, float, float]]]:
        """For each page the pieces of text with their places."""
        return [pieces(page) for page in self.reader.pages]

    @cached_property
    def links(self) -> list[Link]:
        found = ((number, one.get_object()) for number, page in enumerate(self.reader.pages)
                 for one in page.get("/Annots", []))  # fmt: skip
        # Typst names the headings, which the table of contents leads to; all else is a page and a place on it.
        return [self.link(number, one) for number, one in found if not isinstance(one.get("/Dest"), (str, bytes))]

    def link(self, number: int, annotation: dict) -> Link:
        place = annotation.get("/Dest") or annotation["/A"]["/D"]
        target = next(i for i, page in enumerate(self.reader.pages) if page == place[0].get_object())
        x, y = float(place[2]), float(place[3])
        near = [(round(abs(left - x)), y - base, text, base)
                for text, left, base in self.texts[target] if left > x - 2 and 8 < y - base < 26]  # fmt: skip
        _, _, text, base = min(near, default=(0, 0.0, "nothing", 0.0))
        rect = annotation["/Rect"]
        return Link(number, (float(rect[1]) + float(rect[3])) / 2, target, base, text)

    def ref_at(self, page: int, y: float) -> str:
        """The reference of the row of evidence at this height: the nearest in the first column, at or above it."""
        above = [
            (base, text) for text, left, base in self.texts[page] if REF.match(text) and left < 100 and base > y - 4
        ]
        return min(above)[1] if above else ""


def pieces(page: PageObject) -> list[tuple[str, float, float]]:
    found = []

    def visit(text: str, matrix: list, text_matrix: list, *_: object) -> None:
        if text.strip():
            x = text_matrix[4] * matrix[0] + matrix[4]
            found.append((text.strip(), x, text_matrix[5] * matrix[3] + matrix[5]))

    page.extract_text(visitor_text=visit)
    return found


@pytest.fixture(scope="module")
def pdf(rendered: Project) -> Pdf:
    return Pdf(PdfReader(rendered.path("_output/report.pdf")))


def row_of(pdf: Pdf, link: Link) -> Row:
    return Row(pdf.ref_at(link.target_page, link.target_y), link.text)


def test_every_figure_of_the_pdf_leads_to_its_row(pdf: Pdf, figures: list, rows: dict[str, Row]) -> None:
    expected = collapsed([rows[anchor] for _, anchor in figures])
    found = collapsed([row_of(pdf, link) for link in pdf.links])
    assert found[: len(expected)] == expected


def test_every_row_of_the_pdf_names_the_pages_that_state_it(pdf: Pdf, figures: list, rows: dict[str, Row]) -> None:
    appendix = next(i for i, link in enumerate(pdf.links) if link.target_page < link.page)  # the index begins
    stated: dict[str, set[int]] = {}
    for link in pdf.links[:appendix]:
        stated.setdefault(row_of(pdf, link).ref, set()).add(link.page)
    assert set(stated) == {rows[anchor].ref for _, anchor in figures}
    first = min(link.target_page for link in pdf.links if link.text == "C1")
    back: dict[str, set[int]] = {}
    for link in pdf.links[appendix:]:
        here = pdf.ref_at(link.page, link.y)
        if link.page >= first and here and not re.match("T\\d", link.text):
            back.setdefault(here, set()).add(link.target_page)
    assert back == stated
    indexed = [link for link in pdf.links[appendix:] if re.match(r"C\d|20\d\d-", link.text)]
    assert {row_of(pdf, link).ref for link in indexed} == set(stated)


# -- Word --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def word(rendered: Project) -> BeautifulSoup:
    with zipfile.ZipFile(rendered.path("_output/report.docx")) as archive:
        return BeautifulSoup(archive.read("word/document.xml"), "xml")


def bookmark(anchor: str) -> str:
    """Word allows a name forty letters; Pandoc puts a digest in the place of longer ones."""
    return anchor if len(anchor) <= 40 else "X" + hashlib.sha1(anchor.encode()).hexdigest()[1:]


def bookmarks(word: BeautifulSoup) -> dict[str, Tag]:
    return {mark["w:name"]: mark for mark in word.find_all("bookmarkStart")}


def test_every_figure_in_word_leads_to_its_row(word: BeautifulSoup, figures: list, rows: dict[str, Row]) -> None:
    marks = bookmarks(word)
    rows = {bookmark(anchor): row for anchor, row in rows.items()}
    links = [(a.get_text(), a["w:anchor"]) for a in word.find_all("hyperlink") if a["w:anchor"] in rows]
    figures = [(text, bookmark(anchor)) for text, anchor in figures]
    assert links[: len(figures)] == figures
    for _, anchor in figures:
        ref, line = rows[anchor]
        assert re.match(rf"{ref}\s", marks[anchor].find_parent("tr").get_text()), anchor
        assert marks[anchor].find_next("t").get_text() == line
    # What follows the figures are the links of the index, which name the row.
    for text, anchor in links[len(figures) :]:
        assert text == rows[anchor].ref


def test_every_way_back_in_word_leads_to_a_figure_of_the_row(
    word: BeautifulSoup, rows: dict[str, Row], places: set[str]
) -> None:
    marks = bookmarks(word)
    rows = {bookmark(anchor): row for anchor, row in rows.items()}
    count = 0
    back = {bookmark(place) for place in places}
    for link in word.find_all("hyperlink", attrs={"w:anchor": lambda anchor: anchor in back}):
        ref = link.find_parent("tr").find("t").get_text()
        assert rows[marks[link["w:anchor"]].find_next("hyperlink")["w:anchor"]].ref == ref
        count += 1
    assert count > 128


def test_word_rows_hold_value_formula_cell_and_sources(word: BeautifulSoup, report: dict) -> None:
    trs = [" ".join(tr.get_text().split()) for tr in word.find_all("tr")]
    at = {text.split()[0]: text for text in trs if re.match(r"[CT]\d+ ?", text)}
    codes = {}
    for number, file in enumerate(report["evidence"]["files"], 1):
        codes[file["path"]] = f"T{number}"
        assert f"T{number}{file['path']}{file['digest'][:16]}" in trs
    for row in all_rows(report):
        text = at[row["ref"]]
        assert f"{row['notebook']} › {row['cell']}" in text
        for line in row["lines"]:
            for source in line["sources"]:
                place = f"{source['sheet']}!{source['cell']}" if source["sheet"] else source["cell"]
                assert f"{codes[source['file']]}, {place} " in text
    # What the codes stand for is repeated with the heads of each table.
    keys = [tr.get_text() for tr in word.find_all("tr") if tr.tblHeader and tr.get_text().startswith("Tệp: ")]
    assert len(keys) == len(report["evidence"]["sections"])


@pytest.mark.parametrize(
    ("place", "words"), [("Phần thứ nhất, A.II.1.đ", "Thể dục, thể thao"), ("Phụ lục 1, Bảng 1", "Bảng 1.")]
)
def test_a_reader_of_paper_finds_the_row_from_the_place(rendered: Project, place: str, words: str) -> None:
    paragraphs = [p.text for p in Document(str(rendered.path("_output/report.docx"))).paragraphs]
    (entry,) = (text for text in paragraphs if re.match(rf"{place}\b.*→", text))
    pages = [page.extract_text() for page in PdfReader(rendered.path("_output/report.pdf")).pages]
    assert len(re.findall(r"→\u00a0C\d+", entry)) > 10
    found = re.search(rf"{place}\b[^(]*\(tr\.\s(\d+)", "\n".join(pages))
    assert found and words in pages[int(found[1]) - 1]
