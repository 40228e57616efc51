"""JSON lines and Parquet into the same text cells that a CSV file of the case would have.

Native numbers become plain decimal text (17.0 is `17`), native dates ISO 8601 with the precision
that the file shows, nulls empty cells; lists and objects are `Nested`.
"""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from graphmodel.sources.base import Damage, Nested, RawTable, UnusableError
from graphmodel.sources.sniff import read_text

if TYPE_CHECKING:
    from pathlib import Path


def cell_text(value: object) -> str:
    """Return the text of one native value.

    >>> cell_text(17.0), cell_text(Decimal("0.150")), cell_text(None), cell_text(date(2019, 3, 1))
    ('17', '0.150', '', '2019-03-01')
    """
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, int):
        return str(value).lower()
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return _other_text(value)


def _float_text(value: float) -> str:
    if value.is_integer():
        return str(int(value))
    # nan and infinity stay words, which no number column takes
    return f"{Decimal(repr(value)):f}"


def _other_text(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple | dict):
        return Nested(json.dumps(value, ensure_ascii=False, default=str))
    return Nested(value.hex()) if isinstance(value, bytes) else str(value)


class _TwiceError(ValueError):
    """A name stands twice in one JSON object."""


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _TwiceError
    return fields


def read_jsonl(file: Path, data: bytes, name: str) -> list[RawTable]:
    """Read one JSON object a line; a line that is none is a damaged row."""
    decoded = read_text(data)
    table = RawTable(
        file.stem.casefold(), name, file, "jsonl", [], [], [], encoding=decoded.encoding
    )
    rows: list[dict[str, str]] = []
    for number, line in enumerate(io.StringIO(decoded.text, newline=""), 1):
        if not line.strip():
            continue
        fields = _json_row(line)
        if isinstance(fields, str):
            table.damaged.append(Damage(number, fields, "", line.strip()))
            continue
        rows.append(fields)
        table.lines.append(number)
    # the order of names over the file, so that it does not depend on hashing
    table.header = list(dict.fromkeys(key for row in rows for key in row))
    table.columns = [[row.get(key, "") for row in rows] for key in table.header]
    return [table]


def _json_row(line: str) -> dict[str, str] | str:
    """Return the cells of one line, or the code of what is wrong with it."""
    try:
        # numbers keep the digits that the file has
        fields = json.loads(line, parse_float=str, parse_int=str, object_pairs_hook=_unique)
    except _TwiceError:
        return "row-twice"
    except (ValueError, RecursionError):
        return "row-json"
    if not isinstance(fields, dict):
        return "row-json"
    cells: dict[str, str] = {}
    for key, value in fields.items():
        column = key.strip()
        if column in cells:
            return "row-twice"
        cells[column] = cell_text(value)
    return cells


def read_parquet(file: Path, data: bytes, name: str) -> list[RawTable]:
    """Read one Parquet file; `line` is the row number from 1. UnusableError where damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        content = pq.read_table(pa.BufferReader(data))
        columns = [
            [cell_text(value) for value in plain_values(column, pa)] for column in content.columns
        ]
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise UnusableError(code="parquet", name=name) from error
    header = [column.strip() for column in content.column_names]
    lines = list(range(1, content.num_rows + 1))
    return [RawTable(file.stem.casefold(), name, file, "parquet", header, columns, lines)]


def plain_values(column: Any, pa: Any) -> list[object]:  # noqa: ANN401 - pyarrow has no types
    """Return the native values of a column, times no finer than microseconds."""
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        # fractions of a second are cut off anyway
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    values: list[object] = column.to_pylist()
    return values
