"""`explain`: steps in words with rows that are counted, in both languages, and the SQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphmodel.case import Case
from graphmodel.errors import CypherError, LimitError
from graphmodel.query import PropertyGraph
from graphmodel.query.rules import rule, rule_names

if TYPE_CHECKING:
    from graphmodel.query.explain import Explanation
    from graphmodel.texts import Language

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "qingdao_relay"


@pytest.fixture(scope="module")
def graph() -> PropertyGraph:
    """60 nodes A, 40 nodes B; every A has three R to B and one S to an A."""
    nodes = [{"id": f"a{i}", "labels": ["A"], "properties": {"i": i}} for i in range(60)]
    nodes += [{"id": f"b{i}", "labels": ["B"], "properties": {"i": i}} for i in range(40)]
    links = [
        {"type": "R", "from": f"a{i}", "to": f"b{(i + j) % 40}"}
        for i in range(60)
        for j in (0, 1, 5)
    ]
    links += [{"type": "S", "from": f"a{i}", "to": f"a{(i * 7) % 60}"} for i in range(60)]
    return PropertyGraph.from_records(nodes, links)


QUERIES = {
    "MATCH (a:A) RETURN a.i AS i": ("Start from the 60 nodes :A",),
    "MATCH (a:A)-[:R]->(b:B) WHERE a.i = 3 RETURN b.i AS i": ("Follow -[:R]->", "(i = 3)"),
    "MATCH (b:B {i: 3})<-[:R]-(a) RETURN a.i AS i": ("Follow <-[:R]-", "(4.5 per node)"),
    "MATCH (a)-[:S]-(b) WHERE b.i = 7 RETURN a.i AS i": ("both ways",),
    "MATCH (a:A) WHERE EXISTS { (a)-[:R]->(:B {i: 1}) } RETURN a.i AS i": ("Semi-join",),
    "MATCH (a:A) WHERE NOT (a)-[:S]->(a) RETURN a.i AS i": ("have a match",),
    "MATCH (a:A) OPTIONAL MATCH (a)-[:S]->(b) WHERE b.i < 3 RETURN a.i AS i, b.i AS j": (
        "Optional: ",
    ),
    "MATCH (a:A)-[:R]->(b) RETURN b.i AS i, count(*) AS n ORDER BY n LIMIT 4": (
        "Group and aggregate",
        "Sort and keep the first 4",
    ),
    "MATCH (a:A) RETURN count(*) AS n": ("Return the answer",),
    "MATCH (a:A)-[:S*1..3]->(b) WHERE a.i = 5 RETURN b.i AS i": ("Walk paths", "at most 3"),
    "MATCH (a:A) RETURN a.i AS i UNION MATCH (b:B) RETURN b.i AS i": ("Keep different rows once",),
    "UNWIND [3, 1, 2] AS x RETURN x ORDER BY x": ("Unwind the list", "Sort"),
    "MATCH (a:A), (b:B) WHERE a.i = b.i RETURN a.i AS i": (":A", ":B"),
    "RETURN 1 AS x": ("Return the answer",),
    "MATCH (a:A) WHERE a.i > 1000 RETURN a.i AS i": ("Return the answer",),
}


def _words(plan: Explanation) -> str:
    return "\n".join(step.words for step in plan.steps)


@pytest.mark.parametrize("text", QUERIES)
def test_the_last_step_has_the_rows_of_the_answer(graph: PropertyGraph, text: str) -> None:
    plan = graph.explain(text)
    assert plan.rows == plan.steps[-1].rows == len(graph.query(text).rows)
    assert [step.number for step in plan.steps] == list(range(1, len(plan.steps) + 1))
    for words in QUERIES[text]:
        assert words in _words(plan)
    assert plan.run_ms > 0
    assert all(step.milliseconds >= 0 and step.estimated >= 0 for step in plan.steps)
    assert "SELECT" in plan.sql


def test_rows_on_the_way_are_counted(graph: PropertyGraph) -> None:
    plan = graph.explain("MATCH (a:A)-[:S]->(b:A)-[:R]->(c) RETURN c.i AS i, count(*) AS n")
    rows = [step.rows for step in plan.steps]
    assert 180 in rows
    assert rows[-1] == 40


def test_estimates_come_from_degrees(graph: PropertyGraph) -> None:
    plan = graph.explain("MATCH (a:A)-[:S]->(b:A)-[:R]->(c:B) RETURN a.i AS i, c.i AS j")
    followed = next(step for step in plan.steps if "-[:R]->" in step.words)
    assert followed.estimated == followed.rows == 180
    assert "(3.0 per node)" in followed.words


def test_both_languages_and_the_table(graph: PropertyGraph) -> None:
    text = "MATCH (a:A)-[:R]->(b:B) WHERE a.i = 3 RETURN b.i AS i ORDER BY i"
    told: dict[Language, Explanation] = {
        "zh": graph.explain(text, language="zh"),
        "en": graph.explain(text, language="en"),
    }
    assert "返回结果" in str(told["zh"])
    assert "预计行数" in str(told["zh"])
    assert "Return the answer" in str(told["en"])
    assert [s.rows for s in told["zh"].steps] == [s.rows for s in told["en"].steps]
    lines = str(told["en"]).splitlines()
    assert lines[0].split() == ["expected", "rows", "ms", "step"]
    assert lines[1 : len(told["en"].steps) + 1] == [
        line for line in lines if line.lstrip()[:1].isdigit()
    ]


def test_parameters_are_bound(graph: PropertyGraph) -> None:
    plan = graph.explain("MATCH (a:A) WHERE a.i < $most RETURN a.i AS i", {"most": 7})
    assert plan.rows == 7
    with pytest.raises(CypherError, match="no value"):
        graph.explain("MATCH (a:A) WHERE a.i < $most RETURN a.i AS i")


def test_a_query_that_explodes_is_not_explained_for_ever() -> None:
    nodes = [{"id": i, "labels": ["A"], "properties": {"i": i}} for i in range(400)]
    hurried = PropertyGraph.from_records(nodes, [], budget_s=0.4)
    text = "MATCH (a:A), (b:A), (c:A), (d:A) WHERE a.i * b.i - c.i * d.i = 7 RETURN count(*) AS n"
    with pytest.raises(LimitError, match=r"0\.4 s"):
        hurried.explain(text)


def test_every_shipped_rule_is_explained_with_its_rows() -> None:
    from graphmodel.derive.runner import DeriveParams
    from graphmodel.detect.discovery import typologies

    with Case.open(EXAMPLE) as case:
        for kind in ("derive", "typologies"):
            for stem in rule_names(kind):
                found = rule(f"{kind}/{stem}")
                model = typologies()[stem].params() if kind == "typologies" else DeriveParams()
                values = {n: v for n, v in model.model_dump().items() if n in found.params}
                plan = case.explain_query(found.text, values, "zh")
                assert plan.rows == len(case.query(found.text, values).rows), stem
                assert "数据库的工作" not in str(plan), stem


def test_a_case_is_explained_in_its_language() -> None:
    with Case.open(EXAMPLE) as case:
        plan = case.explain_query("MATCH (p:Person)-[:ACTS_THROUGH]->(a:Account) RETURN a.id AS id")
        assert plan.language == (case.language or "en")
        assert "ACTS_THROUGH" in str(plan)
