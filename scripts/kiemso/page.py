"""A page of the audit: its address, its frame, and a notebook's cells set as HTML."""

from __future__ import annotations

import base64
import hashlib
import posixpath
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kiemso.ballast import URLS, without

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

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def prepare() -> None:
    """Compile the templates that a report's pages are made with."""
    for name in ("frame", "parts", "notebook", "workbook", "index", "changes"):
        _environment().get_template(f"{name}.html")
    exporter().template  # noqa: B018


def highlight(sources: Iterable[str]) -> None:
    """Highlight code ahead of the pages that will show it."""
    for source in sources:
        exporter().environment.filters["code"](source)


# -- notebooks -----------------------------------------------------------------------------------------------------


def set_notebook(notebook: Mapping[str, Any], view: Mapping[str, Any]) -> markupsafe.Markup:
    """An executed notebook's cells as HTML, by nbconvert with our template; `view` holds its cards and tables.

    `notebook` is what its file holds.
    """
    cells = exporter()
    from markupsafe import Markup
    from nbformat.v4 import to_notebook

    # As the exporter does it, which would copy the notebook three times for preprocessors: it has none.
    html = cells.template.render(nb=to_notebook(notebook), resources={"view": view})
    return Markup(html.lstrip("\r\n"))


def exporter() -> TemplateExporter:
    """This thread's own, as what cleans HTML holds the page that it is at."""
    if not hasattr(_own, "exporter"):
        _own.exporter = _new_exporter()
    return _own.exporter


def _new_exporter() -> TemplateExporter:
    with without(*URLS):
        from nbconvert.exporters import TemplateExporter
        from nbconvert.filters import Highlight2HTML, ansi2html
        from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
    from jinja2 import FileSystemLoader
    from markupsafe import Markup

    from kiemso.markup import table

    # The notebooks of three school years have the same cells.
    highlight = lru_cache(maxsize=1024)(Highlight2HTML("python3"))
    # HTML in a notebook's text is shown as text: our notebooks have none.
    renderer = IPythonRenderer(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)
    markdown = MarkdownWithMath(renderer)
    # nbconvert's HTMLExporter would parse every page once more, to say that images lack a text: ours have one.
    exporter = TemplateExporter(
        template_name="base",
        template_file="cells.html",
        default_preprocessors=[],
        extra_loaders=[FileSystemLoader(TEMPLATES)],
        filters={
            "code": lambda source: Markup(highlight(source)),
            "markdown": lambda source: Markup(markdown.render(source)),
            "ansi": lambda text: Markup(ansi2html(text)),
            "cleaned": table,
        },
    )
    exporter.environment.autoescape = True
    return exporter
