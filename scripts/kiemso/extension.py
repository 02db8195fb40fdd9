"""The Quarto extension read for Pandoc: one set of settings, whichever program renders."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from kiemso.message import say
from kiemso.project import located

FOLDER = Path("_extensions") / "kiemso"
# What each output is called in _extension.yml and by Pandoc's --to.
WRITERS = {"html": "html", "pdf": "typst", "docx": "docx"}
# Settings that are Pandoc options; all others are metadata, which the templates and the filter read.
OPTIONS = (
    "from",
    "toc",
    "toc-depth",
    "number-sections",
    "shift-heading-level-by",
    "section-divs",
    "embed-resources",
    "wrap",
)
FILES = ("template", "reference-doc")


def read_header(report: Path) -> dict[str, Any]:
    """The YAML header of report.qmd; a ValueError says what is wrong with it."""
    lines = report.read_text(encoding="utf-8-sig").splitlines()
    if not lines or lines[0].rstrip() != "---":
        return {}
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), len(lines))
    try:
        header = yaml.safe_load("\n".join(lines[1:end])) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        message = say("line {line}: the YAML header is faulty there: {reason}", line=line, reason=error.problem)
        raise ValueError(message) from error
    if not isinstance(header, dict):
        raise ValueError(say("the YAML header must consist of “key: value” lines"))
    return header


def pandoc_defaults(project: Path, report: Path, output: str) -> dict[str, Any]:
    """The contents of a Pandoc defaults file that renders `report` as `output` ("html", "pdf" or "docx")."""
    writer = WRITERS[output]
    extension = located(project, FOLDER.as_posix()).resolve()
    formats = yaml.safe_load((extension / "_extension.yml").read_text(encoding="utf-8"))["contributes"]["formats"]
    header = read_header(report)
    own = header.get("format")
    own = own.get(f"kiemso-{writer}") if isinstance(own, dict) else None
    overrides = {**header, **(own if isinstance(own, dict) else {})}
    settings = {**formats.get("common", {}), **formats.get(writer, {})}
    filters = [str(extension / _path(one)) for one in settings.pop("filters", [])]
    styles = [str(extension / one) for one in _listed(settings.pop("css", []))]
    files = {key: str(extension / settings.pop(key)) for key in FILES if key in settings}
    options = {key: overrides.get(key, settings.get(key)) for key in OPTIONS if key in {*settings, *overrides}}
    # Pandoc would let metadata given here win over the report's own header.
    metadata = {key: value for key, value in settings.items() if key not in OPTIONS and key not in header}
    return {
        "from": "markdown",
        "to": writer,
        "standalone": True,
        **options,
        **files,
        "css": styles,
        "filters": filters,
        "metadata": metadata,
    }


def pandoc() -> str:
    """The Pandoc that is installed with pypandoc, or what PYPANDOC_PANDOC names.

    Asked for it, pypandoc would take the newest on this machine, and start each of them to learn its version.
    """
    found = find_spec("pypandoc")
    for name in ("pandoc", "pandoc.exe"):
        path = Path(str(found and found.origin)).with_name("files") / name
        if path.is_file() and not os.environ.get("PYPANDOC_PANDOC"):
            return str(path)
    import pypandoc

    return str(pypandoc.get_pandoc_path())


def pandoc_tags(report: Path) -> Iterator[tuple[str, str]]:
    """The tags that Pandoc finds in a report: ("fact", key), ("table", name) and ("chart", name)."""
    command = [pandoc(), "--from", "markdown", "--to", "json", str(report.resolve())]
    done = subprocess.run(command, env=environment(), capture_output=True, check=True)
    yield from _tags(json.loads(done.stdout))


def environment() -> dict[str, str]:
    """The environment for Pandoc and Quarto: where LC_ALL is C, they would open no file with Vietnamese letters."""
    bare = os.environ.get("LC_ALL") in ("C", "POSIX")
    return os.environ | ({"LC_ALL": "C.UTF-8"} if bare else {})


def _tags(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        kinds = {"Span": ("fact",), "Div": ("table", "chart")}.get(node.get("t", ""), ())
        attributes = dict(reversed(node["c"][0][2])) if kinds else {}
        yield from ((kind, attributes[kind]) for kind in kinds if kind in attributes)
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _tags(child)


def _path(entry: str | dict[str, str]) -> str:
    return entry if isinstance(entry, str) else entry["path"]


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
