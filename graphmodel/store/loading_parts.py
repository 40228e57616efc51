"""Facts of large cases into the tables of a case file, as Arrow arrays from end to end.

The rows arrive in the same order and under the same numbers as those of small cases.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from graphmodel.model.facts import Ends, FactPart
from graphmodel.model.schema_types import PropertyType
from graphmodel.store import tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb
    from numpy.typing import NDArray

    from graphmodel.model.facts import Facts, FactTable
    from graphmodel.model.schema_types import GraphSchema, Property

_ROWS_AT_ONCE = 200_000


class _Placed(NamedTuple):
    """Nodes of a label: the ids of each part, and the number of each of its rows."""

    parts: list[tuple[Any, NDArray[Any]]]
    ids: Any
    numbers: NDArray[Any]


@dataclass(slots=True)
class _Loader:
    connection: duckdb.DuckDBPyConnection
    schema: GraphSchema
    placed: dict[str, _Placed] = field(default_factory=dict)

    def load_nodes(self, label: str, table: FactTable) -> None:
        """Write the nodes of one label and keep their numbers."""
        parts = _parts(table)
        apart = tables.DERIVED_PROPERTIES.get(label, ())
        properties = [p for p in self.schema.nodes[label].properties if p.name not in apart]
        order, numbers = _numbered(parts, tables.node_base(label))
        at, placed = 0, []
        for part in parts:
            placed.append((part.columns["id"], numbers[at : at + part.rows]))
            at += part.rows
        self.placed[label] = _Placed(placed, _chunked([p.columns["id"] for p in parts]), numbers)
        own = {"_nid": numbers}
        self._insert(label, parts, properties, own, order)
        table.parts, table.columns = [], {}

    def load_relationships(self, type_: str, table: FactTable) -> None:
        """Write the relationships of one type."""
        parts = _parts(table)
        properties = self.schema.relationships[type_].properties
        order, numbers = _numbered(parts, tables.relationship_base(type_))
        own = {
            "_rid": numbers,
            "_src": self._ends(type_, [part.start for part in parts]),
            "_dst": self._ends(type_, [part.end for part in parts]),
        }
        self._insert(type_, parts, properties, own, order)
        table.parts, table.columns = [], {}

    def _ends(self, type_: str, ends: Sequence[Ends | None]) -> NDArray[Any]:
        import numpy as np

        found = np.concatenate(
            [np.zeros(0, np.int64), *(self._numbers(end) for end in ends if end is not None)]
        )
        if (found < 0).any():
            msg = f"an end of {type_} is no node of the case"
            raise KeyError(msg)
        return found

    def _numbers(self, end: Ends) -> NDArray[Any]:
        """Return the number of the node that each id of one end names."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        placed = self.placed[end.label]
        for ids, numbers in placed.parts:
            if ids is end.ids:
                return numbers
        if isinstance(end.ids, pa.DictionaryArray):
            each = self._numbers(Ends(end.label, end.ids.dictionary))
            named: NDArray[Any] = each[end.ids.indices.to_numpy()]
            return named
        known = placed.ids
        at = pc.index_in(end.ids.cast(known.type), value_set=known).fill_null(-1).to_numpy()
        # a name of the dictionary that no row uses may name nothing
        found: NDArray[Any] = np.append(placed.numbers, -1)[at]
        return found

    def _insert(
        self, name: str, parts: list[FactPart], properties: Sequence[Property],
        own: dict[str, NDArray[Any]], order: NDArray[Any] | None,
    ) -> None:  # fmt: skip
        import pyarrow as pa

        if not parts:
            return
        columns = {key: pa.chunked_array([pa.array(cells)]) for key, cells in own.items()}
        for prop in properties:
            columns[prop.name] = _column(prop, parts)
        whole = pa.table(columns)
        reader = pa.RecordBatchReader.from_batches(whole.schema, _batches(whole, order))
        self.connection.register("_columns", reader)
        names = ", ".join(map(tables.quoted, columns))
        into = f"INSERT INTO facts.{tables.quoted(name)} ({names})"
        self.connection.execute(f"{into} SELECT * FROM _columns")
        self.connection.unregister("_columns")


def load_parts(connection: duckdb.DuckDBPyConnection, facts: Facts, schema: GraphSchema) -> None:
    """Write all stated nodes and relationships; what is written is let go from `facts`."""
    loader = _Loader(connection, schema)
    for label, table in facts.nodes.items():
        loader.load_nodes(label, table)
    for type_, table in facts.relationships.items():
        loader.load_relationships(type_, table)


