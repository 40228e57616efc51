"""Rows out of the files of other makers: plain or gzipped CSV and Parquet, read as streams.

A row that cannot be read is told with its line and the rest is read on.
"""

from __future__ import annotations

import csv
import gzip
import io
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.model.told_error import ToldInputError, ToldUsageError
from graphmodel.sources.tabular import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

BATCH_ROWS = 65_536


class Row(NamedTuple):
    """One row: its line from 1 (of Parquet: its number) and its cells by column.

    `wrong` is the code of what is wrong with it where it cannot be cut into cells.
    """

    line: int
    cells: dict[str, str]
    wrong: str = ""


def find_file(folder: Path, endings: Sequence[str], *, needed: bool = True) -> Path | None:
    """Return the one file of a folder whose name ends so; UsageError where it is not one."""
    if not folder.is_dir():
        raise ToldUsageError(code="convert-folder", path=folder)
    found = [p for p in sorted(folder.iterdir()) if p.is_file() and p.name.endswith(tuple(endings))]
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise ToldUsageError(code="convert-twice", path=folder, names=names)
    if not found and needed:
        raise ToldUsageError(code="convert-missing", path=folder, names=", ".join(endings))
    return found[0] if found else None


def named_file(folder: Path, name: str, *, needed: bool = True) -> Path | None:
    """Return the file of a folder that has this name, or this name and `.gz`."""
    if not folder.is_dir():
        raise ToldUsageError(code="convert-folder", path=folder)
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    if needed:
        raise ToldUsageError(code="convert-missing", path=folder, names=name)
    return None


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text file with their numbers; bytes that are no UTF-8 stay apart."""
    try:
        with path.open("rb") as raw:
            is_packed = path.suffix == ".gz"
            plain = gzip.GzipFile(fileobj=raw) if is_packed else raw
            words = io.TextIOWrapper(plain, "utf-8-sig", errors="surrogateescape")
            for number, row in enumerate(words, 1):
                yield number, row.rstrip("\r\n")
    except (EOFError, OSError) as error:
        raise ToldInputError(code="convert-unreadable", file=path.name) from error


def csv_rows(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> Iterator[Row]:
    """Yield the rows of a CSV file; columns of one name are `name`, `name.1`, … from the left.

    Every line is one row. InputError where the file lacks a column.
    """
    lines = text_lines(path)
    header = _header(next(lines, (1, ""))[1])
    missing = [name for name in columns if name not in header]
    if missing:
        raise ToldInputError(code="convert-column", file=path.name, column=missing[0])
    places = {name: header.index(name) for name in (*columns, *optional) if name in header}
    for number, line in lines:
        if not line.strip():
            continue
        cells = split_line(line)
        if cells is None:
            yield Row(number, {}, "row-quoting")
        elif len(cells) > len(header):
            yield Row(number, {}, "row-long")
        elif len(cells) < len(header):
            yield Row(number, {}, "row-short")
        elif not _is_text(line):
            yield Row(number, {}, "row-signs")
        else:
            yield Row(number, {name: cells[at].strip() for name, at in places.items()})


def _header(line: str) -> list[str]:
    seen: dict[str, int] = {}
    names = []
    for cell in split_line(line) or []:
        name = cell.strip()
        many = seen.get(name, 0)
        names.append(f"{name}.{many}" if many else name)
        seen[name] = many + 1
    return names


def split_line(line: str) -> list[str] | None:
    """Return the cells of one line, or None where its quoting is malformed.

    >>> split_line('a,"b,c"'), split_line('a,"b')
    (['a', 'b,c'], None)
    """
    if '"' not in line:
        return line.split(",")
    try:
        rows = list(csv.reader([line], strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _is_text(line: str) -> bool:
    """Tell whether a line holds no byte that was no UTF-8, and no null."""
    return "\x00" not in line and not any("\udc80" <= sign <= "\udcff" for sign in line)


def parquet_rows(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> Iterator[Row]:
    """Yield the rows of a Parquet file, its values as the text a CSV file would have."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
        names = file.schema_arrow.names
        missing = [name for name in columns if name not in names]
        if missing:
            raise ToldInputError(code="convert-column", file=path.name, column=missing[0])
        wanted = [name for name in (*columns, *optional) if name in names]
        line = 0
        for batch in file.iter_batches(BATCH_ROWS, columns=wanted):
            told = [[cell_text(value) for value in batch.column(n).to_pylist()] for n in wanted]
            for cells in zip(*told, strict=True):
                line += 1
                yield Row(line, dict(zip(wanted, cells, strict=True)))
    except (OSError, pa.ArrowException) as error:
        raise ToldInputError(code="convert-unreadable", file=path.name) from error
