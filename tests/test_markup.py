"""What a notebook's cells hold becomes HTML in which nothing runs, and which stays in its place."""

import pandas as pd
import pytest
from bleach._vendor import html5lib  # reads as a browser does
from bleach.sanitizer import Cleaner
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from kiemso.markup import _ATTRIBUTES, _STYLE, _TAGS, code, data_address, markdown, plain, table

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


def test_texts_of_several_lines_may_come_as_a_list() -> None:
    assert plain(["a\n", "<b>"]) == "a\n&lt;b&gt;"
    assert code(["x = 1\n", "y"]) == code("x = 1\ny")
    assert markdown(["# a\n", "\n", "b"]) == "<h1>a</h1>\n<p>b</p>\n"
    assert table(["<table>", "</table>"]) == "<table></table>"


def test_colours_of_a_terminal_are_left_out() -> None:
    assert plain("\x1b[1;31mE\x1b[0m <x>") == "E &lt;x&gt;"


def test_code_is_marked_by_its_kind_and_shown_as_it_is() -> None:
    html = code('name = "<script>"  # đếm')
    assert '<span class="c1"># đếm</span>' in html and "<script>" not in html
    assert BeautifulSoup(html, "html.parser").text.strip() == 'name = "<script>"  # đếm'
    assert 'class=" highlight hl-python3"' in code("")


def test_markdown_shows_html_as_text_and_follows_no_harmful_link() -> None:
    html = markdown("<img src=x> **đậm** [x](javascript:alert(1)) $a_1 + b_1$")
    assert html == (
        '<p>&lt;img src=x&gt; <strong>đậm</strong> <a href="#harmful-link">x</a>'
        ' <span class="math">\\(a_1 + b_1\\)</span></p>\n'
    )


def test_an_image_is_its_own_address() -> None:
    assert data_address("image/svg+xml", ["<svg>", "</svg>"]) == "data:image/svg+xml;base64,PHN2Zz48L3N2Zz4="
    assert data_address("image/png", "iVBO") == "data:image/png;base64,iVBO"
