"""Numerals in official Vietnamese text that are no data: dates, documents, headings, names."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Each pattern with an example of what it is for. A numeral inside a match is no data.
_NO_DATA = [
    r"^#{1,6}[ \t]+(?:Phụ lục[ \t]+)?\d+(?:\.\d+)*[.)]?(?=[ \t])",  # headings: "#### 1. Công tác giáo dục"
    r"\]\([^)\s]*\)",  # link targets
    r"\bngày\s+\d{1,2}\s+tháng\s+\d{1,2}(?:\s+năm\s+\d{4})?",  # ngày 12 tháng 10 năm 2024
    r"\b(?:ngày|tháng|năm)\s+\d{1,2}(?:[/.-]\d{1,2})?[/.-]\d{4}\b",  # ngày 02/01/2020, tháng 10/2024
    # 20/10 đến 20/11/2023
    r"\b(?:ngày\s+)?\d{1,2}(?:/\d{1,2})?\s+đến\s+(?:hết\s+)?(?:ngày\s+)?\d{1,2}/\d{1,2}(?:/\d{4})?\b",
    r"\blúc\s+\d{1,2}\s*(?:h|giờ)(?:\s*\d{1,2}(?:\s*phút)?)?\b",  # lúc 7h30, lúc 7 giờ 30 phút
    r"\bhọc kỳ\s+[12]\b",
    r"\bGDPT\s+(?:19|20)\d{2}\b",
    r"\btầm nhìn\s+(?:19|20)\d{2}\b",
    r"\b(?-i:Điều)\s+\d+(?:,?\s+khoản\s+\d+)?",
    r"\b\d{1,2}/\d{1,2}/\d{4}\b",  # 03/8/2018
    r"(?<!mỗi )(?<!một )(?<!hằng )(?<!hàng )\btháng\s+(?:0?[1-9]|1[0-2])\b(?:\s+năm\s+\d{4})?",
    r"\b(?:năm|năm học|nhiệm kỳ|giai đoạn)\s+(?:19|20)\d{2}(?:\s*[-–]\s*(?:19|20)\d{2})?\b",  # năm 2025
    r"\b(?:19|20)\d{2}\s*[-–]\s*(?:19|20)\d{2}\b",  # 2022-2024
    r"\b\d+/(?:\d{4}/)?(?-i:[A-ZĐ])[\w&-]*(?:[/-][\w&-]+)*",  # 16/2018/TT-BGDĐT, 05/CT-TW
    r"\b\d+\s*-\s*(?:NQ|QĐ|CT|KL|HD|TB|KH|BC|TT|NĐ)(?:/[A-ZĐ]+)+",  # 29 - NQ/TW, 213-QĐ/TW
    r"\b(?-i:Nghị quyết|Quy định|Chỉ thị|Kết luận|Thông tư|Quyết định|Kế hoạch|Hướng dẫn|Nghị định|Luật|Điều|Khoản"
    r"|Phụ lục|Biểu|Mẫu)(?:\s+(?:số|Trung ương|TW|Hội nghị Trung ương))*\s*\d+(?:/\d{4})?",  # Kết luận số 21, TW4
    r"\b(?:TW|Trung ương)\s*\d+\b",
    r"\bkhoản\s+\d+(?=\s+Điều\b)",  # khoản 2 Điều 5
    r"\b(?:khóa|khoá|lần thứ|(?<!xếp )(?<!hạng )thứ)\s+\d+\b",
    r"\bchi bộ\s+[“\"]?\d+\s+tốt\b",  # chi bộ 4 tốt
    r"\bchương trình\s+(?:giáo dục phổ thông\s+)?(?:19|20)\d{2}\b",  # chương trình giáo dục phổ thông 2018
    r"\blớp\s+(?:1[0-2]|[1-9])\b",  # lớp 5: a grade's name
    r"\bkhối\s+(?:1[0-2]|[1-9])\b",
    r"\b\d{1,2}\s+tuổi\b",  # trẻ 6 tuổi
    r"\b(?:chạy|bơi|cự ly)\s+\d+\s*(?:mét|m)\b",  # chạy 60 mét: an event's name
]
_ITEM = re.compile(r"[ \t]*\d+[.)][ \t]")
# Fractions, superscripts and circled numbers state something too.
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*(?:\s?%)?|[\u00b2\u00b3\u00b9\u00bc-\u00be\u2150-\u215e\u2460-\u2473]")
_KNOWN = re.compile("|".join(f"(?:{pattern})" for pattern in _NO_DATA), re.MULTILINE | re.IGNORECASE)


def untagged_numerals(text: str) -> tuple[list[tuple[str, str, int]], int]:
    """The numerals that must be tagged or waived, each with its context and line; and how many are no data."""
    recognised = [*_item_numbers(text), *(match.span() for match in _KNOWN.finditer(text))]
    found, known = [], 0
    for match in _NUMERAL.finditer(text):
        if any(start <= match.start() and match.end() <= end for start, end in recognised):
            known += 1
            continue
        line = text.count("\n", 0, match.start()) + 1
        context = " ".join(text[max(0, match.start() - 40) : match.end() + 25].split())
        found.append((match[0].strip(), context, line))
    return found, known


def _item_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where the numbers of list items stand: after a blank line or a heading, or in a list that has begun.

    Anywhere else a line may begin with a number that is part of its sentence.
    """
    start, fresh, inside = 0, True, False
    for line in text.splitlines(keepends=True):
        item, blank = _ITEM.match(line), not line.strip()
        if item and (fresh or inside):
            yield start, start + item.end()
            inside = True
        elif fresh and not blank and not line[0].isspace():
            inside = False
        fresh = blank or line.startswith(("#", ":::"))
        start += len(line)
