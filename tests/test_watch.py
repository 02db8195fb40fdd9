"""The report in the browser while somebody works on it: what is served, and what is noticed."""

from __future__ import annotations

import asyncio
import errno
import json
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
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
        ("README.md", False),
    ],
)
def test_only_what_the_report_is_made_from_is_noticed(tmp_path, name, source):
    assert is_source(str(tmp_path / name), tmp_path) == source


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
