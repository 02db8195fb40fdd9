"""The digest of the package code that a notebook uses."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from kiemso import package
from kiemso.package import mentioned, package_digest, used_modules

NOTEBOOKS = ["1-clean-year", "2-compute-indicators", "3-summarise-term"]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_digest_covers_every_module_that_a_notebook_or_its_run_imports(root, name):
    source = (root / f"notebooks/{name}.ipynb").read_text(encoding="utf-8")
    entries = sorted({"kiemso.execution", "kiemso.shell", *re.findall(r"from (kiemso\.\w+) import", source)})
    code = f"import sys, {', '.join(entries)}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    needed = {one.partition(".")[2].replace(".", "/") for one in loaded if one.startswith("kiemso.")}
    folder = root / "scripts/kiemso"
    used = used_modules("execution", "warm", *mentioned(source))
    covered = {path.relative_to(folder).with_suffix("").as_posix().removesuffix("/__init__") for path in used}
    assert {"number", "problem", "recorder"} <= needed <= covered
    assert "render" not in covered


def test_readers_that_are_imported_by_name_are_covered():
    assert "openxml" in {path.stem for path in used_modules("cleaning")}


def test_a_module_that_is_only_preloaded_for_others_does_not_count(root):
    compute = mentioned((root / "notebooks/2-compute-indicators.ipynb").read_text(encoding="utf-8"))
    used = {path.stem for path in used_modules("execution", "warm", *compute)}
    assert "warm" in used
    assert "cleaning" not in used


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import kiemso.unit", {"unit"}),
        ("from kiemso import unit as u, text", {"unit", "text"}),
        ("from kiemso import (\n    unit,\n    text,\n)", {"unit", "text"}),
        ("from kiemso.reader import openxml", {"reader", "reader.openxml"}),
        ('import_module("kiemso.reader.biff")', {"reader", "reader.biff"}),
        ("import pandas", set()),
    ],
)
def test_every_way_to_name_a_module_is_seen(source, names):
    assert names <= set(mentioned(source))
    assert names or not mentioned(source)


def forget() -> None:
    package._digest.cache_clear()
    package._mentioned_in.cache_clear()


@pytest.fixture
def copy(tmp_path: Path, monkeypatch) -> Path:
    """A package of a few modules, and a notebook that uses one."""
    sources = {"execution.py": "", "warm.py": "from kiemso import c", "a.py": "import kiemso.b", "b.py": "", "c.py": ""}
    for name, text in {**sources, "messages/vi.po": "", "n.ipynb": "from kiemso.a import x"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(package, "_PACKAGE", tmp_path)
    forget()
    yield tmp_path
    forget()


@pytest.mark.parametrize(
    ("name", "matters"),
    [("a.py", True), ("b.py", True), ("c.py", False), ("warm.py", True), ("messages/vi.po", True)],
)
def test_what_the_notebook_uses_changes_its_digest_and_nothing_else_does(copy, name, matters):
    before = package_digest(copy / "n.ipynb")
    forget()
    (copy / name).write_text("x = 1", encoding="utf-8")
    assert (package_digest(copy / "n.ipynb") != before) == matters
