"""The finished report on this machine's own address, new in the browser when it is new on the disk."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.web import Application, RequestHandler, StaticFileHandler

from kiemso.message import in_language, language, say
from kiemso.problem import Problem, Refused

HOST = "127.0.0.1"
# A page of another site can have its own name point to this address, but not have that name be one of these.
_HOSTS = r"(127\.0\.0\.1|localhost)"
_SCRIPT = Path(__file__).parent / "templates" / "reload.js"
_START = "report.html"


@dataclass(frozen=True)
class State:
    """Which report is there, and what is wrong with what changed since."""

    version: str = ""
    head: str = ""
    problems: tuple[str, ...] = ()


class Board:
    """The state, and the pages that are to hear of a new one."""

    def __init__(self) -> None:
        self.state = State()
        self._changed = asyncio.Condition()

    async def show(self, state: State) -> None:
        """Tell every open page."""
        async with self._changed:
            self.state = state
            self._changed.notify_all()

    async def after(self, state: State | None) -> State:
        """The state, once it is another than this one."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.state != state)
            return self.state


class _Events(RequestHandler):
    """The states, one after the other, as server-sent events."""

    def initialize(self, board: Board) -> None:
        self.board = board
        self.listening: asyncio.Task | None = None

    async def get(self) -> None:
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("Cache-Control", "no-store")
        self.listening = asyncio.current_task()
        state = None
        with suppress(asyncio.CancelledError, StreamClosedError):
            while True:
                state = await self.board.after(state)
                self.write(f"data: {json.dumps(asdict(state), ensure_ascii=False)}\n\n")
                await self.flush()

    def on_connection_close(self) -> None:
        if self.listening:
            self.listening.cancel()


class _Script(RequestHandler):
    def get(self) -> None:
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.write(_SCRIPT.read_bytes())


class _Pages(StaticFileHandler):
    """The files of a folder, a script added to each page on its way; nothing is kept by the browser."""

    board: Board

    @classmethod
    def get_content(cls, abspath: str, start: int | None = None, end: int | None = None) -> Any:
        return (
            _page(abspath, cls.board.state.version)[start:end]
            if _is_page(abspath)
            else super().get_content(abspath, start, end)
        )

    def get_content_size(self) -> int:
        path = str(self.absolute_path)
        return len(_page(path, self.board.state.version)) if _is_page(path) else super().get_content_size()

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        if self.path_args and self.path_args[0] == _START and not Path(absolute_path).exists():
            self.finish(_with_script(b"<!DOCTYPE html><body></body>", self.board.state.version))
            return None
        return super().validate_absolute_path(root, absolute_path)

    def compute_etag(self) -> None:
        return None

    def should_return_304(self) -> bool:
        return False

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", "no-store")


class _Home(RequestHandler):
    def get(self) -> None:
        self.redirect(f"/{_START}")


def open_server(folder: Path, board: Board, port: int) -> tuple[HTTPServer, str]:
    """Serve the folder to this machine alone; port 0 is any that is free. The server, and its address.

    Refused where the port is taken.
    """
    pages = type("_BoardPages", (_Pages,), {"board": board})
    routes: list[Any] = [
        (r"/", _Home),
        (r"/\.kiemso/events", _Events, {"board": board}),
        (r"/\.kiemso/reload\.js", _Script),
        (r"/(.*)", pages, {"path": str(folder)}),
    ]
    application = Application(log_function=lambda _: None)
    application.add_handlers(_HOSTS, routes)
    try:
        server = application.listen(port, HOST)
    except OSError as error:
        message = say("the port {port} cannot be used: {reason}", port=port, reason=error.strerror or error)
        raise Refused(Problem(message, say("Choose another with --port, or 0 for any that is free."))) from None
    (socket,) = server._sockets.values()
    return server, f"http://{HOST}:{socket.getsockname()[1]}/"


def head() -> str:
    """What stands above the problems that a page shows, in the person's language."""
    return in_language(say("The last good report is shown: what has changed since cannot be used."), language())


def _is_page(path: str) -> bool:
    return path.endswith(".html")


def _page(path: str, version: str) -> bytes:
    return _with_script(Path(path).read_bytes(), version)


def _with_script(page: bytes, version: str) -> bytes:
    script = f'<script src="/.kiemso/reload.js" data-version="{version}"></script>'.encode()
    # The audit pages allow no script but their own.
    page = page.replace(b"script-src '", b"connect-src 'self'; script-src 'self' '", 1)
    before, closing, after = page.rpartition(b"</body>")
    return before + script + closing + after if closing else page + script
