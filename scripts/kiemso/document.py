"""The reviewed YAML files under data/: read strictly, every fault named by its place in the file."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from kiemso.message import Message, say
from kiemso.mismatch import faults_of
from kiemso.problem import Problem, Refused

Model = TypeVar("Model")


class _StrictLoader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """YAML without its silence: a key given twice is an error, not the last one winning."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _fault(say("a key must be a plain text"), key)
            if key.value in seen:
                raise _fault(say("“{key}” is given twice", key=key.value), key)
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


def _fault(message: Message, node: yaml.Node) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(None, None, message, node.start_mark)


def parse(text: str | bytes) -> Any:
    """The content of a YAML text, as the reviewed files are read."""
    return yaml.load(text, Loader=_StrictLoader)


def read_document(path: Path, model: type[Model] | Any, name: str, listed: bool = False) -> Model:
    """The file's content checked against a pydantic type; `name` is how messages call the file.

    A file of comments alone has no entries, whether they are `listed` or named.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        mend = say("Put it back, or check the term's name.")
        raise Refused(Problem(say("there is no such file"), mend, name)) from None
    except UnicodeDecodeError:
        raise Refused(Problem(say("is not UTF-8 text"), say("Save it as UTF-8."), name)) from None
    try:
        return _checked(text, model, listed)  # type: ignore[arg-type]
    except ValidationError as error:
        tree = yaml.compose(text, Loader=_StrictLoader)
        raise Refused(faults_of(error, _content(text, listed), tree, name)) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Refused(_unreadable(error, name)) from None


@lru_cache(maxsize=64)  # one command reads each of them several times; nobody changes what it gets
def _checked(text: str, model: Any, listed: bool) -> Any:
    return _adapter(model).validate_python(_content(text, listed))


@cache
def _adapter(model: Any) -> TypeAdapter:
    return TypeAdapter(model)


def _content(text: str, listed: bool) -> Any:
    content = parse(text)
    return ([] if listed else {}) if content is None else content


def _unreadable(error: Exception, name: str) -> Problem:
    mark, reason = getattr(error, "problem_mark", None), getattr(error, "problem", error)
    # Our own faults say it all; the parser's are English.
    message = reason if isinstance(reason, Message) else say("is no YAML that can be read: {reason}", reason=reason)
    return Problem(message, say("Mend the YAML there."), name, line=mark.line + 1 if mark else None)
