"""Imported once by the fork server, which every notebook's process is then a copy of."""

import gc
import importlib
import os

from kiemso.shell import ZmqLikeShell

# A library that starts threads on import would leave a forked copy without them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The shell comes first: pandas asks on import whether there is one. What the names stand for is part of a step's
# digest, through this module.
ZmqLikeShell().builtin_trap.activate()
PRELOAD = (
    "matplotlib.pyplot",
    "openpyxl",
    "pandas.io.formats.html",
    "python_calamine",
    "kiemso.calculation",
    "kiemso.cleaning",
    "kiemso.exhibit",
)
for name in PRELOAD:
    importlib.import_module(name)

gc.collect()
gc.freeze()  # the copies share these pages as long as nobody counts references in them
