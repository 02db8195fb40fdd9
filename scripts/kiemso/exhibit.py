"""Exhibits, for the third notebook: the tables and charts of the report."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from IPython.display import display

from kiemso import statement
from kiemso.recorder import CHART_MIME, TABLE_MIME
from kiemso.session import current


def stated(name: str, period: str = "") -> list:
    """What a table's cell states of an indicator: one figure, or “4 nhất, 7 nhì” by its parts."""
    recorder = current()
    return statement.stated(recorder.key(f"{name}@{period}" if period else name), recorder.catalogue, recorder.known)


def catalogue_rows() -> pd.DataFrame:
    """The indicators that a school year's workbook states, in order: code, label, section, unit, kind, parts."""
    rows = [{"code": c, **i.model_dump()} for c, i in current().catalogue.of_level("year").items()]
    return pd.DataFrame(rows).set_index("code")


def table(name: str, caption: str, columns: Sequence[Mapping], rows: Sequence[Mapping], note: str = "") -> None:
    """Store a table for the report; a cell is a list of texts and of figures ({"fact": key})."""
    content = {"name": name, "caption": caption, "columns": list(columns), "rows": list(rows), "note": note}
    display({TABLE_MIME: content, "text/html": _html_table(content), "text/plain": f"table {name}"}, raw=True)


def chart(name: str, figure: Any, caption: str, alt: str, data: Mapping | None = None) -> None:
    """Store a matplotlib figure for the report as SVG and PNG, with its alternative text and its numbers."""
    import matplotlib

    matplotlib.rcParams["svg.hashsalt"] = name  # without it the identifiers in the SVG are random
    # Laid out once: each image would be laid out anew.
    if engine := figure.get_layout_engine():
        engine.execute(figure)
    figure.set_layout_engine(None)
    svg, png = io.StringIO(), io.BytesIO()
    figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    # Packed lightly: half as large again, in three quarters of the time.
    figure.savefig(png, format="png", dpi=200, metadata={"Software": None}, pil_kwargs={"compress_level": 1})
    content = {"name": name, "caption": caption, "alt": alt, "table": data}
    images = {"image/svg+xml": svg.getvalue(), "image/png": base64.b64encode(png.getvalue()).decode()}
    display({CHART_MIME: content, **images, "text/plain": alt}, raw=True)


def _html_table(content: Mapping) -> str:
    columns = [column["title"] for column in content["columns"]]
    rows = [["".join(_cell_text(inline) for inline in cell) for cell in row["cells"]] for row in content["rows"]]
    return pd.DataFrame(rows, columns=columns).to_html(index=False)


def _cell_text(inline: Any) -> str:
    return inline if isinstance(inline, str) else current().fact(inline["fact"]).text
