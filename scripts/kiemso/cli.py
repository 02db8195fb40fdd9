"""The command line."""

from __future__ import annotations

import io
import sys

import click

from kiemso import auditing, making


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="kiemso", prog_name="kiemso")
def main() -> None:
    """Kiểm Số: every number of a report, down to the raw spreadsheet cell.

    \b
    kiemso run       run the notebooks whose inputs changed
    kiemso render    run them, then make the report as HTML, PDF and Word
    kiemso roll-up   add up the schools of a workspace, and render their report
    kiemso watch     show the report in the browser, new whenever something is saved
    kiemso look      show how a file would be read, and begin a layout for it
    kiemso check     list what in the report is no longer true
    kiemso update    rewrite stale figures in report.qmd
    kiemso trace     print the evidence of a figure
    kiemso diff      say what changed since the last approval, and why
    kiemso approve   sign the report as it stands

    Exit status: 0 good, 1 the check found something, 2 an input cannot be used.
    """
    for stream in (sys.stdout, sys.stderr):
        # A redirected stream on Windows knows no Vietnamese.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


for command in (
    making.run,
    making.render,
    making.roll_up,
    making.watch,
    auditing.look,
    auditing.check,
    auditing.update,
    auditing.trace,
    auditing.diff,
    auditing.approve,
):
    main.add_command(command)
