"""The school year or term that a file is of, where nobody has put it into a folder yet."""

from __future__ import annotations

import re
from pathlib import Path

from kiemso.heading import is_school_year, periods_in
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.raw import RawWorkbook
from kiemso.term import read_terms


def find_period(workbook: RawWorkbook, project: Path, given: str) -> tuple[str, str]:
    """The school year or term that the file is of, and how that is known; Refused where it is not clear.

    `given` is what a person asks for, or nothing.
    """
    folder = re.fullmatch(r"data/raw/(\d{4}-\d{4})/[^/]+", workbook.file)
    if given or folder:
        how = say("as asked") if given else say("by its folder")
        found = given or (folder[1] if folder else "")
        if re.fullmatch(r"\d{4}-\d{4}", found) and int(found[:4]) < int(found[5:]):
            return found, how
        mend = say("Name a school year such as 2023-2024, or a term.")
        raise Refused(Problem(say("“{name}” is no school year and no term", name=found), mend, workbook.file))
    hidden = {sheet.name for sheet in workbook.sheets if sheet.hidden}
    texts = [cell.text for cell in workbook.cells if cell.number is None and cell.sheet not in hidden]
    ways = [(say("by its name"), [workbook.file]), (say("by the words in its cells"), texts)]
    candidates: set[str] = set()
    for how, where in ways:
        named = {period for text in where for period in periods_in(text)}
        terms = named & {*read_terms(project)}
        candidates = {p for p in named if is_school_year(p)} or terms
        if len(candidates) == 1:
            return candidates.pop(), how
        if candidates:
            break
    mend = say("Name it: kiemso look … --period {example}", example=max(candidates, default="2023-2024"))
    if candidates:
        message = say("it is not clear which school year it is of: {years}", years=", ".join(sorted(candidates)))
    else:
        message = say("nothing in it says which school year it is of")
    raise Refused(Problem(message, mend, workbook.file))
