"""The audit pages under _output/audit/: executed notebooks, raw workbooks, and an index of both."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import Any

from kiemso import page as pages
from kiemso.catalogue import FILE as CATALOGUE_FILE
from kiemso.claim import Verdict
from kiemso.evidence import FILE as REPORT_DATA
from kiemso.evidence import Evidence
from kiemso.extension import FOLDER as EXTENSION
from kiemso.fact import Fact
from kiemso.formula import QUOTED, SUM
from kiemso.key import parse_key
from kiemso.manuscript import Manuscript
from kiemso.page import INDEX, REPORT, href, notebook_page, raw_page
from kiemso.project import period_folder
from kiemso.recorder import CHART_MIME, FACT_MIME, TABLE_MIME
from kiemso.run import term_steps
from kiemso.source import Source
from kiemso.step import LOCK_FILE, digest, write_whole
from kiemso.workbook import raw_files
