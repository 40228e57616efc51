"""The checks that one table can make alone: cells, columns that go together, ids, duplicates."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from graphmodel.model.instants import Interval
from graphmodel.sources.base import Nested
from graphmodel.sources.cells import Bad, Memo, amount_parser, cell_parser
from graphmodel.sources.checked import CheckedTable
from graphmodel.sources.columns import find_layout
from graphmodel.sources.spec import WHEN, Kind

if TYPE_CHECKING:
    from datetime import tzinfo

    from graphmodel.sources.base import RawTable
    from graphmodel.sources.spec import Column, Table
    from graphmodel.texts import Language

_DAMAGED = re.compile("[\x00\ud800-\udfff]")
_MONEY = (Kind.AMOUNT, Kind.SIGNED)
_PAIRS = (("since", "until", "until-early"), ("covers_from", "covers_to", "covers-reversed"))
_ID_DIGITS = 16


@dataclass(slots=True)
class Checker:
    """What all tables of one case share: zone, default currency, language, memories of cells."""

    zone: tzinfo
    currency: str
    language: Language
    mappings: dict[str, dict[str, str]]
    times: Memo = field(init=False)
    amounts: dict[tuple[Kind, str], Memo] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the memory of times."""
        self.times = Memo(cell_parser(WHEN, self.zone, self.currency))

    def check(self, raw: RawTable, spec: Table) -> CheckedTable:
        """Check every row of a table by itself; references are checked when all tables are read."""
        layout = find_layout(raw, spec, self.mappings.get(spec.name, {}))
        table = CheckedTable(spec, raw, layout, self.language)
        _check_signs(table)
        if layout.twice is not None:
            _refuse_all(table, layout.twice, "column-twice")
        for column in spec.columns:
            self._check_column(table, column)
        _check_pairs(table)
        _add_ids(table)
        return table

    def _check_column(self, table: CheckedTable, column: Column) -> None:
        cells = table.layout.cells.get(column.name)
        if cells is None:
            if column.required:
                _refuse_all(table, column.name, "column-missing")
            return
        if column.kind in _MONEY:
            values, bad = self._money(table, column, cells)
        elif column.kind is Kind.TEXT:
            values, bad = [cell if cell.strip() else None for cell in cells], False
        else:
            memo = self._memo(column)
            values, bad = [memo[cell] for cell in cells], memo.bad
        table.values[column.name] = values
        if bad:
            _refuse_bad(table, column.name, values)
        if table.raw.encoding is None or table.raw.reader == "jsonl":
            _refuse_nested(table, column.name, cells)
        if column.required and not all(values):
            _refuse_empty(table, column.name, values)

    def _memo(self, column: Column) -> Memo:
        if column.kind is Kind.TIME:
            return self.times
        return Memo(cell_parser(column, self.zone, self.currency))

    def _money(
        self, table: CheckedTable, column: Column, cells: list[str]
    ) -> tuple[list[object], bool]:
        """Parse money by the currency of each row (a column that stands after the money)."""
        given = table.layout.cells.get("currency")
        if given is None:
            memo = self.amounts_of(column.kind, self.currency)
            return [memo[cell] for cell in cells], memo.bad
        codes = Memo(cell_parser(table.spec.column("currency"), self.zone, self.currency))
        values: list[object] = []
        for cell, word in zip(cells, given, strict=True):
            code = codes[word]
            # a row with an unknown currency is refused for that column, its money unread
            values.append(self.amounts_of(column.kind, code)[cell] if isinstance(code, str) else 0)
        return values, True

    def amounts_of(self, kind: Kind, currency: str) -> Memo:
        """Return the memory of money cells of one currency."""
        memo = self.amounts.get((kind, currency))
        if memo is None:
            memo = self.amounts[kind, currency] = Memo(amount_parser(kind, currency))
        return memo


def _refuse_all(table: CheckedTable, column: str, code: str) -> None:
    for row in range(table.rows):
        table.refuse(row, column, code, name=column)


def _refuse_bad(table: CheckedTable, column: str, values: list[object]) -> None:
    for row, value in enumerate(values):
        if isinstance(value, Bad):
            table.refuse(row, column, value.code, detail=value.detail)


def _refuse_nested(table: CheckedTable, column: str, cells: list[str]) -> None:
    for row, cell in enumerate(cells):
        if isinstance(cell, Nested):
            table.refuse(row, column, "nested")


def _refuse_empty(table: CheckedTable, column: str, values: list[object]) -> None:
    for row, value in enumerate(values):
        if value is None or value == ():
            table.refuse(row, column, "required", name=column)


def _check_signs(table: CheckedTable) -> None:
    """Refuse rows with bytes that do not fit the encoding, NUL, or half of a surrogate pair."""
    known = [(name, cells) for name, cells in table.layout.cells.items()]
    for name, cells in (*known, *table.layout.extra.items()):
        if _DAMAGED.search("".join(cells)) is None:
            continue
        for row, cell in enumerate(cells):
            if _DAMAGED.search(cell):
                encoding = table.raw.encoding or table.raw.reader
                table.refuse(row, name, "signs", encoding=encoding, value=cell)


def _check_pairs(table: CheckedTable) -> None:
    for first, second, code in _PAIRS:
        if first not in table.values or second not in table.values:
            continue
        for row, (start, end) in enumerate(
            zip(table.values[first], table.values[second], strict=True)
        ):
            if isinstance(start, Interval) and isinstance(end, Interval) and end.t1 < start.t0:
                table.refuse(row, second, code)


def _add_ids(table: CheckedTable) -> None:
    """Give each row its id and count second rows of one id: equal ones as duplicates."""
    given = cast("list[str | None]", table.column("id"))
    columns = [
        table.layout.cells[column.name]
        for column in table.spec.columns
        if (column.required or column.identity) and column.name in table.layout.cells
    ]
    first: dict[str, int] = {}
    ids = table.ids
    for row, own in enumerate(given):
        if isinstance(own, Bad):
            ids.append("")
            continue
        name = own or _made_id(table.spec.name, [cells[row] for cells in columns])
        ids.append(name)
        if row in table.refused:
            continue
        earlier = first.setdefault(name, row)
        if earlier != row:
            _add_second(table, earlier, row, given=own is not None)


def _made_id(table: str, cells: list[str]) -> str:
    text = "\x1f".join(cell.strip() for cell in cells)
    # a lone surrogate of a damaged row has no UTF-8
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{table}:{digest[:_ID_DIGITS]}"


def _add_second(table: CheckedTable, earlier: int, row: int, *, given: bool) -> None:
    if all(cells[earlier].strip() == cells[row].strip() for cells in table.raw.columns):
        table.copies.add(row)
        return
    line = table.raw.lines[earlier]
    if given:
        table.refuse(row, "id", "id-second", line=line)
    else:
        table.refuse(row, "id", "id-made-second", line=line, value=table.ids[row])
