"""The graph of a case copied into Neo4j, and rows of both engines made comparable."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from neo4j import Driver, Session

    from graphmodel.store.case_file import CaseFile

BATCH_ROWS = 5_000
CREATE_NODES = """UNWIND $rows AS row
CREATE (n:$(row.label)) SET n = row.properties
RETURN elementId(n) AS id"""
CREATE_LINKS = """UNWIND $rows AS row
MATCH (a) WHERE elementId(a) = row.start
MATCH (b) WHERE elementId(b) = row.end
CREATE (a)-[r:$(row.type)]->(b) SET r = row.properties"""
WIPE = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
COUNT = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n) AS nodes, count(r) AS links"


def _table(case_file: CaseFile, name: str) -> list[dict[str, Any]]:
    """Return the rows of one label or type as dictionaries without nulls."""
    cursor = case_file.connection.execute(f'SELECT * FROM graph."{name}"')  # noqa: S608 - schema
    columns = [entry[0] for entry in cursor.description]
    rows = (zip(columns, row, strict=True) for row in cursor.fetchall())
    return [{key: value for key, value in row if value is not None} for row in rows]


def _batches(rows: Sequence[Mapping[str, Any]]) -> Iterable[Sequence[Mapping[str, Any]]]:
    """Yield the rows in parts that fit one transaction."""
    for start in range(0, len(rows), BATCH_ROWS):
        yield rows[start : start + BATCH_ROWS]


def _properties(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a rule can see of a row: its columns but the internal numbers."""
    return {key: value for key, value in row.items() if not key.startswith("_")}


def copy_graph(case_file: CaseFile, driver: Driver) -> tuple[int, int]:
    """Replace what the server holds by the graph of a case; return its nodes and relationships."""
    schema = case_file.schema
    nodes = [(label, row) for label in schema.nodes for row in _table(case_file, label)]
    links = [(type_, row) for type_ in schema.relationships for row in _table(case_file, type_)]
    with driver.session(database="neo4j") as session:
        session.run(WIPE).consume()
        created = [{"label": label, "properties": _properties(row)} for label, row in nodes]
        element_ids = [
            record["id"]
            for part in _batches(created)
            for record in session.run(CREATE_NODES, rows=part)
        ]
        ids = dict(zip((row["_nid"] for _, row in nodes), element_ids, strict=True))
        joined = [
            {
                "type": type_,
                "start": ids[row["_src"]],
                "end": ids[row["_dst"]],
                "properties": _properties(row),
            }
            for type_, row in links
        ]
        for part in _batches(joined):
            session.run(CREATE_LINKS, rows=part).consume()
        held = session.run(COUNT).single(strict=True)
    assert (held["nodes"], held["links"]) == (len(nodes), len(links)), "the copy is not whole"
    return len(nodes), len(links)


def server_rows(
    session: Session, text: str, params: Mapping[str, Any]
) -> tuple[list[str], list[Any]]:
    """Run a rule text unchanged on the server; return its columns and rows."""
    result = session.run(text, dict(params))
    return list(result.keys()), [tuple(record.values()) for record in result]


def comparable(value: object) -> object:
    """Return a value that equals another only if kind and content are equal.

    1, 1.0 and true stay apart. The order within a list is left out: `collect` gives none.
    """
    if isinstance(value, list | tuple):
        return ("list", *sorted((comparable(item) for item in value), key=repr))
    if isinstance(value, dict):
        return ("map", *sorted((key, comparable(item)) for key, item in value.items()))
    if isinstance(value, float) and math.isnan(value):
        return ("float", "nan")
    return (type(value).__name__, value)


def multiset(rows: Iterable[Sequence[object]]) -> Counter[tuple[object, ...]]:
    """Return rows as a multiset of comparable values."""
    return Counter(tuple(map(comparable, row)) for row in rows)


def difference(ours: Counter[Any], theirs: Counter[Any]) -> dict[str, list[Any]]:
    """Return what only one side has, named by its side."""
    sides: dict[str, list[Any]] = defaultdict(list)
    sides["only embedded"] += (ours - theirs).elements()
    sides["only Neo4j"] += (theirs - ours).elements()
    return {side: rows for side, rows in sides.items() if rows}
