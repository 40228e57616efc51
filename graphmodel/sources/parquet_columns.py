"""Large Parquet files into columns of the same text cells that their rows would have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphmodel.sources import large_table
from graphmodel.sources.large_table import LargeTable, one_array
from graphmodel.sources.tabular import cell_text, plain_values

if TYPE_CHECKING:
    from pathlib import Path

_YEARS_S = (-5_364_662_400, 7_258_118_400)
"""Seconds since 1970 of the years 1800 and 2200, between which a date has ten signs."""


def read_large_parquet(file: Path, data: bytes, name: str) -> LargeTable | None:
    """Read a Parquet file; None where it is not large, is damaged or holds lists or objects."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        content = pq.ParquetFile(pa.BufferReader(data))
        if content.metadata.num_rows < large_table.LARGE_ROWS:
            return None
        table = content.read()
        if any(_is_odd(kind, pa) for kind in table.schema.types):
            return None
        columns = [_texts(column) for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        return None
    header = [column.strip() for column in table.column_names]
    lines = np.arange(1, table.num_rows + 1)
    return LargeTable(file.stem.casefold(), name, file, "parquet", header, columns, lines)


def _is_odd(kind: Any, pa: Any) -> bool:  # noqa: ANN401 - pyarrow has no types
    """Say whether cells of a type may be lists, objects or bytes."""
    types = pa.types
    if types.is_dictionary(kind):
        return _is_odd(kind.value_type, pa)
    is_text = types.is_string(kind) or types.is_large_string(kind) or types.is_null(kind)
    is_number = types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind)
    is_time = types.is_timestamp(kind) or types.is_date(kind)
    return not (is_text or is_number or is_time or types.is_boolean(kind))


def _texts(column: Any) -> Any:  # noqa: ANN401
    """Return the texts of a column, empty for nulls."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        return _texts(column.cast(kind.value_type))
    if pa.types.is_null(kind):
        return pa.array([""] * len(column), pa.string())
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if is_text or pa.types.is_integer(kind):
        return one_array(column.cast(pa.string()) if not is_text else column).fill_null("")
    if pa.types.is_timestamp(kind) and kind.tz is None:
        texts = _whole_seconds(column)
        if texts is not None:
            return one_array(texts).fill_null("")
    return _texts_of_each(column)


def _whole_seconds(column: Any) -> Any:  # noqa: ANN401
    """Return timestamps as texts if all of them are whole seconds of plain years, else None."""
    import pyarrow as pa
    import pyarrow.compute as pc

    seconds = column.cast(pa.timestamp("s"), safe=False)
    whole = pc.min_max(seconds.cast(pa.int64())).as_py()
    same = pc.all(pc.equal(seconds.cast(column.type, safe=False), column)).as_py()
    first, last = whole["min"], whole["max"]
    if not same or first is None or first < _YEARS_S[0] or last >= _YEARS_S[1]:
        return None
    return pc.strftime(seconds, format="%Y-%m-%dT%H:%M:%S")


def _texts_of_each(column: Any) -> Any:  # noqa: ANN401
    """Return the texts of values, each different one made once."""
    import pyarrow as pa

    whole = column.combine_chunks().dictionary_encode()
    words = [cell_text(value) for value in plain_values(whole.dictionary, pa)]
    texts = pa.DictionaryArray.from_arrays(whole.indices, pa.array(words, pa.string()))
    return texts.cast(pa.string()).fill_null("")
