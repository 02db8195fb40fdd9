"""Imported once by the fork server, which every notebook's process is then a copy of."""

import gc
import importlib
import os

from kiemso.shell import make_kernel

# A library that starts threads on import would leave a forked copy without them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The kernel comes first: pandas asks on import whether there is one. What the names stand for is part of a step's
# digest, through this module.
make_kernel().shell.builtin_trap.activate()
PRELOAD = (
    "IPython.core.pylabtools",
    "babel.dates",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "openpyxl",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
    "pandas.io.formats.csvs",
    "pandas.io.formats.html",
    "pandas.io.formats.string",
    "pandas.plotting._matplotlib",
    "python_calamine",
    "kiemso.calculation",
    "kiemso.cleaning",
    "kiemso.exhibit",
    "kiemso.jump",
    "kiemso.reader.openxml",
    "kiemso.expectation",
    "pandera.backends.pandas.register",  # which the first check would import, with the next two
    "pandera.backends.pandas.container",
    "pandera.strategies.pandas_strategies",
)
for name in PRELOAD:
    importlib.import_module(name)

gc.collect()
gc.freeze()  # the copies share these pages as long as nobody counts references in them
