"""Large CSV files into columns: plain blocks by Arrow's parser, all others as small files are.

A block is plain if its quotes, where it has any, are where RFC 4180 puts them and Arrow finds as
many cells in every row as the header has: then both ways of cutting agree. A block of ragged or
blank lines is cut as a small file is; so is the whole file where quoting or encoding is odd.
"""

from __future__ import annotations

import codecs
import io
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from graphmodel.sources import large_table
from graphmodel.sources.base import RawTable
from graphmodel.sources.csv_rows import fill, iter_rows, read_header
from graphmodel.sources.large_table import LargeTable, one_array
from graphmodel.sources.sniff import find_delimiter, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graphmodel.sources.base import Damage


BLOCK_BYTES = 4 * 2**20
_ROWS_AT_ONCE = 50_000
_MOST_LINES = 1_000
"""Lines that one quoted cell may have in a file that is read by blocks."""

_NO_FILE = Path()
_QUOTE, _NEWLINE, _RETURN = 34, 10, 13


class _OddError(Exception):
    """The file cannot be read by blocks."""


class _Head(NamedTuple):
    """Header cells, delimiter, encoding, place of the first byte after the header, its line."""

    titles: list[str]
    delimiter: str
    encoding: str
    at: int
    line: int


class _Cut(NamedTuple):
    """Rows of one block: columns of text, their lines, rows that could not be cut."""

    columns: list[Any]
    lines: NDArray[Any]
    damaged: list[Damage]


def read_large_csv(file: Path, data: bytes, name: str) -> LargeTable | None:
    """Read a CSV file; None where it is not large, or only the way of small ones can tell why."""
    if len(data) < large_table.LARGE_BYTES:
        return None
    try:
        head = _head(data)
        cuts = list(_cut_blocks(data, head))
    except (_OddError, UnicodeDecodeError):
        return _read_exactly(file, data, name)
    return _joined(RawTable(file.stem.casefold(), name, file, "csv", head.titles, [], [],
                            encoding=head.encoding), cuts)  # fmt: skip


def _joined(raw: RawTable, cuts: list[_Cut]) -> LargeTable | None:
    import numpy as np
    import pyarrow as pa

    if not cuts:
        return None
    # the blocks of a column are let go before those of the next are joined
    columns = [
        one_array(pa.chunked_array([cut.columns.pop(0) for cut in cuts])) for _ in raw.header
    ]
    lines = np.concatenate([cut.lines for cut in cuts])
    damaged = [damage for cut in cuts for damage in cut.damaged]
    return LargeTable(
        raw.table, raw.path, raw.file, raw.reader, raw.header, columns, lines, damaged, raw.encoding
    )


def _head(data: bytes) -> _Head:
    at, encoding = 0, "utf-8"
    if data.startswith(codecs.BOM_UTF8):
        at, encoding = len(codecs.BOM_UTF8), "utf-8-sig"
    # a lone carriage return ends a line too, which blocks do not look for
    if data.count(b"\r") != data.count(b"\r\n"):
        raise _OddError
    line = 0
    while at < len(data):
        end = data.find(b"\n", at) + 1 or len(data)
        text = data[at:end].decode("utf-8")
        at, line = end, line + 1
        if text.strip():
            break
    else:
        raise _OddError
    delimiter = find_delimiter(text)
    cells = next(iter_rows([text], delimiter))[1]
    if "\x00" in text or cells is None or len(cells) < 2:  # noqa: PLR2004 - one column is no table
        raise _OddError
    return _Head([cell.strip() for cell in cells], delimiter, encoding, at, line + 1)


def _cut_blocks(data: bytes, head: _Head) -> Iterator[_Cut]:
    at, line = head.at, head.line
    while at < len(data):
        end = _block_end(data, at)
        block = memoryview(data)[at:end]
        newlines = data.count(b"\n", at, end)
        yield _cut_block(block, head, line, newlines, has_quotes=data.find(b'"', at, end) >= 0)
        at, line = end, line + newlines


def _block_end(data: bytes, at: int) -> int:
    """Return where a block ends: after a line, with its quotes balanced."""
    end = at + BLOCK_BYTES
    begin, open_quotes = at, 0
    for _ in range(_MOST_LINES):
        end = data.find(b"\n", end - 1) + 1 or len(data)
        open_quotes += data.count(b'"', begin, end)
        if open_quotes % 2 == 0:
            return end
        if end == len(data):
            break
        begin, end = end, end + 1
    raise _OddError


