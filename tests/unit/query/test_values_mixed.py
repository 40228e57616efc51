"""Lists of mixed items, maps, and what is read from them, as on Neo4j 5.26.30."""

from __future__ import annotations

import json

import pytest

from graphmodel.query import CypherError
from tests.unit.query.graphs import people, typed

GRAPH = people()
ANSWERS: list[tuple[str, list[tuple[object, ...]]]] = [
    (
        "RETURN {a:1} = {} AS x",
        [(False,)],
    ),
    (
        "RETURN {} = {} AS x",
        [(True,)],
    ),
    (
        "RETURN {a:1,b:2} = {b:2,a:1} AS x",
        [(True,)],
    ),
    (
        "RETURN {a:null} = {} AS x",
        [(False,)],
    ),
    (
        "RETURN {a:null} = {a:1} AS x",
        [(None,)],
    ),
    (
        "RETURN {a:null,b:1} = {a:1,b:2} AS x",
        [(False,)],
    ),
    (
        "RETURN {a:[1,null]} = {a:[1,2]} AS x",
        [(None,)],
    ),
    (
        "RETURN {a:1}['b'] AS x",
        [(None,)],
    ),
    (
        "RETURN {a:1,A:2}['A'] AS x",
        [(2,)],
    ),
    (
        "RETURN {a:1}[null] AS x",
        [(None,)],
    ),
    (
        "RETURN null['a'] AS x",
        [(None,)],
    ),
    (
        "RETURN keys({}) AS x",
        [([],)],
    ),
    (
        "RETURN keys({b:1,a:2,zz:3,name:4,age:5,address:6}) AS x",
        [(["zz", "a", "b", "address", "name", "age"],)],
    ),
    (
        "RETURN isEmpty({}) AS x",
        [(True,)],
    ),
    (
        "RETURN isEmpty([]) AS x",
        [(True,)],
    ),
    (
        "RETURN isEmpty('') AS x",
        [(True,)],
    ),
    (
        "RETURN isEmpty(null) AS x",
        [(None,)],
    ),
    (
        "UNWIND [1,[2,3],{a:1},'x',null] AS x UNWIND x AS y RETURN y",
        [(1,), (2,), (3,), ({"a": 1},), ("x",)],
    ),
    (
        "RETURN [0.0/0] = [0.0/0] AS x",
        [(False,)],
    ),
    (
        "RETURN [1,0.0/0] = [1,0.0/0] AS x",
        [(False,)],
    ),
    (
        "RETURN {a:0.0/0} = {a:0.0/0} AS x",
        [(False,)],
    ),
    (
        "RETURN 0.0/0 IN [0.0/0] AS x",
        [(False,)],
    ),
    (
        "RETURN [0.0/0] IN [[0.0/0]] AS x",
        [(False,)],
    ),
    (
        "UNWIND [[1],'abc'] AS x RETURN size(x), head([x]), reverse(x)",
        [(1, [1], [1]), (3, "abc", "cba")],
    ),
    (
        "UNWIND [[1],{a:1}] AS x RETURN isEmpty(x)",
        [(False,), (False,)],
    ),
    (
        "UNWIND [1,{a:1}] AS x RETURN x = {a:1}, x IN [{a:1}], {a: x}",
        [(False, False, {"a": 1}), (True, True, {"a": {"a": 1}})],
    ),
    (
        "UNWIND [1,{a:1},'a'] AS x UNWIND [1,{a:1},'a'] AS y RETURN x = y",
        [(True,), (False,), (False,), (False,), (True,), (False,), (False,), (False,), (True,)],
    ),
    (
        "WITH {a:1,b:2} AS m UNWIND keys(m) AS k RETURN k, m[k]",
        [("a", 1), ("b", 2)],
    ),
    (
        "WITH {a:1,b:'x'} AS m UNWIND ['a','b','c',null] AS k RETURN k, m[k]",
        [("a", 1), ("b", "x"), ("c", None), (None, None)],
    ),
    (
        "WITH {a:null} AS m RETURN m.a, keys(m), properties(m)",
        [(None, ["a"], {"a": None})],
    ),
    (
        "WITH {a:1} AS m RETURN m{.a, b:2, .zz}",
        [({"zz": None, "a": 1, "b": 2},)],
    ),
    (
        "WITH null AS m RETURN m{.a, b:2}",
        [(None,)],
    ),
    (
        "RETURN coalesce({a:1}, 1) AS x",
        [({"a": 1},)],
    ),
    (
        "RETURN CASE WHEN true THEN {a:1} ELSE [1] END AS x",
        [({"a": 1},)],
    ),
    (
        "RETURN [{a:1},{b:'x'},null,{}] AS x",
        [([{"a": 1}, {"b": "x"}, None, {}],)],
    ),
    (
        "RETURN [{a:1,A:2},{a:3}] AS x",
        [([{"a": 1, "A": 2}, {"a": 3}],)],
    ),
    (
        "RETURN [1] + {a:1} AS x",
        [([1, {"a": 1}],)],
    ),
    (
        "RETURN [1,'a'] + [[1]] AS x",
        [([1, "a", [1]],)],
    ),
    (
        "RETURN 'a' + [1] AS x",
        [(["a", 1],)],
    ),
    (
        "RETURN reduce(a={}, x IN [1,2] | {v:x}) AS x",
        [({"v": 2},)],
    ),
    (
        "RETURN reduce(a=[], x IN [1,'a',{b:1}] | a + [x]) AS x",
        [([1, "a", {"b": 1}],)],
    ),
    (
        "RETURN [x IN [1,'a',{b:1},[1]] WHERE x = {b:1}] AS x",
        [([{"b": 1}],)],
    ),
    (
        "RETURN any(x IN [1,'a',{b:1},[1]] WHERE x = [1]) AS x",
        [(True,)],
    ),
    (
        "RETURN toString(head([1,'a'])) AS x",
        [("1",)],
    ),
    (
        "UNWIND [1,'a'] AS x RETURN toStringOrNull(x), toInteger(x)",
        [("1", 1), ("a", None)],
    ),
    (
        "UNWIND [1,'a'] AS x RETURN x + 'b'",
        [("1b",), ("ab",)],
    ),
    (
        "UNWIND [1,[1]] AS x RETURN x + 1",
        [(2,), ([1, 1],)],
    ),
    (
        "RETURN {a:{b:{}}} AS x",
        [({"a": {"b": {}}},)],
    ),
    (
        "RETURN {`a b`: 1} AS x",
        [({"a b": 1},)],
    ),
    (
        "RETURN {a:1}.`a` AS x",
        [(1,)],
    ),
    (
        "RETURN {Ünï:1, ünï:2} AS x",
        [({"Ünï": 1, "ünï": 2},)],
    ),
    (
        "RETURN keys({a:1,A:2,b:3}) AS x",
        [(["a", "A", "b"],)],
    ),
    (
        (
            "RETURN keys({name: 'Alice', age: 38, address: {city: 'London', residential: "
            "true}}) AS x"
        ),
        [(["address", "name", "age"],)],
    ),
    (
        "RETURN {a: 1} AS x UNION RETURN {b: 'y'} AS x",
        [({"a": 1},), ({"b": "y"},)],
    ),
    (
        "RETURN [1] AS x UNION ALL RETURN {a: 2} AS x UNION ALL RETURN 'z' AS x",
        [([1],), ({"a": 2},), ("z",)],
    ),
    (
        "RETURN {a: 1} AS x UNION RETURN {a: 1.0} AS x",
        [({"a": 1},)],
    ),
    (
        "RETURN [] AS x UNION RETURN {} AS x UNION RETURN '' AS x",
        [([],), ({},), ("",)],
    ),
    (
        "RETURN [1, 'a', {x: 1}, [2, 'b']] AS x",
        [([1, "a", {"x": 1}, [2, "b"]],)],
    ),
    (
        "RETURN [[1], ['a']] AS x",
        [([[1], ["a"]],)],
    ),
    (
        "RETURN [[], [1], [[1]], [{a: []}]] AS x",
        [([[], [1], [[1]], [{"a": []}]],)],
    ),
    (
        "RETURN [{}, {a: {}}, null] AS x",
        [([{}, {"a": {}}, None],)],
    ),
    (
        "RETURN [[], 1] AS x",
        [([[], 1],)],
    ),
    (
        "RETURN [1, []] = [1, []] AS x",
        [(True,)],
    ),
    (
        "RETURN {key: [1], value: [2]} AS x",
        [({"value": [2], "key": [1]},)],
    ),
    (
        "RETURN {`^`: 1, `^^`: 2, `^a`: 3, A: 4} AS x",
        [({"^^": 2, "A": 4, "^a": 3, "^": 1},)],
    ),
    (
        "RETURN {t: 1, s: 'x', l: [1]} AS x",
        [({"s": "x", "t": 1, "l": [1]},)],
    ),
    (
        "UNWIND [{a: 1}, {A: 2}] AS m RETURN m.a, m.A",
        [(1, None), (None, 2)],
    ),
    (
        "UNWIND [{x: [1, 'a']}, {x: 2}, {y: null}] AS m UNWIND m.x AS v RETURN v",
        [(1,), ("a",), (2,)],
    ),
    (
        "UNWIND [1, {a: [1, {b: 2}]}] AS x WITH x WHERE x <> 1 RETURN x.a[1].b",
        [(2,)],
    ),
    (
        "WITH [1, [2, [3, ['x']]]] AS l RETURN l[1][1][1][0], size(l[1])",
        [("x", 2)],
    ),
    (
        "RETURN [x IN [[1, 'a'], [2], ['b', {c: 1}]] | head(x)] AS x",
        [([1, 2, "b"],)],
    ),
    (
        "RETURN [x IN [1, [2], {a: 3}] | [x]] AS x",
        [([[1], [[2]], [{"a": 3}]],)],
    ),
    (
        "RETURN reduce(s = '', x IN [1, 'a', 2.5] | s + x) AS x",
        [("1a2.5",)],
    ),
    (
        "UNWIND [1, 'a', {b: 1}, [1], null] AS x RETURN collect(x)",
        [([1, "a", {"b": 1}, [1]],)],
    ),
    (
        (
            "UNWIND [1, 'a', {b: 1}, [1], null] AS x RETURN count(x), count(DISTINCT x), "
            "size(collect(x))"
        ),
        [(4, 4, 4)],
    ),
    (
        "UNWIND [[1, 'a'], [1, 'a'], [1.0, 'a']] AS x RETURN x, count(*)",
        [([1, "a"], 3)],
    ),
    (
        "UNWIND [{a: 1, b: 2}, {b: 2, a: 1}, {a: 1}] AS x RETURN x, count(*)",
        [({"a": 1, "b": 2}, 2), ({"a": 1}, 1)],
    ),
    (
        "WITH {a: 1, b: 'x', c: [1]} AS m UNWIND keys(m) AS k RETURN k, m[k]",
        [("a", 1), ("b", "x"), ("c", [1])],
    ),
    (
        "WITH {a: 1} AS m RETURN m['a'], m['b'], m[null], m['a' + '']",
        [(1, None, None, 1)],
    ),
    (
        "WITH [{a: 1}, [7, 8]] AS l RETURN l[0]['a'], l[1][0]",
        [(1, 7)],
    ),
    (
        "WITH {} AS m RETURN m.a, m['a'], keys(m), properties(m), isEmpty(m)",
        [(None, None, [], {}, True)],
    ),
    (
        "RETURN CASE WHEN false THEN {a: 1} END AS x",
        [(None,)],
    ),
    (
        "RETURN coalesce(null, {}, {a: 1}) AS x",
        [({},)],
    ),
    (
        "RETURN coalesce({a: null}.a, [1], 'x') AS x",
        [([1],)],
    ),
    (
        "RETURN [1, 'a', null] + [{b: 2}] + 3 AS x",
        [([1, "a", None, {"b": 2}, 3],)],
    ),
    (
        "RETURN {a: 1} IN [{a: 1.0}, {b: 2}] AS x",
        [(True,)],
    ),
    (
        "RETURN {} IN [{}, 1] AS x",
        [(True,)],
    ),
    (
        "RETURN [] IN [1, []] AS x",
        [(True,)],
    ),
    (
        "RETURN null IN [{}, []] AS x",
        [(None,)],
    ),
    (
        "RETURN {a: null} IN [{a: 1}] AS x",
        [(None,)],
    ),
    (
        "RETURN 'a' IN [1, {a: 2}, ['a']] AS x",
        [(False,)],
    ),
    (
        "RETURN any(x IN [{a: 1}, {b: 2}] WHERE x.b = 2) AS x",
        [(True,)],
    ),
    (
        "RETURN [m IN [{a: 1}, {b: 2}, {}] | m.a] AS x",
        [([1, None, None],)],
    ),
    (
        "RETURN [m IN [{a: 1}, {b: 2}, {}] | keys(m)] AS x",
        [([["a"], ["b"], []],)],
    ),
]


