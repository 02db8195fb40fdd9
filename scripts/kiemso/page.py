"""A page of the audit: its address, its frame, and a notebook's cells set as HTML."""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    import jinja2
    import markupsafe
    from nbconvert.exporters import TemplateExporter

FOLDER = "audit"
INDEX = f"{FOLDER}/index.html"
REPORT = "report.html"
TEMPLATES = Path(__file__).parent / "templates"
_own = threading.local()


def notebook_page(period: str, notebook: str) -> str:
    """Where the page of an executed notebook lies, from _output."""
    return f"{FOLDER}/{period}/{PurePosixPath(notebook).stem}.html"


def raw_page(file: str) -> str:
    """Where the page of a workbook data/raw/<period>/<name> lies, from _output."""
    path = PurePosixPath(file)
    return f"{FOLDER}/raw/{path.parent.name}/{path.name}.html"


def cell_anchor(sheet: str, cell: str) -> str:
    """The identifier of a raw cell on its workbook's page."""
    return f"{sheet}!{cell}"


@cache
def href(page: str, target: str, fragment: str = "") -> str:
    """The link from one page to another, both named from _output; whatever a URL could misread is escaped."""
    path = "" if page == target else quote(posixpath.relpath(target, posixpath.dirname(page)))
    return path + ("#" + quote(fragment, safe="!=@") if fragment else "")


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

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


# -- notebooks -----------------------------------------------------------------------------------------------------

# What pandas makes a table of; its <style> is dropped, for ours stands in its place.
_TAGS = {"div", "p", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "b", "i", "em", "strong", "br"}
_ATTRIBUTES = {"*": ["class"], "th": ["colspan", "rowspan", "class"], "td": ["colspan", "rowspan", "class"]}
_STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL | re.IGNORECASE)


def set_notebook(path: Path, view: Mapping[str, Any]) -> markupsafe.Markup:
    """An executed notebook's cells as HTML, by nbconvert with our template; `view` holds its cards and tables."""
    cells = exporter()
    import nbformat.v4
    from markupsafe import Markup

    # nbformat.read would validate what papermill has just written.
    notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
    html, _ = cells.from_notebook_node(notebook, {"view": view})
    return Markup(html)


def exporter() -> TemplateExporter:
    """This thread's own: schools are rendered side by side, and what cleans HTML holds the page that it is at."""
    if not hasattr(_own, "exporter"):
        _own.exporter = _new_exporter()
    return _own.exporter


def _new_exporter() -> TemplateExporter:
    # jsonschema, which nbformat imports, builds a grammar of URLs at import: 0.8 s for a check that no notebook needs.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from bleach.sanitizer import Cleaner
    from jinja2 import FileSystemLoader
    from markupsafe import Markup
    from nbconvert.exporters import TemplateExporter
    from nbconvert.filters import Highlight2HTML, ansi2html
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    cleaner, highlight = Cleaner(_TAGS, _ATTRIBUTES), Highlight2HTML("python3")
    # HTML in a notebook's text is shown as text: our notebooks have none.
    renderer = IPythonRenderer(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)
    markdown = MarkdownWithMath(renderer)
    # nbconvert's HTMLExporter would parse every page once more, to say that images lack a text: ours have one.
    exporter = TemplateExporter(
        template_name="base",
        template_file="cells.html",
        default_preprocessors=[],  # each would validate the notebook once more
        extra_loaders=[FileSystemLoader(TEMPLATES)],
        filters={
            "code": lambda source: Markup(highlight(source)),
            "markdown": lambda source: Markup(markdown.render(source)),
            "ansi": lambda text: Markup(ansi2html(text)),
            "cleaned": lambda html: Markup(cleaner.clean(_STYLE.sub("", html))),
        },
    )
    exporter.environment.autoescape = True
    return exporter
