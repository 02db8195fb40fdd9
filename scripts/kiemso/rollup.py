"""The roll-up: the schools that are done added up for a district, its report, and the way down to each school."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiemso.chain import make_report, refuse_unknown
from kiemso.evidence import gather_evidence, publish
from kiemso.finished import Finished
from kiemso.lock import project_lock
from kiemso.manner import Manner
from kiemso.manuscript import Manuscript, read_manuscript
from kiemso.many import run_listed
from kiemso.message import language, say
from kiemso.pathway import clear_pathways, write_pathways
from kiemso.problem import Problem, Refused
from kiemso.project import WORKSPACE_FILE, period_folder
from kiemso.run import ROLLED, Outcome, Report, check_inputs, roll_up_step, run_steps
from kiemso.school import School, Schools, district_folder, read_schools
from kiemso.standing import Standing
from kiemso.step import write_whole
from kiemso.suppression import FEWEST
from kiemso.workspace import PAGES, order_for

CSV = "schools.csv"


def roll_up(
    workspace: Path, district: str | None, formats: Sequence[str], renderer: str, tell: Report, manner: Manner
) -> list[Path]:
    """Bring the schools up to date, add them up, and render district.qmd; the files that are worth telling.

    The caller holds the workspace's lock. Schools that are late or refused are listed in the report, not added.
    """
    chosen, folder = read_schools(workspace).of_district(district), district_folder(workspace, district)
    folder.mkdir(parents=True, exist_ok=True)
    order = order_for(workspace, read_manuscript(folder).term, (PAGES,), "embedded", manner)
    standings, _ = run_listed(order, [*chosen])
    return add_up(workspace, district, standings, formats, renderer, tell, manner)


def add_up(
    workspace: Path,
    district: str | None,
    standings: Mapping[str, Standing],
    formats: Sequence[str],
    renderer: str,
    tell: Report,
    manner: Manner,
) -> list[Path]:
    """Add up the schools of a district that are done, and render their report."""
    schools, folder = read_schools(workspace), district_folder(workspace, district)
    folder.mkdir(parents=True, exist_ok=True)
    done = [code for code, standing in standings.items() if standing.state == "done"]
    if len(done) < FEWEST:
        message = say("only {count} schools are done; a roll-up needs {fewest}", count=len(done), fewest=FEWEST)
        raise Refused(Problem(message, say("Have the others send what is missing, or mend it."), WORKSPACE_FILE))
    manuscript = read_manuscript(folder)
    with project_lock(folder):
        # By the digests of their facts it says of each school whether anything has changed.
        write_whole(period_folder(folder, manuscript.term) / ROLLED, _listed(schools, standings))
        finished = Finished(folder, ["roll-up", *formats, renderer, language()])
        if before := finished.found():
            return [folder / name for name in before]
        _run(folder, manuscript.term, tell, manner)
        _publish(folder, manuscript, schools, district)
        pathways: list[Path] = []

        def more(new: Path) -> list[Path]:
            pathways.extend(write_pathways(folder, manuscript.term, done, new))
            return [_write_csv(folder, manuscript.term, schools.schools, new)]

        files = make_report(folder, formats, renderer, more=more)
        clear_pathways(folder, pathways)
        finished.remember([file.relative_to(folder).as_posix() for file in files])
        return files


def _listed(schools: Schools, standings: Mapping[str, Standing]) -> str:
    """What the notebook reads: each school, how it stands, and by their digest the facts that are added up."""
    rows: list[dict[str, Any]] = [
        {
            "code": code,
            **schools.schools[code].model_dump(),
            "state": standing.state,
            "missing": standing.missing,
            "problems": len(standing.problems),
            "facts": standing.facts,
        }
        for code, standing in standings.items()
    ]
    content = {"suppress_below": schools.suppress_below, "schools": rows}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _run(folder: Path, term: str, tell: Report, manner: Manner) -> None:
    step, outcome = roll_up_step(term), Outcome(term)
    check_inputs(folder, [step], frozenset())
    run_steps(folder, [step], (), outcome, tell, manner)
    if outcome.problems:
        raise Refused(dict.fromkeys(outcome.problems))


def _publish(folder: Path, manuscript: Manuscript, schools: Schools, district: str | None) -> None:
    evidence = gather_evidence(folder, manuscript.term)
    about = {"district": district or "toàn bộ danh sách", "below": str(schools.suppress_below)}
    evidence = replace(evidence, school=about)
    refuse_unknown(manuscript, evidence)
    publish(evidence, [(figure.key, figure.form) for figure in manuscript.figures])


def _write_csv(folder: Path, term: str, schools: Mapping[str, School], new: Path) -> Path:
    """What the report shows of each school, as data: the facts of the schools that stand in it."""
    facts = gather_evidence(folder, term).facts
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["code", "name", "commune", "district", "key", "bound", "text", "unit"])
    for key, fact in facts.items():
        code, _, own = key.rpartition("/")
        if school := schools.get(code):
            writer.writerow([code, school.name, school.commune, school.district, own, fact.bound, fact.text, fact.unit])
    path = new / CSV
    write_whole(path, "\ufeff" + text.getvalue())
    return path