def _key(row: tuple[object, ...]) -> str:
    return json.dumps(row, sort_keys=True)


@pytest.mark.parametrize(("text", "rows"), ANSWERS, ids=[text for text, _ in ANSWERS])
def test_the_rows_are_neo4js(text: str, rows: list[tuple[object, ...]]) -> None:
    found = GRAPH.query(text).rows
    if "ORDER BY" not in text:
        found, rows = sorted(found, key=_key), sorted(rows, key=_key)
    assert typed(found) == typed(rows)


ERRORS = [
    "RETURN {a:1}[1] AS x",
    "RETURN [1,2]['a'] AS x",
    "RETURN isEmpty(1) AS x",
    "UNWIND [[1],{a:1}] AS x RETURN size(x)",
    "UNWIND [{a:1,b:2},[5,6]] AS x RETURN x[0]",
    "RETURN {a:1} + 1 AS x",
    "RETURN 'a' + {} AS x",
    "RETURN {a:1} + {b:1} AS x",
    "RETURN 1 + {a:1} AS x",
    "UNWIND [1, 'a'] AS x RETURN x * 2",
    "UNWIND [{a: 1}, 'a'] AS x RETURN keys(x)",
    "UNWIND [1, 2] AS x RETURN x.a",
    "WITH {a: 1} AS m, 1 AS k RETURN m[k]",
    "RETURN toUpper({}) AS x",
]


@pytest.mark.parametrize("text", ERRORS)
def test_what_neo4j_refuses_has_no_answer(text: str) -> None:
    with pytest.raises(CypherError) as caught:
        GRAPH.query(text)
    assert caught.value.line == 1
