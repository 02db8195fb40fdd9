"""Imported once by the fork server, which every notebook's process is then a copy of."""

import gc

gc.disable()  # nothing that is imported is garbage, and looking for it takes a fifth of the time

import importlib  # noqa: E402
import os  # noqa: E402

from kiemso.interrupt import ignore  # noqa: E402

# The server need not say where it was with its imports.
ignore()
# A library that starts threads on import would leave a forked copy without them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
from kiemso.ballast import URLS, postpone, without  # noqa: E402
from kiemso.shell import make_kernel  # noqa: E402

# The kernel comes first: pandas asks on import whether there is one. What the names stand for is part of a step's
# digest, through this module.
make_kernel().shell.builtin_trap.activate()
PRELOAD = (
    "IPython.core.logger",
    "babel.dates",
    "openpyxl",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
    "pandas.io.formats.csvs",
    "pandas.io.formats.html",
    "pandas.io.formats.string",
    "python_calamine",
    "kiemso.calculation",
    "kiemso.cleaning",
    "kiemso.reader.openxml",
    "kiemso.expectation",
    "pandera.accessors.pandas_accessor",  # which the first check would import, with those that follow
    "pandera.api.geopandas.model",
    "pandera.backends.pandas.builtin_checks",
    "pandera.backends.pandas.builtin_hypotheses",
    "pandera.backends.pandas.container",
    "pandera.backends.pandas.register",
    "pandera.backends.register_checks",
    "pandera.strategies.pandas_constraints",
    # The process of a step, which the notebook's is a copy of.
    "kiemso.execution",
    "kiemso.run",
)
# papermill imports it for notebooks that lie on a server.
postpone("requests")
# pandera imports hypothesis, where it is installed, to make up data.
with without(*URLS, "hypothesis"):
    for name in PRELOAD:
        importlib.import_module(name)

# Every process would make it for itself.
importlib.import_module("nbformat.validator").get_validator(version=4, version_minor=5)

gc.freeze()  # the copies share these pages as long as nobody counts references in them
gc.enable()
