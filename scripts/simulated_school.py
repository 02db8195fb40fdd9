"""A made-up school's year: the rows of its summary and of its record lists, and what they truly state.

Every person in them is called “Người Thử …” and carries marks that stand nowhere else, so that a search finds them.
"""

from __future__ import annotations

import datetime
import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kiemso.number import format_number

NOTICE = "DỮ LIỆU GIẢ DO MÁY SINH RA ĐỂ THỬ, KHÔNG PHẢI NGƯỜI THẬT"
# Each stands in some cell of a record list and in nothing else: what shows one of them shows personal data.
MARKS = ("Người Thử", "NGƯỜI THỬ", "ZQX", "0900 77", "0997700", "@vidu.example", "/1903", "Thôn Thử")

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