def _batches(whole: Any, order: NDArray[Any] | None) -> Iterator[Any]:  # noqa: ANN401
    """Yield the rows of a table in an order, some at a time."""
    import pyarrow as pa

    for start in range(0, len(whole), _ROWS_AT_ONCE):
        if order is None:
            yield from whole.slice(start, _ROWS_AT_ONCE).to_batches()
        else:
            rows = pa.array(order[start : start + _ROWS_AT_ONCE])
            yield from whole.take(rows).to_batches()


def _parts(table: FactTable) -> list[FactPart]:
    """Return the rows of a table as parts, those of lists by the labels they join."""
    import pyarrow as pa

    if not table.rows:
        return table.parts
    if not table.from_label:
        return [_part(table, None), *table.parts]
    pairs = list(zip(table.from_label, table.to_label, strict=True))
    parts = []
    for pair in dict.fromkeys(pairs):
        rows = [row for row, other in enumerate(pairs) if other == pair]
        part = _part(table, rows)
        start, end = ([ids[row] for row in rows] for ids in (table.from_id, table.to_id))
        part.start = Ends(pair[0], pa.array(start, pa.string()))
        part.end = Ends(pair[1], pa.array(end, pa.string()))
        parts.append(part)
    return [*parts, *table.parts]


def _part(table: FactTable, rows: list[int] | None) -> FactPart:
    import pyarrow as pa

    columns = {}
    for name, cells in table.columns.items():
        taken = cells if rows is None else [cells[row] for row in rows]
        if any(cell is not None for cell in taken):
            columns[name] = pa.array(taken)
    return FactPart(table.rows if rows is None else len(rows), columns)


def _ids(part: FactPart) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return the whole ids of the rows of a part."""
    import pyarrow.compute as pc

    ids = part.columns["id"]
    return pc.binary_join_element_wise(ids, part.suffix, "") if part.suffix else ids


def _chunked(arrays: Sequence[Any]) -> Any:  # noqa: ANN401
    """Return arrays of one kind of text as one."""
    import pyarrow as pa

    if not arrays:
        return pa.chunked_array([], pa.string())
    wide = any(pa.types.is_large_string(array.type) for array in arrays)
    kind = pa.large_string() if wide else pa.string()
    return pa.chunked_array([array.cast(kind) for array in arrays])


def _numbered(parts: list[FactPart], base: int) -> tuple[NDArray[Any] | None, NDArray[Any]]:
    """Return the order of the rows by id (None: as they are) and the number of each row."""
    import numpy as np
    import pyarrow.compute as pc

    ids = _chunked([_ids(part) for part in parts])
    count = len(ids)
    numbers = np.arange(1, count + 1) + base
    if _is_rising(ids):
        return None, numbers
    order = pc.sort_indices(ids).to_numpy()
    ranked = np.empty(count, np.int64)
    ranked[order] = numbers
    return order, ranked


def _is_rising(ids: Any) -> bool:  # noqa: ANN401
    import pyarrow.compute as pc

    if len(ids) < 2:  # noqa: PLR2004 - one is in order
        return True
    return bool(pc.all(pc.less(ids[:-1], ids[1:])).as_py())


def _column(prop: Property, parts: list[FactPart]) -> Any:  # noqa: ANN401
    """Return one column of all parts; texts of few words stay codes."""
    import pyarrow as pa

    if prop.name == "id":
        return _chunked([_ids(part) for part in parts])
    if prop.type is not PropertyType.TEXT:
        kind = pa.int64()
    else:
        given = [part.columns[prop.name] for part in parts if prop.name in part.columns]
        if any(pa.types.is_large_string(array.type) for array in given):
            kind = pa.large_string()
        elif not given or any(pa.types.is_dictionary(array.type) for array in given):
            kind = pa.dictionary(pa.int32(), pa.string())
        else:
            kind = pa.string()
    arrays = [
        part.columns[prop.name].cast(kind) if prop.name in part.columns
        else _nulls(part.rows, kind)
        for part in parts
    ]  # fmt: skip
    whole = pa.chunked_array(arrays, kind)
    return whole.unify_dictionaries() if pa.types.is_dictionary(kind) else whole


def _nulls(rows: int, kind: Any) -> Any:  # noqa: ANN401
    import numpy as np
    import pyarrow as pa

    if not pa.types.is_dictionary(kind):
        return pa.nulls(rows, kind)
    codes = pa.array(np.zeros(rows, np.int32), mask=np.ones(rows, bool))
    return pa.DictionaryArray.from_arrays(codes, pa.array([], pa.string()))
