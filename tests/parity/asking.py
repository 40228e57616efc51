"""Small graphs of records on a real Neo4j, and its answers as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from neo4j.exceptions import Neo4jError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from neo4j import Driver, Session

    Question = tuple[str, Mapping[str, Any]]

DATABASE = "neo4j"
WIPE = "MATCH (n) DETACH DELETE n"
CREATE_NODES = """UNWIND $rows AS row
CREATE (n) SET n = row.properties SET n:$(row.labels)
RETURN elementId(n) AS id"""
CREATE_RELATIONSHIPS = """UNWIND $rows AS row
MATCH (a) WHERE elementId(a) = row.start
MATCH (b) WHERE elementId(b) = row.end
CREATE (a)-[r:$(row.type)]->(b) SET r = row.properties
RETURN count(r) AS created"""


@dataclass(frozen=True)
class Answer:
    """What a server said to one query: columns and rows of plain values, or an error's code."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    error: str = ""
    message: str = ""


def refused_because(driver: Driver) -> str:
    """Return why this server must not be wiped, nothing where it may."""
    with driver.session(database=DATABASE) as session:
        held = session.run("MATCH (n) RETURN count(n) AS n").single(strict=True)["n"]
    return "the database holds data, and it would be wiped" if held else ""


def wipe(driver: Driver) -> None:
    """Leave the server as empty as it was."""
    with driver.session(database=DATABASE) as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS").consume()


def load(
    session: Session,
    nodes: Iterable[Mapping[str, Any]],
    relationships: Iterable[Mapping[str, Any]],
) -> None:
    """Replace what the server holds by a graph of records (`PropertyGraph.from_records`)."""
    nodes, relationships = list(nodes), list(relationships)
    session.run(WIPE).consume()
    rows = [{"labels": [*node["labels"]], "properties": dict(node["properties"])} for node in nodes]
    created = [record["id"] for record in session.run(CREATE_NODES, rows=rows)]
    ids = dict(zip((node["id"] for node in nodes), created, strict=True))
    links = [
        {
            "type": link["type"],
            "start": ids[link["from"]],
            "end": ids[link["to"]],
            "properties": dict(link["properties"]),
        }
        for link in relationships
    ]
    held = session.run(CREATE_RELATIONSHIPS, rows=links).single(strict=True)["created"]
    assert held == len(links), "the copy is not whole"


def answer(session: Session, text: str, params: Mapping[str, Any]) -> Answer:
    """Return the server's answer to one query."""
    try:
        result = session.run(text, dict(params))
        columns = tuple(result.keys())
        return Answer(columns, tuple(tuple(record.values()) for record in result))
    except Neo4jError as error:
        return Answer(error=error.code or "unknown", message=error.message or "")


def ask(
    driver: Driver,
    nodes: Iterable[Mapping[str, Any]],
    relationships: Iterable[Mapping[str, Any]],
    questions: Sequence[Question],
) -> list[Answer]:
    """Load a graph of records and return the server's answer to each query with parameters."""
    with driver.session(database=DATABASE) as session:
        load(session, nodes, relationships)
        return [answer(session, text, params) for text, params in questions]
