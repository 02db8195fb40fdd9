"""A look at a file: what would be read of it and what not, safely shown, and a first layout for it."""

from __future__ import annotations

import json
import shutil

import openpyxl
import pytest
import yaml
from click.testing import CliRunner
from kiemso.cli import main
from kiemso.display import terminal
from kiemso.layout import read_layouts
from kiemso.look import look_at
from kiemso.problem import Refused
from openpyxl.styles import Font
from simulate import simulate
from simulated_school import MARKS

from tests.tables import find, grid_of

OWN = "data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx"
SUMMARY = [
    ["TRƯỜNG TIỂU HỌC THỬ"],
    ["BÁO CÁO NĂM HỌC 2023-2024"],
    ["TT", "Chỉ tiêu", "KH 2023-2024", "TH 2023-2024", "Ghi chú"],
    ["I", "Công tác khen thưởng"],
    [1, "Giáo viên dạy giỏi cấp tỉnh", 3, 2],
    [2, "SKKN", 5, 7],
    ["II", "Cấp huyện"],
    [3, "Môn bơi", None, "2 nhất, 1 nhì"],
]


@pytest.fixture
def project(root, tmp_path):
    """The project's reviewed data, without workbooks."""
    folder = tmp_path / "project"
    for name in ("indicators.yml", "terms.yml", "layouts"):
        copy = shutil.copytree if (root / "data" / name).is_dir() else shutil.copy
        (folder / "data").mkdir(parents=True, exist_ok=True)
        copy(root / "data" / name, folder / "data" / name)
    return folder


@pytest.fixture
def save(tmp_path):
    """Save sheets of rows as a workbook outside of the project; those called “(ẩn) …” are hidden."""

    def save_sheets(name: str = "bao-cao.xlsx", **sheets: list):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            sheet.sheet_state = "hidden" if title.startswith("Ẩn") else "visible"
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return save_sheets


def kiemso(project, *arguments, status: int | None = 0):
    done = CliRunner().invoke(main, ["look", *map(str, arguments), "--project", str(project)])
    assert status is None or done.exit_code == status, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def values(look):
    return {line.label: line.value for part in look.parts for line in part.lines if line.value}


def test_the_schools_own_workbook_is_read_whole(root):
    look = look_at(root / OWN, root)
    assert (look.file, look.period, look.format, look.known) == (
        OWN,
        "2021-2022",
        "an Excel workbook (.xlsx)",
        "by its folder",
    )
    assert [(part.layout, part.proposed, part.rows) for part in look.parts] == [("nam-hoc", False, (7, 38))]
    assert look.parts[0].headings == [("Nội dung", "B6"), ("Năm học 2021-2022", "C6")]
    assert (look.problems, look.warnings, look.unstated, look.proposals) == ([], [], [], {})
    assert values(look)["Môn bơi cấp huyện"] == "nhất: 2 giải; nhì: 3 giải; ba: 2 giải"
    assert values(look)["Vận động tài trợ"] == "883.860.000 đồng"


def test_a_label_that_is_not_known_is_shown_with_the_nearest_and_the_rest_is_read(project, save):
    rows = [["Nội dung", "Năm học 2023-2024"], ["SKKN", 7], ["Lao động tiên tiếnn", 4], ["GV giỏi tỉnh", "hai"]]
    look = look_at(save(Bảng=rows), project)
    lines = {line.cell: line for line in look.parts[0].lines}
    assert (lines["B2"].indicator, lines["B2"].value, lines["B2"].wrong) == ("skkn", "7 sáng kiến", False)
    assert lines["B3"].wrong and "Did you mean “Lao động tiên tiến”" in lines["B3"].remark
    assert lines["B4"].wrong and lines["B4"].indicator == "gv-gioi-tinh" and not lines["B4"].value
    assert {problem.cell for problem in look.problems} == {"A3", "B4"}


