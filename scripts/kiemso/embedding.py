"""A page made one file: the style sheets, scripts and pictures that it names are put into it."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from urllib.parse import unquote

# What makes a browser fetch another file. In the forms that our template and Pandoc write, we put the file in; in any
# other, which only a report with HTML of its own has, the page is left to Pandoc.
_FETCHING = re.compile(
    r"""<(?:
        link\ rel="stylesheet"\ href="(?P<style>[^"]+)">
      | script\ src="(?P<script>[^"]+)"></script>
      | script(?:\ type="application/json"\ id="[\w-]+")?>
      | img\ src="(?P<picture>[^"]+)"(?P<attributes>(?:\ (?:alt|class|height|id|style|title|width)="[^"]*")*)\ />
      | (?P<other>audio|base|embed|frame|iframe|image|img|input|link|object|script|source|style|track|use|video)\b
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_MEDIA = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


class _LeftToPandoc(Exception):
    """The page names a file that we do not put in."""


def embedded(page: str, folders: Sequence[Path]) -> str | None:
    """The page with all that it names, found from one of the folders; nothing where only Pandoc can embed it."""

    def whole(tag: re.Match[str]) -> str:
        if tag["other"]:
            raise _LeftToPandoc
        if tag["style"]:
            return f"<style>\n{_text(tag['style'], folders, ('</style', 'url(', '@import'))}</style>"
        if tag["script"]:
            return f"<script>\n{_text(tag['script'], folders, ('</script', '<!--'))}</script>"
        if tag["picture"]:
            return f'<img src="{_data(tag["picture"], folders)}"{tag["attributes"]} />'
        return tag[0]

    try:
        return _FETCHING.sub(whole, page)
    except (_LeftToPandoc, OSError, UnicodeDecodeError):
        return None


def _text(name: str, folders: Sequence[Path], refused: Sequence[str]) -> str:
    text = _found(name, folders).read_text(encoding="utf-8")
    if any(one in text.lower() for one in refused):
        raise _LeftToPandoc
    return text


def _data(name: str, folders: Sequence[Path]) -> str:
    path = _found(name, folders)
    if path.suffix not in _MEDIA:
        raise _LeftToPandoc
    return f"data:{_MEDIA[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _found(name: str, folders: Sequence[Path]) -> Path:
    path = unquote(unescape(name))
    found = next((folder / path for folder in folders if (folder / path).is_file()), None)
    if found is None:
        raise _LeftToPandoc
    return found
