"""A written corpus: named paths, pattern comprehensions, nodes as values, subqueries, labels.

The rows stand in `patterns.json`; each was given by Neo4j 5.26.30 and by the engine. Where Cypher
promises no order of a gathered list, lists are compared as bags.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.query.graphs import people, typed

GRAPH = people()
CORPUS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "patterns.json").read_text(encoding="utf-8")
)


def loose(value: object) -> object:
    """Return a value whose lists are sorted at every depth."""
    if isinstance(value, list):
        return sorted((loose(item) for item in value), key=repr)
    if isinstance(value, dict):
        return {key: loose(item) for key, item in value.items()}
    return value


def comparable(entry: dict[str, Any], rows: list[Any]) -> list[Any]:
    """Return rows as an entry wants them compared."""
    found = [[loose(v) for v in row] if "lists" in entry else list(row) for row in rows]
    kept = [typed(row) for row in found]
    return kept if entry.get("ordered") else sorted(kept, key=repr)


@pytest.mark.parametrize("entry", CORPUS, ids=[entry["query"] for entry in CORPUS])
def test_the_corpus_is_answered_as_neo4j_does(entry: dict[str, Any]) -> None:
    rows = GRAPH.query(entry["query"]).rows
    assert comparable(entry, list(rows)) == comparable(entry, entry["rows"])


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) >= 250
