"""Changes that people make to a table or its sheet, each keeping account of what is stated afterwards."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from random import Random

from kiemso.catalogue import Catalogue
from kiemso.charset import TCVN3, VNI, VPS, _charmap, as_windows

from tests.fuzz.page import YEAR, YEARS, Page, Place, Row, Table
from tests.fuzz.written import MISSING, Stated, Written, formatted, junk, marked, parts_of, retyped

FONTS = {TCVN3: ".VnTime", VNI: "VNI-Times", VPS: "VPS Times"}

# -- of the table --------------------------------------------------------------------------------------------------


def retype(random: Random, table: Table, catalogue: Catalogue) -> None:
    """A number is typed as a text; prizes in another way."""
    row = random.choice(table.rows)
    indicator = catalogue.indicators[row.code]
    if indicator.kind in ("medals", "levels"):
        named = random.sample(indicator.parts, random.randint(1, len(indicator.parts)))
        row.values[YEAR] = parts_of({part: random.randint(1, 40) for part in named}, random, catalogue)
    else:
        row.values[YEAR] = retyped(random, indicator)
    table.harmless = False


def write_mark(random: Random, table: Table, catalogue: Catalogue) -> None:
    """A mark stands instead of a value."""
    row = random.choice(table.rows)
    row.values[YEAR] = marked(random, catalogue.indicators[row.code])
    table.harmless = False


def write_junk(random: Random, table: Table, catalogue: Catalogue) -> None:
    """What is no value stands where one is looked for."""
    row = random.choice([row for row in table.rows if row.factor == 1])
    row.values[YEAR] = junk(random, catalogue.indicators[row.code])


def format_number(random: Random, table: Table, catalogue: Catalogue) -> None:
    """A number format shows a number as it is, or as something else."""
    row = random.choice([row for row in table.rows if catalogue.indicators[row.code].kind in ("count", "money")])
    row.values[YEAR] = formatted(random, catalogue.indicators[row.code])
    table.harmless = False


def swap_values(random: Random, table: Table, _: Catalogue) -> None:
    """Two values change places."""
    one, other = random.sample(table.rows, 2)
    one.values[YEAR], other.values[YEAR] = other.values[YEAR], one.values[YEAR]
    table.harmless = False


def reorder_rows(random: Random, table: Table, _: Catalogue) -> None:
    """Rows change places; parts stay under their whole."""
    codes = list(dict.fromkeys(row.code for row in table.rows))
    order = {code: number for number, code in enumerate(random.sample(codes, len(codes)))}
    table.rows.sort(key=lambda row: order[row.code])


def reorder_columns(random: Random, table: Table, _: Catalogue) -> None:
    """Columns right of the labels change places."""
    first = table.columns.index("label") + 1
    table.columns[first:] = random.sample(table.columns[first:], len(table.columns) - first)


def repeat_row(random: Random, table: Table, _: Catalogue) -> None:
    """A row stands there twice."""
    row = random.choice(table.rows)
    copy = replace(row, values=dict(row.values))
    if row.part or all(other.code != row.code or other is row for other in table.rows):
        table.rows.insert(table.rows.index(row) + 1, copy)
    else:
        table.rows.append(copy)
    table.refuse = "a row is repeated"


def drop_row(random: Random, table: Table, _: Catalogue) -> None:
    """A row is missing."""
    table.rows.remove(random.choice(table.rows))
    table.refuse = "a row is missing"


def spell(random: Random, table: Table, _: Catalogue) -> None:
    """Labels are spelt in other ways."""
    ways: list[Callable[[str], str]] = [
        str.upper,
        lambda t: unicodedata.normalize("NFD", t),
        lambda t: f"    {t}",
        lambda t: t.replace(" ", "\u00a0"),
        lambda t: t[:3] + "\u200b" + t[3:],
        lambda t: t.replace("o", "о").replace("a", "а"),  # Cyrillic
        lambda t: f"{t} :",
        lambda t: t.replace(" ", "  \n"),
        lambda t: t.replace("òa", "oà").replace("óa", "oá"),
    ]
    for row in random.sample(table.rows, random.randint(1, 8)):
        row.label = random.choice(ways)(row.label)


def mislabel(random: Random, table: Table, _: Catalogue) -> None:
    """A label is another one's, unknown, or not there."""
    row, other = random.sample([row for row in table.rows if not row.part], 2)
    row.label = random.choice([other.label, "", "Học sinh giỏi toàn diện", "?", row.label[:-2] + "x", "2021-2022"])
    table.refuse = "a label is wrong"


