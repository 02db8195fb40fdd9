"""Made-up schools: the same seed gives the same bytes, and what is read from them is the truth beside them."""

import filecmp
import json
import subprocess
import sys
from pathlib import Path

import pytest
import simulate
import simulated_fault
import simulated_school
from kiemso.layout import RegisterLayout, read_layouts
from kiemso.workbook import read_workbook

from tests.registers import stated, tally_of


@pytest.fixture(scope="module")
def schools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("schools")
    simulate.simulate(folder, schools=2, years=2, seed=7, broken=0)
    return folder


def test_the_same_seed_gives_the_same_bytes(schools: Path, tmp_path: Path, root: Path) -> None:
    arguments = ["--schools", "2", "--years", "2", "--seed", "7", "--broken", "0", str(tmp_path)]
    subprocess.run([sys.executable, str(root / "scripts/simulate.py"), *arguments], check=True, capture_output=True)
    names = [path.relative_to(schools) for path in schools.rglob("*") if path.is_file()]
    assert len(names) == 2 * 2 * 2 + 1
    assert filecmp.cmpfiles(schools, tmp_path, list(map(str, names)), shallow=False) == (list(map(str, names)), [], [])


def test_another_seed_gives_other_schools(schools: Path, tmp_path: Path) -> None:
    other = simulate.simulate(tmp_path, schools=2, years=2, seed=8, broken=0)
    assert other["totals"] != json.loads((schools / "truth.json").read_text(encoding="utf-8"))["totals"]


def test_the_lists_state_the_true_totals(schools: Path, root: Path, catalogue) -> None:
    lists = {name: one for name, one in read_layouts(root).items() if isinstance(one, RegisterLayout)}
    truth = json.loads((schools / "truth.json").read_text(encoding="utf-8"))["totals"]
    for school, totals in truth.items():
        path = schools / "schools" / school / "data/raw/2021-2022/danh-sach-2021-2022.xlsx"
        tally = tally_of(read_workbook(path, path.name), lists, catalogue)
        assert tally.problems == []
        read = {key: value for key, (value, *_) in stated(tally).items()}
        assert {key: totals["2021-2022"].get(key) for key in read} == read
        unread = {key for key, value in totals["2021-2022"].items() if value and key not in read}
        assert unread <= {"cam-tinh-dang", "ket-nap-dang"}


def test_everybody_in_them_is_made_up_and_marked(schools: Path) -> None:
    path = next(schools.rglob("danh-sach-*.xlsx"))
    texts = [cell.text for cell in read_workbook(path, path.name).cells]
    assert simulated_school.NOTICE in texts
    assert all(any(mark in text for text in texts) for mark in simulated_school.MARKS if mark != "NGƯỜI THỬ")


@pytest.mark.parametrize("fault", simulated_fault.FAULTS)
def test_every_fault_changes_a_file(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = simulate.write_school(simulate.make_school("thu-0001", "2021-2022", "7"), tmp_path / "whole")
    broken = simulate.make_school("thu-0001", "2021-2022", "7")
    monkeypatch.setattr(simulated_fault, "FAULTS", {fault: simulated_fault.FAULTS[fault]})
    simulate.break_school(broken)
    assert broken.fault["fault"] == fault
    files = simulate.write_school(broken, tmp_path / "broken")
    assert [a.read_bytes() == b.read_bytes() for a, b in zip(whole, files, strict=True)].count(False) == 1
