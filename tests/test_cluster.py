"""What a run on a cluster asks of its workers and of the shared folder, as far as that can be seen without one."""

from __future__ import annotations

import json
import pickle
import re
import sys
import threading
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from kiemso import cluster, sender
from kiemso.cli import main
from kiemso.cluster import Cluster, await_files, await_inputs, await_shared, open_cluster
from kiemso.manner import Manner
from kiemso.message import in_language, say
from kiemso.problem import Problem, Refused
from kiemso.process import ProcessGone
from kiemso.sender import Sender, differences, introduced
from kiemso.standing import last_standing, shared_files
from kiemso.step import Step, digest
from kiemso.workspace import Order, run_school


@pytest.fixture
def introduction(tmp_path: Path) -> Sender:
    """The sender of a run of a project that has a lock file."""
    (tmp_path / "requirements.lock").write_text(
        "pandas==2.3.3 \\\n    --hash=sha256:0\npywin32==311\n", encoding="utf-8"
    )
    return introduced(tmp_path, ())


def saying(introduction: Sender, **changed: str) -> Sender:
    """The same, from a machine that has other versions."""
    content = json.loads(introduction.file.read_text(encoding="utf-8"))
    content["versions"] |= changed
    introduction.file.write_text(json.dumps(content), encoding="utf-8")
    return Sender(introduction.file, digest(introduction.file))


def test_a_worker_like_the_sender_may_work_and_leaves_nothing(introduction: Sender) -> None:
    assert differences(introduction) == []
    assert [*introduction.file.parent.iterdir()] == [introduction.file]


def test_each_other_version_is_named(introduction: Sender) -> None:
    found = differences(saying(introduction, pandas="1.0", Python="3.9.1", kiemso="0123456789ab"))
    told = [problem.message for problem in found]
    assert len(told) == 3
    assert any(text.startswith("pandas is ") and text.endswith(" there and 1.0 on this machine") for text in told)
    assert all(problem.mend for problem in found)


def test_a_library_that_a_worker_can_do_without_may_be_missing_but_no_other(introduction: Sender) -> None:
    assert differences(saying(introduction, pywin32="311")) == []
    content = json.loads(introduction.file.read_text(encoding="utf-8"))
    content["needed"].append("pywin32")
    introduction.file.write_text(json.dumps(content), encoding="utf-8")
    (found,) = differences(Sender(introduction.file, digest(introduction.file)))
    assert found.message == "pywin32 is missing there and 311 on this machine"


def test_a_program_that_was_changed_after_the_worker_began_is_another(
    introduction: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "program_digest", lambda: "changed-since")
    sender._looked_into.cache_clear()
    (found,) = differences(introduction)
    assert "→ changed-sinc there" in found.message


def test_a_folder_that_is_not_there_or_another_one_is_named(introduction: Sender, tmp_path: Path) -> None:
    (found,) = differences(Sender(introduction.file, "0" * 64))
    assert found.message == f"another folder is there under the path {tmp_path}"
    introduction.file.unlink()
    (found,) = differences(introduction)
    assert found.message == f"the folder {tmp_path} cannot be used there: No such file or directory"


def test_what_a_killed_run_left_is_removed(introduction: Sender, tmp_path: Path) -> None:
    following = introduced(tmp_path, ())
    assert [*following.file.parent.iterdir()] == [following.file]


def test_files_are_waited_for_until_they_are_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text("new", encoding="utf-8")
    wanted = {"facts.json": digest(path)}
    path.write_text("old", encoding="utf-8")
    late = threading.Timer(0.3, path.write_text, ("new",))
    late.start()
    await_files(tmp_path, wanted)
    assert path.read_text(encoding="utf-8") == "new"
    late.join()


