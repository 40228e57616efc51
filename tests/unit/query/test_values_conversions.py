"""Conversions, texts, patterns, and what has no answer, as on Neo4j 5.26.30."""

from __future__ import annotations

import json
from math import inf

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
        "RETURN size('ab😀') AS x",
        [(3,)],
    ),
    (
        "RETURN degrees(pi()) AS x",
        [(180.0,)],
    ),
    (
        "RETURN radians(180) AS x",
        [(3.141592653589793,)],
    ),
    (
        "RETURN left('abc',null) AS x",
        [(None,)],
    ),
    (
        "RETURN left(null,1) AS x",
        [(None,)],
    ),
    (
        "RETURN left(null,null) AS x",
        [(None,)],
    ),
    (
        "RETURN left(null,-1) AS x",
        [(None,)],
    ),
    (
        "RETURN right(null,-1) AS x",
        [(None,)],
    ),
    (
        "RETURN right('abc',null) AS x",
        [(None,)],
    ),
    (
        "RETURN substring('abc',null) AS x",
        [(None,)],
    ),
    (
        "RETURN substring(null,1) AS x",
        [(None,)],
    ),
    (
        "RETURN substring(null,null) AS x",
        [(None,)],
    ),
    (
        "RETURN substring('abc',1,null) AS x",
        [(None,)],
    ),
    (
        "RETURN round(2.5, 0) AS x",
        [(3.0,)],
    ),
    (
        "RETURN round(null, 1) AS x",
        [(None,)],
    ),
    (
        "RETURN btrim('xxabcxx','x') AS x",
        [("abc",)],
    ),
    (
        "RETURN btrim('xyabcxy','xy') AS x",
        [("abc",)],
    ),
    (
        "RETURN ltrim('xxabc','x') AS x",
        [("abc",)],
    ),
    (
        "RETURN keys(null) AS x",
        [(None,)],
    ),
    (
        "RETURN abs(null) AS x",
        [(None,)],
    ),
    (
        "RETURN e() * 2 AS x",
        [(5.43656365691809,)],
    ),
    (
        "RETURN sign(0.0/0) AS x",
        [(0,)],
    ),
    (
        "RETURN tail(null) AS x",
        [(None,)],
    ),
    (
        "RETURN 'a' STARTS WITH [1] AS x",
        [(None,)],
    ),
    (
        "RETURN {a:1} STARTS WITH 'a' AS x",
        [(None,)],
    ),
    (
        "UNWIND [{b:1},{a:1},null] AS x RETURN x.a",
        [(None,), (1,), (None,)],
    ),
    (
        "UNWIND [{b:1},{a:1},null] AS x RETURN keys(x)",
        [(["b"],), (["a"],), (None,)],
    ),
    (
        "UNWIND [1] AS x RETURN x LIMIT 1+1",
        [(1,)],
    ),
    (
        "UNWIND [1,2] AS x RETURN x LIMIT toInteger(1.7)",
        [(1,)],
    ),
    (
        "UNWIND [1,2] AS x RETURN x LIMIT size([1])",
        [(1,)],
    ),
    (
        "UNWIND [1,2] AS x RETURN x SKIP head([1])",
        [(2,)],
    ),
    (
        "RETURN toIntegerList(['99999999999999999999']) AS x",
        [([None],)],
    ),
    (
        "RETURN toIntegerList(['1e400']) AS x",
        [([None],)],
    ),
    (
        "RETURN toFloatList(['1e400']) AS x",
        [([inf],)],
    ),
    (
        "RETURN toIntegerOrNull('1e400') AS x",
        [(None,)],
    ),
    (
        "RETURN toIntegerOrNull('1e30') AS x",
        [(None,)],
    ),
    (
        "RETURN toIntegerOrNull('abc') AS x",
        [(None,)],
    ),
    (
        "RETURN toIntegerOrNull(null) AS x",
        [(None,)],
    ),
    (
        "RETURN toBooleanList([]) AS x",
        [([],)],
    ),
    (
        "RETURN toStringList([null]) AS x",
        [([None],)],
    ),
    (
        "RETURN toStringList(null) AS x",
        [(None,)],
    ),
    (
        "RETURN toFloatList([1,2]) AS x",
        [([1.0, 2.0],)],
    ),
    (
        "RETURN toStringList([1.5,2]) AS x",
        [(["1.5", "2"],)],
    ),
    (
        "RETURN toBooleanList(['true',1,0,'x']) AS x",
        [([True, True, False, None],)],
    ),
    (
        "RETURN btrim('xxabcxx','') AS x",
        [("xxabcxx",)],
    ),
    (
        "RETURN btrim(null,'x') AS x",
        [(None,)],
    ),
    (
        "RETURN btrim('abc',null) AS x",
        [(None,)],
    ),
    (
        "RETURN rtrim('abcxx','x') AS x",
        [("abc",)],
    ),
    (
        "RETURN ltrim('  a ', ' ') AS x",
        [("a ",)],
    ),
    (
        "RETURN isEmpty({a:null}) AS x",
        [(False,)],
    ),
    (
        "RETURN isEmpty($mm) AS x",
        [(True,)],
    ),
    (
        "RETURN isEmpty($mix) AS x",
        [(False,)],
    ),
    (
        "RETURN isNaN(1.5) AS x",
        [(False,)],
    ),
    (
        "RETURN nullIf({a:1},{a:1}) AS x",
        [(None,)],
    ),
    (
        "RETURN nullIf($mix,$mix) AS x",
        [([1, "a", 2.5, True, None, {"a": 1}, {"b": [1, "x"]}, [1, "x"], {}],)],
    ),
    (
        "UNWIND $mix AS x RETURN nullIf(x, 1), nullIf('a', x), toStringOrNull(x)",
        [
            (None, "a", "1"),
            ("a", None, "a"),
            (2.5, "a", "2.5"),
            (True, "a", "true"),
            (None, "a", None),
            ({"a": 1}, "a", None),
            ({"b": [1, "x"]}, "a", None),
            ([1, "x"], "a", None),
            ({}, "a", None),
        ],
    ),
    (
        "UNWIND [1,'a'] AS x RETURN x =~ 'a'",
        [(None,), (True,)],
    ),
    (
        "RETURN 'a' =~ $n AS x",
        [(None,)],
    ),
    (
        "RETURN 'abc' =~ '^abc$' AS x",
        [(True,)],
    ),
    (
        "RETURN 'abc' =~ '^a.*' AS x",
        [(True,)],
    ),
    (
        "RETURN 'abc\\n' =~ '^abc$' AS x",
        [(False,)],
    ),
    (
        "RETURN 'abc\\n' =~ 'abc.$' AS x",
        [(False,)],
    ),
    (
        "RETURN 'abc\\n' =~ '(?s)abc.$' AS x",
        [(True,)],
    ),
    (
        "RETURN 'a\\nb' =~ '(?s)a.b' AS x",
        [(True,)],
    ),
    (
        "RETURN 'A\\nB' =~ '(?is)a.b' AS x",
        [(True,)],
    ),
    (
        "RETURN 'A\\nB' =~ '(?si)a.b' AS x",
        [(True,)],
    ),
    (
        "RETURN 'A\\nB' =~ '(?i)a.b' AS x",
        [(False,)],
    ),
    (
        "RETURN 'a b' =~ 'a\\\\sb' AS x",
        [(True,)],
    ),
    (
        "RETURN 'a\\tb' =~ 'a\\\\sb' AS x",
        [(True,)],
    ),
    (
        "RETURN 'a\\u000Bb' =~ 'a\\\\sb' AS x",
        [(True,)],
    ),
    (
        "RETURN 'a\\u000Bb' =~ 'a[\\\\s]b' AS x",
        [(True,)],
    ),
    (
        "RETURN 'a\\u000Bb' =~ 'a\\\\Sb' AS x",
        [(False,)],
    ),
    (
        "RETURN 'a\\u00a0b' =~ 'a\\\\sb' AS x",
        [(False,)],
    ),
    (
        "RETURN 'axb' =~ 'a[^\\\\s]b' AS x",
        [(True,)],
    ),
    (
        "RETURN 'axb' =~ 'a\\\\Sb' AS x",
        [(True,)],
    ),
    (
        "RETURN 'a$' =~ 'a\\\\$' AS x",
        [(True,)],
    ),
    (
        "RETURN 'a\\\\' =~ 'a\\\\\\\\$' AS x",
        [(True,)],
    ),
    (
        "RETURN 'a' =~ '^a|b$' AS x",
        [(True,)],
    ),
    (
        "RETURN 'b' =~ '^a|b$' AS x",
        [(True,)],
    ),
    (
        "RETURN 'ab' =~ '^a|b$' AS x",
        [(False,)],
    ),
    (
        "RETURN '' =~ '^$' AS x",
        [(True,)],
    ),
    (
        "RETURN '' =~ '' AS x",
        [(True,)],
    ),
    (
        "RETURN '^a' =~ '\\\\^a' AS x",
        [(True,)],
    ),
    (
        "RETURN 'ab' =~ '(a|ab)(c|b|)$' AS x",
        [(True,)],
    ),
    (
        "RETURN 'x😀' =~ 'x.' AS x",
        [(True,)],
    ),
    (
        "RETURN 'x😀' =~ '(?s)x.' AS x",
        [(True,)],
    ),
    (
        "RETURN 'x😀' =~ 'x[^a]' AS x",
        [(True,)],
    ),
    (
        "RETURN 'a' =~ '$' AS x",
        [(False,)],
    ),
    (
        "RETURN 'a\\u2028b' =~ 'a.b' AS x",
        [(False,)],
    ),
    (
        "RETURN 'a\\u0085b' =~ 'a\\\\sb' AS x",
        [(False,)],
    ),
    (
        "RETURN '12 ab' =~ '\\\\d+\\\\s\\\\w+' AS x",
        [(True,)],
    ),
    (
        "RETURN 'a]b' =~ 'a[\\\\]]b' AS x",
        [(True,)],
    ),
    (
        "RETURN 'ABC' =~ '(?i)^abc$' AS x",
        [(True,)],
    ),
    (
        "RETURN 'a.b' =~ 'a[.]b' AS x",
        [(True,)],
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
    "RETURN char_length([1]) AS x",
    "RETURN exists({a:1}.a) AS x",
    "RETURN power(2,3) AS x",
    "RETURN mod(5,3) AS x",
    "RETURN round(12345.678, -2) AS x",
    "RETURN toString([1]) AS x",
    "RETURN toString({a:1}) AS x",
    "RETURN toBoolean(1.5) AS x",
    "RETURN toInteger([1]) AS x",
    "RETURN toInteger({}) AS x",
    "RETURN keys(1) AS x",
    "RETURN properties(1) AS x",
    "RETURN reverse({}) AS x",
    "RETURN head({}) AS x",
    "RETURN reverse(1) AS x",
    "RETURN 'abc' =~ 1 AS x",
    "RETURN 1 =~ 'a' AS x",
    "RETURN [1] =~ 'a' AS x",
    "RETURN [1,2,3][1.5] AS x",
    "RETURN [1,2,3][true] AS x",
    "RETURN 1[0] AS x",
    "RETURN 'a'[0] AS x",
    "RETURN {a:1}[['a']] AS x",
    "RETURN 1.a AS x",
    "RETURN 'a'.b AS x",
    "RETURN [1].a AS x",
    "RETURN true.a AS x",
    "UNWIND [1,{a:1}] AS x RETURN x.a",
    "UNWIND [1,2] AS x RETURN x LIMIT 1.0",
    "UNWIND [1,2] AS x RETURN x LIMIT null",
    "UNWIND [1,2] AS x RETURN x LIMIT -1",
    "UNWIND [1,2] AS x RETURN x LIMIT 1-2",
    "UNWIND [1,2] AS x RETURN x SKIP '1'",
    "UNWIND [1,2] AS x RETURN x SKIP COUNT { () }",
    "RETURN sum([1,2]) AS x",
    "UNWIND [1,'a'] AS x RETURN sum(x)",
    "UNWIND [[1]] AS x RETURN avg(x)",
    "RETURN sin('a') AS x",
    "RETURN btrim('abc',1) AS x",
    "UNWIND $mix AS x RETURN isEmpty(x)",
    "RETURN #MATCH (p:Person) RETURN p.age =~ '.*' AS x",
    "RETURN 'a' =~ $i AS x",
    "RETURN $i =~ 'a' AS x",
    "RETURN $l =~ 'a' AS x",
    "UNWIND [[1]] AS x RETURN x =~ 'a'",
    "RETURN head([1]) =~ 'a' AS x",
    "RETURN 1 + 1 =~ 'a' AS x",
    "RETURN (1 < 2) =~ 'a' AS x",
    "RETURN null =~ 1 AS x",
    "UNWIND [1] AS x RETURN 'a' =~ x",
]


@pytest.mark.parametrize("text", ERRORS)
def test_what_neo4j_refuses_has_no_answer(text: str) -> None:
    with pytest.raises(CypherError) as caught:
        GRAPH.query(text, PARAMETERS)
    assert caught.value.line == 1
