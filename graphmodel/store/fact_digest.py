"""One digest over all facts of a case file, the same for the same facts on every machine.

For each table with rows: its name, their number, and for each column its name, which cells are
there, how long they are and what stands in them, each as a stream of its own in the order of the
internal numbers. That order is the order of ids, so the order of rows in the input changes nothing.
Integers are eight bytes, lengths four, the lowest byte first; text is UTF-8.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Any

from graphmodel.store.tables import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

ARROW_ROWS = 20_000
"""From this many rows on Arrow is quicker than rows of Python values, below it its import costs."""

_BATCH_ROWS = 122_880


class _Column:
    """Digest of one column while its cells pass by."""

    def __init__(self, name: str, *, is_text: bool) -> None:
        """Begin with no cell."""
        self.name = name
        self.is_text = is_text
        self.there = hashlib.sha256()
        self.lengths = hashlib.sha256()
        self.content = hashlib.sha256()

    def add(self, cells: Sequence[object]) -> None:
        """Take in cells as Python values."""
        self.there.update(bytes(cell is not None for cell in cells))
        if not self.is_text:
            self.content.update(struct.pack(f"<{len(cells)}q", *(cell or 0 for cell in cells)))
            return
        words = [b"" if cell is None else str(cell).encode() for cell in cells]
        self.lengths.update(struct.pack(f"<{len(words)}i", *map(len, words)))
        self.content.update(b"".join(words))

    def add_array(self, cells: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        """Take in cells as an Arrow array."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        self.there.update(np.asarray(cells.is_valid()).astype(np.uint8).tobytes())
        if not self.is_text:
            self.content.update(np.asarray(pc.fill_null(cells, 0)).astype("<i8").tobytes())
            return
        cells = pc.fill_null(cells.cast(pa.string()), "")
        _, offsets, content = cells.buffers()
        places = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
        self.lengths.update(np.diff(places).astype("<i4").tobytes())
        if content is not None:
            self.content.update(memoryview(content)[places[0] : places[-1]])

    def line(self) -> str:
        """Return what the digest of the table says of the column."""
        parts = (self.there, self.lengths, self.content)
        return "".join([self.name, *(f":{part.hexdigest()}" for part in parts), "\n"])


def fact_digest(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the SHA-256, in hex, over all facts of an open case file."""
    whole = hashlib.sha256()
    names = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'facts' ORDER BY table_name"
    ).fetchall()
    for (name,) in names:
        ((count,),) = connection.execute(f"SELECT count(*) FROM facts.{quoted(name)}").fetchall()
        if count:
            lines = "".join(column.line() for column in _columns(connection, name, count))
            whole.update(f"{name}:{count}\n{lines}".encode())
    return whole.hexdigest()


def _columns(connection: duckdb.DuckDBPyConnection, name: str, count: int) -> list[_Column]:
    text = f"SELECT * FROM facts.{quoted(name)}"
    types = connection.execute(f"DESCRIBE {text}").fetchall()
    columns = [_Column(entry[0], is_text=entry[1] == "VARCHAR") for entry in types]
    if count < ARROW_ROWS:
        rows = connection.execute(text).fetchall()
        for column, cells in zip(columns, zip(*rows, strict=True), strict=True):
            column.add(cells)
        return columns
    found: Any = connection.sql(text)
    # older releases of the database have another name for it
    reader = getattr(found, "to_arrow_reader", None) or found.fetch_record_batch
    for batch in reader(_BATCH_ROWS):
        for column, array in zip(columns, batch.columns, strict=True):
            column.add_array(array)
    return columns
