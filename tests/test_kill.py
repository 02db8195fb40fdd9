"""Some seconds of killed commands, and that what a kill could spoil would be noticed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kill import round as rounds
from tests.kill.command import MAIN
from tests.kill.reference import HTML, RUN, Reference
from tests.kill.round import Plan, Round, planned
from tests.kill.state import look, untrue_records

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="orphans are found on Linux only")
ROOT = Path(__file__).parents[1]
STEP = "build/2023-2024/1-clean-year.step.json"
OLD = {"data/raw.csv": "b", STEP: "a", "_output/report.html": "a", "_output/report.pdf": "a", "_output/facts.csv": "a"}
NEW = {"data/raw.csv": "b", STEP: "b", "_output/report.html": "b", "_output/report.pdf": "b", "_output/facts.csv": "b"}


def test_killed_commands_lose_nothing_and_do_nothing_twice():
    command = ["--times", "2", "--changes", "24", "--kinds", HTML]
    done = subprocess.run([sys.executable, "-m", "tests.kill", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^3 kills with seed 1 in \d+ s: 0 failed$", done.stdout, re.MULTILINE), done.stdout


def test_a_killed_daemon_loses_nothing():
    command = ["--standing", "--times", "2", "--first", "8", "--changes", "none", "--kinds", RUN]
    done = subprocess.run([sys.executable, "-m", "tests.kill", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the daemon" in done.stdout


def test_a_round_is_the_same_whenever_it_is_planned():
    plans = [planned(3, number, [HTML, RUN]) for number in range(50)]
    assert plans == [planned(3, number, [HTML, RUN]) for number in range(50)]
    assert {plan.kind for plan in plans} == {HTML, RUN}
    assert {len(plan.moments) for plan in plans} == {1, 2}


def a_round(tmp_path: Path, plan: Plan = Plan("1", HTML, MAIN, (0.5,))) -> Round:  # noqa: B008  (frozen)
    return Round(plan, Reference(HTML, tmp_path, OLD, NEW, 1.0, ()), tmp_path / "work")


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"_output/report.html": "torn"}, "neither the old nor the new: _output/report.html"),
        ({"data/raw.csv": "a"}, "neither the old nor the new: data/raw.csv"),
        ({"_output/facts.csv": None}, "gone: _output/facts.csv"),
        ({"report.typ": "a"}, "left behind: report.typ"),
        ({"_output/report.html": "b"}, "formats of both states, old and new"),
    ],
)
def test_what_a_kill_spoils_is_noticed(tmp_path, changed, fault):
    found = {name: content for name, content in {**OLD, **changed}.items() if content}
    assert [*a_round(tmp_path)._left(found)] == [fault]


@pytest.mark.parametrize("state", [OLD, NEW])
def test_a_report_wholly_old_or_wholly_new_is_no_fault(tmp_path, state):
    assert [*a_round(tmp_path)._left(state)] == []


class Again:
    """A next run that makes the new state, and says what it ran."""

    status, made, said, left = 0, NEW, "✓ 1-clean-year 2023-2024\n1 notebook run, 0 up to date", ()
    by_daemon = True

    def __init__(self, *_, environment=None):
        pass

    def wait(self):
        return self.status

    def leave(self):
        return [*self.left]


@pytest.mark.parametrize(
    ("about", "expected", "fault"),
    [
        ({}, ["1-clean-year 2023-2024"], ""),
        ({"status": 2}, ["1-clean-year 2023-2024"], "the next run ends with 2"),
        ({"made": OLD}, ["1-clean-year 2023-2024"], "other bytes than an undisturbed run makes: _output/facts.csv, "),
        ({"by_daemon": False}, ["1-clean-year 2023-2024"], "the daemon stands, and did nothing"),
        ({"left": ["notebook"]}, ["1-clean-year 2023-2024"], "still at work seconds later: notebook"),
        ({}, [], "was finished and ran again: 1-clean-year 2023-2024"),
        ({"said": "0 notebooks run"}, ["1-clean-year 2023-2024"], "0 notebooks ran again, to do were 1"),
    ],
)
def test_what_the_next_run_does_wrong_is_noticed(tmp_path, monkeypatch, about, expected, fault):
    again = type("AnotherAgain", (Again,), about)
    monkeypatch.setattr(rounds, "Command", again)
    monkeypatch.setattr(rounds, "look", lambda _: again.made)
    made = a_round(tmp_path)
    made._again(expected)
    assert any(found.startswith(fault) for found in made.result.faults) if fault else not made.result.faults


def test_a_record_that_says_what_is_not_so_is_noticed(tmp_path):
    record = tmp_path / STEP
    record.parent.mkdir(parents=True)
    (record.parent / "observations.csv").write_text("1", encoding="utf-8")
    digest = look(tmp_path)["build/2023-2024/observations.csv"]
    record.write_text(json.dumps({"outputs": {"observations.csv": digest}}), encoding="utf-8")
    assert untrue_records(tmp_path) == []
    (record.parent / "observations.csv").write_text("2", encoding="utf-8")
    assert untrue_records(tmp_path) == [STEP]


def test_what_goes_on_working_is_noticed_and_ended(tmp_path):
    code = """if True:
        import subprocess, sys
        from pathlib import Path
        from tests.kill import command
        command.adopt_orphans()
        command._ORPHANS_SECONDS = 0.5
        began = command.Command(Path(sys.argv[1]), ["--version"])
        began.wait()
        print(began.leave())
        subprocess.run(["sh", "-c", "sleep 60 &"])
        print(began.leave(), began.leave())
    """
    (tmp_path / "project").mkdir()
    command = [sys.executable, "-c", code, tmp_path / "project"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50)
    assert done.stdout.splitlines() == ["[]", "['sleep 60'] []"], done.stderr


@pytest.mark.parametrize(("before", "made"), [(0, ["a", "b", "d"]), (3, ["a"])])
def test_a_command_is_killed_before_a_change_that_is_seen(tmp_path, before, made):
    code = """if True:
        import os, subprocess, sys
        os.makedirs("build/.stage")
        open("build/.stage/a", "w").close()
        os.replace("build/.stage/a", "build/a")
        change = "import os; open('build/.b', 'w').close(); os.replace('build/.b', 'build/b')"
        subprocess.run([sys.executable, "-c", change])
        open("build/d", "w").close()
    """
    log = tmp_path / "log"
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "tests" / "kill" / "hook"), KILL_LOG=str(log))
    environment |= {"KILL_PROJECT": str(tmp_path), "KILL_BEFORE": f"{before}"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment)
    changes = ["folder build", "move build/a", "move build/b", "write build/d"]
    assert log.read_text(encoding="utf-8").splitlines() == changes[: before or None]
    assert sorted(path.name for path in (tmp_path / "build").glob("[!.]*")) == made
