"""A table that a notebook shows becomes HTML in which nothing runs, and which stays in its place."""

import pandas as pd
import pytest
from bleach._vendor import html5lib  # reads as a browser does
from bleach.sanitizer import Cleaner
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from kiemso.markup import _ATTRIBUTES, _STYLE, _TAGS, table

CLEANER = Cleaner(_TAGS, _ATTRIBUTES)
PIECES = [
    *("<div>", "</div>", "<p>", "</p>", "<table>", '<table border="1" class="dataframe">', "</table>", "<tr>", "</tr>"),
    *('<tr style="text-align: right;">', "<td>", '<td colspan="2">', "</td>", "<th>", "</th>", "<tbody>", "</tbody>"),
    *("<br>", "<b>", "</b>", "<script>", "</script>", "<style scoped>", "</style>", "<img src=x onerror=alert(1)>"),
    *('<td onclick="x">', '<p style="position: fixed">', "<!--", "-->", "<", ">", "&", "&lt;", "&nbsp;", '"', "a", " "),
    *("\n", "\r", "\0", "\xa0", "</", "<a href=javascript:x>", "</a>", "<svg/onload=x>", "<tr/>", "<TD>", "]]>", "é"),
]
TAGS = {"div", "p", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "b", "i", "em", "strong", "br"}
frames = st.dictionaries(
    st.text(st.characters(codec="utf-8"), max_size=8),
    st.lists(st.text(st.characters(codec="utf-8"), max_size=12) | st.integers() | st.none(), min_size=3, max_size=3),
    max_size=4,
)


@given(frames, st.booleans())
def test_a_frame_is_shown_as_the_cleaner_would_show_it(columns: dict, headed: bool) -> None:
    frame = pd.DataFrame(columns)
    html = frame._repr_html_() if headed else frame.to_html(index=False)
    assert table(html) == CLEANER.clean(_STYLE.sub("", html))


def test_a_plain_frame_needs_no_cleaner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiemso.markup._cleaner", lambda: pytest.fail("it was asked"))
    frame = pd.DataFrame({"tên": ["A & B", "<1"], "số": [1, 2]}).groupby("tên").sum()
    assert "<th>A &amp; B</th>" in table(frame._repr_html_()) and "style" not in table(frame._repr_html_())


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_nothing_of_a_table_runs_or_leaves_its_place(html: str) -> None:
    page = html5lib.parse(f'<div id="place">{table(html)}</div><hr>', namespaceHTMLElements=False)
    (place,) = page.findall(".//div[@id='place']")
    inside = list(place.iter())[1:]
    assert {tag.tag for tag in inside} <= TAGS
    assert {name for tag in inside for name in tag.attrib} <= {"class", "colspan", "rowspan"}


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<table><tr><td>1</td></tr></table>", "1"),
        ("</div><table></table>", ""),
        ("<td>a</td></tr>", "a"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_a_table_keeps_its_text(html: str, text: str) -> None:
    assert BeautifulSoup(table(html), "html.parser").text == text
