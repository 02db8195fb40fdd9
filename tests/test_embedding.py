"""A page made one file: what it names is put into it, and what we cannot put in is left to Pandoc."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from kiemso.embedding import embedded

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """The project's folder, and that of a workspace which shares files with it."""
    project, shared = tmp_path / "trường học", tmp_path / "chung"
    for folder in (project / "biểu đồ", shared):
        folder.mkdir(parents=True)
    (project / "biểu đồ" / "a.svg").write_bytes(SVG)
    (project / "page.css").write_text("p { margin: 0 }\n")
    (shared / "page.js").write_text("const text = '<img src=\"x.svg\" />';\n")
    (project / "far.css").write_text("p { background: URL(x.png) }")
    (project / "torn.js").write_text("'</SCRIPT>'")
    (project / "film.mp4").touch()
    return project, shared


def test_styles_scripts_and_pictures_are_put_in(folders: tuple[Path, Path]) -> None:
    page = (
        '<link rel="stylesheet" href="page.css">\n<a href="audit/index.html">1 &lt; 2</a>\n'
        '<img src="bi%E1%BB%83u%20%C4%91%E1%BB%93/a.svg" style="width:100.0%" alt="a &quot;b&quot; &gt; c" />\n'
        '<script>\nconst a = 1;\n</script>\n<script type="application/json" id="kiemso-evidence">{}</script>\n'
        '<script src="page.js"></script>\n'
    )
    data = "data:image/svg+xml;base64," + base64.b64encode(SVG).decode()
    assert embedded(page, folders) == (
        '<style>\np { margin: 0 }\n</style>\n<a href="audit/index.html">1 &lt; 2</a>\n'
        f'<img src="{data}" style="width:100.0%" alt="a &quot;b&quot; &gt; c" />\n'
        '<script>\nconst a = 1;\n</script>\n<script type="application/json" id="kiemso-evidence">{}</script>\n'
        "<script>\nconst text = '<img src=\"x.svg\" />';\n</script>\n"
    )


@pytest.mark.parametrize(
    "tag",
    [
        '<img src="absent.svg" />',
        '<img src="https://example.org/a.svg" />',
        '<img src="film.mp4" />',
        '<img src="biểu đồ/a.svg" srcset="b.svg 2x" />',
        "<IMG src='biểu đồ/a.svg'>",
        '<link rel="stylesheet" href="far.css">',
        '<link rel="icon" href="a.ico">',
        '<script src="torn.js"></script>',
        '<script async src="page.js"></script>',
        "<style>@import 'a.css'</style>",
        '<video src="film.mp4"></video>',
        '<iframe src="page.html"></iframe>',
    ],
)
def test_what_cannot_be_put_in_is_left_to_pandoc(folders: tuple[Path, Path], tag: str) -> None:
    assert embedded(f"<p>{tag}</p>", folders) is None
