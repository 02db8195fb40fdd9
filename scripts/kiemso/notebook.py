"""What the notebooks import: load, record, show, save. The arithmetic stays in the notebooks."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import display

from kiemso import formula as formulas
from kiemso import statement
from kiemso.card import html_card, plain_card
from kiemso.fact import Fact
from kiemso.layout import cell_address, find_headers, match_rows, read_rows
from kiemso.observation import NOT_HELD
from kiemso.problem import Problem, Refused
from kiemso.project import STAGE, find_project, period_folder
from kiemso.recorder import CHART_MIME, FACT_MIME, PROBLEMS_MIME, TABLE_MIME, Recorder, open_recorder, open_targets
from kiemso.term import FILE as TERMS_FILE
from kiemso.source import Source
from kiemso.observation import OBSERVED
from kiemso.workbook import raw_files, read_workbook
from kiemso.key import Key

__all__ = ["begin", "chart", "dropped", "fact", "facts", "headers", "matched", "observations", "quote", "raw_cells"]
__all__ += ["readings", "record", "save", "stated", "table", "targets", "term_facts", "value", "cell_address", "catalogue_rows"]

_recorder: Recorder | None = None


def begin(period: str) -> None:
    """Open the project that the notebook stands in, for a school year or a term."""
    global _recorder
    _recorder = open_recorder(find_project(Path.cwd()), period)


# -- cleaning a year ---------------------------------------------------------------------------------------------


def raw_cells() -> pd.DataFrame:
    """Every raw cell of the period that holds something: file, sheet, cell, row, column, text, number."""
    recorder = _open()
    cells, problems = [], []
    for path in raw_files(recorder.project, recorder.period):
        try:
            cells += read_workbook(path, path.relative_to(recorder.project).as_posix())
        except Refused as refused:
            problems += refused.problems
    _refuse(problems)
    return pd.DataFrame(cells)


def headers(cells: pd.DataFrame) -> pd.DataFrame:
    """The header row of each sheet's table, found by its words."""
    found, problems = find_headers(cells, _open().period)
    _refuse(problems)
    return found


