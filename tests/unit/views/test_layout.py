"""Geometry of pictures: properties over generated scenes and all scenes of the samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmodel.views.layout import layout
from graphmodel.views.scene import build_scene
from graphmodel.views.scene_types import Box, Household, Link, Person, Scene
from graphmodel.views.tiers import build_joins, build_units, find_rows
from tests.unit.views.geometry_checks import problems
from tests.unit.views.samples import chain_report, qingdao_report

if TYPE_CHECKING:
    from graphmodel.texts import Language

WORDS = st.one_of(
    st.sampled_from(
        ("吴某某", "网络爬虫大数据（冒名）", "WeChat account", "¥0.55 × 30,000 = ¥16,500")
    ),
    st.text(max_size=40),
)
KINDS = st.sampled_from(("data", "data", "money", "agreed", "claim", "same", "poses"))


@st.composite
def people(draw: st.DrawFn) -> list[Person]:
    """Draw persons with up to two accounts, each with up to one persona, and lone accounts."""
    found = []
    for i in range(draw(st.integers(1, 7))):
        known = draw(st.integers(0, 5)) > 0
        columns = []
        for j in range(draw(st.integers(0 if known else 1, 2 if known else 1))):
            account = Box(f"a:{i}.{j}", "account", draw(WORDS), draw(WORDS), unknown=not known)
            shown = [Box(f"n:{i}.{j}|x", "persona", draw(WORDS), draw(WORDS))]
            columns.append((account, *(shown if draw(st.booleans()) else ())))
        name, role = (draw(WORDS), draw(WORDS)) if known else ("", "")
        kind = draw(st.sampled_from(("person", "organisation", "group"))) if known else ""
        rank = draw(st.integers(0, 2))
        found.append(Person(f"p:{i}", name, role, kind, tuple(columns), rank, i))
    return found


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Draw a scene of any shape: loops, households, several links between the same ends."""
    found = draw(people())
    boxes = [box.key for person in found for column in person.columns for box in column]
    links: dict[tuple[str, str, str], Link] = {}
    for _ in range(draw(st.integers(0, 8)) if len(boxes) > 1 else 0):
        start, end = draw(st.lists(st.sampled_from(boxes), min_size=2, max_size=2, unique=True))
        kind = draw(KINDS)
        lines = tuple(draw(st.lists(WORDS, max_size=2)))
        links[kind, start, end] = Link(kind, start, end, lines, step=draw(st.integers(0, 2)))
    named = [person.key for person in found if person.kind]
    for _ in range(draw(st.integers(0, 3)) if len(named) > 1 else 0):
        start, end = sorted(
            draw(st.lists(st.sampled_from(named), min_size=2, max_size=2, unique=True))
        )
        links["tie", start, end] = Link("tie", start, end, (draw(WORDS),))
    home = draw(st.lists(st.sampled_from(named), max_size=3, unique=True)) if named else []
    pill = "进货 ¥4,500 → 出手 ¥16,500，获利 ¥12,000" if draw(st.booleans()) else ""
    households = (Household("h:0", "同一家庭", tuple(home), pill),) if len(home) > 1 else ()
    return Scene("f1", "title", tuple(found), households, tuple(links.values()))


@settings(max_examples=80)
@given(scenes())
def test_nothing_overlaps_in_any_scene(scene: Scene) -> None:
    placed = layout(scene)
    assert problems(placed) == []
    assert len(placed.boxes) == sum(len(c) for p in scene.people for c in p.columns)


@settings(max_examples=25)
@given(scenes())
def test_every_link_is_drawn_or_told(scene: Scene) -> None:
    placed = layout(scene)
    drawn = [link.link for link in placed.links]
    assert len(drawn) + len(placed.notes) >= len(scene.links)
    unlabelled = [x for x in placed.links if x.link.lines and any(x.link.lines) and not x.label]
    assert len(unlabelled) <= len(placed.notes) + sum(
        not "".join(x.link.lines).strip() for x in unlabelled
    )


@settings(max_examples=15)
@given(scenes())
def test_same_scene_same_places(scene: Scene) -> None:
    first, second = layout(scene), layout(scene)
    assert first.boxes == second.boxes
    assert first.links == second.links


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("make", [qingdao_report, chain_report])
def test_sample_scenes_keep_all_rules(make: type, language: Language) -> None:
    report = make()
    for finding in report.findings:
        placed = layout(build_scene(finding, report.graph, language))
        assert problems(placed) == []
        assert placed.notes == []
        assert len(placed.links) == len(placed.scene.links)


def test_rows_run_from_upstream_over_the_household_to_the_principal() -> None:
    report = qingdao_report()
    scene = build_scene(report.findings[0], report.graph, "zh")
    units = build_units(scene)
    rows = find_rows(units, build_joins(scene, units))
    home = scene.households[0].key
    assert rows == {"p:seller-1": 0, "p:seller-2": 0, home: 1, "p:wu": 2}


def test_a_loop_of_deals_still_has_rows() -> None:
    report = chain_report()
    scene = build_scene(report.findings[0], report.graph, "en")
    units = build_units(scene)
    rows = find_rows(units, build_joins(scene, units))
    assert rows == {scene.households[0].key: 0, "p:b": 1, "p:c": 2}


def test_data_runs_left_of_money_and_labels_stand_outside() -> None:
    report = qingdao_report()
    placed = layout(build_scene(report.findings[0], report.graph, "zh"))
    between = [
        x for x in placed.links if {x.link.start, x.link.end} == {"n:wang-wx|crawler", "a:wu-wx"}
    ]
    data, price = sorted(between, key=lambda link: link.link.kind != "data")
    assert (data.link.kind, price.link.kind) == ("data", "agreed")
    assert data.points[0][0] < price.points[-1][0]
    assert data.label
    assert price.label
    assert data.label.rect.right < data.points[0][0]
    assert price.points[0][0] < price.label.rect.x


def test_an_empty_scene_has_no_size() -> None:
    placed = layout(Scene("f1", "", (), (), ()))
    assert (placed.width, placed.height, placed.boxes, placed.links) == (0.0, 0.0, [], [])
