"""The report in the browser while somebody works on it: what is served, and what is noticed."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import shutil
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from kiemso import watch as watching
from kiemso.lock import project_lock
from kiemso.problem import Problem, Refused
from kiemso.serve import Board, State, open_server
from kiemso.typesetter import Typesetter
from kiemso.watch import is_source, make
from tornado.httpclient import AsyncHTTPClient, HTTPResponse

Ask = Callable[..., Awaitable[HTTPResponse]]


def serving(folder: Path, test: Callable[[Board, Ask], Awaitable[Any]]) -> Any:
    """Run the test against a server of the folder."""

    async def run() -> Any:
        board = Board()
        server, address = open_server(folder, board, 0)

        async def ask(path: str, **more: Any) -> HTTPResponse:
            return await AsyncHTTPClient().fetch(address + path, raise_error=False, **more)

        try:
            return await test(board, ask)
        finally:
            server.stop()

    return asyncio.run(run())


@pytest.fixture
def output(tmp_path: Path) -> Path:
    (tmp_path / "audit").mkdir()
    (tmp_path / "report.html").write_text("<html><body>Hà Tĩnh</body></html>", encoding="utf-8")
    csp = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-x'\">"
    (tmp_path / "audit/index.html").write_text(f"<html>{csp}<body></body></html>", encoding="utf-8")
    (tmp_path / "report.csv").write_text("a,b", encoding="utf-8")
    return tmp_path


def test_a_page_gets_the_script_on_its_way_and_the_file_does_not(output):
    before = (output / "report.html").read_bytes()
    answer = serving(output, lambda board, ask: ask("report.html"))
    body = answer.body.decode()
    assert body.startswith("<html><body>Hà Tĩnh<script src=")
    assert body.endswith("</script></body></html>")
    assert answer.headers["Cache-Control"] == "no-store"
    assert (output / "report.html").read_bytes() == before


def test_an_audit_page_is_allowed_the_script_and_its_events(output):
    body = serving(output, lambda board, ask: ask("audit/index.html")).body.decode()
    assert "connect-src 'self'; script-src 'self' 'sha256-x'" in body


def test_other_files_go_as_they_are(output):
    assert serving(output, lambda board, ask: ask("report.csv")).body == b"a,b"


def test_the_first_page_is_the_report_or_waits_for_one(output):
    assert "Hà Tĩnh" in serving(output, lambda board, ask: ask("")).body.decode()
    (output / "report.html").unlink()
    answer = serving(output, lambda board, ask: ask(""))
    assert answer.code == 200
    assert b"reload.js" in answer.body


def test_a_page_that_is_new_on_the_disk_is_new_in_the_browser(output):
    async def test(board: Board, ask: Ask) -> list[HTTPResponse]:
        first = await ask("report.html")
        (output / "report.html").write_text("<html><body>Hà Nội</body></html>", encoding="utf-8")
        return [first, await ask("report.html", headers={"If-Modified-Since": first.headers["Last-Modified"]})]

    first, second = serving(output, test)
    assert "Hà Tĩnh" in first.body.decode()
    assert (second.code, "Hà Nội" in second.body.decode()) == (200, True)


@pytest.mark.parametrize("path", ["../secret.txt", "%2e%2e/secret.txt", "audit/../../secret.txt", "none.html"])
def test_nothing_outside_the_folder_is_served(output, path):
    (output.parent / "secret.txt").write_text("mật", encoding="utf-8")
    assert serving(output, lambda board, ask: ask(path)).code in (403, 404)


def test_a_page_of_another_site_is_not_answered(output):
    answer = serving(output, lambda board, ask: ask("report.html", headers={"Host": "evil.example"}))
    assert answer.code == 404


def test_an_open_page_hears_of_each_state(output):
    async def test(board: Board, ask: Ask) -> list[dict]:
        heard: list[dict] = []

        def hear(chunk: bytes) -> None:
            heard.append(json.loads(chunk.decode().removeprefix("data: ")))

        listening = asyncio.create_task(ask(".kiemso/events", streaming_callback=hear, request_timeout=5))
        for state in (State("1"), State("1", "Đầu", ("lỗi",)), State("2")):
            while heard[-1:] != ([json.loads(json.dumps(vars(board.state)))] if heard else [None]):
                await asyncio.sleep(0.01)
                if heard:
                    break
            await board.show(state)
            await asyncio.sleep(0.05)
        listening.cancel()
        return heard

    heard = serving(output, test)
    assert [one["version"] for one in heard] == ["", "1", "1", "2"]
    assert heard[2] == {"version": "1", "head": "Đầu", "problems": ["lỗi"]}


def test_the_page_of_the_script_shows_problems_as_text_and_never_as_markup(root):
    script = (root / "scripts/kiemso/templates/reload.js").read_text(encoding="utf-8")
    assert "textContent" in script
    assert "innerHTML" not in script


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("data/raw/2021-2022/ket-qua.xlsx", True),
        ("data/corrections.yml", True),
        ("notebooks/1-clean-year.ipynb", True),
        ("report.qmd", True),
        ("_extensions/kiemso/kiemso.lua", True),
        ("data/raw/2021-2022/~$ket-qua.xlsx", False),
        ("data/raw/2021-2022/.~lock.ket-qua.xlsx#", False),
        ("data/raw/2021-2022/4F1A2B3C", False),
        ("data/raw/2021-2022", True),
        ("data/raw/2021-2022/ket-qua.tmp", False),
        ("data/terms.yml~", False),
        ("notebooks/.ipynb_checkpoints/1-clean-year-checkpoint.ipynb", False),
        ("notebooks/.~1-clean-year.ipynb", False),
        ("build/2021-2022/facts.json", False),
        ("_output/report.html", False),
        ("so-do.svg", True),
        ("images/so-do.svg", True),
        ("images", True),
        ("images/~$so-do.docx", False),
        ("images/so-do.svg.tmp", False),
        ("#report.qmd#", False),
        (".report.qmd.swp", False),
        (".venv/pyvenv.cfg", False),
        ("notebooks/__pycache__/own.cpython-311.pyc", False),
        ("build", False),
        ("tests/test_watch.py", False),
        ("scripts/own.py", False),
        ("schools/ky-phu/report.qmd", False),
        (".", False),
        ("../report.qmd", False),
    ],
)
def test_only_what_the_report_is_made_from_is_noticed(tmp_path, name, source):
    project = tmp_path / "project"
    for folder in ("build", "_output", "tests", "scripts", "schools"):
        (project / folder).mkdir(parents=True)
    assert is_source(os.path.normpath(project / name), project) == source


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A school of a workspace in which there is something of all that a workspace holds."""
    for name in (
        "data/schools.yml",
        "data/layouts/bang.yml",
        "data/raw/2021-2022/cu.xlsx",
        "data/corrections.yml",
        "notebooks/1-clean-year.ipynb",
        "_extensions/kiemso/kiemso.lua",
        "report.qmd",
        "district.qmd",
        "requirements.lock",
        "images/so-do.svg",
        "build/schools.json",
        "_output/schools.html",
        "tests/test_own.py",
        "districts/all/build/standing.json",
        "schools/ky-xuan/data/terms.yml",
        "schools/ky-phu/data/raw/2021-2022/ket-qua.xlsx",
        "schools/ky-phu/so-do.svg",
        "schools/ky-phu/_output/report.html",
        "schools/ky-phu/build/standing.json",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    return tmp_path / "schools/ky-phu"


SHARED = [
    ("report.qmd", True),
    ("requirements.lock", True),
    ("notebooks/1-clean-year.ipynb", True),
    ("data/schools.yml", True),
    ("data/layouts/bang.yml", True),
    ("_extensions/kiemso/kiemso.lua", True),
    ("images/so-do.svg", True),
    ("data/raw/2021-2022/cu.xlsx", False),
    ("data/corrections.yml", False),
    ("build/schools.json", False),
    ("_output/schools.html", False),
    ("tests/test_own.py", False),
    ("districts/all/build/standing.json", False),
    ("schools/ky-xuan/data/terms.yml", False),
    ("schools/ky-phu/so-do.svg", True),
    ("schools/ky-phu/_output/report.html", False),
    ("schools/ky-phu/build/standing.json", False),
]


@pytest.mark.parametrize(("name", "source"), SHARED)
def test_what_a_workspace_shares_is_noticed_in_its_schools(school, name, source):
    assert is_source(str(school.parents[1] / name), school) == source


def test_what_a_school_has_itself_it_does_not_share(school):
    (school / "report.qmd").write_text("", encoding="utf-8")
    assert not is_source(str(school.parents[1] / "report.qmd"), school)
    assert is_source(str(school / "report.qmd"), school)


def noticed(project: Path, *saves: Callable[[], Any]) -> list[bool]:
    """Whether each of these is noticed, one after the other, by what really watches the project."""

    async def run() -> list[bool]:
        changed = asyncio.Event()
        tasks = [asyncio.create_task(watching._notice(one, changed)) for one in watching._changes(project)]
        await asyncio.sleep(0.5)  # until all is watched
        found = []
        for save in saves:
            changed.clear()
            save()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), 1.5)
            found.append(changed.is_set())
            await asyncio.sleep(0.5)  # until what is told late has been told
        for task in tasks:
            task.cancel()
        return found

    return asyncio.run(run())


