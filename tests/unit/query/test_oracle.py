"""The engine and the reference agree on random queries over random graphs."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings

from tests.reference.choices import Choices
from tests.reference.comparison import Tally
from tests.reference.interpreter import Oracle
from tests.reference.pairs import compare_engine, random_pairs
from tests.reference.searches import asked_graphs, search
from tests.reference.wanted import CONSTRUCTS
from tests.unit.query.graphs import NODES, RELATIONSHIPS, typed
from tests.unit.query.test_values import ANSWERS

if TYPE_CHECKING:
    from tests.reference.pairs import Asked


@settings(
    max_examples=30,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(asked_graphs())
def test_engine_and_reference_agree(asked: Asked) -> None:
    compare_engine(asked, Tally())


def test_engine_and_reference_agree_on_seeded_pairs() -> None:
    tally = search(seed=1, graphs=12, compare=compare_engine)
    assert tally.compared >= 100
    assert tally.with_rows >= 0.6 * tally.compared


def test_questions_are_varied_and_most_find_something() -> None:
    tally = Tally()
    texts = set()
    for seed in range(60):
        choices = Choices.seeded(Random(seed))  # noqa: S311 (a test's choice, no secret)
        for pair in random_pairs(choices, 10, tally).pairs:
            texts.add(pair.question.text)
            if pair.answer is not None:
                tally.count(pair.tree, pair.answer.rows)
    assert len(texts) >= 560
    assert tally.with_rows >= 0.75 * tally.compared
    assert set(CONSTRUCTS) - set(tally.constructs) == set()


def test_the_reference_gives_the_values_that_neo4j_gave() -> None:
    oracle = Oracle(NODES, RELATIONSHIPS)
    unsure = {"toFloat('1.5f')", "toFloat(' 1.5')", "toFloat('Infinity')", "'É' =~ '(?i)é'"}
    asked = [(text, value) for text, value in ANSWERS if text not in unsure]
    found = {text: oracle.query(f"RETURN {text} AS x")[1] for text, _ in asked}
    assert {text: typed(rows) for text, rows in found.items()} == {
        text: typed([(value,)]) for text, value in asked
    }
