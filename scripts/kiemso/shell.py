"""Inside a notebook's own process: Jupyter's Python kernel, with a line to the engine in place of its sockets.

Forked from a server that has imported everything already (`warm`), or spawned where there is no fork. Unlike a
kernel that a person starts, it reads no profile, runs no start-up files and keeps no history on the disk.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import random
import signal
import sys
import threading
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session
from tornado.ioloop import IOLoop
from traitlets.config import Config

from kiemso.ballast import without
from kiemso.process import begin
from kiemso.stream import OutStream

INLINE = "module://matplotlib_inline.backend_inline"


class _Session(Session):
    """Sends the kernel's messages over a connection to the engine: (type, content, cell's request)."""

    connection: Connection | None = None
    lock = threading.Lock()

    def send(self, stream, msg_or_type, content=None, parent=None, *_, **more):  # type: ignore[no-untyped-def]
        message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content, parent)
        # A process forked by the notebook would write into the middle of another message.
        if self.connection is None or os.getpid() != self.pid:
            return message
        plain = {name: message[name] for name in ("msg_type", "content", "parent_header")}
        packed = self.pack(
            plain | {"header": {"msg_type": message["msg_type"]}}
        )  # as JSON: what it cannot hold is text
        with self.lock:
            self.connection.send((packed, [bytes(buffer) for buffer in more.get("buffers") or []]))
        return message


class _Kernel(IPythonKernel):
    """A kernel without sockets; its requests come one at a time."""

    def _abort_queues(self, *_: Any) -> None:
        """No request waits behind the one that failed."""


def choose_backend() -> None:
    """Have matplotlib, when it is imported, show figures as in a kernel; who imports it earlier finds another way."""
    os.environ["MPLBACKEND"] = os.environ.get("MPLBACKEND") or INLINE


def make_kernel() -> Any:
    """The kernel of this process, before it has a notebook."""
    if IPythonKernel.initialized():
        return IPythonKernel.instance()
    choose_backend()
    config = Config()
    config.HistoryManager.enabled = False
    # A kernel imports the debugger that JupyterLab could connect to: a quarter of a second.
    with without("debugpy"):
        kernel: Any = _Kernel.instance(
            session=_Session(key=b""), log=logging.Logger("kernel", logging.CRITICAL), config=config
        )
    kernel.shell.extension_manager.load_extension("storemagic")
    application = IPKernelApp.instance()  # which some magics ask for the kernel
    application.kernel = kernel
    application.init_pdb()
    sys.breakpointhook = lambda *_, **__: None  # as a kernel's debugger has it, where nobody is connected
    return kernel


def main(connection: Connection, environment: dict[str, str], folder: str, path: list[str]) -> None:
    """Run the cells that arrive on the connection until there is no more."""
    begin(environment)
    _settle(folder, path)
    kernel = make_kernel()
    _connect(kernel, connection)
    asyncio.run(_serve(kernel, connection))
    kernel.shell.atexit_operations()
    atexit._run_exitfuncs()
    os._exit(0)


def _settle(folder: str, path: list[str]) -> None:
    """Have what a new process has: its own folder, path and random numbers."""
    choose_backend()
    os.chdir(folder)
    sys.path[:], sys.argv = path, ["kiemso"]
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()


def _connect(kernel: Any, connection: Connection) -> None:
    """Send the kernel's messages, and all that is written, to the engine."""
    session, shell = kernel.session, kernel.shell
    session.connection, session.pid = connection, os.getpid()
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = OutStream(name, descriptor, session)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    shell.init_environment()
    shell.builtin_trap.activate()
    sys.modules["__main__"], sys.displayhook = shell.user_module, shell.displayhook
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # except while a cell runs
    kernel._execute_sleep = 0.0
    kernel.shell_channel_thread = SimpleNamespace(parent_thread=threading.main_thread())


async def _serve(kernel: Any, connection: Connection) -> None:
    """Run cells in the event loop that a kernel has: tasks go on between them."""
    kernel.io_loop = IOLoop.current()
    kernel.session.send(None, "kernel_info_reply", kernel.kernel_info)
    loop = asyncio.get_running_loop()
    while (request := await loop.run_in_executor(None, connection.recv)) is not None:
        kernel.set_parent([], request)
        kernel.pre_handler_hook()
        try:
            await kernel.execute_request(None, [], request)
        finally:
            kernel.post_handler_hook()
        if kernel.shell.exit_now:
            return
