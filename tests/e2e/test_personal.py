"""Marked names, birth dates, telephone and identity numbers go into record lists; no output may show a mark."""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pypdf
import pytest
from kiemso.evidence import read_evidence
from kiemso.fact import Fact
from simulated_file import write_school
from simulated_school import MARKS, make_school

from .conftest import ROOT, Project, copy_project

YEARS = ("2021-2022", "2022-2023", "2023-2024")
LISTS = "data/raw/2021-2022/danh-sach-2021-2022.xlsx"


def seeded(folder: Path) -> Project:
    """A project whose school years are those of a made-up school, with its record lists."""
    project = copy_project(ROOT, folder)
    for year in YEARS:
        shutil.rmtree(project.path(f"data/raw/{year}"))
        write_school(make_school("thu-0001", year, "5"), project.folder)
    return project


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = seeded(tmp_path_factory.mktemp("school") / "project")
    project.said = [project.kiemso("render", "--renderer", "embedded")]
    return project


@pytest.fixture
def copy(school: Project, tmp_path: Path) -> Project:
    return copy_project(school.folder, tmp_path / "project", "build", "_output")


def shown(project: Project) -> Iterator[tuple[str, str]]:
    """Every text of every output; what is packed in archives and PDF pages too."""
    for path in sorted([*project.path("build").rglob("*"), *project.path("_output").rglob("*")]):
        if path.is_file():
            content, name = path.read_bytes(), path.relative_to(project.folder).as_posix()
            yield name, content.decode("utf-8", "replace")
            if zipfile.is_zipfile(io.BytesIO(content)):
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    yield from (
                        (f"{name}/{one}", archive.read(one).decode("utf-8", "replace")) for one in archive.namelist()
                    )
            if path.suffix == ".pdf":
                yield name, "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def marked(text: str) -> list[str]:
    """The marks in a text, escaped in JSON or HTML or not."""
    ascii_only = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)
    return [mark for mark in MARKS if mark in text or mark in ascii_only]


def put(project: Project, file: str, sheet: str, cell: str, value: object) -> None:
    book = openpyxl.load_workbook(project.path(file))
    book[sheet][cell] = value
    book.save(project.path(file))


def first_row(project: Project, sheet: str) -> int:
    """The first record of a list."""
    rows = openpyxl.load_workbook(project.path(LISTS))[sheet].iter_rows(values_only=True)
    return next(number for number, row in enumerate(rows, 1) if row[0] in ("STT", "TT")) + 1


def facts(project: Project) -> dict[str, Fact]:
    return dict(read_evidence(project.folder, "2022-2024").facts)


def test_the_marks_are_in_the_files(school: Project) -> None:
    book = openpyxl.load_workbook(school.path(LISTS))
    texts = "\n".join(str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row)
    assert set(marked(texts)) == {*MARKS} - {"NGƯỜI THỬ"}


def test_no_output_of_a_whole_run_shows_a_mark(school: Project) -> None:
    outputs = list(shown(school))
    assert len(outputs) > 60
    assert {name: marks for name, text in outputs if (marks := marked(text))} == {}


def test_no_command_says_a_mark(copy: Project) -> None:
    said = [
        copy.kiemso("run"),
        copy.kiemso("check", status=None),
        copy.kiemso("update"),
        copy.kiemso("trace", "tai-tro"),
        copy.kiemso("trace", f"{LISTS}!Xếp loại!E{first_row(copy, 'Xếp loại')}"),
        copy.kiemso("trace", f"{LISTS}!Xếp loại!B{first_row(copy, 'Xếp loại')}", status=2),
        copy.kiemso("diff", status=None),
        copy.kiemso("check", "--json", status=None),
    ]
    assert [done.args for done in said if marked(done.stdout + done.stderr)] == []


def test_the_lists_agree_with_the_summary_and_are_named_in_the_evidence(school: Project) -> None:
    for key, cells in (("tai-tro@2021-2022", "E"), ("xep-loai@2021-2022", "E"), ("skkn@2022-2023", "D")):
        summary, listed = facts(school)[key].sources
        assert summary.sheet == "Kết quả" and listed.cell.startswith(cells)
        assert re.fullmatch(r"\d+ dòng.* \(khớp\)", listed.text)


def test_a_cell_of_a_list_leads_up_to_what_it_feeds(school: Project) -> None:
    cell = f"{LISTS}!Xếp loại!E{first_row(school, 'Xếp loại')}"
    traced = json.loads(school.kiemso("trace", "--json", cell).stdout)
    assert {fact["key"] for fact in traced["feeds"]} >= {"xep-loai@2021-2022", "xep-loai@2022-2024"}
    assert len(traced["sources"]) == 2


def test_the_page_of_a_list_links_each_row_and_the_panel_leads_there(school: Project) -> None:
    page = school.path(f"_output/audit/raw/2021-2022/{Path(LISTS).name}.html").read_text(encoding="utf-8")
    panel = json.loads(school.path("build/2022-2024/panel.json").read_text(encoding="utf-8"))
    lists = [source for source in panel["sources"] if source["file"] == LISTS]
    anchors = {link.partition("#")[2] for source in lists for _, link in source["cells"]}
    assert len(anchors) > 20
    assert [anchor for anchor in anchors if f'id="{unquote(anchor)}"' not in page] == []


