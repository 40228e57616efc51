"""Case tables to files: the background's rows and the planted ones together, a slice at a time.

CSV is UTF-8 with plain line ends; a cell is quoted only where it must be. Parquet holds the same
cells as text.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphmodel.model.instants import parse_time
from graphmodel.simulate.clock import BEGIN, END_S
from graphmodel.sources.spec_tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from graphmodel.simulate.columns import Table
    from graphmodel.simulate.stage import Row

SLICE_ROWS = 500_000
_MUST_BE_QUOTED = frozenset(',"\r\n\t;')


class Form(StrEnum):
    """Forms of a table."""

    CSV = "csv"
    PARQUET = "parquet"


class Planted(NamedTuple):
    """Rows of plants in order; `before` says for each how many rows of the background precede."""

    rows: Sequence[Row]
    before: NDArray[np.int64]


def write_table(
    folder: Path,
    form: Form,
    table: Table,
    planted: Planted,
    progress: Callable[[str], None],
) -> int:
    """Write one table of the case and return its rows."""
    names = _columns(table, planted.rows)
    total = table.rows + len(planted.rows)
    with _sink(folder / f"{table.name}.{form}", form, names) as write:
        for start in range(0, max(table.rows, 1), SLICE_ROWS):
            end = min(start + SLICE_ROWS, table.rows)
            write(_slice(table, planted, names, start, end, is_csv=form is Form.CSV))
            progress(f"{table.name} {min(end, total):,} / {total:,}")
    return total


def placed(rows: Sequence[Row], table: Table, rng: np.random.Generator) -> Planted:
    """Return planted rows by their places: those of events by time, others anywhere."""
    if table.seconds is None:
        before = rng.integers(0, table.rows + 1, len(rows))
    else:
        begins = [_seconds(row.get("time", "")) for row in rows]
        other = rng.integers(0, END_S, len(rows))
        wanted = np.array([o if b is None else b for b, o in zip(begins, other, strict=True)])
        before = np.searchsorted(table.seconds, wanted)
    # rows of one story do not stand together where nothing else decides
    order = np.lexsort((rng.random(len(rows)), before))
    return Planted([rows[place] for place in order.tolist()], before[order])


def _seconds(text: str) -> int | None:
    """Return the first instant of a time in seconds since the world began, None where unknown."""
    if not text:
        return None
    start = int(datetime.combine(BEGIN, time.min, UTC).timestamp())
    return parse_time(text, UTC).t0 - start


def _columns(table: Table, rows: Sequence[Row]) -> list[str]:
    """Return the columns that any row fills: those of the contract in its order, then others."""
    used = {*table.columns, *(column for row in rows for column in row)}
    known = [column.name for column in TABLES[table.name].columns]
    return [name for name in known if name in used] + sorted(used - set(known))


def _slice(
    table: Table, planted: Planted, names: Sequence[str], start: int, end: int, *, is_csv: bool
) -> dict[str, Any]:
    """Return the columns of background rows from `start` to `end` with what is planted there."""
    import pyarrow as pa

    first = int(np.searchsorted(planted.before, start)) if start else 0
    last = int(np.searchsorted(planted.before, end)) if end < table.rows else len(planted.rows)
    rows = planted.rows[first:last]
    # a planted row stands right before the background row with its number
    order = np.insert(
        np.arange(end - start),
        planted.before[first:last] - start,
        end - start + np.arange(len(rows)),
    )
    columns = {}
    for name in names:
        column = table.columns.get(name)
        nothing = pa.nulls(end - start, pa.string())
        own = nothing if column is None else column(start, end)
        if rows:
            cells = [row.get(name) for row in rows]
            added = pa.array([_quoted(c) for c in cells] if is_csv else cells, pa.string())
            own = pa.concat_arrays([own, added]).take(pa.array(order))
        columns[name] = own
    return columns


def _quoted(cell: str | None) -> str | None:
    if cell is None or not (_MUST_BE_QUOTED.intersection(cell) or cell != cell.strip()):
        return cell
    return '"' + cell.replace('"', '""') + '"'


@contextmanager
def _sink(
    path: Path, form: Form, names: Sequence[str]
) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Open a file and yield what writes a slice to it."""
    import pyarrow as pa
    from pyarrow import parquet

    with path.open("xb") as file:
        if form is Form.CSV:
            file.write((",".join(names) + "\n").encode())
            yield lambda columns: _write_lines(file, list(columns.values()))
            return
        schema = pa.schema([(name, pa.string()) for name in names])
        with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
            yield lambda columns: writer.write_table(pa.table(columns, schema))


def _write_lines(file: Any, columns: Sequence[Any]) -> None:  # noqa: ANN401 - a binary file
    import pyarrow as pa
    import pyarrow.compute as pc

    line = pc.binary_join_element_wise(*columns, ",", null_handling="replace", null_replacement="")
    lines = pc.binary_join_element_wise(line, pa.scalar(""), "\n")
    if len(lines):
        # one text after the other: the values of the array are the lines of the file
        offsets = np.frombuffer(lines.buffers()[1], np.int32)[
            lines.offset : lines.offset + len(lines) + 1
        ]
        file.write(memoryview(lines.buffers()[2])[offsets[0] : offsets[-1]])
