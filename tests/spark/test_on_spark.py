"""Queries, rules and questions on Spark: the SQL runs unmodified, the rows are those of Neo4j.

All stand in one file, so that one Spark serves them all; queries run in batches, two at a time.
What `outside` lists must fail by name, and nothing else may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graphmodel.derive.runner import DeriveParams
from graphmodel.detect.discovery import typologies
from graphmodel.errors import CypherError, GraphmodelError
from graphmodel.query.questions import question, questions
from graphmodel.query.rules import rule, rule_names
from tests.needs import ROOT
from tests.parity.copying import multiset
from tests.spark.cases import PEOPLE, Asked, asked, refused
from tests.spark.outside import OUTSIDE
from tests.spark.stage import Stage, answers
from tests.unit.query.graphs import people, typed
from tests.unit.query.test_values import ANSWERS, ERRORS, PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.spark
BATCH = 50
RULES = [f"{kind}/{stem}" for kind in ("derive", "typologies") for stem in rule_names(kind)]
FOLDERS = [
    ROOT / "examples" / "qingdao_relay",
    ROOT / "examples" / "innocent_agency",
    ROOT / "tests" / "typologies" / "resale_loop" / "guilty_there_and_back",
]


def batches() -> list[tuple[str, str, int, list[Asked]]]:
    """Return the cases in batches: graph, group, number and the cases."""
    by_group: dict[tuple[str, str], list[Asked]] = {}
    for case in asked():
        by_group.setdefault((case.graph, case.group), []).append(case)
    return [
        (graph, group, start, cases[start : start + BATCH])
        for (graph, group), cases in by_group.items()
        for start in range(0, len(cases), BATCH)
    ]


BATCHES = batches()


def wrong(found: Mapping[str, bool]) -> list[str]:
    """Return the cases that differ and are not listed, and those that are listed and work."""
    return [name for name, equal in found.items() if equal is (name in OUTSIDE)]


@pytest.mark.parametrize(
    ("graph", "cases"),
    [(graph, cases) for graph, _, _, cases in BATCHES],
    ids=[f"{graph}-{group}-{start}" for graph, group, start, _ in BATCHES],
)
def test_the_rows_are_neo4js(graph: str, cases: list[Asked], stage: Stage) -> None:
    given = answers(stage.graph(graph), [(case.text, case.params) for case in cases])
    found = {
        case.id: not isinstance(answer, GraphmodelError)
        and case.comparable(answer[1]) == case.comparable(case.rows)
        for case, answer in zip(cases, given, strict=True)
    }
    assert not wrong(found)


@pytest.mark.parametrize("start", range(0, len(ANSWERS), BATCH // 2))
def test_expressions_have_neo4js_values(start: int, stage: Stage) -> None:
    part = ANSWERS[start : start + BATCH // 2]
    columns = ", ".join(f"{text} AS x{place}" for place, (text, _) in enumerate(part))
    rows = stage.graph(PEOPLE).run(f"RETURN {columns}").rows
    differ = [
        (text, value)
        for (text, expected), value in zip(part, rows[0], strict=True)
        if typed([value]) != typed([expected])
    ]
    assert not differ


def refusal_of(answer: object) -> tuple[object, ...] | None:
    """Return what an error says and where; None for rows and for other errors."""
    if isinstance(answer, CypherError):
        return answer.reason, answer.hint, answer.line, answer.column
    return None


def test_what_has_no_answer_is_refused_in_the_same_words(stage: Stage) -> None:
    texts: list[tuple[str, Mapping[str, Any]]] = [(f"RETURN {e} AS x", {}) for e, _ in ERRORS]
    texts += [*refused(), *((text, {}) for text in WHOLE)]
    given = answers(stage.graph(PEOPLE), texts)
    ours = people()
    for (text, params), answer in zip(texts, given, strict=True):
        with pytest.raises(CypherError) as caught:
            ours.query(text, params)
        if refusal_of(answer) != refusal_of(caught.value):
            # Spark stops at a number of rows before anything is computed
            assert isinstance(answer, CypherError), text
            assert "number of rows" in answer.reason, text
        assert "SELECT" not in str(answer)


WHOLE = [
    "MATCH (a:Person) RETURN a",
    "MATCH (a:Person)-[r:KNOWS]->(b) RETURN a.id,\n  r AS 关系",
    "MATCH p = (a:Person)-[:KNOWS]->(b) RETURN p",
    "MATCH (a:Person) RETURN collect(a) AS l",
]
"""Whole entities as columns, which only rows of entities make an error."""


def test_a_whole_entity_that_is_always_null_is_a_column(stage: Stage) -> None:
    text = "OPTIONAL MATCH (a:Person {id: 'nobody'}) RETURN a"
    assert stage.graph(PEOPLE).run(text).rows == people().query(text).rows == [(None,)]


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (a:Person)-[r:KNOWS*1..3]->(b) WHERE a.name = $s RETURN b.id, size(r) AS n",
        "MATCH (a:Person {id: 'p1'})-[r*1..2]-(b) RETURN b.id, size(r) AS n",
        "MATCH (a:Boss)-[r*0..2]->(b) WHERE a.age > $i AND b.id <> 'p3' RETURN a.id, b.id",
    ],
)
def test_a_walk_begins_where_its_start_may_stand(text: str, stage: Stage) -> None:
    ours, params = people(), {"s": "Ann", "i": 3}
    assert "`_src` IN (SELECT" in ours.sql(text, "spark", params)
    expected = ours.query(text, params).rows
    assert expected
    assert multiset(stage.graph(PEOPLE).run(text, params).rows) == multiset(expected)


def test_parameters_keep_their_types(stage: Stage) -> None:
    engine = stage.graph(PEOPLE)
    text = "RETURN $i, $f, $s, $b, $n, $l, $e, $m, $mix"
    names = ("i", "f", "s", "b", "n", "l", "e", "m", "mix")
    expected = [tuple(PARAMETERS[name] for name in names)]
    assert typed(engine.run(text, PARAMETERS).rows) == typed(expected)
    odd = {
        "t": "', :x) --\\ \" \u0000 😀",
        "l": ['a"]', None, "{}"],
        "d": [1.5, None, float("inf")],
    }
    assert engine.run("RETURN $t, $l, $d", odd).rows == [(odd["t"], odd["l"], odd["d"])]


def test_the_sql_runs_as_it_is_given(stage: Stage) -> None:
    engine = stage.graph(PEOPLE)
    text, params = "MATCH (p:Person) WHERE p.name = $s RETURN p.id AS id", {"s": "Ann"}
    rows = stage.session.sql(people().sql(text, "spark", params), args={"p1": "Ann"}).collect()
    assert [tuple(row) for row in rows] == engine.run(text, params).rows == [("p1",)]


def params_of(name: str) -> dict[str, Any]:
    """Return the default parameters that a rule asks for."""
    folder, stem = name.split("/")
    given = DeriveParams() if folder == "derive" else typologies()[stem].params()
    values = given.model_dump()
    return {key: values[key] for key in rule(name).params}


def shipped() -> dict[str, tuple[str, dict[str, Any]]]:
    """Return text and default parameters of every shipped rule and question, by name."""
    made = {name: (rule(name).text, params_of(name)) for name in RULES}
    for name in sorted(questions()):
        made[f"explore/{name}"] = (question(name).text, question(name).bound({}))
    return made


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_rules_and_questions_give_the_rows_of_duckdb(folder: Path, stage: Stage) -> None:
    case, engine = stage.case(folder)
    texts = shipped()
    found = {}
    for name, answer in zip(texts, answers(engine, texts.values()), strict=True):
        ours = case.query(*texts[name])
        found[name] = (
            not isinstance(answer, GraphmodelError)
            and answer[0] == tuple(ours.columns)
            and multiset(answer[1]) == multiset(ours.rows)
        )
    assert not wrong(found)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_nodes_and_links_are_those_of_duckdb(folder: Path, stage: Stage) -> None:
    case, engine = stage.case(folder)
    rows = engine.nodes("Deal", ["id", "kind", "total_minor"], None)
    text = "MATCH (d:Deal) RETURN d.id, d.kind, d.total_minor"
    assert multiset(rows) == multiset(case.query(text).rows)
    some = [str(row[0]) for row in rows[:1]]
    assert engine.nodes("Deal", ["id"], some) == [(some[0],)]
    text = "MATCH (d:Deal)-[:SELLER]->(a:Account) RETURN 'Deal', d.id, 'Account', a.id"
    assert multiset(engine.links("SELLER", [], None, None)) == multiset(case.query(text).rows)
    of_one = {row for row in case.query(text).rows if row[1] == some[0]}
    assert set(engine.links("SELLER", [], some, None)) == of_one


def test_what_is_outside_is_a_case_with_a_reason() -> None:
    ids = [case.id for case in asked()]
    assert OUTSIDE.keys() <= {*ids, *shipped()}
    assert len(ids) == len(set(ids))
    assert all(reason.strip() for reason in OUTSIDE.values())
