"""Why a step runs, or need not: what differs from what its record says."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from kiemso.message import Message, say
from kiemso.project import period_folder
from kiemso.step import LOCK_FILE, Step


def reasons(project: Path, step: Step, ran: Collection[str] = ()) -> list[Message]:
    """Why the step is not up to date, most telling first; nothing where it is. `ran`: the steps that ran before it."""
    path = step.record_path(project)
    if not path.exists():
        return [say("it has not yet run to its end here")]
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        before, made = record["made_from"], record["outputs"]
        found = [*_changed_inputs(project, step, before, ran), *_changed_outputs(project, step, made)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        found = []
    if not found and not step.up_to_date(project):
        found = [say("its record {file} is damaged", file=path.relative_to(project).as_posix())]
    return found


def _changed_inputs(project: Path, step: Step, before: Mapping[str, Any], ran: Collection[str]) -> Iterator[Message]:
    now = step.made_from(project)
    if before["notebook"] != now["notebook"]:
        yield say("{file} changed", file=step.notebook)
    if before["parameters"] != now["parameters"]:
        yield say("its parameters changed")
    for name, how in _differences(before["inputs"], now["inputs"]):
        makers = [one for one in step.needs if one in ran and name.startswith(f"build/{one.split()[-1]}/")]
        yield say("{step} ran and made another {file}", step=makers[0], file=name) if makers else how
    for name in sorted({*before["entries"], *now["entries"]}):
        yield from _changed_entries(name, before["entries"].get(name), now["entries"].get(name))
    if before["package"] != now["package"]:
        yield say("the program changed")
    if before["lock"] != now["lock"]:
        yield say("{file} changed: the libraries may be other versions", file=LOCK_FILE)


def _changed_entries(name: str, before: Mapping[str, str] | None, now: Mapping[str, str] | None) -> Iterator[Message]:
    if before is None or now is None:
        yield say("{file} is new", file=name) if before is None else say("{file} is gone", file=name)
        return
    places = [place for place, _ in _differences(before, now) if place]
    for place in places:
        yield say("{file} changed: {entry}", file=name, entry=place)
    if not places and before != now:
        yield say("{file} changed: the order of its entries", file=name)


def _differences(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
    """Each name that has another digest, or one more or less, with how that is said of a file."""
    for name in sorted({*before, *now}):
        if name not in before:
            yield name, say("{file} is new", file=name)
        elif name not in now:
            yield name, say("{file} is gone", file=name)
        elif before[name] != now[name]:
            yield name, say("{file} changed", file=name)


def _changed_outputs(project: Path, step: Step, made: Mapping[str, str]) -> Iterator[Message]:
    folder = period_folder(project, step.period)
    missing = [name for name in {**dict.fromkeys(step.outputs), **made} if not (folder / name).exists()]
    for name in missing:
        yield say("its output {file} is missing", file=(folder / name).relative_to(project).as_posix())
    for name, _ in () if missing else _differences(made, step.made(project)):
        yield say("its output {file} is not as it was made", file=(folder / name).relative_to(project).as_posix())
