"""The evidence panel of report.html: from a figure to its raw cell and back, by mouse, keyboard and address."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from kiemso.render import RenderError, render

try:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright
except ImportError:
    sync_playwright = None

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = next((path for name in BROWSERS if (path := shutil.which(name))), None)
TERM, YEARS = "2022-2024", ("2021-2022", "2022-2023")
HOSTILE = "</script><!-- <script>hacked=1</script><img src=x onerror=hacked=2> <b>đậm</b> \u2028 & **s** \u202eRTL"
SEEN = re.sub(r"\s+", " ", HOSTILE.replace("\u2028", " "))  # as a page's text is compared here
needs_browser = pytest.mark.skipif(
    not (BROWSER and sync_playwright), reason="needs Chromium on the PATH, and Playwright"
)
needs_quarto = pytest.mark.skipif(not shutil.which("quarto"), reason="Quarto is not on the PATH")
SCREENS = {390: {"width": 390, "height": 844}, 1280: {"width": 1280, "height": 800}}
LABELS = ("Giáo viên dạy giỏi", "Học sinh xuất sắc", "Đảng viên mới kết nạp", "Bằng khen", "Sáng kiến")

# -- a small project ---------------------------------------------------------------------------------------------


def _anchor(key: str) -> str:
    return "fact-" + key.replace("@", "_")


def _facts(count: int) -> dict[str, dict]:
    """`count` indicators, each the sum of two school years; the years are quoted from cells B2, B3, ..."""
    facts: dict[str, dict] = {}
    for i in range(count):
        label = f"{LABELS[i % len(LABELS)]} {i}"
        inputs = [f"chi-tieu-{i}@{year}" for year in YEARS]
        one = {"label": label, "unit": "lượt", "bound": "", "status": "observed", "note": "", "claims": []}
        for number, key in enumerate(inputs):
            made = {"period": YEARS[number], "text": str(i + number), "formula": "quoted", "expression": ""}
            facts[key] = one | made | {"inputs": [], "sources": [i * 2 + number], "cell": "year"}
        total = {"period": TERM, "text": str(2 * i + 1), "formula": "sum", "expression": f"{i} + {i + 1} = {2 * i + 1}"}
        sources = [i * 2, i * 2 + 1]
        facts[f"chi-tieu-{i}@{TERM}"] = one | total | {"inputs": inputs, "sources": sources, "cell": "term"}
    for key, fact in facts.items():
        fact.update(anchor=_anchor(key), ref=f"C{key.split('@')[0].rpartition('-')[2]}")
    return facts


def _source(i: int, year: str) -> dict[str, Any]:
    page = f"audit/raw/{year}/ket-qua.html#K%E1%BA%BFt%20qu%E1%BA%A3%21B{i + 2}"
    place = {"sheet": "Kết quả", "cell": f"B{i + 2}", "row_label": f"Nội dung {i}", "column_heading": f"Năm học {year}"}
    text = str(i + YEARS.index(year))
    file = f"data/raw/{year}/ket-qua.xlsx"
    linked = {"page": page, "cells": [[place["cell"], page]]}
    return place | linked | {"file": file, "text": text, "digest": "0123456789abcdef" * 4, "corrections": []}


def _cell(name: str) -> dict[str, str]:
    page = f"audit/{TERM}/3.html#{name}"
    code = f'record("{name}", by_year.sum())'
    return {"notebook": "3.ipynb", "period": TERM, "cell": name, "code": code, "premise": "**Cộng.**", "page": page}


def _panel(count: int) -> dict[str, Any]:
    sources = [_source(i, year) for i in range(count) for year in YEARS]
    cells = {name: _cell(name) for name in ("term", "year")}
    return {"term": TERM, "facts": _facts(count), "cells": cells, "sources": sources}


def _short(key: str) -> str:
    return key.removesuffix(f"@{TERM}")


def _rows(keys: list[str]) -> list[dict]:
    names = list(dict.fromkeys(key.partition("@")[0] for key in keys))
    cells = [[[name], *[[{"fact": f"{name}@{year}"}] for year in YEARS], [{"fact": name}]] for name in names]
    return [{"cells": row} for row in cells]


def _evidence(facts: dict[str, dict]) -> dict[str, Any]:
    sections = []
    for fact in facts.values():
        lines = [] if fact["period"] == TERM else [{"period": fact["period"], "value": "1", "sources": []}]
        same = {"anchor": fact["anchor"], "ref": fact["ref"], "label": fact["label"], "value": fact["text"]}
        sections.append({**same, "notebook": "3.ipynb", "cell": "c", "unit": "", "formula": "", "lines": lines})
    return {"files": [], "sections": [{"title": "Thi đua", "rows": sections}], "warnings": []}


def make_project(folder: Path, count: int, panel: dict[str, Any] | None, text: str) -> Path:
    """A project of `count` indicators that states `text`, a table and a chart of the first indicators."""
    facts = (panel or _panel(count))["facts"]
    stated = {
        written: {
            "anchor": fact["anchor"],
            "label": f"{fact['label']}, {fact['period']}",
            "status": fact["status"],
            "forms": {"value": fact["text"]},
        }
        for key, fact in facts.items()
        for written in {key, _short(key)}
    }
    titles = ("Nội dung", *YEARS, "Cả nhiệm kỳ")
    columns = [{"title": title, "align": "left" if title == titles[0] else "right", "width": 25} for title in titles]
    rows = _rows(list(facts))
    chart = {"caption": "Số lượt", "alt": "Cột", "svg": "charts/a.svg", "png": "charts/a.png"}
    report = {
        "term": TERM,
        "facts": stated,
        "tables": {"ket-qua": {"caption": "Kết quả", "columns": columns, "rows": rows}},
        "charts": {"luot": chart | {"table": {"columns": columns, "rows": rows[:3]}}},
        "evidence": _evidence(facts),
    }
    build = folder / "build" / TERM
    (build / "charts").mkdir(parents=True)
    (build / "charts" / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"/>')
    (build / "report.json").write_text(json.dumps(report), encoding="utf-8")
    if panel:
        (build / "panel.json").write_text(json.dumps(panel, ensure_ascii=False, indent=1), encoding="utf-8")
    header = f"---\ntitle: BÁO CÁO\nlang: vi\nterm: {TERM}\nformat:\n  kiemso-html: default\n---\n\n"
    blocks = "::: {table=ket-qua}\n:::\n\n## Biểu đồ\n\n::: {chart=luot}\n:::\n\n# Phụ lục\n\n::: {.evidence}\n:::\n"
    (folder / "report.qmd").write_text(f"{header}# Phần thứ nhất\n\n{text}\n\n## Bảng\n\n{blocks}", encoding="utf-8")
    shutil.copy(ROOT / "_quarto.yml", folder)
    shutil.copytree(ROOT / "_extensions", folder / "_extensions")
    return folder


def _narrative(count: int) -> str:
    stated = "; ".join(f"có [{2 * i + 1}]{{fact=chi-tieu-{i}}} lượt" for i in range(count))
    return (
        f"Ngày 12/10/2024: {stated}, riêng năm đầu [0]{{fact=chi-tieu-0@{YEARS[0]}}}.\n\n"
        "Số cũ: [99]{fact=chi-tieu-1}. Có [hai]{waiver='số đếm trong câu'} điểm trường, theo Nghị quyết số 29.\n"
    )


def _embed(html: Path) -> str:
    return BeautifulSoup(html.read_text(encoding="utf-8"), "html.parser").find(id="kiemso-evidence").string


@pytest.fixture(scope="module")
def panel() -> dict[str, Any]:
    made = _panel(5)
    facts = made["facts"]
    facts[f"chi-tieu-1@{TERM}"]["claims"] = [{"where": "Phần I", "text": "2 lượt", "reason": "Cộng sót một năm."}]
    facts[f"chi-tieu-2@{YEARS[0]}"].update(status="not held", text="Không tổ chức")
    facts[f"chi-tieu-2@{TERM}"]["note"] = "Năm học 2021-2022 không tổ chức, không cộng."
    fix = {"cell": "B5", "from": "O", "to": "3", "reason": "Gõ nhầm.", "by": "An", "date": "2024-10-01"}
    made["sources"][6].update(text="O", corrections=[fix])
    return made


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, panel: dict[str, Any]) -> str:
    project = make_project(tmp_path_factory.mktemp("panel") / "dự án", 5, panel, _narrative(5))
    render(project, ["html"], "embedded")
    return (project / "_output" / "report.html").as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=BROWSER)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that must neither complain nor ask for anything but the report itself."""
    context = browser.new_context(viewport=SCREENS[1280])
    page = context.new_page()
    told, asked = [], []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
    yield page
    assert told == []
    assert {address for address in asked if not address.startswith("data:image/svg+xml")} <= {
        page.url.partition("#")[0]
    }
    context.close()


