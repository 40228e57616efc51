"""Properties by name, projections, and mixes that hold nodes, as on Neo4j 5.26.30."""

from __future__ import annotations

import json

import pytest

from graphmodel.query import CypherError
from tests.unit.query.graphs import people, typed

GRAPH = people()
PARAMETERS = {
    "i": 3,
    "f": 1.5,
    "s": "Ann",
    "b": True,
    "n": None,
    "l": [1, 2, 3],
    "e": [],
    "m": {"a": 1, "b": "x"},
    "mm": {},
    "mix": [1, "a", 2.5, True, None, {"a": 1}, {"b": [1, "x"]}, [1, "x"], {}],
    "v": {"key": [1], "value": [2]},
    "cs": {"a": 1, "A": 2},
    "deep": {"x": {"y": [{"z": 1}, {"w": None}, {}]}},
    "k": "name",
}
ANSWERS: list[tuple[str, list[tuple[object, ...]]]] = [
    (
        "MATCH (n:Person) WITH [n, 1] AS l RETURN labels(l[0])",
        [(["Person"],), (["Person", "Boss"],), (["Person"],)],
    ),
    (
        (
            "MATCH (n:Person)-[r:KNOWS]->(m) WITH [n, r, 1] AS l RETURN type(l[1]), "
            "l[0].name, l[1].since, labels(l[0])"
        ),
        [
            ("KNOWS", "Bob", 5, ["Person", "Boss"]),
            ("KNOWS", "Ann", None, ["Person"]),
            ("KNOWS", None, 1, ["Person"]),
            ("KNOWS", "Ann", 4, ["Person"]),
            ("KNOWS", "Ann", 3, ["Person"]),
        ],
    ),
    (
        (
            "MATCH (n:Person)-[r:KNOWS]->(m) WITH [n, r, {name:'x'}] AS l UNWIND l AS x "
            "RETURN x.name"
        ),
        [
            ("Bob",),
            (None,),
            ("x",),
            ("Ann",),
            (None,),
            ("x",),
            (None,),
            (None,),
            ("x",),
            ("Ann",),
            (None,),
            ("x",),
            ("Ann",),
            (None,),
            ("x",),
        ],
    ),
    (
        "MATCH (n:Person) WITH [n, 1] AS l UNWIND l AS x WITH DISTINCT x RETURN count(*)",
        [(4,)],
    ),
    (
        "MATCH (n:Person) RETURN keys({a: n}), {a: n}.a.name",
        [(["a"], "Ann"), (["a"], "Bob"), (["a"], None)],
    ),
    (
        "MATCH (n) UNWIND keys(n) AS k RETURN n.id, k, n[k]",
        [
            ("p1", "age", 30),
            ("p1", "name", "Ann"),
            ("p1", "h", 1.5),
            ("p1", "id", "p1"),
            ("p2", "age", 40),
            ("p2", "name", "Bob"),
            ("p2", "h", 2.0),
            ("p2", "id", "p2"),
            ("p3", "id", "p3"),
            ("p3", "age", -7),
            ("a1", "platform", "wechat"),
            ("a1", "n", 3),
            ("a1", "tags", ["x", "y"]),
            ("a1", "id", "a1"),
            ("a2", "platform", "alipay"),
            ("a2", "n", 3.0),
            ("a2", "id", "a2"),
            ("z", "n", "three"),
            ("z", "x", True),
            ("z", "id", "z"),
            ("q1", "key", "a b"),
            ("q1", "name", "张三"),
            ("q1", "id", "q1"),
        ],
    ),
    (
        "MATCH (n) UNWIND ['name','age','nope',null] AS k RETURN n.id, k, n[k]",
        [
            ("p1", "name", "Ann"),
            ("p1", "age", 30),
            ("p1", "nope", None),
            ("p1", None, None),
            ("p2", "name", "Bob"),
            ("p2", "age", 40),
            ("p2", "nope", None),
            ("p2", None, None),
            ("p3", "name", None),
            ("p3", "age", -7),
            ("p3", "nope", None),
            ("p3", None, None),
            ("a1", "name", None),
            ("a1", "age", None),
            ("a1", "nope", None),
            ("a1", None, None),
            ("a2", "name", None),
            ("a2", "age", None),
            ("a2", "nope", None),
            ("a2", None, None),
            ("z", "name", None),
            ("z", "age", None),
            ("z", "nope", None),
            ("z", None, None),
            ("q1", "name", "张三"),
            ("q1", "age", None),
            ("q1", "nope", None),
            ("q1", None, None),
        ],
    ),
    (
        "MATCH (n) RETURN n.id, [k IN keys(n) WHERE k <> 'id' | n[k]] = []",
        [
            ("p1", False),
            ("p2", False),
            ("p3", False),
            ("a1", False),
            ("a2", False),
            ("z", False),
            ("q1", False),
        ],
    ),
    (
        "MATCH (n)-[r]->() UNWIND keys(r) AS k RETURN k, r[k]",
        [
            ("since", 5),
            ("since", 1),
            ("since", 2),
            ("to", "p3"),
            ("since", 1),
            ("since", 4),
            ("w", 0.5),
            ("since", 3),
        ],
    ),
    (
        ("OPTIONAL MATCH (n:Person {id:'nope'}) RETURN n['name'], keys(n), properties(n), n{.id}"),
        [(None, None, None, None)],
    ),
    (
        "MATCH (n) RETURN properties(n) = {id: 'z', x: true, n: 'three'}",
        [(False,), (False,), (False,), (False,), (False,), (True,), (False,)],
    ),
    (
        "MATCH (n) RETURN DISTINCT properties(n) AS p",
        [
            ({"name": "Ann", "h": 1.5, "id": "p1", "age": 30},),
            ({"name": "Bob", "h": 2.0, "id": "p2", "age": 40},),
            ({"id": "p3", "age": -7},),
            ({"id": "a1", "platform": "wechat", "n": 3, "tags": ["x", "y"]},),
            ({"id": "a2", "platform": "alipay", "n": 3.0},),
            ({"x": True, "id": "z", "n": "three"},),
            ({"name": "张三", "id": "q1", "key": "a b"},),
        ],
    ),
    (
        "MATCH (n) WITH properties(n) AS p RETURN p ORDER BY p",
        [
            ({"id": "p3", "age": -7},),
            ({"name": "张三", "id": "q1", "key": "a b"},),
            ({"id": "a2", "platform": "alipay", "n": 3.0},),
            ({"x": True, "id": "z", "n": "three"},),
            ({"name": "Ann", "h": 1.5, "id": "p1", "age": 30},),
            ({"name": "Bob", "h": 2.0, "id": "p2", "age": 40},),
            ({"id": "a1", "platform": "wechat", "n": 3, "tags": ["x", "y"]},),
        ],
    ),
    (
        "MATCH (n:Person) RETURN n {.id, .name, x: n.age + 1} AS m",
        [
            ({"name": "Ann", "x": 31, "id": "p1"},),
            ({"name": "Bob", "x": 41, "id": "p2"},),
            ({"name": None, "x": -6, "id": "p3"},),
        ],
    ),
    (
        "MATCH (n)-[r]->() RETURN properties(r) AS p, count(*)",
        [
            ({"since": 5}, 1),
            ({}, 3),
            ({"since": 1}, 2),
            ({"since": 2}, 1),
            ({"to": "p3"}, 1),
            ({"since": 4}, 1),
            ({"w": 0.5, "since": 3}, 1),
        ],
    ),
    (
        "MATCH (n) RETURN n.n, n.n = 3, n.n < 4, n.n IN [3,'three']",
        [
            (None, None, None, None),
            (None, None, None, None),
            (None, None, None, None),
            (3, True, True, True),
            (3.0, True, True, True),
            ("three", False, None, True),
            (None, None, None, None),
        ],
    ),
    (
        "MATCH (n) RETURN min(n.n), max(n.n)",
        [("three", 3)],
    ),
    (
        "MATCH (n) WITH n.n AS v ORDER BY v RETURN collect(v)",
        [(["three", 3, 3.0],)],
    ),
    (
        (
            "MATCH (n:Person) RETURN percentileCont(n.age, 0.5), percentileDisc(n.age, 0.4), "
            "stDev(n.h), stDevP(n.age)"
        ),
        [(30, 30, 0.3535533905932738, 20.215505600075073)],
    ),
    (
        "MATCH (n) RETURN labels(n) AS l, stDev(n.age), percentileDisc(n.age, 0.9)",
        [
            (["Person"], 26.16295090390226, 30),
            (["Person", "Boss"], 0.0, 40),
            (["Account"], None, None),
            ([], None, None),
            (["Persona"], None, None),
        ],
    ),
    (
        "MATCH (n:Person) RETURN n.id ORDER BY [n.age, n.name]",
        [("p3",), ("p1",), ("p2",)],
    ),
    (
        "MATCH (n:Person) RETURN n.id ORDER BY {a: n.name, b: n.age}",
        [("p1",), ("p2",), ("p3",)],
    ),
    (
        "MATCH (n:Account) RETURN n.tags, n.tags = ['x','y'], n.tags < ['z'], n.tags + 1",
        [(["x", "y"], True, True, ["x", "y", 1]), (None, None, None, None)],
    ),
    (
        "MATCH (n) WHERE n.n = 3 RETURN n.id",
        [("a1",), ("a2",)],
    ),
    (
        (
            "MATCH (n:Person) WITH collect({id: n.id, age: n.age}) AS l UNWIND l AS x RETURN "
            "x.id, x.age ORDER BY x.id"
        ),
        [("p1", 30), ("p2", 40), ("p3", -7)],
    ),
    (
        (
            "MATCH (n:Person) WITH CASE WHEN n.age > 0 THEN {id: n.id} ELSE {age: n.age} END "
            "AS m RETURN m, m.id, m.age, keys(m)"
        ),
        [
            ({"id": "p1"}, "p1", None, ["id"]),
            ({"id": "p2"}, "p2", None, ["id"]),
            ({"age": -7}, None, -7, ["age"]),
        ],
    ),
    (
        (
            "MATCH (n:Person) RETURN CASE n.id WHEN 'p1' THEN {a:1} WHEN 'p2' THEN [1] ELSE "
            "'x' END AS v"
        ),
        [({"a": 1},), ([1],), ("x",)],
    ),
    (
        "MATCH (n:Person) RETURN CASE n.id WHEN 'p1' THEN {} WHEN 'p2' THEN {a:{}} END AS v",
        [({},), ({"a": {}},), (None,)],
    ),
    (
        "UNWIND $mix AS x RETURN x, x = 1, x < 2, x IN $mix, [x] IN [[1]]",
        [
            (1, True, True, True, True),
            ("a", False, None, True, False),
            (2.5, False, False, True, False),
            (True, False, None, True, False),
            (None, None, None, None, None),
            ({"a": 1}, False, None, True, False),
            ({"b": [1, "x"]}, False, None, True, False),
            ([1, "x"], False, None, True, False),
            ({}, False, None, True, False),
        ],
    ),
    (
        "UNWIND $mix AS x WITH x ORDER BY x RETURN collect(x)",
        [([{}, {"a": 1}, {"b": [1, "x"]}, [1, "x"], "a", True, 1, 2.5],)],
    ),
    (
        "RETURN $mix, $deep, $cs, $v, $mm, $deep.x.y[0].z, $cs.A, $cs.a, keys($cs), $v.value",
        [
            (
                [1, "a", 2.5, True, None, {"a": 1}, {"b": [1, "x"]}, [1, "x"], {}],
                {"x": {"y": [{"z": 1}, {"w": None}, {}]}},
                {"a": 1, "A": 2},
                {"value": [2], "key": [1]},
                {},
                1,
                2,
                1,
                ["a", "A"],
                [2],
            )
        ],
    ),
    (
        "RETURN $mix = $mix, $deep = $deep, $mm = {}, $cs = {A:2,a:1}",
        [(None, None, True, True)],
    ),
    (
        "WITH $deep AS d RETURN d.x.y[1], d['x'], d[$k], d.x.y[2], size(d.x.y)",
        [({"w": None}, {"y": [{"z": 1}, {"w": None}, {}]}, None, {}, 3)],
    ),
    (
        "UNWIND [{A:1,a:2},{a:3}] AS m RETURN m.A, m.a, keys(m), m",
        [(1, 2, ["A", "a"], {"A": 1, "a": 2}), (None, 3, ["a"], {"a": 3})],
    ),
]


