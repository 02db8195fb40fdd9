"""Rendering report.qmd as HTML, PDF and Word, with Quarto or with the embedded Pandoc and Typst."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from kiemso.edition import OUTPUT, edition
from kiemso.embedding import embedded
from kiemso.extension import FOLDER, WRITERS, environment, pandoc, pandoc_defaults, read_header
from kiemso.message import VARIABLE, Message, joined, language, said, say
from kiemso.project import located, workspace_of
from kiemso.typesetter import TypesetError, Typesetter, typeset

REPORT = "report.qmd"
# What the last PDF was set from, in _output/.
TYPST = ".report.typ"
_SOURCE = "report.typ"
# Word files carry a creation date: this one, so that the same report gives the same bytes.
EPOCH = "315532800"  # 1980-01-01, the first day a ZIP archive can state
# What Quarto makes beside report.qmd before it moves it.
_LEFT = ("report.typ", "report.html", "report.pdf", "report.docx", "report_files")
Typeset = Callable[[Path, Path, Path], None]
# How much the programs that make the other formats stand back behind the first one's, as `nice` counts it.
_BEHIND = 10


class RenderError(Exception):
    """The report could not be rendered; the reasons say why, and the last good report still stands."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        return "\n".join(self.reasons)


def render(
    project: Path,
    formats: Sequence[str] = ("html", "pdf", "docx"),
    renderer: str = "auto",
    note: Callable[[str], None] | None = None,
) -> list[Path]:
    """Render report.qmd into _output/ and return the files; all are replaced together, or none is.

    What the filter has to say of the figures goes to `note`, by default to stderr.
    """
    with edition(project) as new:
        files = render_into(new, project, formats, renderer, note)
    return [project / OUTPUT / file.name for file in files]


def render_into(
    folder: Path,
    project: Path,
    formats: Sequence[str],
    renderer: str,
    note: Callable[[str], None] | None = None,
    typesetter: Typesetter | None = None,
) -> list[Path]:
    """Render report.qmd into a folder of an edition and return the files.

    What a `typesetter` sets the PDF from is kept beside it, for the next time.
    """
    _check(project, formats, renderer)
    # Inside _output, so that moving the results is a mere renaming.
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as work:
        if with_quarto(project, renderer):
            notes = _with_quarto(project, formats, Path(work))
        else:
            notes = _embedded(project, formats, Path(work), typesetter or typeset)
        results = _moved([Path(work) / f"report.{name}" for name in formats], folder)
        if typesetter and (source := Path(work, _SOURCE)).is_file():
            source.replace(folder / TYPST)
    for one in notes:
        note(one) if note else print(one, file=sys.stderr)
    return results


def with_quarto(project: Path, renderer: str) -> bool:
    """Whether this renderer is Quarto; “auto” is, where it is installed."""
    # Quarto takes its extension from the project's own folder and from no other.
    return renderer == "quarto" or (renderer == "auto" and bool(shutil.which("quarto")) and (project / FOLDER).is_dir())


def _check(project: Path, formats: Sequence[str], renderer: str) -> None:
    unknown = [name for name in formats if name not in WRITERS]
    if unknown:
        names, known = ", ".join(unknown), ", ".join(WRITERS)
        raise RenderError(say("unknown format {names}: choose from {known}", names=names, known=known))
    if renderer not in ("auto", "quarto", "embedded"):
        raise RenderError(say("unknown renderer {name}: choose from auto, quarto, embedded", name=renderer))
    if renderer == "quarto" and not shutil.which("quarto"):
        message = say("quarto is not on the PATH: install it from quarto.org, or use the embedded renderer")
        raise RenderError(message)
    if renderer == "quarto" and not (project / FOLDER).is_dir() and workspace_of(project):
        raise RenderError(say("Quarto does not find the extension that a workspace shares: use the embedded renderer"))
    for needed in (Path(REPORT), FOLDER / "_extension.yml"):
        if not located(project, needed.as_posix()).is_file():
            message = say("{file} does not exist: is {folder} the folder of the project?", file=needed, folder=project)
            raise RenderError(message)
    report = located(project, REPORT)
    try:
        read_header(report)
    except ValueError as error:
        raise RenderError(joined(": ", (report.name, said(error)))) from error


def _moved(files: Sequence[Path], folder: Path) -> list[Path]:
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise RenderError(say("the renderer ended without writing {files}", files=", ".join(missing)))
    return [file.replace(folder / file.name) for file in files]


# The embedded renderer --------------------------------------------------------------------------------------