def test_what_was_converted_from_a_legacy_encoding_is_shown_beside_what_it_is_read_as(project, save):
    rows = [["Nội dung", "Năm học 2023-2024"], ["Lao ®éng tiªn tiÕn", 7]]
    path = save(Bảng=rows)
    book = openpyxl.load_workbook(path)
    book.active["A2"].font = Font(name=".VnTime")
    book.save(path)
    (line,) = look_at(path, project).parts[0].lines
    assert (line.label, line.label_original) == ("Lao động tiên tiến", "Lao ®éng tiªn tiÕn")
    output = kiemso(project, path).output
    assert "Lao động tiên tiến (in the file: Lao ®éng tiªn tiÕn)" in output
    assert "1 cell was converted from TCVN3" in output


def test_what_the_first_notebook_would_miss_or_doubt_is_said(project, save):
    layout = project / "data/layouts/nam-hoc.yml"
    layout.write_text(layout.read_text(encoding="utf-8") + "states: [skkn, gv-gioi-tinh]\n", encoding="utf-8")
    rows = [["TT", "Nội dung", "Năm học 2023-2024", "Ghi chú"], [1, "SKKN", 7], [None, None, None, "cấp huyện"]]
    look = look_at(save(Bảng=rows), project)
    assert [str(p.message) for p in look.problems] == ["has no row for “Giáo viên dạy giỏi cấp tỉnh”"]
    assert [(w.cell, str(w.message)) for w in look.warnings] == [("D3", "stands in a row without a label: not read")]


def test_sheets_that_are_not_read_say_why(project, save):
    rows = [["Nội dung", "Năm học 2023-2024"], ["SKKN", 7]]
    look = look_at(save(Bảng=rows, Ẩn=rows, Khác=[["Thực đơn", "Cháo"]], Trống=[]), project)
    assert [(name, str(state)) for name, _, _, state in look.sheets] == [
        ("Bảng", "read"),
        ("Ẩn", "not read: the sheet is hidden"),
        ("Khác", "not read: no layout fits"),
        ("Trống", "blank"),
    ]


def test_the_school_year_is_asked_for_where_it_is_not_clear(project, save):
    both = save(Bảng=[["Nội dung", "2022-2023", "2023-2024"], ["SKKN", 7, 8]])
    with pytest.raises(Refused, match="not clear which school year it is of: 2022-2023, 2023-2024"):
        look_at(both, project)
    assert values(look_at(both, project, "2022-2023")) == {"SKKN": "7 sáng kiến"}
    none = save(Bảng=[["Nội dung", "Số liệu"], ["SKKN", 7]])
    with pytest.raises(Refused, match="nothing in it says"):
        look_at(none, project)
    with pytest.raises(Refused, match="no school year and no term"):
        look_at(none, project, "../..")
    named = save("so-lieu-2023-2024.xlsx", Bảng=[["Nội dung", "2022-2023", "2023-2024"], ["SKKN", 7, 8]])
    assert look_at(named, project).period == "2023-2024"


def test_a_first_layout_reads_the_file_that_it_was_made_from(project, save):
    path = save(**{"Tổng hợp": SUMMARY})
    proposed = look_at(path, project)
    assert [(part.layout, part.proposed) for part in proposed.parts] == [("bao-cao", True)]
    done = kiemso(project, path, "--write-layout", "truong-thu")
    assert done.output.endswith("→ data/layouts/truong-thu.yml\n")
    written = (project / "data/layouts/truong-thu.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(written) == {
        "label": "Bảng “Tổng hợp”",
        "shape": "rows",
        "labels": ["Chỉ tiêu"],
        "values": ["TH {period}"],
        "sections": {"Công tác khen thưởng": "", "Cấp huyện": "Cấp huyện"},
    }
    look = look_at(path, project)
    assert [(part.layout, part.proposed) for part in look.parts] == [("truong-thu", False)]
    assert (
        values(look)
        == values(proposed)
        == {
            "Giáo viên dạy giỏi cấp tỉnh": "2 lượt",
            "SKKN": "7 sáng kiến",
            "Môn bơi": "nhất: 2 giải; nhì: 1 giải",
        }
    )
    assert look.problems == [] and look.proposals == {}


