"""The chain from the raw workbooks to the report's evidence: the notebooks run, and what they left is published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from kiemso.check import unknown_names
from kiemso.edition import OUTPUT, complete_edition, edition
from kiemso.evidence import Evidence, gather_evidence, judge_claims, publish, read_evidence
from kiemso.helper import beside
from kiemso.manner import Manner
from kiemso.manuscript import Manuscript, read_manuscript
from kiemso.problem import Problem, Refused, together
from kiemso.process import ProcessGone
from kiemso.run import Outcome, Report, not_ended, reviewed, run_term, steps_of
from kiemso.typesetter import Typesetter


def run_chain(
    project: Path,
    term: str | None,
    report: Report,
    manner: Manner = Manner(),  # noqa: B008  (frozen)
    pool: Executor | None = None,
    meanwhile: Sequence[Callable[[], object]] = (),
) -> Outcome:
    """Run a term's notebooks (by default the report's) and gather their evidence for the renderer.

    `meanwhile` is called, one after the other, whenever this process would wait for a notebook.
    """
    complete_edition(project)
    if term:
        manuscript = read_manuscript(project)
    else:
        manuscript, *_ = together(lambda: read_manuscript(project), *reviewed(project))
    name = term or manuscript.term
    outcome = run_term(project, name, report, manner, pool, meanwhile)
    evidence = gather_evidence(project, name)
    if name != manuscript.term:
        publish(replace(evidence, verdicts=judge_claims(evidence)), [])
        return outcome
    verdicts, _ = together(lambda: judge_claims(evidence), lambda: refuse_unknown(manuscript, evidence))
    publish(replace(evidence, verdicts=verdicts), [(figure.key, figure.form) for figure in manuscript.figures])
    return outcome


def refuse_unknown(manuscript: Manuscript, evidence: Evidence) -> None:
    """Refused where the report names what the evidence does not hold."""
    problems = list(unknown_names(manuscript, evidence))
    if problems:
        raise Refused(problems)


def make_report(
    project: Path,
    formats: Sequence[str],
    renderer: str,
    note: Report | None = None,
    typesetter: Typesetter | None = None,
    more: Callable[[Path], list[Path]] = lambda _: [],
) -> list[Path]:
    """The report in these formats, the audit pages and the released data; the files that are worth telling.

    `more` writes what else belongs to the edition into its folder.
    """
    with edition(project) as new, beside(write_pages, project, new) as pages:
        files = render_report(project, formats, renderer, new, note, typesetter) + more(new)
        try:
            files += pages()
        except ProcessGone as gone:
            raise Refused(not_ended(f"{OUTPUT}/audit", gone)) from None
    clear_pages(project)
    return [project / OUTPUT / file.relative_to(new) for file in files]


def make_pages(project: Path) -> None:
    """The audit pages and the released data alone."""
    with edition(project) as new:
        write_pages(project, new)
    clear_pages(project)


def render_report(
    project: Path,
    formats: Sequence[str],
    renderer: str,
    folder: Path,
    note: Report | None = None,
    typesetter: Typesetter | None = None,
) -> list[Path]:
    """The report in these formats in a folder of an edition; Refused with the renderer's reasons."""
    from kiemso.render import RenderError, render_into

    try:
        return render_into(folder, project, formats, renderer, note, typesetter)
    except RenderError as error:
        raise Refused(Problem(reason) for reason in error.reasons) from None


def clear_pages(project: Path) -> None:
    """Delete the pages of what is gone, once those that lead elsewhere are in place."""
    from kiemso.audit import clear

    clear(project / OUTPUT)


def write_pages(project: Path, new: Path) -> list[Path]:
    """The audit pages and the released data in a folder of an edition; of the pages only the index is worth telling.

    Refused where a file is no longer what the notebooks read: the pages show the workbooks as they are.
    """
    from kiemso.audit import write_audit
    from kiemso.changelog import write_changes
    from kiemso.correction import read_corrections
    from kiemso.dataset import write_dataset

    manuscript = read_manuscript(project)
    evidence = read_evidence(project, manuscript.term)
    corrections = {c.place: (c.before, c.after, c.reason) for c in read_corrections(project)}
    write_audit(evidence, manuscript, project / OUTPUT, corrections, new)
    write_changes(evidence, manuscript, new)
    files = [*write_dataset(evidence, new), new / "audit" / "index.html"]
    for step in steps_of(project, evidence.name, evidence.term):
        step.refuse_changed(project, step.record(project)["made_from"])
    return files