def heading(page: Any) -> str:
    return page.locator("#kiemso-heading").inner_text()


def panel_text(page: Any) -> str:
    return re.sub(r"\s+", " ", page.locator("#kiemso-panel").text_content())


def focused(page: Any, selector: str) -> bool:
    return page.evaluate("selector => document.activeElement.matches(selector)", selector)


def press_until(page: Any, selector: str, key: str = "Tab") -> None:
    for _ in range(200):
        page.keyboard.press(key)
        if focused(page, selector):
            return
    raise AssertionError(f"{key} never reaches {selector}")


# -- what the renderers embed ------------------------------------------------------------------------------------


def test_hostile_data_stay_inside_their_script(tmp_path: Path) -> None:
    made = _panel(1)
    made["facts"][f"chi-tieu-0@{TERM}"]["note"] = HOSTILE
    project = make_project(tmp_path / "p", 1, made, "[1]{fact=chi-tieu-0}")
    render(project, ["html"], "embedded")
    embedded = _embed(project / "_output/report.html")
    assert json.loads(embedded) == made
    assert "<" not in embedded
    assert "\u2028" not in embedded
    assert "\n" not in embedded


def test_without_data_there_is_no_panel(tmp_path: Path) -> None:
    project = make_project(tmp_path / "p", 1, None, "[1]{fact=chi-tieu-0}")
    render(project, ["html"], "embedded")
    page = (project / "_output/report.html").read_text(encoding="utf-8")
    assert "kiemso-panel" not in page
    assert 'href="#fact-chi-tieu-0_2022-2024"' in page


