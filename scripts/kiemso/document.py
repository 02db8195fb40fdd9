"""The reviewed YAML files under data/: read strictly, every fault named by its place in the file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from kiemso.problem import Problem, Refused

Model = TypeVar("Model")


class _StrictLoader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """YAML without its silence: a key given twice is an error, not the last one winning."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a plain text", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"“{key.value}” is given twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


# YAML 1.1 reads 010 as eight and 1:30 as ninety; here only what looks like a number is one.
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:int"]
    for first, resolvers in _StrictLoader.yaml_implicit_resolvers.items()
}
_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
)


def read_document(path: Path, model: type[Model] | Any, name: str, empty: Any = None) -> Model:
    """The file's content checked against a pydantic type; `name` is how messages call the file.

    `empty` is what a file of comments alone means; without it, no entries.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)
    except FileNotFoundError:
        raise Refused(Problem("there is no such file", "Put it back, or check the term's name.", name)) from None
    except UnicodeDecodeError:
        raise Refused(Problem("is not UTF-8 text", "Save it as UTF-8.", name)) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}: " if mark else ""
        raise Refused(Problem(f"{place}{getattr(error, 'problem', error)}", "Mend the YAML there.", name)) from None
    try:
        nothing = {} if empty is None else empty
        return TypeAdapter(model).validate_python(nothing if content is None else content)
    except ValidationError as error:
        raise Refused(_problem(fault, name) for fault in error.errors()) from None


def _problem(fault: Any, name: str) -> Problem:
    place = ".".join(str(step) for step in fault["loc"])
    text = str(fault["input"]) if isinstance(fault["input"], str | int | float) else None
    return Problem(f"at {place or 'the top'}: {fault['msg'].removeprefix('Value error, ')}", file=name, text=text)
