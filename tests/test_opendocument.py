"""OpenDocument spreadsheets: what a person sees in each cell, and what LibreOffice keeps beside it."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.address import cell_address
from kiemso.limit import DEFAULT
from kiemso.problem import Refused
from kiemso.raw import Area, RawCell, RawWorkbook
from kiemso.reader import opendocument

NAME = "data/raw/2023-2024/so-lieu.ods"
URN = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "office": f"{URN}:office:1.0",
        "style": f"{URN}:style:1.0",
        "table": f"{URN}:table:1.0",
        "text": f"{URN}:text:1.0",
        "number": f"{URN}:datastyle:1.0",
        "fo": f"{URN}:xsl-fo-compatible:1.0",
        "svg": f"{URN}:svg-compatible:1.0",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }.items()
)
MERGED = "is merged over several rows, so it is not clear whose value it is"


def cell(text: str | None = None, attributes: str = "", value: str = "") -> str:
    """A cell that shows a text; a number where `value` is given."""
    stated = f'office:value-type="float" office:value="{value}"' if value else 'office:value-type="string"'
    shown = "" if text is None else f"<text:p>{escape(text)}</text:p>"
    kind = "" if "value-type" in attributes or text is None else stated
    return f"<table:table-cell {kind} {attributes}>{shown}</table:table-cell>"


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def table(*rows: str, name: str = "Kết quả", attributes: str = "") -> str:
    return f'<table:table table:name="{name}" {attributes}>{"".join(rows)}</table:table>'


@pytest.fixture
def make_ods(tmp_path: Path):
    """An .ods file with these tables."""

    def make(*tables: str, styles: str = "", before: str = "", parts: tuple[str, ...] = ()) -> Path:
        return write_ods(tmp_path / "so-lieu.ods", *tables, styles=styles, before=before, parts=parts)

    return make


@pytest.fixture
def read_one(make_ods):
    """The only cell of a sheet that holds nothing but this XML."""

    def read(xml: str, styles: str = "") -> RawCell:
        (found,) = read_file(make_ods(table(row(xml)), styles=styles)).cells
        return found

    return read


def write_ods(path: Path, *tables: str, styles: str = "", before: str = "", parts: tuple[str, ...] = ()) -> Path:
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {SPACES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", kind)
        package.writestr("META-INF/manifest.xml", manifest)
        package.writestr("content.xml", content)
        for part in parts:
            package.writestr(part, "")
    return path


def read_file(path: Path, **limits) -> RawWorkbook:
    return opendocument.read(path, NAME, DEFAULT.model_copy(update=limits))


def texts(workbook: RawWorkbook) -> dict[str, str]:
    return {cell.cell: cell.text for cell in workbook.cells}


def test_a_file_written_by_odfpy_is_read_cell_by_cell(tmp_path):
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    sheet = Table(name="Kết quả")
    line = TableRow()
    for text, stated in [("Học sinh giỏi", {"valuetype": "string"}), ("1306", {"valuetype": "float", "value": 1306})]:
        made = TableCell(**stated)
        made.addElement(P(text=text))
        line.addElement(made)
    sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    document.save(str(tmp_path / "a.ods"))
    workbook = read_file(tmp_path / "a.ods")
    assert workbook.cells == (
        RawCell(NAME, "Kết quả", "A1", 1, 1, "Học sinh giỏi", None),
        RawCell(NAME, "Kết quả", "B1", 1, 2, "1306", 1306),
    )


@pytest.mark.parametrize(
    ("shown", "value", "text", "number"),
    [
        ("1.306.107", "1306107", "1306107", 1306107),
        ("1,306,107", "1306107", "1306107", 1306107),
        ("1 306 107", "1306107", "1306107", 1306107),
        ("12,5", "12.5", "12,5", 12.5),
        ("13", "12.5", "12,5", 12.5),
        ("(5)", "-5", "-5", -5),
        ("5 giải", "5", "5", 5),
        ("1,31E+06", "1306107", "1306107", 1306107),
        (" -   ", "0", "0", 0),
    ],
)
def test_a_number_is_the_one_stated_where_what_is_shown_can_be_it(read_one, shown, value, text, number):
    found = read_one(cell(shown, value=value))
    assert (found.text, found.number, found.fault) == (text, number, "")


@pytest.mark.parametrize(
    ("shown", "value"),
    [("1.306", "1306107"), ("5", "-5"), ("không", "1"), ("-", "7"), ("99,8", "998"), ("TRUE", "1")],
)
def test_a_number_that_is_shown_as_something_else_is_a_fault(read_one, shown, value):
    assert read_one(cell(shown, value=value)).fault == "is shown as something else than it holds"


def formatted(kind: str, content: str) -> str:
    return (
        f'<number:{kind} style:name="N1">{content}</number:{kind}>'
        '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
        '<style:style style:name="ce2" style:family="table-cell" style:parent-style-name="ce1"/>'
    )


@pytest.mark.parametrize("style", ["ce1", "ce2"])
def test_a_percentage_is_the_percents_that_are_shown(read_one, style):
    percent = formatted("percentage-style", '<number:number number:decimal-places="1"/><number:text>%</number:text>')
    stated = f'office:value-type="percentage" office:value="0.998" table:style-name="{style}"'
    found = read_one(cell("99,8%", stated), percent)
    assert (found.text, found.number, found.fault) == ("99,8%", 99.8, "")


def test_a_percentage_without_a_style_is_one_all_the_same(read_one):
    found = read_one(cell("99,8%", 'office:value-type="percentage" office:value="0.998"'))
    assert (found.text, found.number, found.fault) == ("99,8%", 99.8, "")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('<number:number number:display-factor="1000"/>', "0,"),
        ('<number:number number:display-factor="1000000"/><number:text> triệu</number:text>', '0,," triệu"'),
        ("", ";;;"),
    ],
)
def test_a_format_that_shows_another_number_is_a_fault(read_one, content, code):
    stated = 'office:value-type="float" office:value="5" table:style-name="ce1"'
    found = read_one(cell(None, stated), formatted("number-style", content))
    assert (found.number, found.fault) == (5, f"is shown by the number format {code} as something else than it is")


def test_an_amount_in_foreign_money_is_a_warning(read_one):
    stated = 'office:value-type="currency" office:value="5" office:currency="{}"'
    assert read_one(cell("5 $", stated.format("USD"))).warning == "is an amount in USD"
    assert read_one(cell("5 ₫", stated.format("VND"))).warning == ""


@pytest.mark.parametrize(
    "stated",
    ['office:value-type="date" office:date-value="2024-02-01"', 'office:value-type="time" office:time-value="PT1H"'],
)
def test_a_date_is_a_fault(read_one, stated):
    found = read_one(cell("1-2", stated))
    assert (found.text, found.number, found.fault) == ("1-2", None, "is a date, which Excel makes of texts like 1-2")


def test_a_boolean_is_no_number(read_one):
    found = read_one(cell("ĐÚNG", 'office:value-type="boolean" office:boolean-value="true"'))
    assert (found.text, found.number, found.fault) == ("TRUE", None, "")


@pytest.mark.parametrize(
    ("shown", "stated"),
    [
        (
            "#DIV/0!",
            'office:value-type="string" office:string-value="" calcext:value-type="error" table:formula="of:=1/0"',
        ),
        (
            "Lỗi:502",
            'office:value-type="string" office:string-value="" calcext:value-type="error" table:formula="of:=A"',
        ),
        ("#N/A", 'office:value-type="string"'),
        ("Err:509", 'office:value-type="float" office:value="0"'),
    ],
)
def test_an_error_is_a_fault(read_one, shown, stated):
    found = read_one(cell(shown, stated))
    assert (found.text, found.number, found.fault) == (shown, None, "is an Excel error")


def test_a_formula_without_a_value_is_a_fault_and_shows_the_formula(read_one):
    found = read_one('<table:table-cell table:formula="of:=SUM([.A2:.A4])"/>')
    assert (found.text, found.fault) == ("=SUM([.A2:.A4])", "holds a formula without a value")


def test_a_formula_whose_value_is_an_empty_text_is_a_blank(make_ods):
    empty = '<table:table-cell table:formula="of:=IF(1;&quot;&quot;)"><text:p/></table:table-cell>'
    typed = '<table:table-cell office:value-type="string" office:string-value="" table:formula="of:=A2"/>'
    assert texts(read_file(make_ods(table(row(cell("x"), empty, typed))))) == {"A1": "x"}


@pytest.mark.parametrize("value", ["", "abc", "NaN", "INF"])
def test_a_number_that_is_none_is_a_fault(read_one, value):
    found = read_one(cell("5", f'office:value-type="float" office:value="{value}"'))
    assert (found.number, found.fault) == (None, "is said to be a number, but states none")


def test_a_comment_is_no_text_of_the_cell(read_one):
    noted = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>99</text:p></office:annotation>'
        "<text:p>48</text:p></table:table-cell>"
    )
    assert read_one(noted).text == "48"


def test_a_cell_that_only_has_a_comment_is_blank(make_ods):
    noted = "<table:table-cell><office:annotation><text:p>99</text:p></office:annotation></table:table-cell>"
    assert texts(read_file(make_ods(table(row(cell("x"), noted))))) == {"A1": "x"}


def test_paragraphs_line_breaks_and_blanks_are_those_that_are_shown(read_one):
    shown = (
        '<table:table-cell office:value-type="string"><text:p>Học<text:s text:c="2"/>sinh\n   '
        "<text:span>giỏi</text:span></text:p><text:p>cấp<text:line-break/>tỉnh</text:p></table:table-cell>"
    )
    assert read_one(shown).text == "Học  sinh giỏi\ncấp\ntỉnh"


def test_a_text_that_is_shown_as_another_is_a_fault(read_one):
    found = read_one(cell("48", 'office:value-type="string" office:string-value="45"'))
    assert (found.text, found.fault) == ("48", "is shown as something else than it holds")


def test_a_cell_merged_over_rows_is_a_fault_and_what_it_covers_is_not_read(make_ods):
    over_rows = 'table:number-rows-spanned="2" table:number-columns-spanned="1"'
    over_columns = 'table:number-rows-spanned="1" table:number-columns-spanned="2"'
    covered = '<table:covered-table-cell office:value-type="string"><text:p>b</text:p></table:covered-table-cell>'
    path = make_ods(table(row(cell("a", over_rows), cell("c", over_columns)), row(covered)))
    workbook = read_file(path)
    assert workbook.sheets[0].merged == (Area(1, 1, 2, 1), Area(1, 2, 1, 3))
    assert {found.cell: found.fault for found in workbook.cells} == {
        "A1": MERGED,
        "B1": "",
    }
    assert [(warning.cell, warning.message[:25]) for warning in workbook.warnings] == [
        ("A2", "1 value under a merged ce")
    ]


def test_hidden_and_filtered_rows_and_hidden_columns_are_warnings(make_ods):
    columns = '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
    rows = (
        row(cell("a"), cell(), cell("b")),
        f"<table:table-row-group>{row(cell('c'), attributes=_visibility('collapse'))}</table:table-row-group>",
        row(cell("d"), attributes=_visibility("filter")),
    )
    assert {found.cell: found.warning for found in read_file(make_ods(table(columns, *rows))).cells} == {
        "A1": "",
        "C1": "stands in a hidden column",
        "A2": "stands in a hidden row",
        "A3": "stands in a row that a filter hides",
    }


def _visibility(kind: str) -> str:
    return f'table:visibility="{kind}"'


def test_a_hidden_sheet_is_read_and_said(make_ods):
    properties = '<style:table-properties table:display="false"/>'
    styles = f'<style:style style:name="ta1" style:family="table">{properties}</style:style>'
    shown, hidden = table(row(cell("a"))), table(row(cell("b")), name="Ẩn", attributes='table:style-name="ta1"')
    workbook = read_file(make_ods(shown, hidden, styles=styles))
    assert [(sheet.name, sheet.hidden) for sheet in workbook.sheets] == [("Kết quả", False), ("Ẩn", True)]
    assert [(warning.sheet, warning.message) for warning in workbook.warnings] == [("Ẩn", "the sheet is hidden")]
    assert [found.text for found in workbook.cells] == ["a", "b"]


def test_macros_links_and_recorded_changes_are_said(make_ods):
    copy = table(row(cell("chép")), name="'file:///C:/khac.ods'#$Sheet1")
    linked = cell("48", "table:formula=\"of:='file:///C:/khac.ods'#$Sheet1.A1\"")
    changes = (
        f"<table:tracked-changes><table:deletion>{table(row(cell('cũ')))}</table:deletion></table:tracked-changes>"
    )
    workbook = read_file(make_ods(changes, table(row(linked)), copy, parts=("Basic/Standard/a.xml",)))
    assert [(found.text, found.warning) for found in workbook.cells] == [("48", "was calculated from another workbook")]
    assert [warning.message for warning in workbook.warnings] == [
        "holds macros, which were not run",
        "takes values from other workbooks, as they were when it was saved",
        "holds recorded changes that are not accepted yet",
    ]


FONTS = (
    '<style:font-face style:name="Cũ" svg:font-family="&apos;.VnTime&apos;"/>'
    '<style:style style:name="ce1" style:family="table-cell"><style:text-properties style:font-name="Cũ"/>'
    "</style:style>"
    '<style:style style:name="ce2" style:family="table-cell" style:parent-style-name="ce1"/>'
    '<style:style style:name="T1" style:family="text"><style:text-properties fo:font-family=".VnTime"/></style:style>'
)


@pytest.mark.parametrize(
    "parts",
    [
        ("", row(cell("Häc sinh giái", 'table:style-name="ce1"'))),
        ("", row(cell("Häc sinh giái", 'table:style-name="ce2"'))),
        ("", row(cell("Häc sinh giái"), attributes='table:default-cell-style-name="ce1"')),
        ('<table:table-column table:default-cell-style-name="ce2"/>', row(cell("Häc sinh giái"))),
        ("", row(cell("@").replace("@", '<text:span text:style-name="T1">Häc sinh giái</text:span>'))),
    ],
)
def test_a_legacy_font_is_found_wherever_the_style_stands(make_ods, parts):
    (found,) = read_file(make_ods(table(*parts), styles=FONTS)).cells
    assert (found.text, found.original, found.encoding) == ("Học sinh giỏi", "Häc sinh giái", "TCVN3")


def test_cells_merged_in_a_repeated_row_are_merged_in_each(make_ods):
    over_columns = cell("như trên", 'table:number-columns-spanned="2"')
    (sheet,) = read_file(make_ods(table(row(over_columns, attributes='table:number-rows-repeated="3"')))).sheets
    assert sheet.merged == tuple(Area(number, 1, number, 2) for number in (1, 2, 3))


LINE = st.lists(st.tuples(st.sampled_from(["", "a", "b", "7"]), st.integers(1, 4)), min_size=1, max_size=5)


@given(st.lists(st.tuples(LINE, st.integers(1, 3)), min_size=1, max_size=5))
def test_repeated_cells_and_rows_stand_where_they_would_written_out(tmp_path_factory, lines):
    rows, expected, number = [], {}, 1
    for line, times in lines:
        written = [cell(text or None, f'table:number-columns-repeated="{repeated}"') for text, repeated in line]
        rows.append(row(*written, attributes=f'table:number-rows-repeated="{times}"'))
        values = [text for text, repeated in line for _ in range(repeated)]
        for _ in range(times):
            expected |= {cell_address(number, column): text for column, text in enumerate(values, 1) if text}
            number += 1
    path = write_ods(tmp_path_factory.mktemp("ods") / "a.ods", table(*rows))
    assert texts(read_file(path)) == expected


def test_a_million_repeated_blanks_cost_nothing(make_ods):
    blanks = cell(attributes='table:number-columns-repeated="16384"')
    rows = (row(cell("a"), blanks), row(blanks, attributes='table:number-rows-repeated="1048575"'))
    assert texts(read_file(make_ods(table(*rows)))) == {"A1": "a"}


def test_a_lone_cell_far_away_is_read_and_said_to_be_unconfirmed(make_ods):
    far = row(cell(attributes='table:number-columns-repeated="16383"'), cell("xa"))
    blanks = row(cell(), attributes='table:number-rows-repeated="1048574"')
    workbook = read_file(make_ods(table(row(cell("a")), blanks, far)))
    assert texts(workbook) == {"A1": "a", "XFD1048576": "xa"}
    (warning,) = workbook.warnings
    assert warning.cell == "XFD1048576"
    assert "no second reader could confirm" in warning.message


@pytest.mark.parametrize(
    ("limit", "attribute"),
    [("columns", "number-columns-repeated"), ("columns", "number-columns-spanned"), ("rows", "number-rows-spanned")],
)
def test_a_cell_that_claims_a_thousand_million_columns_or_rows_is_refused(make_ods, limit, attribute):
    with pytest.raises(Refused, match=f"limit “{limit}”"):
        read_file(make_ods(table(row(cell("a", f'table:{attribute}="1000000000"')))))


def test_a_filled_row_that_is_repeated_a_million_times_is_refused(make_ods):
    filled = row(cell("a", 'table:number-columns-repeated="9"'), attributes='table:number-rows-repeated="1000000"')
    with pytest.raises(Refused, match="limit “cells”"):
        read_file(make_ods(table(filled)))


@pytest.mark.parametrize(("limit", "allowed"), [("sheets", 1), ("rows", 1), ("columns", 1), ("cells", 3), ("text", 4)])
def test_limits_are_held(make_ods, limit, allowed):
    sheets = [table(row(cell("Học sinh"), cell("a")), row(cell("b"), cell("c")), name=name) for name in "AB"]
    with pytest.raises(Refused, match=f"limit “{limit}”"):
        read_file(make_ods(*sheets), **{limit: allowed})


def test_entities_are_refused(make_ods):
    with pytest.raises(Refused, match="declares XML entities"):
        read_file(make_ods(table(row(cell("a"))), before='<!DOCTYPE a [<!ENTITY b "c">]>'))


def test_a_damaged_file_is_refused_not_read_in_part(make_ods):
    path = make_ods(table(row(cell("a")), row(cell("b"))))
    with zipfile.ZipFile(path) as package:
        content = package.read("content.xml")
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("content.xml", content[: content.index(b">b<")])
    with pytest.raises(Refused, match="cannot be read as a workbook"):
        read_file(path)


def test_corpus_files_are_read_cell_for_cell(shared):
    broken = shared / "corpus" / "broken"
    merged = read_file(broken / "merged_cells.ods")
    assert texts(merged) == {"A1": "A", "B1": "B", "C1": "C", "A2": "A", "B2": "B", "C2": "C", "C3": "C"}
    assert merged.sheets[0].merged == (Area(2, 1, 3, 1),)
    special = read_file(broken / "special_cells.ods")
    assert texts(special) == {
        "A1": "Split\nLine",
        "A2": "Value  With spaces",
        "A3": "Value   With 3 spaces",
        "A4": " Value   With spaces before and after ",
        "A5": "  Value   With 2 spaces before and after  ",
    }
    with pytest.raises(Refused):
        read_file(broken / "pass_protected.ods")
