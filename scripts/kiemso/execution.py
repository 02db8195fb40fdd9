"""One notebook executed by papermill, and the facts, tables and charts taken out of its outputs."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from kiemso.engine import ForkedEngine, KernelEngine
from kiemso.fact import Fact, fact_from, facts_json, read_facts
from kiemso.manner import Manner
from kiemso.message import said, say
from kiemso.problem import Problem, Refused, problem_from
from kiemso.project import PROJECT, STAGE, located
from kiemso.recorder import CHART_MIME, FACT_MIME, PROBLEMS_MIME, TABLE_MIME, WARNINGS_MIME
from kiemso.step import Step

KERNEL = "python3"
# From the start of a word only: to try each of its letters would take hours with a word of some million.
_COMPILED = re.compile(r"(?<!\S)\S*ipykernel_\d+")


def make(project: Path, step: Step, stage: Path, manner: Manner) -> None:
    """Run a step's notebook, and take its outputs out of it, into the stage; Refused carries what it refused."""
    execute(project, step.notebook, step.parameters, stage, manner)
    if "facts.json" in step.outputs:
        years = [project / name for name in step.inputs if name.endswith("/facts.json")]
        write_facts(stage, step.notebook, {key: fact for path in years for key, fact in read_facts(path).items()})
    if "tables.json" in step.outputs:
        write_tables(stage, step.notebook)


def execute(project: Path, notebook: str, parameters: Mapping[str, str], stage: Path, manner: Manner) -> None:
    """Run a notebook into the stage, beside the files it saves; Refused carries what it refused.

    It runs in a process forked warm, or in an ordinary Jupyter kernel where the manner asks for one. The executed
    notebook depends on nothing but its inputs: papermill's times and paths are taken out.
    """
    source = located(project, notebook)
    _check_cells(source, notebook)
    _check_parameters(source, notebook, parameters)
    output = stage / Path(notebook).name
    try:
        executed = papermill.execute_notebook(
            source,
            output,
            parameters=dict(parameters),
            engine_name=(_Kernel if manner.kernel else _Forked).__name__,
            kernel_name=KERNEL,
            progress_bar=False,
            request_save_on_cell_execute=False,
            execution_timeout=manner.seconds,
            folder=str(source.parent),
            environment={STAGE: str(stage), PROJECT: str(project)},
        )
    except PapermillExecutionError as error:
        raise Refused(_problems(nbformat.read(output, as_version=4), notebook, parameters, error)) from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise Refused(_ended(error, notebook, parameters, manner.seconds)) from None
    # To papermill `sys.exit()` is a good end, whatever comes after it.
    if cell := _failed(executed):
        period = ", ".join(parameters.values())
        message = say("cell “{cell}” ends the notebook for {period}", cell=cell.id, period=period)
        raise Refused(Problem(message, say("Take sys.exit() out of the cell."), notebook))


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


def take_warnings(executed: Path) -> list[dict]:
    """The warnings that an executed notebook stored, for other programs (see `Problem.as_json`)."""
    return [warning for _, data, _ in _outputs(executed, WARNINGS_MIME) for warning in data]


def write_facts(stage: Path, notebook: str, before: Mapping[str, Fact]) -> None:
    """facts.json of the period: what the notebook recorded, after the facts of its school years."""
    facts = dict(before)
    for fact in take_facts(stage / Path(notebook).name):
        facts[fact.key] = fact
    (stage / "facts.json").write_text(facts_json(facts.values()), encoding="utf-8")


