"""The parts of an Excel workbook's package that say what stands in its cells, found as Excel finds them."""

from __future__ import annotations

import posixpath
import zipfile
from typing import Any, NamedTuple

from lxml import etree

from kiemso.archive import RESEND
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.reader.package import parse_part

# ISO 29500 has two sets of names for the same things; only “strict” workbooks use the second.
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_TRUE = {"1", "true", "on"}


class Part(NamedTuple):
    """A relationship: the last word of its type, and the part it leads to; no part where it leads out of the file."""

    kind: str
    target: str


class SheetPart(NamedTuple):
    """A sheet as the workbook lists it; `state` is visible, hidden or veryHidden, `kind` worksheet or another."""

    name: str
    state: str
    kind: str
    part: str


class Parts:
    """A workbook's package: sheets in their order, and the parts that cells point into."""

    def __init__(self, package: zipfile.ZipFile, name: str) -> None:
        self._package, self._name = package, name
        # Names of parts are equal whatever their case.
        self._names = {part.lower(): part for part in package.namelist()}
        tops = self._related("")
        self.workbook = next(
            (part.target for part in tops.values() if part.kind == "officeDocument"), "xl/workbook.xml"
        )
        related = self._related(self.workbook)
        root = self.root(self.workbook)
        self.sheets = [self._sheet(sheet, related) for sheet in root.iterfind("{*}sheets/{*}sheet")]
        if len({sheet.name.casefold() for sheet in self.sheets}) < len(self.sheets):
            raise Refused(Problem(say("is damaged: two sheets have the same name"), RESEND, self._name))
        properties = root.find("{*}workbookPr")
        self.from_1904 = properties is not None and properties.get("date1904") in _TRUE
        targets = {part.kind: part.target for part in related.values()}
        self.styles, self.strings = targets.get("styles"), targets.get("sharedStrings")
        self.linked = any(part.kind == "externalLink" for part in related.values())
        self.macros = any(part.endswith("vbaproject.bin") for part in self._names) or any(
            sheet.kind.lower().endswith("macrosheet") for sheet in self.sheets
        )

    def root(self, part: str | None) -> Any:
        """The root element of a part, in the names of transitional workbooks; None where there is no such part."""
        found = self._names.get((part or "").lower())
        if not found:
            return None
        root = parse_part(self._package, found, self._name)
        return _transitional(root) if etree.QName(root).namespace == STRICT else root

    def _sheet(self, sheet: Any, related: dict[str, Part]) -> SheetPart:
        identity = next((value for key, value in sheet.attrib.items() if etree.QName(key).localname == "id"), "")
        title, part = sheet.get("name", ""), related.get(identity)
        if part is None or part.target.lower() not in self._names:
            raise Refused(Problem(say("is damaged: a sheet is missing"), RESEND, self._name, title))
        return SheetPart(title, sheet.get("state", "visible"), part.kind, part.target)

    def _related(self, part: str) -> dict[str, Part]:
        """The relationships of a part by their identity; those of the package itself for none."""
        folder, name = posixpath.split(part)
        root = self.root(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for relation in () if root is None else root:
            target, outside = relation.get("Target", ""), relation.get("TargetMode") == "External"
            place = "" if outside else posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/")))[1:]
            found[relation.get("Id", "")] = Part(relation.get("Type", "").rpartition("/")[2], place)
        return found


def _transitional(root: Any) -> Any:
    """The same XML in the names that openpyxl knows: it takes those of a strict workbook for nothing at all."""
    # Only the declared name changes: texts that hold it by chance stay as they are.
    declared, renamed = (f'="{name}"'.encode() for name in (STRICT, MAIN))
    return etree.fromstring(etree.tostring(root).replace(declared, renamed))