def _key(row: tuple[object, ...]) -> str:
    return json.dumps(row, sort_keys=True)


@pytest.mark.parametrize(("text", "rows"), ANSWERS, ids=[text for text, _ in ANSWERS])
def test_the_rows_are_neo4js(text: str, rows: list[tuple[object, ...]]) -> None:
    found = GRAPH.query(text, PARAMETERS).rows
    if "ORDER BY" not in text:
        found, rows = sorted(found, key=_key), sorted(rows, key=_key)
    assert typed(found) == typed(rows)


ERRORS = [
    "MATCH (n:Person) WITH [n, 1] AS l RETURN labels(l[1])",
    (
        "MATCH (n:Person) WITH [n, 1, null] AS l UNWIND l AS x RETURN x = 1, x = n, x IS "
        "NULL, x IN [n], x <> n"
    ),
    (
        "MATCH (n:Person) WITH [n, 1] AS l RETURN size([x IN l WHERE x = 1]), size([x IN "
        "l WHERE x = n])"
    ),
    "MATCH (n:Person) WITH {a: n, b: 1} AS m RETURN m['a'] = n, m.a.name, m['b']",
]


@pytest.mark.parametrize("text", ERRORS)
def test_what_neo4j_refuses_has_no_answer(text: str) -> None:
    with pytest.raises(CypherError) as caught:
        GRAPH.query(text, PARAMETERS)
    assert caught.value.line == 1
