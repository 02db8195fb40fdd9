"""What is said to a person: in Vietnamese and English, whole, and never half translated."""

from __future__ import annotations

import ast
import json
import pickle
import re
from datetime import date
from pathlib import Path
from string import Formatter

import click
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from kiemso.message import (
    FOLDER,
    Message,
    as_data,
    both,
    either,
    from_data,
    in_language,
    joined,
    language,
    plural,
    said,
    say,
    translations,
)

PACKAGE = Path(__file__).parents[1] / "scripts/kiemso"
EXTENSION = Path(__file__).parents[1] / "_extensions/kiemso"
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
# Exceptions and records whose text a person reads.
TOLD = {"Problem", "Refused", "Unreadable", "Unstatable", "RenderError"}


def places(template: str) -> list[str]:
    """The names of the places of a template, with how each is formatted."""
    return sorted(f"{name}:{how}" for _, name, how, _ in Formatter().parse(template) if name is not None)


def calls(*names: str):
    """Every call of these functions in the package: (where, call)."""
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield f"{path.name}:{node.lineno}", node


def extracted(folder: Path, keywords: dict) -> list[str]:
    """What Babel finds, as `make messages` does."""
    found = extract_from_dir(str(folder), keywords=keywords)
    return [one for _, _, ids, _, _ in found for one in (ids if isinstance(ids, tuple) else (ids,))]


def test_every_message_has_a_translation_with_the_same_places_and_no_translation_is_left_over():
    written = set(extracted(PACKAGE, {"say": None, "plural": (1, 2)}))
    with (FOLDER / "vi.po").open("rb") as file:
        entries = [entry for entry in read_po(file, locale="vi") if entry.id]
    listed = {one for entry in entries for one in (entry.id if isinstance(entry.id, tuple) else (entry.id,))}
    known = translations("vi")
    assert sorted(written - listed) == [] and sorted(listed - written) == [], "run `make messages`, then translate"
    assert [template for template in sorted(written) if not known.get(template)] == []
    assert {t: (places(t), places(known[t])) for t in written if places(t) != places(known[t])} == {}


def test_what_click_says_is_translated_in_its_own_words():
    with (FOLDER / "vi-click.po").open("rb") as file:
        entries = [entry for entry in read_po(file, locale="vi") if entry.id]
    listed = {one for entry in entries for one in (entry.id if isinstance(entry.id, tuple) else (entry.id,))}
    assert listed <= set(extracted(Path(click.__file__).parent, {"_": None, "ngettext": (1, 2)}))
    for entry in entries:
        text = entry.string[0] if isinstance(entry.string, tuple) else entry.string
        ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        assert {*places(text)} <= {place for one in ids for place in places(one)}, text


def test_a_template_is_a_literal_and_names_the_values_that_it_is_given():
    for where, call in calls("say", "plural"):
        count = 1 if call.func.id == "say" else 2  # type: ignore[attr-defined]
        given = {keyword.arg for keyword in call.keywords} | ({"count"} if count == 2 else set())
        for template in call.args[:count]:
            assert isinstance(template, ast.Constant) and isinstance(template.value, str), where
            named = {place.partition(":")[0] for place in places(template.value)}
            # What is given as **values cannot be seen here.
            assert named >= given - {None} if None in given else named == given, where


def test_what_a_person_reads_is_a_message_and_never_a_bare_text():
    for where, call in calls(*TOLD):
        # Of a problem only the first two are sentences; the others are names of places.
        given = [*call.args[:2], *(k.value for k in call.keywords if k.arg in ("message", "mend"))]
        for text in given:
            bare = isinstance(text, ast.JoinedStr) or (isinstance(text, ast.Constant) and text.value)
            assert not bare, f"{where}: {ast.unparse(text)}"


def test_the_extension_says_in_vietnamese_all_that_it_says():
    source = "".join(path.read_text(encoding="utf-8") for path in EXTENSION.glob("*.lua"))
    found = re.findall(r'problems\.(?:add|say)\(\s*"([^"]+)"', source)
    assert len(found) == len(re.findall(r"problems\.(?:add|say)\(", source)) > 8
    written = set(found)
    table = (EXTENSION / "messages.lua").read_text(encoding="utf-8")
    known = dict(re.findall(r'\["([^"]+)"\]\s*=\s*"([^"]+)"', table))
    assert set(known) == written
    assert {text for text in known if text.count("%s") != known[text].count("%s")} == set()


