"""A walk through a cell of a Word table: everything in it that can hold text, and what changes how text is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from docx.oxml.ns import qn

from kiemso.message import say
from kiemso.reader.fault import TABLE_WITHIN
from kiemso.reader.passage import Passage, Place
from kiemso.reader.wordstyle import Styles

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"


def _names(*names: str) -> tuple[str, ...]:
    return tuple(qn(f"w:{name}") for name in names)


_TEXTS = (*_names("t", "delText"), MATH + "t")
_PLAIN_MATH = {MATH + name for name in ("oMath", "oMathPara", "r", "t")}
_GONE = _names("del", "moveFrom")
_CHANGES = (*_GONE, *_names("ins", "moveTo", "cellIns", "cellDel", "cellMerge"))
_VAL, _ROW, _CELL = _names("val", "tr", "tc")
_PARAGRAPH_STYLE, _PARAGRAPH_MARK = (f"{qn('w:pPr')}/{tag}" for tag in _names("pStyle", "rPr"))
_TRACKED = say("holds tracked changes that are not accepted yet")
_SIGNS = {qn(tag): sign for tag, sign in {"w:tab": " ", "w:ptab": " ", "w:br": "\n", "w:cr": "\n"}.items()}


class Walk:
    """A walk through one cell; `passage` is what it gathered."""

    def __init__(self, cell: Any, styles: Styles, table_style: str | None) -> None:
        self._cell, self._styles, self._table_style = cell, styles, table_style
        self._begun = False
        self.passage = Passage()
        self._descend(cell, Place())
        row = next(cell.iterancestors(_ROW))
        if _changed(row.find(qn("w:trPr"))) or _changed(cell.find(qn("w:tcPr"))):
            self.passage.object_to(_TRACKED)
        texts = [text.text or "" for text in own_parts(cell, cell, *_TEXTS)]
        if self.passage.in_field or self.passage.met != sum(map(len, texts)):
            self.passage.misunderstand(texts)

    def _descend(self, element: Any, place: Place) -> None:
        for child in element:
            if handler := _HANDLERS.get(child.tag):
                handler(self, child, place)

    def _paragraph(self, paragraph: Any, place: Place) -> None:
        named = paragraph.find(_PARAGRAPH_STYLE)
        style = self._styles.usual("paragraph") if named is None else named.get(_VAL)
        if self._begun:
            self.passage.add("\n", place)
        self._begun = True
        if _changed(paragraph.find(_PARAGRAPH_MARK)):
            self.passage.object_to(_TRACKED)
        before = self.passage.pieces
        self._descend(paragraph, place._replace(style=style))
        if self._styles.numbered(paragraph, style):
            self.passage.number_paragraph(before)

    def _run(self, run: Any, place: Place) -> None:
        self._descend(run, place._replace(look=self._styles.look(run, place.style, self._table_style)))

    def _text(self, element: Any, place: Place) -> None:
        self.passage.write(element.text or "", place)

    def _sign(self, element: Any, place: Place) -> None:
        self.passage.add(_SIGNS.get(element.tag, "-"), place)

    def _change(self, element: Any, place: Place) -> None:
        self.passage.object_to(_TRACKED)
        self._descend(element, place._replace(unseen=place.unseen or element.tag in _GONE))

    def _control(self, control: Any, place: Place) -> None:
        properties = control.find(qn("w:sdtPr"))
        empty = properties is not None and properties.find(qn("w:showingPlcHdr")) is not None
        if empty:
            self.passage.object_to(say("is a form's placeholder, in which nobody has entered anything"))
        if properties is not None and properties.find(qn("w:dataBinding")) is not None:
            self.passage.warn(say("takes its text from the properties of the file"))
        self._descend(control, place._replace(unseen=place.unseen or empty))

    def _field_mark(self, mark: Any, place: Place) -> None:
        self.passage.mark_field(mark)

    def _instruction(self, element: Any, place: Place) -> None:
        self.passage.instruct(element.text or "")

    def _simple_field(self, element: Any, place: Place) -> None:
        self.passage.open_field(element)
        self._descend(element, place)
        self.passage.close_field()

    def _symbol(self, symbol: Any, place: Place) -> None:
        font, code = symbol.get(qn("w:font"), ""), symbol.get(qn("w:char"), "")
        self.passage.object_to(say("holds the sign {code} of the symbol font {font}", code=code, font=font))
        self.passage.add("\N{REPLACEMENT CHARACTER}", place)

    def _part(self, element: Any, place: Place) -> None:
        """What Word shows in the cell and is read elsewhere, or nowhere."""
        inner = element.tag == qn("w:tbl")
        self.passage.stand_in("(bảng)" if inner else "(tài liệu)")
        self.passage.warn(TABLE_WITHIN if inner else say("holds another document, which is not read"))

    def _note(self, element: Any, place: Place) -> None:
        self.passage.warn(say("has a footnote, which is not read"))

    def _equation(self, equation: Any, place: Place) -> None:
        if any(part.tag not in _PLAIN_MATH and not part.tag.endswith("Pr") for part in equation.iter(MATH + "*")):
            self.passage.object_to(say("holds an equation, which is not read"))
        for text in own_parts(equation, self._cell, *_TEXTS):
            self._text(text, place)

    def _drawing(self, drawing: Any, place: Place) -> None:
        texts = [text.text or "" for text in own_parts(drawing, self._cell, *_TEXTS)]
        for text in texts:
            self.passage.write(text, place._replace(unseen=True))
        if texts:
            self.passage.object_to(say("holds a text box, whose text is not the cell's own"))
        else:
            self.passage.stand_in("(hình)")
            self.passage.warn(say("holds a picture or an object, which is not read"))


def own_parts(element: Any, cell: Any, *tags: str) -> Iterator[Any]:
    """The parts of a cell below an element, without those of tables inside the cell and of second versions."""
    for part in element.iter(*tags):
        for above in part.iterancestors(_CELL, COMPATIBLE + "Fallback"):
            if above is cell:
                yield part
            break


def _changed(properties: Any) -> bool:
    """Whether the properties of a row, cell or paragraph say that it came, went or moved."""
    return properties is not None and any(properties.find(tag) is not None for tag in _CHANGES)


_HANDLERS: dict[str, Callable[[Walk, Any, Place], None]] = {
    qn("w:p"): Walk._paragraph,
    qn("w:r"): Walk._run,
    **dict.fromkeys(_names("t", "delText"), Walk._text),
    **dict.fromkeys((*_SIGNS, *_names("noBreakHyphen")), Walk._sign),
    **dict.fromkeys(_CHANGES, Walk._change),
    qn("w:sdt"): Walk._control,
    qn("w:fldChar"): Walk._field_mark,
    qn("w:instrText"): Walk._instruction,
    qn("w:fldSimple"): Walk._simple_field,
    qn("w:sym"): Walk._symbol,
    **dict.fromkeys(_names("tbl", "altChunk"), Walk._part),
    **dict.fromkeys(_names("footnoteReference", "endnoteReference"), Walk._note),
    **dict.fromkeys(_names("drawing", "pict", "object"), Walk._drawing),
    **dict.fromkeys((MATH + "oMath", MATH + "oMathPara"), Walk._equation),
    **dict.fromkeys(
        _names("sdtContent", "customXml", "smartTag", "hyperlink", "dir", "bdo", "ruby", "rubyBase"), Walk._descend
    ),
    **dict.fromkeys((COMPATIBLE + "AlternateContent", COMPATIBLE + "Choice"), Walk._descend),
}
