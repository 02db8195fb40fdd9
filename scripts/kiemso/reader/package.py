"""Parts of zip packages: XML is parsed only where it declares no document type, so that no entity is ever expanded."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, NoReturn
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from lxml import etree

from kiemso.message import say
from kiemso.problem import Problem, Refused


class Relation(NamedTuple):
    """A relationship: the last word of its type, and the part it leads to; no part where it leads out of the file."""

    kind: str
    part: str


class Package:
    """The parts of an Excel workbook's zip file; their names are equal whatever their case."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive, self._name = archive, name
        self.names = {part.lower(): part for part in archive.namelist()}

    def __contains__(self, part: str) -> bool:
        return part.lower() in self.names

    def read(self, part: str) -> bytes:
        """The content of a part. Raises KeyError."""
        return self._archive.read(self.names[part.lower()])

    def root(self, part: str) -> Any:
        """The root element of an XML part. KeyError where there is no such part, Refused for a document type."""
        return parse_part(self._archive, self.names[part.lower()], self._name)

    def related(self, part: str = "") -> dict[str, Relation]:
        """The relationships of a part, or of the package itself, by their identity."""
        folder, file = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{file}.rels")
        found = {}
        for relation in self.root(listed) if listed in self else ():
            target, outside = relation.get("Target", ""), relation.get("TargetMode") == "External"
            place = "" if outside else posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/")))[1:]
            found[relation.get("Id", "")] = Relation(relation.get("Type", "").rpartition("/")[2], place)
        return found


class _Declared(Exception):
    """The XML declares a document type."""


class _Started(Exception):
    """The root element has begun: no document type can follow."""


@contextmanager
def refusing(name: str, message: str, mend: str) -> Iterator[None]:
    """Any failure inside is the refusal of a file that cannot be read; a lack of memory stays what it is."""
    try:
        yield
    except (Refused, MemoryError):
        raise
    except Exception as error:  # a damaged file fails anywhere: zlib, XML, missing parts, index errors
        if _lacks_memory(error):
            raise MemoryError from None
        raise Refused(Problem(message, mend, name)) from None


def _lacks_memory(error: Exception) -> bool:
    """Whether an XML parser calls a lack of memory an error of syntax, as libxml2 and expat do."""
    if isinstance(error, etree.XMLSyntaxError):
        return error.code == etree.ErrorTypes.ERR_NO_MEMORY
    return isinstance(error, ParseError) and error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]


def parse_part(package: zipfile.ZipFile, part: str, name: str) -> Any:
    """The root element of an XML part. KeyError where there is no such part, Refused for a document type."""
    data = package.read(part)
    refuse_document_type(data, name)
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True))


def refuse_document_type(data: bytes, name: str) -> None:
    """Refused where the XML declares a document type; expat.ExpatError where it is none."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _declared
    parser.StartElementHandler = _started
    try:
        parser.Parse(data, True)
    except _Started:
        return
    except _Declared:
        message = say("declares XML entities, which no office program writes and which can do harm")
        mend = say("Ask the sender for a copy that was saved by Excel, LibreOffice or Word.")
        raise Refused(Problem(message, mend, name)) from None


def unwrapped(element: Any, tag: str, wrappers: Collection[str]) -> Iterator[Any]:
    """The children of that tag, also those in elements that only hold some of them together."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in wrappers:
            yield from unwrapped(child, tag, wrappers)


def _declared(*_: object) -> NoReturn:
    raise _Declared


def _started(*_: object) -> NoReturn:
    raise _Started
