"""Made-up schools: messy yearly workbooks and record lists, with the true totals beside them.

Every person in them is called “Người Thử …” and carries marks that stand nowhere else, so that a search finds them.
The same seed gives the same bytes. Layout: FOLDER/schools/<code>/data/raw/<school year>/, FOLDER/truth.json.
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from kiemso.dataset import same_bytes
from kiemso.number import format_number
from openpyxl.worksheet.worksheet import Worksheet

NOTICE = "DỮ LIỆU GIẢ DO MÁY SINH RA ĐỂ THỬ, KHÔNG PHẢI NGƯỜI THẬT"
# Each stands in some cell of a record list and in nothing else: what shows one of them shows personal data.
MARKS = ("Người Thử", "NGƯỜI THỬ", "ZQX", "0900 77", "0997700", "@vidu.example", "/1903", "Thôn Thử")

FIRST_YEAR = 2021
AWARDS = {
    "gv-gioi-tinh": ("GV giỏi tỉnh", "Giáo viên dạy giỏi cấp tỉnh"),
    "gv-gioi-huyen": ("GV giỏi huyện", "Giáo viên dạy giỏi cấp huyện"),
    "bang-khen-ubnd-tinh": ("Bằng khen UBND tỉnh", "Băng khen UBND tỉnh"),
    "bang-khen-ldld-tinh": ("Bằng khen LĐLĐ tỉnh", "Băng khen LĐLĐ tỉnh"),
    "giay-khen-so": ("Giấy khen Sở GD-ĐT", "Giấy khen của Giám đốc Sở GD&ĐT"),
    "bang-khen-tinh-doan": ("Bằng khen tỉnh đoàn", "Băng khen tỉnh đoàn"),
    "giay-khen-ubnd-huyen": ("Giấy khen UBND huyện", "Giấy khen của Chủ tịch UBND huyện"),
    "giay-khen-ldld-huyen": ("Giấy khen LĐLĐ huyện", "Giấy khen của Liên đoàn Lao động huyện"),
    "cstd-co-so": ("CSTD cơ sở", "CSTĐ cơ sở"),
    "skkn": ("SKKN", "Sáng kiến kinh nghiệm bậc 4 cấp huyện"),
    "lao-dong-tien-tien": ("Lao động tiên tiến", "LAO ĐỘNG TIÊN TIẾN"),
}
RATINGS = {"htsx": ("HTSX", "HTSX", 4), "htt": ("HTT", "HTTNV", 5), "ht": ("HT", "HTNV", 1), "kht": ("KHT", "KHT", 0)}
RATINGS |= {"chua": ("Chưa xếp loại", "Chưa xếp loại", 1)}
MEDALS = {"nhat": "nhất", "nhi": "nhì", "ba": "ba", "kk": "KK"}
SPORTS = {
    "rung-chuong-vang": "Giao lưu Rung chuông vàng Tiếng Anh",
    "bong-da": "Môn bóng đá",
    "bong-ban-tinh": "Môn Bóng bàn cấp tỉnh",
    "boi": "Môn bơi cấp huyện",
    "chay-60m": "Môn chạy 60 mét",
    "bat-xa": "Môn bật xa",
    "bong-ban": "Môn bóng bàn",
}
LEVELS = {"quoc-gia": "Quốc gia", "tinh": "Tỉnh", "huyen": "Huyện", "truong": "Trường"}
CONTESTS = {
    "ioe": ("Giao lưu IOE.", ("tinh", "huyen", "truong")),
    "trang-nguyen-toan-tai": ("Trạng nguyên toàn tài cấp tỉnh", ("quoc-gia", "truong")),
    "trang-nguyen-tieng-viet": ("Trạng nguyên Tiếng việt cấp tỉnh", ("tinh", "huyen", "truong")),
}
CLASSES = [f"{grade}{letter}" for grade in range(1, 6) for letter in "ABC"]
DONORS = ("Phụ huynh", "Doanh nghiệp", "Cựu học sinh", "Tổ chức xã hội")


@dataclass
class School:
    """A school's files of a year while they are made: rows by sheet, and what they truly state."""

    code: str
    year: str
    chance: random.Random
    truth: dict[str, int] = field(default_factory=dict)
    summary: list[list[Any]] = field(default_factory=list)
    lists: dict[str, list[list[Any]]] = field(default_factory=dict)
    fault: dict[str, str] = field(default_factory=dict)

    def some(self, most: int) -> int:
        """A count that is often zero or small."""
        return max(0, self.chance.randint(-most // 2, most))

    def date(self) -> str:
        """A day of the school year, written as Vietnamese offices do."""
        first = datetime.date(int(self.year[:4]), 9, 5)
        day = first + datetime.timedelta(days=self.chance.randint(0, 260))
        return f"{day:%d/%m/%Y}"


def person(number: int) -> list[str]:
    """Name, birth date, telephone, identity number, mail address and home of nobody."""
    name = f"Người Thử {number} ZQX{number:05d}"
    birth = f"{number % 28 + 1:02d}/{number % 12 + 1:02d}/1903"
    return [
        name,
        birth,
        f"0900 77{number % 10000:04d}",
        f"0997700{number:05d}",
        f"thu{number}@vidu.example",
        f"Thôn Thử {number}",
    ]


def make_school(code: str, year: str, seed: str) -> School:
    """A school's year, its lists and its summary in agreement."""
    school = School(code, year, random.Random(f"{seed}/{code}/{year}"))
    _awards(school)
    _ratings(school)
    _classes(school)
    _contests(school)
    _donations(school)
    _summary(school)
    return school


def _heading(school: School, title: str, columns: list[str]) -> list[list[Any]]:
    top: list[list[Any]] = [[NOTICE], [f"TRƯỜNG TIỂU HỌC THỬ {school.code.upper()}"]]
    gaps: list[list[Any]] = [[]] * school.chance.randint(1, 2)
    return [*top, *gaps, [f"{title} NĂM HỌC {school.year}"], [], columns]


def _signature(name: str) -> list[list[Any]]:
    return [[], [None, None, None, "HIỆU TRƯỞNG"], [None, None, None, "(Đã ký)"], [None, None, None, name]]


def _awards(school: School) -> None:
    columns = ["STT", "Họ và tên", "Ngày sinh", "Danh hiệu", "Ngày quyết định", "Điện thoại", "CCCD"]
    rows = _heading(school, "DANH SÁCH KHEN THƯỞNG", columns)
    records = []
    for index, (code, spellings) in enumerate(AWARDS.items()):
        count = school.truth[code] = school.some(6 if code != "lao-dong-tien-tien" else 40)
        for number in range(count):
            name, birth, phone, identity, *_ = person(100 * index + number + 1)
            records.append([name, birth, school.chance.choice(spellings), school.date(), phone, identity])
    school.chance.shuffle(records)
    rows += [[number, *record] for number, record in enumerate(records, 1)]
    rows.append(["Tổng cộng", None, None, len(records)])
    school.lists["Khen thưởng"] = rows + _signature(person(9001)[0])


def _ratings(school: School) -> None:
    rows = _heading(school, "DANH SÁCH XẾP LOẠI VIÊN CHỨC", ["TT", "Họ và tên", "Ngày sinh", "Email", "Xếp loại"])
    number = 0
    for code, (_, spelling, weight) in RATINGS.items():
        count = school.truth[f"xep-loai.{code}"] = school.some(5 * weight)
        for _ in range(count):
            number += 1
            name, birth, _, _, mail, _ = person(2000 + number)
            rows.append([number, name, birth, mail, spelling])
    school.truth["xep-loai"] = number
    school.lists["Xếp loại"] = rows


def _classes(school: School) -> None:
    columns = ["Lớp", "GVCN", "Sĩ số", "Hoàn thành xuất sắc và tiêu biểu", "Hoàn thành chương trình và lên lớp"]
    rows = _heading(school, "KẾT QUẢ HỌC SINH THEO LỚP", columns)
    best = done = 0
    for index, name in enumerate(CLASSES):
        size = school.chance.randint(18, 35)
        excellent, finished = school.chance.randint(5, size), size if name.startswith("5") else 0
        best, done = best + excellent, done + finished
        rows.append([name, person(3000 + index)[0], size, excellent, finished])
    rows.append(["Cộng", None, None, best, done])
    school.truth |= {"hs-xuat-sac": best, "hs-hoan-thanh": done}
    school.lists["Học sinh"] = rows


def _contests(school: School) -> None:
    columns = ["STT", "Họ và tên học sinh", "Ngày sinh", "Lớp", "Nội dung thi", "Thành tích", "Địa chỉ"]
    rows = _heading(school, "DANH SÁCH HỌC SINH ĐẠT GIẢI", columns)
    records: list[list[Any]] = []
    stated = [(code, part, label, name) for code, label in SPORTS.items() for part, name in MEDALS.items()]
    stated += [(code, p, label, LEVELS[p]) for code, (label, parts) in CONTESTS.items() for p in parts]
    for code, part, label, spelling in stated:
        count = school.some(3)
        if count:
            school.truth[f"{code}.{part}"] = count
        for _ in range(count):
            name, birth, *_, home = person(4000 + len(records))
            records.append([name, birth, school.chance.choice(CLASSES), label, spelling, home])
    school.chance.shuffle(records)
    rows += [[number, *record] for number, record in enumerate(records, 1)]
    school.lists["Thi đấu"] = rows


def _donations(school: School) -> None:
    columns = ["STT", "Ngày nhận", "Nhà tài trợ", "Đối tượng", "Số tiền (đồng)", "Điện thoại", "Ghi chú"]
    rows, total = _heading(school, "SỔ THEO DÕI TÀI TRỢ", columns), 0
    for number in range(1, school.chance.randint(5, 30)):
        amount = school.chance.randint(1, 400) * 250_000
        total += amount
        name, _, phone, *_ = person(5000 + number)
        written: Any = amount if number % 3 else format_number(amount)
        rows.append([number, school.date(), name, school.chance.choice(DONORS), written, phone, f"{name} chuyển khoản"])
    rows.append([None, "Tổng cộng", None, None, total])
    school.truth["tai-tro"] = total
    school.lists["Tài trợ"] = rows


def _summary(school: School) -> None:
    stated: list[tuple[str, Any]] = [(school.chance.choice(s), school.truth[code]) for code, s in AWARDS.items()]
    place = list(AWARDS).index("lao-dong-tien-tien")
    worker = stated.pop(place)
    stated.append(("Xếp loại viên chức", school.truth["xep-loai"]))
    stated += [(f"- {short}", school.truth[f"xep-loai.{code}"]) for code, (short, *_) in RATINGS.items()]
    stated.append(worker)
    stated.append(("Học sinh hoàn thành xuất sắc và tiêu biểu", school.truth["hs-xuat-sac"]))
    stated.append(("Số HS hoàn thành chương trình tiểu học và lên lớp", school.truth["hs-hoan-thanh"]))
    stated += [(label, _prizes(school, code, MEDALS)) for code, label in SPORTS.items()]
    stated += [(label, _prizes(school, code, {p: LEVELS[p] for p in ps})) for code, (label, ps) in CONTESTS.items()]
    for code, label in (("cam-tinh-dang", "Quần chúng học cảm tình Đảng"), ("ket-nap-dang", "Kết nạp đảng viên mới.")):
        school.truth[code] = school.some(4)
        stated.append((label, school.truth[code]))
    amount = school.truth["tai-tro"]
    stated.append(
        ("Vận động tài trợ", school.chance.choice([amount, format_number(amount), f"{format_number(amount)} đồng"]))
    )
    heading = school.chance.choice(
        [f"Năm học {school.year}", f"NH {school.year}", f"Năm học {school.year.replace('-', ' - ')}"]
    )
    rows = _heading(school, "KẾT QUẢ", ["TT", "Nội dung", heading, *school.chance.choice([[], ["Ghi chú"]])])
    school.summary = rows + [[number, _messy(label, school.chance), v] for number, (label, v) in enumerate(stated, 1)]


def _prizes(school: School, code: str, names: dict[str, str]) -> str | None:
    """The parts as a summary writes them; blank where there is none."""
    found = {name: school.truth[f"{code}.{part}"] for part, name in names.items() if f"{code}.{part}" in school.truth}
    medals = names is MEDALS
    return ", ".join(f"{n} {name}" if medals else f"{name} {n}" for name, n in found.items()) or None


def _messy(label: str, chance: random.Random) -> str:
    """The label as somebody may have typed it."""
    changes: list[Callable[[str], str]] = [
        str,
        str,
        lambda s: unicodedata.normalize("NFD", s),
        lambda s: f" {s} ",
        str.upper,
    ]
    return chance.choice(changes)(label)


# -- faults --------------------------------------------------------------------------------------------------------


def break_school(school: School) -> None:
    """Put one fault into the school's files; `fault` says which and where."""
    name, where = school.chance.choice(list(FAULTS.items()))
    sheet, cell = where(school)
    school.fault = {"school": school.code, "year": school.year, "fault": name, "sheet": sheet, "cell": cell}


def _row(rows: list[list[Any]], first: Any) -> int:
    return next(index for index, row in enumerate(rows) if row and row[0] == first)


def _unknown_title(school: School) -> tuple[str, str]:
    return _typed(school, 3, person(7001)[0])


def _late_date(school: School) -> tuple[str, str]:
    return _typed(school, 4, "05/10/1999")


def _typed(school: School, column: int, text: str) -> tuple[str, str]:
    """A text in a column of the first award; an award is made where the school has none."""
    rows = school.lists["Khen thưởng"]
    row = next((i for i, one in enumerate(rows) if one and one[0] == 1), None)
    if row is None:
        row = _row(rows, "STT") + 1
        rows.insert(row, [1, *person(1)[:2], "GV giỏi tỉnh", school.date()])
    rows[row][column] = text
    return "Khen thưởng", f"{'ABCDEFG'[column]}{row + 1}"


def _repeated(school: School) -> tuple[str, str]:
    rows = school.lists["Xếp loại"]
    rows.append([999, *person(2001)[:2], "", "HTTNV"])
    rows.append([1000, *person(2001)[:2], "", "HTTNV"])
    return "Xếp loại", f"E{len(rows)}"


def _total(school: School) -> tuple[str, str]:
    rows = school.lists["Tài trợ"]
    rows[-1][4] += 1
    return "Tài trợ", f"E{len(rows)}"


def _words(school: School) -> tuple[str, str]:
    rows = school.lists["Tài trợ"]
    rows[-2][4] = "năm triệu"
    return "Tài trợ", f"E{len(rows) - 1}"


def _disagrees(school: School) -> tuple[str, str]:
    rows = school.summary
    row = _row(rows, 1)
    rows[row][2] += 1
    return "Kết quả", f"C{row + 1}"


def _other_year(school: School) -> tuple[str, str]:
    rows = school.summary
    row = _row(rows, "TT")
    rows[row][2] = "Năm học 2010-2011"
    return "Kết quả", f"B{row + 1}"


def _missing_row(school: School) -> tuple[str, str]:
    school.summary.pop(_row(school.summary, 5))
    return "Kết quả", ""


FAULTS: dict[str, Callable[[School], tuple[str, str]]] = {
    "a name stands in the column of titles": _unknown_title,
    "a date is not of the school year": _late_date,
    "a person is rated twice": _repeated,
    "a total is not the sum": _total,
    "an amount is in words": _words,
    "summary and list disagree": _disagrees,
    "the workbook is of another year": _other_year,
    "a row is missing": _missing_row,
}


# -- files ---------------------------------------------------------------------------------------------------------


def write_school(school: School, folder: Path) -> list[Path]:
    """Write the school's summary and its lists into data/raw/<year>/ under the folder; the same bytes every time."""
    raw = folder / "data" / "raw" / school.year
    raw.mkdir(parents=True, exist_ok=True)
    summary, lists = openpyxl.Workbook(), openpyxl.Workbook()
    summary.remove(summary.worksheets[0])
    lists.remove(lists.worksheets[0])
    _fill(summary.create_sheet("Kết quả"), school.summary)
    for title, rows in school.lists.items():
        _fill(lists.create_sheet(title), rows)
    paths = [raw / f"ket-qua-{school.year}.xlsx", raw / f"danh-sach-{school.year}.xlsx"]
    for path, book in zip(paths, (summary, lists), strict=True):
        book.properties.created = book.properties.modified = datetime.datetime(1980, 1, 1)
        path.write_bytes(same_bytes(book))
    return paths


def _fill(sheet: Worksheet, rows: list[list[Any]]) -> None:
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                sheet.cell(number, column, value)


def simulate(folder: Path, schools: int, years: int, seed: int, broken: float) -> dict[str, Any]:
    """Write the schools and truth.json; what that says: totals by school and year, and what was broken where."""
    truth: dict[str, Any] = {"totals": {}, "broken": []}
    made = list(_schools(schools, years, seed))
    chosen = set(random.Random(seed).sample(range(len(made)), round(broken * len(made))))
    for index, school in enumerate(made):
        truth["totals"].setdefault(school.code, {})[school.year] = dict(sorted(Counter(school.truth).items()))
        if index in chosen:
            break_school(school)
            truth["broken"].append(school.fault)
        write_school(school, folder / "schools" / school.code)
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return truth


def _schools(schools: int, years: int, seed: int) -> Iterator[School]:
    for number in range(1, schools + 1):
        for year in range(FIRST_YEAR, FIRST_YEAR + years):
            yield make_school(f"thu-{number:04d}", f"{year}-{year + 1}", str(seed))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--schools", type=int, default=3)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--broken", type=float, default=0.0, help="the share of school years with a fault in them")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    truth = simulate(given.folder, given.schools, given.years, given.seed, given.broken)
    print(f"{given.schools} × {given.years} -> {given.folder} ({len(truth['broken'])} broken)")


if __name__ == "__main__":
    main()
