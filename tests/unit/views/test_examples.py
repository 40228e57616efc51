"""Pages of the shipped examples, from their tables to the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from graphmodel.texts import catalogue
from graphmodel.views.case_page import render_case_page
from graphmodel.views.layout import layout
from graphmodel.views.scene import build_scene
from tests.needs import ROOT
from tests.unit.views.examples import example_report
from tests.unit.views.geometry_checks import problems
from tests.unit.views.page_reader import Page

if TYPE_CHECKING:
    from graphmodel.texts import Language

ROOT_OF_EXAMPLES = ROOT / "examples"
NAMES = ("qingdao_relay", "innocent_agency")
LARGEST_BYTES = 150_000


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_pages_of_examples_are_safe_and_small(name: str, language: Language) -> None:
    html = render_case_page(example_report(name), language)
    assert Page(html).faults() == []
    assert len(html.encode()) <= LARGEST_BYTES


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_pictures_of_examples_keep_all_rules(name: str, language: Language) -> None:
    report = example_report(name)
    for finding in report.findings:
        placed = layout(build_scene(finding, report.graph, language))
        assert problems(placed) == []
        assert placed.notes == []
        assert placed.boxes


def test_the_circle_is_drawn_in_the_first_finding() -> None:
    report = example_report("qingdao_relay")
    scene = build_scene(report.findings[0], report.graph, "zh")
    steps = [link.step for link in scene.links if link.step]
    assert sorted(steps) == [1, 2, 3, 4]
    assert scene.caption.startswith("委托人 吴某某 → 代理人 董某某 → 出面人 王某某 → 网名 ")
    assert [h.pill for h in scene.households] == ["进货 ¥4,500 → 出手 ¥16,500，获利 ¥12,000"]


def test_every_quote_of_the_findings_stands_on_the_page_and_in_its_source() -> None:
    report = example_report("qingdao_relay")
    text = Page(render_case_page(report, "en")).text()
    source = (ROOT_OF_EXAMPLES / "qingdao_relay" / "source.txt").read_text(encoding="utf-8")
    quotes = [(row.quote, row.locator) for f in report.findings for row in f.evidence if row.quote]
    assert quotes
    for quote, locator in quotes:
        assert quote in text
        line = re.search(r"\d+", locator)
        assert line
        assert quote in source.splitlines()[int(line[0]) - 1]


def test_numbers_of_the_first_finding_follow_from_the_prices() -> None:
    cost, revenue = 15 * 30_000, 55 * 30_000  # fen
    text = Page(render_case_page(example_report("qingdao_relay"), "zh")).text()
    for fen, words in ((cost, "¥4,500"), (revenue, "¥16,500"), (revenue - cost, "¥12,000")):
        assert f"¥{fen // 100:,}" == words
        assert words in text


@pytest.mark.parametrize("name", NAMES)
def test_redacted_pages_of_examples_hold_no_name(name: str) -> None:
    report = example_report(name)
    text = Page(render_case_page(report, "zh", redact=True)).text()
    named = {str(n.properties.get("name") or "") for n in report.graph.nodes.values()} - {""}
    named -= {
        words["zh"] for words in catalogue().values()
    }  # somebody may be called what a role is
    assert named
    assert {name for name in named if name in text} == set()
    quotes = {row.quote for f in report.findings for row in f.evidence} - {""}
    assert {quote for quote in quotes if quote in text} == set()
