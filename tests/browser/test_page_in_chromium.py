"""The case page in a real browser: opened from disk, measured, printed, attacked."""

from __future__ import annotations

import os
import shutil
import subprocess
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graphmodel.views.case_page import render_case_page
from graphmodel.views.geometry import Rect
from tests.unit.views.examples import example_report
from tests.unit.views.hostile import CORPUS, hostile_report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

SIZES = ((1440, 900), (1280, 720), (412, 900))
LOAD_S = 3.0
WATCH = """
const measured = (nodes) => [...nodes].map((node) => {
  const r = node.getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; });
[...document.querySelectorAll('.canvas > svg')].map((svg) => ({
  svg: measured([svg])[0],
  canvas: measured([svg.parentElement])[0],
  boxes: measured(svg.querySelectorAll('.body')),
  names: measured(svg.querySelectorAll('.person text')),
  labels: measured(svg.querySelectorAll('.ground')),
  texts: [...svg.querySelectorAll('.box, .label, .pill')].flatMap((group) => {
    const frame = measured([group.querySelector('rect')])[0];
    return [...group.querySelectorAll('text')].map((text) => [frame, measured([text])[0]]); }),
  smallest: Math.min(...[...svg.querySelectorAll('text')].map((text) =>
    parseFloat(getComputedStyle(text).fontSize) * svg.getScreenCTM().a)),
}))
"""


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Start a Chromium for the tests of this file."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="session")
def artefacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of screenshots: GRAPHMODEL_ARTEFACTS, or a temporary one."""
    named = os.environ.get("GRAPHMODEL_ARTEFACTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("artefacts")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Visit:
    """One page opened from disk, with everything that it asked for or complained about."""

    def __init__(self, browser: Browser, file: Path, **context: Any) -> None:  # noqa: ANN401  (passed on)
        """Open the file and wait until it is loaded."""
        self.context = browser.new_context(**context)
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.goto(file.as_uri())

    def close(self) -> None:
        """Close the page."""
        self.context.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write the pages of the example in both languages."""
    folder = tmp_path_factory.mktemp("pages")
    report = example_report("qingdao_relay")
    written = {}
    for language in ("zh", "en"):
        written[language] = folder / f"{language}.html"
        html = render_case_page(report, "zh" if language == "zh" else "en")
        written[language].write_text(html, encoding="utf-8", newline="\n")
    return written


def _rects(values: list[list[float]]) -> list[Rect]:
    return [Rect(*value) for value in values]


def test_opened_from_disk_it_asks_for_nothing_and_complains_of_nothing(
    browser: Browser, pages: dict[str, Path]
) -> None:
    for file in pages.values():
        visit = Visit(browser, file)
        loaded_ms = visit.page.evaluate("performance.getEntriesByType('navigation')[0].duration")
        assert visit.requests == [file.as_uri()]
        assert visit.complaints == []
        assert loaded_ms < LOAD_S * 1000
        visit.close()


