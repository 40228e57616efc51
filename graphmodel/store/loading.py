"""Facts into the tables of a case file, in an order that does not depend on the input's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.store import tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from graphmodel.model.facts import Facts, FactTable
    from graphmodel.model.schema_types import GraphSchema

ARROW_ROWS = 2_000
"""From this many rows on Arrow is quicker than bound lists, below it its import costs more."""


def insert_columns(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, Sequence[object]]
) -> None:
    """Append columns of equal length to a table; no rows, no statement."""
    names = list(columns)
    if not names or not columns[names[0]]:
        return
    into = f"INSERT INTO {table} ({', '.join(map(tables.quoted, names))})"
    if len(columns[names[0]]) < ARROW_ROWS:
        unnested = ", ".join(f"unnest(${n + 1})" for n in range(len(names)))
        connection.execute(f"{into} SELECT {unnested}", list(columns.values()))
        return
    import pyarrow as pa

    connection.register("_columns", pa.table({name: list(columns[name]) for name in names}))
    connection.execute(f"{into} SELECT * FROM _columns")
    connection.unregister("_columns")


def _in_order(table: FactTable) -> list[int]:
    ids = table.columns["id"]
    return sorted(range(table.rows), key=lambda row: str(ids[row]))


def _taken(column: Sequence[object], order: Sequence[int]) -> list[object]:
    return [column[row] for row in order]


def load_facts(connection: duckdb.DuckDBPyConnection, facts: Facts, schema: GraphSchema) -> None:
    """Write all stated nodes and relationships; rows are numbered in the order of their ids."""
    if any(table.parts for table in (*facts.nodes.values(), *facts.relationships.values())):
        from graphmodel.store.loading_parts import load_parts

        load_parts(connection, facts, schema)
        return
    numbers: dict[tuple[str, str], int] = {}
    for label, table in facts.nodes.items():
        order, base = _in_order(table), tables.node_base(label)
        ids = [base + place for place in range(1, len(order) + 1)]
        numbers.update(
            ((label, str(table.columns["id"][row])), ids[place]) for place, row in enumerate(order)
        )
        apart = tables.DERIVED_PROPERTIES.get(label, ())
        names = [name for name in schema.nodes[label].names() if name not in apart]
        columns = {name: _taken(table.columns[name], order) for name in names}
        insert_columns(connection, f"facts.{tables.quoted(label)}", {"_nid": ids, **columns})
    for type_, table in facts.relationships.items():
        order, base = _in_order(table), tables.relationship_base(type_)
        ends = {
            "_rid": [base + place for place in range(1, len(order) + 1)],
            "_src": [numbers[table.from_label[row], table.from_id[row]] for row in order],
            "_dst": [numbers[table.to_label[row], table.to_id[row]] for row in order],
        }
        columns = {
            name: _taken(table.columns[name], order) for name in schema.relationships[type_].names()
        }
        insert_columns(connection, f"facts.{tables.quoted(type_)}", {**ends, **columns})


def load_digests(
    connection: duckdb.DuckDBPyConnection, digests: Mapping[str, Sequence[str]]
) -> None:
    """Write the keyed digests of batches' records (columns `batch`, `digest`)."""
    if not digests or not digests["batch"]:
        return
    if len(digests["batch"]) >= ARROW_ROWS:
        _load_many_digests(connection, digests)
        return
    numbers = dict(connection.execute('SELECT id, _nid FROM facts."Batch"').fetchall())
    rows = sorted(zip(digests["batch"], digests["digest"], strict=True))
    columns = {"_nid": [numbers[batch] for batch, _ in rows], "digest": [d for _, d in rows]}
    insert_columns(connection, "facts.records", columns)


def _load_many_digests(
    connection: duckdb.DuckDBPyConnection, digests: Mapping[str, Sequence[str]]
) -> None:
    import pyarrow as pa

    columns = {
        name: getattr(digests[name], "cells", None) or pa.array(digests[name], pa.string())
        for name in ("batch", "digest")
    }
    connection.register("_columns", pa.table(columns))
    connection.execute(
        "INSERT INTO facts.records SELECT b._nid, c.digest FROM _columns c "
        'JOIN facts."Batch" b ON b.id = c.batch ORDER BY c.batch, c.digest'
    )
    connection.unregister("_columns")