def test_a_message_is_english_text_that_can_be_said_in_vietnamese():
    message = say("there is no term “{name}”; the terms are {terms}", name="2022-2025", terms="2022-2024")
    assert message == "there is no term “2022-2025”; the terms are 2022-2024"
    assert in_language(message, "vi") == "không có nhiệm kỳ “2022-2025”; các nhiệm kỳ là 2022-2024"
    assert in_language(message, "en") == message


def test_a_message_within_a_message_is_said_in_the_same_language():
    message = say("at {place}: {fault}", place="a.b", fault=say("is missing"))
    assert in_language(message, "vi") == "tại a.b: còn thiếu"
    assert in_language(joined("; ", [message, "x"]), "vi") == "tại a.b: còn thiếu; x"
    assert in_language(joined("", []), "vi") == ""


def test_decimals_follow_a_comma_in_vietnamese():
    message = say("{school}: {seconds:.1f} s", school="ky-phu", seconds=2.34)
    assert in_language(message, "vi") == "ky-phu: 2,3 giây"
    assert in_language(message, "en") == "ky-phu: 2.3 s"


def test_dates_are_written_as_each_language_writes_them():
    message = say("Approved as {role}, {day}.", role="lập", day=date(2026, 11, 3))
    assert "03/11/2026" in in_language(message, "vi")
    assert "2026-11-03" in in_language(message, "en")


def test_braces_in_what_a_person_wrote_stay_as_they_are():
    message = say("“{key}” is given twice", key="{0} {x}")
    assert in_language(message, "vi") == "“{0} {x}” được ghi hai lần" and from_data(as_data(message)) == message


@pytest.mark.parametrize(
    ("count", "english", "vietnamese"),
    [(0, "0 facts", "0 dữ kiện"), (1, "1 fact", "1 dữ kiện"), (12, "12 facts", "12 dữ kiện")],
)
def test_a_count_agrees_with_its_noun(count, english, vietnamese):
    message = plural("{count} fact", "{count} facts", count)
    assert (message, in_language(message, "vi")) == (english, vietnamese)


@pytest.mark.parametrize(
    ("texts", "alternatives", "vietnamese", "together"),
    [
        (["a"], "a", "a", "a"),
        (["a", "b"], "a or b", "a hoặc b", "a and b"),
        (["a", "b", "c"], "a, b or c", "a, b hoặc c", "a, b and c"),
    ],
)
def test_a_list_is_written_as_a_sentence_writes_it(texts, alternatives, vietnamese, together):
    assert (either(texts), in_language(either(texts), "vi"), both(texts)) == (alternatives, vietnamese, together)


def test_a_message_survives_processes_and_plain_data():
    inner = say("line {line}", line=7)
    message = say("at {place}: {fault}", place=inner, fault=Path("a/b"))
    for again in (pickle.loads(pickle.dumps(message)), from_data(json.loads(json.dumps(as_data(message))))):
        assert again == message and in_language(again, "vi") == "tại dòng 7: a/b"
    assert from_data(as_data("plain")) == "plain" and not isinstance(from_data("plain"), Message)


def test_an_exception_hands_its_message_on_whole():
    assert in_language(said(ValueError(say("is missing"))), "vi") == "còn thiếu"
    assert said(ValueError("a fault of the library")) == "a fault of the library"


@pytest.mark.parametrize(
    ("environment", "chosen"),
    [
        ({"KIEMSO_LANG": "vi", "LANG": "en_US.UTF-8"}, "vi"),
        ({"KIEMSO_LANG": "en", "LANG": "vi_VN.UTF-8"}, "en"),
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LC_MESSAGES": "vi_VN", "LANG": "en_US.UTF-8"}, "vi"),
        ({"LC_ALL": "C", "LANG": "vi_VN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "vi"}, "vi"),
        ({"KIEMSO_LANG": "fr"}, "en"),
    ],
)
def test_the_language_is_the_one_asked_for_else_that_of_the_locale(monkeypatch, environment, chosen):
    for name in ("KIEMSO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language() == chosen


def test_without_any_of_these_the_language_is_that_of_the_system(monkeypatch):
    for name in ("KIEMSO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("locale.getlocale", lambda *_: ("Vietnamese_Vietnam", "1258"))
    assert language() == "vi"
