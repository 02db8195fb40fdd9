"""Rendering report.qmd as HTML, PDF and Word, with Quarto or with the embedded Pandoc and Typst."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kiemso.extension import FOLDER, WRITERS, pandoc_defaults, read_header

REPORT = "report.qmd"
OUTPUT = "_output"
# Word files carry a creation date: this one, so that the same report gives the same bytes.
EPOCH = "315532800"  # 1980-01-01, the first day a ZIP archive can state


class RenderError(Exception):
    """The report could not be rendered; the message says why, and the last good report still stands."""


def render(
    project: Path,
    formats: Sequence[str] = ("html", "pdf", "docx"),
    renderer: str = "auto",
) -> list[Path]:
    """Render report.qmd into _output/ and return the files; all are replaced together, or none is."""
    _check(project, formats, renderer)
    if renderer == "auto":
        renderer = "quarto" if shutil.which("quarto") else "embedded"
    output = project / OUTPUT
    output.mkdir(exist_ok=True)
    _clear_killed(output)
    # Inside _output, so that moving the results in is a mere renaming.
    with tempfile.TemporaryDirectory(prefix=".new-", dir=output) as folder:
        run = _with_quarto if renderer == "quarto" else _embedded
        notes = run(project, formats, Path(folder))
        results = _move_in([Path(folder) / f"report.{name}" for name in formats], output)
    for note in notes:
        print(note, file=sys.stderr)
    return results


def _check(project: Path, formats: Sequence[str], renderer: str) -> None:
    unknown = [name for name in formats if name not in WRITERS]
    if unknown:
        raise RenderError(f"unknown format {', '.join(unknown)}: choose from {', '.join(WRITERS)}")
    if renderer not in ("auto", "quarto", "embedded"):
        raise RenderError(f"unknown renderer {renderer}: choose from auto, quarto, embedded")
    if renderer == "quarto" and not shutil.which("quarto"):
        raise RenderError("quarto is not on the PATH: install it from quarto.org, or use the embedded renderer")
    for needed in (REPORT, FOLDER / "_extension.yml"):
        if not (project / needed).is_file():
            raise RenderError(f"{project / needed} does not exist: is {project} the folder of the project?")
    try:
        read_header(project / REPORT)
    except ValueError as error:
        raise RenderError(f"{REPORT}: {error}") from error


def _move_in(files: Iterable[Path], output: Path) -> list[Path]:
    files = list(files)
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise RenderError(f"the renderer ended without writing {', '.join(missing)}")
    folders = [file.name for file in files if (output / file.name).is_dir()]
    if folders:
        raise RenderError(f"{OUTPUT}/{', '.join(folders)} is a folder: move it away")
    results = []
    for file in files:
        try:
            results.append(file.replace(output / file.name))
        except OSError as error:
            raise RenderError(f"cannot replace {OUTPUT}/{file.name}: is it open in another program?") from error
    return results


def _clear_killed(output: Path) -> None:
    """Delete what renders that were killed left; whoever renders holds the project's lock."""
    for folder in output.glob(".new-*"):
        shutil.rmtree(folder, ignore_errors=True)


# The embedded renderer --------------------------------------------------------------------------------------


def _embedded(project: Path, formats: Sequence[str], folder: Path) -> list[str]:
    # The PDF takes longest: begun first, on as many workers as there are processors, all are done soonest.
    order = sorted(formats, key=lambda name: name != "pdf")
    with ThreadPoolExecutor(min(len(order), os.cpu_count() or 1)) as pool:
        jobs = [pool.submit(_embedded_one, project, name, folder) for name in order]
    # The formats tell the same messages: each is told once.
    failures = [job.exception() for job in jobs]
    messages = _unique(line for failure in failures if failure for line in str(failure).splitlines())
    unforeseen = [failure for failure in failures if failure and not isinstance(failure, RenderError)]
    if unforeseen:
        raise unforeseen[0]
    if messages:
        raise RenderError("\n".join(messages))
    return _unique(line for job in jobs for line in job.result())


def _embedded_one(project: Path, name: str, folder: Path) -> list[str]:
    if name != "pdf":
        return _pandoc(project, name, folder / f"report.{name}")
    notes = _pandoc(project, name, folder / "report.typ")
    _typst(project, folder / "report.typ", folder / "report.pdf")
    return notes


def _pandoc(project: Path, name: str, target: Path) -> list[str]:
    import pypandoc

    settings = pandoc_defaults(project, project / REPORT, name)
    defaults = target.with_name(f"defaults-{name}.json")
    defaults.write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), "--defaults", defaults.resolve(), "--output", target.resolve(), REPORT],
        # The filter and the images are found from the project's folder, as Quarto does it.
        cwd=project,
        check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH},
        capture_output=True,
        encoding="utf-8",
    )
    lines = done.stderr.splitlines()
    if done.returncode != 0:
        raise RenderError("\n".join(_errors(lines)) or f"pandoc failed with status {done.returncode}")
    return lines


def _typst(project: Path, source: Path, target: Path) -> None:
    import typst

    try:
        # Given as bytes, the file stands at the root: the project, where its images are.
        # Fonts of this machine are ignored: the report looks the same on every other.
        pdf: bytes = typst.compile(source.read_bytes(), root=project, ignore_system_fonts=True)  # type: ignore[type-var]
    except typst.TypstError as error:
        raise RenderError(f"Typst could not set the PDF: {error}") from error
    target.write_bytes(pdf)


# Quarto -----------------------------------------------------------------------------------------------------


def _with_quarto(project: Path, formats: Sequence[str], folder: Path) -> list[str]:
    targets = ",".join(f"kiemso-{WRITERS[name]}" for name in formats)
    before = set(project.iterdir())
    done = subprocess.run(
        [str(shutil.which("quarto")), "render", REPORT, "--to", targets, "--output-dir", folder.relative_to(project)],
        cwd=project,
        check=False,
        # The notebooks have been run by whoever calls us: the pre-render step need not look again.
        env={**os.environ, "KIEMSO_RUN": "done", "SOURCE_DATE_EPOCH": EPOCH, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    lines = done.stdout.partition("Stack trace:")[0].splitlines()
    if done.returncode != 0:
        _sweep(project, before)
        raise RenderError("\n".join(_errors(lines)))
    return _unique(line for line in lines if line.startswith("kiemso: "))


def _sweep(project: Path, before: set[Path]) -> None:
    """Remove what a failed Quarto leaves beside report.qmd: report.typ, report_files and the like."""
    for path in set(project.glob("report*")) - before:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _errors(lines: list[str]) -> list[str]:
    """The filter's own error messages, or all that was said when it made none."""
    prefix = "kiemso: error: "
    return _unique(line.removeprefix(prefix) for line in lines if line.startswith(prefix)) or _unique(lines)


def _unique(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))
