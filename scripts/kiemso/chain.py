"""The chain from the raw workbooks to the report's evidence: the notebooks run, and what they left is published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from kiemso.check import unknown_names
from kiemso.evidence import Evidence, gather_evidence, judge_claims, publish, read_evidence
from kiemso.manner import Manner
from kiemso.manuscript import Manuscript, read_manuscript
from kiemso.problem import Problem, Refused, together
from kiemso.process import beside
from kiemso.run import Outcome, Report, reviewed, run_term


def run_chain(
    project: Path,
    term: str | None,
    report: Report,
    manner: Manner = Manner(),  # noqa: B008  (frozen)
    pool: Executor | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> Outcome:
    """Run a term's notebooks (by default the report's) and gather their evidence for the renderer.

    `meanwhile` is called once, if any notebook runs, while this process would wait.
    """
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


def make_report(project: Path, formats: Sequence[str], renderer: str, note: Report | None = None) -> list[Path]:
    """The report in these formats, the audit pages and the released data; the files that are worth telling."""
    with beside(write_pages, project) as pages:
        return [*render_report(project, formats, renderer, note), *pages()]


def render_report(project: Path, formats: Sequence[str], renderer: str, note: Report | None = None) -> list[Path]:
    """The report in these formats; Refused with the renderer's reasons."""
    from kiemso.render import RenderError, render

    try:
        return render(project, formats, renderer, note)
    except RenderError as error:
        raise Refused(Problem(reason) for reason in error.reasons) from None


def write_pages(project: Path) -> list[Path]:
    """The audit pages and the released data; of the pages only the index is worth telling."""
    from kiemso.audit import write_audit
    from kiemso.changelog import write_changes
    from kiemso.correction import read_corrections
    from kiemso.dataset import write_dataset

    manuscript = read_manuscript(project)
    evidence = read_evidence(project, manuscript.term)
    corrections = {c.place: (c.before, c.after, c.reason) for c in read_corrections(project)}
    output = project / "_output"
    write_audit(evidence, manuscript, output, corrections)
    write_changes(evidence, manuscript, output)
    return [*write_dataset(evidence, output), output / "audit" / "index.html"]
