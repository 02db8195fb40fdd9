"""Imported ahead by who will make audit pages and released data, or render: what those import or compile first."""

import gc

gc.disable()  # as in `warm`

import json  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from contextlib import suppress  # noqa: E402
from pathlib import Path  # noqa: E402

from kiemso.ballast import without  # noqa: E402

# openpyxl imports it for values that we never write; a process that has pandas has imported openpyxl before.
with without("numpy"):
    from kiemso import spreadsheet  # noqa: F401
    from kiemso.reader import openxml  # noqa: F401  (the copies of this process that read need not import it)

from kiemso import audit, changelog, dataset, markup, page, render  # noqa: E402, F401
from kiemso.number import separators  # noqa: E402
from kiemso.project import CLEAN, COMPUTE, SUMMARISE, located  # noqa: E402

page.prepare()
separators(["1"])  # which reads the locales' data

gc.freeze()
gc.enable()


def prepare(project: Path) -> None:
    """What can be done of a project's audit pages before its notebooks have run."""
    page.highlight(_code(project))


def _code(project: Path) -> Iterator[str]:
    for notebook in (CLEAN, COMPUTE, SUMMARISE):
        with suppress(OSError, ValueError, KeyError, TypeError):  # whoever runs it says what is wrong with it
            for cell in json.loads(located(project, notebook).read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] == "code":
                    yield "".join(cell["source"])
