"""Approvals: who signed which state of a term's report, in data/approved/."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from kiemso.correction import FILE as CORRECTIONS_FILE
from kiemso.document import read_document
from kiemso.manuscript import FILE as REPORT_FILE
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.project import WORKSPACE_FILE, located, workspace_of
from kiemso.run import steps_of
from kiemso.school import described
from kiemso.step import named_files
from kiemso.term import read_term
from kiemso.text import tidy

FOLDER = "data/approved"
# The roles of an official document, in the order in which they sign; the last one makes the report final.
ROLES = {"lap": "lập", "kiem-tra": "kiểm tra", "duyet": "duyệt"}
LAST = [*ROLES][-1]
DRAFT = "DỰ THẢO"
# What turns the facts into pages can change what they say.
_RENDERING = ("_extensions/kiemso", "_quarto.yml")
# In Markdown, in HTML, in YAML and in a shortcode.
_FILE_NAME = re.compile(r"[^\s\0()<>{}\[\]\"'=#?]{1,200}\.\w{1,20}")
# Git may give these other line ends on Windows; they are the same text.
_TEXTS = {".csv", ".ipynb", ".json", ".qmd", ".yml"}


def _signer(text: str) -> str:
    if not tidy(text) or not tidy(text).isprintable():
        raise ValueError(say("a name is a line of readable text"))
    return tidy(text)


Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Approval(BaseModel):
    """A role's signature under one state of the report."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    role: Literal["lap", "kiem-tra", "duyet"]
    by: Annotated[str, AfterValidator(_signer)]
    date: Annotated[datetime.date, Field(strict=True)]
    digest: Digest


class Approved(BaseModel):
    """What the last role approved: the digest of the file of facts, and of each file of the state."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    facts: Digest
    files: dict[str, Digest]


class Ledger(BaseModel):
    """All approvals of a term in the order in which they were given, and what was last approved."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    approvals: tuple[Approval, ...] = ()
    approved: Approved | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Ledger:
        if (self.last is None) != (self.approved is None):
            raise ValueError(say("“approved” goes with an approval by the last role, and with no other"))
        if self.last and self.approved and combined(self.approved.files) != self.last.digest:
            raise ValueError(say("the files are not those whose digest was approved"))
        return self

    @property
    def last(self) -> Approval | None:
        """The last approval by the last role."""
        return next((one for one in reversed(self.approvals) if one.role == LAST), None)

    def of(self, digest: str) -> dict[str, Approval]:
        """The approvals of one state by role; none of a state that another one, finally approved, has replaced."""
        given: dict[str, Approval] = {}
        for one in self.approvals:
            if one.digest == digest:
                given[one.role] = one
            elif one.role == LAST:
                given = {}
        return given


def read_ledger(project: Path, term: str) -> Ledger:
    """The term's approvals, none where there is no file; Refused where a file is not as it was written."""
    name, facts_name = f"{FOLDER}/{term}.yml", f"{FOLDER}/{term}.csv"
    if not (project / name).exists():
        return Ledger()
    ledger: Ledger = read_document(project / name, Ledger, name)
    facts = project / facts_name
    if ledger.approved and (not facts.is_file() or digest(content(facts)) != ledger.approved.facts):
        message = say("is not what was approved: its digest differs") if facts.is_file() else say("is not there")
        mend = say("Restore it and the .yml beside it from git, or delete both and approve again.")
        raise Refused(Problem(message, mend, facts_name))
    return ledger


def state(project: Path, term: str) -> dict[str, str]:
    """The digest of each file that decides what the term's report says: data, notebooks, text, facts and tables.

    Of the list of schools it is that of the school's own entry, which the report's head is made from.
    """
    steps = steps_of(project, term, read_term(project, term))
    inputs = {name for step in steps for name in (step.notebook, *step.inputs) if not name.startswith("build/")}
    made = {f"build/{term}/facts.json", f"build/{term}/tables.json"}
    names = {*inputs, *made, *_RENDERING, "data/claims", CORRECTIONS_FILE, REPORT_FILE, *_shown(project)}
    files = {name: path for place in names for name, path in named_files(project, place) if path.is_file()}
    listed = {WORKSPACE_FILE: _json_digest(school)} if (school := described(project)) else {}
    return {name: digest(content(path)) for name, path in sorted(files.items())} | listed


def combined(files: Mapping[str, str]) -> str:
    """One digest over the digests of all files and their names."""
    return _json_digest(dict(files))


def _json_digest(data: Mapping[str, str]) -> str:
    return digest(json.dumps(data, sort_keys=True).encode())


def _shown(project: Path) -> Iterator[str]:
    """The files that the report's text names: images, and texts that it includes."""
    for name in {unquote(one) for one in _FILE_NAME.findall(located(project, REPORT_FILE).read_text(encoding="utf-8"))}:
        if located(project, name).resolve().is_relative_to((workspace_of(project) or project).resolve()):
            yield name


def status(project: Path, term: str) -> dict[str, Any]:
    """Whether the term's report as it stands is a draft; if it is not, who approved it."""
    ledger = read_ledger(project, term)
    given = ledger.of(combined(state(project, term))) if ledger.approved else {}
    if LAST not in given:
        return {"draft": True, "text": DRAFT}
    approvals = [
        {"role": name, "by": given[role].by, "date": f"{given[role].date:%d/%m/%Y}"} for role, name in ROLES.items()
    ]
    text = f"Đã duyệt: {approvals[-1]['by']}, ngày {approvals[-1]['date']}"
    return {"draft": False, "text": text, "approvals": approvals}


def digest(data: bytes) -> str:
    """The SHA-256 of these bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def content(path: Path) -> bytes:
    """What a file holds; a text with one kind of line ends."""
    data = path.read_bytes()
    return data.replace(b"\r\n", b"\n") if path.suffix in _TEXTS else data