def test_damaged_data_stop_the_render(tmp_path: Path) -> None:
    project = make_project(tmp_path / "p", 1, _panel(1), "[1]{fact=chi-tieu-0}")
    (project / "build" / TERM / "panel.json").write_text('{"term": ', encoding="utf-8")
    with pytest.raises(RenderError, match=re.escape("panel.json is not what was expected: run `kiemso run` again")):
        render(project, ["html"], "embedded")


@needs_quarto
def test_quarto_embeds_the_same(tmp_path: Path) -> None:
    seen = []
    for renderer in ("embedded", "quarto"):
        project = make_project(tmp_path / renderer, 1, _panel(1), "[1]{fact=chi-tieu-0}")
        render(project, ["html"], renderer)
        soup = BeautifulSoup((project / "_output/report.html").read_text(encoding="utf-8"), "html.parser")
        assert not soup.select("script[src], link[href]")
        seen.append([script.string.strip() for script in soup.find_all("script")])
        assert (ROOT / "_extensions/kiemso/panel.js").read_text(encoding="utf-8").strip() in seen[-1]
        assert any("#kiemso-panel" in style.string for style in soup.find_all("style"))
    assert seen[0] == seen[1]


# -- from figures to raw cells -----------------------------------------------------------------------------------

# Ten figures: four in the narrative, three in the table, three in the chart's data table.
TEN = [
    *[("p", n) for n in (0, 2, 4, 5)],
    *[(".report-table", n) for n in (0, 3, 14)],
    *[(".chart", n) for n in (1, 2, 8)],
]


