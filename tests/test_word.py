"""Tables of Word files: every text that a person sees in them, and what is not text."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st
from kiemso.limit import DEFAULT
from kiemso.problem import Refused
from kiemso.raw import Area, RawCell, RawWorkbook
from kiemso.reader import word

NAME = "data/raw/2023-2024/bao-cao.docx"
SPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "o": "urn:schemas-microsoft-com:office:office",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def cell(content: str = "", properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{content}</w:p></w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


@pytest.fixture
def make_word(tmp_path: Path):
    """A Word file whose body begins with this XML."""

    def make(*xml: str, change=None) -> Path:
        document = docx.Document()
        wrapper = parse_xml(f"<w:body {SPACES}>{''.join(xml)}</w:body>")
        for number, element in enumerate(list(wrapper)):
            document.element.body.insert(number, element)
        if change:
            change(document)
        document.save(str(tmp_path / "bao-cao.docx"))
        return tmp_path / "bao-cao.docx"

    return make


@pytest.fixture
def read_one(make_word):
    """The cell of a table that holds nothing but this XML in its paragraph."""

    def read(content: str, properties: str = "", change=None) -> RawCell:
        (found,) = read_file(make_word(table(row(cell(content, properties))), change=change)).cells
        return found

    return read


def read_file(path: Path, **limits) -> RawWorkbook:
    return word.read(path, NAME, DEFAULT.model_copy(update=limits))


def texts(workbook: RawWorkbook) -> dict[tuple[str, str], str]:
    return {(cell.sheet, cell.cell): cell.text for cell in workbook.cells}


def test_a_table_of_python_docx_is_read_cell_by_cell(tmp_path):
    document = docx.Document()
    made = document.add_table(2, 2)
    for place, text in {(0, 0): "Chỉ tiêu", (0, 1): "Số liệu", (1, 0): "Học sinh giỏi", (1, 1): "1.306"}.items():
        made.cell(*place).text = text
    document.save(str(tmp_path / "a.docx"))
    first, *_, last = read_file(tmp_path / "a.docx").cells
    assert first == RawCell(NAME, "Bảng 1", "dòng 1, cột 1", 1, 1, "Chỉ tiêu", None)
    assert last == RawCell(NAME, "Bảng 1", "dòng 2, cột 2", 2, 2, "1.306", None)


def test_tables_are_numbered_as_they_stand_and_those_inside_cells_after_the_one_around_them(make_word):
    inner = table(row(cell(run("trong"))))
    outer = table(row(f"<w:tc>{inner}<w:p>{run('ngoài')}</w:p></w:tc>"))
    workbook = read_file(make_word(table(row(cell(run("một")))), outer, table(row(cell(run("ba"))))))
    assert [sheet.name for sheet in workbook.sheets] == ["Bảng 1", "Bảng 2", "Bảng 2.1", "Bảng 3"]
    assert [cell.text for cell in workbook.cells] == ["một", "ngoài", "trong", "ba"]


def test_a_cell_that_holds_only_a_table_is_not_blank(make_word):
    outer = table(row(f"<w:tc>{table(row(cell(run('48'))))}<w:p/></w:tc>"))
    cells = read_file(make_word(outer)).cells
    assert [(cell.sheet, cell.text, cell.fault) for cell in cells] == [
        ("Bảng 1", "(bảng)", "holds a table of its own"),
        ("Bảng 1.1", "48", ""),
    ]


def test_columns_are_counted_on_the_grid(make_word):
    before = '<w:gridBefore w:val="1"/>'
    rows = [row(cell(run("a"), '<w:gridSpan w:val="2"/>'), cell(run("b"))), row(cell(run("c")), properties=before)]
    workbook = read_file(make_word(table(*rows)))
    assert texts(workbook) == {
        ("Bảng 1", "dòng 1, cột 1"): "a",
        ("Bảng 1", "dòng 1, cột 3"): "b",
        ("Bảng 1", "dòng 2, cột 2"): "c",
    }
    assert workbook.sheets[0].merged == (Area(1, 1, 1, 2),)
    assert all(cell.fault == "" for cell in workbook.cells)


def test_a_cell_merged_over_rows_is_a_fault_and_covered_text_is_not_read(make_word):
    start, go_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = [
        row(cell(run("Cấp tỉnh"), start), cell(run("5"), start)),
        row(cell("", go_on), cell(run("7"), go_on)),
        row(cell(run("Cấp huyện")), cell(run("9"))),
    ]
    workbook = read_file(make_word(table(*rows)))
    assert workbook.sheets[0].merged == (Area(1, 1, 2, 1), Area(1, 2, 2, 2))
    merged = "is merged over several rows, so it is not clear whose value it is"
    assert [(cell.text, cell.fault) for cell in workbook.cells] == [
        ("Cấp tỉnh", merged),
        ("5", merged),
        ("Cấp huyện", ""),
        ("9", ""),
    ]
    (warning,) = workbook.warnings
    assert (warning.cell, warning.message[:25]) == ("dòng 2, cột 2", "1 value under a merged ce")


def test_cells_merged_the_old_way_across_are_one(make_word):
    first, more = '<w:hMerge w:val="restart"/>', '<w:hMerge w:val="continue"/>'
    workbook = read_file(make_word(table(row(cell(run("a"), first), cell(run("b"), more), cell(run("c"))))))
    assert workbook.sheets[0].merged == (Area(1, 1, 1, 2),)
    assert [cell.text for cell in workbook.cells] == ["a", "c"]


def test_paragraphs_line_breaks_and_tabs_part_words(make_word):
    content = f"{run('Học')}<w:r><w:br/></w:r>{run('sinh')}<w:r><w:tab/></w:r>{run('giỏi')}</w:p><w:p>{run('cấp')}"
    (found,) = read_file(make_word(table(row(cell(content))))).cells
    assert found.text == "Học\nsinh giỏi\ncấp"


def test_a_no_break_hyphen_is_a_minus(read_one):
    assert read_one(f"<w:r><w:noBreakHyphen/></w:r>{run('5')}").text == "-5"


@pytest.mark.parametrize(
    "content",
    [
        '<w:ins w:id="1" w:author="A">{new}</w:ins><w:del w:id="2" w:author="A">{old}</w:del>',
        '<w:moveTo w:id="1" w:author="A">{new}</w:moveTo><w:moveFrom w:id="2" w:author="A">{gone}</w:moveFrom>',
    ],
)
def test_a_tracked_change_is_a_fault_and_the_text_is_the_new_one(read_one, content):
    old = "<w:r><w:delText>48</w:delText></w:r>"
    found = read_one(content.format(new=run("49"), old=old, gone=run("48")))
    assert (found.text, found.fault) == ("49", "holds tracked changes that are not accepted yet")


def test_a_text_whose_deletion_is_not_accepted_is_not_blank(read_one):
    found = read_one('<w:del w:id="2" w:author="A"><w:r><w:delText>48</w:delText></w:r></w:del>')
    assert (found.text, found.fault) == ("48", "holds tracked changes that are not accepted yet")


def test_a_row_whose_deletion_is_not_accepted_is_a_fault(make_word):
    gone = row(cell(run("48")), properties='<w:del w:id="2" w:author="A"/>')
    (found,) = read_file(make_word(table(gone))).cells
    assert found.fault == "holds tracked changes that are not accepted yet"


def test_hidden_text_is_not_read_and_said(read_one):
    found = read_one(run("4") + run("8", "<w:vanish/>"))
    assert (found.text, found.warning, found.fault) == ("4", "holds hidden text, which is not read", "")


def test_a_cell_whose_text_is_all_hidden_cannot_be_used(read_one):
    found = read_one(run("48", "<w:vanish/>"))
    assert (found.text, found.fault) == ("48", "holds hidden text, which is not read")


def test_a_style_can_hide_text_and_a_run_can_show_it_again(read_one):
    def change(document):
        style = document.styles.add_style("An", docx.enum.style.WD_STYLE_TYPE.CHARACTER)
        style.font.hidden = True

    named = '<w:rStyle w:val="An"/>'
    found = read_one(run("48", named) + run("5", named + '<w:vanish w:val="0"/>'), change=change)
    assert found.text == "5"


def test_struck_text_is_a_fault(read_one):
    found = read_one(run("45", "<w:strike/>") + run(" 48"))
    assert (found.text, found.fault) == ("45 48", "holds text that is struck through")


def test_a_raised_digit_does_not_join_the_number(read_one):
    found = read_one(run("48") + run("1", '<w:vertAlign w:val="superscript"/>'))
    assert found.text == "48¹"
    assert found.fault == "holds raised or lowered digits, as a footnote's mark or an exponent has"


def test_a_footnote_is_a_warning_and_no_digit(read_one):
    found = read_one(run("48") + '<w:r><w:footnoteReference w:id="1"/></w:r>')
    assert (found.text, found.fault, found.warning) == ("48", "", "has a footnote, which is not read")


def field(instruction: str, result: str, dirty: str = "") -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}" {}/></w:r>'
    text = f'<w:r><w:instrText xml:space="preserve">{instruction}</w:instrText></w:r>'
    shown = mark.format("separate", "") + run(result) if result else ""
    return mark.format("begin", dirty) + text + shown + mark.format("end", "")


@pytest.mark.parametrize(
    ("content", "text", "fault", "warning"),
    [
        (field(" =SUM(ABOVE) ", "48"), "48", "", "is a field, and shows what Word worked out when it last did so"),
        (field(" =SUM(ABOVE) ", ""), "=SUM(ABOVE)", "holds a formula without a value", ""),
        (
            field(" =SUM(ABOVE) ", "48", 'w:dirty="true"'),
            "48",
            "is a field that Word has still to work out again",
            "",
        ),
        (field(' HYPERLINK "https://a.vn" ', "48"), "48", "", ""),
        (field(" FORMDROPDOWN ", ""), "FORMDROPDOWN", "is a form field whose choice is not read", ""),
        (
            f'<w:fldSimple w:instr=" =SUM(ABOVE) ">{run("48")}</w:fldSimple>',
            "48",
            "",
            "is a field, and shows what Word worked out when it last did so",
        ),
    ],
)
def test_a_fields_saved_text_is_read_for_what_it_is_worth(read_one, content, text, fault, warning):
    found = read_one(content)
    assert (found.text, found.fault, found.warning) == (text, fault, warning)


def test_the_text_of_a_field_inside_a_fields_instruction_is_not_shown(read_one):
    begin, middle, end = (
        '<w:r><w:fldChar w:fldCharType="' + kind + '"/></w:r>' for kind in ("begin", "separate", "end")
    )
    found = read_one(begin + field(" =1+1 ", "7") + middle + run("48") + end)
    assert found.text == "48"


def test_a_list_number_is_no_text(make_word):
    numbered = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    cells = read_file(make_word(table(row(cell(numbered), cell(numbered + run("48")))))).cells
    assert [(cell.text, cell.fault, cell.warning) for cell in cells] == [
        ("(số tự động)", "shows an automatic number or bullet, which is not read", ""),
        ("48", "", "has an automatic number or bullet before it, which is not read"),
    ]


def test_a_style_can_number_paragraphs(read_one):
    assert read_one('<w:pPr><w:pStyle w:val="ListNumber"/></w:pPr>').text == "(số tự động)"


def control(content: str, properties: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def test_content_controls_around_rows_cells_paragraphs_and_runs_hide_nothing(make_word):
    paragraph = f"<w:p>{run('đoạn')}</w:p>"
    in_cell = f"<w:tc>{control(paragraph)}</w:tc>"
    rows = [control(row(cell(run("hàng")))), row(control(cell(run("ô"))), in_cell, cell(control(run("chữ"))))]
    workbook = read_file(make_word(control(table(*rows))))
    assert list(texts(workbook).values()) == ["hàng", "ô", "đoạn", "chữ"]
    assert workbook.cells[-1].cell == "dòng 2, cột 3"


def test_a_placeholder_is_no_value(read_one):
    found = read_one(control(run("Nhập số"), "<w:showingPlcHdr/>"))
    assert (found.text, found.fault) == (
        "Nhập số",
        "is a form's placeholder, in which nobody has entered anything",
    )


def test_a_text_box_in_a_cell_is_a_fault_and_read_once(read_one):
    box = f"<w:txbxContent><w:p>{run('48')}</w:p></w:txbxContent>"
    content = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing>'
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    found = read_one(content)
    assert (found.text, found.fault) == ("48", "holds a text box, whose text is not the cell's own")


def test_a_table_in_a_text_box_is_read_once(make_word):
    box = f"<w:txbxContent>{table(row(cell(run('48'))))}<w:p/></w:txbxContent>"
    content = (
        f'<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing>'
        f"</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert texts(read_file(make_word(content))) == {("Bảng 1", "dòng 1, cột 1"): "48"}


def test_a_picture_where_a_value_is_looked_for_is_not_blank(read_one):
    found = read_one("<w:r><w:pict/></w:r>")
    assert (found.text, found.fault) == ("(hình)", "holds a picture or an object, which is not read")


def test_a_number_typed_as_an_equation_is_read_and_a_fraction_is_not(read_one):
    assert read_one("<m:oMath><m:r><m:t>48</m:t></m:r></m:oMath>") == RawCell(
        NAME, "Bảng 1", "dòng 1, cột 1", 1, 1, "48", None
    )
    part = "<m:{0}><m:r><m:t>{1}</m:t></m:r></m:{0}>"
    fraction = f"<m:oMath><m:f>{part.format('num', 1)}{part.format('den', 2)}</m:f></m:oMath>"
    assert read_one(fraction).fault == "holds an equation, which is not read"


def test_signs_of_symbol_fonts_are_not_guessed(read_one):
    found = read_one('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>')
    assert (found.text, found.fault) == ("\ufffd", "holds the sign F0FC of the symbol font Wingdings")
    assert read_one(run("x", '<w:rFonts w:ascii="Wingdings"/>')).fault == "is set in the symbol font Wingdings"


def test_text_in_an_unknown_wrapper_is_never_lost_in_silence(read_one):
    found = read_one(f"{run('4')}<w:moi>{run('8')}</w:moi>")
    assert found.fault == "holds text in a form that is not understood"


def test_cells_in_an_unknown_wrapper_are_refused(make_word):
    with pytest.raises(Refused, match=r"Bảng 1.*rows or cells in a form that is not understood"):
        read_file(make_word(table(row(cell(run("1"))), f"<w:moi>{row(cell(run('2')))}</w:moi>")))


@pytest.mark.parametrize("where", ["run", "character style", "paragraph style", "table style", "default"])
def test_a_legacy_font_is_found_wherever_word_keeps_it(make_word, where):
    font = '<w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/>'
    kinds = {"character style": "character", "paragraph style": "paragraph", "table style": "table"}

    def change(document):
        styles = document.styles.element
        for fonts in list(styles.iter(docx.oxml.ns.qn("w:rFonts"))):
            fonts.getparent().remove(fonts)
        if where in kinds:
            xml = f'<w:style {SPACES} w:type="{kinds[where]}" w:styleId="Cu"><w:rPr>{font}</w:rPr></w:style>'
            styles.append(parse_xml(xml))
        if where == "default":
            defaults = next(styles.iter(docx.oxml.ns.qn("w:rPrDefault")))
            defaults[0].append(parse_xml(font.replace("<w:rFonts", f"<w:rFonts {SPACES}")))

    run_properties = {"run": font, "character style": '<w:rStyle w:val="Cu"/>'}.get(where, "")
    paragraph = '<w:pPr><w:pStyle w:val="Cu"/></w:pPr>' if where == "paragraph style" else ""
    content = paragraph + run("Häc", run_properties) + run(" sinh giái", run_properties)
    made = table(row(cell(content)))
    if where == "table style":
        made = made.replace("<w:tblPr/>", '<w:tblPr><w:tblStyle w:val="Cu"/></w:tblPr>')
    (found,) = read_file(make_word(made, change=change)).cells
    assert (found.text, found.original, found.encoding) == ("Học sinh giỏi", "Häc sinh giái", "TCVN3")


def test_a_hidden_row_is_a_warning(make_word):
    (found,) = read_file(make_word(table(row(cell(run("48")), properties="<w:hidden/>")))).cells
    assert (found.text, found.warning) == ("48", "stands in a hidden row")


def test_what_is_not_read_outside_tables_is_said(make_word):
    embedded = '<w:p><w:r><w:object><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r></w:p>'
    chunk = '<w:altChunk xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId1"/>'

    def change(document):
        document.sections[0].header.add_table(1, 1, docx.shared.Cm(5)).cell(0, 0).text = "đầu trang"

    workbook = read_file(make_word(table(row(cell(run("48")))), embedded, chunk, change=change))
    assert [warning.message for warning in workbook.warnings] == [
        "has a table in a page header, page footer or note (word/header1.xml), which is not read",
        "holds an embedded object (Excel.Sheet.12), which is not read",
        "includes another document, which is not read",
    ]
    assert all(warning.file == NAME and warning.mend for warning in workbook.warnings)


def test_a_file_without_tables_is_refused(make_word):
    with pytest.raises(Refused, match="holds no table with text in it"):
        read_file(make_word(f"<w:p>{run('48')}</w:p>"))


@pytest.mark.parametrize("data", [b"", b"{}", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_word_file_is_refused(tmp_path, data):
    path = tmp_path / "a.docx"
    path.write_bytes(data)
    with pytest.raises(Refused, match="cannot be read as a Word file"):
        read_file(path)


def changed(path: Path, old: bytes, new: bytes) -> Path:
    """The file with its main part changed."""
    with zipfile.ZipFile(path) as package:
        parts = {part: package.read(part) for part in package.namelist()}
    parts["word/document.xml"] = parts["word/document.xml"].replace(old, new, 1)
    with zipfile.ZipFile(path, "w") as package:
        for part, data in parts.items():
            package.writestr(part, data)
    return path


def test_entities_are_refused(make_word):
    path = make_word(table(row(cell(run("48")))))
    declared = b'<!DOCTYPE w:document [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document '
    with pytest.raises(Refused, match="declares XML entities"):
        read_file(changed(path, b"<w:document ", declared))


def test_entities_are_refused_whatever_the_main_part_is_called(make_word):
    path = make_word(table(row(cell(run("4&amp;8")))))
    with zipfile.ZipFile(path) as package:
        parts = {part: package.read(part) for part in package.namelist()}
    text = parts.pop("word/document.xml").replace(b"4&amp;8", b"4&a;8")
    parts["word/document.dat"] = text.replace(b"<w:document ", b'<!DOCTYPE d [<!ENTITY a "7">]><w:document ', 1)
    for part in ("_rels/.rels", "[Content_Types].xml"):
        parts[part] = parts[part].replace(b"word/document.xml", b"word/document.dat")
    parts["word/_rels/document.dat.rels"] = parts.pop("word/_rels/document.xml.rels")
    with zipfile.ZipFile(path, "w") as package:
        for part, data in parts.items():
            package.writestr(part, data)
    with pytest.raises(Refused, match="cannot be read as a Word file"):
        read_file(path)


def test_a_strict_document_is_refused_and_named(make_word):
    path = make_word(table(row(cell(run("48")))))
    usual = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with pytest.raises(Refused, match="Strict Open XML"):
        read_file(changed(path, usual, b"http://purl.oclc.org/ooxml/wordprocessingml/main"))


@pytest.mark.parametrize(("limit", "allowed"), [("rows", 1), ("columns", 2), ("cells", 3), ("sheets", 1), ("text", 4)])
def test_limits_are_held(make_word, limit, allowed):
    rows = [row(cell(run("Học sinh"), '<w:gridSpan w:val="2"/>'), cell(run("1"))) for _ in range(2)]
    with pytest.raises(Refused, match=f"limit “{limit}”"):
        read_file(make_word(table(*rows), table(*rows)), **{limit: allowed})


def test_a_grid_span_of_a_thousand_million_columns_is_refused_at_once(make_word):
    with pytest.raises(Refused, match="limit “columns”"):
        read_file(make_word(table(row(cell(run("1"), '<w:gridSpan w:val="1000000000"/>')))))


@settings(max_examples=25)  # python-docx takes its time to write a file
@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8), min_size=1, max_size=6)
)
def test_a_text_cut_into_runs_anywhere_is_the_same_text(tmp_path_factory, pieces):
    path = tmp_path_factory.mktemp("word") / "a.docx"
    document = docx.Document()
    made = document.add_table(1, 2)
    made.cell(0, 0).text = "mốc"
    for piece in pieces:
        made.cell(0, 1).paragraphs[0].add_run(piece)
    document.save(str(path))
    shown = [cell.text for cell in read_file(path).cells if cell.column == 2]
    whole = "".join(pieces).strip()
    assert shown == ([whole] if whole else [])
