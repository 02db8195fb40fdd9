"""Where a term's figures come from: the files that its notebooks read, as the records of their runs say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.project import SCHOOLS, located, period_folder, workspace_of
from kiemso.reviewed import entry_digests
from kiemso.run import ROLLED, steps_of, term_steps
from kiemso.step import Step, digest
from kiemso.term import Term, read_term

Record = Mapping[str, Any]


def origins(project: Path, name: str, term: Term, files: Sequence[str]) -> dict[str, str]:
    """The SHA-256 of each of these files as the term's notebooks read it, whatever has been saved since.

    Refused where that cannot be told any more. A district's figures come from its schools' files.
    """
    records = _records(project, steps_of(project, name, term))
    known = _read(records)
    of_schools = [file.removeprefix(f"{SCHOOLS}/") for file in files if file.startswith(f"{SCHOOLS}/")]
    if of_schools:
        known |= dict(_of_schools(project, name, {file.partition("/data/")[0] for file in of_schools}))
    return {file: known.get(file) or _reviewed(project, records, file) for file in files}


def _records(project: Path, steps: Iterable[Step]) -> list[tuple[Step, Record]]:
    return [(step, step.record(project)) for step in steps]


def _read(records: Iterable[tuple[Step, Record]]) -> dict[str, str]:
    return {file: content for _, record in records for file, content in record["made_from"]["inputs"].items()}


def _reviewed(project: Path, records: Iterable[tuple[Step, Record]], file: str) -> str:
    """The digest of a file of which the records hold the entries; Refused where these are others now."""
    path = located(project, file)
    content = digest(path)
    for step, record in records:
        before = record["made_from"]
        if file in before["entries"] and before["entries"][file] != entry_digests(path, file, step.period):
            step.refuse_changed(project, before)
    return content


def _of_schools(district: Path, name: str, codes: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What the facts that a district adds up were computed from, by its name from the workspace's folder."""
    workspace = workspace_of(district)
    assert workspace is not None
    rolled = json.loads((period_folder(district, name) / ROLLED).read_text(encoding="utf-8"))
    facts = {school["code"]: school["facts"] for school in rolled["schools"]}
    for code in sorted(codes):
        for file, content in _of_school(workspace / SCHOOLS / code, name, code, facts[code]).items():
            yield f"{SCHOOLS}/{code}/{file}", content


def _of_school(school: Path, name: str, code: str, facts: str) -> dict[str, str]:
    """What a school's facts of this digest were computed from; Refused where its records speak of others."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        records = _records(school, term_steps(name, read_term(school, name)))
        made: dict[str, str] = {}
        for step, record in records:
            made |= {f"build/{step.period}/{file}": content for file, content in record["outputs"].items()}
        read = _read(records)
        # Where somebody is running the school again, its records are not all of one run.
        if made[f"build/{name}/facts.json"] == facts and all(made.get(file, read[file]) == read[file] for file in read):
            return read
    mend = say("Run `kiemso roll-up` again, when nobody else runs this school.")
    file = f"{SCHOOLS}/{code}/build/{name}/facts.json"
    raise Refused(Problem(say("is not as it was when the school was done"), mend, file))
