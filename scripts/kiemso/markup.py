"""What stands in a notebook's cells as HTML: code, Markdown, tables and plain text, and nothing in them that runs.

The libraries that nbconvert uses, one by one: to import any of nbconvert is to import all of it, which takes longer
than all pages of a term.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from click import unstyle
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from bleach.sanitizer import Cleaner

# A notebook's file holds a text of several lines as a list of them.
Text = str | Sequence[str]

# What pandas makes a table of; its <style> is dropped, for ours stands in its place.
_TAGS = {"div", "p", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "b", "i", "em", "strong", "br"}
_ATTRIBUTES = {"*": ["class"], "th": ["colspan", "rowspan", "class"], "td": ["colspan", "rowspan", "class"]}
_STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL | re.IGNORECASE)
_LOOK = re.compile(r'(?<=<table) border="1"(?=[ >])|(?<=<tr) style="text-align: \w+;"(?=>)')
# A whole text of nothing but these tags, texts and entities.
_PLAIN = re.compile(
    r"""(?: [^<>&\x00-\x08\x0b-\x1f\x7f-\xa0]++ | &(?:amp|lt|gt);
          | </?(?:div|p|table|thead|tbody|tr|th|td)> | <table[ ]class="dataframe"> | <(?:th|td)[ ](?:col|row)span="\d+">
        )*""",
    re.VERBOSE,
)
_TAG = re.compile(r"<(/?)(\w+)")


def plain(text: Text) -> Markup:
    """A text as it is, without the colours that a terminal would show."""
    return escape(unstyle("".join(text)))


# The notebooks of three school years have the same cells.
@lru_cache(maxsize=1024)
def _code(source: str) -> Markup:
    return Markup(_highlighter()(source or " "))


def code(source: Text) -> Markup:
    """Python code with its parts marked by their kind."""
    return _code("".join(source))


@cache
def _highlighter() -> Callable[[str], str]:
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers.python import PythonLexer

    lexer, formatter = PythonLexer(), HtmlFormatter(cssclass=" highlight hl-python3")
    return lambda source: highlight(source, lexer, formatter)


def markdown(source: Text) -> Markup:
    """Markdown as HTML; HTML in it is shown as text: our notebooks have none."""
    return _markdown("".join(source))


@lru_cache(maxsize=1024)
def _markdown(source: str) -> Markup:
    return Markup(_parser()(source))


@cache
def _parser() -> Callable[[str], str]:
    import mistune

    plugins = ("strikethrough", "table", "url", "task_lists", "def_list", "math")
    return mistune.create_markdown(escape=True, plugins=plugins)  # type: ignore[return-value]


def table(html: Text) -> Markup:
    """The HTML of a table, without what is not of a table."""
    return _table("".join(html))


@lru_cache(maxsize=1024)
def _table(html: str) -> Markup:
    shown = _LOOK.sub("", _STYLE.sub("", html))
    # A frame as pandas writes it is what the cleaner would make of it, in a tenth of the time.
    return Markup(shown if _PLAIN.fullmatch(shown) and _nested(shown) else _cleaner().clean(shown))


def _nested(html: str) -> bool:
    """Whether every tag ends where it should."""
    open_tags: list[str] = []
    for end, name in _TAG.findall(html):
        if not end:
            open_tags.append(name)
        elif not open_tags or open_tags.pop() != name:
            return False
    return not open_tags


def _cleaner() -> Cleaner:
    from bleach.sanitizer import Cleaner

    return Cleaner(_TAGS, _ATTRIBUTES)


def data_address(kind: str, content: Text) -> str:
    """The address that holds an image itself; `content` is base64 already, or the text of an SVG."""
    text = "".join(content)
    data = base64.b64encode(text.encode()).decode() if kind == "image/svg+xml" else text
    return f"data:{kind};base64,{data}"
