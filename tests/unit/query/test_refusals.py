"""What is outside the subset, misspelt or hostile is refused, with its place, quickly."""

from __future__ import annotations

import pytest

from graphmodel.query import CypherError
from tests.unit.query.graphs import people

GRAPH = people()
"""Ten times what such a refusal takes on a quiet machine."""

PLACED = [
    ("MATCH (a:Persn) RETURN 1 AS x", 1, 10, "label Persn", "Person"),
    ("MATCH (a)-[:KNOW]->(b)\nRETURN 1 AS x", 1, 13, "relationship type KNOW", "KNOWS"),
    ("MATCH (a:Person)\nRETURN a.nme AS x", 2, 8, "property nme", "name"),
    ("MATCH (a:Person)\nWHERE b.age > 1 RETURN 1 AS x", 2, 7, "variable b", ""),
    ("RETURN tostrin(1) AS x", 1, 8, "function tostrin", "toString"),
    ("RETURN $ib AS x", 1, 8, "$ib", "$id"),
    ("MATCH (a)-[*]->(b) RETURN 1 AS x", 1, 12, "upper bound", "*1..8"),
    ("MATCH (a)-[*1..1000]->(b) RETURN 1 AS x", 1, 12, "hops", ""),
    ("MATCH p = (a)-->(b) RETURN 1 AS x", 1, 7, "paths", ""),
    ("MATCH (a) RETURN a", 1, 11, "a is a node", "a.id"),
    ("MATCH (a)-[r]->() RETURN r", 1, 19, "r is a relationship", "r.id"),
    ("CREATE (n)", 1, 1, "CREATE is outside", "only read"),
    ("MATCH (n) SET n.x = 1", 1, 11, "SET is outside", "only read"),
    ("MATCH (n) DETACH DELETE n", 1, 11, "DETACH is outside", "only read"),
    ("CALL db.labels()", 1, 1, "CALL is outside", ""),
    ("LOAD CSV FROM 'x' AS l RETURN l", 1, 1, "LOAD is outside", ""),
    ("CYPHER 5 RETURN 1 AS x", 1, 1, "CYPHER is outside", ""),
    ("MATCH (a) RETURN shortestPath((a)-->(a)) AS x", 1, 18, "shortestPath", "bounded"),
    ("MATCH (a:Person) WITH a.age + 1 RETURN 1 AS x", 1, 23, "needs a name", "AS"),
    ("RETURN 1 AS x, 2 AS x", 1, 16, "occurs twice", ""),
    ("MATCH (a) WHERE a.id = 'x'", 1, 1, "does not end with RETURN", "RETURN"),
    ("RETURN 1 AS x UNION RETURN 2 AS y", 1, 21, "columns of UNION differ", ""),
    ("RETURN 1 AS x UNION RETURN 2 AS x UNION ALL RETURN 3 AS x", 1, 1, "mixed", ""),
    ("UNWIND [1] AS x UNWIND [2] AS x RETURN x", 1, 17, "exists already", ""),
    ("MATCH (a)-[r]->(b)-[r]->(c) RETURN 1 AS x", 1, 20, "twice", ""),
    ("MATCH (a:Person|Boss) MATCH (b:Person:Boss) RETURN 1 AS x", 1, 29, "mixes", ""),
    ("RETURN count(count(1)) AS x", 1, 8, "inside another", "WITH"),
    ("MATCH (a) WHERE count(a) > 1 RETURN 1 AS x", 1, 17, "nothing is grouped", "WITH"),
    ("UNWIND [1] AS x RETURN x LIMIT -1", 1, 32, "number or a parameter", ""),
    ("MATCH (a:!Person) RETURN 1 AS x", 1, 10, "!", ""),
    ("MATCH (a:Person&Boss) RETURN 1 AS x", 1, 16, "&", ":A:B"),
    ("RETURN (1 AS x", 1, 8, "( is not closed", ""),
    ("RETURN 'a AS x", 1, 8, "string is not closed", ""),
    ("RETURN `a AS x", 1, 8, "quoted name", ""),
    ("RETURN 1 /* AS x", 1, 10, "comment is not closed", ""),
    (r"RETURN '\q' AS x", 1, 9, "no escape", ""),
    ("RETURN 12abc AS x", 1, 8, "runs into a name", ""),
    ("RETURN 1 AS x; RETURN 2 AS y", 1, 14, "no meaning", ""),
    ("", 1, 1, "empty", ""),
    ("RETURN", 1, 7, "ends too early", ""),
    ("RETURN 1 +", 1, 11, "ends too early", ""),
    ("RETURN {} AS x", 1, 8, "empty map", ""),
    ("MATCH (a:Person) RETURN [(a)-->(b) | b.id] AS x", 1, 36, "not expected", ""),
    ("MATCH (a:Person) RETURN a {.name} AS x", 1, 27, "not expected", ""),
    ("MATCH (a:Person) WHERE a.age RETURN 1 AS x", 1, 24, "true or false", ""),
    ("RETURN \ud800 AS x", 1, 8, "stands alone", ""),
]  # fmt: skip


