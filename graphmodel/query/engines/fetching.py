"""Rows of a statement as plain Python values, in pieces short enough to stop between.

A cell can hold a list of millions: lists come through Arrow, whose items are turned into Python
values some thousands at a time, where the usual way would convert a cell in one go.
"""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING, Any

from graphmodel.query.parameters import is_plain, unbind
from graphmodel.query.types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb

    from graphmodel.query.compiled import Compiled
    from graphmodel.query.engines.watch import Work
    from graphmodel.query.types import Type

Row = tuple[object, ...]
_ROWS, _ITEMS = 2048, 20_000
_CAP = "rows"
_PAUSE_S = 0.0005
"""Seconds left to others between two pieces while rows nobody gets are let go."""

_INEXACT = ("HUGEINT", "DECIMAL", "TIME", "DATE", "INTERVAL", "UUID", "BLOB")
"""Types that Arrow would hand over as something else."""


def fetch(work: Work, query: Compiled, bound: Mapping[str, object]) -> list[Row]:
    """Run a compiled query and return all its rows; QueryLimitError past the row cap."""
    work.check()
    plain = all(is_plain(type_) for type_ in query.types)
    rows: list[Row] = []
    collects = gc.isenabled()
    gc.disable()  # rows are no rings: looking through millions of them stops every thread
    try:
        for batch in _batches(work, query, bound):
            work.check()
            rows += batch if plain else [_unbound(row, query.types) for row in batch]
            _check_count(work, len(rows))
    except BaseException:
        work.is_ending = True
        while rows:  # letting millions go at once would hold everybody up
            del rows[-_ITEMS:]
            time.sleep(_PAUSE_S)
        raise
    finally:
        if collects:
            gc.enable()
    return rows


def _check_count(work: Work, many: int) -> None:
    most = work.limits.max_rows
    if most is not None and many > most:
        raise work.limits.passed(_CAP)


def _unbound(row: Row, types: tuple[Type, ...]) -> Row:
    return tuple(unbind(value, type_) for value, type_ in zip(row, types, strict=True))


def _batches(work: Work, query: Compiled, bound: Mapping[str, object]) -> Iterator[list[Row]]:
    if work.limits.is_watched and any(_may_be_long(type_) for type_ in query.types):
        result = work.connection.sql(query.sql, params=dict(bound))
        if not any(word in str(type_) for type_ in result.types for word in _INEXACT):
            yield from _through_arrow(work, result)
            return
    running = work.connection.execute(query.sql, dict(bound))
    while batch := running.fetchmany(_ROWS):
        yield batch


def _may_be_long(type_: Type) -> bool:
    fields = any(_may_be_long(field) for _, field in type_.fields)
    return type_.kind is Kind.LIST or fields or any(map(_may_be_long, type_.members))


def _through_arrow(work: Work, result: duckdb.DuckDBPyRelation) -> Iterator[list[Row]]:
    # older releases of the database have another name for it
    reader: Any = getattr(result, "to_arrow_reader", None) or result.fetch_record_batch
    for batch in reader(_ROWS):
        columns = [_values(work, column) for column in batch.columns]
        yield list(zip(*columns, strict=True))


def _values(work: Work, array: Any) -> list[Any]:  # noqa: ANN401 - Arrow has no types here
    """Return an Arrow array as Python values, looking for a stop every few thousand items."""
    from pyarrow import types as kinds

    if kinds.is_list(array.type) or kinds.is_large_list(array.type):
        return _lists(work, array)
    if kinds.is_struct(array.type):
        names = [array.type.field(i).name for i in range(array.type.num_fields)]
        parts = [_values(work, part) for part in array.flatten()]
        present = array.is_valid().to_pylist()
        return [
            dict(zip(names, cells, strict=True)) if is_there else None
            for is_there, *cells in zip(present, *parts, strict=True)
        ]
    made: list[Any] = []
    for start in range(0, len(array), _ITEMS):
        work.check()
        made += array.slice(start, _ITEMS).to_pylist()
    return made


def _lists(work: Work, array: Any) -> list[Any]:  # noqa: ANN401 - Arrow has no types here
    from pyarrow import compute

    items = _values(work, array.flatten())
    made, end = [], 0
    for length in compute.list_value_length(array).to_pylist():
        start, end = end, end + (length or 0)
        made.append(None if length is None else items[start:end])
    return made