def test_a_school_is_made_again_for_what_its_workspace_shares_and_never_for_what_is_made(school):
    def save(*names: str) -> None:
        for name in names:
            (school.parents[1] / name).write_text("x", encoding="utf-8")

    shared = ("images/so-do.svg", "report.qmd", "data/layouts/bang.yml")
    others = [name for name, source in SHARED if not source]
    saves = [*(partial(save, name) for name in shared), partial(save, *others), partial(save, shared[0])]
    assert noticed(school, *saves) == [True] * len(shared) + [False, True]


def test_an_image_is_noticed_also_in_a_folder_that_comes_later_or_is_put_in_place_of_another(school):
    images = school / "images"
    image = images / "so-do.svg"

    def put_back() -> None:
        shutil.rmtree(images)
        images.mkdir()

    saves = [lambda: os.replace(shutil.copy(school / "so-do.svg", school / ".new"), school / "so-do.svg")]
    saves += [images.mkdir, lambda: image.write_text("1", "utf-8"), lambda: image.write_text("2", "utf-8")]
    saves += [put_back, lambda: image.write_text("3", "utf-8"), lambda: shutil.rmtree(images)]
    assert noticed(school, *saves) == [True] * len(saves)


def test_folders_from_which_no_report_is_made_are_not_watched(school, monkeypatch):
    asked: list[tuple[Any, bool]] = []

    async def awatch(*paths: Path, recursive: bool = True, **_: Any) -> AsyncIterator[set]:
        asked.extend((path, recursive) for path in paths)
        await asyncio.Event().wait()
        yield set()

    monkeypatch.setattr(watching, "awatch", awatch)
    for folder in (school, school.parents[1]):
        for name in ("tests", ".git", ".venv"):
            (folder / name).mkdir(exist_ok=True)
    noticed(school)
    below = {path.relative_to(school.parents[1]).as_posix() for path, recursive in asked if recursive}
    assert below == {"schools/ky-phu/data", "data", "notebooks", "_extensions", "images"}
    assert {path for path, recursive in asked if not recursive} == {school, school.parents[1]}


