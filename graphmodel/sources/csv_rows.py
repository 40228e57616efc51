"""CSV into cells: malformed quoting costs only its own row, lines are counted as they lie on disk.

Rules: RFC 4180 with comma, tab or semicolon; a quote inside an unquoted cell is malformed; missing
cells at the end of a row are empty; a line with nothing in it is no row.
"""

from __future__ import annotations

import io
import re
from functools import cache
from typing import TYPE_CHECKING

from graphmodel.sources.base import Damage, RawTable, UnusableError
from graphmodel.sources.sniff import find_delimiter, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Row = tuple[int, list[str] | None]
"""First line of a row and its cells, None where its quoting is malformed."""


def read_csv(file: Path, data: bytes, name: str) -> list[RawTable]:
    """Read one CSV file; an empty one is a table without rows, a binary one an UnusableError."""
    decoded = read_text(data)
    lines = list(io.StringIO(decoded.text, newline=""))
    table = RawTable(file.stem.casefold(), name, file, "csv", [], [], [], encoding=decoded.encoding)
    found = read_header(lines, name)
    if found is not None:
        table.header, rows = found
        fill(table, rows)
    return [table]


def read_header(lines: list[str], name: str) -> tuple[list[str], Iterator[Row]] | None:
    """Return the trimmed cells of the header and the rows after it; None where all is blank."""
    start = next((i for i, line in enumerate(lines) if line.strip()), None)
    if start is None:
        return None
    if "\x00" in lines[start]:
        raise UnusableError(code="encoding", name=name)
    rows = iter_rows(lines, find_delimiter(lines[start]), start)
    header = next(rows)[1]
    if header is None:
        raise UnusableError(code="header", name=name)
    return [cell.strip() for cell in header], rows


def fill(table: RawTable, rows: Iterator[Row]) -> None:
    """Put rows into the columns of a table; rows with too many cells are damaged."""
    width = len(table.header)
    kept: list[list[str]] = []
    for line, cells in rows:
        if cells is None:
            table.damaged.append(Damage(line, "row-quoting"))
            continue
        if len(cells) != width:
            surplus = next((c for c in cells[width:] if c.strip()), None)
            if surplus is not None:
                table.damaged.append(Damage(line, "row-long", "", surplus))
                continue
            cells = (cells + [""] * (width - len(cells)))[:width]  # noqa: PLW2901 - padded
        kept.append(cells)
        table.lines.append(line)
    empty: list[list[str]] = [[] for _ in range(width)]
    table.columns = [list(cells) for cells in zip(*kept, strict=True)] or empty


def iter_rows(lines: list[str], delimiter: str, start: int = 0) -> Iterator[Row]:
    """Yield rows from `lines` (each with its line ending) beginning at index `start`."""
    at, count = start, len(lines)
    while at < count:
        line = lines[at]
        if '"' not in line:
            bare = line.rstrip("\r\n")
            if bare.strip(" ") or delimiter in bare:
                yield at + 1, bare.split(delimiter)
            at += 1
            continue
        end = _end_of_row(lines, at)
        cells = _cut("".join(lines[at:end]).rstrip("\r\n"), delimiter) if end else None
        yield at + 1, cells
        # after malformed quoting the next physical line is a row again
        at = end if end and cells is not None else at + 1


def _end_of_row(lines: list[str], at: int) -> int | None:
    """Return the index after the last line of a row: where its quotes are balanced."""
    quotes = 0
    for index in range(at, len(lines)):
        quotes += lines[index].count('"')
        if quotes % 2 == 0:
            return index + 1
    return None


@cache
def _patterns(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    mark = re.escape(delimiter)
    cell = rf'(?:[ \t]*"(?:[^"]|"")*"[ \t]*|[^"{mark}]*)'
    if delimiter == "\t":
        cell = rf'(?:"(?:[^"]|"")*"|[^"{mark}]*)'
    return re.compile(rf"{cell}(?:{mark}{cell})*"), re.compile(rf"{cell}(?={mark}|\Z)")


def _cut(row: str, delimiter: str) -> list[str] | None:
    whole, cell = _patterns(delimiter)
    if whole.fullmatch(row) is None:
        return None
    cells = []
    at = 0
    while at <= len(row):
        match = cell.match(row, at)
        if match is None:
            return None
        cells.append(_unquote(match[0]))
        at = match.end() + 1
    return cells


def _unquote(cell: str) -> str:
    bare = cell.strip(" \t")
    if bare.startswith('"'):
        return bare[1:-1].replace('""', '"')
    return cell
