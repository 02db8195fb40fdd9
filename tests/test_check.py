"""What in a report is stale, unknown, contradicted or untagged; and the figures rewritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kiemso.check import check_report, misread_tags, outdated_steps, update_report
from kiemso.claim import COLUMNS
from kiemso.evidence import read_evidence
from kiemso.extension import pandoc_tags
from kiemso.fact import facts_json
from kiemso.manuscript import read_manuscript
from kiemso.problem import Refused
from kiemso.trace import trace

HEAD = "---\nterm: 2022-2024\n---\n\n"


def outdate(monkeypatch, *steps: str) -> None:
    """Let these steps be out of date."""
    for module in ("check", "trace"):
        monkeypatch.setattr(f"kiemso.{module}.outdated_steps", lambda evidence: list(steps))


@pytest.fixture
def project(root, tmp_path, make_fact, monkeypatch) -> Path:
    """A project whose notebooks have run, with five facts, a table and a chart."""
    # These facts were made by no notebook; tests/e2e has projects whose notebooks have run.
    outdate(monkeypatch)
    facts = [
        make_fact("gv-gioi-tinh", 5),
        make_fact("gv-gioi-tinh@2021-2022", 1),
        make_fact("tai-tro", 3_181_643_000, "đồng"),
        make_fact("dat-chuan", 100, "%"),
        make_fact("chi-bo.chi-tieu@2024-2027", "hoàn thành xuất sắc nhiệm vụ", ""),
    ]
    made = {"tables": {"ket-qua": {}}, "charts": {"tai-tro": {}}}
    (tmp_path / "data/claims").mkdir(parents=True)
    for name in ("indicators.yml", "terms.yml"):
        (tmp_path / "data" / name).write_bytes((root / "data" / name).read_bytes())
    (tmp_path / "build/2022-2024").mkdir(parents=True)
    (tmp_path / "build/2022-2024/facts.json").write_text(facts_json(facts), encoding="utf-8")
    (tmp_path / "build/2022-2024/tables.json").write_text(json.dumps(made), encoding="utf-8")
    return tmp_path


@pytest.fixture
def check(project):
    def check_body(body: str, *claims: str):
        (project / "report.qmd").write_text(HEAD + body, encoding="utf-8")
        rows = [",".join(COLUMNS), *claims]
        (project / "data/claims/du-thao.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        return check_report(project)

    return check_body


@pytest.fixture
def update(project):
    def update_body(body: str) -> str:
        (project / "report.qmd").write_bytes((HEAD + body).encode())
        update_report(project)
        return (project / "report.qmd").read_bytes().decode().removeprefix(HEAD)

    return update_body


GOOD = "Có [5]{fact=gv-gioi-tinh} lượt, [100%]{fact=dat-chuan} đạt chuẩn.\n\n::: {table=ket-qua}\n:::\n"


def test_a_report_that_says_what_the_facts_say_passes(check):
    findings = check(GOOD + "\n::: {chart=tai-tro}\n:::\n\n::: {table=doi-chieu}\n:::\n")
    assert findings.passed
    assert (findings.unknown, findings.stale, findings.contradicted, findings.untagged) == ([], [], [], [])
    assert (findings.outdated, findings.misread) == ([], [])
    assert findings.summary == [
        "2 figures in report.qmd: 0 stale",
        "0 claims: 0 contradicted by the data, 0 of them acknowledged",
        "2 of 2 numerals accounted for: 2 tagged, 0 no data, 0 waived",
    ]


@pytest.mark.parametrize(
    ("written", "key", "now"),
    [
        ("4", "gv-gioi-tinh", "5"),
        ("5", "gv-gioi-tinh@2021-2022", "1"),
        ("3,181,643,000", "tai-tro", "3.181.643.000"),
        ("100", "dat-chuan", "100%"),
        ("", "gv-gioi-tinh@2022-2024", "5"),
        ("hoàn thành tốt nhiệm vụ", "chi-bo.chi-tieu@2024-2027", "hoàn thành xuất sắc nhiệm vụ"),
    ],
)
def test_a_figure_that_its_fact_no_longer_states_is_stale(check, written, key, now):
    findings = check(f"Có [{written}]{{fact={key}}} lượt.\n")
    assert [(stale.figure.text, stale.figure.line, stale.text) for stale in findings.stale] == [(written, 5, now)]
    assert not findings.passed


@pytest.mark.parametrize("text", ["5", "**5**", "*5*", " 5 "])
def test_emphasis_and_spaces_around_a_figure_are_not_part_of_it(check, text):
    assert check(f"[{text}]{{fact=gv-gioi-tinh}}\n").stale == []


def test_a_text_may_run_over_the_end_of_a_line(check):
    assert check("[hoàn thành xuất sắc\nnhiệm vụ]{fact=chi-bo.chi-tieu@2024-2027}\n").stale == []


@pytest.mark.parametrize(
    ("body", "said", "hint"),
    [
        ("[5]{fact=gv-gioi-tnh}", "there is no fact “gv-gioi-tnh”", "“gv-gioi-tinh”"),
        ("[5]{fact=gv-gioi-tinh@2020-2021}", "there is no fact “gv-gioi-tinh@2020-2021”", "“gv-gioi-tinh"),
        ("[5]{fact=GV}", "“GV” is not a key", ""),
        ("[5]{fact=gv-gioi-tinh as=roman}", "“gv-gioi-tinh”: there is no form “as=roman”", "as="),
        ("::: {table=ket-quả}\n:::", "there is no table “ket-quả”", "“ket-qua”"),
        ("::: {chart=ket-qua}\n:::", "there is no chart “ket-qua”", "tai-tro"),
    ],
)
def test_a_name_that_nothing_bears_is_a_problem_with_its_line(check, body, said, hint):
    findings = check(body + "\n")
    (problem,) = findings.unknown
    assert problem.line == 5 and said in problem.message and hint in problem.mend
    assert not findings.passed


def test_an_untagged_numeral_fails_the_check_and_a_waived_one_does_not(check):
    assert check('bậc [4]{waiver="bậc sáng kiến"}, năm 2023\n').passed
    findings = check("Chi bộ có 12 đồng chí, năm 2023\n")
    assert [*map(str, findings.untagged)] == ["report.qmd, line 5 “12”: stands in “…Chi bộ có 12 đồng chí, năm 2023…”"]
    assert findings.summary[2] == "1 of 2 numerals accounted for: 0 tagged, 1 no data, 0 waived"
    assert not findings.passed


def test_a_contradicted_claim_fails_the_check_until_it_is_acknowledged(check):
    findings = check(GOOD, "c1,Mục A,2 GV giỏi tỉnh,gv-gioi-tinh,2,,")
    assert [*map(str, findings.contradicted)] == [
        "data/claims/du-thao.csv, line 2 “2”: the data say “5” (gv-gioi-tinh); the claim stands in Mục A"
    ]
    assert not findings.passed
    findings = check(GOOD, "c1,Mục A,2 GV giỏi tỉnh,gv-gioi-tinh,2,5,Cộng ba năm học")
    assert findings.passed
    assert findings.summary[1] == "1 claim: 1 contradicted by the data, 1 of them acknowledged"


def test_an_acknowledgement_of_an_older_value_no_longer_counts(check):
    assert not check(GOOD, "c1,Mục A,2 GV giỏi tỉnh,gv-gioi-tinh,2,4,Cộng ba năm học").passed


def test_a_needless_acknowledgement_is_named_and_is_no_fault(check):
    findings = check(GOOD, "c1,Mục A,5 GV giỏi tỉnh,gv-gioi-tinh,5,5,Cộng ba năm học")
    (needless,) = findings.needless
    assert str(needless).startswith("data/claims/du-thao.csv, line 2: the data agree with the claim “c1”")
    assert findings.passed


def test_a_term_whose_notebooks_have_not_run_is_refused(project, check):
    (project / "build/2022-2024/facts.json").unlink()
    with pytest.raises(Refused, match="the notebooks of 2022-2024 have not run yet"):
        check(GOOD)


# -- notebooks that are out of date ------------------------------------------------------------------------------


def test_notebooks_whose_inputs_changed_are_named_and_fail_the_check(check, monkeypatch):
    outdate(monkeypatch, "1-clean-year 2021-2022", "3-summarise-term 2022-2024")
    findings = check(GOOD)
    assert findings.outdated == ["1-clean-year 2021-2022", "3-summarise-term 2022-2024"]
    assert not findings.passed


def test_notebooks_that_never_ran_are_out_of_date(project):
    (project / "notebooks").mkdir()
    assert outdated_steps(read_evidence(project, "2022-2024")) == [
        *(f"1-clean-year {period}" for period in ("2021-2022", "2022-2023", "2023-2024", "2022-2024")),
        *(f"2-compute-indicators {year}" for year in ("2021-2022", "2022-2023", "2023-2024")),
        "3-summarise-term 2022-2024",
    ]


def test_nothing_is_rewritten_from_facts_that_are_out_of_date(project, update, monkeypatch):
    outdate(monkeypatch, "1-clean-year 2021-2022")
    body = "Có [4]{fact=gv-gioi-tinh} lượt.\n"
    with pytest.raises(Refused, match="1-clean-year 2021-2022: the inputs changed since") as refused:
        update(body)
    assert "kiemso run" in refused.value.problems[0].mend
    assert (project / "report.qmd").read_bytes().decode() == HEAD + body


def test_a_chain_says_which_notebooks_are_out_of_date(project, check, monkeypatch):
    check(GOOD)

    def chain() -> list[str]:
        return trace("gv-gioi-tinh", read_evidence(project, "2022-2024"), read_manuscript(project))

    before = chain()
    assert before[0].startswith("gv-gioi-tinh: gv-gioi-tinh, 2022-2024: 5") and before[-1].startswith("stated in")
    outdate(monkeypatch, "1-clean-year 2021-2022")
    warning = "! 1-clean-year 2021-2022: the inputs changed since it ran; run `kiemso run`"
    assert [line for line in chain() if line not in before] == [warning]


# -- tags as Pandoc reads them -----------------------------------------------------------------------------------


def test_pandoc_and_this_program_read_the_real_report_alike(root):
    report = read_manuscript(root)
    assert misread_tags(root, report) == []
    tags = list(pandoc_tags(root / "report.qmd"))
    assert len(tags) == len(report.figures) + len(report.blocks)


@pytest.mark.parametrize(
    "body",
    [
        "`[5]{fact=gv-gioi-tinh}`",
        "```\n[5]{fact=gv-gioi-tinh}\n```",
        "<!-- [5]{fact=gv-gioi-tinh} -->",
        "\\[5]{fact=gv-gioi-tinh}",
        "\\`[5]{fact=gv-gioi-tinh}\\`",
        "[5]{fact='gv-gioi-tinh'} [5]{.so fact=\"gv-gioi-tinh\"}",
        "[5]{fact=gv-gioi-tinh fact=dat-chuan}",
        "| Bơi | [5]{fact=gv-gioi-tinh} |\n|:--|:--|\n| x | **[5]{fact=gv-gioi-tinh}** |",
        "# Có [5]{fact=gv-gioi-tinh}\n\n1. [5]{fact=gv-gioi-tinh}\n2. [**5**]{fact=gv-gioi-tinh}",
        "::: {.wide table=ket-qua}\n:::\n\n:::: {chart='tai-tro'}\n::::",
        "Trường `Kỳ Phú\n\nđạt [5]{fact=gv-gioi-tinh} giải\n\nxã `Kỳ Phú",
    ],
)
def test_what_pandoc_reads_as_a_tag_is_read_as_one_and_nothing_else(check, body):
    assert check(body + "\n").misread == []


NOT_SEEN = "report.qmd “fact=gv-gioi-tinh”: Pandoc does not see this as a tag"
NOT_PLACED = "report.qmd “fact=gv-gioi-tinh”: Pandoc sees this tag, but not where a figure or block can stand"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("đoạn\n\n    [5]{fact=gv-gioi-tinh}", NOT_SEEN),  # indented code
        ("$x [5]{fact=gv-gioi-tinh}$", NOT_SEEN),
        ("\\\\[5]{fact=gv-gioi-tinh}", NOT_PLACED),  # an escaped backslash, then a tag
        ("[[5]{.so}]{fact=gv-gioi-tinh}", NOT_PLACED),
        ("::: {fact=gv-gioi-tinh}\n5\n:::\n\n[[x]]{fact=gv-gioi-tinh}", NOT_PLACED),
        ("::: {table=ket-qua} x\n:::", ""),
    ],
)
def test_a_tag_that_only_one_of_the_two_sees_is_named_and_fails_the_check(check, body, said):
    findings = check(body + "\n")
    assert [*map(str, findings.misread)] == ([said] if said else [])
    assert not (said and findings.passed)


# -- rewriting ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Có [4]{fact=gv-gioi-tinh}, 4 em.\n", "Có [5]{fact=gv-gioi-tinh}, 4 em.\n"),
        ("[**4**]{fact=gv-gioi-tinh .so}", "[**5**]{fact=gv-gioi-tinh .so}"),
        ("[*4*]{fact=gv-gioi-tinh}", "[*5*]{fact=gv-gioi-tinh}"),
        ("[*__4__*]{fact=gv-gioi-tinh}", "[*__5__*]{fact=gv-gioi-tinh}"),
        ("[]{fact=gv-gioi-tinh}", "[5]{fact=gv-gioi-tinh}"),
        (
            "[4]{fact=gv-gioi-tinh}[2]{fact=gv-gioi-tinh@2021-2022}",
            "[5]{fact=gv-gioi-tinh}[1]{fact=gv-gioi-tinh@2021-2022}",
        ),
        (
            "`[4]{fact=gv-gioi-tinh}` <!-- [4]{fact=gv-gioi-tinh} -->",
            "`[4]{fact=gv-gioi-tinh}` <!-- [4]{fact=gv-gioi-tinh} -->",
        ),
        ("[3,181,643,000]{fact=tai-tro}\tđồng  \n\n\n", "[3.181.643.000]{fact=tai-tro}\tđồng  \n\n\n"),
    ],
)
def test_an_update_rewrites_stale_figures_and_nothing_else(update, before, after):
    assert update(before) == after


def test_a_report_without_stale_figures_is_not_written(project, update):
    update(GOOD)
    (project / "report.qmd").chmod(0o444)
    before = (project / "report.qmd").stat()
    assert update_report(project) == []
    assert (project / "report.qmd").stat().st_mtime_ns == before.st_mtime_ns
    assert (project / "report.qmd").stat().st_ino == before.st_ino


def test_a_second_update_finds_nothing_to_do(project, update):
    update("Có [4]{fact=gv-gioi-tinh} lượt, [99%]{fact=dat-chuan}.\n")
    assert update_report(project) == []
    assert check_report(project).stale == []


def test_with_an_unknown_key_nothing_is_rewritten(project, update):
    body = "[4]{fact=gv-gioi-tinh} và [1]{fact=gv-gioi-tnh}\n"
    with pytest.raises(Refused, match="gv-gioi-tnh"):
        update(body)
    assert (project / "report.qmd").read_bytes().decode() == HEAD + body


def test_windows_line_ends_stay_as_they_are(project):
    source = (HEAD + "Có [4]{fact=gv-gioi-tinh} lượt.\nHết.\n").replace("\n", "\r\n")
    (project / "report.qmd").write_bytes(source.encode())
    update_report(project)
    assert (project / "report.qmd").read_bytes().decode() == source.replace("[4]", "[5]")