def write_tables(stage: Path, notebook: str) -> None:
    """tables.json and the charts of the term, with the warnings of its notebook."""
    executed = stage / Path(notebook).name
    content: dict[str, Any] = {"tables": take_tables(executed), "charts": take_charts(executed, stage / "charts")}
    content["warnings"] = take_warnings(executed)
    (stage / "tables.json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _outputs(executed: Path, mime: str) -> Iterator[tuple[str, dict, Any]]:
    # nbformat.read would validate what has just been written.
    for cell in json.loads(executed.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            if mime in output.get("data", {}):
                yield cell["id"], output["data"][mime], output["data"]


def _text(data: str | list[str]) -> str:
    return data if isinstance(data, str) else "".join(data)


def _check_cells(path: Path, notebook: str) -> None:
    """nbformat itself makes up an id that is missing or stands twice, another one each time."""
    try:
        cells = [dict(cell) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    except (ValueError, KeyError, TypeError):
        return  # no notebook at all, as is told below
    problems, ids = [], [cell.get("id") for cell in cells]
    mend = say("Open the notebook in JupyterLab and save it.")
    for name in ("id", "source"):
        if number := next((number for number, cell in enumerate(cells, 1) if name not in cell), None):
            problems.append(Problem(say("cell {number} has no {name}", number=number, name=name), mend, notebook))
    for twice in dict.fromkeys(one for one in ids if one is not None and ids.count(one) > 1):
        mend = say("Copy cells in JupyterLab, which gives the copy an id of its own.")
        problems.append(Problem(say("two cells have the id “{cell}”", cell=twice), mend, notebook))
    if problems:
        raise Refused(problems)


def _check_parameters(path: Path, notebook: str, given: Mapping[str, str]) -> None:
    """papermill itself only warns of a parameter that the notebook does not have."""
    try:
        known = set(papermill.inspect_notebook(str(path)))
    except Exception as error:
        message = say("cannot be read as a notebook: {reason}", reason=error)
        raise Refused(Problem(message, say("Restore it."), notebook)) from None
    if known != set(given):
        names = ", ".join(sorted(known)) or say("nothing")
        message = say("its parameters cell names {names}, the run gives {given}", names=names, given=", ".join(given))
        raise Refused(Problem(message, say("The cell tagged “parameters” must name just these."), notebook))


def _problems(
    executed: NotebookNode, notebook: str, parameters: Mapping[str, str], error: PapermillExecutionError
) -> list[Problem]:
    """What the notebook refused; or, of any other error, which cell failed and how."""
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            if PROBLEMS_MIME in output.get("data", {}):
                return [problem_from(problem) for problem in output["data"][PROBLEMS_MIME]]
    period, failed = ", ".join(parameters.values()), _failed(executed)
    cell = failed.id if failed else ""
    mend = say("Open the notebook in JupyterLab with period = “{period}” and run it to this cell.", period=period)
    reason = error.evalue if error.ename == "Refused" else f"{error.ename}: {error.evalue}"
    if failed and not error.evalue:  # a magic's error is only written
        written = "".join(output.text for output in failed.outputs if output.get("name") == "stderr").strip()
        reason = written.rpartition("\n")[2] or reason
    message = say("cell “{cell}” failed for {period}: {reason}", cell=cell, period=period, reason=reason)
    return [Problem(message, mend, notebook)]


def _failed(executed: NotebookNode) -> NotebookNode | None:
    """The cell after which papermill went no further, if there is one."""
    return next((cell for cell in executed.cells if cell.metadata.get("papermill", {}).get("exception")), None)


def _ended(
    error: CellTimeoutError | DeadKernelError, notebook: str, parameters: Mapping[str, str], seconds: float
) -> Problem:
    """What is told of a cell that took too long, or in which the notebook's process ended."""
    cell, period = getattr(error, "cell_id", ""), ", ".join(parameters.values())
    if isinstance(error, CellTimeoutError):
        mend = say("Mend the cell, or give it more time with --timeout.")
        text = say(
            "cell “{cell}” took longer than {seconds:g} seconds for {period}", cell=cell, seconds=seconds, period=period
        )
        return Problem(text, mend, notebook)
    mend = say("Open the notebook in JupyterLab and run it cell by cell.")
    if not cell:
        return Problem(
            say("could not be begun for {period}: {reason}", period=period, reason=said(error)), mend, notebook
        )
    return Problem(
        say("cell “{cell}” stopped for {period}: {reason}", cell=cell, period=period, reason=said(error)),
        mend,
        notebook,
    )


class _Forgetting:
    """An engine whose notebooks hold nothing of the run before papermill writes them."""

    @classmethod
    def execute_notebook(cls, *arguments: Any, **settings: Any) -> NotebookNode:
        executed: NotebookNode = super().execute_notebook(*arguments, **settings)  # type: ignore[misc]
        # What papermill makes an error of stands in its metadata, too.
        if not any(cell.metadata.papermill.exception for cell in executed.cells):
            _forget_the_run(executed)
        return executed


class _Forked(_Forgetting, ForkedEngine):
    """Our engine."""


class _Kernel(_Forgetting, KernelEngine):
    """An ordinary kernel."""


papermill_engines.register(_Forked.__name__, _Forked)
papermill_engines.register(_Kernel.__name__, _Kernel)


def _forget_the_run(notebook: NotebookNode) -> None:
    """Leave in the executed notebook nothing of the clock, the folder or the machine."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        for passing in ("papermill", "execution"):
            cell.metadata.pop(passing, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
        for output in cell.get("outputs", []):
            if output.output_type == "stream":  # a warning names the file that the cell was compiled from
                output.text = _COMPILED.sub("ipykernel", output.text)
