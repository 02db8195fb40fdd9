"""What people write into the value cells of a workbook, and what it states, said independently of the program."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from kiemso.catalogue import Catalogue, Indicator

OBSERVED, MISSING, NOT_HELD = "observed", "missing", "not held"
ERROR, BOOLEAN, DATE, FORMULA = "#DIV/0!", "TRUE", "2024-02-01", "=1+1"


class Stated(NamedTuple):
    """What an observation must be."""

    value: int | None
    status: str = OBSERVED
    bound: str = ""


@dataclass(frozen=True)
class Written:
    """A cell's content: `value` as it is typed, `kind` what it is by itself, `look` its number format.

    Kinds: "number" (in the cell), "text" (a number as text), "parts" (prizes or levels), "zero", "missing", "not held",
    and "junk", from which nothing can be read. `special` is an error, a boolean, a date or a formula of Excel,
    `own_unit` whether the text itself says in what the number is.
    """

    value: Any
    kind: str
    number: int = 0
    bound: str = ""
    parts: dict[str, int] = field(default_factory=dict)
    look: str = ""
    misleading: bool = False
    special: str = ""
    own_unit: bool = False


def meaning(written: Written, indicator: Indicator, factor: int = 1) -> dict[str, Stated] | None:
    """What the content states of an indicator, by part; None where nobody can know, so that it must be refused.

    `factor` is what its table's unit makes of the number.
    """
    in_parts = indicator.kind in ("medals", "levels")
    names = indicator.parts if in_parts else ("",)
    nothing = written.kind == "zero" or (written.number == 0 and written.kind in ("number", "text"))
    if written.kind == "junk" or written.misleading or (written.kind == "parts" and not in_parts):
        return None
    if written.kind == "not held" and not indicator.may_not_be_held:
        return None
    if written.kind in (MISSING, NOT_HELD):
        return dict.fromkeys(names, Stated(None, written.kind))
    if not in_parts:
        return {"": Stated(0 if nothing else written.number * (1 if written.own_unit else factor), bound=written.bound)}
    if nothing:
        return dict.fromkeys(names, Stated(0))
    if written.kind != "parts" or not written.parts or not {*written.parts} <= {*names}:
        return None
    return {name: Stated(written.parts[name]) if name in written.parts else Stated(None, MISSING) for name in names}


def plainly(random: Random, indicator: Indicator, catalogue: Catalogue) -> Written:
    """A value as most schools write it."""
    if random.random() < 0.08:
        return Written(None, MISSING)
    if indicator.kind in ("medals", "levels"):
        named = random.sample(indicator.parts, random.randint(0, len(indicator.parts)))
        return parts_of({name: random.randint(1, 40) for name in named}, random, catalogue)
    most = 10**10 if indicator.kind == "money" else random.choice([9, 99, 3000])
    number = random.randint(0, most)
    return Written(number, "number", number)


def parts_of(parts: dict[str, int], random: Random, catalogue: Catalogue) -> Written:
    """Prizes or levels in one of the ways in which they are written."""
    if not parts:
        return random.choice([Written("0", "zero"), Written(0, "number"), Written(None, MISSING)])
    way = random.choice(["{n} {name}", "{n} {name}", "{name}: {n}", "{name} {n}", "{name} ({n})", "{n} {name}"])
    between = random.choice([", ", "; ", ", ", "\n", " + "] if "(" not in way else [", ", "; "])
    between = ", " if between == "\n" and way.startswith("{name}") else between
    between = "; " if between == "\n" else between
    texts = []
    for part, count in parts.items():
        entry = catalogue.parts[part]
        texts.append(way.format(n=count, name=random.choice([entry.label, *entry.aliases])))
    return Written(random.choice([str, str.upper, str.capitalize])(between.join(texts)), "parts", parts=parts)


_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_BOUNDS = {"trên {}": ">", "hơn {}": ">", "> {}": ">", "{} trở lên": "≥", "gần {}": "<", "khoảng {}": "~", "≤{}": "≤"}


def retyped(random: Random, indicator: Indicator) -> Written:
    """A number as a text, in one of many ways."""
    number = random.choice([random.randint(0, 9), random.randint(0, 99), random.randint(1000, 99999)])
    if indicator.kind == "money":
        number = random.choice([number, number * 1000, number * 100_000, random.randint(10**6, 10**11)])
    grouped = f"{number:,}"
    dotted = grouped.replace(",", ".")
    bare = [
        *[str(number), f"{number:02}", dotted, grouped, dotted.translate(_FULL_WIDTH), f"  {number} ", f"{number}."],
        *[grouped.replace(",", blank) for blank in (" ", "\u00a0", "\u202f")],
        f"\u200b{number}\u200d",
    ]
    with_unit = [f"{dotted} {indicator.unit}", f"{number} ({indicator.unit})"]
    if indicator.kind == "money" and number and number % 100_000 == 0:
        millions = f"{number // 10**6:,}".replace(",", ".") + f",{number // 100_000 % 10}"
        with_unit += [f"{millions} triệu", f"{millions} triệu đồng", f"{dotted} VNĐ"] * 3
    own_unit = random.random() < 0.3
    text = random.choice(with_unit if own_unit else bare)
    way, bound = random.choice(sorted(_BOUNDS.items())) if random.random() < 0.2 else ("{}", "")
    return Written(way.format(text.strip()) if bound else text, "text", number, bound, own_unit=own_unit)


_MARKS = {
    "zero": ["-", "–", "—", " - ", "Không", "không có", "KHÔNG", "0", "00", "０"],
    MISSING: ["…", "..", "...", "Chưa có số liệu", "Không có số liệu", "   ", "\u200b", "\u00a0"],
    NOT_HELD: ["Không tổ chức", "KHÔNG TỔ CHỨC", unicodedata.normalize("NFD", "Không tổ chức"), "không  tổ chức."],
}


def marked(random: Random, _: Indicator) -> Written:
    """A word or sign that stands instead of a number."""
    kind = random.choice(sorted(_MARKS))
    return Written(random.choice(_MARKS[kind]), kind)


_JUNK = [
    *["45-48", "10 - 12", "45 đến 48", "từ 4 đến 5", "abc", "48%", "48 %", "1,5", "48.5", "-5", "−5", "(5", "48 49"],
    *["48?", "~", "O", "4O", "l2", "10²", "10^3", "1e3", "0x10", "½", "①", "1.23.456", "12.34.567", "2.105,5,1"],
    *["1.2345", "12,34,567", "\u202e84", "4\u202e8", '"', "nt", "x", "X", "?", "/", "#REF!", "#N/A", "48 lượt 3 em"],
    *["48/", "=48", "+", "48 giờ", "48 km", "3/2", "1.000.00", "48\n49", "năm", "nhất nhì", "2 nhất 3", "nhì nhì"],
    *["2 vàng, 1 bạch kim", "Nhất, Nhất", "48.000.0", "1'000'0", "Tỉnh 1 Tỉnh 2", "48*", "bốn mươi tám", "hơn trên 4"],
]
_NUMBERS = [-1, -48, 4.5, 0.998, 1e300, 10**19, -0.5, 1.0000001, 48.9999]


def junk(random: Random, _: Indicator) -> Written:
    """What cannot be any value."""
    special = random.choice(["", "", "", ERROR, BOOLEAN, DATE, FORMULA])
    value = random.choice(_JUNK) if random.random() < 0.7 else random.choice(_NUMBERS)
    return Written(special or value, "junk", special=special)


# What a number format makes of a number: the same, or something else, so that it must be refused.
_HONEST = [
    *["General", "0", "#,##0", "#,##0_);(#,##0)", "00", "0.0", '0" lượt"', "[Red]0", "@", "_-* #,##0_-"],
    *["#,##0;-#,##0", '#"."##0', '0" đ"'],
]
_MISLEADING = [
    *["0%", "0.00%", "#,##0,", '#,##0,"k"', "0,,", '0" nghìn"', '0" triệu"', '0" tỷ"', '0 "ngàn đồng"', "0.000"],
    *["dd/mm/yyyy", "d-m", "h:mm", "mm:ss", "yyyy", ";;;", "0;;;@", '"";""', "#", "[>0]0%;0", "0.00E+00%", "# ?/? %"],
    *['#,##0",000"', '0"0"', "0\\0", '"x"', '"Không"', '"1"0', '"-"0', "-0", "\\-0", '0".000"', '0"/100"', '0%""'],
    *['"nghỉ"', '0"5"', '0"."0', '0"%"', '">"0', "(0)"],
]
_HONEST_ANYWAY = {"#", "0;;;@", "[>0]0%;0"}  # of some numbers


def formatted(random: Random, indicator: Indicator) -> Written:
    """A number that a format shows otherwise."""
    number = random.randint(2, 3000)
    if random.random() < 0.4:
        return Written(number, "number", number, look=random.choice(_HONEST))
    look = random.choice(_MISLEADING)
    return Written(number, "number", number, look=look, misleading=look not in _HONEST_ANYWAY or "%" in look)
