"""Patterns and subqueries outside the subset: refused with their place and a way round."""

from __future__ import annotations

import pytest

from graphmodel.query import CypherError
from tests.unit.query.graphs import people

GRAPH = people()
REFUSED = [
    ("MATCH p = (a:Person)-->(b) RETURN p", 1, 35, "p is a path", ""),
    ("MATCH (a)-[r:KNOWS*]->(b) RETURN a.id", 1, 19, "upper bound", "*1..8"),
    ("MATCH (a)-[r:KNOWS*2..]->(b) RETURN a.id", 1, 19, "upper bound", "*1..8"),
    ("MATCH p = shortestPath((a)-[*..3]->(b)) RETURN 1", 1, 11, "shortestPath", "length(p)"),
    ("MATCH p = allShortestPaths((a)-[*..3]->(b)) RETURN 1", 1, 11, "allShortest", "length(p)"),
    ("MATCH SHORTEST 1 (a)-->(b) RETURN 1", 1, 7, "SHORTEST", "length(p)"),
    ("MATCH p = ANY SHORTEST (a)-->(b) RETURN 1", 1, 11, "ANY", "length(p)"),
    ("MATCH ALL SHORTEST (a)-->(b) RETURN 1", 1, 7, "ALL", "length(p)"),
    ("MATCH ((a)-->(b))+ RETURN 1", 1, 8, "parentheses", "*1..8"),
    ("MATCH (a)((x)-->(y)){1,3}(b) RETURN 1", 1, 10, "parentheses", "*1..8"),
    ("MATCH (a)-[:KNOWS]->+(b) RETURN 1", 1, 21, "quantified", "*1..8"),
    ("MATCH (a)-->{1,3}(b) RETURN 1", 1, 13, "quantified", "*1..8"),
    ("MATCH (a)-[:!KNOWS*1..2]->(b) RETURN 1", 1, 13, "without !", "all(x IN r"),
    ("MATCH (a)-[r:KNOWS*1..2 WHERE r.since > 1]->(b) RETURN 1", 1, 31, "no WHERE", "all(x IN r"),
    ("MATCH (a)-[r:KNOWS|:SHOWS]->(b) RETURN 1", 1, 14, "|:", "A|B"),
    ("MATCH (a)-[:KNOWS:SHOWS]->(b) RETURN 1", 1, 13, "colon", ":A|B"),
    ("MATCH (a:Person|Account) WHERE a:Person:Boss RETURN 1", 1, 34, "mixes", ""),
    ("MATCH (a:!Nobody) RETURN 1", 1, 11, "no label Nobody", ""),
    ("MATCH p = (a)-->(b) MATCH p = (c)-->(d) RETURN 1", 1, 27, "p exists already", ""),
    ("MATCH (a:Person) WHERE (a)-->(z) RETURN a.id", 1, 24, "cannot introduce z", "EXISTS"),
    ("MATCH (a:Person) RETURN length(a) AS l", 1, 25, "takes a path", ""),
    ("MATCH (a:Person) RETURN startNode(a) AS l", 1, 25, "takes a relationship", ""),
    ("MATCH (a:Person) RETURN nodes([a]) AS l", 1, 25, "takes a path", ""),
    ("MATCH (a:Person) RETURN a.id ORDER BY a", 1, 39, "no order", "property"),
    ("MATCH (a) RETURN COLLECT { MATCH (a)-->(b) RETURN b.id, 1 } AS l", 1, 18, "one column", ""),
    ("MATCH (a:Person) RETURN COLLECT { MATCH (a)-->(b) } AS l", 1, 35, "needs a RETURN", ""),
    ("MATCH (a) RETURN EXISTS { MATCH (a)-->(b) WITH b AS a RETURN a } AS l", 1, 48, "exists", ""),
    (
        "MATCH (a) RETURN [x IN [1] WHERE EXISTS { MATCH (a)-->(b) RETURN count(*) AS c }] AS l",
        *(1, 66, "count() stands inside a list", "WITH"),
    ),
    ("MATCH (a) RETURN reduce(t = 0, x IN [1] | t + COUNT { (a)-->() }) AS l", 1, 18, "reduce", ""),
    ("MATCH (a) OPTIONAL MATCH p = (a) RETURN length(p) AS l", 1, 26, "path p", "binds them"),
    ("MATCH (a) RETURN a.id; RETURN 1", 1, 22, "semicolon", "one query"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "column", "reason", "hint"), REFUSED)
def test_a_refusal_has_place_reason_and_hint(
    text: str, line: int, column: int, reason: str, hint: str
) -> None:
    with pytest.raises(CypherError) as caught:
        GRAPH.query(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert reason in caught.value.reason
    assert hint in caught.value.hint


def test_a_semicolon_ends_a_query() -> None:
    assert GRAPH.query("RETURN 1 AS x;").rows == [(1,)]
    assert GRAPH.query("RETURN 1 AS x ; // done").columns == ("x",)
