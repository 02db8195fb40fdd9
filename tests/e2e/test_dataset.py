"""The facts released as data: what the files say, and that nothing in them can run."""

import csv
import json
import shutil
import subprocess
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from kiemso.dataset import write_dataset
from kiemso.evidence import read_evidence

from .conftest import ROOT, Project


def facts(project: Project) -> dict[str, dict]:
    content = json.loads(project.path("_output/facts.json").read_text(encoding="utf-8"))
    return {fact["key"]: fact for fact in content["facts"]}


def test_facts_json_keeps_to_its_schema(rendered: Project) -> None:
    schema = json.loads((ROOT / "docs/facts.schema.json").read_text(encoding="utf-8"))
    content = json.loads(rendered.path("_output/facts.json").read_text(encoding="utf-8"))
    jsonschema.validate(content, schema)
    content["facts"][0]["status"] = "zero"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, schema)


def test_the_csv_has_every_fact_with_its_value_and_sources(rendered: Project) -> None:
    with rendered.path("_output/facts.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["key"]: row for row in csv.DictReader(file)}
    known = facts(rendered)
    assert rows.keys() == known.keys()
    assert rows["tai-tro@2022-2024"]["value"] == "3181643000"
    assert rows["ket-nap-dang@2021-2022"]["value"] == ""
    assert "C30 “2 nhất, 3 nhì, 2 ba”" in rows["boi.ba@2022-2024"]["sources"]


def test_files_are_written_again_just_where_they_are_not_what_the_facts_give(
    rendered: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = read_evidence(rendered.folder, "2022-2024")
    files = write_dataset(evidence, tmp_path)
    whole = {file: file.read_bytes() for file in files}
    with monkeypatch.context() as patched:
        patched.setattr("kiemso.spreadsheet.facts_workbook", lambda _: pytest.fail("nothing has changed"))
        assert write_dataset(evidence, tmp_path) == files
    for file in files:
        file.write_bytes(b"edited by hand")
        assert write_dataset(evidence, tmp_path) == files
        assert {file: file.read_bytes() for file in files} == whole
        file.unlink()
        write_dataset(evidence, tmp_path)
        assert file.read_bytes() == whole[file]
    (tmp_path / ".dataset.json").write_text("{", encoding="utf-8")
    monkeypatch.setattr("kiemso.spreadsheet.facts_workbook", lambda _: b"of the new version")
    write_dataset(evidence, tmp_path)
    assert (tmp_path / "facts.xlsx").read_bytes() == b"of the new version"


def test_no_text_of_a_workbook_becomes_a_formula(project: Project) -> None:
    hostile = "=cmd|' /C calc'!A0"
    book = project.path("data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx")
    workbook = openpyxl.load_workbook(book)
    workbook.active.title = "+Kết quả"
    workbook.save(book)
    project.replace("data/targets/2024-2027.yml", "value: đạt", f'value: "{hostile}"')
    project.kiemso("render", "--renderer", "embedded", "--to", "html")
    with project.path("_output/facts.csv").open(encoding="utf-8-sig", newline="") as file:
        values = [value for row in csv.reader(file) for value in row]
    assert f"'{hostile}" in values and not [value for value in values if value.startswith(("=", "+", "-", "@"))]
    sheet = openpyxl.load_workbook(project.path("_output/facts.xlsx")).active
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(formulas) > 60 and all(set(f) <= set("=SUM(),0123456789*/+ABCDEFGH ") for f in formulas)
    assert hostile in [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]


def test_the_workbook_adds_up_by_its_own_formulas(rendered: Project, tmp_path: Path) -> None:
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice, which calculates the formulas, is not installed here")
    source = rendered.path("_output/facts.xlsx")
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
        + ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path), str(source)],
        check=True,
        capture_output=True,
    )
    calculated = openpyxl.load_workbook(tmp_path / "facts.xlsx", data_only=True).active
    written = openpyxl.load_workbook(source).active
    periods = ["2021-2022", "2022-2023", "2023-2024", "2022-2024", "2024-2027"]
    compared = 0
    for row in range(2, written.max_row + 1):
        for column, period in enumerate(periods, 4):
            if written.cell(row, column).data_type == "f":
                fact = facts(rendered)[f"{written.cell(row, 1).value}@{period}"]
                assert calculated.cell(row, column).value == pytest.approx(fact["value"])
                compared += 1
    assert compared > 60
