"""What every engine does: run a query, write a derived relationship, close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphmodel.model.schema_types import GraphSchema


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Columns by name and rows of plain Python values; unpacks into the two."""

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]

    def __iter__(self) -> Iterator[object]:
        """Yield columns, then rows: `columns, rows = result`."""
        yield self.columns
        yield self.rows

    def to_dicts(self) -> list[dict[str, object]]:
        """Return each row as a dict by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


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
