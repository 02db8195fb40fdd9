"""What a command says: to a person in the person's language, to another program as JSON."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

from kiemso.interrupt import leave, raised
from kiemso.message import in_language, joined, language, plural, say, translations
from kiemso.problem import Problem, Refused
from kiemso.text import visible

FAILED, UNUSABLE = 1, 2
# Whether the command prints JSON: click itself knows it in the main thread only.
_json = False


def refusable(command: Callable) -> Callable:
    """A person's mistake is answered with a list of what to mend and exit status 2, never with a traceback.

    The command gets the option --json. It returns what that prints, if anything, and the exit status; whatever it
    tells a person is then left out.
    """

    @functools.wraps(command)
    def wrapped(*args: Any, as_json: bool, **kwargs: Any) -> None:
        global _json
        _json = as_json
        try:
            with raised():
                found, status = command(*args, **kwargs)
        except BrokenPipeError:  # who reads has seen enough, as `head` has
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(FAILED)
        except (Refused, OSError) as error:
            found, status = tell_problems(problems_of(error)), UNUSABLE
        except KeyboardInterrupt:
            tell(say("Stopped. What was finished is kept; the last good report is untouched."), err=True)
            leave(UNUSABLE)
        finally:
            _json = False
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        sys.exit(status)

    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs, and nothing else.")(wrapped)


def tell(text: str, *, err: bool = False) -> None:
    """Print a line in the person's language."""
    if not quiet():
        # A file, a sheet or a cell may be called whatever a terminal obeys.
        click.echo(visible(in_language(text, language())), err=err)


def quiet() -> bool:
    """Whether the command prints JSON and nothing else."""
    return _json


def section(title: str, lines: Iterable[str | Problem]) -> None:
    """Print a title and the lines below it; nothing where there are none."""
    told = [line.told(language()) if isinstance(line, Problem) else in_language(line, language()) for line in lines]
    if told:
        tell(joined("", (title, ":")))
        for line in told:
            tell("  " + line.replace("\n", "\n  "))
        tell("")


def speak(language: str) -> None:
    """Have click say in this language, too, what is wrong with a command line."""
    if language == "en":
        return
    known = translations(language)

    def gettext(text: str) -> str:
        return known.get(text, text)

    def ngettext(one: str, many: str, count: int) -> str:
        return known.get(one, one if count == 1 else many)

    # click takes gettext's functions into each of its modules, and gettext reads nothing but compiled files.
    for module in (click.core, click.decorators, click.exceptions, click.formatting, click.parser, click.types):
        vars(module).update(_=gettext, ngettext=ngettext)


def problems_of(error: Refused | OSError) -> list[Problem]:
    """What was refused; or what the system would not do, as a problem."""
    if isinstance(error, Refused):
        return error.problems
    reason = say("the system says: {reason}", reason=error.strerror or error)
    return [Problem(reason, say("Check the folder, its rights and the disk."), str(error.filename or ""))]


def tell_problems(problems: Sequence[Problem]) -> dict[str, Any]:
    """Print the problems, numbered; the same as data."""
    head = plural(
        "{count} problem; the last good report is untouched:",
        "{count} problems; the last good report is untouched:",
        len(problems),
    )
    tell(head, err=True)
    for number, problem in enumerate(problems, 1):
        text = problem.told(language()).replace("\n", "\n  ")
        tell(f"  {number}. {text}", err=True)
    return {"problems": [problem.as_json() for problem in problems]}
