"""The report's source: figures, waivers, blocks and untagged numerals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.manuscript import parse_manuscript, read_manuscript
from kiemso.problem import Refused

HEAD = "---\ntitle: BÁO CÁO\nterm: 2022-2024\n---\n\n"


def figures(body: str) -> list[tuple]:
    return [(figure.key, figure.form.name, figure.text) for figure in parse_manuscript(HEAD + body).figures]


def untagged(body: str) -> list[str]:
    return [numeral.text for numeral in parse_manuscript(HEAD + body).untagged]


# -- the real report ---------------------------------------------------------------------------------------------


def test_the_real_report_has_figures_blocks_one_waiver_and_no_untagged_numeral(root):
    report = read_manuscript(root)
    assert report.term == "2022-2024"
    assert report.untagged == ()
    assert [(waiver.text, waiver.reason) for waiver in report.waivers] == [
        ("4", "bậc xếp loại sáng kiến, không phải số liệu")
    ]
    blocks = [(kind, name) for kind, name, _ in report.blocks]
    assert [name for kind, name in blocks if kind == "table"] == ["ket-qua", "chi-tieu", "doi-chieu"]
    assert [name for kind, name in blocks if kind == "chart"] == ["xep-loai", "hoc-sinh", "tai-tro"]


def test_every_tag_of_the_real_report_is_found_at_its_place(root):
    report = read_manuscript(root)
    assert len(report.figures) == report.source.count("{fact=")
    lines = report.source.splitlines()
    for figure in report.figures:
        assert report.source[figure.start : figure.end] == figure.text
        assert f"[{figure.text}]{{fact={figure.key}" in lines[figure.line - 1]


def test_a_figure_stripped_of_its_tag_is_an_untagged_numeral(root):
    source = read_manuscript(root).source
    report = parse_manuscript(source.replace("[2.105]{fact=hs-xuat-sac}", "2.105"))
    assert [numeral.text for numeral in report.untagged] == ["2.105"]
    assert report.untagged[0].line == source[: source.index("[2.105]")].count("\n") + 1


# -- figures and waivers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("có [2.105]{fact=hs-xuat-sac} lượt", ("hs-xuat-sac", "value", "2.105")),
        ("[39,6%]{fact=xep-loai.ty-le-htsx@2021-2022}", ("xep-loai.ty-le-htsx@2021-2022", "value", "39,6%")),
        ("[tăng]{fact=boi as=trend}", ("boi", "trend", "tăng")),
        ('[ba]{.so fact="boi.ba" as="words"}', ("boi.ba", "words", "ba")),
        ("[**5**]{fact=boi}", ("boi", "value", "**5**")),
        ("**[5]{fact=boi}**", ("boi", "value", "5")),
        ("[]{fact=boi}", ("boi", "value", "")),
        ("[hoàn thành\nxuất sắc]{fact=chi-bo.chi-tieu}", ("chi-bo.chi-tieu", "value", "hoàn thành\nxuất sắc")),
        ("| Bơi | [17]{fact=boi} |", ("boi", "value", "17")),
        ("# Kết quả: [17]{fact=boi} giải", ("boi", "value", "17")),
    ],
)
def test_a_figure_has_a_key_a_form_and_a_text(body, expected):
    assert figures(body) == [expected]


@pytest.mark.parametrize("body", ["<!-- [5]{fact=boi} năm 7 -->", "<!--\n[5]{fact=boi}\n\n7\n-->"])
def test_a_comment_holds_no_figures_and_no_numerals(body):
    report = parse_manuscript(HEAD + body)
    assert (report.figures, report.untagged, report.recognised) == ((), (), 0)


@pytest.mark.parametrize(
    ("body", "numerals"),
    [
        ("```\n[5]{fact=boi} và 7\n```", ["5", "7"]),
        ("~~~~ {.md}\n[5]{fact=boi} và 7\n~~~~", ["5", "7"]),
        ("- mục\n\n  ```\n  [5]{fact=boi} và 7\n  ```", ["5", "7"]),
        ("viết `[5]{fact=boi}` hay ``7 ` 8``", ["5", "7", "8"]),
        ("`` ` [5]{fact=boi} ``", ["5"]),
        ("đoạn `[5]{fact=boi}\nvẫn là mã`", ["5"]),
        ('`[4]{waiver="bậc"}`', ["4"]),
        ("```\n::: {table=ket-qua}\n```", []),
        ("```\nnăm 2023\n```", []),
    ],
)
def test_code_holds_no_figures_but_its_numerals_are_seen(body, numerals):
    report = parse_manuscript(HEAD + body)
    assert (report.figures, report.waivers, report.blocks) == ((), (), ())
    assert [numeral.text for numeral in report.untagged] == numerals


@pytest.mark.parametrize(
    "body",
    [
        "\\`[5]{fact=boi}\\`",
        "\\`[5]{fact=boi}`",
        "``[5]{fact=boi}`",
        "```\n\n[5]{fact=boi}",
        "<!-- ` --> [5]{fact=boi} `",
    ],
)
def test_what_is_no_code_hides_no_figure(body):
    assert figures(body) == [("boi", "value", "5")]


def test_an_escaped_bracket_begins_no_figure():
    assert (figures("\\[5]{fact=boi}"), untagged("\\[5]{fact=boi}")) == ([], ["5"])


@pytest.mark.parametrize(
    ("attributes", "key", "form"),
    [
        ("fact=boi fact=bat-xa", "boi", "value"),
        ("fact=boi as=trend as=words", "boi", "trend"),
        ("fact='boi' as='words'", "boi", "words"),
        ("fact='boi' fact=\"bat-xa\"", "boi", "value"),
    ],
)
def test_attributes_count_as_pandoc_counts_them(attributes, key, form):
    assert figures(f"[5]{{{attributes}}}") == [(key, form, "5")]


def test_a_stray_backtick_hides_no_figure():
    body = "Trường `Kỳ Phú\n\nđạt [5]{fact=boi} giải và 7 em\n\nxã `Kỳ Phú"
    assert figures(body) == [("boi", "value", "5")]
    assert untagged(body) == ["7"]


def test_a_waiver_accounts_for_its_numeral_only_with_a_reason():
    report = parse_manuscript(
        HEAD + 'bậc [4]{waiver="bậc sáng kiến"}, bậc [3]{waiver=""}, bậc [2]{.so}, [1]{waiver="  "}'
    )
    assert [(waiver.text, waiver.reason, waiver.line) for waiver in report.waivers] == [("4", "bậc sáng kiến", 6)]
    assert [numeral.text for numeral in report.untagged] == ["3", "2", "1"]


def test_tables_and_charts_are_named_with_their_lines():
    report = parse_manuscript(
        HEAD + "::: {table=ket-qua}\n:::\n\n:::: {.wide chart=tai-tro}\n::::\n\n::: {.left}\n:::\n"
    )
    assert report.blocks == (("table", "ket-qua", 6), ("chart", "tai-tro", 9))


def test_numerals_are_counted_as_tagged_waived_no_data_or_untagged():
    report = parse_manuscript(HEAD + 'Năm 2023 có [30]{fact=x} đảng viên, 21 đồng chí; bậc [4]{waiver="bậc"}.')
    assert (len(report.figures), len(report.waivers), report.recognised) == (1, 1, 1)
    assert [(numeral.text, numeral.line) for numeral in report.untagged] == [("21", 6)]
    assert "21 đồng chí" in report.untagged[0].context


def test_a_number_in_an_attribute_is_no_numeral_of_the_text():
    assert untagged("[chữ]{width=50%}\n\n::: {.cot width=40%}\n:::") == []


# -- the header --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Chi bộ có 12 đồng chí\n", "has no header"),
        ("---\ntitle: BÁO CÁO\n---\n", "its header names no term"),
        ("---\nterm: 2022\n---\n", "its header names no term"),
        ("---\n- 2022-2024\n---\n", "its header names no term"),
        ("---\nterm: [2022\n---\n", "its header is no YAML"),
        ("", "has no header"),
    ],
)
def test_a_report_that_names_no_term_is_refused(source, said):
    with pytest.raises(Refused, match=f"report.qmd: {said}"):
        parse_manuscript(source)


def test_a_missing_or_unreadable_report_is_refused(tmp_path):
    with pytest.raises(Refused, match=r"report\.qmd: is not there"):
        read_manuscript(tmp_path)
    (tmp_path / "report.qmd").write_bytes(HEAD.encode("utf-16"))
    with pytest.raises(Refused, match=r"report\.qmd: is not UTF-8 text"):
        read_manuscript(tmp_path)


def test_a_report_with_windows_line_ends_is_read_the_same(root):
    unix = read_manuscript(root)
    windows = parse_manuscript(unix.source.replace("\n", "\r\n"))
    assert windows.term == unix.term
    assert [(f.key, f.text, f.line) for f in windows.figures] == [(f.key, f.text, f.line) for f in unix.figures]


def test_a_byte_order_mark_is_harmless(tmp_path):
    (tmp_path / "report.qmd").write_text(HEAD + "[5]{fact=boi}", encoding="utf-8-sig")
    assert [figure.text for figure in read_manuscript(tmp_path).figures] == ["5"]


@pytest.mark.parametrize(
    ("header", "numerals"),
    [
        ("title: BÁO CÁO 12 em", ["12"]),
        ("title: BÁO CÁO\nsubtitle: Có 7 em", ["7"]),
        ("title: |\n  BÁO CÁO\n  của 12 em\nauthor: 5", ["12"]),
        ("subtitle: Nhiệm kỳ 2022-2024", []),
        ("author: Tổ 5\ndate: 2024-10-12\nformat:\n  html:\n    title: 5", []),
        ("# title: 5", []),
    ],
)
def test_of_the_header_title_and_subtitle_are_text_that_a_reader_sees(header, numerals):
    report = parse_manuscript(f"---\n{header}\nterm: 2022-2024\n---\n\nHết.\n")
    assert [numeral.text for numeral in report.untagged] == numerals


def test_a_figure_may_stand_in_the_title():
    source = '---\nsubtitle: "Có [4]{fact=boi} giải"\nterm: 2022-2024\n---\n'
    report = parse_manuscript(source)
    assert [(figure.key, figure.text, figure.line) for figure in report.figures] == [("boi", "4", 2)]
    assert report.rewritten({report.figures[0]: "5"}) == source.replace("[4]", "[5]")


def test_windows_line_ends_make_no_numeral_of_a_list_item_that_unix_ones_do_not_make():
    body = "Đoạn\n\n2. Chuyên môn:\n"
    assert untagged(body) == []
    report = parse_manuscript((HEAD + body).replace("\n", "\r\n"))
    assert report.untagged == ()


@pytest.mark.parametrize("head", ["--- \nterm: 2022-2024\n---  \n", "---\nterm: 2022-2024\n...\n"])
def test_a_header_that_pandoc_reads_is_a_header(head):
    assert parse_manuscript(head + "[5]{fact=boi}").term == "2022-2024"


# -- rewriting ---------------------------------------------------------------------------------------------------

numbers = st.integers(0, 10**6).map("{:,}".format)
prose = st.text(st.sampled_from("aăđ ơế,.;:“”*_#|>-\n\t0123456789%"), max_size=20)
tagged = st.tuples(prose, numbers, st.sampled_from(["boi", "boi.ba", "tai-tro@2021-2022"]))


@given(st.lists(tagged, min_size=1, max_size=5), prose, st.data())
def test_rewriting_figures_changes_nothing_else(pieces, end, data):
    new = [data.draw(numbers) for _ in pieces]
    chosen = [data.draw(st.booleans()) for _ in pieces]

    def source(texts: list[str]) -> str:
        spans = (f"{before}[{text}]{{fact={key}}}" for (before, _, key), text in zip(pieces, texts, strict=True))
        return HEAD + "".join(spans) + end

    old = [number for _, number, _ in pieces]
    report = parse_manuscript(source(old))
    assert [figure.text for figure in report.figures] == old
    changes = {f: text for f, text, change in zip(report.figures, new, chosen, strict=True) if change}
    expected = [n if change else o for o, n, change in zip(old, new, chosen, strict=True)]
    assert report.rewritten(changes) == source(expected)


def test_rewriting_no_figure_gives_the_real_report_back(root):
    report = read_manuscript(root)
    assert report.rewritten({}) == report.source
    assert report.rewritten({figure: figure.text for figure in report.figures}) == report.source


def test_rewriting_one_figure_of_the_real_report_changes_one_line(root):
    report = read_manuscript(root)
    figure = next(figure for figure in report.figures if figure.key == "tai-tro")
    before, after = report.source.splitlines(), report.rewritten({figure: "3.182.643.000"}).splitlines()
    changed = [line for line, (old, new) in enumerate(zip(before, after, strict=True), 1) if old != new]
    assert changed == [figure.line]
    assert "[3.182.643.000]{fact=tai-tro}" in after[figure.line - 1]
