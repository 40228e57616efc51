"""What every engine does: run a query, write a derived relationship, close."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphmodel.model.schema_types import GraphSchema
    from graphmodel.query.types import Type


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Columns by name and rows of plain Python values; unpacks into the two.

    `types` are those that the query declares for its columns, where the engine knows them.

    >>> result = QueryResult(("who", "n"), [("Ann", 3), ("Bob", None)])
    >>> columns, rows = result
    >>> result.to_dicts()[0]
    {'who': 'Ann', 'n': 3}
    """

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]
    types: tuple[Type, ...] = field(default=(), compare=False, repr=False)

    def __iter__(self) -> Iterator[object]:
        """Yield columns, then rows: `columns, rows = result`."""
        yield self.columns
        yield self.rows

    def to_dicts(self) -> list[dict[str, object]]:
        """Return each row as a dict by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_arrow(self) -> Any:  # noqa: ANN401 - pyarrow brings no types
        """Return a `pyarrow.Table`; integers are int64, maps structs.

        A column that mixes kinds is a UsageError, but for integers that are exact as floats.
        """
        from graphmodel.query.results import arrow_table

        return arrow_table(self.columns, self.rows, self.types)

    def to_pandas(self) -> Any:  # noqa: ANN401 - pandas is no dependency
        """Return a `pandas.DataFrame` with nullable types: integers stay integers beside nulls.

        UsageError where pandas is not installed, or a column mixes kinds as in `to_arrow`.
        """
        from graphmodel.query.results import pandas_frame

        return pandas_frame(self.columns, self.rows, self.types)

    def to_networkx(self, source: str, target: str) -> Any:  # noqa: ANN401 - networkx is untyped
        """Return a `networkx.MultiDiGraph` with an edge a row between two columns.

        The other columns are attributes of the edge; where one end is null, the other is a node
        alone. Ends are text or whole numbers, else it is a UsageError.
        """
        from graphmodel.query.results import networkx_graph

        return networkx_graph(self.columns, self.rows, source, target)


class Engine(Protocol):
    """An engine holds one graph of a declared schema."""

    @property
    def schema(self) -> GraphSchema:
        """Return the schema of the graph."""

    def run(self, text: str, params: Mapping[str, object] | None = None) -> QueryResult:
        """Return the rows of a query."""

    def write(
        self,
        relationship: str,
        text: str,
        params: Mapping[str, object] | None = None,
        *,
        rule: str,
    ) -> int:
        """Write the rows of a rule as derived relationships; return how many were written."""

    def nodes(
        self, label: str, names: Sequence[str], ids: Sequence[str] | None
    ) -> list[tuple[object, ...]]:
        """Return the named properties of the nodes of a label, all or those with these ids."""

    def links(
        self,
        type_: str,
        names: Sequence[str],
        starts: Sequence[str] | None,
        ends: Sequence[str] | None,
    ) -> list[tuple[Any, ...]]:
        """Return a type's relationships: label and id of both ends, then the named properties."""

    def close(self) -> None:
        """Let the graph go."""
