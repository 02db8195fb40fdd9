"""The digests that the evidence prints: of the files as they were read, whatever has become of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kiemso.origin import origins
from kiemso.problem import Refused
from kiemso.run import ROLLED, roll_up_step, term_steps
from kiemso.step import Step
from kiemso.term import Term, read_term
from simulate_workspace import share

TERM = "2022-2024"
CODE = "ha-tinh/ky-phu"
WORKBOOK = "data/raw/2021-2022/ket-qua.xlsx"
LIST = f"schools:\n  {CODE}: {{name: Trường Kỳ Phú, commune: Xã Kỳ Phú, district: Huyện Kỳ Anh}}\n"


def record(project: Path, step: Step, inputs: dict, outputs: dict, **entries: dict) -> None:
    path = step.record_path(project)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"made_from": {"inputs": inputs, "entries": entries}, "outputs": outputs}
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def school(root: Path, tmp_path: Path) -> Path:
    """A school of a workspace, whose facts have the digest “facts”, and a district that has added it up."""
    share(root, tmp_path)
    (tmp_path / "data/schools.yml").write_text(LIST, encoding="utf-8")
    district, folder = tmp_path / "districts/all", tmp_path / "schools" / CODE
    for step in term_steps(TERM, read_term(tmp_path, TERM)):
        (folder / f"data/raw/{step.period}").mkdir(parents=True, exist_ok=True)
        read = {name: f"of {name}" for name in step.inputs if name.startswith("build/")}
        read |= {WORKBOOK: "as it was read"} if step.inputs[0] == "data/raw/2021-2022" else {}
        made = {name: f"of build/{step.period}/{name}" for name in step.outputs}
        record(folder, step, read, made | ({"facts.json": "facts"} if step.draws else {}))
    record(district, roll_up_step(TERM), {}, {})
    rolled = {"schools": [{"code": CODE, "facts": "facts"}, {"code": "ha-tinh/khac", "facts": ""}]}
    (district / f"build/{TERM}/{ROLLED}").write_text(json.dumps(rolled), encoding="utf-8")
    return folder


@pytest.fixture
def term(root: Path) -> Term:
    return read_term(root, TERM)


def test_a_school_s_workbook_is_named_as_the_school_read_it(school: Path, tmp_path: Path, term: Term) -> None:
    (school / WORKBOOK).write_text("as it is now", encoding="utf-8")
    assert origins(school, TERM, term, [WORKBOOK]) == {WORKBOOK: "as it was read"}
    file = f"schools/{CODE}/{WORKBOOK}"
    assert origins(tmp_path / "districts/all", TERM, term, [file]) == {file: "as it was read"}


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        (f"3-summarise-term {TERM}", {"facts.json": "others"}),
        ("1-clean-year 2021-2022", {"observations.csv": "others"}),
        ("2-compute-indicators 2022-2023", None),
    ],
)
def test_a_school_that_is_run_again_meanwhile_is_refused(school, tmp_path, term, name, outputs) -> None:
    step = next(step for step in term_steps(TERM, term) if step.name == name)
    path = step.record_path(school)
    if outputs is None:
        path.unlink()
    else:
        content = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(content | {"outputs": content["outputs"] | outputs}), encoding="utf-8")
    with pytest.raises(Refused, match=r"facts\.json: is not as it was when the school was done"):
        origins(tmp_path / "districts/all", TERM, term, [f"schools/{CODE}/{WORKBOOK}"])