def swap_labels(random: Random, table: Table, catalogue: Catalogue) -> None:
    """Two rows without parts have each other's label."""
    parted = {row.code for row in table.rows if row.part}
    plain = [row for row in table.rows if row.code not in parted and catalogue.indicators[row.code].kind != "money"]
    one, other = random.sample(plain, 2)
    one.label, other.label = other.label, one.label
    one.code, other.code = other.code, one.code
    table.harmless = False


def misname_year(random: Random, table: Table, _: Catalogue) -> None:
    """No heading names the year, or two do."""
    others = [year for year in table.columns if year in YEARS and year != YEAR]
    if others and random.random() < 0.5:
        table.headings[random.choice(others)] = table.headings[YEAR]
    else:
        wrong = random.choice(["Năm học 2019-2020", "2012-2022", "Năm nay", "2021-2023", "", "2022-2021", "2021"])
        table.headings[YEAR] = wrong
    table.refuse = "the year is not clear"


def add_section(random: Random, table: Table, _: Catalogue) -> None:
    """A row heads a section, or is something that is no indicator."""
    label = random.choice(["I. Khen thưởng", "A", "Học sinh", "Tổng cộng", "Cộng"])
    written = Written(random.choice([None, 5]), MISSING)
    row = Row("", "", label, "", dict.fromkeys(table.rows[0].values, written))
    table.rows.insert(random.randrange(len(table.rows) + 1), row)
    table.harmless = False


TABLE_CHANGES: list[Callable[[Random, Table, Catalogue], None]] = [
    *[retype] * 4,
    *[write_mark] * 2,
    *[write_junk] * 3,
    *[format_number] * 3,
    *[swap_values, reorder_rows, reorder_columns, repeat_row, drop_row, spell, mislabel, swap_labels, misname_year],
    add_section,
]

# -- of the sheet --------------------------------------------------------------------------------------------------


def merge_down(random: Random, page: Page) -> None:
    """A value is merged with the one below: nobody knows whose it is."""
    places = sorted({(place.row, place.column) for place in page.truth.values()})
    row, column = random.choice(places)
    if row + 1 not in page.body or not _merge(page, (row, column, row + 1, column)):
        return
    if (row, column) in page.cells:
        page.refuse = page.refuse or "a value is merged over two rows"
    else:
        _unseen(page, row + 1, column)


def merge_across(random: Random, page: Page) -> None:
    """A value is merged with what stands right of it."""
    row, column = random.choice(sorted({(place.row, place.column) for place in page.truth.values()}))
    above = [r for (r, c) in page.cells if c == column + 1 and r < page.body[0]]
    if not _merge(page, (row, column, row, column + 1)):
        return
    headed = page.cells[max(above), column + 1].value if above else "Ghi chú"
    if headed != "Ghi chú":
        if (row, column) in page.cells:
            page.refuse = page.refuse or "a value is merged over two columns"
        else:
            _unseen(page, row, column + 1)


def merge_label(random: Random, page: Page) -> None:
    """A value is merged into what stands left of it, and nobody sees it any more."""
    row, column = random.choice(sorted({(place.row, place.column) for place in page.truth.values()}))
    if not _merge(page, (row, column - 1, row, column)):
        return
    left = page.cells.get((row, column - 1))
    if left is not None and left.kind != "label":
        page.refuse = page.refuse or "a value of another column is merged over this one"
    _unseen(page, row, column)


