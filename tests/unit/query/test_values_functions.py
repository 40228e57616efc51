"""Functions of values, deviations and percentiles, as on Neo4j 5.26.30."""

from __future__ import annotations

import json
from math import nan

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
        (
            "UNWIND [10,20,30] AS x RETURN percentileCont(x,0.0), percentileCont(x,0.25), "
            "percentileCont(x,0.5), "
            "percentileCont(x,1.0),percentileDisc(x,0.5),percentileDisc(x,0),percentileDisc(x"
            ",1),percentileDisc(x,0.34),percentileCont(x,1)"
        ),
        [(10, 15.0, 20, 30, 20, 10, 30, 20, 30)],
    ),
    (
        "UNWIND [10.0,20.0] AS x RETURN percentileCont(x,0.5),percentileDisc(x,0.5)",
        [(15.0, 10.0)],
    ),
    (
        (
            "UNWIND [10,20.0] AS x RETURN "
            "percentileCont(x,0.5),percentileDisc(x,0.0),percentileDisc(x,1.0)"
        ),
        [(15.0, 10, 20.0)],
    ),
    (
        "UNWIND [10] AS x RETURN percentileCont(x,0.5),percentileDisc(x,0.5)",
        [(10, 10)],
    ),
    (
        "UNWIND [] AS x RETURN percentileCont(x,0.5),percentileDisc(x,0.5)",
        [(None, None)],
    ),
    (
        (
            "UNWIND [1,1,2] AS x RETURN percentileDisc(DISTINCT x,0.5), "
            "percentileCont(DISTINCT x,0.5)"
        ),
        [(1, 1.5)],
    ),
    (
        "UNWIND [1,2,3,4] AS x RETURN stDev(x), stDevP(x), stdev(DISTINCT x)",
        [(1.2909944487358056, 1.118033988749895, 1.2909944487358056)],
    ),
    (
        "UNWIND [1.5] AS x RETURN stDev(x), stDevP(x)",
        [(0.0, 0.0)],
    ),
    (
        "UNWIND [] AS x RETURN stDev(x), stDevP(x)",
        [(None, None)],
    ),
    (
        "UNWIND [null] AS x RETURN stDev(x), stDevP(x)",
        [(None, None)],
    ),
    (
        "UNWIND [1,2.5,3] AS x RETURN stDev(x)",
        [(1.0408329997330665,)],
    ),
    (
        "UNWIND [1,0.0/0] AS x RETURN stDev(x), percentileCont(x,0.5)",
        [(nan, nan)],
    ),
    (
        "RETURN toIntegerOrNull('a') AS x",
        [(None,)],
    ),
    (
        "RETURN toIntegerOrNull(true) AS x",
        [(1,)],
    ),
    (
        "RETURN toIntegerOrNull([1]) AS x",
        [(None,)],
    ),
    (
        "RETURN toIntegerOrNull({a:1}) AS x",
        [(None,)],
    ),
    (
        "RETURN toIntegerOrNull('99999999999999999999') AS x",
        [(None,)],
    ),
    (
        "RETURN toIntegerOrNull(1.7) AS x",
        [(1,)],
    ),
    (
        "RETURN toFloatOrNull([1]) AS x",
        [(None,)],
    ),
    (
        "RETURN toFloatOrNull(true) AS x",
        [(None,)],
    ),
    (
        "RETURN toFloatOrNull('1.5') AS x",
        [(1.5,)],
    ),
    (
        "RETURN toBooleanOrNull(1.5) AS x",
        [(None,)],
    ),
    (
        "RETURN toBooleanOrNull('x') AS x",
        [(None,)],
    ),
    (
        "RETURN toBooleanOrNull(1) AS x",
        [(True,)],
    ),
    (
        "RETURN toBooleanOrNull([1]) AS x",
        [(None,)],
    ),
    (
        "RETURN toStringOrNull([1]) AS x",
        [(None,)],
    ),
    (
        "RETURN toStringOrNull({}) AS x",
        [(None,)],
    ),
    (
        "RETURN toStringOrNull(1.0) AS x",
        [("1.0",)],
    ),
    (
        "RETURN toStringOrNull(true) AS x",
        [("true",)],
    ),
    (
        "RETURN toIntegerList([1,'2',2.7,'x',null,true,[1],{a:1}]) AS x",
        [([1, 2, 2, None, None, 1, None, None],)],
    ),
    (
        "RETURN toFloatList([1,'2',2.7,'x',null,true]) AS x",
        [([1.0, 2.0, 2.7, None, None, None],)],
    ),
    (
        "RETURN toStringList([1,'2',2.7,'x',null,true,[1]]) AS x",
        [(["1", "2", "2.7", "x", None, "true", None],)],
    ),
    (
        "RETURN toBooleanList([1,'true',2.7,'x',null,true]) AS x",
        [([True, True, None, None, None, True],)],
    ),
    (
        "RETURN toIntegerList(null) AS x",
        [(None,)],
    ),
    (
        "RETURN toIntegerList([]) AS x",
        [([],)],
    ),
    (
        "RETURN isNaN(0.0/0) AS x",
        [(True,)],
    ),
    (
        "RETURN isNaN(1) AS x",
        [(False,)],
    ),
    (
        "RETURN isNaN(null) AS x",
        [(None,)],
    ),
    (
        "RETURN nullIf(1,1) AS x",
        [(None,)],
    ),
    (
        "RETURN nullIf(1,1.0) AS x",
        [(None,)],
    ),
    (
        "RETURN nullIf(1,2) AS x",
        [(1,)],
    ),
    (
        "RETURN nullIf(null,1) AS x",
        [(None,)],
    ),
    (
        "RETURN nullIf(1,null) AS x",
        [(1,)],
    ),
    (
        "RETURN nullIf('a',1) AS x",
        [("a",)],
    ),
    (
        "RETURN nullIf([1,null],[1,null]) AS x",
        [([1, None],)],
    ),
    (
        "RETURN nullIf([1],[1]) AS x",
        [(None,)],
    ),
    (
        "RETURN e() AS x",
        [(2.718281828459045,)],
    ),
    (
        "RETURN pi() AS x",
        [(3.141592653589793,)],
    ),
    (
        "RETURN char_length('abc') AS x",
        [(3,)],
    ),
    (
        "RETURN character_length('ab😀') AS x",
        [(3,)],
    ),
    (
        "RETURN char_length(null) AS x",
        [(None,)],
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
    "UNWIND [] AS x RETURN percentileCont(x,1.5),percentileDisc(x,1.5)",
    "UNWIND [null] AS x RETURN percentileCont(x,1.5),percentileDisc(x,1.5)",
    "UNWIND [1] AS x RETURN percentileCont(x,1.5)",
    "UNWIND [1] AS x RETURN percentileDisc(x,-1)",
    "UNWIND [1] AS x RETURN percentileDisc(x,null)",
    "UNWIND ['a'] AS x RETURN percentileDisc(x,0.5)",
    "UNWIND ['a'] AS x RETURN stDev(x)",
    "RETURN toInteger('99999999999999999999') AS x",
    "RETURN toFloat(true) AS x",
    "RETURN toIntegerList(1) AS x",
    "RETURN isNaN('a') AS x",
    "RETURN log10('a') AS x",
    "RETURN ln(1) AS x",
    "RETURN ceiling(1.2) AS x",
]


@pytest.mark.parametrize("text", ERRORS)
def test_what_neo4j_refuses_has_no_answer(text: str) -> None:
    with pytest.raises(CypherError) as caught:
        GRAPH.query(text, PARAMETERS)
    assert caught.value.line == 1
