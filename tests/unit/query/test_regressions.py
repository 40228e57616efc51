"""Every wrong answer or breakdown the random search has found, by name, as Neo4j 5.26 answers."""

from __future__ import annotations

import pytest

from tests.unit.query.graphs import people, typed

GRAPH = people()
FOUND: dict[str, tuple[str, list[tuple[object, ...]]]] = {
    "the last relationship of a path without any": (
        "MATCH p = (n:Boss) RETURN last(relationships(p)).since AS x",
        [(None,)],
    ),
    "a text made of a float sorts rows that are cut": (
        "MATCH (n:Person) WITH toString(n.h) AS v ORDER BY v DESC SKIP 1 LIMIT 2 RETURN v",
        [("2.0",), ("1.5",)],
    ),
    "a constant integer carried by WITH against a float": (
        "WITH 9007199254740993 AS x RETURN x = 9007199254740992.0 AS same",
        [(False,)],
    ),
    "a list compared with one that a subquery collects": (
        "MATCH (n:Boss) RETURN [3, 3.0] = COLLECT { MATCH (n)-->(a:Account) RETURN 3 } AS x",
        [(True,)],
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_found_once_never_again(name: str) -> None:
    text, rows = FOUND[name]
    assert typed(GRAPH.query(text).rows) == typed(rows)
