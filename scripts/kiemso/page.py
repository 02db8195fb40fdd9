"""A page of the audit: its address, its frame, and a notebook's cells set as HTML."""

from __future__ import annotations

import base64
import hashlib
import posixpath
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    import jinja2
    import markupsafe

FOLDER = "audit"
INDEX = f"{FOLDER}/index.html"
REPORT = "report.html"
TEMPLATES = Path(__file__).parent / "templates"


def notebook_page(period: str, notebook: str) -> str:
    """Where the page of an executed notebook lies, from _output."""
    return f"{FOLDER}/{period}/{PurePosixPath(notebook).stem}.html"


@lru_cache(maxsize=4096)
def raw_page(file: str) -> str:
    """Where the page of a workbook data/raw/<period>/<name> lies, from _output."""
    path = PurePosixPath(file)
    return f"{FOLDER}/raw/{path.parent.name}/{path.name}.html"


def cell_anchor(sheet: str, cell: str) -> str:
    """The identifier of a raw cell on its workbook's page."""
    return f"{sheet}!{cell}"


def href(page: str, target: str, fragment: str = "") -> str:
    """The link from one page to another, both named from _output; whatever a URL could misread is escaped."""
    return _path(page, target) + ("#" + quote(fragment, safe="!=@") if fragment else "")


@lru_cache(maxsize=4096)  # a page leads to the same few pages many times
def _path(page: str, target: str) -> str:
    return "" if page == target else quote(posixpath.relpath(target, posixpath.dirname(page)))


def render(template: str, styles: Sequence[Path], **content: Any) -> str:
    """A template of ours in the frame that all pages share; every text put into it is escaped."""
    import markupsafe

    script = (TEMPLATES / "audit.js").read_text(encoding="utf-8")
    style = "\n".join(path.read_text(encoding="utf-8") for path in styles)
    return (
        _environment()
        .get_template(template)
        .render(
            **content,
            style=markupsafe.Markup(style),
            script=markupsafe.Markup(script),
            # Should a text of a workbook become markup after all, the browser still runs nothing but our script.
            script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


@cache
def _environment() -> jinja2.Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from kiemso import markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    filters = (markup.code, markup.markdown, markup.table, markup.plain)
    environment.filters |= {function.__name__: function for function in filters}
    environment.globals["data_address"] = markup.data_address
    return environment


def prepare() -> None:
    """Compile the templates that a report's pages are made with."""
    for name in ("frame", "parts", "cells", "notebook", "workbook", "index", "changes"):
        _environment().get_template(f"{name}.html")


def set_notebook(notebook: Mapping[str, Any], view: Mapping[str, Any]) -> markupsafe.Markup:
    """An executed notebook's cells as HTML; `view` holds its cards, tables and charts."""
    from markupsafe import Markup

    return Markup(_environment().get_template("cells.html").render(cells=notebook["cells"], view=view))