def test_files_that_do_not_come_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_LAG_SECONDS", 0)
    (tmp_path / "there").write_text("old", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        await_files(tmp_path, {"there": "0" * 64, "not/there": "0" * 64})
    assert [problem.file for problem in refused.value.problems] == ["not/there", "there"]


@pytest.fixture
def step(tmp_path: Path) -> Step:
    """A step of a project that has what it needs."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/1-clean-year.ipynb").write_text('{"cells": []}', encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.csv").write_text("old", encoding="utf-8")
    return Step("notebooks/1-clean-year.ipynb", "2021-2022", ("data/a.csv",), ("facts.json",))


def test_a_worker_waits_until_it_sees_what_the_sender_saw(tmp_path: Path, step: Step) -> None:
    seen = step.made_from(tmp_path)
    (tmp_path / "data/a.csv").write_text("older", encoding="utf-8")
    late = threading.Timer(0.3, (tmp_path / "data/a.csv").write_text, ("old",))
    late.start()
    await_inputs(tmp_path, step, seen)
    assert step.made_from(tmp_path) == seen
    late.join()


def test_inputs_that_a_worker_does_not_see_are_named(
    tmp_path: Path, step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_LAG_SECONDS", 0)
    seen = step.made_from(tmp_path)
    for name, change in (("data/a.csv", "older"), (step.notebook, '{"cells": [ ]}')):
        before = (tmp_path / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(change, encoding="utf-8")
        with pytest.raises(Refused) as refused:
            await_inputs(tmp_path, step, seen)
        assert [problem.file for problem in refused.value.problems] == [name]
        (tmp_path / name).write_text(before, encoding="utf-8")
    (tmp_path / "data/a.csv").unlink()
    with pytest.raises(Refused, match="is not here as it is on the machine"):
        await_inputs(tmp_path, step, seen)


def test_a_worker_waits_until_it_sees_what_schools_share_as_the_sender_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "data/layouts/nam-hoc.yml"
    shared.parent.mkdir(parents=True)
    shared.write_text("new", encoding="utf-8")
    seen = shared_files(tmp_path)
    shared.write_text("old", encoding="utf-8")
    late = threading.Timer(0.3, shared.write_text, ("new",))
    late.start()
    await_shared(tmp_path, seen)
    late.join()
    monkeypatch.setattr(cluster, "_LAG_SECONDS", 0)
    shared.unlink()
    order = Order(tmp_path, "2022-2024", manner=Manner(scheduler="tcp://127.0.0.1:8786"))
    standing = run_school(order, "ha-tinh/ky-phu", "", seen)
    assert standing.state == "refused"
    assert "is not here as it is on the machine" in standing.problems[0].message
    assert last_standing(tmp_path / "schools/ha-tinh/ky-phu", "2022-2024").state == "new"  # it is tried again


def test_without_dask_a_person_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(Refused, match=r"pip install 'kiemso\[cluster\]'"):
        open_cluster(tmp_path, "tcp://127.0.0.1:8786")


def test_what_is_refused_can_be_told_in_any_language_after_a_journey() -> None:
    class Local(Exception):
        """An exception that no other process can make."""

    inner = say("cell {cell}", cell="C7")
    message = say("the cluster could not do it: {reason}", reason=Local("không được"))
    there = pickle.loads(pickle.dumps(Refused([Problem(message, inner, "a.xlsx", line=3)])))
    (problem,) = there.problems
    assert problem.message == message
    assert in_language(problem.message, "vi") == "cụm máy không làm được: không được"
    assert in_language(problem.mend, "vi") == "ô C7"


class Fake:
    """A client whose tasks end as a test says, and whose cluster has no workers."""

    status = "connected to nobody"

    def __init__(self) -> None:
        self.theirs: Future = Future()

    def get_executor(self, **_: Any) -> Any:
        return SimpleNamespace(submit=lambda *_: self.theirs)

    def nthreads(self) -> dict[str, int]:
        return {}

    def close(self, timeout: float) -> None:
        """Nothing is open."""


def submitted(client: Fake, introduction: Sender) -> tuple[Cluster, Future]:
    pool = Cluster(client, "tcp://127.0.0.1:8786", introduction, 1)
    return pool, pool.submit(print)


def test_a_run_does_not_wait_for_ever_for_a_worker(introduction: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(cluster, "_ALONE_SECONDS", 0.05)
    pool, future = submitted(Fake(), introduction)
    with pytest.raises(Refused, match="has no workers any more"):
        future.result(20)
    pool.shutdown()
    assert not introduction.file.exists()


def test_a_task_that_was_lost_with_the_scheduler_says_so(introduction: Sender) -> None:
    pool, future = submitted(client := Fake(), introduction)
    client.theirs.cancel()
    with pytest.raises(Refused, match=r"the connection to the scheduler tcp://\S+ was lost"):
        future.result(20)
    pool.shutdown()


def test_what_dask_says_of_a_task_is_told(introduction: Sender) -> None:
    scheduler = pytest.importorskip("distributed.scheduler")
    for error, expected, match in (
        (scheduler.KilledWorker("do-1", SimpleNamespace(address="tcp://x"), 3), ProcessGone, "4 workers ended while"),
        (ModuleNotFoundError("No module named 'kiemso'"), Refused, "could not do it: No module named 'kiemso'"),
        (Refused(Problem("wrong")), Refused, "wrong"),
        (OSError(28, "No space left on device"), OSError, "No space left"),
    ):
        pool, future = submitted(client := Fake(), introduction)
        client.theirs.set_exception(error)
        with pytest.raises(expected, match=match):
            future.result(20)
        pool.shutdown()


def test_the_examples_of_the_manual_are_whole(root: Path) -> None:
    text = (root / "docs/cluster.md").read_text(encoding="utf-8")
    examples = {name: re.findall(rf"```{name}\n(.*?)```", text, re.DOTALL) for name in ("yaml", "python", "sh")}
    cluster_, queue = map(yaml.safe_load, examples["yaml"])
    assert cluster_["kind"] == "DaskCluster" and queue["jobqueue"]["slurm"]["cores"] == 16
    for program in examples["python"]:
        compile(program, "example", "exec")
    known = {option for command in main.commands.values() for one in command.params for option in one.opts}
    used = re.findall(r"\bkiemso run (.*)", "\n".join(examples["sh"]))
    assert len(used) >= 3
    assert {word for line in used for word in line.split() if word.startswith("--")} <= known
