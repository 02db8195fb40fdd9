"""Inside a notebook's own process: an IPython shell that runs cells and sends their outputs back.

Forked from a server that has imported everything already (`warm`), or spawned where there is no fork.
"""

from __future__ import annotations

import atexit
import builtins
import getpass
import io
import os
import signal
import sys
import tempfile
import threading
from base64 import b64encode
from collections.abc import Callable
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from typing import Any

from ipykernel.compiler import XCachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

# Messages to the engine: ("output", output), ("update", output, display id), ("clear", wait), ("done", count).
_send: Callable[[tuple], None] = lambda message: None  # noqa: E731  (set when the process knows its engine)
_count = 0


def _jsonable(data: dict[str, Any]) -> dict[str, Any]:
    """Images as base64 text, as a kernel sends them."""
    return {mime: b64encode(v).decode() if isinstance(v, bytes) else v for mime, v in data.items()}


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()


class _Stream(io.TextIOBase):
    """stdout or stderr of the cells; sent when another output follows, or the cell ends."""

    encoding = "utf-8"  # type: ignore[assignment]

    def __init__(self, name: str, descriptor: int) -> None:
        self._name, self._descriptor, self._pieces = name, descriptor, [""]

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._pieces.append(text)
        return len(text)

    def flush(self) -> None:
        text, self._pieces = "".join(self._pieces), []
        if text:
            _send(("output", {"output_type": "stream", "name": self._name, "text": text}))

    def fileno(self) -> int:
        return self._descriptor

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False


class _Hook(DisplayHook):
    """The value of a cell's last expression."""

    def __call__(self, result: Any = None) -> None:
        if result is None:
            return
        self.check_for_underscore()
        if self.quiet():
            return
        self.update_user_ns(result)
        self.fill_exec_result(result)
        data, metadata = self.compute_format_data(result)
        if data:
            _flush()
            output = {"output_type": "execute_result", "execution_count": _count}
            _send(("output", output | {"data": _jsonable(data), "metadata": metadata}))


class _Publisher(DisplayPublisher):
    """What a cell displays, updates and clears."""

    def publish(self, data, metadata=None, *, transient=None, update=False, **_):  # type: ignore[no-untyped-def]
        _flush()
        output = {"output_type": "display_data", "data": _jsonable(data), "metadata": metadata or {}}
        _send(("update" if update else "output", output, (transient or {}).get("display_id")))

    def clear_output(self, wait: bool = False) -> None:
        _flush()
        _send(("clear", wait))


class ZmqLikeShell(InteractiveShell):
    """An IPython shell without terminal, history or kernel; cells have the file names that a kernel gives them.

    pandas looks for “zmq” in the name of the shell's class and, when it is imported, for its `kernel`: without them
    it lays tables out for a terminal.
    """

    kernel = None

    compiler_class = Type(XCachingCompiler)

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        super().__init__(config=config, displayhook_class=_Hook, display_pub_class=_Publisher)
        InteractiveShell._instance = ZmqLikeShell._instance = self  # type: ignore[assignment]

    def init_sys_modules(self) -> None:
        """A clean __main__, as in a kernel."""
        sys.modules["__main__"] = self.user_module

    def enable_gui(self, gui: str | None = None) -> None:
        """No event loop to enable."""

    def _showtraceback(self, etype, evalue, stb) -> None:  # type: ignore[no-untyped-def]
        _flush()
        error = {"output_type": "error", "ename": etype.__name__, "evalue": str(evalue), "traceback": list(stb)}
        _send(("output", error))


def _no_input(*_: Any, **__: Any) -> str:
    raise StdinNotImplementedError("a notebook that runs by itself cannot ask for input")


def _end_with(engine: Any) -> None:
    """When the engine's process is gone, end, and everything that the notebook started."""
    engine.join()
    os.killpg(0, signal.SIGKILL)


def main(connection: Connection, environment: dict[str, str], folder: str, path: list[str]) -> None:
    """Run the cells that arrive on the connection until there is no more."""
    global _send, _count
    if hasattr(os, "setsid"):
        os.setsid()
        threading.Thread(target=_end_with, args=(parent_process(),), daemon=True).start()
    os.environ.clear()
    os.environ.update({"MPLBACKEND": "module://matplotlib_inline.backend_inline"} | environment)
    os.chdir(folder)
    sys.path[:], sys.argv = path, ["kiemso"]
    _send = connection.send
    # A file, not a pipe: whatever a notebook's own processes write cannot block them.
    written = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as the process)
    os.dup2(written.fileno(), 1)
    os.dup2(written.fileno(), 2)
    sys.stdout = sys.__stdout__ = _Stream("stdout", 1)  # type: ignore[assignment,misc]
    sys.stderr = sys.__stderr__ = _Stream("stderr", 2)  # type: ignore[assignment,misc]
    shell = InteractiveShell._instance if isinstance(InteractiveShell._instance, ZmqLikeShell) else ZmqLikeShell()
    sys.modules["__main__"] = shell.user_module
    builtins.input = getpass.getpass = _no_input
    shell.set_hook("show_in_pager", lambda *_: None, 99)
    shell.builtin_trap.activate()
    sys.displayhook = shell.displayhook
    read = 0
    while (source := connection.recv()) is not None:
        _count = shell.execution_count
        shell.run_cell(source, store_history=True)
        _flush()
        written.seek(read)
        if text := written.read().decode("utf-8", "replace"):
            _send(("output", {"output_type": "stream", "name": "stdout", "text": text}))
        read = written.tell()
        _send(("done", _count))
    shell.atexit_operations()
    atexit._run_exitfuncs()
    os._exit(0)
