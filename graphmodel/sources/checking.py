"""All tables of a case checked together: small ones row by row, large ones in columns.

A large table is parted: rows that are certainly kept stay in columns, all others are checked like
the rows of a small table, beside those. Where a row in columns turns out to name a row that is
refused, it is checked that way too, and so again until none is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphmodel.sources.base import RawTable
from graphmodel.sources.columns import find_layout
from graphmodel.sources.order import tighten
from graphmodel.sources.references import Registry, fallen_rows, resolve, spread
from graphmodel.sources.spec_tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.sources.base import Progress
    from graphmodel.sources.check import Checker
    from graphmodel.sources.checked import CheckedTable
    from graphmodel.sources.large_table import LargeTable
    from graphmodel.sources.sheet import Sheet
    from graphmodel.sources.sheet_references import Context, Naming


@dataclass(slots=True)
class CheckedCase:
    """All tables; where some are large, `tables` holds their odd rows and `naming` the others.

    `context` are the ids of rows in columns that rows of `tables` name.
    """

    tables: list[CheckedTable]
    naming: Naming | None = None
    context: Context | None = None
    standing: dict[str, set[str]] = field(default_factory=dict)


def check_tables(
    given: Sequence[RawTable | LargeTable], checker: Checker, progress: Progress | None = None
) -> CheckedCase:
    """Check every row of every table."""
    raws = [table for table in given if isinstance(table, RawTable)]
    large = [table for table in given if not isinstance(table, RawTable)]
    if not large:
        tables = _check_rows(raws, checker)
        _settle(tables, None)
        return CheckedCase(tables)
    return _check_large(raws, large, checker, progress)


def _check_rows(raws: list[RawTable], checker: Checker) -> list[CheckedTable]:
    order = list(TABLES)
    raws = sorted(raws, key=lambda raw: order.index(raw.table))
    return [checker.check(raw, TABLES[raw.table]) for raw in raws]


def _settle(tables: list[CheckedTable], context: Context | None) -> None:
    """Make the checks that rows need each other for."""
    registry = Registry.of(tables)
    if context is not None:
        registry.learn(context.known, context.created)
    resolve(registry)
    spread(tables, fallen_rows(tables))
    tighten(tables)


def _check_large(
    raws: list[RawTable], large: list[LargeTable], checker: Checker, progress: Progress | None
) -> CheckedCase:
    import numpy as np

    sheets = []
    has_quotes = _has_paths(raws, checker)
    for table in large:
        if progress is not None:
            progress(table.path)
        sheet = _sheet(table, checker, has_quotes=has_quotes)
        if sheet is None:
            raws = [*raws, table.rows_at(np.arange(table.rows))]
        else:
            sheets.append(sheet)
    naming = _naming(raws, sheets, checker)
    while True:
        context = naming.settle()
        odd = [sheet.large.rows_at(np.flatnonzero(sheet.odd)) for sheet in sheets]
        tables = _check_rows([*raws, *odd], checker)
        _settle(tables, context)
        standing: dict[str, set[str]] = {}
        for checked in tables:
            names = {checked.ids[row] for row in checked.kept()}
            standing.setdefault(checked.kind, set()).update(names)
        if not naming.fall(standing):
            break
    _tell_sheets(tables, sheets)
    for sheet in sheets:
        sheet.forget_cells()
    return CheckedCase(tables, naming, context, standing)


def _sheet(table: LargeTable, checker: Checker, *, has_quotes: bool) -> Sheet | None:
    from graphmodel.sources.column_cells import ColumnParser
    from graphmodel.sources.sheet import make_sheet

    parser = ColumnParser(checker.zone, checker.currency, checker.amounts_of)
    mapping = checker.mappings.get(table.table, {})
    return make_sheet(table, mapping, parser, has_quotes=has_quotes)


def _has_paths(raws: list[RawTable], checker: Checker) -> bool:
    """Say whether any source names a file, with which quotes are compared."""
    for raw in raws:
        if raw.table == "sources":
            layout = find_layout(raw, TABLES[raw.table], checker.mappings.get(raw.table, {}))
            return any(cell.strip() for cell in layout.cells.get("path", ()))
    return False


def _naming(raws: list[RawTable], sheets: list[Sheet], checker: Checker) -> Naming:
    from graphmodel.sources.sheet_references import Mentions, Naming, is_text

    small: dict[str, set[str]] = {}
    mentions = Mentions()
    for raw in raws:
        spec = TABLES[raw.table]
        layout = find_layout(raw, spec, checker.mappings.get(raw.table, {}))
        mentions.add_table(spec, layout)
        names = {cell.strip() for cell in layout.cells.get("id", ())}
        kept = {name for name in names if name and is_text(name)}
        small.setdefault(spec.label or spec.name, set()).update(kept)
    given = {raw.table for raw in raws} | {sheet.spec.name for sheet in sheets}
    return Naming(sheets, small, mentions, "accounts" not in given)


def _tell_sheets(tables: list[CheckedTable], sheets: list[Sheet]) -> None:
    """Tell the tables of odd rows what they are part of."""
    by_name = {sheet.spec.name: sheet for sheet in sheets}
    for table in tables:
        sheet = by_name.get(table.spec.name)
        if sheet is not None:
            table.sound = int((~sheet.odd).sum())
            table.layout.unknown = sheet.layout.unknown
