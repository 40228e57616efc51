"""A typology is a module, a rule and its stories of one stem; nothing else is edited to add one."""

from __future__ import annotations

import json

import pytest

from tests.house.tree import stems
from tests.needs import ROOT

STEMS = sorted(stems("graphmodel/detect/typologies", "*.py"))
LEAST_GUILTY, LEAST_INNOCENT = 3, 4


def test_module_rule_and_stories_have_the_same_stems() -> None:
    assert len(STEMS) >= 6
    assert stems("cypher/typologies", "*.cypher") == set(STEMS)
    folders = (ROOT / "tests" / "typologies").iterdir()
    assert {f.name for f in folders if f.is_dir() and f.name[0] not in "_."} == set(STEMS)


@pytest.mark.parametrize("stem", STEMS)
def test_a_typology_has_guilty_and_innocent_stories(stem: str) -> None:
    stories = [f.name for f in (ROOT / "tests" / "typologies" / stem).iterdir() if f.is_dir()]
    assert sum(name.startswith("guilty_") for name in stories) >= LEAST_GUILTY
    assert sum(name.startswith("innocent_") for name in stories) >= LEAST_INNOCENT
    named = [name for name in stories if name.startswith(("guilty_", "innocent_"))]
    assert sorted(named) == sorted(name for name in stories if name[0] not in "_.")


@pytest.mark.parametrize("stem", STEMS)
def test_every_story_says_what_is_expected(stem: str) -> None:
    stories = [f for f in (ROOT / "tests" / "typologies" / stem).iterdir() if f.is_dir()]
    expectations = {f.name: f / "expect.json" for f in stories if f.name[0] not in "_."}
    assert expectations
    for name, path in expectations.items():
        assert json.loads(path.read_text(encoding="utf-8")), name