def _cut_block(
    block: memoryview, head: _Head, line: int, newlines: int, *, has_quotes: bool
) -> _Cut:
    import numpy as np
    import pyarrow as pa

    is_closed = block[-1] == _NEWLINE
    if has_quotes:
        starts = _row_starts(np.frombuffer(block, np.uint8), ord(head.delimiter))
    else:
        starts = np.arange(newlines + (not is_closed))
    try:
        columns = _parse(block, head, has_quotes=has_quotes)
    except pa.ArrowInvalid:
        columns = []
    if not columns or len(columns[0]) != len(starts) or 0 in bytes(block):
        return _cut_exactly(bytes(block).decode("utf-8"), head, line)
    return _Cut(columns, starts + line, [])


def _row_starts(block: NDArray[Any], delimiter: int) -> NDArray[Any]:
    """Return the line in the block, from 0, on which each row begins.

    _OddError unless every quote opens a cell right after a delimiter, closes it right before one,
    or stands beside another inside one.
    """
    import numpy as np

    quotes = np.flatnonzero(block == _QUOTE)
    opening, closing = quotes[0::2], quotes[1::2]
    before = np.where(opening > 0, block[opening - 1], _NEWLINE)
    after = block[np.minimum(closing + 1, len(block) - 1)]
    after[closing + 1 >= len(block)] = _NEWLINE
    begins = (before == delimiter) | (before == _NEWLINE)
    ends = (after == delimiter) | (after == _NEWLINE) | (after == _RETURN)
    # two quotes side by side inside a cell: one closes, the next opens
    begins[1:] |= opening[1:] == closing[:-1] + 1
    ends[:-1] |= closing[:-1] + 1 == opening[1:]
    if not begins.all() or not ends.all():
        raise _OddError
    newlines = np.flatnonzero(block == _NEWLINE)
    is_end = np.searchsorted(quotes, newlines) % 2 == 0
    starts = np.concatenate([[0], np.flatnonzero(is_end) + 1])
    return starts[:-1] if block[-1] == _NEWLINE else starts


def _parse(block: memoryview, head: _Head, *, has_quotes: bool) -> list[Any]:
    import pyarrow as pa
    from pyarrow import csv

    names = [str(place) for place in range(len(head.titles))]
    found = csv.read_csv(
        pa.BufferReader(pa.py_buffer(block)),
        csv.ReadOptions(use_threads=False, column_names=names, block_size=len(block) + 1),
        csv.ParseOptions(
            delimiter=head.delimiter, quote_char='"' if has_quotes else False,
            double_quote=has_quotes, escape_char=False, newlines_in_values=has_quotes,
            ignore_empty_lines=True,
        ),
        csv.ConvertOptions(
            check_utf8=True, column_types=dict.fromkeys(names, pa.string()), null_values=[],
            strings_can_be_null=False,
        ),
    )  # fmt: skip
    return [one_array(column) for column in found.columns]


def _cut_exactly(text: str, head: _Head, line: int) -> _Cut:
    """Cut the lines of a block one by one."""
    rows = iter_rows(list(io.StringIO(text, newline="")), head.delimiter)
    # `line` is that of the first row of the block
    return _filled(((at + line - 1, cells) for at, cells in rows), len(head.titles))


def _filled(rows: Iterator[tuple[int, list[str] | None]], width: int) -> _Cut:
    import numpy as np
    import pyarrow as pa

    part = RawTable("", "", _NO_FILE, "csv", [""] * width, [], [])
    fill(part, rows)
    columns = [pa.array(cells, pa.string()) for cells in part.columns]
    return _Cut(columns, np.array(part.lines, np.int64), part.damaged)


def _read_exactly(file: Path, data: bytes, name: str) -> LargeTable | None:
    """Cut every row as in a small file, some rows at a time."""
    decoded = read_text(data)
    if decoded.damaged:
        return None
    lines = list(io.StringIO(decoded.text, newline=""))
    found = read_header(lines, name)
    if found is None:
        return None
    titles, rows = found
    raw = RawTable(
        file.stem.casefold(), name, file, "csv", titles, [], [], encoding=decoded.encoding
    )
    cuts = []
    while chunk := list(islice(rows, _ROWS_AT_ONCE)):
        cuts.append(_filled(iter(chunk), len(titles)))
    return _joined(raw, cuts)
