"""A large table as columns of values, and which of its rows need the way of single rows.

A row is odd if a cell of it is refused, or if it bears on others in a way that only that way knows:
an id that stands twice, a stated order, a quote to be compared with its source. What makes a row
odd is never a rule of its own: odd rows are checked like the rows of a small table, and a row that
is odd without need only costs time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphmodel.sources.column_cells import Coded, Values, coded, rows_with, text_values
from graphmodel.sources.columns import find_layout
from graphmodel.sources.spec import Kind
from graphmodel.sources.spec_tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from graphmodel.sources.column_cells import ColumnParser
    from graphmodel.sources.columns import Layout
    from graphmodel.sources.large_table import LargeTable
    from graphmodel.sources.spec import Column, Table

_MONEY = (Kind.AMOUNT, Kind.SIGNED)
_SLICE = 100_000
_ID_DIGITS = 16


@dataclass(slots=True)
class Sheet:
    """One large table; all arrays have one entry for every row.

    `values` are by column of the contract, `names` the texts of its references (stripped, null:
    none), `ids` the id of each row (null: none), `odd` the rows of the other way.
    """

    spec: Table
    large: LargeTable
    layout: Layout
    odd: NDArray[Any]
    values: dict[str, Values] = field(default_factory=dict)
    names: dict[str, Coded] = field(default_factory=dict)
    ids: Any = None

    @property
    def kind(self) -> str:
        """The label of the rows, or the table's name where they are relationships."""
        return self.spec.label or self.spec.name

    def forget_cells(self) -> None:
        """Let go of the texts as read, but for unknown columns: values are made of the others."""
        self.large.columns.clear()
        self.layout.cells.clear()

    def cells(self, name: str) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Return the texts of a column as read, None where the file has none."""
        found: Any = self.layout.cells.get(name)
        return None if found is None else found.cells


def make_sheet(
    large: LargeTable, mapping: Mapping[str, str], parser: ColumnParser, *, has_quotes: bool
) -> Sheet | None:
    """Return a large table in columns; None where all of its rows need the other way.

    `has_quotes` says that quotes may have to be compared with files of sources.
    """
    import numpy as np

    spec = TABLES[large.table]
    layout = find_layout(large.as_raw(), spec, mapping)
    missing = any(column.required and column.name not in layout.cells for column in spec.columns)
    if layout.twice is not None or missing or not large.rows:
        return None
    sheet = Sheet(spec, large, layout, np.zeros(large.rows, bool))
    for cells in (*layout.cells.values(), *layout.extra.values()):
        sheet.odd |= rows_with(cells.cells, 0)  # type: ignore[attr-defined] # columns of text
    for column in spec.columns:
        if column.name in layout.cells:
            _parse_column(sheet, column, parser)
    _find_pairs(sheet)
    if has_quotes and "quote" in sheet.values and "source" in sheet.values:
        sheet.odd |= ~np.asarray(sheet.values["quote"].values.is_null())
    _add_ids(sheet)
    return sheet


def _parse_column(sheet: Sheet, column: Column, parser: ColumnParser) -> None:
    import numpy as np

    cells = sheet.cells(column.name)
    if column.kind is Kind.REF:
        found = parser.parse(column, cells)
        sheet.names[column.name] = _names(found)
    elif column.kind is Kind.REFS:
        found = Values(text_values(cells), np.ones(len(cells), bool))
        # a stated order may change the times of both events
        sheet.odd |= ~np.asarray(found.values.is_null())
    elif column.kind in _MONEY:
        given = sheet.cells("currency")
        words = None
        if given is not None:
            words = parser.parse(sheet.spec.column("currency"), given).values
        found = parser.money(column.kind, cells, words)
    else:
        found = parser.parse(column, cells)
    sheet.values[column.name] = found
    sheet.odd |= ~found.good
    if column.required and found.t0 is None:
        sheet.odd |= np.asarray(found.values.is_null())


def _names(found: Values) -> Coded:
    codes = found.values.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Coded(found.values.dictionary, codes)


def _find_pairs(sheet: Sheet) -> None:
    """Find rows whose time ends before it begins."""
    since, until = sheet.values.get("since"), sheet.values.get("until")
    if since is not None and until is not None:
        sheet.odd |= until.t1 < since.t0  # type: ignore[operator] # both are times


def _add_ids(sheet: Sheet) -> None:
    """Give each row its id; rows of one id, and ids that may name another table, are odd."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    given = sheet.values.get("id")
    ids = given.values if given is not None else pa.nulls(sheet.large.rows, pa.string())
    bad = np.zeros(len(ids), bool) if given is None else ~given.good
    bare = np.asarray(ids.is_null()) & ~bad
    if bare.any() and not sheet.spec.column("id").required:
        rows = np.flatnonzero(bare)
        made = pa.array(_made_ids(sheet, rows), ids.type)
        ids = pc.replace_with_mask(ids, pa.array(bare), made)
    sheet.ids = ids
    if given is not None and rows_with(ids, ord(":")).any():
        for name in TABLES:
            named = np.asarray(pc.starts_with(ids, f"{name}:").fill_null(fill_value=False))
            sheet.odd |= named & ~bare
    sheet.odd |= _second_rows(ids)


def _second_rows(ids: Any) -> NDArray[Any]:  # noqa: ANN401
    """Return the rows whose id another row has too; a row without an id has none in common."""
    import numpy as np
    import pyarrow.compute as pc

    if ids.null_count == 0 and pc.all(pc.less(ids[:-1], ids[1:])).as_py():
        return np.zeros(len(ids), bool)
    codes = coded(ids).codes
    counts = np.bincount(codes[codes >= 0], minlength=1)
    found: NDArray[Any] = (codes >= 0) & (counts[codes] > 1)
    return found


def _made_ids(sheet: Sheet, rows: NDArray[Any]) -> list[str]:
    """Return ids over the required cells and times of rows, as rows of small tables get them."""
    columns = [
        sheet.cells(column.name)
        for column in sheet.spec.columns
        if (column.required or column.identity) and column.name in sheet.layout.cells
    ]
    made: list[str] = []
    start = f"{sheet.spec.name}:"
    for at in range(0, len(rows), _SLICE):
        part = rows[at : at + _SLICE]
        cells = [column.take(part).to_pylist() for column in columns]
        for row in zip(*cells, strict=True):
            text = "\x1f".join(cell.strip() for cell in row)
            made.append(start + hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS])
    return made
