"""A workbook of values and number formats alone, written in memory for openpyxl.

openpyxl stumbles over charts, pivot tables, looks and names that it does not expect, and looks for some parts by
fixed names: none of that decides what stands in a cell.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import quoteattr

import openpyxl
from lxml import etree
from openpyxl.worksheet.worksheet import Worksheet as Sheet

from kiemso.reader.parts import MAIN

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RUN = f"{{{MAIN}}}r"
_NO_STYLES = f'<styleSheet xmlns="{MAIN}"><fonts><font/></fonts><cellXfs><xf/></cellXfs></styleSheet>'


def load_values(sheets: Iterable[bytes], strings: Any, styles: Any, from_1904: bool) -> list[Sheet]:
    """The sheets as openpyxl reads them, in their order; `strings` and `styles` are root elements or None."""
    parts = {f"worksheets/sheet{number}": xml for number, xml in enumerate(sheets, 1)}
    names = [part.partition("/")[2] for part in parts]
    listed = "".join(f'<sheet name="{n}" sheetId="{i}" r:id="{n}"/>' for i, n in enumerate(names, 1))
    related = "".join(f'<Relationship Id="{n}" Type="{_OFFICE}/worksheet" Target="worksheets/{n}.xml"/>' for n in names)
    parts["workbook"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{int(from_1904)}"/>'
        f"<sheets>{listed}</sheets></workbook>"
    ).encode()
    parts["styles"] = plain_styles(styles)
    types = {"workbook": "sheet.main"}
    if strings is not None:
        parts["sharedStrings"], types["sharedStrings"] = plain_strings(strings), "sharedStrings"
    overrides = "".join(
        f"<Override PartName={quoteattr(f'/xl/{part}.xml')} ContentType={quoteattr(f'{_TYPE}.{kind}+xml')}/>"
        for part, kind in types.items()
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">{overrides}</Types>')
        relationships = f'<Relationships xmlns="{_PACKAGE}/relationships">{related}</Relationships>'
        package.writestr("xl/_rels/workbook.xml.rels", relationships)
        for part, xml in parts.items():
            package.writestr(f"xl/{part}.xml", xml)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of what it was not given, and of dates that are none
        return openpyxl.load_workbook(buffer, data_only=True, keep_links=False, rich_text=True).worksheets


def plain_styles(root: Any) -> bytes:
    """Number formats, the names of fonts, and which cell style has which."""
    plain = etree.fromstring(_NO_STYLES)
    if root is None:
        return etree.tostring(plain)
    formats, fonts, styles = (root.find(f"{{{MAIN}}}{tag}") for tag in ("numFmts", "fonts", "cellXfs"))
    if formats is not None:
        plain.insert(0, formats)
    if fonts is not None and len(fonts):
        plain_fonts = plain.find(f"{{{MAIN}}}fonts")
        plain_fonts.clear()
        for font in fonts.iterchildren(f"{{{MAIN}}}font"):
            kept = etree.SubElement(plain_fonts, font.tag)
            kept.extend(font.findall(f"{{{MAIN}}}name"))
    if count_styles(root):
        plain_cells = plain.find(f"{{{MAIN}}}cellXfs")
        plain_cells.clear()
        for style in styles.iterchildren(f"{{{MAIN}}}xf"):
            named = {key: value for key in ("numFmtId", "fontId") if (value := style.get(key))}
            etree.SubElement(plain_cells, style.tag, named)
    return etree.tostring(plain)


def count_styles(root: Any) -> int:
    """How many cell styles there are to choose from."""
    styles = None if root is None else root.find(f"{{{MAIN}}}cellXfs")
    return 0 if styles is None else len(styles.findall(f"{{{MAIN}}}xf"))


def count_strings(root: Any) -> int:
    """How many shared texts there are to choose from."""
    return 0 if root is None else len(root.findall(f"{{{MAIN}}}si"))


def plain_strings(root: Any) -> bytes:
    """The texts with their runs' fonts, but without how they are pronounced or look; `root` is changed."""
    for pronunciation in list(root.iter(f"{{{MAIN}}}rPh", f"{{{MAIN}}}phoneticPr")):
        pronunciation.getparent().remove(pronunciation)
    for looks in root.iter(f"{{{MAIN}}}rPr"):
        for look in list(looks):
            if look.tag != f"{{{MAIN}}}rFont":
                looks.remove(look)
    for text in list(root.iter(f"{{{MAIN}}}t")):
        if text.text and "_x" in text.text:
            text.text = unescaped(text.text)
        if text.getnext() is not None and text.getnext().tag == _RUN:
            # openpyxl sees a text without looks or runs with looks, not one before the others.
            run = etree.Element(_RUN)
            text.addprevious(run)
            run.append(text)
    return etree.tostring(root)


def unescaped(text: str) -> str:
    """The text with the characters that XML cannot hold, which Excel writes as _x000D_; control characters go."""
    return "".join(
        letter for letter in _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if letter >= " " or letter in "\t\n\r"
    )
