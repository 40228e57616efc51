"""Every written query and its rows, as the tests put them to Spark: name, text, rows wanted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.conformance.queries.corpus import corpus
from tests.unit.query import (
    test_matches,
    test_patterns_corpus,
    test_values_conversions,
    test_values_functions,
    test_values_mixed,
    test_values_of_graphs,
    test_values_order,
)
from tests.unit.query.graphs import typed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

PEOPLE = "people of the unit tests"
"""The graph of tests/unit/query; every other name is one of the written corpus."""

TABLES: tuple[ModuleType, ...] = (
    test_values_conversions, test_values_functions, test_values_mixed, test_values_of_graphs,
    test_values_order,
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A query of one graph, its rows, and how rows are compared."""

    group: str
    graph: str
    name: str
    text: str
    params: Mapping[str, Any]
    rows: Sequence[Sequence[object]]
    comparable: Callable[[Sequence[Sequence[object]]], object]

    @property
    def id(self) -> str:
        """Return the name under which `outside` lists it."""
        return f"{self.group}: {self.name}"


def asked() -> list[Asked]:
    """Return all cases that have rows."""
    return [*_of_corpus(), *_of_matches(), *_of_patterns(), *_of_tables()]


def refused() -> list[tuple[str, Mapping[str, Any]]]:
    """Return the texts that have no answer, with their parameters."""
    return [
        (text, getattr(module, "PARAMETERS", {}))
        for module in TABLES
        for text in getattr(module, "ERRORS", ())
    ]


def _of_corpus() -> list[Asked]:
    return [
        Asked(e.category, e.graph, e.name, e.text, e.params, e.rows, e.comparable)
        for e in corpus()
        if not (e.outside or e.error)
    ]


def _of_matches() -> list[Asked]:
    return [
        Asked("matches", PEOPLE, query, query, entry.get("params", {}), entry["rows"], _bag(query))
        for entry in test_matches.CORPUS
        for query in (entry["query"],)
    ]


def _of_patterns() -> list[Asked]:
    made = []
    for entry in test_patterns_corpus.CORPUS:

        def comparable(rows: Any, entry: dict[str, Any] = entry) -> object:  # noqa: ANN401
            return test_patterns_corpus.comparable(entry, rows)

        query = entry["query"]
        made.append(Asked("patterns", PEOPLE, query, query, {}, entry["rows"], comparable))
    return made


def _of_tables() -> list[Asked]:
    return [
        Asked(
            module.__name__.rsplit("test_", 1)[1].replace("_", " "),
            PEOPLE, text, text, getattr(module, "PARAMETERS", {}), rows, _bag(text),
        )
        for module in TABLES
        for text, rows in module.ANSWERS
    ]  # fmt: skip


def _bag(text: str) -> Callable[[Sequence[Sequence[object]]], object]:
    """Return how rows are compared: in order only where the query asks for one."""

    def comparable(rows: Sequence[Sequence[object]]) -> object:
        if "ORDER BY" not in text:
            rows = sorted(rows, key=lambda row: json.dumps(list(row), sort_keys=True))
        return [typed(tuple(row)) for row in rows]

    return comparable
