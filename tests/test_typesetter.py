"""The PDF set in a process that has set the last one: the same bytes as from nothing, or from nothing after all."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest
from kiemso import helper, process
from kiemso.typesetter import TypesetError, Typesetter, in_parts, typeset

if not helper.can_help():
    pytest.skip("there is no fork here", allow_module_level=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_square(tmp_path, "red")
    (tmp_path / "last.typ").write_text(report("17 / 3 ≈ 5,7"), encoding="utf-8")
    return tmp_path


def report(text: str) -> str:
    paragraphs = "".join(f"== Mục {n}\n\nNăm học {n}: #lorem(90) <a{n}> \n\n" for n in range(30))
    return f'#set document(date: none)\n#set text(lang: "vi")\n#outline()\n= {text}\n#image("square.svg")\n{paragraphs}'


def write_square(project: Path, colour: str) -> None:
    square = f'<rect width="9" height="9" fill="{colour}"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{square}</svg>'
    (project / "square.svg").write_text(svg, encoding="utf-8")


def from_nothing(project: Path, source: Path) -> bytes:
    """What a fresh process gives."""
    helper.apart(typeset, project, source, project / "fresh.pdf")
    return (project / "fresh.pdf").read_bytes()


@pytest.mark.parametrize("text", ["17 / 3 ≈ 5,7", "18 / 3 = 6", "15 / 3 *= 5*"])
@pytest.mark.parametrize("colour", ["red", "blue"])
def test_it_gives_the_bytes_that_it_gives_from_nothing(project, text, colour):
    new = project / "new.typ"
    with Typesetter() as typesetter:
        typesetter.ahead(project, project / "last.typ")
        typesetter(project, project / "last.typ", project / "last.pdf")
        new.write_text(report(text), encoding="utf-8")
        write_square(project, colour)
        typesetter(project, new, project / "new.pdf")
    assert (project / "new.pdf").read_bytes() == from_nothing(project, new)
    same = (project / "new.pdf").read_bytes() == (project / "last.pdf").read_bytes()
    assert same == ((text, colour) == ("17 / 3 ≈ 5,7", "red"))


def test_where_there_was_none_before_it_is_set_here(project):
    with Typesetter() as typesetter:
        typesetter.ahead(project, project / "missing.typ")
        typesetter(project, project / "last.typ", project / "new.pdf")
        assert not process._running
    assert (project / "new.pdf").read_bytes() == from_nothing(project, project / "last.typ")


def test_a_last_one_that_cannot_be_set_does_no_harm(project):
    (project / "torn.typ").write_text("#image(", encoding="utf-8")
    with Typesetter() as typesetter:
        typesetter.ahead(project, project / "torn.typ")
        typesetter(project, project / "last.typ", project / "new.pdf")
    assert (project / "new.pdf").read_bytes() == from_nothing(project, project / "last.typ")


def test_what_is_wrong_is_told_from_there(project):
    (project / "wrong.typ").write_text("#image(", encoding="utf-8")
    with Typesetter() as typesetter:
        typesetter.ahead(project, project / "last.typ")
        with pytest.raises(TypesetError, match="Typst could not set the PDF: unclosed delimiter"):
            typesetter(project, project / "wrong.typ", project / "new.pdf")
        typesetter(project, project / "last.typ", project / "new.pdf")
    assert (project / "new.pdf").exists()


def test_where_its_process_was_killed_it_is_set_here(project):
    with Typesetter() as typesetter:
        typesetter.ahead(project, project / "last.typ")
        process.stop_all()
        typesetter(project, project / "last.typ", project / "new.pdf")
    assert (project / "new.pdf").read_bytes() == from_nothing(project, project / "last.typ")
    assert not process._running


TABLE = "#table(\n  columns: 2,\n  [a], [#shown[{}]],\n)"
IN_PARTS = f"""#let shown(it) = {{
  strong(it)
}}
#set text(lang: "vi")
= Bảng

{TABLE.format("một")}

#figure(
  align(center)[#table(
    columns: 2,
    [b], [#shown[hai]],
  )]
  , caption: [Tên]
  , kind: table
  )
<named>

#block[
{TABLE.format("ba")}
#block[
#strong[A]: một

#strong[B]: @named
] <evidence-index>
]
"""


def pages(project: Path, text: str) -> str:
    (project / "new.typ").write_text(text, encoding="utf-8")
    typeset(project, project / "new.typ", project / "new.pdf")
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(project / "new.pdf").pages)


def test_tables_and_the_index_of_figures_are_files_of_their_own(project):
    parts = in_parts(IN_PARTS)
    assert len(parts) == 5
    assert parts["main.typ"].count("#include") == 3
    assert "#figure(" in parts["main.typ"]  # its label belongs to it
    changed = in_parts(IN_PARTS.replace("[a], [#shown[một]],", "[a], [#shown[một]],\n  [c], [d],"))
    assert [name for name in parts if parts[name] != changed[name]] == [".part-1.typ"]


def test_in_parts_it_is_what_it_is_as_a_whole(project):
    whole = pages(project, IN_PARTS + "\n// ```")
    assert "một" in whole
    assert "hai" in whole
    assert pages(project, IN_PARTS) == whole


def test_code_that_looks_like_a_table_is_shown(project):
    code = f"```\n{TABLE.format('x')}\n```\n"
    assert in_parts(code) == {"main.typ": code}
    assert "#table(" in pages(project, code)


def test_what_is_wrong_in_a_part_is_told_of_the_whole(project):
    with pytest.raises(TypesetError, match="unknown variable: missing"):
        pages(project, IN_PARTS.replace("ba", "#missing"))
