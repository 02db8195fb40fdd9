"""What the program says to a person: written in English, said in the person's language."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("vi", "en")
VARIABLE = "KIEMSO_LANG"
_TRANSLATIONS = Path(__file__).parent / "messages"


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
        return Message, (self.template, dict(self.values))


def say(template: str, /, **values: Any) -> Message:
    """A message; its template is a literal that messages/vi.po translates."""
    return Message(template, values)


def in_language(text: str, language: str) -> str:
    """The text in a language; a text that is no message, or has no translation, stays as it is."""
    if not isinstance(text, Message):
        return text
    values = {name: in_language(v, language) if isinstance(v, str) else v for name, v in text.values.items()}
    return _translations(language).get(text.template, text.template).format(**values)


def language() -> str:
    """The person's language: KIEMSO_LANG, else the locale's; Vietnamese or English."""
    names = (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((value for name in names if (value := os.environ.get(name))), "")
    return "vi" if chosen.lower().startswith("vi") else "en"


def as_data(text: str) -> Any:
    """The text as plain data that `from_data` makes a message of again."""
    if not isinstance(text, Message):
        return str(text)
    values = {name: as_data(v) if isinstance(v, str) else v for name, v in text.values.items()}
    return {"template": text.template, "values": values}


def from_data(data: Any) -> str:
    """The text that `as_data` wrote."""
    if not isinstance(data, dict):
        return data
    return Message(data["template"], {name: from_data(value) for name, value in data["values"].items()})


@cache
def _translations(language: str) -> Mapping[str, str]:
    """Translation by template; English is what the templates are written in."""
    if language == "en":
        return {}
    from babel.messages.pofile import read_po

    with (_TRANSLATIONS / f"{language}.po").open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id and entry.string}