@pytest.mark.parametrize(
    ("rows", "content"),
    [
        (
            [["Năm học", "SKKN", "Lao động tiên tiến"], ["2022-2023", 1, 2], ["2023-2024", 3, 4]],
            {"shape": "columns", "labels": ["Năm học"], "where": {"Năm học": ["{period}"]}},
        ),
        (
            [["Lớp", "SKKN", "Lao động tiên tiến"], ["1A", 1, 2], ["1B", 2, 2]],
            {"shape": "columns", "labels": ["Lớp"], "add": True},
        ),
        (
            [["Đối tượng", "Năm", "Số lượng"], ["SKKN", "2022-2023", 2], ["SKKN", "2023-2024", 3]]
            + [["Lao động tiên tiến", "2022-2023", 4], ["Lao động tiên tiến", "2023-2024", 4]],
            {"shape": "rows", "labels": ["Đối tượng"], "values": ["Số lượng"], "where": {"Năm": ["{period}"]}},
        ),
    ],
)
def test_tables_of_other_shapes_get_a_layout_that_reads_them(project, save, rows, content):
    look = look_at(save(Bảng=rows), project, "2023-2024")
    (proposal,) = look.proposals.values()
    assert {name: entry for name, entry in proposal.content.items() if name != "label"} == content
    observed = {line.indicator: line.value for line in look.parts[0].lines if line.value}
    assert observed["skkn"] == "3 sáng kiến" and observed["lao-dong-tien-tien"] == "4 lượt" and not look.problems


def test_what_is_not_clear_is_left_to_a_person_and_reads_nothing(project, save):
    rows = [["Chỉ tiêu", "Lần 1", "Lần 2"], ["SKKN", 7, 8], ["Lao động tiên tiến", 1, 2], ["Lao động giỏi", 1, 2]]
    path = save(Bảng=rows)
    look = look_at(path, project, "2023-2024")
    assert look.parts == [] and look.values == 0
    done = kiemso(project, path, "--period", "2023-2024", "--write-layout", status=1)
    assert "To decide: which heading stands above the values: “Lần 1”, “Lần 2”?" in done.output
    written = (project / "data/layouts/bao-cao.yml").read_text(encoding="utf-8")
    assert "# TODO: which heading stands above the values: “Lần 1”, “Lần 2”?\nvalues:\n- TODO\n" in written
    read_layouts(project)
    assert look_at(path, project, "2023-2024").values == 0


def test_a_layout_is_never_written_over(project, save):
    before = (project / "data/layouts/nam-hoc.yml").read_bytes()
    path = save(**{"Tổng hợp": SUMMARY})
    done = kiemso(project, path, "--write-layout", "nam-hoc", status=2)
    assert "never written over" in done.output and (project / "data/layouts/nam-hoc.yml").read_bytes() == before
    assert "no name for a layout" in kiemso(project, path, "--write-layout", "../x", status=2).output
    twice = [kiemso(project, save(name, **{"Tổng hợp": SUMMARY}), "--write-layout") for name in ("nam-hoc.xlsx",)]
    assert twice[0].output.endswith("→ data/layouts/nam-hoc-2.yml\n")


def test_where_nothing_is_known_no_layout_is_written(project, save):
    path = save(Bảng=[["Thực đơn", "Năm học 2023-2024"], ["Cháo", 3]])
    before = sorted((project / "data/layouts").iterdir())
    assert "no layout can be proposed" in kiemso(project, path, "--write-layout", status=2).output
    assert sorted((project / "data/layouts").iterdir()) == before


def test_one_layout_does_not_complain_of_a_header_that_another_one_fits(catalogue):
    layouts = {
        "a": "label: a\nshape: rows\nlabels: [Nội dung]\n",
        "b": "label: b\nshape: rows\nlabels: [Nội dung]\nvalues: [Số liệu]\n",
    }
    found = find(grid_of([["Nội dung", "Năm học 2021-2022"], ["SKKN", 7]]), layouts, catalogue)
    assert [table.name for table in found.tables] == ["a"] and found.problems == []