def check_source(page: Any, panel: dict[str, Any], key: str) -> None:
    fact = panel["facts"][key]
    source = panel["sources"][fact["sources"][0]]
    assert heading(page) == fact["label"]
    shown = panel_text(page)
    for part in (source["file"], f"Trang tính “{source['sheet']}”", source["row_label"], source["column_heading"]):
        assert part in shown
    assert page.locator("#kiemso-panel td.value").first.inner_text() == source["text"]
    assert page.locator(f'#kiemso-panel a[href="{source["page"]}"]').count() == 1
    assert "SHA-256 0123456789abcdef…" in shown
    assert 'record("' in page.locator("#kiemso-panel pre").inner_text()


def full(key: str) -> str:
    return key if "@" in key else f"{key}@{TERM}"


@needs_browser
@pytest.mark.parametrize("width", SCREENS)
def test_ten_figures_lead_to_their_cells_by_mouse(page: Any, url: str, panel: dict[str, Any], width: int) -> None:
    page.set_viewport_size(SCREENS[width])
    page.goto(url)
    page.locator(".chart summary").click()
    for place, number in TEN:
        figure = page.locator(f"main {place} a.figure").nth(number)
        key = full(figure.get_attribute("data-fact"))
        figure.click()
        fact = panel["facts"][key]
        assert page.locator("#kiemso-panel p.value").inner_text().startswith(fact["text"])
        if fact["inputs"]:
            assert fact["expression"] in panel_text(page)
            page.locator(f'#kiemso-panel [data-view="{fact["inputs"][0]}"]').click()
            check_source(page, panel, fact["inputs"][0])
            page.get_by_role("button", name="← Quay lại").click()
            assert heading(page) == fact["label"]
            assert focused(page, f'[data-view="{fact["inputs"][0]}"]')
        check_source(page, panel, key)
        page.get_by_role("button", name="Đóng").click()
        assert figure.evaluate("figure => figure === document.activeElement")


@needs_browser
def test_ten_figures_lead_to_their_cells_by_keyboard(page: Any, url: str, panel: dict[str, Any]) -> None:
    page.goto(url)
    page.evaluate("n => document.querySelectorAll('main a.figure').forEach((f, i) => f.dataset.n = i)", 0)
    for place, number in TEN:
        n = page.locator(f"main {place} a.figure").nth(number).get_attribute("data-n")
        if place == ".chart" and not page.locator(".chart details[open]").count():
            press_until(page, ".chart summary")
            page.keyboard.press("Enter")
        press_until(page, f'[data-n="{n}"]')
        key = full(page.evaluate("document.activeElement.dataset.fact"))
        page.keyboard.press("Enter")
        assert focused(page, "#kiemso-heading")
        inputs = panel["facts"][key]["inputs"]
        if inputs:
            press_until(page, f'[data-view="{inputs[1]}"]')
            page.keyboard.press("Enter")
            assert focused(page, "#kiemso-heading")
            check_source(page, panel, inputs[1])
        press_until(page, "#kiemso-panel a[href^='audit/raw/']")
        page.keyboard.press("Escape")
        assert page.locator("#kiemso-panel").is_hidden()
        assert focused(page, f'[data-n="{n}"]')


@needs_browser
def test_way_of_drilling_is_shown_and_runs_in_no_circles(page: Any, url: str) -> None:
    page.goto(url)
    page.locator("main p a.figure").nth(3).click()
    way = page.locator("#kiemso-panel nav ol button")
    page.locator('#kiemso-panel [data-view^="chi-tieu-3@2021"]').click()
    assert way.all_inner_texts() == ["Bằng khen 3, 2022-2024"]
    page.locator(f'#kiemso-panel [data-view="chi-tieu-3@{TERM}"]').click()  # what it is used for: whence we came
    assert page.locator("#kiemso-panel nav").is_hidden()
    assert heading(page) == "Bằng khen 3"


