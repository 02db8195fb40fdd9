"""One notebook executed by papermill, and the facts, tables and charts taken out of its outputs."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from kiemso.fact import Fact, fact_from, facts_json
from kiemso.problem import Problem, Refused, problem_from
from kiemso.project import STAGE
from kiemso.recorder import CHART_MIME, FACT_MIME, PROBLEMS_MIME, TABLE_MIME

KERNEL = "python3"
ENGINE = "kiemso"  # the papermill.engine entry point of this package


def execute(project: Path, notebook: str, parameters: Mapping[str, str], stage: Path, *, kernel: bool = False) -> None:
    """Run a notebook into the stage, beside the files it saves; Refused carries what it refused.

    It runs in a process forked warm, or in an ordinary Jupyter kernel where `kernel` asks for one. The executed
    notebook depends on nothing but its inputs: papermill's times and paths are taken out.
    """
    _check_parameters(project / notebook, notebook, parameters)
    output = stage / Path(notebook).name
    settings = _kernel_settings(project, notebook, stage) if kernel else _forked_settings(project, notebook, stage)
    try:
        papermill.execute_notebook(
            project / notebook,
            output,
            parameters=dict(parameters),
            kernel_name=KERNEL,
            progress_bar=False,
            request_save_on_cell_execute=False,
            **settings,
        )
    except PapermillExecutionError as error:
        raise Refused(_problems(nbformat.read(output, as_version=4), notebook, parameters, error)) from None
    except DeadKernelError as error:
        mend = "Open the notebook in JupyterLab and run it cell by cell."
        raise Refused(Problem(f"stopped for {', '.join(parameters.values())}: {error}", mend, notebook)) from None
    executed = nbformat.read(output, as_version=4)
    _forget_the_run(executed)
    nbformat.write(executed, output)


def _forked_settings(project: Path, notebook: str, stage: Path) -> dict[str, Any]:
    folder = str((project / notebook).parent)
    return {"engine_name": ENGINE, "folder": folder, "environment": {STAGE: str(stage)}}


def _kernel_settings(project: Path, notebook: str, stage: Path) -> dict[str, Any]:
    os.environ[STAGE] = str(stage)  # a kernel takes its environment from this process
    # ipykernel warns of its own transport at every start.
    return {"cwd": str((project / notebook).parent), "extra_arguments": ["--log-level=CRITICAL"]}


def take_facts(executed: Path) -> list[Fact]:
    """The facts that stand in an executed notebook's outputs, with the cell each stands under."""
    return [fact_from(data).placed(executed.name, cell) for cell, data, _ in _outputs(executed, FACT_MIME)]


def take_tables(executed: Path) -> dict[str, dict]:
    """The tables that an executed notebook stored, by name, with the cell of each."""
    return {data["name"]: data | {"cell": cell} for cell, data, _ in _outputs(executed, TABLE_MIME)}


def take_charts(executed: Path, folder: Path) -> dict[str, dict]:
    """The charts that an executed notebook stored, by name; their images are written into `folder`."""
    charts = {}
    for cell, data, output in _outputs(executed, CHART_MIME):
        folder.mkdir(exist_ok=True)
        svg, png = (folder / f"{data['name']}.{ending}" for ending in ("svg", "png"))
        svg.write_text(_text(output["image/svg+xml"]), encoding="utf-8")
        png.write_bytes(base64.b64decode(_text(output["image/png"])))
        names = {"svg": f"{folder.name}/{svg.name}", "png": f"{folder.name}/{png.name}"}
        charts[data["name"]] = data | names | {"cell": cell}
    return charts


def write_facts(stage: Path, notebook: str, before: Mapping[str, Fact]) -> None:
    """facts.json of the period: what the notebook recorded, after the facts of its school years."""
    facts = dict(before)
    for fact in take_facts(stage / Path(notebook).name):
        facts[fact.key] = fact
    (stage / "facts.json").write_text(facts_json(facts.values()), encoding="utf-8")


def write_tables(stage: Path, notebook: str) -> None:
    """tables.json and the charts of the term."""
    executed = stage / Path(notebook).name
    content = {"tables": take_tables(executed), "charts": take_charts(executed, stage / "charts")}
    (stage / "tables.json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _outputs(executed: Path, mime: str) -> Iterator[tuple[str, dict, Any]]:
    for cell in nbformat.read(executed, as_version=4).cells:
        for output in cell.get("outputs", []):
            if mime in output.get("data", {}):
                yield cell.id, output["data"][mime], output["data"]


def _text(data: str | list[str]) -> str:
    return data if isinstance(data, str) else "".join(data)


def _check_parameters(path: Path, notebook: str, given: Mapping[str, str]) -> None:
    """papermill itself only warns of a parameter that the notebook does not have."""
    try:
        known = set(papermill.inspect_notebook(str(path)))
    except Exception as error:
        raise Refused(Problem(f"cannot be read as a notebook: {error}", "Restore it.", notebook)) from None
    if known != set(given):
        message = f"its parameters cell names {', '.join(sorted(known)) or 'nothing'}, the run gives {', '.join(given)}"
        raise Refused(Problem(message, "The cell tagged “parameters” must name just these.", notebook))


def _problems(
    executed: NotebookNode, notebook: str, parameters: Mapping[str, str], error: PapermillExecutionError
) -> list[Problem]:
    """What the notebook refused; or, of any other error, which cell failed and how."""
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            if PROBLEMS_MIME in output.get("data", {}):
                return [problem_from(problem) for problem in output["data"][PROBLEMS_MIME]]
    period = ", ".join(parameters.values())
    cell = next((c.id for c in executed.cells if any(o.output_type == "error" for o in c.get("outputs", []))), "")
    mend = f"Open the notebook in JupyterLab with period = “{period}” and run it to this cell."
    reason = error.evalue if error.ename == "Refused" else f"{error.ename}: {error.evalue}"
    return [Problem(f"cell “{cell}” failed for {period}: {reason}", mend, notebook)]


def _forget_the_run(notebook: NotebookNode) -> None:
    """Leave in the executed notebook nothing of the clock, the folder or the machine."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        for passing in ("papermill", "execution"):
            cell.metadata.pop(passing, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
        # A kernel's warnings on its own start are no output of the notebook.
        cell.get("outputs", [])[:] = [o for o in cell.get("outputs", []) if "IPKernelApp" not in o.get("text", "")]
