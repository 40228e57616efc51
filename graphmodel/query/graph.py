"""`PropertyGraph`: a graph that answers Cypher, from records in memory or from a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.query.engines.embedded import EmbeddedEngine, open_memory
from graphmodel.query.records import read_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphmodel.query.engines.base import QueryResult


class PropertyGraph:
    """A graph that answers queries of the Cypher subset.

    >>> ann = {"id": 1, "labels": ["Person"], "properties": {"name": "Ann"}}
    >>> graph = PropertyGraph.from_records([ann], [])
    >>> graph.query("MATCH (p:Person) RETURN p.name AS name").rows
    [('Ann',)]
    """

    def __init__(self, engine: EmbeddedEngine) -> None:
        """Ask an engine; `from_records` makes one from records."""
        self._engine = engine

    @classmethod
    def from_records(
        cls,
        nodes: Iterable[Mapping[str, object]],
        relationships: Iterable[Mapping[str, object]],
        *,
        budget_s: float | None = None,
    ) -> PropertyGraph:
        """Return a graph of records, its schema inferred.

        Nodes are `{"id", "labels", "properties"}`, relationships `{"id", "type", "from", "to",
        "properties"}`. The record's `id` is the identity; `n.id` reads a property of that name.
        """
        layout = read_records(nodes, relationships)
        connection = open_memory()
        layout.load(connection)
        engine = EmbeddedEngine(
            connection, layout.schema(), budget_s=budget_s, catalogue=layout.catalogue
        )
        return cls(engine)

    def query(self, text: str, params: Mapping[str, object] | None = None) -> QueryResult:
        """Return columns and rows; `columns, rows = graph.query(…)`."""
        return self._engine.run(text, params)

    def sql(
        self, text: str, dialect: str = "duckdb", params: Mapping[str, object] | None = None
    ) -> str:
        """Return the SQL that a query is compiled to, for `duckdb` or `spark`."""
        return self._engine.sql(text, dialect, params)

    def explain(self, text: str, params: Mapping[str, object] | None = None) -> str:
        """Return the plan of a query."""
        return self._engine.explain(text, params)

    def close(self) -> None:
        """Let the graph go."""
        self._engine.close()
