"""What the README tells a reader to type does what it says."""

import re
import shlex
import shutil
import subprocess

import pytest

from .conftest import ROOT, Project

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))
KIEMSO = re.findall(r"^\.venv/bin/kiemso (.*?)\s*(?:#.*)?$", BLOCKS, re.MULTILINE)
TARGETS = sorted(set(re.findall(r"\bmake (\w+)", README)))


def test_the_readme_shows_commands() -> None:
    assert len(KIEMSO) >= 5 and {"report", "test", "lab"} <= set(TARGETS)


@pytest.mark.parametrize("command", KIEMSO)
def test_its_kiemso_commands_work(project: Project, command: str) -> None:
    project.kiemso(*shlex.split(command))


@pytest.mark.parametrize("target", TARGETS)
def test_its_make_targets_exist(target: str) -> None:
    if not shutil.which("make"):
        pytest.skip("make is not installed here")
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert any(program in done.stdout for program in ("kiemso", "pytest", "jupyter", "nbstripout", "tests.fuzz"))


@pytest.mark.parametrize("name", re.findall(r"^\| `([^`<*]+)` \|", README, re.MULTILINE))
def test_the_places_it_names_exist(rendered: Project, name: str) -> None:
    assert (ROOT / name).exists() or rendered.path(name).exists()


def test_its_picture_exists() -> None:
    (picture,) = re.findall(r"!\[.+\]\((.+)\)", README)
    assert (ROOT / picture).stat().st_size < 500_000


def test_the_figure_it_shows_is_true(project: Project) -> None:
    text, key = re.search(r"\[(\d+)\]\{fact=([\w-]+)\}", README).groups()
    assert f": {text} " in project.kiemso("trace", key).stdout.splitlines()[0]
