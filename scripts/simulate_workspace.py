"""A workspace of made-up schools around a project's shared files, ready for `kiemso run --schools`."""

from __future__ import annotations

import argparse
import json
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from simulate import FIRST_YEAR
from simulated_fault import break_school
from simulated_file import write_school, write_workbook
from simulated_school import NOTICE, make_school

SHARED = ("notebooks", "_extensions", "district.qmd", "_quarto.yml", "requirements.lock")
SHARED_DATA = ("indicators.yml", "terms.yml", "layouts", "targets")
TERM = "2022-2024"
PER_DISTRICT = 25
# What the term's own workbook states: label, and the least and most that it may be.
TERM_ROWS: list[tuple[str, tuple[int, int] | str | None]] = [
    ("Ban Chấp hành chi bộ", (3, 7)),
    ("Tỷ lệ đảng viên có trình độ đạt chuẩn và trên chuẩn", "100%"),
    ("Đảng viên sinh hoạt theo Quy định 213", (5, 20)),
    ("Sinh hoạt chuyên đề", (2, 6)),
    ("Mô hình Dân vận khéo", (1, 6)),
    ("Tỷ lệ đảng viên tham gia học tập nghị quyết", "96% trở lên"),
    ("Tỷ lệ đảng viên viết bài dự thi", "100%"),
    ("Tỷ lệ đảng viên tham gia sinh hoạt đầy đủ", "trên 98%"),
    ("Kiểm tra giám sát", (10, 30)),
    ("Kỷ luật khiển trách", (0, 2)),
    ("Tỷ lệ đoàn viên công đoàn hưởng ứng các cuộc vận động", "100%"),
    ("Ủng hộ quỹ người nghèo và đồng bào bị bão lụt", "45.000.000 đồng"),
    ("Tỷ lệ CB, GV, NV nghiên cứu và thực hiện quy tắc ứng xử", "100%"),
    ("Tỷ lệ CB, GV, NV thực hiện nghiêm túc nhiệm vụ được giao", "100%"),
    ("Ngân sách xã", "3.900.000.000 đồng"),
    ("Bàn ghế học sinh", "hơn 600 bộ"),
    ("Tỷ lệ phòng học có bảng trượt, ti vi, tủ sắt", "100%"),
    ("Sân bóng đá nhân tạo", (0, 2)),
    ("Điểm trường", (1, 3)),
    ("Buổi học mỗi tuần", (9, 10)),
    ("Buổi sinh hoạt chuyên môn mỗi tuần", (1, 2)),
]
REPORT = f"""---
title: BÁO CÁO
subtitle: Kết quả nhiệm kỳ 2022-2024 của []{{school=name}}
lang: vi
term: {TERM}
format:
  kiemso-html: default
  kiemso-typst: default
  kiemso-docx: default
---

# Kết quả

Trong nhiệm kỳ, []{{school=name}}, []{{school=commune}}, []{{school=district}}, có []{{fact=gv-gioi-tinh}} lượt
giáo viên dạy giỏi cấp tỉnh, []{{fact=hs-xuat-sac}} lượt học sinh hoàn thành xuất sắc và tiêu biểu; vận động tài trợ
được []{{fact=tai-tro}} đồng.

::: {{table=ket-qua}}
:::

::: {{chart=hoc-sinh}}
:::

# Phụ lục. Căn cứ số liệu

::: {{.evidence}}
:::
"""


def simulate_workspace(
    folder: Path, project: Path, schools: int, years: int = 3, seed: int = 7, broken: float = 0.0, late: float = 0.0
) -> dict[str, Any]:
    """Write the workspace and truth.json; what that says: totals by school and year, what is broken, who is late."""
    share(project, folder)
    chance = random.Random(seed)
    codes = [f"huyen-{number // PER_DISTRICT + 1}/thu-{number + 1:04d}" for number in range(schools)]
    faulty = set(chance.sample(codes, round(broken * schools)))
    tardy = set(chance.sample([code for code in codes if code not in faulty], round(late * schools)))
    truth: dict[str, Any] = {"totals": {}, "broken": [], "late": sorted(tardy)}
    lines = []
    for code in codes:
        _write(folder / "schools" / code, code, years, seed, truth, code in faulty, code in tardy)
        district, _, name = code.partition("/")
        about = {"name": f"Trường Tiểu học Thử {name[-4:]}", "commune": f"Xã Thử {int(name[-4:]) % 9 + 1}"}
        about["district"] = f"Huyện Thử {district.rpartition('-')[2]}"
        lines.append(f"  {code}: {json.dumps(about, ensure_ascii=False)}\n")
    (folder / "data/schools.yml").write_text("schools:\n" + "".join(lines), encoding="utf-8")
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return truth


def share(project: Path, folder: Path) -> None:
    """Copy into the folder what a workspace's schools share, from a project."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    shared = [*SHARED, *(f"data/{name}" for name in SHARED_DATA)]
    for name in (one for one in shared if (project / one).exists()):
        copy = shutil.copytree if (project / name).is_dir() else shutil.copy2
        copy(project / name, folder / name)
    (folder / "report.qmd").write_text(REPORT, encoding="utf-8")


def _write(school: Path, code: str, years: int, seed: int, truth: dict[str, Any], faulty: bool, tardy: bool) -> None:
    periods = [f"{year}-{year + 1}" for year in range(FIRST_YEAR, FIRST_YEAR + years)]
    chance = random.Random(f"{seed}/{code}")
    wrong = chance.choice(periods) if faulty else ""
    for period in periods[:-1] if tardy else periods:
        made = make_school(code, period, str(seed))
        truth["totals"].setdefault(code, {})[period] = dict(sorted(Counter(made.truth).items()))
        if period == wrong:
            break_school(made)
            truth["broken"].append(made.fault)
        write_school(made, school)
    _write_term(school, chance)


def _write_term(school: Path, chance: random.Random) -> None:
    full, trial, best, good = chance.randint(10, 40), chance.randint(0, 6), chance.randint(1, 9), chance.randint(5, 25)
    rows: list[list[Any]] = [[NOTICE], [f"SỐ LIỆU NHIỆM KỲ {TERM}"], [], ["TT", "Nội dung", "Số liệu"]]
    rows += [
        [1, "Tổng số cán bộ, giáo viên, nhân viên", chance.randint(20, 70)],
        [2, "Tổng số đảng viên", full + trial],
    ]
    rows += [[None, "- Đảng viên chính thức", full], [None, "- Đảng viên dự bị", trial]]
    rows += [[3, "Xếp loại đảng viên cuối năm 2023", None], [None, "- HTXS", best], [None, "- HTT", good]]
    for number, (label, stated) in enumerate(TERM_ROWS, 4):
        rows.append([number, label, chance.randint(*stated) if isinstance(stated, tuple) else stated])
    write_workbook(school / "data" / "raw" / TERM / f"so-lieu-nhiem-ky-{TERM}.xlsx", {"Số liệu nhiệm kỳ": rows})


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--project", type=Path, default=Path(__file__).parents[1])
    parser.add_argument("--schools", type=int, default=10)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--broken", type=float, default=0.0, help="the share of schools with a fault in them")
    parser.add_argument("--late", type=float, default=0.0, help="the share of schools without their last year")
    given = parser.parse_args()
    simulate_workspace(
        given.folder, given.project, given.schools, seed=given.seed, broken=given.broken, late=given.late
    )


if __name__ == "__main__":
    main()
