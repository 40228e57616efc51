"""Rows that are relationships: controls, names shown, ties, identifiers, batch links, holdings."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, cast

from graphmodel.sources.spec_tables import TIES
from graphmodel.sources.writer import holding_times, take

if TYPE_CHECKING:
    from graphmodel.model.instants import Interval
    from graphmodel.sources.checked import CheckedTable, Key
    from graphmodel.sources.quotes import Citations
    from graphmodel.sources.writer import Columns, Writer

_ENDS = {
    "controls": ("person", "account"),
    "presents_as": ("account", "persona"),
    "ties": ("a", "b"),
    "identifiers": ("account", "value"),
    "batch_links": ("a", "b"),
    "holdings": ("person", "batch"),
}
_PLAIN = {
    "controls": ("basis",),
    "batch_links": ("kind", "shared", "method"),
    "holdings": ("records", "records_bound"),
}
_ID_DIGITS = 16


def write_relationships(
    writer: Writer, table: CheckedTable, kept: list[int], citations: Citations
) -> None:
    """Write the kept rows of a table whose rows are relationships (digests of records are none)."""
    if table.spec.name == "ties":
        kinds = table.column("kind")
        for kind, type_ in TIES.items():
            rows = [row for row in kept if kinds[row] == kind]
            if rows:
                _write_type(writer, table, rows, type_, citations)
    elif table.spec.types:
        _write_type(writer, table, kept, table.spec.types[0], citations)


def _write_type(
    writer: Writer, table: CheckedTable, rows: list[int], type_: str, citations: Citations
) -> None:
    start, end = _ENDS[table.spec.name]
    certainty = take(table.column("certainty"), rows)
    starts = cast("list[Key]", [table.column(start)[row] for row in rows])
    if type_ == "USED":
        ends = _note_identifiers(writer, table, rows)
    else:
        ends = cast("list[Key]", [table.column(end)[row] for row in rows])
    columns: Columns = {
        "id": [writer.base(table, row) for row in rows],
        "certainty": certainty,
        **_own_columns(table, rows, type_),
        **_cited(table, rows, citations),
    }
    for name, cells in table.layout.extra.items():
        columns[name] = [cells[row] if cells[row].strip() else None for row in rows]
    writer.note_accounts(starts, certainty)
    writer.note_accounts(ends, certainty)
    if table.spec.has("to"):
        audience = [
            (row, key) for row, key in zip(rows, _audience(table, rows), strict=True) if key
        ]
        words = take(table.column("certainty"), [row for row, _ in audience])
        writer.note_accounts([key for _, key in audience], words)
    writer.relationships(type_, starts, ends, columns)


def _own_columns(table: CheckedTable, rows: list[int], type_: str) -> Columns:
    plain = _PLAIN.get(table.spec.name, ())
    columns: Columns = {name: take(table.column(name), rows) for name in plain}
    if "records_bound" in columns:
        columns["records_bound"] = [
            bound or (None if number is None else "exact")
            for bound, number in zip(columns["records_bound"], columns["records"], strict=True)
        ]
    if table.spec.has("since"):
        since, until = (take(table.column(name), rows) for name in ("since", "until"))
        columns.update(holding_times(since, until))
    if type_ == "HAS":
        times = cast("list[Interval]", take(table.column("time"), rows))
        columns["time"] = [time.text or None for time in times]
        columns["t0"] = [time.t0 for time in times]
        columns["t1"] = [time.t1 for time in times]
    if table.spec.has("to"):
        names = [None if key is None else key[1] for key in _audience(table, rows)]
        columns.update(_stated({"to": names}))
    if table.spec.has("disclosed"):
        columns.update(_stated({"disclosed": take(table.column("disclosed"), rows)}))
    return columns


def _audience(table: CheckedTable, rows: list[int]) -> list[Key | None]:
    keys = table.keys("to")
    return [keys[row] for row in rows]


def _stated(columns: Columns) -> Columns:
    """Leave out columns without any value: not every kind of tie declares them."""
    return {name: values for name, values in columns.items() if any(v is not None for v in values)}


def _cited(table: CheckedTable, rows: list[int], citations: Citations) -> Columns:
    sources = table.keys("source")
    return {
        "source": [key[1] if key else None for key in (sources[row] for row in rows)],
        "locator": take(table.column("locator"), rows),
        "quote": take(table.column("quote"), rows),
        "warning": citations.warnings_of(table, rows),
    }


def _note_identifiers(writer: Writer, table: CheckedTable, rows: list[int]) -> list[Key]:
    """Note one node for each kind and value; return the node of each row."""
    kinds, values = table.column("kind"), table.column("value")
    certainty = table.column("certainty")
    ends: list[Key] = []
    for row in rows:
        kind, value = str(kinds[row]), str(values[row]).strip()
        name = identifier_id(kind, value)
        writer.note_identifier(name, kind, value, str(certainty[row]))
        ends.append(("Identifier", name))
    return ends


def identifier_id(kind: str, value: str) -> str:
    """Return the id of the node of one kind and value (trimmed)."""
    digest = hashlib.sha256(f"{kind}\x1f{value}".encode()).hexdigest()
    return f"identifier:{digest[:_ID_DIGITS]}"