def _merge(page: Page, area: tuple[int, int, int, int]) -> bool:
    """Merge cells, unless one of them is merged already."""
    if any(a[0] <= area[2] and area[0] <= a[2] and a[1] <= area[3] and area[1] <= a[3] for a in page.merged):
        return False
    page.merged.append(area)
    page.harmless = False
    return True


def _unseen(page: Page, row: int, column: int) -> None:
    """Nothing is seen in a place any more: its observations are missing, if it is read at all."""
    for key, place in page.truth.items():
        if (place.row, place.column) == (row, column):
            page.truth[key] = Place(row, column, Stated(None, MISSING))


def hide_rows(random: Random, page: Page) -> None:
    """Some rows are hidden."""
    hidden = set(random.sample(page.body, min(len(page.body), random.randint(1, 4))))
    page.hidden_rows |= hidden
    for place in page.truth.values():
        place.warned = place.warned or (place.row in hidden and (place.row, place.column) in page.cells)


def hide_column(random: Random, page: Page) -> None:
    """The column of a value is hidden."""
    column = random.choice(sorted({place.column for place in page.truth.values()}))
    page.hidden_columns.add(column)
    for place in page.truth.values():
        place.warned = place.warned or (place.column == column and (place.row, place.column) in page.cells)


def hide_sheet(random: Random, page: Page) -> None:
    """The sheet is hidden."""
    page.hidden = True
    page.refuse = page.refuse or "the sheet is hidden"


def copy_sheet(random: Random, page: Page) -> None:
    """The sheet is there twice."""
    page.copies = 1
    page.refuse = page.refuse or "every row is stated on two sheets"


def stray_number(random: Random, page: Page) -> None:
    """A number stands beside, above or below the table."""
    rows, columns = zip(*page.cells, strict=True)
    place = random.choice([(random.choice(page.body), max(columns) + 1), (max(rows) + 2, 2), (max(rows) + 1, 1)])
    page.cells[place] = Written(random.randint(0, 99), "stray")
    page.harmless = False


def shift(random: Random, page: Page) -> None:
    """The table stands further down and to the right."""
    down, right = random.randint(0, 6), random.randint(0, 3)
    page.cells = {(row + down, column + right): cell for (row, column), cell in page.cells.items()}
    page.merged = [(r1 + down, c1 + right, r2 + down, c2 + right) for r1, c1, r2, c2 in page.merged]
    page.body = range(page.body.start + down, page.body.stop + down)
    page.hidden_rows = {row + down for row in page.hidden_rows}
    page.hidden_columns = {column + right for column in page.hidden_columns}
    page.truth = {key: replace(p, row=p.row + down, column=p.column + right) for key, p in page.truth.items()}


PAGE_CHANGES: list[Callable[[Random, Page], None]] = [
    *[merge_down, merge_across, merge_label, hide_rows, hide_column, hide_sheet, copy_sheet, stray_number, shift]
]


def type_in_font(random: Random, page: Page) -> None:
    """The texts are typed in fonts of a legacy encoding: all of them, or some."""
    encoding = random.choice([TCVN3, VNI, VPS])
    some = random.random() < 0.3
    for place, written in page.cells.items():
        if isinstance(written.value, str) and not written.special and not (some and random.random() < 0.5):
            text = typed(written.value, encoding)
            if encoding == VPS and re.search(r"[\x00-\x09\x0b-\x1f]", text):
                continue  # no spreadsheet holds the letters of VPS that are control characters
            page.cells[place] = replace(written, value=text)
            page.fonts[place] = FONTS[encoding]
    page.harmless = False


def typed(text: str, encoding: str) -> str:
    """The text as Windows-1252 characters, the way it was typed in a font of the encoding."""
    letters = {letter: sequence for sequence, letter in reversed(_charmap(encoding).pairs)}
    composed = unicodedata.normalize("NFC", text)
    known = [c if c in letters or c.isascii() else c.lower() for c in composed]
    codes = "".join(letters.get(letter, letter) for letter in known)
    if encoding == VPS:
        return "".join(c if ord(c) > 255 else as_windows(c.encode("latin-1")) for c in codes)
    return codes
