"""The term's notebooks as a plain chain of papermill calls: `python -m tests.bench.chain PROJECT`."""

from __future__ import annotations

import sys
from pathlib import Path

import papermill
from kiemso.execution import write_facts, write_tables
from kiemso.fact import read_facts

from tests.bench.sample import TERM, tasks


def main() -> None:
    """Run all: such a chain does not know what changed."""
    project = Path(sys.argv[1])
    years: dict = {}
    for notebook, period in tasks(project):
        made = project / "build" / period
        made.mkdir(parents=True, exist_ok=True)
        source = project / notebook
        papermill.execute_notebook(
            source, made / source.name, {"period": period}, kernel_name="python3", cwd=source.parent, progress_bar=False
        )
        # The notebooks leave their facts in their outputs; the next ones read them from files.
        if not source.name.startswith("1-"):
            write_facts(made, notebook, years if period == TERM else {})
            years |= read_facts(made / "facts.json")
        if period == TERM and not source.name.startswith("1-"):
            write_tables(made, notebook)


if __name__ == "__main__":
    main()
