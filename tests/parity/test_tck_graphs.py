"""The graphs that the TCK test builds without a server are those a real Neo4j builds."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance.tck.archive import tck_archive
from tests.parity.asking import WIPE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from neo4j import Session

    from tests.parity.conftest import Server

NODES = "MATCH (n) RETURN elementId(n) AS id, labels(n) AS labels, properties(n) AS properties"
LINKS = """MATCH (a)-[r]->(b)
RETURN type(r) AS type, elementId(a) AS `from`, elementId(b) AS `to`, properties(r) AS properties"""


def shape(
    nodes: Iterable[dict[str, Any]], links: Iterable[dict[str, Any]]
) -> tuple[Counter[Any], ...]:
    """Return a graph without its ids: its nodes, and relationships between such nodes."""
    seen = {n["id"]: (*sorted(n["labels"]), repr(sorted(n["properties"].items()))) for n in nodes}
    joined = (
        (r["type"], seen[r["from"]], seen[r["to"]], repr(sorted(r["properties"].items())))
        for r in links
    )
    return Counter(seen.values()), Counter(joined)


def graph_of(session: Session, statements: Iterable[str]) -> tuple[Counter[Any], ...]:
    """Return the shape of the graph that a server makes of statements."""
    session.run(WIPE).consume()
    for statement in statements:
        session.run(statement).consume()
    return shape(session.run(NODES).data(), session.run(LINKS).data())


@pytest.mark.neo4j
@pytest.mark.slow
def test_set_up_statements_make_the_graphs_of_neo4j(server: Server) -> None:
    archive = tck_archive()
    graphs = {(q.graph, q.setup): q for q in archive.questions()}
    assert len(graphs) > 100
    differing = []
    with server.driver.session(database="neo4j") as session:
        for question in graphs.values():
            found = shape(*archive.records(question))
            if found != graph_of(session, archive.statements(question)):
                differing.append((question.feature, question.name))
    assert not differing
