"""The embedded engine gives Neo4j's answers to the written corpus, and refuses what it refuses."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from graphmodel.query import CypherError, PropertyGraph
from tests.conformance.queries.corpus import Entry, corpus, graphs
from tests.reference.interpreter import Oracle

CATEGORIES = {
    *("aggregation", "arithmetic", "case", "conversions", "errors", "lists", "maps"),
    *("null logic", "optional", "ordering", "paths", "patterns", "properties", "quantifiers"),
    *("strings", "subqueries", "trails", "undirected", "union", "variable length", "with"),
}
FOLDED = {"arithmetic: large integers against floats"}
"""Neo4j compares two literals through doubles before anything runs, and values exactly."""
LEAST = 250
LEAST_ANSWERED = 0.95


@cache
def graph(name: str) -> PropertyGraph:
    """Return a graph of the corpus."""
    return PropertyGraph.from_records(*graphs()[name])


@pytest.mark.parametrize("entry", corpus(), ids=lambda entry: entry.id)
def test_the_engine_answers_as_neo4j_does_or_refuses(entry: Entry) -> None:
    if entry.error or entry.outside:
        with pytest.raises(CypherError) as caught:
            graph(entry.graph).query(entry.text, entry.params)
        assert entry.outside in caught.value.reason
        return
    found = graph(entry.graph).query(entry.text, entry.params)
    assert found.columns == entry.columns
    assert entry.comparable(found.rows) == entry.comparable(entry.rows)


def test_the_slow_interpreter_gives_the_same_rows() -> None:
    oracles = {name: Oracle(*records) for name, records in graphs().items()}
    differing = {}
    for entry in corpus():
        if entry.error or entry.outside or entry.id in FOLDED:
            continue
        columns, rows = oracles[entry.graph].query(entry.text, entry.params)
        if (tuple(columns), entry.comparable(rows)) != (
            entry.columns,
            entry.comparable(entry.rows),
        ):
            differing[entry.id] = rows
    assert not differing


def test_the_corpus_covers_every_category() -> None:
    sizes = Counter(entry.category for entry in corpus())
    assert sizes.keys() == CATEGORIES
    assert min(sizes.values()) >= 12
    assert sum(sizes.values()) >= LEAST
    assert len({entry.id for entry in corpus()}) == len(corpus())


def test_little_of_the_corpus_is_outside_the_subset() -> None:
    answers = [entry for entry in corpus() if not entry.error]
    inside = [entry for entry in answers if not entry.outside]
    assert len(inside) >= LEAST_ANSWERED * len(answers)
    assert sum(bool(entry.rows) for entry in inside) >= LEAST


def test_values_of_different_kinds_stay_apart_in_the_corpus() -> None:
    entry = corpus()[0]
    kinds = [1, 1.0, True, "1", None, [1], [1.0], [], {"a": 1}]
    compared = [entry.comparable([(value,)]) for value in kinds]
    assert all(one != other for i, one in enumerate(compared) for other in compared[:i])
