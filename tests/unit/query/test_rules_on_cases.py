"""Every shipped rule gives the oracle's rows on random graphs of the declared schema."""

from __future__ import annotations

from random import Random

import pytest

from graphmodel.query.rules import rule, rule_names
from tests.reference.interpreter import Oracle
from tests.unit.query.cases import case_engine, random_case
from tests.unit.query.graphs import typed

NAMES = [f"{kind}/{stem}" for kind in ("derive", "typologies") for stem in rule_names(kind)]
PARAMETERS = {"min_containment": 0.5}
SEEDS = (1, 6, 11, 16, 33)


@pytest.fixture(scope="module")
def cases() -> list[tuple[object, object]]:
    """Return engine and oracle of a few random graphs."""
    made: list[tuple[object, object]] = []
    for seed in SEEDS:
        nodes, rels = random_case(Random(seed))  # noqa: S311 (a test's choice, no secret)
        made.append((case_engine(nodes, rels), Oracle(nodes, rels)))
    return made


def bag(rows: list[tuple[object, ...]]) -> list[str]:
    """Return rows as a bag; a list is compared as a bag too, as `collect` has no order."""
    return sorted(
        repr([sorted(map(repr, map(typed, v))) if isinstance(v, list) else typed(v) for v in row])
        for row in rows
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_gives_the_oracles_rows(name: str, cases: list[tuple[object, object]]) -> None:
    found = rule(name)
    params = {param: PARAMETERS.get(param, 2) for param in found.params}
    for engine, oracle in cases:
        columns, rows = engine.run(found.text, params)  # type: ignore[attr-defined]
        names, expected = oracle.query(found.text, params)  # type: ignore[attr-defined]
        assert list(columns) == names
        assert bag(rows) == bag(expected)


def test_most_rules_have_rows_somewhere(cases: list[tuple[object, object]]) -> None:
    full = set()
    for name in NAMES:
        found = rule(name)
        params = {param: PARAMETERS.get(param, 2) for param in found.params}
        if any(engine.run(found.text, params).rows for engine, _ in cases):  # type: ignore[attr-defined]
            full.add(name)
    assert len(full) >= len(NAMES) // 2
