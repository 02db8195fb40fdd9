"""A correction to a raw cell, from data/corrections.yml to the report and back."""

import json

from .conftest import Project

CORRECTION = (
    "- {file: data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx, sheet: Kết quả, cell: C24, from: '676', to: '678',"
    " reason: sổ điểm ghi 678, by: Tổ văn phòng, date: 2024-10-14}\n"
)


def test_a_correction_changes_the_figure_and_the_evidence_shows_both_values(project: Project) -> None:
    project.path("data/corrections.yml").write_text(CORRECTION, encoding="utf-8")
    project.kiemso("render", "--renderer", "embedded")
    said = project.kiemso("trace", "hs-xuat-sac").stdout
    assert "2.107 lượt" in said and "C24 “676”, corrected to “678”" in said
    assert "“2.105”: is now “2.107” (hs-xuat-sac)" in project.kiemso("check", status=1).stdout
    page = project.path("_output/report.html").read_text(encoding="utf-8")
    assert "“676” (đính chính: “678”; lý do: sổ điểm ghi 678; Tổ văn phòng, 14/10/2024)" in page
    sources = json.loads(project.path("build/2022-2024/panel.json").read_text(encoding="utf-8"))["sources"]
    (corrected,) = [source for source in sources if source["corrections"]]
    assert corrected["text"] == "676" and corrected["corrections"][0]["reason"] == "sổ điểm ghi 678"