@needs_browser
def test_corrections_claims_stale_figures_and_notes_are_told(page: Any, url: str) -> None:
    page.goto(url)
    page.locator("main p a.figure").nth(1).click()
    text = panel_text(page)
    assert "Chưa cập nhật. Văn bản ghi “99”, số liệu nay là “3”." in text
    assert "Nơi khác nêu: “2 lượt” (Phần I). Cộng sót một năm." in text
    page.locator("main p a.figure").nth(3).click()
    assert "Ô B5: trước là “O”, nay là “3”. Gõ nhầm. (An, 2024-10-01)" in panel_text(page)
    page.locator("main p a.figure").nth(2).click()
    assert "Lưu ý: Năm học 2021-2022 không tổ chức, không cộng." in panel_text(page)
    assert page.locator('[data-view="chi-tieu-2@2021-2022"] b').inner_text() == "Không tổ chức"


@needs_browser
@pytest.mark.parametrize("width", SCREENS)
def test_jumps_lead_to_every_place(page: Any, url: str, width: int) -> None:
    page.set_viewport_size(SCREENS[width])
    page.goto(url)
    page.locator("main p a.figure").nth(1).click()
    section = page.locator("#kiemso-panel section", has_text="Được nêu ở 4 chỗ")
    places = section.locator("li button")
    assert [" ".join(text.split()) for text in places.all_inner_texts()] == [
        "3 Phần thứ nhất",
        "3 Phần thứ nhất (chưa cập nhật)",
        "3 Bảng › Bảng 1. Kết quả › chi-tieu-1",
        "3 Biểu đồ › Biểu đồ 1. Số lượt › chi-tieu-1",
    ]
    for i in range(4):
        places.nth(i).click()
        assert focused(page, "a.figure.kiemso-here")
        seen = """() => { const box = document.activeElement.getBoundingClientRect();
            const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return Boolean(at.closest("a.figure")) }"""
        assert page.evaluate(seen), i  # nor is it covered by the panel
    assert page.locator(".chart details[open]").count() == 1


# -- list, search, marks -----------------------------------------------------------------------------------------


