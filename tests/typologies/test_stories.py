"""Every story of every typology: what is found, what is not, and the one cell that decides."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.typologies.story import (
    LEVELS,
    Story,
    compare,
    copy_tables,
    flag,
    flagged,
    normal,
    reduced,
    seen,
    set_cell,
    shuffle_rows,
    stories,
)

if TYPE_CHECKING:
    from pathlib import Path

GUILTY, INNOCENT = stories("guilty_"), stories("innocent_")
STEMS = sorted({story.stem for story in (*GUILTY, *INNOCENT)})


def name_of(value: object) -> str:
    return value.name if isinstance(value, Story) else str(value)


@pytest.mark.parametrize("stem", STEMS)
def test_a_typology_has_three_guilty_and_four_innocent_stories(stem: str) -> None:
    assert sum(story.stem == stem for story in GUILTY) >= 3
    assert sum(story.stem == stem for story in INNOCENT) >= 4
    titles = [s.expect["title"] for s in (*GUILTY, *INNOCENT) if s.stem == stem]
    assert all(titles)
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("story", GUILTY, ids=name_of)
def test_guilty_story(story: Story) -> None:
    report = flagged(story.folder)
    assert story.stem in {finding.typology for finding in report.findings}
    assert report.truncated == ()
    compare(report, story)


@pytest.mark.parametrize("story", INNOCENT, ids=name_of)
def test_innocent_story(story: Story) -> None:
    report = flagged(story.folder)
    barred = LEVELS[LEVELS.index(story.expect["nothing_at_or_above"]) :]
    hit = [f for f in report.findings if f.typology == story.stem and f.level.label in barred]
    assert [seen(finding) for finding in hit] == []
    compare(report, story)
    wanted = story.expect.get("set_aside", {})
    assert {name: report.set_aside.get(name, 0) for name in wanted} == wanted
    assert bool(report.near_misses) >= bool(wanted), "what was set aside must be explained"


@pytest.mark.parametrize("story", INNOCENT, ids=name_of)
def test_one_cell_makes_the_finding_appear(story: Story, tmp_path: Path) -> None:
    assert story.expect["breaks"]
    folder = copy_tables(story.folder, tmp_path / "case")
    set_cell(folder, story.expect["change"])
    wanted = normal(story.expect["then"])
    assert wanted["typology"] == story.stem
    assert LEVELS.index(wanted["level"]) >= LEVELS.index(story.expect["nothing_at_or_above"])
    found = [f for f in flag(folder).findings if f.typology == story.stem]
    assert wanted in [reduced(f, wanted) for f in found], [seen(f) for f in found]


@pytest.mark.parametrize("story", GUILTY, ids=name_of)
def test_row_order_changes_nothing(story: Story, tmp_path: Path) -> None:
    folder = copy_tables(story.folder, tmp_path / story.folder.name)
    shuffle_rows(folder, Random(7))  # noqa: S311 - an order, no secret
    shuffled, plain = flag(folder), flagged(story.folder)
    assert [f.id for f in shuffled.findings] == [f.id for f in plain.findings]
    assert shuffled.to_json("en") == plain.to_json("en")


@pytest.mark.parametrize("stem", STEMS)
def test_different_matches_never_share_an_id(stem: str) -> None:
    told = [story for story in (*GUILTY, *INNOCENT) if story.stem == stem]
    reports = [flagged(story.folder) for story in told]
    for report in reports:
        assert max(Counter(f.id for f in report.findings).values(), default=0) <= 1
    pairs = {(f.id, f.typology) for report in reports for f in report.findings}
    assert len({key for key, _ in pairs}) == len(pairs)


@pytest.mark.parametrize("stem", STEMS)
def test_every_finding_can_be_followed(stem: str) -> None:
    for story in (s for s in GUILTY if s.stem == stem):
        for finding in flagged(story.folder).findings:
            rows = {row.fact for row in finding.evidence}
            assert set(finding.events) <= rows
            assert {fact for s in finding.signals for fact in s.facts} <= rows
            assert finding.innocent
            assert finding.summary.zh
            assert finding.summary.en
