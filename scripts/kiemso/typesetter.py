"""Typst, which sets the PDF: much sooner in a process that has set the last one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from kiemso.helper import Helper, can_help, helper
from kiemso.message import Message, say
from kiemso.process import ProcessGone

MAIN = "main.typ"  # as Typst's Python package calls the file that is set
_DEFINITION = re.compile(r"^#let .*?(?=^[^\s\])}])", re.MULTILINE | re.DOTALL)
# As Pandoc writes them; a label that follows belongs to what stands before it.
_TABLE = re.compile(r"(?P<before>)(?P<part>^#(?:table|figure)\(\n(?: .*\n|\n)*?(?:  )?\)$)(?!\s*<)", re.MULTILINE)
_INDEX = re.compile(
    r"(?P<before>^#block\[\n)(?P<part>(?:(?!^#block\[$).)*?)(?=^\] <evidence-index>$)", re.MULTILINE | re.DOTALL
)


class TypesetError(Exception):
    """Typst could not set the PDF."""

    def __init__(self, reason: Message | str) -> None:
        super().__init__(reason)


def typeset(project: Path, source: Path, target: Path) -> None:
    """Set a Typst file as PDF; its images are found from the project's folder."""
    import typst

    try:
        target.write_bytes(_pdf(project, source))
    except typst.TypstError as error:
        raise TypesetError(say("Typst could not set the PDF: {reason}", reason=error)) from error


def _pdf(project: Path, source: Path) -> bytes:
    text = source.read_text(encoding="utf-8")
    try:
        return _set(project, in_parts(text))
    except RuntimeError:  # what is wrong is told by its line in the whole file
        return _set(project, {MAIN: text})


def _set(project: Path, files: Mapping[str, str]) -> bytes:
    import typst

    # The files stand at the root: the project, where the images are. Fonts of this machine are ignored: the report
    # looks the same on every other.
    content = {name: text.encode() for name, text in files.items()}
    compiler = typst.Compiler(content, root=project, ignore_system_fonts=True)  # type: ignore[type-var]
    pdf: bytes = compiler.compile()  # type: ignore[assignment]
    return pdf


def in_parts(text: str) -> dict[str, str]:
    """A Typst file with its tables and the index of figures as files of their own.

    Typst numbers the places of each file, and sets anew what has another number than before: a row more in one table
    then leaves the others as they were.
    """
    if "```" in text:  # what looks like a table may be code that is to be shown
        return {MAIN: text}
    definitions, parts = "".join(_DEFINITION.findall(text)), dict[str, str]()

    def apart(found: re.Match) -> str:
        name = f".part-{len(parts) + 1}.typ"
        parts[name] = f'#import ".definitions.typ": *\n{found["part"]}'
        return f'{found["before"] or ""}#include "{name}"'

    main = _INDEX.sub(apart, _TABLE.sub(apart, text))
    return {MAIN: main, ".definitions.typ": definitions, **parts}


class Typesetter:
    """Sets PDFs, in a process that has set the last one already, where it was told of that in time.

    Typst does again only what its results do not hold, and gives the bytes that it would give from nothing.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._helper: Helper | None = None

    def __enter__(self) -> Typesetter:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def ahead(self, project: Path, last: Path) -> None:
        """Begin to set what the last PDF was set from, in the background."""
        if self._helper is None and can_help() and last.is_file():
            with suppress(ProcessGone):
                self._helper = self._stack.enter_context(helper())
                self._helper.ask(_remember, project, last)

    def __call__(self, project: Path, source: Path, target: Path) -> None:
        """Set a Typst file as PDF; its images are found from the project's folder."""
        if self._helper is not None:
            try:
                self._helper.ask(typeset, project, source, target)
                self._helper.answer()
                return
            except ProcessGone:  # for want of memory, perhaps: without that of the last report there may be enough
                self._end()
        typeset(project, source, target)

    def _end(self) -> None:
        self._stack.close()
        self._helper = None


def _remember(project: Path, last: Path) -> None:
    # The charts that it shows may just be being made anew.
    with suppress(Exception):
        _pdf(project, last)
