"""The HTML of a table that a notebook shows, and nothing in it that runs."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from bleach.sanitizer import Cleaner

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


@lru_cache(maxsize=1024)
def table(html: str) -> Markup:
    """The HTML of a table, without what is not of a table."""
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
