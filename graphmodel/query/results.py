"""Answers in the forms of other tools: Arrow, pandas and networkx.

The kinds of Cypher stay apart: an integer column is int64, also where values are absent, and never
becomes a float on the way. A column may mix integers with floats if every integer is a float too;
any other mix has no column type and is refused, with the name of the column.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

from graphmodel.errors import UsageError
from graphmodel.query.types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphmodel.query.types import Type

Rows = list[tuple[object, ...]]
_WORDS = {bool: "booleans", int: "integers", float: "floats", str: "text", list: "lists"}
_MIX_HINT = "Return one kind, for example with toString(), or use to_dicts()."


def arrow_table(columns: Sequence[str], rows: Rows, types: Sequence[Type] = ()) -> Any:  # noqa: ANN401 - pyarrow brings no types
    """Return a `pyarrow.Table`: int64, float64, bool, string, lists and structs of these.

    A struct has every key that occurs in its column; a map without one has null there. A column
    without any value has the type that the query declares, else Arrow's null type.
    """
    import pyarrow as pa

    fields, arrays = [], []
    for place, name in enumerate(columns):
        values = [row[place] for row in rows]
        type_ = _type_of(values, name)
        if pa.types.is_null(type_) and place < len(types):
            type_ = _declared(types[place])
        fields.append(pa.field(name, type_))
        arrays.append(pa.array(values, type=type_))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def pandas_frame(columns: Sequence[str], rows: Rows, types: Sequence[Type] = ()) -> Any:  # noqa: ANN401 - pandas is no dependency
    """Return a `pandas.DataFrame` with nullable types: Int64, Float64, boolean, string.

    Lists and maps stay objects. UsageError where pandas is not installed.
    """
    try:
        pandas = import_module("pandas")
    except ImportError as error:
        reason = "pandas is not installed, and to_pandas() needs it."
        hint = "Run pip install pandas, or use to_dicts() or to_arrow()."
        raise UsageError(reason, hint=hint) from error
    import pyarrow as pa

    nullable = {
        pa.int64(): pandas.Int64Dtype(),
        pa.float64(): pandas.Float64Dtype(),
        pa.bool_(): pandas.BooleanDtype(),
        pa.string(): pandas.StringDtype(),
    }
    return arrow_table(columns, rows, types).to_pandas(types_mapper=nullable.get)


def networkx_graph(columns: Sequence[str], rows: Rows, source: str, target: str) -> Any:  # noqa: ANN401 - untyped
    """Return a `networkx.MultiDiGraph`: an edge a row, from column `source` to column `target`.

    The other columns are the edge's attributes. Where one end is null the other is a node alone.
    Ends are text or whole numbers; anything else, or an unknown column, is a UsageError.
    """
    import networkx as nx

    start, end = (_place(columns, name) for name in (source, target))
    graph = nx.MultiDiGraph()
    for row in rows:
        ends = [_node(row[start], source), _node(row[end], target)]
        known = [node for node in ends if node is not None]
        graph.add_nodes_from(known)
        if len(known) == len(ends):
            told = zip(columns, row, strict=True)
            kept = {name: cell for name, cell in told if name not in {source, target}}
            graph.add_edges_from([(*ends, kept)])
    return graph


def _place(columns: Sequence[str], name: str) -> int:
    if name in columns:
        return columns.index(name)
    near = get_close_matches(name, columns, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"It has {', '.join(columns) or 'none'}."
    reason = f"The answer has no column {name}."
    raise UsageError(reason, hint=hint)


def _node(cell: object, column: str) -> object:
    if cell is None or (isinstance(cell, str | int) and not isinstance(cell, bool)):
        return cell
    reason = f"Column {column} holds {_word(cell)}, which cannot be the ends of edges."
    raise UsageError(reason, hint="Return text or whole numbers there, such as an id.")


def _type_of(values: Iterable[object], column: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return the Arrow type that holds all values, exactly."""
    import pyarrow as pa

    there = [value for value in values if value is not None]
    kinds = {list if isinstance(value, tuple) else type(value) for value in there}
    scalars = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}
    if not kinds:
        return pa.null()
    if kinds == {int, float} and all(
        float(value) == value for value in there if isinstance(value, int)
    ):
        return pa.float64()
    if len(kinds) == 1:
        (kind,) = kinds
        if kind in scalars:
            return scalars[kind]
        if kind is list:
            return pa.list_(_type_of((item for value in there for item in value), column))  # type: ignore[attr-defined] # all are lists
        if kind is dict:
            return _struct_of(there, column)  # type: ignore[arg-type] # all are maps
    words = " and ".join(sorted({_word(value) for value in there}))
    reason = f"Column {column} mixes {words}, which have no common type."
    raise UsageError(reason, hint=_MIX_HINT)


def _struct_of(maps: Sequence[dict[str, object]], column: str) -> Any:  # noqa: ANN401 - no types
    import pyarrow as pa

    keys = dict.fromkeys(key for one in maps for key in one)
    return pa.struct(
        [pa.field(key, _type_of((m.get(key) for m in maps), f"{column}.{key}")) for key in keys]
    )


def _declared(type_: Type) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return the Arrow type of a declared type; null where values would have to tell."""
    import pyarrow as pa

    if type_.kind is Kind.LIST:
        return pa.list_(pa.null() if type_.item is None else _declared(type_.item))
    scalars = {
        Kind.BOOLEAN: pa.bool_(),
        Kind.INTEGER: pa.int64(),
        Kind.FLOAT: pa.float64(),
        Kind.STRING: pa.string(),
    }
    return scalars.get(type_.kind, pa.null())


def _word(value: object) -> str:
    return "maps" if isinstance(value, dict) else _WORDS.get(type(value), "lists")
