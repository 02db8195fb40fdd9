"""The parts of an Excel workbook's package that say what stands in its cells, found as Excel finds them."""

from __future__ import annotations

import zipfile
from typing import Any, NamedTuple

from lxml import etree

from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.reader.fault import RESEND
from kiemso.reader.package import Package, Relation

# ISO 29500 has two sets of names for the same things; only “strict” workbooks use the second.
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
TRUE = {"1", "true", "on"}


class SheetPart(NamedTuple):
    """A sheet as the workbook lists it; `state` is visible, hidden or veryHidden, `kind` worksheet or another."""

    name: str
    state: str
    kind: str
    part: str


class Parts:
    """A workbook's package: sheets in their order, and the parts that cells point into."""

    def __init__(self, package: zipfile.ZipFile, name: str) -> None:
        self._package, self._name = Package(package, name), name
        tops = self._package.related().values()
        self.workbook = next((top.part for top in tops if top.kind == "officeDocument"), "xl/workbook.xml")
        related = self._package.related(self.workbook)
        root = self.root(self.workbook)
        self.sheets = [self._sheet(sheet, related) for sheet in root.iterfind("{*}sheets/{*}sheet")]
        if len({sheet.name.casefold() for sheet in self.sheets}) < len(self.sheets):
            raise Refused(Problem(say("is damaged: two sheets have the same name"), RESEND, self._name))
        properties = root.find("{*}workbookPr")
        self.from_1904 = properties is not None and properties.get("date1904") in TRUE
        targets = {relation.kind: relation.part for relation in related.values()}
        self.styles, self.strings = targets.get("styles"), targets.get("sharedStrings")
        self.linked = any(relation.kind == "externalLink" for relation in related.values())
        self.macros = any(part.endswith("vbaproject.bin") for part in self._package.names) or any(
            sheet.kind.lower().endswith("macrosheet") for sheet in self.sheets
        )

    def root(self, part: str | None) -> Any:
        """The root element of a part, in the names of transitional workbooks; None where there is no such part."""
        if not part or part not in self._package:
            return None
        root = self._package.root(part)
        return _transitional(root) if etree.QName(root).namespace == STRICT else root

    def _sheet(self, sheet: Any, related: dict[str, Relation]) -> SheetPart:
        identity = next((value for key, value in sheet.attrib.items() if etree.QName(key).localname == "id"), "")
        title, relation = sheet.get("name", ""), related.get(identity)
        if relation is None or relation.part not in self._package:
            raise Refused(Problem(say("is damaged: a sheet is missing"), RESEND, self._name, title))
        return SheetPart(title, sheet.get("state", "visible"), relation.kind, relation.part)


def _transitional(root: Any) -> Any:
    """The same XML in the names that openpyxl knows: it takes those of a strict workbook for nothing at all."""
    # Only the declared name changes: texts that hold it by chance stay as they are.
    declared, renamed = (f'="{name}"'.encode() for name in (STRICT, MAIN))
    return etree.fromstring(etree.tostring(root).replace(declared, renamed))
