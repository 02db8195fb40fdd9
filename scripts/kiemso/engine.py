"""A papermill engine: each notebook runs in a clean process of its own, forked from a warm server.

papermill imports this module through its entry point; importing it before papermill would be a circle.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, from_dict
from papermill.engines import Engine, NotebookExecutionManager

from kiemso.process import Child, ProcessGone


class ForkedEngine(Engine):
    """Runs a notebook's cells one after the other, as papermill's own engine does."""

    @classmethod
    def execute_managed_notebook(  # type: ignore[override]
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        folder: str | None = None,
        environment: dict[str, str] | None = None,
        execution_timeout: float | None = None,
        **_: Any,
    ) -> NotebookNode:
        """Execute the notebook; `folder` is its working directory, `environment` is added to this process's."""
        child, finished = Child(folder or os.getcwd(), environment or {}), False
        displays: dict[str, list[NotebookNode]] = {}
        try:
            for index, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, index)
                try:
                    if _to_run(cell):
                        _Cell(cell, displays).run(child, execution_timeout)
                except CellExecutionError as error:
                    nb_man.cell_exception(cell, cell_index=index, exception=error)
                    break
                finally:
                    nb_man.cell_complete(cell, cell_index=index)
            nb_man.nb.metadata["language_info"] = _language()
            finished = True
        finally:
            child.close(wait=finished)
        return nb_man.nb


class _Cell:
    """A cell under way, its outputs put together as nbclient puts them together."""

    def __init__(self, cell: NotebookNode, displays: dict[str, list[NotebookNode]]) -> None:
        self.cell, self.displays = cell, displays
        self.error: NotebookNode | None = None
        self.clear_first = False
        cell.outputs = []

    def run(self, child: Child, timeout: float | None) -> None:
        end = None if timeout is None else time.monotonic() + timeout
        child.send(self.cell.source)
        try:
            while (message := child.receive(None if end is None else max(0.0, end - time.monotonic())))[0] != "done":
                self.take(*message)
        except TimeoutError:
            late = "the cell ran too long"
            raise CellTimeoutError.error_from_timeout_and_cell(late, int(timeout or 0), self.cell) from None
        except ProcessGone as gone:
            raise DeadKernelError(str(gone)) from None
        self.cell.execution_count = message[1]
        if self.error is not None and "raises-exception" not in self.cell.metadata.get("tags", []):
            raise CellExecutionError.from_cell_and_msg(self.cell, self.error)

    def take(self, kind: str, content: Any, display: str | None = None) -> None:
        if kind == "clear":
            self.clear_first = bool(content)
            if not content:
                self.cell.outputs = []
        elif kind == "update":
            for shown in self.displays.get(display or "", []):
                shown["data"], shown["metadata"] = from_dict(content["data"]), from_dict(content["metadata"])
        else:
            self.add(from_dict(content), display)

    def add(self, output: NotebookNode, display: str | None) -> None:
        if self.clear_first:
            self.cell.outputs, self.clear_first = [], False
        if output.output_type == "error":
            self.error = output
        last = self.cell.outputs[-1] if self.cell.outputs else None
        if last and output.output_type == last.output_type == "stream" and last.name == output.name:
            last.text += output.text
            return
        self.cell.outputs.append(output)
        if display:
            self.displays.setdefault(display, []).append(output)


def _to_run(cell: NotebookNode) -> bool:
    skipped = "skip-execution" in cell.metadata.get("tags", [])
    return cell.cell_type == "code" and bool(cell.source.strip()) and not skipped


def _language() -> NotebookNode:
    return from_dict(
        {
            "name": "python",
            "version": sys.version.split()[0],
            "mimetype": "text/x-python",
            "file_extension": ".py",
            "pygments_lexer": "ipython3",
            "nbconvert_exporter": "python",
            "codemirror_mode": {"name": "ipython", "version": 3},
        }
    )