def _embedded(project: Path, formats: Sequence[str], folder: Path, typeset: Typeset) -> list[str]:
    # The PDF takes longest, and goes before the others. All at once, so that no processor waits for the last of them.
    order = sorted(formats, key=lambda name: name != "pdf")
    with ThreadPoolExecutor(len(order)) as pool:
        jobs = [pool.submit(_embedded_one, project, name, folder, typeset, name == order[0]) for name in order]
    # The formats tell the same messages: each is told once.
    failures = [job.exception() for job in jobs]
    unforeseen = [failure for failure in failures if failure and not isinstance(failure, RenderError)]
    if unforeseen:
        raise unforeseen[0]
    reasons = _unique(reason for failure in failures if isinstance(failure, RenderError) for reason in failure.reasons)
    if reasons:
        raise RenderError(*reasons)
    return _unique(line for job in jobs for line in job.result())


def _embedded_one(project: Path, name: str, folder: Path, typeset: Typeset, first: bool) -> list[str]:
    if name == "html":
        return _page(project, folder / "report.html", first)
    if name != "pdf":
        return _pandoc(project, name, folder / f"report.{name}", first)
    notes = _pandoc(project, name, folder / _SOURCE, first)
    try:
        typeset(project, folder / _SOURCE, folder / "report.pdf")
    except TypesetError as error:
        raise RenderError(*error.args) from error
    return notes


def _page(project: Path, target: Path, first: bool) -> list[str]:
    # To embed, Pandoc would read the whole page once more: that takes it as long as all the rest.
    notes = _pandoc(project, "html", target, first, embed=False)
    page = embedded(target.read_bytes().decode(), (project, located(project, FOLDER.parent.as_posix()).parent))
    if page is None:
        return _pandoc(project, "html", target, first)
    target.write_bytes(page.encode())
    return notes


def _pandoc(project: Path, name: str, target: Path, first: bool, embed: bool = True) -> list[str]:
    report, modules = located(project, REPORT), _from(project, located(project, FOLDER.parent.as_posix()))
    settings = pandoc_defaults(project, report, name) | {"resource-path": [".", str(Path(modules).parent)]}
    settings["embed-resources"] = embed and settings.get("embed-resources", False)
    defaults = target.with_name(f"defaults-{name}.json")
    defaults.write_text(json.dumps(settings), encoding="utf-8")
    files = ("--defaults", defaults.resolve(), "--output", target.resolve(), _from(project, report))
    with subprocess.Popen(
        [pandoc(), *files],
        # The filter and the images are found from the project's folder, as Quarto does it.
        cwd=project,
        env={**environment(), "SOURCE_DATE_EPOCH": EPOCH, VARIABLE: language(), "LUA_PATH": f"{modules}/?.lua;;"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        if not first:
            with suppress(AttributeError, OSError):  # not on every system
                os.setpriority(os.PRIO_PROCESS, process.pid, _BEHIND)
        lines = process.communicate()[1].splitlines()
    if process.returncode != 0:
        raise RenderError(*_errors(lines) or [_failed("pandoc", process.returncode)])
    return lines


def _from(project: Path, path: Path) -> str:
    """The path as it is seen from the project's folder: Lua on Windows opens none with Vietnamese letters."""
    return Path(os.path.relpath(path, project)).as_posix()


# Quarto -----------------------------------------------------------------------------------------------------


def _with_quarto(project: Path, formats: Sequence[str], folder: Path) -> list[str]:
    targets = ",".join(f"kiemso-{WRITERS[name]}" for name in formats)
    command = ["render", REPORT, "--to", targets, "--output-dir", str(folder.relative_to(project))]
    with _swept(project):
        done = subprocess.run(
            [str(shutil.which("quarto")), *command],
            cwd=project,
            check=False,
            # The notebooks have been run by whoever calls us: the pre-render step need not look again.
            env={
                **environment(),
                "KIEMSO_RUN": "done",
                "SOURCE_DATE_EPOCH": EPOCH,
                "NO_COLOR": "1",
                VARIABLE: language(),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        lines = done.stdout.partition("Stack trace:")[0].splitlines()
        if done.returncode != 0:
            raise RenderError(*_errors(lines) or [_failed("quarto", done.returncode)])
    return _unique(line for line in lines if line.startswith("kiemso: "))


@contextmanager
def _swept(project: Path) -> Iterator[None]:
    """Where Quarto fails or is stopped, remove what it leaves beside report.qmd, and nothing that was there."""
    left = [path for path in (project / name for name in _LEFT) if not path.exists()]
    try:
        yield
    except BaseException:
        for path in left:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        raise


def _failed(program: str, status: int) -> Message:
    return say("{program} failed with status {status}", program=program, status=status)


def _errors(lines: list[str]) -> list[str]:
    """The filter's own error messages, or all that was said when it made none."""
    prefix = "kiemso: error: "
    return _unique(line.removeprefix(prefix) for line in lines if line.startswith(prefix)) or _unique(lines)


def _unique(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))
