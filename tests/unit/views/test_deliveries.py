"""Deliveries in the picture of a finding: lines of data, unless a drawn deal stands for them."""

from __future__ import annotations

from graphmodel.case import Case
from graphmodel.views.layout import layout
from graphmodel.views.scene import build_scene
from graphmodel.views.svg import render_svg
from tests.needs import ROOT

STORIES = ROOT / "tests" / "typologies"


def scene_of(story: str) -> tuple[set[tuple[str, str, tuple[str, ...]]], str]:
    """Return the data lines of the picture of a story's finding, and the picture."""
    typology = story.partition("/")[0]
    with Case.open(STORIES / story) as case:
        report = case.flag(typologies=[typology])
    (finding,) = report.findings
    scene = build_scene(finding, report.graph, "en")
    lines = {(link.start, link.end, link.lines) for link in scene.links if link.kind == "data"}
    return lines, render_svg(layout(scene), "en")


def test_a_delivery_for_no_deal_is_a_line_with_its_records() -> None:
    lines, picture = scene_of("barter_ring/guilty_gifts_in_a_circle")
    ring = {(f"a:unknown:{a}", f"a:unknown:{b}") for a, b in ("ab", "bc", "ca")}
    assert {(start, end) for start, end, _ in lines} == ring
    assert ("a:unknown:c", "a:unknown:a", ("2,000 records",)) in lines
    assert "Ann" in picture


def test_a_delivery_for_a_drawn_deal_is_that_deal() -> None:
    lines, _ = scene_of("barter_ring/guilty_three_trade_lists")
    assert len(lines) == 6
    assert {words for _, _, words in lines} == {("2,000 records · barter",)}
