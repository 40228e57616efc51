"""Planning: statistics of degrees, orders of joins, and inner DISTINCT that costs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphmodel.case import Case
from graphmodel.query import PropertyGraph
from graphmodel.query.catalogue import Degrees

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "qingdao_relay"


@pytest.fixture(scope="module")
def graph() -> PropertyGraph:
    """300 persons who pay into 30 shops, one of which gets half; every third is married."""
    nodes: list[dict[str, object]] = [
        {"id": f"p{i}", "labels": ["Person"], "properties": {"n": i}} for i in range(300)
    ]
    nodes += [{"id": f"s{i}", "labels": ["Shop"], "properties": {"n": i}} for i in range(30)]
    shops = [0 if i % 2 else i % 30 for i in range(300)]
    links: list[dict[str, object]] = [
        {"type": "PAYS", "from": f"p{i}", "to": f"s{shop}"} for i, shop in enumerate(shops)
    ]
    links += [{"type": "WED", "from": f"p{i}", "to": f"p{i + 1}"} for i in range(0, 300, 3)]
    return PropertyGraph.from_records(nodes, links)


def test_degrees_of_records_are_counted(graph: PropertyGraph) -> None:
    catalogue = graph.catalogue
    known = {edge.type: catalogue.degrees[edge.table] for edge in catalogue.edges}
    assert known == {"PAYS": Degrees(300, 300, 15, 1, 160), "WED": Degrees(100, 100, 100, 1, 1)}
    assert known["PAYS"].distinct("_dst") == 15
    assert known["PAYS"].most("_dst") == 160


def test_degrees_of_a_case_are_kept_and_true(tmp_path: Path) -> None:
    path = tmp_path / "x.case.duckdb"
    with Case.import_(EXAMPLE, path) as case:
        made = case._case_file.degrees()  # noqa: SLF001
    with Case.open(path) as case:
        assert case._case_file.degrees() == made  # noqa: SLF001
        assert {"CONTROLS", "PARTY"} <= set(made)
        for type_ in case.schema().relationships:
            rows, sources, targets, most_out, most_in = made.get(type_, (0, 0, 0, 0, 0))
            start = f"MATCH (a)-[r:{type_}]->(b) "
            out = case.query(f"{start}WITH a, count(r) AS n RETURN count(*), max(n)").rows[0]
            into = case.query(f"{start}WITH b, count(r) AS n RETURN count(*), max(n), sum(n)").rows[
                0
            ]
            assert (sources, most_out or None) == out, type_
            assert (targets, most_in or None, rows) == into, type_


def test_a_join_begins_where_there_is_least(graph: PropertyGraph) -> None:
    spellings = (
        "MATCH (a:Person)-[:PAYS]->(s:Shop)<-[:PAYS]-(b:Person), (a)-[:WED]->(b) RETURN a.n AS n",
        "MATCH (a:Person)-[:WED]->(b:Person) MATCH (a)-[:PAYS]->(s)<-[:PAYS]-(b) RETURN a.n AS n",
    )
    for text in spellings:
        plan = graph.explain(text)
        assert max(step.rows for step in plan.steps) <= 300, plan
    assert sorted(graph.query(spellings[0]).rows) == sorted(graph.query(spellings[1]).rows)


FREE = (
    (
        "MATCH (a:Person)-[:PAYS]->(s) WITH DISTINCT a, s MATCH (a)-[:WED]->(b) "
        "RETURN DISTINCT b.n AS n, s.n AS m"
    ),
    (
        "MATCH (a:Person)-[:WED]->(b) WITH DISTINCT a, b MATCH (a)-[:PAYS]->(s) RETURN a.n AS n "
        "UNION MATCH (s:Shop) RETURN s.n AS n"
    ),
)
KEPT = (
    "MATCH (a:Person)-[:PAYS]->(s) WITH DISTINCT s MATCH (s)<-[:PAYS]-(b) RETURN b.n AS n",
    "MATCH (a:Person)-[:PAYS]->(s) WITH DISTINCT s RETURN count(s) AS n",
    "MATCH (a:Person)-[:PAYS]->(s) WITH DISTINCT s, a.n % 2 AS odd RETURN DISTINCT s.n AS n, odd",
    "MATCH (a:Person)-[:PAYS]->(s)<-[:PAYS]-(b) WITH DISTINCT s MATCH (s) RETURN DISTINCT s.n AS n",
    "MATCH (a:Person)-[:PAYS]->(s) WITH DISTINCT s LIMIT 40 RETURN DISTINCT s.n AS n",
    "MATCH (a:Person)-[:PAYS]->(s) WITH DISTINCT s RETURN s.n AS n UNION ALL RETURN 1 AS n",
)


@pytest.mark.parametrize("text", FREE)
def test_an_inner_distinct_that_changes_nothing_is_left_out(
    graph: PropertyGraph, text: str
) -> None:
    held = graph.sql(text)
    assert held.count("DISTINCT") == ("UNION" not in text)
    plain = text.replace("WITH DISTINCT", "WITH")
    assert set(graph.query(text).rows) == set(graph.query(plain).rows)
    assert len(set(graph.query(text).rows)) == len(graph.query(text).rows)


@pytest.mark.parametrize("text", KEPT)
def test_an_inner_distinct_that_counts_is_kept(graph: PropertyGraph, text: str) -> None:
    before = text.count("DISTINCT")
    assert graph.sql(text).count("DISTINCT") >= before
    assert graph.query(text).rows


def test_distinct_before_many_rows_gives_each_once(graph: PropertyGraph) -> None:
    text = "MATCH (a:Person)-[:PAYS]->(s) WITH DISTINCT s MATCH (s)<-[:PAYS]-(b) RETURN b.n AS n"
    assert len(graph.query(text).rows) == 300
    grouped = "MATCH (a:Person)-[:PAYS]->(s) WITH DISTINCT s RETURN count(s) AS n"
    assert graph.query(grouped).rows == [(15,)]


def test_records_of_every_kind_keep_their_types() -> None:
    values = [1, 2**62, -(2**63), 1.5, "a", "é", True, ["x"], [1, 2], [1.5], [True]]
    nodes = [
        {"id": i, "labels": ["A"], "properties": {"v": value, f"own{i}": value}}
        for i, value in enumerate(values)
    ]
    graph = PropertyGraph.from_records(nodes, [])
    for i, value in enumerate(values):
        rows = graph.query(f"MATCH (a:A) WHERE a.own{i} IS NOT NULL RETURN a.own{i} AS own").rows
        assert repr(rows) == repr([(value,)])
