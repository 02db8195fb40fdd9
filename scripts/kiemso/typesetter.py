"""Typst, which sets the PDF: much sooner in a process that has set the last one."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kiemso.helper import Helper, can_help, helper
from kiemso.message import Message, say
from kiemso.process import ProcessGone

if TYPE_CHECKING:
    import typst


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
    # Given as bytes, the file stands at the root: the project, where its images are.
    pdf: bytes = _compiler(project).compile(source.read_bytes())  # type: ignore[assignment]
    return pdf


@cache
def _compiler(project: Path) -> typst.Compiler:
    import typst

    # Fonts of this machine are ignored: the report looks the same on every other.
    return typst.Compiler(root=project, ignore_system_fonts=True)


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