def test_no_personal_text_of_a_list_is_shown_whether_a_layout_fits_or_not(root, project, tmp_path):
    simulate(tmp_path / "made", schools=1, years=1, seed=3, broken=0)
    (path,) = (tmp_path / "made").rglob("danh-sach-*.xlsx")
    for read_by_layouts in (True, False):
        if not read_by_layouts:
            shutil.rmtree(project / "data/layouts")
        look = look_at(path, project)
        assert any(part.lines for part in look.parts)
        page = tmp_path / "page.html"
        done = kiemso(project, path, "--html", page, "--json", status=None)
        layouts = "".join(proposal.text for proposal in look.proposals.values())
        shown = done.output + page.read_text(encoding="utf-8") + layouts + terminal(look, "vi")
        assert [mark for mark in MARKS if mark in shown] == []
    assert {proposal.content["shape"] for proposal in look.proposals.values()} == {"register"}
    assert next(p for p in look.proposals.values() if p.sheet == "Khen thưởng").content["rules"] == [
        {"indicator_from": "danh-hieu"}
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["Danh hiệu", "Cá nhân"], ["SKKN", "Bà Hoa Thử"], ["Lao động tiên tiến", "Ông Nam Thử"]],
        [["Danh hiệu", "Tổ"], ["SKKN"], ["Bà Hoa Thử", 1], ["Ông Nam Thử", 2], ["Lao động tiên tiến"], ["Ông Thử", 1]],
        [["Thầy cô", "SKKN", "Lao động tiên tiến"], ["Bà Hoa Thử", 1, 1], ["Ông Nam Thử", 0, 1]],
    ],
)
def test_no_layout_is_proposed_that_would_take_names_for_values_or_labels(project, save, rows):
    path, page = save(Bảng=[["Năm học 2023-2024"], *rows]), project / "trang.html"
    output = kiemso(project, path, "--html", page, "--json", status=None).output
    assert "Thử" not in output + page.read_text(encoding="utf-8") + terminal(look_at(path, project), "vi")


def test_what_a_terminal_or_a_browser_would_obey_is_only_text(project, save):
    evil = "</td><script>alert(1)</script>"
    rows = [["Nội dung", "Năm học 2023-2024"], ["SKKN", 7], [f"Nhãn {evil}", "\u202e7"]]
    path = save("bao\x1b[31mcao\u202e.xlsx", **{"Bảng\u2066": rows})
    for arguments in ((), ("--json",)):
        output = kiemso(project, path, *arguments, status=1).output
        assert "\x1b" not in output
        assert arguments or not {"\u202e", "\u2066"} & {*output}
    page = project / "trang.html"
    kiemso(project, path, "--html", page, status=1)
    text = page.read_text(encoding="utf-8")
    assert evil not in text and "\x1b" not in text and "&lt;script&gt;" in text
    assert "\x1b" not in kiemso(project, project / "\x1b[2Jkhông có.xlsx", status=2).output


def test_the_page_goes_where_it_is_asked_or_below_the_output(project, save):
    path = save("Báo cáo.xlsx", **{"Tổng hợp": SUMMARY})
    assert "_output/look/bao-cao.html" in kiemso(project, path, "--html").output
    assert "Tổng hợp" in (project / "_output/look/bao-cao.html").read_text(encoding="utf-8")
    assert "no name of a page" in kiemso(project, path, "--html", path, status=2).output


def test_json_says_the_same_in_both_languages(project, save):
    data = json.loads(kiemso(project, save(**{"Tổng hợp": SUMMARY}), "--json").output)
    assert (data["period"], data["values"], data["sheets"][0]["state"]) == (
        "2023-2024",
        4,
        {"vi": "được đọc", "en": "read"},
    )
    (table,) = data["tables"]
    assert table["lines"][1]["indicator"] == "gv-gioi-tinh" and table["lines"][1]["cell"] == "D5"
    assert data["proposals"]["bao-cao"].startswith("# A first layout")


def test_a_file_that_cannot_be_read_says_so_before_its_year_is_asked_for(project, tmp_path):
    (tmp_path / "hong.xlsx").write_bytes(b"%PDF-1.7")
    assert "a PDF document" in kiemso(project, tmp_path / "hong.xlsx", status=2).output
    assert "there is no such file" in kiemso(project, tmp_path / "vắng.xlsx", status=2).output
