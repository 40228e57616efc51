"""Comparison, order and sameness of lists, maps and mixed values, as on Neo4j 5.26.30."""

from __future__ import annotations

import json
from math import inf, nan

import pytest

from tests.unit.query.graphs import people, typed

GRAPH = people()
ANSWERS: list[tuple[str, list[tuple[object, ...]]]] = [
    (
        "RETURN [1] < [2] AS x",
        [(True,)],
    ),
    (
        "RETURN [1,2] < [1] AS x",
        [(False,)],
    ),
    (
        "RETURN [1,null] < [1,2] AS x",
        [(None,)],
    ),
    (
        "RETURN [1,2] < [1,null] AS x",
        [(None,)],
    ),
    (
        "RETURN [1] < [1,null] AS x",
        [(True,)],
    ),
    (
        "RETURN [1,2] >= [3,null] AS x",
        [(False,)],
    ),
    (
        "RETURN [null] < [null] AS x",
        [(None,)],
    ),
    (
        "RETURN [null,1] < [2,2] AS x",
        [(None,)],
    ),
    (
        "RETURN [1,'a'] < [1,2] AS x",
        [(None,)],
    ),
    (
        "RETURN [1,'a'] < [2,2] AS x",
        [(True,)],
    ),
    (
        "RETURN ['a',1] < [1,2] AS x",
        [(None,)],
    ),
    (
        "RETURN [1] < ['a'] AS x",
        [(None,)],
    ),
    (
        "RETURN [] < [1] AS x",
        [(True,)],
    ),
    (
        "RETURN [] <= [] AS x",
        [(True,)],
    ),
    (
        "RETURN [] < [] AS x",
        [(False,)],
    ),
    (
        "RETURN [1] <= [1] AS x",
        [(True,)],
    ),
    (
        "RETURN [1] <= [1.0] AS x",
        [(True,)],
    ),
    (
        "RETURN [1,null] <= [1,null] AS x",
        [(None,)],
    ),
    (
        "RETURN [0.0/0] < [1] AS x",
        [(None,)],
    ),
    (
        "RETURN [0.0/0] <= [0.0/0] AS x",
        [(None,)],
    ),
    (
        "RETURN [[1]] < [[2]] AS x",
        [(True,)],
    ),
    (
        "RETURN [true] < [false] AS x",
        [(False,)],
    ),
    (
        "RETURN [{a:1}] < [{a:2}] AS x",
        [(True,)],
    ),
    (
        "RETURN [{a:1}] <= [{a:1}] AS x",
        [(True,)],
    ),
    (
        "RETURN {a:1} < {a:2} AS x",
        [(True,)],
    ),
    (
        "RETURN {a:1} <= {a:1} AS x",
        [(True,)],
    ),
    (
        "RETURN {} <= {} AS x",
        [(True,)],
    ),
    (
        "RETURN {a:1} > null AS x",
        [(None,)],
    ),
    (
        "RETURN [1,2,3] < [1,2,'x'] AS x",
        [(None,)],
    ),
    (
        "RETURN [1,'x'] < [1,'y'] AS x",
        [(True,)],
    ),
    (
        "RETURN [1,[2]] < [1,[3]] AS x",
        [(True,)],
    ),
    (
        "RETURN [1,[2]] < [1,3] AS x",
        [(None,)],
    ),
    (
        "RETURN [1] < null AS x",
        [(None,)],
    ),
    (
        "RETURN [1, null, 3] < [1, null, 4] AS x",
        [(None,)],
    ),
    (
        "RETURN [1, null, 3] < [2, null, 4] AS x",
        [(True,)],
    ),
    (
        "RETURN [1,{a:1}] < [2,{a:1}] AS x",
        [(True,)],
    ),
    (
        (
            "UNWIND [[1,2],[1,null],[1],[2],['a'],[[1]],[{a:1}],[true],null,[null],[]] AS x "
            "RETURN x ORDER BY x"
        ),
        [
            ([],),
            ([{"a": 1}],),
            ([[1]],),
            (["a"],),
            ([True],),
            ([1],),
            ([1, 2],),
            ([1, None],),
            ([2],),
            ([None],),
            (None,),
        ],
    ),
    (
        (
            "UNWIND [{a:1},{b:1},{},{a:2},{a:null},{a:1,b:1},{a:'x'},{A:1},{c:0},{a:[1]}] AS "
            "x RETURN x ORDER BY x"
        ),
        [
            ({},),
            ({"A": 1},),
            ({"a": [1]},),
            ({"a": "x"},),
            ({"a": 1},),
            ({"a": 2},),
            ({"a": None},),
            ({"b": 1},),
            ({"c": 0},),
            ({"a": 1, "b": 1},),
        ],
    ),
    (
        "UNWIND [{a:1},1,'a',true,[1],null,1.5,0.0/0,false] AS x RETURN x ORDER BY x",
        [({"a": 1},), ([1],), ("a",), (False,), (True,), (1,), (1.5,), (nan,), (None,)],
    ),
    (
        "UNWIND [{a:1},1,'a',true,[1],null,1.5,0.0/0,false] AS x RETURN x ORDER BY x DESC",
        [(None,), (nan,), (1.5,), (1,), (True,), (False,), ("a",), ([1],), ({"a": 1},)],
    ),
    (
        "UNWIND [{a:1},1,'a',true,[1],null,1.5] AS x RETURN min(x),max(x)",
        [({"a": 1}, 1.5)],
    ),
    (
        "UNWIND [{a:1},{a:2}] AS x RETURN min(x),max(x)",
        [({"a": 1}, {"a": 2})],
    ),
    (
        "UNWIND [[1],[2],['a'],[1,null],[null]] AS x RETURN min(x),max(x)",
        [(["a"], [None])],
    ),
    (
        (
            "UNWIND [[1],[1.0],[1,null],[1,null],{a:1},{a:1.0},{},{},null,null] AS x RETURN "
            "DISTINCT x"
        ),
        [([1],), ([1, None],), ({"a": 1},), ({},), (None,)],
    ),
    (
        "UNWIND [0.0,-0.0] AS x RETURN DISTINCT x",
        [(0.0,)],
    ),
    (
        "UNWIND [{a:1,b:2},{b:2,a:1}] AS x RETURN DISTINCT x",
        [({"a": 1, "b": 2},)],
    ),
    (
        "UNWIND [{a:null},{}] AS x RETURN DISTINCT x",
        [({"a": None},), ({},)],
    ),
    (
        "UNWIND [1,1.0,'a',[1],[1.0],{a:1},{a:1.0}] AS x RETURN collect(DISTINCT x)",
        [([1, "a", [1], {"a": 1}],)],
    ),
    (
        "UNWIND [1,1.0,'a',[1],[1.0],{a:1},{a:1.0}] AS x RETURN count(DISTINCT x)",
        [(4,)],
    ),
    (
        "RETURN {a:1} < {b:0} AS x",
        [(True,)],
    ),
    (
        "RETURN {b:1} < {a:5} AS x",
        [(False,)],
    ),
    (
        "RETURN {a:null} < {a:1} AS x",
        [(None,)],
    ),
    (
        "RETURN {a:1} < {a:'x'} AS x",
        [(None,)],
    ),
    (
        "RETURN {a:1,b:null} < {a:2,b:1} AS x",
        [(True,)],
    ),
    (
        "RETURN {a:1,b:1} < {c:0} AS x",
        [(False,)],
    ),
    (
        "RETURN {c:0} < {a:1,b:1} AS x",
        [(True,)],
    ),
    (
        "RETURN {a:1} < 1 AS x",
        [(None,)],
    ),
    (
        "RETURN {a:1} >= {a:1} AS x",
        [(True,)],
    ),
    (
        "RETURN {a:0.0/0} < {a:1} AS x",
        [(None,)],
    ),
    (
        "RETURN {a:1,b:2} < {b:3,a:1} AS x",
        [(True,)],
    ),
    (
        "RETURN [9007199254740993] < [9007199254740992.0] AS x",
        [(False,)],
    ),
    (
        "RETURN [9007199254740993] > [9007199254740992.0] AS x",
        [(True,)],
    ),
    (
        "RETURN [9007199254740993] <= [9007199254740992.0] AS x",
        [(False,)],
    ),
    (
        "RETURN 9007199254740993 > 9007199254740992.0 AS x",
        [(False,)],
    ),
    (
        "RETURN 9007199254740993 = 9007199254740992.0 AS x",
        [(True,)],
    ),
    (
        "RETURN [9007199254740993] = [9007199254740992.0] AS x",
        [(False,)],
    ),
    (
        "UNWIND [9007199254740993,9007199254740992.0] AS x RETURN DISTINCT x",
        [(9007199254740993,), (9007199254740992.0,)],
    ),
    (
        "UNWIND [[9007199254740993],[9007199254740992.0]] AS x RETURN DISTINCT x",
        [([9007199254740993],), ([9007199254740992.0],)],
    ),
    (
        ("UNWIND [9007199254740993,9007199254740992.0, 9007199254740992] AS x RETURN x ORDER BY x"),
        [(9007199254740992.0,), (9007199254740992,), (9007199254740993,)],
    ),
    (
        "UNWIND [0.0/0, 1.0/0] AS x RETURN max(x), min(x)",
        [(nan, inf)],
    ),
    (
        "RETURN [0.0/0] > [1] AS x",
        [(None,)],
    ),
    (
        "RETURN [true] < ['a'] AS x",
        [(None,)],
    ),
    (
        "RETURN ['a'] < ['b'] AS x",
        [(True,)],
    ),
    (
        "RETURN ['a','b'] <= ['a'] AS x",
        [(False,)],
    ),
    (
        "UNWIND [1,'a'] AS x RETURN x < 2",
        [(True,), (None,)],
    ),
    (
        "UNWIND [[1],2] AS x RETURN x < [2]",
        [(True,), (None,)],
    ),
    (
        "UNWIND [{a:1},{b:2}] AS x UNWIND [{a:1},{b:2},{}] AS y RETURN x = y, x < y",
        [
            (True, False),
            (False, True),
            (False, False),
            (False, False),
            (True, False),
            (False, False),
        ],
    ),
    (
        "RETURN [x IN [1,'a'] WHERE x > 0] AS x",
        [([1],)],
    ),
    (
        "RETURN 9007199254740993 IN [9007199254740992.0] AS x",
        [(False,)],
    ),
    (
        "WITH [9007199254740992.0] AS l RETURN 9007199254740993 IN l",
        [(False,)],
    ),
    (
        (
            "UNWIND [9007199254740993] AS a UNWIND [9007199254740992.0] AS b RETURN a = b, a "
            "IN [b], a < b, a > b, a<>b"
        ),
        [(False, False, False, True, True)],
    ),
    (
        "RETURN CASE 9007199254740993 WHEN 9007199254740992.0 THEN 1 ELSE 2 END AS x",
        [(1,)],
    ),
    (
        "RETURN nullIf(9007199254740993, 9007199254740992.0) AS x",
        [(None,)],
    ),
    (
        "RETURN {a:9007199254740993} = {a:9007199254740992.0} AS x",
        [(False,)],
    ),
    (
        (
            "UNWIND [9007199254740993] AS a RETURN a = 9007199254740992.0, a > "
            "9007199254740992.0, a < 9007199254740992.0,  a >= 9007199254740992.0"
        ),
        [(False, True, False, True)],
    ),
    (
        (
            "UNWIND [9007199254740992.0] AS a RETURN a = 9007199254740993, a < "
            "9007199254740993, a <= 9007199254740993"
        ),
        [(False, True, True)],
    ),
    (
        (
            "UNWIND [9007199254740992.0] AS a RETURN CASE a WHEN 9007199254740993 THEN 1 "
            "ELSE 2 END, nullIf(a, 9007199254740993)"
        ),
        [(2, 9007199254740992.0)],
    ),
    (
        "RETURN 9007199254740993 < 9007199254740992.0 AS x",
        [(False,)],
    ),
    (
        "RETURN 9007199254740992.0 < 9007199254740993 AS x",
        [(False,)],
    ),
    (
        "RETURN 9007199254740992.0 <> 9007199254740993 AS x",
        [(True,)],
    ),
    (
        ("UNWIND [9223372036854775807] AS a UNWIND [9223372036854775808.0] AS b RETURN a = b, a<b"),
        [(True, True)],
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