@pytest.fixture
def refused(monkeypatch) -> Callable[[Exception], None]:
    """Have the chain refuse."""

    def refuse(error: Exception) -> None:
        def chain(*_: Any) -> None:
            raise error

        monkeypatch.setattr(watching, "run_chain", chain)

    return refuse


@pytest.mark.parametrize(
    "error", [Refused(Problem("không đọc được", file="a.xlsx")), PermissionError(13, "x", "a.xlsx")]
)
def test_a_refusal_is_told_in_the_browser_and_in_the_terminal(tmp_path, refused, capsys, error):
    refused(error)
    state = make(tmp_path, ("html",), State("1"), threading.Event(), Typesetter())
    assert (state.version, bool(state.head), "a.xlsx" in state.problems[0]) == ("1", True, True)
    assert "a.xlsx" in capsys.readouterr().err


def test_what_is_ended_with_the_watching_is_no_refusal(tmp_path, refused, capsys):
    refused(Refused(Problem("bị dừng")))
    ended = threading.Event()
    ended.set()
    assert make(tmp_path, ("html",), State("1"), ended, Typesetter()) == State("1")
    assert not capsys.readouterr().err


def test_what_is_saved_while_another_command_works_is_made_when_that_has_ended(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(watching, "_LOCK_SECONDS", 0.05)
    made: list[Path] = []
    monkeypatch.setattr(watching, "run_chain", lambda project, *_: made.append(project))
    monkeypatch.setattr(watching, "make_report", lambda *_, **__: [])
    held = project_lock(tmp_path)
    held.__enter__()
    threading.Timer(0.4, held.__exit__, (None, None, None)).start()
    assert not make(tmp_path, ("html",), State("1"), threading.Event(), Typesetter()).problems
    assert made == [tmp_path]
    assert capsys.readouterr().out.count("another run is under way") == 1


def test_what_ends_the_watching_is_told(tmp_path, monkeypatch):
    async def broken() -> AsyncIterator[set]:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")
        yield set()

    monkeypatch.setattr(watching, "_changes", lambda _: [broken()])
    monkeypatch.setattr(watching, "make", lambda *_: State("1"))
    with pytest.raises(OSError, match="inotify watch limit"):
        watching.watch(tmp_path, 0)


def test_a_port_that_is_taken_is_told(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Refused, match=rf"the port {port} cannot be used: .*\n.*--port"):
            watching.watch(tmp_path, port)
