"""What a notebook has open: its project and period, and how it shows or refuses something."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from IPython.display import display

from kiemso.card import html_card, plain_card
from kiemso.fact import Fact
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.project import open_project
from kiemso.recorder import FACT_MIME, PROBLEMS_MIME, Recorder, open_recorder

_recorder: Recorder | None = None


def begin(period: str) -> None:
    """Open the project that the notebook stands in, for a school year or a term."""
    global _recorder
    _recorder = open_recorder(open_project(), period)


def current() -> Recorder:
    """The recorder that `begin` opened."""
    if _recorder is None:
        mend = say("Run the notebook's cells from the top.")
        raise Refused(Problem(say("begin(period) has not been called"), mend))
    return _recorder


def show(fact: Fact) -> None:
    """Record a fact, once it is checked against its whole."""
    record(fact, current().check_whole)


def record(fact: Fact, check: Callable[[Fact], None] = lambda _: None) -> None:
    """Store a fact with its card in the cell's output; the check refuses it."""
    try:
        current().add(fact)
        check(fact)
    except Refused as refused:
        refuse(refused.problems)
    display({FACT_MIME: fact.as_dict(), "text/html": html_card(fact), "text/plain": plain_card(fact)}, raw=True)


def refuse(problems: Sequence[Problem]) -> None:
    """Stop the notebook if there are problems; they stand in the cell's output for whoever runs it."""
    if not problems:
        return
    refused = Refused(problems)
    display({PROBLEMS_MIME: [p.as_dict() for p in refused.problems], "text/plain": str(refused)}, raw=True)
    raise refused
