"""Workbooks into the same text cells that a CSV file of the case would have.

A date has the precision that its number format shows; a number the 15 digits a spreadsheet knows. A
formula whose result the file does not hold stands as its text, so that nothing is lost in silence.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from graphmodel.sources.base import Damage, RawTable, UnusableError
from graphmodel.sources.tabular import cell_text

if TYPE_CHECKING:
    from pathlib import Path

_DAMAGED = (
    *(ArithmeticError, AttributeError, BadZipFile, EOFError, LookupError, OSError, RuntimeError),
    *(SyntaxError, TypeError, ValueError, struct.error, zlib.error),
)
"""What the library and the formats below it raise for a file that is no workbook."""

MAX_ROWS = 1_048_576
"""Rows a sheet can have; a file that numbers further ones is read to here."""

MAX_UNPACKED_BYTES = 512 << 20
"""Longest content of a workbook, unpacked."""

Formulas = dict[tuple[int, int], str]
"""Text of a formula by row and column from 1."""


def read_xlsx(file: Path, data: bytes, name: str) -> list[RawTable]:
    """Read every sheet of a workbook; `line` is the sheet's row. UnusableError where damaged."""
    try:
        with warnings.catch_warnings():
            # the library warns about decoration it does not read
            warnings.simplefilter("ignore")
            _check_size(data, name)
            formulas = _read_formulas(data) if _has_formulas(data) else {}
            with _Book(data, results=True) as book:
                return [_sheet(s, file, name, formulas.get(s.title, {})) for s in book.worksheets]
    except _DAMAGED as error:
        raise UnusableError(code="workbook", name=name) from error


def _check_size(data: bytes, name: str) -> None:
    """Refuse a workbook that unpacks to more than a real one would."""
    with ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise UnusableError(code="workbook-large", name=name, limit=MAX_UNPACKED_BYTES >> 20)


class _Book:
    """An open workbook: its results of formulas, or their texts."""

    def __init__(self, data: bytes, *, results: bool) -> None:
        import openpyxl

        self._book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=results)

    def __enter__(self) -> Any:  # noqa: ANN401 - openpyxl has no types
        return self._book

    def __exit__(self, *_: object) -> None:
        self._book.close()


def _has_formulas(data: bytes) -> bool:
    with ZipFile(io.BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(mark in archive.read(name) for name in sheets for mark in (b"<f>", b"<f "))


def _read_formulas(data: bytes) -> dict[str, Formulas]:
    found: dict[str, Formulas] = {}
    with _Book(data, results=False) as book:
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            found[sheet.title] = {
                (cell.row, cell.column): str(cell.value)
                for cells in sheet.iter_rows(max_row=MAX_ROWS)
                for cell in cells
                if getattr(cell, "data_type", "") == "f"
            }
    return found


def _sheet(
    sheet: Any,  # noqa: ANN401 - openpyxl has no types
    file: Path,
    name: str,
    formulas: Formulas,
) -> RawTable:
    title = sheet.title.strip()
    table = RawTable(title.casefold(), f"{name}#{title}", file, "xlsx", [], [], [])
    # the size stated in the file may be wrong
    sheet.reset_dimensions()
    rows: list[list[str]] = []
    for number, cells in enumerate(sheet.iter_rows(max_row=MAX_ROWS), 1):
        texts = [_sheet_text(cell) for cell in cells]
        for column, text in enumerate(texts, 1):
            if not text and (number, column) in formulas:
                texts[column - 1] = formulas[number, column]
        if not any(text.strip() for text in texts):
            continue
        if not table.header:
            table.header = [text.strip() for text in texts]
        else:
            rows.append(texts)
            table.lines.append(number)
    _square(table, rows)
    return table


def _square(table: RawTable, rows: list[list[str]]) -> None:
    """Bring the rows of a sheet to the width of its header; a surplus cell damages its row."""
    width = len(table.header)
    kept, lines = [], []
    for number, texts in zip(table.lines, rows, strict=True):
        surplus = next((text for text in texts[width:] if text.strip()), None)
        if surplus is not None:
            table.damaged.append(Damage(number, "row-long", "", surplus))
            continue
        kept.append((texts + [""] * width)[:width])
        lines.append(number)
    table.lines = lines
    table.columns = [[row[i] for row in kept] for i in range(width)]


def _sheet_text(cell: Any) -> str:  # noqa: ANN401 - openpyxl has no types
    value = cell.value
    if isinstance(value, datetime):
        return shown_date(value, cell.number_format)
    if isinstance(value, float):
        # a spreadsheet knows 15 digits of a number: 0.1 + 0.2 is 0.3 to it
        return cell_text(float(f"{value:.15g}"))
    return cell_text(value)


def shown_date(value: datetime, number_format: str) -> str:
    """Return a spreadsheet's date with the precision that its number format shows.

    >>> shown_date(datetime(2019, 3, 1), "yyyy-mm"), shown_date(datetime(2019, 3, 1), "yyyy/m/d")
    ('2019-03', '2019-03-01')
    """
    letters = _format_letters(number_format)
    if "h" in letters or (value.hour, value.minute, value.second) != (0, 0, 0):
        exact = "s" in letters or value.second
        return value.isoformat(timespec="seconds" if exact else "minutes")
    if "d" in letters or "y" not in letters:
        return value.date().isoformat()
    return value.strftime(f"{value.year:04d}-%m") if "m" in letters else f"{value.year:04d}"


def _format_letters(number_format: str) -> set[str]:
    """Return the letters of a number format outside quotes, brackets and escapes."""
    letters: set[str] = set()
    closing = ""
    previous = ""
    for sign in number_format.lower():
        if closing:
            closing = "" if sign == closing else closing
        elif sign in '"[':
            closing = '"' if sign == '"' else "]"
        elif sign.isalpha() and previous != "\\":
            letters.add(sign)
        previous = sign
    return letters
