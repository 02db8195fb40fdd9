"""Imported ahead of notebooks that draw, by the process of the next one or by the server of many."""

import gc
import io
from contextlib import suppress
from importlib import import_module

from kiemso.shell import choose_backend

gc.disable()  # as in `warm`
choose_backend()

# Found out by importing them: what a chart's first drawing imports, and the two notebooks that have charts.
for name in (
    "IPython.core.pylabtools",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "pandas.plotting._matplotlib",
    "kiemso.exhibit",
    "kiemso.jump",
):
    import_module(name)

# The first drawing of a process looks for its fonts. A person's own settings, which no notebook heeds, may forbid it.
with suppress(Exception):
    figure = import_module("matplotlib.figure").Figure(layout="constrained")
    figure.subplots().bar(["ệ"], [1])
    for ending in ("svg", "png"):
        figure.savefig(io.BytesIO(), format=ending)

gc.freeze()
gc.enable()
