"""The embedded engine: writing derived relationships, budgets, and errors in words."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from graphmodel.errors import CypherError, InternalError, LimitError
from graphmodel.model.schema import SCHEMA
from graphmodel.query import PropertyGraph
from graphmodel.query.engines.embedded import EmbeddedEngine, open_memory
from tests.unit.query.cases import CATALOGUE, LABELS, create_tables, insert

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

TIMES = {"since_t0": 1, "since_t1": 1, "until_t0": 9, "until_t1": 9}
RULE = """
MATCH (p:Person)-[c:CONTROLS|HOLDS]->(a:Account)
RETURN p.id AS `from`, a.id AS `to`,
  CASE type(c) WHEN 'HOLDS' THEN 'holds' ELSE 'controls' END AS basis,
  'stated' AS strength, [c.id] AS grounds, c.since_t0 AS since_t0, c.since_t1 AS since_t1,
  c.until_t0 AS until_t0, c.until_t1 AS until_t1
"""


def _node(connection: duckdb.DuckDBPyConnection, label: str, place: int, name: str) -> int:
    number = (LABELS[label] << 40) | place
    insert(connection, f'graph."{label}"', {"_nid": number, "id": name})
    return number


@pytest.fixture
def engine() -> Iterator[EmbeddedEngine]:
    """Two persons, two accounts; p1 controls a1 twice over, p2 holds a2."""
    connection = open_memory()
    create_tables(connection)
    people = [_node(connection, "Person", i, f"p{i + 1}") for i in range(2)]
    accounts = [_node(connection, "Account", i, f"a{i + 1}") for i in range(2)]
    ends = [("CONTROLS", 0, 0, "c1"), ("CONTROLS", 0, 0, "c2"), ("HOLDS", 1, 1, "h1")]
    for place, (type_, person, account, name) in enumerate(ends):
        number = (CATALOGUE.types[type_].number << 40) | place
        row = {"_rid": number, "_src": people[person], "_dst": accounts[account], "id": name}
        insert(connection, f'graph."{type_}"', {**row, **TIMES})
    made = EmbeddedEngine(connection, SCHEMA, budget_s=20)
    yield made
    made.close()


READ = """
MATCH (p)-[k:ACTS_THROUGH]->(a)
RETURN p.id, a.id, k.basis, k.grounds, k.rule, k.certainty, k.id
"""


def test_rows_that_agree_on_ends_and_key_become_one_fact(engine: EmbeddedEngine) -> None:
    assert engine.write("ACTS_THROUGH", RULE, rule="derive/acts_through@1") == 2
    rows = engine.run(READ).rows
    assert {(*row[:3], " ".join(row[3])) for row in rows if isinstance(row[3], list)} == {
        ("p1", "a1", "controls", "c1 c2"),
        ("p2", "a2", "holds", "h1"),
    }
    assert {row[4:6] for row in rows} == {("derive/acts_through@1", "inferred")}
    assert all(str(row[6]).startswith("ACTS_THROUGH;") and len(str(row[6])) == 29 for row in rows)


def test_ids_of_facts_do_not_depend_on_the_run(engine: EmbeddedEngine) -> None:
    engine.write("ACTS_THROUGH", RULE, rule="derive/acts_through@1")
    first = sorted(engine.run(READ).rows)
    with pytest.raises(InternalError, match="there already"):
        engine.write("ACTS_THROUGH", RULE, rule="derive/acts_through@1")
    assert sorted(engine.run(READ).rows) == first


def test_ends_that_the_type_does_not_allow_are_a_fault(engine: EmbeddedEngine) -> None:
    text = "MATCH (p:Person) RETURN p.id AS `from`, p.id AS `to`, [p.id] AS grounds"
    with pytest.raises(InternalError, match="ends"):
        engine.write("ACTS_THROUGH", text, rule="x@1")
    assert engine.run("MATCH ()-[k:ACTS_THROUGH]->() RETURN count(*) AS n").rows == [(0,)]


def test_a_rule_returns_just_what_its_type_takes(engine: EmbeddedEngine) -> None:
    start = "MATCH (p:Person)-[c:CONTROLS]->(a:Account) RETURN p.id AS `from`, a.id AS `to`"
    for rest in ("", ", [c.id] AS grounds, 1 AS basis", ", [c.id] AS grounds, 1 AS nonsense"):
        with pytest.raises(CypherError):
            engine.write("ACTS_THROUGH", start + rest, rule="x@1")
    with pytest.raises(InternalError):
        engine.write("CONTROLS", f"{start}, [c.id] AS grounds", rule="x@1")


def test_a_rule_without_rows_writes_nothing(engine: EmbeddedEngine) -> None:
    text = RULE.replace("RETURN", "WHERE p.id = 'nobody' RETURN", 1)
    assert engine.write("ACTS_THROUGH", text, rule="x@1") == 0


def test_a_label_test_is_checked_against_the_declared_schema(engine: EmbeddedEngine) -> None:
    with pytest.raises(CypherError) as caught:
        engine.run("MATCH (p:Person) WHERE p.platform = 'x' RETURN p.id")
    assert "property platform" in caught.value.reason
    with pytest.raises(CypherError) as caught:
        engine.run("MATCH (a:Acount) RETURN a.id")
    assert (caught.value.line, caught.value.column, caught.value.hint) == (
        1,
        10,
        "Did you mean Account?",
    )


def test_the_plan_and_the_sql_can_be_read(engine: EmbeddedEngine) -> None:
    text = "MATCH (p:Person)-[:CONTROLS]->(a) RETURN a.id AS id"
    assert "SELECT" in engine.sql(text)
    assert "SELECT" in engine.sql(text, "spark")
    assert engine.explain(text)
    with pytest.raises(Exception, match="no dialect"):
        engine.sql(text, "oracle")


def test_a_query_that_explodes_stops_at_its_budget() -> None:
    nodes = [{"id": i, "labels": ["A"], "properties": {"i": i}} for i in range(400)]
    graph = PropertyGraph.from_records(nodes, [], budget_s=0.5)
    started = perf_counter()
    with pytest.raises(LimitError) as caught:
        graph.query(
            "MATCH (a:A), (b:A), (c:A), (d:A) WHERE a.i * b.i - c.i * d.i = 7 RETURN count(*) AS n"
        )
    assert perf_counter() - started < 5
    assert "0.5 s" in caught.value.reason
    assert graph.query("RETURN 1 AS x").rows == [(1,)]


def test_results_unpack_and_become_dicts() -> None:
    graph = PropertyGraph.from_records([{"id": 1, "labels": ["A"], "properties": {"i": 3}}], [])
    result = graph.query("MATCH (a:A) RETURN a.i AS i, a.i / 2.0 AS half")
    columns, rows = result
    assert (columns, rows) == (("i", "half"), [(3, 1.5)])
    assert result.to_dicts() == [{"i": 3, "half": 1.5}]


def test_records_that_make_no_graph_are_refused() -> None:
    from graphmodel.errors import UsageError

    node = {"id": 1, "labels": ["A"], "properties": {}}
    for nodes, rels in (
        ([node, node], []),
        ([node], [{"id": 1, "type": "R", "from": 1, "to": 2}]),
        ([{"id": 1, "labels": "A", "properties": {}}], []),
        ([{"id": 1, "labels": ["A"], "properties": {"m": {"a": 1}}}], []),
        ([{"id": 1, "labels": ["A"], "properties": {"m": 2**63}}], []),
        ([{"id": 1, "labels": ["A"], "properties": {"m": object()}}], []),
    ):
        with pytest.raises(UsageError):
            PropertyGraph.from_records(nodes, rels)