# -- a name where none belongs -------------------------------------------------------------------------------------

NAME = "Người Thử 7777 ZQX07777"


MISPLACED = [
    ("Khen thưởng", "D", NAME),
    ("Khen thưởng", "E", f"{NAME} 05/05/1903"),
    ("Xếp loại", "E", f"HTT {NAME}"),
    ("Thi đấu", "F", NAME),
    ("Tài trợ", "E", "0997700123"),
    ("Tài trợ", "B", NAME),
]


def test_a_refusal_names_each_cell_and_does_not_quote_what_stands_there(copy: Project) -> None:
    places = [(sheet, f"{column}{first_row(copy, sheet)}") for sheet, column, _ in MISPLACED]
    for (sheet, cell), (*_, value) in zip(places, MISPLACED, strict=True):
        put(copy, LISTS, sheet, cell, value)
    for arguments in (["run"], ["run", "--json"]):
        for language in ("vi", "en"):
            done = copy.kiemso(*arguments, status=2, KIEMSO_LANG=language)
            said = done.stdout + done.stderr
            assert [place for place in places if place[0] not in said or place[1] not in said] == []
            assert LISTS in said and marked(said) == []
    assert [name for name, text in shown(copy) if marked(text)] == []


def test_a_correction_of_a_masked_cell_names_the_mask(copy: Project) -> None:
    cell = f"D{first_row(copy, 'Khen thưởng')}"
    title = openpyxl.load_workbook(copy.path(LISTS))["Khen thưởng"][cell].value
    put(copy, LISTS, "Khen thưởng", cell, NAME)
    correct(copy, cell, NAME, title)
    said = copy.kiemso("run", status=2).stderr
    assert cell in said and "•••" in said and marked(said) == []
    correct(copy, cell, "•••", title)
    before = {key: fact.value for key, fact in facts(copy).items()}
    copy.kiemso("render", "--renderer", "embedded")
    assert {key: fact.value for key, fact in facts(copy).items()} == before
    assert [name for name, text in shown(copy) if marked(text)] == []
    panel = json.loads(copy.path("build/2022-2024/panel.json").read_text(encoding="utf-8"))
    (fixed,) = [one for source in panel["sources"] for one in source["corrections"]][:1]
    assert (fixed["cell"], fixed["from"], fixed["to"]) == (cell, "•••", title)


def correct(project: Project, cell: str, before: str, after: str) -> None:
    one = {"file": LISTS, "sheet": "Khen thưởng", "cell": cell, "from": before, "to": after}
    entry = one | {"reason": "gõ nhầm cột", "by": "Văn thư", "date": "2024-10-12"}
    project.path("data/corrections.yml").write_text(json.dumps([entry], ensure_ascii=False), encoding="utf-8")


def test_a_sheet_that_no_layout_reads_is_shown_nowhere(copy: Project) -> None:
    book = openpyxl.load_workbook(copy.path(LISTS))
    sheet = book.create_sheet("Ghi riêng")
    sheet["A1"], sheet["B2"] = NAME, "0900 771234"
    book.save(copy.path(LISTS))
    done = copy.kiemso("render", "--renderer", "embedded")
    assert marked(done.stdout + done.stderr) == []
    assert [name for name, text in shown(copy) if marked(text)] == []
    page = copy.path(f"_output/audit/raw/2021-2022/{Path(LISTS).name}.html").read_text(encoding="utf-8")
    assert "Ghi riêng" in page and "2 ô, không hiển thị" in page


def test_a_difference_between_summary_and_list_names_both(copy: Project) -> None:
    book = openpyxl.load_workbook(copy.path("data/raw/2021-2022/ket-qua-2021-2022.xlsx"))
    sheet = book["Kết quả"]
    row = next(row for row in sheet.iter_rows() if row[0].value == 11)
    row[2].value += 1
    book.save(copy.path("data/raw/2021-2022/ket-qua-2021-2022.xlsx"))
    said = copy.kiemso("run", status=2).stderr
    assert f"C{row[2].row}" in said and f"{LISTS} › Xếp loại" in said


def test_a_record_changed_in_both_changes_just_the_facts_that_name_it(copy: Project) -> None:
    before = facts(copy)
    amount = openpyxl.load_workbook(copy.path(LISTS))["Tài trợ"]
    rows = [row for row in amount.iter_rows() if isinstance(row[0].value, int)]
    record, total = rows[0][4], next(row[4] for row in amount.iter_rows() if row[1].value == "Tổng cộng")
    plain = int(str(record.value).replace(".", ""))
    put(copy, LISTS, "Tài trợ", record.coordinate, plain + 1000)
    put(copy, LISTS, "Tài trợ", total.coordinate, total.value + 1000)
    (stated,) = [source for source in before["tai-tro@2021-2022"].sources if source.sheet == "Kết quả"]
    put(copy, stated.file, stated.sheet, stated.cell, total.value + 1000)
    copy.kiemso("run")
    place = (LISTS, "Tài trợ", record.coordinate)
    named = {key for key, fact in before.items() if any(place in source.places for source in fact.sources)}
    changed = {key for key, fact in facts(copy).items() if fact.value != before[key].value}
    assert changed == named and "tai-tro@2022-2024" in named
