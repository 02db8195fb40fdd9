"""The report as a person without Kiểm Số would write it: Quarto runs code cells that put the figures in."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

# What such a report begins with: the facts and tables that its notebooks left.
_SETUP = """
import json
import pandas as pd
from IPython.display import Image, Markdown

made = json.load(open("build/{term}/facts.json"))["facts"]
text = {{fact["key"].removesuffix("@{term}"): fact["text"] for fact in made}}
tables = json.load(open("build/{term}/tables.json"))

def stated(cell):
    return "".join(text[part["fact"].removesuffix("@{term}")] if isinstance(part, dict) else part for part in cell)

def table(name):
    columns = [column["title"] for column in tables["tables"][name]["columns"]]
    rows = [[stated(cell) for cell in row["cells"]] for row in tables["tables"][name]["rows"]]
    frame = pd.DataFrame([row + [""] * (len(columns) - len(row)) for row in rows], columns=columns)
    lines = [frame.columns, ["---"] * len(columns), *frame.values]
    return Markdown("\\n".join("| " + " | ".join(line) + " |" for line in lines))

def chart(name):
    return Image("build/{term}/" + tables["charts"][name]["png"])
"""
_HEADER = """---
title: BÁO CÁO
lang: vi
jupyter: python3
execute:
  echo: false
format:
  html: default
  typst: default
  docx: default
---
"""


def write_report_with_cells(project: Path, term: str) -> Path:
    """report-with-cells.qmd in place of ours: the same text, figures, tables and charts, in Quarto's usual formats."""
    _, _, text = (project / "report.qmd").read_text(encoding="utf-8").split("---\n", 2)
    text = re.sub(r"\[[^\]]*\]\{fact=([^\s}]+)[^}]*\}", _inline, text)
    text = re.sub(r"::: \{(table|chart)=([\w-]+)\}\n:::", _block, text)
    path = project / "report-with-cells.qmd"
    (project / "_quarto.yml").unlink()  # whose pre-render step would run our own chain
    shutil.rmtree(project / "_extensions")
    path.write_text(f"{_HEADER}\n```{{python}}{_SETUP.format(term=term)}```\n{text}", encoding="utf-8")
    return path


def _inline(found: re.Match[str]) -> str:
    return f"`{{python}} text['{found[1]}']`"


def _block(found: re.Match[str]) -> str:
    """The claims on other drafts are of Kiểm Số; such a report has none."""
    kind, name = found.groups()
    return "" if name == "doi-chieu" else f"```{{python}}\n{kind}('{name}')\n```"
