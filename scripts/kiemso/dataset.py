"""The facts released as data: _output/facts.json, facts.csv, and facts.xlsx with live formulas."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kiemso.evidence import Evidence
from kiemso.fact import Fact
from kiemso.package import program_digest
from kiemso.project import located, period_folder
from kiemso.step import LOCK_FILE, digest, write_whole

CSV_COLUMNS = ["key", "label", "period", "value", "unit", "bound", "status", "text", "formula", "expression", "note"]
CSV_COLUMNS += ["inputs", "notebook", "cell", "sources"]

# Excel reads a text that begins so as a formula.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
# What the files were made from, and what they then were.
_RECORD = ".dataset.json"


def write_dataset(evidence: Evidence, output: Path) -> list[Path]:
    """Write the three files where they are not what the facts give, and return them."""
    files = [output / name for name in ("facts.json", "facts.csv", "facts.xlsx")]
    source, record = period_folder(evidence.project, evidence.name) / "facts.json", output / _RECORD
    made_from = _made_from(evidence, source)
    if not _current(record, made_from, files):
        # Imported here: openpyxl takes long, and the same facts are released more often than new ones.
        from kiemso.spreadsheet import facts_workbook

        write_whole(output / "facts.json", source.read_bytes())
        write_whole(output / "facts.csv", _csv(evidence.facts))
        write_whole(output / "facts.xlsx", facts_workbook(evidence))
        write_whole(record, json.dumps({"made_from": made_from, "files": _digests(files)}, indent=1) + "\n")
    return files


def _made_from(evidence: Evidence, source: Path) -> dict[str, Any]:
    lock = located(evidence.project, LOCK_FILE)
    return {
        "facts": digest(source),
        "periods": [*evidence.term.school_years, evidence.name, evidence.term.next],
        "package": program_digest(),
        "lock": digest(lock) if lock.exists() else "",
    }


def _current(record: Path, made_from: dict[str, Any], files: list[Path]) -> bool:
    try:
        return json.loads(record.read_text(encoding="utf-8")) == {"made_from": made_from, "files": _digests(files)}
    except (OSError, ValueError):
        return False


def _digests(files: list[Path]) -> dict[str, str]:
    return {file.name: digest(file) for file in files}


def _csv(facts: Mapping[str, Fact]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for fact in facts.values():
        row = {name: getattr(fact, name, "") for name in CSV_COLUMNS}
        row["value"] = "" if fact.value is None else fact.text if isinstance(fact.value, list) else fact.value
        row |= {"inputs": "; ".join(fact.inputs), "sources": "; ".join(str(source) for source in fact.sources)}
        writer.writerow(_harmless(row[name]) for name in CSV_COLUMNS)
    # The mark tells Excel that the file is UTF-8.
    return "\ufeff" + text.getvalue()


def _harmless(value: object) -> object:
    """A text that Excel would take for a formula gets the apostrophe that marks a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) else value
