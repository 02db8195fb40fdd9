"""What the unit tests share: the project's own data, and short ways to make facts and workbooks."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import settings
from kiemso.catalogue import Catalogue, read_catalogue
from kiemso.fact import Fact, write_value
from kiemso.key import parse_key
from kiemso.observation import MISSING, OBSERVED
from kiemso.source import Source

# Whoever runs the tests, they compare what is said in English.
os.environ["KIEMSO_LANG"] = "en"
# None of them leaves a process behind, but for those that ask for it.
os.environ["KIEMSO_DAEMON"] = "0"
# Commands can be interrupted also where the shell has put the tests into the background, with Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("kiemso", deadline=None, derandomize=True, database=None, max_examples=100)
settings.load_profile("kiemso")


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared(root: Path) -> Path:
    """The corpus and the seed, which lie beside the project and are not part of it."""
    folder = root.parent / "shared"
    if not folder.is_dir():
        pytest.skip("there is no ../shared beside the project")
    return folder


@pytest.fixture(scope="session")
def catalogue(root: Path) -> Catalogue:
    return read_catalogue(root)


@pytest.fixture(scope="session")
def make_fact():
    """A fact of the term 2022-2024 unless its key says otherwise, quoted from one raw cell."""

    def make(key: str, value=None, unit: str = "lượt", status: str = "", text: str = "", **more) -> Fact:
        full = parse_key(key).at("2022-2024")
        status = status or (MISSING if value is None else OBSERVED)
        source = Source("data/raw/2022-2024/so-lieu.xlsx", "Số liệu", "C7", text)
        given = {"section": "", "label": key, "formula": "quoted", "sources": [source], **more}
        written = text or write_value(value, status, unit)
        return Fact(key=str(full), period=full.period, unit=unit, value=value, text=written, status=status, **given)

    return make


@pytest.fixture
def make_workbook(tmp_path: Path):
    """An .xlsx file with these cells, and number formats where given."""

    def make(cells: dict, formats: dict | None = None, name: str = "ket-qua.xlsx") -> Path:
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        sheet.title = "Kết quả"
        for address, value in cells.items():
            sheet[address] = value
        for address, number_format in (formats or {}).items():
            sheet[address].number_format = number_format
        workbook.save(tmp_path / name)
        return tmp_path / name

    return make
