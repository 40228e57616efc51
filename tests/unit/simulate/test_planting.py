"""Which stories are told, under what hardship, with whom; what quantities they take."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from graphmodel.detect.discovery import typologies
from graphmodel.simulate.numbering import Numbers
from graphmodel.simulate.planting import (
    BYSTANDERS,
    Casting,
    discover,
    joined,
    taken_quantities,
    tell_all,
)
from graphmodel.simulate.stage import Hardship
from tests.unit.simulate.worlds import RECORDS, STORIES, stories

TYPOLOGIES = 18
MANY = [f"account-{number}" for number in range(1_000)]


@pytest.mark.parametrize(("plants", "hardship", "hard"), [(10, 1 / 3, 13), (100, 1 / 3, 133)])
def test_just_a_share_of_the_plants_has_a_hardship(plants: int, hardship: float, hard: int) -> None:
    four = {name: stories(name) for name in "abcd"}
    told = tell_all(four, Casting(plants, plants, hardship, 1), MANY)
    labels = [label for _, label in told]
    hard_plants = [label for label in labels if label.kind == "plant" and label.hardship != "none"]
    assert len(hard_plants) == hard
    of_each = Counter(label.typology for label in hard_plants)
    assert max(of_each.values()) - min(of_each.values()) <= 1
    kinds = Counter(label.hardship for label in hard_plants)
    assert set(kinds) == set(Hardship) - {Hardship.NONE}
    assert {label.hardship for label in labels if label.kind == "decoy"} == {
        Hardship.NONE,
        Hardship.UNRELATED_DEALS,
    }


@pytest.mark.parametrize(("share", "hard"), [(0.0, 0), (1.0, 8)])
def test_none_or_all_may_have_one(share: float, hard: int) -> None:
    told = tell_all(STORIES, Casting(4, 0, share, 1), MANY)
    assert sum(label.hardship is not Hardship.NONE for _, label in told) == hard


def test_bystanders_are_shared_only_when_all_stood_by() -> None:
    told = tell_all(STORIES, Casting(10, 10, 0.0, 1), MANY)
    groups = [set(stage.bystanders) for stage, _ in told]
    assert {len(group) for group in groups} == {BYSTANDERS}
    assert len(set().union(*groups)) == BYSTANDERS * len(groups)
    few = tell_all(STORIES, Casting(10, 10, 0.0, 1), MANY[:30])
    assert {len(stage.bystanders) for stage, _ in few} == {BYSTANDERS}


def test_a_story_is_the_same_whatever_else_is_told() -> None:
    alone = tell_all({"sale": STORIES["sale"]}, Casting(2, 0, 0.0, 1), MANY)
    among = tell_all(STORIES, Casting(2, 3, 0.0, 1), MANY)
    times = [
        stage.tables["deals"][0]["time"]
        for stage, label in among
        if (label.typology, label.kind) == ("sale", "plant")
    ]
    assert [stage.tables["deals"][0]["time"] for stage, _ in alone] == times


def test_quantities_of_deals_are_taken() -> None:
    assert taken_quantities(tell_all(STORIES, Casting(1, 0, 0.0, 1), MANY)) == {RECORDS}


def test_new_ids_are_of_no_one_else() -> None:
    numbers = Numbers(np.random.default_rng(1), ["account", "deal", "device"])
    numbers.reserve({"account": 1_000, "deal": 5})
    tables, labels = joined(tell_all(STORIES, Casting(3, 2, 0.0, 1), MANY), numbers)
    ids = {row["id"] for row in tables["accounts"]}
    assert len(ids) == 20
    assert not ids & set(numbers.ids("account", np.arange(1_000)))
    assert {row["seller"] for row in tables["deals"]} <= ids
    assert {account for label in labels for account in label.roles["seller"]} <= ids
    values = {row["value"] for row in tables["identifiers"]}
    assert len(values) == 10
    assert all(value.startswith("device-") for value in values)
    assert {row["payee"] for row in tables["payments"]} <= set(MANY)


def test_what_the_background_tells_of_everybody_is_told_of_the_planted() -> None:
    numbers = Numbers(np.random.default_rng(1), ["account"])
    tables, _ = joined(tell_all(STORIES, Casting(1, 0, 0.0, 1), MANY), numbers)
    assert {row["kind"] for row in tables["persons"]} == {"person"}
    assert all(row["handle"] == f"wx{row['id'].split('-')[1]}" for row in tables["accounts"])


def test_stories_are_of_known_typologies() -> None:
    found = discover()
    assert len(found) >= TYPOLOGIES
    assert set(found) <= set(typologies())
    assert list(found) == sorted(found)
