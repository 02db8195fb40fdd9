"""What does not fit in a reviewed file, as pydantic found it, said by its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from pydantic import ValidationError

from kiemso.message import Message, either, said, say
from kiemso.problem import Problem

_EXPECTED: Mapping[str, Message] = {
    "string": say("must be a text, between quotation marks where it looks like a number"),
    "int": say("must be a whole number"),
    "float": say("must be a number"),
    "finite_number": say("must be a number"),
    "bool": say("must be true or false"),
    "date": say("must be a date such as 2024-10-12"),
    "list": say("must be a list"),
    "tuple": say("must be a list"),
    "dict": say("must consist of “key: value” lines"),
    "model": say("must consist of “key: value” lines"),
    "extra_forbidden": say("does not belong here"),
}


def faults_of(error: ValidationError, content: Any, tree: yaml.Node | None, name: str) -> Iterator[Problem]:
    """A problem for each place of the content that does not fit; `tree` knows the lines."""
    places: dict[tuple, list[Any]] = {}
    for fault in error.errors():
        places.setdefault(_path(fault, content), []).append(fault)
    for path, faults in places.items():
        # Where several kinds of value may stand, pydantic says of each why it is not that one.
        message = either(dict.fromkeys(_message(fault) for fault in faults))
        # A person counts entries from one.
        place: str = ".".join(str(step + 1 if isinstance(step, int) else step) for step in path) or say("the top")
        given = faults[0]["input"]
        text = str(given) if isinstance(given, str | int | float) else None
        mend = say("Mend it in the file; its other entries show how it is written.")
        yield Problem(
            say("at {place}: {fault}", place=place, fault=message), mend, name, text=text, line=_line(path, tree)
        )


def _path(fault: Any, content: Any) -> tuple:
    """The keys and positions that lead to the fault; names that pydantic gives to kinds of value are left out."""
    path: list[Any] = []
    for step in fault["loc"]:
        in_list = isinstance(content, list) and isinstance(step, int) and step < len(content)
        if (isinstance(content, Mapping) and step in content) or in_list:
            content = content[step]
            path.append(step)
    return (*path, fault["loc"][-1]) if fault["type"] == "missing" else tuple(path)


def _line(path: tuple, node: yaml.Node | None) -> int | None:
    """The line in which the place begins, or what it is missing from."""
    line = node.start_mark.line if node else 0
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(step)), None)
        elif isinstance(node, yaml.SequenceNode) and step < len(node.value):
            found = (node.value[step], node.value[step])
        else:
            found = None
        if found is None:
            break
        line, node = found[0].start_mark.line, found[1]
    return line + 1 if node else None


def _message(fault: Any) -> str:
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "missing":
        return say("is missing")
    if kind == "value_error":
        return said(context["error"])
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        expected = str(context.get("expected") or context.get("expected_tags"))
        return say("must be {choices}", choices=either(f"“{choice}”" for choice in re.findall(r"'([^']*)'", expected)))
    if kind == "string_pattern_mismatch":
        blank = context["pattern"] == r"\S"
        return say("must not be blank") if blank else say("must look like {pattern}", pattern=context["pattern"])
    if kind in ("too_short", "string_too_short"):
        return say("needs {count} or more", count=context["min_length"])
    if kind in ("greater_than_equal", "greater_than"):
        return say("must be {limit:g} or more", limit=context["ge"]) if "ge" in context else _beyond(context)
    if kind in ("less_than_equal", "less_than"):
        return say("must be {limit:g} or less", limit=context["le"]) if "le" in context else _beyond(context)
    told = next((told for start, told in _EXPECTED.items() if kind.startswith(start)), None)
    return told or say("does not fit here: {reason}", reason=fault["msg"])


def _beyond(context: Mapping[str, Any]) -> Message:
    if "gt" in context:
        return say("must be more than {limit:g}", limit=context["gt"])
    return say("must be less than {limit:g}", limit=context["lt"])