def test_first_screen_shows_the_first_finding(browser: Browser, pages: dict[str, Path]) -> None:
    visit = Visit(browser, pages["zh"], viewport={"width": 1440, "height": 900})
    shown = visit.page.evaluate(
        """[...document.querySelectorAll('#f1 svg text, #f1 .panel li, .entry')].filter((node) => {
          const r = node.getBoundingClientRect();
          return r.width > 0 && r.top >= 0 && r.bottom <= innerHeight && r.right <= innerWidth;
        }).map((node) => node.textContent).join('\\n')"""
    )
    for words in (
        "网络爬虫大数据（真正的）",
        "网络爬虫大数据（冒名）",
        "¥0.15 × 30,000 = ¥4,500",
        "¥0.55 × 30,000 = ¥16,500",
        "30,000 条 + 送 7,002 条",
        "获利 ¥12,000",
        "夫妻",
        "冒充",
    ):
        assert words in shown
    visit.close()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_overlaps_and_text_can_be_read(
    browser: Browser, pages: dict[str, Path], language: str, size: tuple[int, int]
) -> None:
    width, height = size
    visit = Visit(browser, pages[language], viewport={"width": width, "height": height})
    least_px = 10 if width > 1000 else 7
    pictures = visit.page.evaluate(WATCH)
    assert len(pictures) == 4
    for picture in pictures:
        boxes, labels = _rects(picture["boxes"]), _rects(picture["labels"])
        solid = boxes + _rects(picture["names"])
        assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]
        assert not [pair for pair in combinations(labels, 2) if pair[0].overlaps(pair[1])]
        assert not [(a, b) for a in labels for b in solid if a.overlaps(b)]
        svg = Rect(*picture["svg"]).grown(0.5)
        assert all(svg.contains(rect) for rect in boxes + labels)
        assert all(Rect(*frame).contains(Rect(*text)) for frame, text in picture["texts"])
        assert picture["smallest"] >= least_px
        assert Rect(*picture["canvas"]).grown(0.5).contains(Rect(*picture["svg"]))
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    visit.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_for_people_to_look_at(
    browser: Browser, pages: dict[str, Path], artefacts: Path, scheme: str
) -> None:
    for language, file in pages.items():
        for width, height in SIZES:
            size = {"width": width, "height": height}
            visit = Visit(browser, file, viewport=size, color_scheme=scheme)
            picture = artefacts / f"page-{language}-{scheme}-{width}x{height}.png"
            visit.page.screenshot(path=str(picture))
            assert picture.stat().st_size > 20_000
            visit.close()


def test_first_printed_page_holds_picture_and_finding(
    browser: Browser, pages: dict[str, Path], artefacts: Path
) -> None:
    visit = Visit(browser, pages["zh"])
    printed = artefacts / "page-zh.pdf"
    visit.page.pdf(path=str(printed), format="A4", print_background=True)
    visit.close()
    assert printed.read_bytes().startswith(b"%PDF")
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext: not installed, so the text of the printed page is not read")
    told = subprocess.run(
        [reader, "-f", "1", "-l", "1", "-layout", str(printed), "-"],
        capture_output=True,
        check=True,
    )
    text = told.stdout.decode().replace(" ", "")
    for words in ("同一家庭", "（冒名）", "为何标记", "获利¥12,000", "闭合环"):
        assert words in text


def test_hostile_text_runs_nothing(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    visit = None
    for payload in CORPUS:
        html = render_case_page(hostile_report(payload), "zh")
        file.write_text(html, encoding="utf-8", newline="\n")
        if visit is None:
            visit = Visit(browser, file, viewport={"width": 1440, "height": 900})
        else:
            visit.page.goto(file.as_uri())
        counted = visit.page.evaluate(
            "document.querySelectorAll('script, img, iframe, object, embed, link, form').length"
        )
        assert counted == 0, payload
        assert visit.complaints == [], payload
    assert visit
    assert set(visit.requests) == {file.as_uri()}
    visit.close()


def test_what_is_injected_into_the_page_is_blocked(
    browser: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    injected = (
        "<script>window.ran = 1</script>"
        "<img src='http://127.0.0.1:9/beacon' onerror='window.ran = 2'>"
        "<p id='styled' style='color: rgb(1, 2, 3)'>x</p>"
        "<form action='http://127.0.0.1:9/'><button>x</button></form>"
    )
    file = tmp_path / "injected.html"
    html = pages["zh"].read_text(encoding="utf-8").replace("</body>", injected + "</body>")
    file.write_text(html, encoding="utf-8", newline="\n")
    visit = Visit(browser, file)
    assert visit.page.evaluate("window.ran") is None
    assert "rgb(1, 2, 3)" not in visit.page.evaluate(
        "getComputedStyle(document.querySelector('#styled')).color"
    )
    assert len([text for text in visit.complaints if "Content Security Policy" in text]) >= 3
    visit.close()
