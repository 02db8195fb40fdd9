"""Units as tables state them: in a line above, in a heading's brackets, in a column of their own."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from kiemso.text import canonical, label_key

MONEY = "đồng"
# What one of these words makes of the number before it.
SCALES = {"nghìn": 10**3, "ngàn": 10**3, "triệu": 10**6, "tr": 10**6, "tỷ": 10**9, "tỉ": 10**9}
_SCALE_WORDS = {10**3: "nghìn", 10**6: "triệu", 10**9: "tỷ"}
_CURRENCIES = ("đồng Việt Nam", "đồng", "VNĐ", "VND", "đ")


def _keys(words: str) -> set[str]:
    return {label_key(word) for word in words.split(",")}


# Words for a person, among which a table is not particular; for an occasion; and for what else is counted.
PEOPLE = _keys(
    "người, em, cháu, bạn, HS, học sinh, GV, giáo viên, NV, nhân viên, CB, cán bộ, VC, viên chức, CBGV, CBGVNV, CBVC, "
    "ĐV, đảng viên, đoàn viên, đội viên, đồng chí, đ/c, quần chúng"
)
TIMES = _keys("lượt, lượt người, lượt em, lượt HS, lượt học sinh")
_THINGS = _keys(
    "giải, bằng khen, giấy khen, sáng kiến, SKKN, bộ, cuộc, buổi, mô hình, sân, điểm trường, lớp, phòng, trường, lần"
)
_COUNTED = PEOPLE | TIMES | _THINGS

# “Đơn vị:” alone heads the name of a school more often than a unit.
_LINE = re.compile(
    r"(?<!\w)(?P<sure>đơn vị tính|đvt|đv tính)\s*:?\s*(?P<unit>[^:]+)$|(?<!\w)đơn vị\s*:\s*([^:]+)$", re.I
)
_BRACKETS = re.compile(r"\(\s*(?:(?:đơn vị tính|đvt|tính bằng|đơn vị)\s*:?\s*)?([^()]+?)\s*\)", re.I)
_AMOUNT = re.compile(
    rf"(?P<number>\d[\d.,]*)?\s*(?P<scale>{'|'.join(SCALES)})?[\s.]*"
    rf"(?P<currency>{'|'.join(_CURRENCIES)})?\.?",
    re.I,
)


class Unit(NamedTuple):
    """“nghìn đồng” is Unit("nghìn đồng", 1000, "money"); a factor that is not known is None."""

    word: str
    factor: int | None
    dimension: Literal["money", "percent", "count"]


def parse_unit_line(text: str) -> Unit | None:
    """The unit that a line (“ĐVT: 1.000 đồng”) or a heading (“Số tiền (triệu đồng)”, “Tỷ lệ %”) states, or None."""
    line = canonical(text)
    if match := _LINE.search(line):
        stated = re.sub(r"\(.*", "", match[match.lastindex or 0]).strip(" .;,")
        unit = parse_unit(stated)
        return unit or (Unit(stated, 1, "count") if match["sure"] and 0 < len(stated.split()) <= 3 else None)
    bracketed = [unit for inside in _BRACKETS.findall(line) if (unit := parse_unit(inside))]
    if bracketed:
        return bracketed[0] if len(set(bracketed)) == 1 else None
    return Unit("%", 1, "percent") if line.endswith("%") and not re.search(r"\d", line) else None


def parse_unit(text: str) -> Unit | None:
    """The unit that a text names and nothing else, as in a column of units; None for a text that is none we know."""
    word = canonical(text).strip("() .:")
    if word == "%" or label_key(word) == label_key("phần trăm"):
        return Unit("%", 1, "percent")
    if label_key(word) in _COUNTED:
        return Unit(word, 1, "count")
    return _money(word)


def _money(word: str) -> Unit | None:
    """“triệu đồng”, “1.000 đồng”, “nghìn”, “VND”; “10.000 đồng” is kept as it stands, without a factor."""
    match = _AMOUNT.fullmatch(word)
    if not match or not (match["scale"] or match["currency"]):
        return None
    if match["number"] is None:
        factor = SCALES[match["scale"].lower()] if match["scale"] else 1
    else:
        stated = int(re.sub(r"\D", "", match["number"]))
        if match["scale"] or stated not in (1, *_SCALE_WORDS):
            return Unit(word, None, "money")
        factor = stated
    return Unit(f"{_SCALE_WORDS[factor]} {MONEY}" if factor > 1 else MONEY, factor, "money")
