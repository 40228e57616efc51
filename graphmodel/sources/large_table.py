"""A table too large for Python strings: its cells as columns of text outside Python's memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast, overload

from graphmodel.sources.base import RawTable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from graphmodel.sources.base import Damage

LARGE_BYTES = 2 * 2**20
"""From this size on a file is read in columns; below it rows of Python values cost less."""

LARGE_ROWS = 20_000
"""The same for a format whose files say how many rows they have."""

_SLICE = 65_536
_LARGEST_TEXT = 2**31 - 1
"""Bytes of text that offsets of 32 bits reach."""


class TextColumn(Sequence[str]):
    """Cells of a column, read like a list of texts; `cells` is the Arrow array behind it."""

    __slots__ = ("cells",)

    def __init__(self, cells: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        """Take over an array of texts without nulls."""
        self.cells = cells

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.cells)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        """Return the text of one cell, or of several."""
        if isinstance(at, slice):
            return list(self)[at]
        return cast("str", self.cells[at].as_py())

    def __iter__(self) -> Iterator[str]:
        """Yield the text of each cell; only some of them are Python values at a time."""
        for start in range(0, len(self.cells), _SLICE):
            yield from self.cells.slice(start, _SLICE).to_pylist()


@dataclass(slots=True)
class LargeTable:
    """One large table as read; `lines` is the first physical line of each row.

    `columns` are Arrow arrays of text of one length, without nulls.
    """

    table: str
    path: str
    file: Path
    reader: str
    header: list[str]
    columns: list[Any]
    lines: NDArray[Any]
    damaged: list[Damage] = field(default_factory=list)
    encoding: str | None = None
    sha256: str = ""

    @property
    def rows(self) -> int:
        """Number of rows that could be cut into cells."""
        return len(self.lines)

    def as_raw(self) -> RawTable:
        """Return the table whose columns only read like lists."""
        columns = [cast("list[str]", TextColumn(column)) for column in self.columns]
        return self._raw(columns, [])

    def rows_at(self, rows: NDArray[Any]) -> RawTable:
        """Return some rows as Python texts, with everything that is no row."""
        columns: list[list[str]] = [column.take(rows).to_pylist() for column in self.columns]
        return self._raw(columns, self.lines[rows].tolist())

    def _raw(self, columns: list[list[str]], lines: list[int]) -> RawTable:
        return RawTable(
            self.table, self.path, self.file, self.reader, list(self.header), columns, lines,
            list(self.damaged), self.encoding, self.sha256,
        )  # fmt: skip


def one_array(chunks: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return a column of text as one array, with wide offsets where it needs them."""
    import pyarrow as pa

    if isinstance(chunks, pa.Array):
        return chunks
    chunks = chunks.cast(pa.string() if chunks.nbytes < _LARGEST_TEXT else pa.large_string())
    return chunks.chunk(0) if chunks.num_chunks == 1 else pa.concat_arrays(chunks.chunks)
