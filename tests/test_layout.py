"""Layouts: the reviewed descriptions of the tables that schools send."""

from __future__ import annotations

import re

import pytest
from kiemso.layout import ColumnsLayout, RegisterLayout, RowsLayout, read_layouts
from kiemso.problem import Refused

from tests.tables import ROWS, layout


@pytest.fixture
def write(tmp_path):
    """A project with these layouts, by the names of their files."""

    def write_all(**texts: str):
        folder = tmp_path / "data/layouts"
        folder.mkdir(parents=True)
        for name, text in texts.items():
            (folder / f"{name}.yml").write_text(text, encoding="utf-8")
        return tmp_path

    return write_all


def test_the_projects_own_layouts_are_read(root):
    found = read_layouts(root)
    assert isinstance(found["nam-hoc"], RowsLayout) and isinstance(found["khen-thuong"], RegisterLayout)
    assert {one.level for one in found.values()} == {"year", "term"}


def test_the_shape_decides_what_a_layout_may_say(write):
    project = write(lop="label: Theo lớp\nshape: columns\nlabels: [Lớp]\nadd: true\n")
    assert isinstance(read_layouts(project)["lop"], ColumnsLayout)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROWS + "add: true\n", "at add"),
        (ROWS.replace("rows", "tree"), "must be “rows”"),
        (ROWS.replace("[Nội dung]", "[]"), "at labels"),
        (ROWS + "marks: {x: maybe}\n", "at marks"),
        (ROWS + "where: {Năm: []}\n", "at where"),
        ("label: Bảng\nshape: rows\n", "at labels"),
        (ROWS + "label: Hai lần\n", "given twice"),
    ],
)
def test_a_layout_that_says_what_it_may_not_is_refused_by_its_place(write, text, said):
    with pytest.raises(Refused, match=said) as refused:
        read_layouts(write(bang=text))
    assert {problem.file for problem in refused.value.problems} == {"data/layouts/bang.yml"}


def test_what_is_wrong_in_all_layouts_is_said_at_once(write):
    with pytest.raises(Refused) as refused:
        read_layouts(write(a=ROWS + "add: true\n", b=ROWS + "rows: 7\n"))
    assert [problem.file for problem in refused.value.problems] == ["data/layouts/a.yml", "data/layouts/b.yml"]


def test_a_project_without_layouts_reads_nothing(tmp_path):
    with pytest.raises(Refused, match="there is no layout"):
        read_layouts(tmp_path)


@pytest.mark.parametrize(
    ("where", "file", "sheet", "covered"),
    [
        ("", "data/raw/2021-2022/a.xlsx", "Sheet1", True),
        ("files: ['KET-QUA*']", "data/raw/2021-2022/ket-qua 2021.xlsx", "Sheet1", True),
        ("files: ['ket-qua*.csv']", "data/raw/2021-2022/ket-qua.xlsx", "Sheet1", False),
        ("sheets: [kết quả]", "a.xlsx", "KẾT QUẢ NĂM HỌC", True),
        ("sheets: [kết quả, tổng hợp]", "a.xlsx", "Danh sách", False),
    ],
)
def test_a_layout_is_for_files_and_sheets_by_their_names(where, file, sheet, covered):
    assert layout(ROWS + where).covers(file, sheet) is covered


def test_every_example_of_the_description_is_a_layout(root):
    text = (root / "data/layouts/README.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert {layout(example).shape for example in examples} == {"rows", "columns", "register"}
    named = {name for kind in (RowsLayout, ColumnsLayout, RegisterLayout) for name in kind.model_fields}
    assert {name for name in named if not re.search(rf"\b{name}\b", text)} == set()
