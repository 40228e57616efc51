"""`PropertyGraph`: a graph that answers Cypher, from records in memory or from a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.query.engines.embedded import EmbeddedEngine, open_memory
from graphmodel.query.engines.limits import Limits
from graphmodel.query.records import read_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphmodel.query.catalogue import Catalogue
    from graphmodel.query.engines.base import QueryResult
    from graphmodel.query.explain import Explanation
    from graphmodel.texts import Language


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
        memory_limit_mb: float | None = None,
        max_rows: int | None = None,
    ) -> PropertyGraph:
        """Return a graph of records, its schema inferred.

        Nodes are `{"id", "labels", "properties"}`, relationships `{"id", "type", "from", "to",
        "properties"}`. The record's `id` is the identity; `n.id` reads a property of that name.

        Limits bind each query: seconds, megabytes by which the program may grow, rows of an answer.
        """
        limits = Limits(budget_s, memory_limit_mb, max_rows)
        layout = read_records(nodes, relationships)
        connection = open_memory()
        layout.load(connection)
        engine = EmbeddedEngine(
            connection, layout.schema(), limits=limits, catalogue=layout.catalogue
        )
        return cls(engine)

    @property
    def catalogue(self) -> Catalogue:
        """Return the layout that queries are compiled against, with its statistics."""
        return self._engine.catalogue

    def query(self, text: str, params: Mapping[str, object] | None = None) -> QueryResult:
        """Return columns and rows; `columns, rows = graph.query(…)`."""
        return self._engine.run(text, params)

    def sql(
        self, text: str, dialect: str = "duckdb", params: Mapping[str, object] | None = None
    ) -> str:
        """Return the SQL that a query is compiled to, for `duckdb` or `spark`."""
        return self._engine.sql(text, dialect, params)

    def explain(
        self,
        text: str,
        params: Mapping[str, object] | None = None,
        language: Language = "en",
    ) -> Explanation:
        """Run a query and return how that was done: steps in words, rows, times, and the SQL."""
        return self._engine.explain(text, params, language)

    def close(self) -> None:
        """Let the graph go."""
        self._engine.close()
