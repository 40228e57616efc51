"""A written corpus: patterns, trails, options, grouping, order, unions, subqueries.

The rows stand in `matches.json`; each was given by Neo4j 5.26.30, by the oracle and by the engine.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from graphmodel.query import CypherError
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
    from graphmodel.query import PropertyGraph

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
