"""A written corpus: patterns, trails, options, grouping, order, unions, subqueries.

The rows stand in `matches.json`; each was given by Neo4j 5.26.30, by the oracle and by the engine.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from graphmodel.query import CypherError, PropertyGraph
from tests.reference.interpreter import Oracle
from tests.unit.query.graphs import NODES, RELATIONSHIPS, people, typed

GRAPH = people()
ORACLE = Oracle(NODES, RELATIONSHIPS)
CORPUS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "matches.json").read_text(encoding="utf-8")
)


def bag(query: str, rows: list[Any]) -> list[Any]:
    """Return rows as they are to be compared: in order only where the query asks for one."""
    found = [typed(tuple(row)) for row in rows]
    return found if "ORDER BY" in query else sorted(found, key=repr)


@pytest.mark.parametrize("entry", CORPUS, ids=[entry["query"] for entry in CORPUS])
def test_the_corpus_is_answered(entry: dict[str, Any]) -> None:
    query, params = entry["query"], entry.get("params", {})
    expected = bag(query, entry["rows"])
    assert bag(query, GRAPH.query(query, params).rows) == expected
    assert bag(query, ORACLE.query(query, params)[1]) == expected


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) >= 200


def test_one_relationship_is_not_used_twice_in_one_match() -> None:
    one = "MATCH (p)-[:CONTROLS]->(x)<-[:CONTROLS]-(q) RETURN p.id, q.id"
    two = "MATCH (p)-[:CONTROLS]->(x) MATCH (x)<-[:CONTROLS]-(q) RETURN p.id, q.id"
    assert set(GRAPH.query(one).rows) == {("p1", "p2"), ("p2", "p1")}
    assert {("p1", "p1"), ("p2", "p2")} <= set(GRAPH.query(two).rows)


def test_a_self_relationship_without_direction_matches_once() -> None:
    assert GRAPH.query("MATCH (a)-[:KNOWS]-(a) RETURN a.id").rows == [("p1",)]
    rows = GRAPH.query("MATCH (a {id: 'p1'})-[r:KNOWS*1..3]-(a) WHERE size(r) = 1 RETURN 1 AS x")
    assert len(rows.rows) == 1


def test_parallel_relationships_give_rows_of_their_own() -> None:
    rows = GRAPH.query("MATCH (a {id: 'p1'})-[r:KNOWS]->(b:Boss) RETURN r.since").rows
    assert sorted(rows) == [(3,), (4,)]


def test_an_undirected_walk_back_on_the_same_relationship_is_no_path() -> None:
    rows = GRAPH.query("MATCH (q:Persona) RETURN EXISTS { (q)-[:SHOWS*2]-(q) } AS e").rows
    assert rows == [(False,)]
    rows = GRAPH.query("MATCH (q:Persona) RETURN EXISTS { (q)-[:SHOWS*1..2]-(q) } AS e").rows
    assert rows == [(False,)]


def test_an_alias_hides_the_node_in_order_by() -> None:
    with pytest.raises(CypherError) as caught:
        GRAPH.query("MATCH (d:Person) RETURN d.id AS d ORDER BY d.age")
    assert "no properties" in caught.value.reason


def test_union_matches_columns_by_name() -> None:
    text = "RETURN 1 AS x, 2 AS y UNION ALL RETURN 3 AS y, 4 AS x"
    assert GRAPH.query(text).rows == [(1, 2), (4, 3)]
    assert GRAPH.query("RETURN 1 AS x UNION RETURN 1.0 AS x").rows == [(1,)]
    assert set(GRAPH.query("RETURN null AS x UNION RETURN 'a' AS x").rows) == {(None,), ("a",)}


def test_one_and_one_point_zero_are_one_value_for_distinct() -> None:
    assert GRAPH.query("UNWIND [1, 1.0, 2] AS x RETURN DISTINCT x").rows == [(1,), (2,)]
    rows = GRAPH.query("UNWIND [1.0, 1, true] AS x RETURN x, count(*) AS c ORDER BY c").rows
    assert [typed(row) for row in rows] == [typed((True, 1)), typed((1.0, 2))]


def test_a_sum_beyond_64_bits_becomes_a_float_where_it_is_returned() -> None:
    text = "UNWIND [9223372036854775807, 1] AS x RETURN sum(x) AS s"
    assert GRAPH.query(text).rows == [(9.223372036854775808e18,)]
    with pytest.raises(CypherError):
        GRAPH.query("UNWIND [9223372036854775807, 1] AS x WITH sum(x) AS s RETURN s + 1 AS s")


def test_not_a_number_is_not_taken_for_another_of_its_kind() -> None:
    for text in (
        "UNWIND [0.0/0, 0.0/0] AS x RETURN DISTINCT x",
        "UNWIND [0.0/0, 1.0] AS x RETURN x, count(*) AS c",
        "UNWIND [0.0/0, 1.0] AS x RETURN count(DISTINCT x) AS c",
        "RETURN 0.0/0 AS x UNION RETURN 1.0 AS x",
    ):
        with pytest.raises(CypherError) as caught:
            GRAPH.query(text)
        assert "not-a-number" in caught.value.reason


def test_collect_follows_the_order_of_rows() -> None:
    text = "UNWIND [3, 1, 2] AS x RETURN collect(x) AS l"
    assert GRAPH.query(text).rows == [([3, 1, 2],)]
    text = "MATCH (a:Person) WITH a ORDER BY a.age DESC RETURN collect(a.id) AS l"
    assert GRAPH.query(text).rows == [(["p2", "p1", "p3"],)]


def test_grouping_refuses_what_is_no_key() -> None:
    for text in (
        "MATCH (a:Person) RETURN collect(a.age) + a.age AS x",
        "MATCH (a:Person) RETURN [x IN collect(a.age) WHERE x > a.age] AS x",
        "MATCH (a:Person) WITH a.age AS y RETURN y + count(*) AS x",
    ):
        with pytest.raises(CypherError) as caught:
            GRAPH.query(text)
        assert "no grouping key" in caught.value.reason
        assert "WITH" in caught.value.hint


def test_a_property_of_one_label_is_null_through_others() -> None:
    rows = GRAPH.query("MATCH (x:Person|Account) RETURN x.id, x.platform, x.age").rows
    assert set(rows) == {
        ("p1", None, 30), ("p2", None, 40), ("p3", None, -7), ("a1", "wechat", None),
        ("a2", "alipay", None),
    }  # fmt: skip


def test_a_relay_needs_separate_matches_where_one_account_pays_and_is_paid() -> None:
    nodes = [
        {"id": name, "labels": [label], "properties": {"id": name}}
        for name, label in (("x", "Person"), ("a", "Account"), ("d1", "Deal"), ("d2", "Deal"))
    ]
    ends = [("CONTROLS", "x", "a"), ("BUYER", "d1", "a"), ("SELLER", "d2", "a")]
    rels = [{"id": i, "type": t, "from": s, "to": e} for i, (t, s, e) in enumerate(ends)]
    graph = PropertyGraph.from_records(nodes, rels)
    first = "(d1:Deal)-[:BUYER]->(:Account)<-[:CONTROLS]-(x:Person)"
    second = "(x)-[:CONTROLS]->(:Account)<-[:SELLER]-(d2:Deal)"
    assert graph.query(f"MATCH {first}, {second} RETURN x.id").rows == []
    assert graph.query(f"MATCH {first} MATCH {second} RETURN x.id").rows == [("x",)]


def chain() -> PropertyGraph:
    """Return a - b - c by R, each with its own name."""
    nodes = [{"id": n, "labels": ["N"], "properties": {"name": n}} for n in "abc"]
    rels = [
        {"id": i, "type": "R", "from": s, "to": e}
        for i, (s, e) in enumerate([("a", "b"), ("b", "c")])
    ]
    return PropertyGraph.from_records(nodes, rels)


@pytest.mark.parametrize(
    ("hops", "expected"),
    [
        ("*0", "a"),
        ("*0..0", "a"),
        ("*1..0", ""),
        ("*..0", ""),
        ("*0..1", "ab"),
        ("*2", "c"),
        ("*..2", "bc"),
    ],
)
def test_bounds_of_a_variable_length_are_kept(hops: str, expected: str) -> None:
    text = f"MATCH (a:N {{name: 'a'}})-[:R{hops}]->(x) RETURN x.name"
    assert sorted(chain().query(text).rows) == [(name,) for name in expected]
    text = f"MATCH (a:N {{name: 'a'}}) RETURN EXISTS {{ (a)-[:R{hops}]->(:N {{name: 'a'}}) }} AS e"
    assert chain().query(text).rows == [("a" in expected,)]


def test_an_empty_graph_can_be_asked() -> None:
    graph = PropertyGraph.from_records([], [])
    assert graph.query("MATCH (n) RETURN count(n) AS c").rows == [(0,)]
    assert graph.query("MATCH (a)-[r]->(b) RETURN type(r) AS t").rows == []
    assert graph.query("OPTIONAL MATCH (a)-->(b) RETURN a IS NULL AS x").rows == [(True,)]


def test_where_behind_with_sees_the_variables_before_it() -> None:
    text = "MATCH (a:Person) WITH a.name AS name WHERE a.age > 35 OR name = 'Ann' RETURN name"
    assert set(GRAPH.query(text).rows) == {("Ann",), ("Bob",)}
    text = "MATCH (a:Person) WITH a.age + 1 AS more WHERE a.age > 35 AND more > 40 RETURN more"
    assert GRAPH.query(text).rows == [(41,)]
    with pytest.raises(CypherError):
        GRAPH.query("MATCH (a:Person) WITH DISTINCT a.name AS name WHERE a.age > 1 RETURN name")


def test_a_pattern_stands_only_where_a_condition_is_asked() -> None:
    rows = GRAPH.query("MATCH (n:Boss) RETURN NOT (n)-->() AS x, (n)-->() AND true AS y").rows
    assert rows == [(False, True)]
    for item in ("(n)-->()", "[(n)-->()]", "(n)-->() = true", "count((n)-->())", "{a: (n)-->()}"):
        with pytest.raises(CypherError) as caught:
            GRAPH.query(f"MATCH (n:Person) RETURN {item} AS x")
        assert "EXISTS" in caught.value.hint


def test_aggregations_stand_in_no_body_of_a_list_and_in_no_order_of_their_own() -> None:
    for text in (
        "UNWIND [1] AS x RETURN [y IN [1] | count(x)] AS c",
        "UNWIND [1] AS x RETURN any(y IN [1] WHERE count(x) > 1) AS c",
        "UNWIND [1] AS x RETURN x AS k, min(x) AS m ORDER BY sum(x)",
        "UNWIND [1] AS x RETURN x AS k ORDER BY sum(x)",
    ):
        with pytest.raises(CypherError):
            GRAPH.query(text)
    rows = GRAPH.query("UNWIND [1, 2] AS x RETURN [y IN collect(x) | y + 1] AS c").rows
    assert rows == [([2, 3],)]