def matched(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """The rows with the indicator and part that their labels name, and the problems found."""
    recorder = _open()
    return match_rows(rows, recorder.catalogue, "term" if recorder.term else "year")


def readings(rows: pd.DataFrame, problems: Sequence[Problem] = ()) -> pd.DataFrame:
    """The observations of matched rows; Refused lists all problems, those given and those met here."""
    recorder = _open()
    found, unreadable = read_rows(rows, recorder.catalogue, recorder.period)
    _refuse([*problems, *unreadable])
    return found


def dropped(what: str, before: int, after: int) -> None:
    """Print how many rows there were, how many a step dropped, and how many are left."""
    print(f"{what}: trước {before}, bỏ {before - after}, còn {after}")


def save(frame: pd.DataFrame, name: str) -> None:
    """Write a frame as CSV into the period's folder under build/."""
    recorder = _open()
    folder = Path(os.environ.get(STAGE) or period_folder(recorder.project, recorder.period))
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_csv(folder / name, index=False, lineterminator="\n")
    print(f"{len(frame)} dòng -> build/{recorder.period}/{name}")


# -- computing ---------------------------------------------------------------------------------------------------


def observations(section: str | None = None) -> pd.DataFrame:
    """The period's observations with their keys, in the order of the workbook; of one section of the catalogue."""
    recorder = _open()
    path = period_folder(recorder.project, recorder.period) / "observations.csv"
    if not path.exists():
        message = f"build/{recorder.period}/observations.csv is not there yet"
        _refuse([Problem(message, "Run 1-clean-year.ipynb for this period first, or `kiemso run`.")])
    texts = ["indicator", "part", "unit", "bound", "status", "text", "file", "sheet", "cell", "row_label"]
    frame = pd.read_csv(path, dtype=dict.fromkeys(texts, str), keep_default_na=False, na_values={"value": [""]})
    keys = [str(Key(i, p, recorder.period)) for i, p in zip(frame["indicator"], frame["part"], strict=True)]
    sections = frame["indicator"].map({code: i.section for code, i in recorder.catalogue.indicators.items()})
    frame = frame.assign(key=keys, section=sections)
    return frame if section is None else frame[frame["section"] == section]


def facts(name: str) -> pd.Series:
    """A fact in each school year of the term, indexed by school year; <NA> where there is no value."""
    recorder = _open()
    years = recorder.term.school_years if recorder.term else (recorder.period,)
    values = [recorder.fact(f"{name}@{year}").value for year in years]
    whole = all(value is None or isinstance(value, int) for value in values)
    return pd.Series(values, index=pd.Index(years, name="school_year"), name=name, dtype="Int64" if whole else "Float64")


def fact(key: str) -> Fact:
    """A fact recorded before, with its evidence."""
    return _open().fact(key)


def value(key: str) -> Any:
    """The value of a fact recorded before; <NA> where it has none."""
    found = _open().fact(key).value
    return pd.NA if found is None else found


def quote(row: Any) -> None:
    """Record an observation as it stands as a fact of its own key."""
    _show(_open().quote(row))


def record(key: str, value: Any, *, formula: str, inputs: Mapping[str, str] | Sequence[str] | pd.Series) -> None:
    """Record a computed fact, after its formula has been evaluated again over its inputs.

    `inputs` are keys of facts: a Series of `facts`, a list, or names that the formula uses.
    """
    _show(_open().compute(key, value, formula, inputs))  # type: ignore[arg-type]


def term_facts() -> None:
    """Record what data/terms.yml says of the term: its number of school years and its last year."""
    recorder = _open()
    years = recorder.term.school_years if recorder.term else ()
    place = Source(TERMS_FILE, "", f"{recorder.period}.school_years", ", ".join(years))
    for name, number in (("nam-hoc", len(years)), ("nam-cuoi", int(recorder.period[-4:]))):
        key = recorder.key(name)
        _show(recorder._fact(key, number, OBSERVED, formulas.QUOTED, {}, [place]))


def targets() -> pd.DataFrame:
    """Record the next term's targets as facts; and return them, one a row."""
    recorder = _open()
    found = open_targets(recorder)
    for code, target in found.items():
        _show(recorder.target(code, target))
    rows = [target.model_dump() | {"against": target.against or "", "because": target.because or ""} for target in found.values()]
    frame = pd.DataFrame(rows, index=pd.Index(found, name="code"))
    term = (recorder.term and recorder.term.next) or ""
    return frame.assign(key=[f"{code}.chi-tieu@{term}" for code in found])


# -- showing -----------------------------------------------------------------------------------------------------


def stated(name: str, period: str = "") -> list:
    """What a table's cell states of an indicator: one figure, or “4 nhất, 7 nhì” by its parts."""
    recorder = _open()
    return statement.stated(recorder.key(f"{name}@{period}" if period else name), recorder.catalogue, recorder.known)


def catalogue_rows() -> pd.DataFrame:
    """The indicators that a school year's workbook states, in order: code, label, section, unit, kind, parts."""
    rows = [{"code": c, **i.model_dump()} for c, i in _open().catalogue.of_level("year").items()]
    return pd.DataFrame(rows).set_index("code")


def table(name: str, caption: str, columns: Sequence[Mapping], rows: Sequence[Mapping], note: str = "") -> None:
    """Store a table for the report; a cell is a list of texts and of figures ({"fact": key})."""
    content = {"name": name, "caption": caption, "columns": list(columns), "rows": list(rows), "note": note}
    display({TABLE_MIME: content, "text/html": _html_table(content), "text/plain": f"table {name}"}, raw=True)


def chart(name: str, figure: Any, caption: str, alt: str, data: Mapping | None = None) -> None:
    """Store a matplotlib figure for the report as SVG and PNG, with its alternative text and its numbers."""
    import matplotlib

    matplotlib.rcParams["svg.hashsalt"] = name  # without it the identifiers in the SVG are random
    svg, png = io.StringIO(), io.BytesIO()
    figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    figure.savefig(png, format="png", dpi=200, metadata={"Software": None})
    content = {"name": name, "caption": caption, "alt": alt, "table": data}
    images = {"image/svg+xml": svg.getvalue(), "image/png": base64.b64encode(png.getvalue()).decode()}
    display({CHART_MIME: content, **images, "text/plain": alt}, raw=True)


def _html_table(content: Mapping) -> str:
    columns = [column["title"] for column in content["columns"]]
    rows = [["".join(_cell_text(inline) for inline in cell) for cell in row["cells"]] for row in content["rows"]]
    return pd.DataFrame(rows, columns=columns).to_html(index=False)


def _cell_text(inline: Any) -> str:
    return inline if isinstance(inline, str) else _open().fact(inline["fact"]).text


def _show(fact: Fact) -> None:
    recorder = _open()
    recorder.add(fact)
    try:
        recorder.check_whole(fact)
    except Refused as refused:
        _refuse(refused.problems)
    display({FACT_MIME: fact.as_dict(), "text/html": html_card(fact), "text/plain": plain_card(fact)}, raw=True)


def _refuse(problems: Sequence[Problem]) -> None:
    if not problems:
        return
    refused = Refused(problems)
    display({PROBLEMS_MIME: [p.as_dict() for p in refused.problems], "text/plain": str(refused)}, raw=True)
    raise refused


def _open() -> Recorder:
    if _recorder is None:
        raise Refused(Problem("begin(period) has not been called", "Run the notebook's cells from the top."))
    return _recorder
