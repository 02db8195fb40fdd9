"""Papermill engines: each notebook runs in a clean process of its own.

papermill imports this module through its entry point; importing it before papermill would be a circle.
"""

from __future__ import annotations

import math
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager

from kiemso.child import Child
from kiemso.message import say
from kiemso.process import ProcessGone
from kiemso.project import STAGE

_NOT_STARTED = "died before replying to kernel_info"
# What papermill passes on of its own settings.
_OF_THE_CLIENT = ("log_output", "stdout_file", "stderr_file")


@dataclass(frozen=True)
class _Task:
    """A notebook to execute, and how."""

    nb_man: NotebookExecutionManager
    kernel: str
    folder: str
    environment: dict[str, str]
    cell_seconds: float | None
    start_seconds: float
    settings: dict[str, Any]


class _OwnProcess(Engine):
    """Runs a notebook in a process of its own."""

    @classmethod
    def execute_managed_notebook(  # type: ignore[override]
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        folder: str | None = None,
        environment: dict[str, str] | None = None,
        execution_timeout: float | None = None,
        start_timeout: float = 60,
        **settings: Any,
    ) -> NotebookNode:
        """Execute the notebook; `folder` is its working directory, `environment` is added to this process's.

        CellTimeoutError where a cell takes longer than `execution_timeout` seconds, DeadKernelError where the
        process ends in a cell: their `cell_id` names it.
        """
        passed_on = {name: value for name, value in settings.items() if name in _OF_THE_CLIENT}
        seconds = (execution_timeout, start_timeout)
        task = _Task(nb_man, kernel_name, folder or os.getcwd(), environment or {}, *seconds, passed_on)
        with _naming_the_cell(nb_man):
            cls._execute(task)
        return nb_man.nb

    @classmethod
    def _execute(cls, task: _Task) -> None:
        raise NotImplementedError


class ForkedEngine(_OwnProcess):
    """Runs a notebook in a process forked from a warm server; spawned, where there is no fork."""

    @classmethod
    def _execute(cls, task: _Task) -> None:
        child, finished = Child(task.folder, task.environment), False
        try:
            run = _Run(task.nb_man, child, task.cell_seconds, **task.settings)
            run.execute_from_start(task.start_seconds)
            finished = True
        finally:
            child.close(wait=finished)


class KernelEngine(_OwnProcess):
    """Runs a notebook in an ordinary Jupyter kernel, which heeds no person's profile."""

    @classmethod
    def _execute(cls, task: _Task) -> None:
        # Where this process is killed, what its stage holds is deleted by the next run.
        with tempfile.TemporaryDirectory(prefix="kiemso-", dir=task.environment.get(STAGE)) as profile:
            cls._try(task, os.environ | {"IPYTHONDIR": profile} | task.environment)

    @classmethod
    def _try(cls, task: _Task, environment: Mapping[str, str]) -> None:
        for again in (True, True, False):
            client = PapermillNotebookClient(
                task.nb_man,
                kernel_name=task.kernel,
                timeout=task.cell_seconds and math.ceil(task.cell_seconds),
                startup_timeout=task.start_seconds,
                extra_arguments=["--log-level=CRITICAL"],  # ipykernel warns of its own transport at every start
                **task.settings,
            )
            try:
                client.execute(cwd=task.folder, env=environment)
                break
            except NoSuchKernel as error:
                raise DeadKernelError(say("there is no kernel {name}", name=error.name)) from None
            except RuntimeError as error:
                if _NOT_STARTED not in str(error):
                    raise
                # Another program may have taken one of the ports that were free a moment before.
                if not again:
                    raise DeadKernelError(say("its kernel does not start")) from None
        for cell in task.nb_man.nb.cells:
            if pieces := cell.get("outputs"):
                cell.outputs = []
                for piece in pieces:
                    cell.outputs.append(piece)
                    _join_streams(cell.outputs)


class _Run(PapermillNotebookClient):
    """papermill's client, which puts a kernel's messages together to outputs, on another line to the kernel."""

    def __init__(self, nb_man: NotebookExecutionManager, child: Child, seconds: float | None, **settings: Any) -> None:
        super().__init__(nb_man, record_timing=False, **settings)
        self.child, self.seconds = child, seconds

    def execute_from_start(self, seconds: float) -> None:
        """Execute the cells once the process has said that it is there."""
        self.reset_execution_trackers()
        try:
            self.nb.metadata["language_info"] = self.child.receive(seconds)["content"]["language_info"]
        except TimeoutError:
            late = say("the notebook's process did not start within {seconds:g} seconds", seconds=seconds)
            raise DeadKernelError(late) from None
        except ProcessGone as gone:
            raise DeadKernelError(*gone.args) from None
        self.papermill_execute_cells()
        self.set_widgets_metadata()

    def execute_cell(self, cell: NotebookNode, cell_index: int, *_: Any, **__: Any) -> NotebookNode:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        cell.outputs, self.clear_before_next_output = [], False
        content = self._run(cell, cell_index, f"{uuid4()}")
        if content["status"] == "error" and "raises-exception" not in tags:
            raise CellExecutionError.from_cell_and_msg(cell, content)
        return cell

    def _run(self, cell: NotebookNode, index: int, request: str) -> dict[str, Any]:
        """Send the cell and take what it gives; the content of the reply."""
        end = None if self.seconds is None else time.monotonic() + self.seconds
        self.child.send(_request(request, cell.source))
        try:
            while True:
                message = self.child.receive(None if end is None else _left(end))
                if message["parent_header"].get("msg_id") != request:
                    continue  # an earlier cell's task that is still at work; a kernel's client drops this too
                if message["msg_type"] == "execute_reply":
                    return message["content"]
                self.process_message(message, cell, index)
                _join_streams(cell.outputs)
        except TimeoutError:
            late = "the cell ran too long"
            raise CellTimeoutError.error_from_timeout_and_cell(late, self.seconds, cell) from None  # type: ignore[arg-type]
        except ProcessGone as gone:
            raise DeadKernelError(*gone.args) from None


def _left(end: float) -> float:
    """The seconds until then; TimeoutError where there are none, however much a cell goes on to print."""
    if (seconds := end - time.monotonic()) <= 0:
        raise TimeoutError
    return seconds


def _request(identity: str, source: str) -> dict[str, Any]:
    """A Jupyter message that asks for a cell to be run."""
    content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False}
    header = {"msg_id": identity, "msg_type": "execute_request"}
    return {"header": header, "metadata": {}, "content": content}


def _join_streams(outputs: list[NotebookNode]) -> None:
    """Text that comes in pieces is one output: how it was cut depends on the clock."""
    if len(outputs) > 1 and all(output.output_type == "stream" for output in outputs[-2:]):
        before, last = outputs[-2:]
        if before.name == last.name:
            before.text += outputs.pop().text


@contextmanager
def _naming_the_cell(nb_man: NotebookExecutionManager) -> Iterator[None]:
    """Have the errors that end a notebook say in which cell it was."""
    try:
        yield
    except (CellTimeoutError, DeadKernelError) as error:
        begun = [cell for cell in nb_man.nb.cells if cell.metadata.get("papermill", {}).get("start_time")]
        error.cell_id = begun[-1].get("id", "") if begun else ""  # type: ignore[union-attr]
        raise
