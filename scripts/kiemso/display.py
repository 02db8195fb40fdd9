"""What a look at a file shows: as tables in the terminal, and as a page."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kiemso.extension import FOLDER as EXTENSION
from kiemso.layout import FOLDER as LAYOUTS
from kiemso.look import Line, Look, Part
from kiemso.message import in_language, joined, plural, say
from kiemso.page import TEMPLATES, render
from kiemso.problem import Problem, Refused
from kiemso.project import located
from kiemso.proposal import REQUIRED
from kiemso.step import write_whole
from kiemso.text import kebab, visible

PAGES = "_output/look"


def summary(look: Look) -> str:
    """What was read, in a line."""
    return say(
        "{values}, {problems}, {warnings}",
        values=plural("{count} value read", "{count} values read", look.values),
        problems=plural("{count} problem", "{count} problems", len(look.problems)),
        warnings=plural("{count} warning", "{count} warnings", len(look.warnings)),
    )


def period_line(look: Look) -> str:
    """The period with how it is known."""
    return say("period {period}, {how}", period=look.period, how=look.known)


def part_title(part: Part) -> str:
    """Sheet, layout and rows of a table or list."""
    proposed = say("proposed layout “{name}”, which no file describes yet", name=part.layout)
    return say(
        "Sheet “{sheet}”, rows {first}–{last}: {layout}",
        sheet=part.sheet,
        first=part.rows[0],
        last=part.rows[1],
        layout=proposed if part.proposed else say("layout “{name}” ({label})", name=part.layout, label=part.label),
    )


def part_notes(part: Part) -> Iterator[str]:
    """The headings by which it was found, its unit, and the rows that do not count."""
    headings = ", ".join(f"“{words}” ({cell})" for words, cell in part.headings)
    yield say("Found by the headings {headings}.", headings=headings)
    if part.unit:
        yield say("Unit stated above the table: {unit}.", unit=part.unit)
    if part.others:
        yield plural(
            "{count} row is left out by the layout's conditions, such as that of another year.",
            "{count} rows are left out by the layout's conditions, such as those of other years.",
            part.others,
        )


def proposal_notes(look: Look) -> Iterator[str]:
    """For what sheets a layout is proposed, and how to write it."""
    for name, proposal in look.proposals.items():
        told = {"sheet": proposal.sheet, "file": f"{LAYOUTS}/{name}.yml"}
        if proposal.decided:
            yield say("A layout can be written for the sheet “{sheet}”: {file}", **told)
            continue
        open_ = joined("; ", (one for name in REQUIRED for one in proposal.decisions.get(name, ())))
        yield say(
            "A layout can be begun for the sheet “{sheet}”: {file}. To decide: {decisions}", **told, decisions=open_
        )


# -- in the terminal -----------------------------------------------------------------------------------------------


def terminal(look: Look, language: str, width: int | None = None, color: bool = False) -> str:
    """All of it as text for a terminal that is so wide; whatever a terminal would obey is left out."""
    from rich.console import Console

    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=color, highlight=False, markup=False, emoji=False)

    def tell(*texts: str, style: str = "") -> None:
        for text in texts:
            console.print(visible(in_language(text, language)), style=style, soft_wrap=True)

    tell(look.file, style="bold")
    tell(joined(", ", (look.format, period_line(look))), "")
    headings = (say("Sheet"), say("Cells"), say("What becomes of it"))
    rows = [(_sheet_name(name, hidden), str(cells), state) for name, hidden, cells, state in look.sheets]
    console.print(_table(headings, rows, language, right=1))
    for part in look.parts:
        tell("", part_title(part), style="bold")
        tell(*part_notes(part))
        if part.lines:
            console.print(_lines(part, language))
    for name, problems in ((say("Problems"), look.problems), (say("Warnings"), look.warnings)):
        if problems:
            tell("", joined("", (name, ":")), style="bold")
        for problem in problems:
            tell("  " + problem.told(language).replace("\n", "\n  "))
    if look.unstated and look.values:
        tell("", say("Indicators that this file does not state: {names}.", names="; ".join(look.unstated)))
    if look.proposals:
        tell("", *proposal_notes(look))
    tell("", summary(look), style="bold")
    return out.getvalue()


def _lines(part: Part, language: str) -> Any:
    shown = [_row(line) for line in part.lines]
    remarks = any(line.remark for line in part.lines)
    headings = (say("Cell"), say("Label"), say("Indicator"), say("In the cell"), say("Read as"), say("Remark"))
    rows = [row if remarks else row[:-1] for row in shown]
    wrong = {number for number, line in enumerate(part.lines) if line.wrong}
    return _table(headings if remarks else headings[:-1], rows, language, wrong=wrong)


def _table(headings: Any, rows: Any, language: str, right: int | None = None, wrong: Any = ()) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(
            in_language(heading, language), justify="right" if number == right else "left", overflow="fold"
        )
    for number, row in enumerate(rows):
        cells = [Text(visible(in_language(text, language).strip())) for text in row]
        table.add_row(*cells, style="red" if number in wrong else None)
    return table


def _sheet_name(name: str, hidden: bool) -> str:
    return say("{sheet} (hidden)", sheet=name) if hidden else name


def _row(line: Line) -> tuple[str, ...]:
    remark = joined(" ", ("✗", line.remark)) if line.wrong else line.remark
    return line.cell, _named(line), line.name, _stood(line), line.value, remark


def _named(line: Line) -> str:
    """The label, with what it was converted from."""
    if not line.label_original:
        return line.label
    return say("{text} (in the file: {original})", text=line.label, original=line.label_original)


def _stood(line: Line) -> str:
    """What stands in the cell, with what it was converted from or corrected to."""
    text: str = line.text
    if line.original:
        text = say("{text} (in the file: {original})", text=text, original=line.original)
    return say("{text}, corrected to {corrected}", text=text, corrected=line.corrected) if line.corrected else text


# -- for a browser --------------------------------------------------------------------------------------------------


def write_page(look: Look, project: Path, path: Path | None = None) -> Path:
    """Write the page, by default below _output/look/; the path of the file."""
    target = path or project / PAGES / f"{kebab(Path(look.file).stem) or 'tep'}.html"
    if target.suffix.lower() != ".html":
        mend = say("Name a file that ends in .html.")
        raise Refused(Problem(say("is no name of a page"), mend, str(target)))
    styles = [located(project, EXTENSION.as_posix()) / "kiemso.css", TEMPLATES / "audit.css"]
    write_whole(target, render("look.html", [style for style in styles if style.is_file()], **_view(look)))
    return target


def _view(look: Look) -> dict[str, Any]:
    def vi(text: str) -> str:
        return visible(in_language(text, "vi"))

    return {
        "name": visible(Path(look.file).name),
        "file": visible(look.file),
        "format": vi(look.format),
        "period": vi(period_line(look)),
        "summary": vi(summary(look)),
        "sheets": [(visible(name), hidden, cells, vi(state)) for name, hidden, cells, state in look.sheets],
        "parts": [
            {
                "title": vi(part_title(part)),
                "notes": [vi(note) for note in part_notes(part)],
                "proposed": part.proposed,
                "lines": [_line(line, vi) for line in part.lines],
                "remarks": any(line.remark for line in part.lines),
            }
            for part in look.parts
        ],
        "problems": [_problem(problem, vi) for problem in look.problems],
        "warnings": [_problem(problem, vi) for problem in look.warnings],
        "unstated": look.unstated,
        "proposals": [
            {"note": vi(note), "text": visible(proposal.text)}
            for note, proposal in zip(proposal_notes(look), look.proposals.values(), strict=True)
        ],
    }


def _line(line: Line, vi: Callable[[str], str]) -> dict[str, Any]:
    return {name: vi(value) if isinstance(value, str) else value for name, value in vars(line).items()}


def _problem(problem: Problem, vi: Callable[[str], str]) -> dict[str, str | None]:
    place, text = visible(problem.place("vi")), problem.text
    return {"place": place, "text": text and visible(text), "message": vi(problem.message), "mend": vi(problem.mend)}
