"""Papermill engines: each notebook runs in a clean process of its own.

papermill imports this module through its entry point; importing it before papermill would be a circle.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager

from kiemso.message import say
from kiemso.process import Child, ProcessGone

_NOT_STARTED = "died before replying to kernel_info"


class ForkedEngine(Engine):
    """Runs a notebook in a process forked from a warm server; spawned, where there is no fork."""

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
        child, finished = Child(folder or os.getcwd(), environment or {}), False
        try:
            with _naming_the_cell(nb_man):
                run = _Run(nb_man, child, execution_timeout, **_of_the_client(settings))
                run.execute_from_start(start_timeout)
            finished = True
        finally:
            child.close(wait=finished)
        return nb_man.nb


class KernelEngine(Engine):
    """Runs a notebook in an ordinary Jupyter kernel."""

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
        """Execute the notebook, as ForkedEngine does."""
        for again in (True, True, False):
            client = PapermillNotebookClient(
                nb_man,
                kernel_name=kernel_name,
                timeout=execution_timeout,
                startup_timeout=start_timeout,
                extra_arguments=["--log-level=CRITICAL"],  # ipykernel warns of its own transport at every start
                **_of_the_client(settings),
            )
            try:
                with _naming_the_cell(nb_man):
                    client.execute(cwd=folder or os.getcwd(), env=os.environ | (environment or {}))
                break
            except RuntimeError as error:
                # Another program may have taken one of the ports that were free a moment before.
                if not again or _NOT_STARTED not in str(error):
                    raise
        return nb_man.nb


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
                message = self.child.receive(None if end is None else max(0.0, end - time.monotonic()))
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


def _of_the_client(settings: dict[str, Any]) -> dict[str, Any]:
    """What papermill passes on of its own settings."""
    return {name: settings[name] for name in ("log_output", "stdout_file", "stderr_file") if name in settings}
