"""One run at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from kiemso.lock import project_lock
from kiemso.problem import Refused

HOLD = "import sys, time; from pathlib import Path; from kiemso.lock import project_lock\n"
HOLD += "with project_lock(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"


def test_the_second_run_is_told_who_holds_the_project(tmp_path):
    with project_lock(tmp_path), pytest.raises(Refused) as refused, project_lock(tmp_path):
        pass
    (problem,) = refused.value.problems
    assert f"process {os.getpid()} on " in problem.message
    assert time.strftime("since %Y-%m-%d %H:") in problem.message
    assert problem.mend


def test_it_is_free_when_the_run_has_ended(tmp_path):
    for _ in range(2):
        with project_lock(tmp_path):
            pass
    assert not (tmp_path / "build/.lock.json").exists()


def test_it_is_free_after_a_refusal(tmp_path):
    with pytest.raises(ValueError, match="hỏng"), project_lock(tmp_path):
        raise ValueError("hỏng")
    with project_lock(tmp_path):
        pass


def test_a_killed_run_frees_it(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout and holder.stdout.readline() == "held\n"
    with pytest.raises(Refused, match=f"process {holder.pid} on "), project_lock(tmp_path):
        pass
    holder.kill()
    holder.communicate()
    with project_lock(tmp_path):
        pass


def test_a_holder_that_has_not_said_who_it_is_is_told_all_the_same(tmp_path):
    with project_lock(tmp_path):
        (tmp_path / "build/.lock.json").write_text("{", encoding="utf-8")
        with pytest.raises(Refused, match="another run is under way"), project_lock(tmp_path):
            pass