@pytest.mark.parametrize("case", PLACED, ids=[repr(case[0]) for case in PLACED])
def test_a_refusal_names_place_reason_and_hint(case: tuple[str, int, int, str, str]) -> None:
    text, line, column, reason, hint = case
    with pytest.raises(CypherError) as caught:
        GRAPH.query(text, {"id": 1})
    assert reason in caught.value.reason
    assert (caught.value.line, caught.value.column) == (line, column)
    assert hint in caught.value.hint


HOSTILE = [
    "RETURN '" + "a" * 1_000_000 + "' AS x",
    "RETURN " + "(" * 5_000 + "1" + ")" * 5_000 + " AS x",
    "RETURN " + "[" * 500 + "]" * 500 + " AS x",
    "RETURN " + "NOT " * 5_000 + "true AS x",
    "RETURN " + "-" * 5_000 + "1 AS x",
    "RETURN " + " + ".join(["1"] * 5_000) + " AS x",
    "RETURN " + "{a: " * 60 + "1" + "}" * 60 + ".b.c" * 200 + " AS x",
    "RETURN " + "a." * 5_000 + "b AS x",
    "MATCH (a) WHERE "
    + "EXISTS { MATCH (a)-->(b) WHERE " * 90
    + "true"
    + " }" * 90
    + " RETURN 1 AS x",
    "MATCH (`a``b`:`Person) RETURN 1 AS x",
    "MATCH (a) RETURN 1 AS x // ' \n ; DROP TABLE graph.n1",
    'MATCH (a) RETURN 1 AS `x"; DROP TABLE graph.n1; --',
    "MATCH (a) WHERE a.id = 'x' UNION SELECT * FROM graph.n1",
    'MATCH (a:`Person" AS x; DROP TABLE y; --`) RETURN 1 AS x',
    "MATCH (а:Person) RETURN a.id",  # the first letter is Cyrillic
    "ＭＡＴＣＨ (a) RETURN 1 AS x",
    "MATCH (a) RETURN a．id AS x",
    "RETURN 1\0 AS x",
    "RETURN '\\u0000' AS x",
    "\x00\x01\x02",
    "MATCH (a)-[:KNOWS*1..99999999999999999999]->(b) RETURN 1 AS x",
    "RETURN " + "9" * 50_000 + " AS x",
    "RETURN 1e999999999 AS x",
    "RETURN range(1, 9223372036854775807) AS x",
    'RETURN $`a"b` AS x',
]


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text[:40]) for text in HOSTILE])
def test_hostile_texts_are_refused(text: str) -> None:
    with pytest.raises(CypherError) as caught:
        GRAPH.query(text)
    assert caught.value.line >= 1
    assert caught.value.column >= 1
    assert len(str(caught.value)) < 400


def test_a_chain_within_the_limits_is_answered() -> None:
    text = " AND ".join(["1 = 1"] * 2_000)
    assert GRAPH.query(f"RETURN {text} AS x").rows == [(True,)]


def test_names_in_backticks_are_names_never_sql() -> None:
    from graphmodel.query import PropertyGraph

    odd = 'x"; DROP TABLE graph.n1; --'
    node = {"id": 1, "labels": [odd], "properties": {odd: 1, "X": 2, "x": 3}}
    graph = PropertyGraph.from_records([node], [])
    columns, rows = graph.query(f"MATCH (`{odd}`:`{odd}`) RETURN `{odd}`.`{odd}` AS `{odd}`")
    assert (columns, rows) == ((odd,), [(1,)])
    assert graph.query("MATCH (n) RETURN n.X, n.x").rows == [(2, 3)]
