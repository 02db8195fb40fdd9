"""The facts as they were approved: data/approved/<term>.csv, to be read in git diff."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from kiemso.approval import FOLDER, content, digest, read_ledger
from kiemso.catalogue import read_catalogue
from kiemso.fact import Fact
from kiemso.key import parse_key
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.project import located
from kiemso.source import Source
from kiemso.term import read_targets, read_term

_TEXT_FIELDS = ("label", "unit", "bound", "status", "text", "expression", "notebook", "cell")
COLUMNS = ["key", "value", *_TEXT_FIELDS, "inputs", "code", "entry", "sources"]


@dataclass(frozen=True)
class Signed:
    """A fact as it was approved, with the digests of its cell's code and of its entry in the catalogue."""

    fact: Fact
    code: str
    entry: str


def take_snapshot(project: Path, term: str, facts: Mapping[str, Fact]) -> dict[str, Signed]:
    """The facts with the digests of what computed and named them."""
    catalogue, following = read_catalogue(project), read_term(project, term).next
    targets = read_targets(project, following) if following else {}

    @cache
    def code(notebook: str) -> dict[str, str]:
        cells = json.loads(located(project, f"notebooks/{notebook}").read_text(encoding="utf-8"))["cells"]
        return {cell["id"]: _short("".join(cell["source"])) for cell in cells}

    def entry(key: str) -> str:
        name = parse_key(key)
        defined: list[BaseModel | None] = [targets.get(name.indicator)]
        if name.period != following:
            defined = [catalogue.indicators.get(name.indicator), catalogue.parts.get(name.part)]
        return _short(json.dumps([one and one.model_dump(mode="json") for one in defined], sort_keys=True))

    return {key: Signed(fact, code(fact.notebook).get(fact.cell, ""), entry(key)) for key, fact in facts.items()}


def snapshot_text(snapshot: Mapping[str, Signed]) -> str:
    """The snapshot as CSV: one row a fact, one line a raw cell within the row's last field."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for key, signed in snapshot.items():
        fact = signed.fact
        value = "" if fact.value is None else json.dumps(fact.value, ensure_ascii=False)
        sources = "\n".join("\t".join(map(_escaped, source)).rstrip("\t") for source in fact.sources)
        texts = [_escaped(getattr(fact, name)) for name in _TEXT_FIELDS]
        writer.writerow([key, value, *texts, " ".join(fact.inputs), signed.code, signed.entry, sources])
    return text.getvalue()


def read_snapshot(project: Path, term: str) -> dict[str, Signed]:
    """The facts that were last approved, none if there are none; Refused where the file was changed since."""
    if not read_ledger(project, term).approved:
        return {}
    name = f"{FOLDER}/{term}.csv"
    rows = csv.DictReader(io.StringIO(content(project / name).decode(), newline=""), strict=True)
    try:
        return {row["key"]: _signed(row) for row in rows}
    except (KeyError, TypeError, ValueError, csv.Error):
        # Its digest is right, so another version of this program wrote it.
        mend = say("Delete it and the .yml; approve again.")
        raise Refused(Problem(say("has other columns than expected"), mend, name)) from None


def _signed(row: Mapping[str, str]) -> Signed:
    value = json.loads(row["value"]) if row["value"] else None
    cells = [
        [*map(_plain, line.split("\t")), *[""] * len(Source._fields)] for line in row["sources"].split("\n") if line
    ]
    sources = [Source(*cell[: len(Source._fields)]) for cell in cells]
    texts: dict[str, Any] = {name: _plain(row[name]) for name in _TEXT_FIELDS}
    period, inputs = parse_key(row["key"]).period, row["inputs"].split()
    fact = Fact(row["key"], period, "", value=value, formula="", inputs=inputs, sources=sources, **texts)
    return Signed(fact, row["code"], row["entry"])


def _short(text: str) -> str:
    """Enough of a digest to tell two versions apart, and little enough to read in a row."""
    return digest(text.encode())[:12]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: {"t": "\t", "n": "\n", "r": "\r"}.get(match[1], match[1]), text)
