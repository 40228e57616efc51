"""Case tables as tests edit them: rows set, dropped, added, renamed, in another format."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tests.typologies.story import read_table, write_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

ID_COLUMNS = frozenset(
    (
        "id",
        "holder",
        "person",
        "account",
        "owner",
        "persona",
        "to",
        "a",
        "b",
        "seller",
        "buyer",
        "seller_agent",
        "buyer_agent",
        "batch",
        "payer",
        "payee",
        "author",
        "receiver",
        "sender",
        "deal",
        "refunds",
        "after",
        "agent",
        "principal",
        "source",
    )
)
"""Columns that hold ids, alone or separated by `;`."""

Table = tuple[list[str], list[list[str]]]


def read_tables(folder: Path) -> dict[str, Table]:
    """Return the CSV tables of a folder by name."""
    return {path.stem: read_table(path) for path in sorted(folder.glob("*.csv"))}


def write_case(folder: Path, tables: Mapping[str, str]) -> Path:
    """Write tables given as CSV text, one name each, into a new folder."""
    folder.mkdir(parents=True)
    for name, text in tables.items():
        lines = [line.strip() for line in text.strip().splitlines()]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def put(table: str, row: str, column: str, value: str) -> Callable[[Path], None]:
    """Return an edit that sets one cell of the row with that id."""

    def edit(folder: Path) -> None:
        path = folder / f"{table}.csv"
        header, rows = read_table(path)
        (place,) = [i for i, cells in enumerate(rows) if cells[header.index("id")] == row]
        assert rows[place][header.index(column)] != value
        rows[place][header.index(column)] = value
        write_table(path, header, rows)

    return edit


def drop(table: str, row: str) -> Callable[[Path], None]:
    """Return an edit that removes the row with that id."""

    def edit(folder: Path) -> None:
        path = folder / f"{table}.csv"
        header, rows = read_table(path)
        kept = [cells for cells in rows if cells[header.index("id")] != row]
        assert len(kept) == len(rows) - 1
        write_table(path, header, kept)

    return edit


def copy_row(table: str, row: str, new: str) -> Callable[[Path], None]:
    """Return an edit that adds a copy of a row under another id."""

    def edit(folder: Path) -> None:
        path = folder / f"{table}.csv"
        header, rows = read_table(path)
        place = header.index("id")
        (cells,) = [cells for cells in rows if cells[place] == row]
        copied = [new if i == place else cell for i, cell in enumerate(cells)]
        write_table(path, header, [*rows, copied])

    return edit


def to_jsonl(folder: Path) -> None:
    """Turn every CSV table of a folder into JSONL; empty cells are left out."""
    for path in sorted(folder.glob("*.csv")):
        header, rows = read_table(path)
        records = ({k: v for k, v in zip(header, row, strict=True) if v} for row in rows)
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        path.with_suffix(".jsonl").write_text(text, encoding="utf-8")
        path.unlink()


def to_parquet(folder: Path) -> None:
    """Turn every CSV table of a folder into Parquet with text columns; empty cells are null."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for path in sorted(folder.glob("*.csv")):
        header, rows = read_table(path)
        columns = [[row[i] or None for row in rows] for i in range(len(header))]
        arrays = [pa.array(column, type=pa.string()) for column in columns]
        pq.write_table(pa.table(arrays, names=header), path.with_suffix(".parquet"))
        path.unlink()


def to_xlsx(folder: Path) -> None:
    """Turn the CSV tables of a folder into the sheets of `case.xlsx`, cells as text."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for path in sorted(folder.glob("*.csv")):
        header, rows = read_table(path)
        sheet = book.create_sheet(path.stem)
        for cells in (header, *rows):
            sheet.append([cell or None for cell in cells])
        path.unlink()
    book.save(folder / "case.xlsx")


def new_id(old: str) -> str:
    """Return another id that sorts elsewhere."""
    return "x" + hashlib.sha256(old.encode()).hexdigest()[:10]


def all_ids(folder: Path) -> frozenset[str]:
    """Return the ids that the tables of a folder give."""
    tables = read_tables(folder).values()
    return frozenset(row[h.index("id")] for h, rows in tables if "id" in h for row in rows)


def rename_ids(folder: Path) -> dict[str, str]:
    """Rename every id of a folder wherever it stands; return the new ids by the old ones."""
    names = {old: new_id(old) for old in sorted(all_ids(folder))}
    for table, (header, rows) in read_tables(folder).items():
        places = [i for i, column in enumerate(header) if column in ID_COLUMNS]
        for row in rows:
            for i in places:
                row[i] = ";".join(names.get(part, part) for part in row[i].split(";"))
        write_table(folder / f"{table}.csv", header, rows)
    return names


def apply(source: Path, target: Path, edits: Iterable[Callable[[Path], None]]) -> Path:
    """Copy an example without its expectations, edit the copy and return it."""
    ignore = shutil.ignore_patterns("expected", "README*")
    folder = Path(shutil.copytree(source, target, ignore=ignore))
    for edit in edits:
        edit(folder)
    return folder