@needs_browser
def test_list_is_searched_and_filtered(page: Any, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Danh sách số liệu").click()
    rows = page.locator("#kiemso-panel .list > ul:last-child > li:not([hidden])")
    assert rows.count() == 16  # five indicators with two years and the total, and a waived number
    search = page.get_by_role("searchbox")
    for words, found in (("dang vien", 3), ("ĐẢNG viên 2023", 1), ("hai", 1), ("khong co gi", 0), ("", 16)):
        search.fill(words)
        assert rows.count() == found, words
        told = f"{found} số liệu" if found else "Không có số liệu nào như vậy."
        assert page.get_by_role("status").inner_text() == told
    for name, found in {
        "Tất cả (16)": 16,
        "Chưa cập nhật (1)": 1,
        "Được miễn (1)": 1,
        "Trái với số liệu đã nêu (1)": 1,
        "Có ô đính chính (2)": 2,
        "Không tổ chức, chưa có số liệu (1)": 1,
    }.items():
        page.get_by_text(name, exact=True).click()
        assert rows.count() == found, name
    rows.first.click()
    assert heading(page) == "Đảng viên mới kết nạp 2"
    page.get_by_role("button", name="← Quay lại").click()
    assert rows.count() == 1
    page.keyboard.press("Escape")
    assert focused(page, 'a.figure[data-fact="chi-tieu-2@2021-2022"]')


@needs_browser
def test_list_by_keyboard(page: Any, url: str) -> None:
    page.goto(url)
    press_until(page, ".kiemso-launcher")
    page.keyboard.press("Enter")
    press_until(page, "[type=search]")
    page.keyboard.type("hai")
    press_until(page, "[type=radio]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")  # Được miễn
    press_until(page, ".list li button")
    page.keyboard.press("Shift+Tab")
    press_until(page, "[type=search]", "Shift+Tab")
    page.keyboard.press("Escape")  # empties the search, and only that
    assert page.get_by_role("searchbox").input_value() == ""
    page.keyboard.press("Escape")
    assert page.locator("#kiemso-panel").is_hidden()
    assert focused(page, ".kiemso-launcher")


@needs_browser
def test_numbers_are_marked_on_demand(page: Any, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Danh sách số liệu").click()
    page.get_by_role("switch").check()
    legend = page.locator("#kiemso-panel .legend li").all_inner_texts()
    assert legend[:3] == ["30 có căn cứ", "1 chưa cập nhật", "1 được miễn"]
    assert legend[3].startswith("2 không gắn căn cứ")
    ranges = (
        "[...CSS.highlights.get('kiemso-untagged')].map(r => r.startContainer.data.slice(r.startOffset, r.endOffset))"
    )
    assert page.evaluate(ranges) == ["12/10/2024", "29"]
    page.get_by_role("switch").uncheck()
    assert page.evaluate(ranges) == []
    assert page.locator("main.kiemso-marks").count() == 0


# -- addresses ---------------------------------------------------------------------------------------------------


@needs_browser
def test_address_opens_the_panel(page: Any, url: str) -> None:
    page.goto(f"{url}#fact=chi-tieu-4")
    assert heading(page) == "Sáng kiến 4"
    assert page.locator("a.kiemso-here").get_attribute("data-fact") == "chi-tieu-4"
    page.evaluate(f"location.hash = 'fact=chi-tieu-3@{YEARS[0]}'")
    page.wait_for_function("document.getElementById('kiemso-heading').textContent === 'Bằng khen 3'")
    length = page.evaluate("history.length")
    page.locator("main p a.figure").nth(2).click()
    assert page.url == f"{url}#fact=chi-tieu-2@{TERM}"
    assert page.evaluate("history.length") == length
    page.go_back()
    page.wait_for_function("document.getElementById('kiemso-heading').textContent === 'Sáng kiến 4'")
    page.keyboard.press("Escape")
    assert page.url == url


@needs_browser
def test_back_to_the_plain_report_closes_the_panel(page: Any, url: str) -> None:
    page.goto(url)
    page.evaluate("location.hash = 'fact=chi-tieu-4'")
    page.locator("#kiemso-panel").wait_for(state="visible")
    page.go_back()
    page.locator("#kiemso-panel").wait_for(state="hidden")
    page.go_forward()
    page.locator("#kiemso-panel").wait_for(state="visible")
    assert heading(page) == "Sáng kiến 4"


@needs_browser
@pytest.mark.parametrize("wanted", ["khong-co", "%E0%A4%A", "__proto__", "%3Cb%3E"])
def test_unknown_address_is_told(page: Any, url: str, wanted: str) -> None:
    page.goto(f"{url}#fact={wanted}")
    assert heading(page).startswith("Không có số liệu “")
    assert "Báo cáo không có số liệu nào mang khóa này." in panel_text(page)
    page.keyboard.press("Escape")
    assert page.locator("#kiemso-panel").is_hidden()


# -- everyone, everywhere ----------------------------------------------------------------------------------------


@needs_browser
def test_hostile_strings_show_as_text(page: Any, tmp_path: Path) -> None:
    made = _panel(1)
    fact = made["facts"][f"chi-tieu-0@{TERM}"]
    fact.update(label=HOSTILE, text=HOSTILE, expression=HOSTILE, formula=HOSTILE, note=HOSTILE)
    fact["claims"] = [{"where": HOSTILE, "text": HOSTILE, "reason": HOSTILE}]
    made["cells"]["term"].update(code=HOSTILE, cell=HOSTILE, notebook=HOSTILE, page="javascript:hacked=3")
    made["sources"][0].update(sheet=HOSTILE, row_label=HOSTILE, column_heading=HOSTILE, text=HOSTILE)
    names = ("from", "to", "reason", "by", "date")
    made["sources"][0].update(page="javascript:hacked=4", corrections=[{"cell": "B2", **dict.fromkeys(names, HOSTILE)}])
    project = make_project(tmp_path / "p", 1, made, "[1]{fact=chi-tieu-0} [2]{waiver='<i>x</i>'}")
    render(project, ["html"], "embedded")
    page.goto((project / "_output/report.html").as_uri())
    page.locator("main p a.figure").first.click()
    # Label, value, expression, formula, note; claim (3); code, cell, notebook; sheet, row, column, cell;
    # correction (5).
    # The figure's own text stands at each of its places, and in the remark that one of them is stale.
    figures = page.locator("main a.figure[data-fact='chi-tieu-0']").count()
    stale = 1
    # The report itself shows a mark that turns the direction of writing as a replacement character.
    assert panel_text(page).replace("\ufffd", "\u202e").count(SEEN) == 20 + figures + stale
    assert page.locator("#kiemso-panel :is(script, img, i), #kiemso-panel bdi b").count() == 0
    assert page.locator("#kiemso-panel a[href^='javascript']").count() == 0
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Danh sách số liệu").click()
    assert panel_text(page).count(SEEN) == 2
    assert "<i>x</i>" in panel_text(page)
    assert page.evaluate("typeof hacked") == "undefined"


@needs_browser
def test_without_scripts_figures_are_links(browser: Any, url: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(url)
    assert page.locator(".kiemso").count() == 0
    page.locator("main p a.figure").first.click()
    assert page.url == f"{url}#fact-chi-tieu-0_2022-2024"
    page.context.close()


@needs_browser
def test_paper_shows_no_panel(page: Any, url: str) -> None:
    page.goto(f"{url}#fact=chi-tieu-4")
    page.emulate_media(media="print")
    assert page.locator("#kiemso-panel").is_hidden()
    assert page.locator(".kiemso-launcher").is_hidden()
    assert page.locator("main p a.figure").first.is_visible()


@needs_browser
def test_other_ways_of_clicking_are_left_to_the_browser(page: Any, url: str) -> None:
    page.goto(url)
    with page.context.expect_page() as other:
        page.locator("main p a.figure").first.click(modifiers=["ControlOrMeta"])
    assert other.value.url == f"{url}#fact-chi-tieu-0_2022-2024"
    assert page.locator("#kiemso-panel").is_hidden()


@needs_browser
@pytest.mark.parametrize("width", SCREENS)
def test_no_accessibility_violations(page: Any, url: str, width: int) -> None:
    page.set_viewport_size(SCREENS[width])
    page.goto(url)

    def violations() -> list[tuple[str, str]]:
        found = Axe().run(page).response["violations"]
        return [(one["id"], node["html"]) for one in found for node in one["nodes"]]

    assert violations() == []
    page.locator("main p a.figure").nth(1).click()
    assert violations() == []
    page.locator("#kiemso-panel [data-view]").first.click()
    assert violations() == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Danh sách số liệu").click()
    page.get_by_role("switch").check()
    assert violations() == []


@needs_browser
def test_opens_fast_with_a_thousand_figures(page: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = make_project(tmp_path / "p", 250, _panel(250), _narrative(250))
    render(project, ["html"], "embedded")
    page.goto((project / "_output/report.html").as_uri())
    count = page.locator("main a.figure").count()
    assert count >= 1000
    # Until after the frame in which the panel is drawn; the first time includes reading the data.
    timed = """(selector) => new Promise((done) => {
        const start = performance.now();
        document.querySelector(selector).click();
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
    })"""
    first = page.evaluate(timed, '[data-fact="chi-tieu-7"]')
    again = sorted(page.evaluate(timed, f'[data-fact="chi-tieu-{i}"]') for i in range(20, 30))[5]
    page.keyboard.press("Escape")
    listing = page.evaluate(timed, ".kiemso-launcher")
    with capsys.disabled():
        print(f"\n{count} figures: first opening {first:.0f} ms, then {again:.0f} ms; list {listing:.0f} ms")
    assert first < 1000
    assert again < 500
    assert listing < 2000
