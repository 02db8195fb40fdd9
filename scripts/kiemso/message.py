"""What the program says to a person: written in English, said in the person's language."""

from __future__ import annotations

import locale
import os
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("vi", "en")
VARIABLE = "KIEMSO_LANG"
FOLDER = Path(__file__).parent / "messages"


class Message(str):
    """A sentence with named places: as a str it is English, `in_language` says it in another.

    What stands in a place may be a message itself.
    """

    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, values: Mapping[str, Any]) -> Message:
        message = super().__new__(cls, template.format(**values))
        message.template, message.values = template, values
        return message

    def __reduce__(self) -> tuple:
        # What stands in a place may be an exception, which another process need not be able to make again.
        return from_data, (as_data(self),)


def say(template: str, /, **values: Any) -> Message:
    """A message; its template is a literal that messages/vi.po translates."""
    return Message(template, values)


def plural(one: str, many: str, /, count: int, **values: Any) -> Message:
    """A message that counts something: of its two literal templates the one that agrees with `count`."""
    return Message(one if count == 1 else many, {"count": count, **values})


def joined(separator: str, texts: Iterable[str]) -> Message:
    """Texts and messages one after the other; the separator needs no translation."""
    values = {f"text{number}": text for number, text in enumerate(texts)}
    return Message(separator.join(f"{{{name}}}" for name in values), values)


def either(texts: Iterable[str]) -> str:
    """“a, b or c” of at least one text."""
    *others, last = texts
    return say("{others} or {last}", others=joined(", ", others), last=last) if others else last


def both(texts: Iterable[str]) -> str:
    """“a, b and c” of at least one text."""
    *others, last = texts
    return say("{others} and {last}", others=joined(", ", others), last=last) if others else last


def said(error: BaseException) -> str:
    """What an exception says, as the message that it was raised with."""
    return next((text for text in error.args if isinstance(text, Message)), str(error))


def in_language(text: str, language: str) -> str:
    """The text in a language; a text that is no message, or has no translation, stays as it is."""
    if not isinstance(text, Message):
        return text
    values = {name: _value(value, language) for name, value in text.values.items()}
    return translations(language).get(text.template, text.template).format(**values)


def _value(value: Any, language: str) -> Any:
    if isinstance(value, float) and language == "vi":
        return _Decimal(value)
    if isinstance(value, date) and language == "vi":
        return f"{value:%d/%m/%Y}"
    return in_language(value, language) if isinstance(value, str) else value


class _Decimal(float):
    """A number whose decimals follow a comma."""

    def __format__(self, spec: str) -> str:
        return super().__format__(spec).replace(".", ",")


def language() -> str:
    """The person's language: KIEMSO_LANG, else the locale's; Vietnamese or English."""
    names = (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((value for name in names if (value := os.environ.get(name))), None)
    # Windows keeps the language out of the environment.
    return "vi" if (chosen or locale.getlocale()[0] or "").lower().startswith("vi") else "en"


def as_data(text: str) -> Any:
    """The text as plain data that `from_data` makes a message of again."""
    if not isinstance(text, Message):
        return str(text)
    return {"template": text.template, "values": {name: _plain(value) for name, value in text.values.items()}}


def from_data(data: Any) -> str:
    """The text that `as_data` wrote."""
    if not isinstance(data, dict):
        return data
    return Message(data["template"], {name: from_data(value) for name, value in data["values"].items()})


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) else as_data(value if isinstance(value, str) else str(value))


@cache
def translations(language: str) -> Mapping[str, str]:
    """Translation by template; English is what the templates are written in."""
    if language == "en":
        return {}
    from babel.messages.pofile import read_po

    found: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"{language}*.po")):
        with path.open("rb") as file:
            for entry in read_po(file, locale=language):
                # Vietnamese nouns have no plural: one translation says both.
                ids, texts = (x if isinstance(x, tuple | list) else (x,) for x in (entry.id, entry.string))
                found |= dict.fromkeys(filter(None, ids), texts[0]) if texts[0] else {}
    return found
