"""Expressions give what Neo4j 5.26.30 gives: every line was asked there too."""

from __future__ import annotations

from math import inf, nan

import pytest

from graphmodel.query import CypherError
from tests.unit.query.graphs import people, typed

GRAPH = people()
BIG = 2**63 - 1
ANSWERS: list[tuple[str, object]] = [
    # integers, floats, powers
    ("1/2", 0),
    ("-7/2", -3),
    ("7/-2", -3),
    ("-7 % 3", -1),
    ("7 % -3", 1),
    ("5 % 3.5", 1.5),
    ("2 ^ 3 ^ 2", 64.0),
    ("-2 ^ 2", 4.0),
    ("1 + 2.5", 3.5),
    ("7 / 2.0", 3.5),
    ("1.0/0", inf),
    ("-1.0/0", -inf),
    ("1.0/-0.0", -inf),
    ("0.0/0", nan),
    ("1.0 % 0", nan),
    ("0x1F", 31),
    ("0o17", 15),
    (".5", 0.5),
    ("1e3", 1000.0),
    ("-9223372036854775808", -(2**63)),
    ("null % 0", None),
    ("1/null", None),
    ("100000 * 100000", 10**10),
    # text
    ("'a' + 1", "a1"),
    ("1 + 'a'", "1a"),
    ("'a' + 1.0", "a1.0"),
    ("'a' + null", None),
    (r"'it\'s'", "it's"),
    ('"q \\" x"', 'q " x'),
    (r"'\u0041'", "A"),
    ("'\\t'", "\t"),
    # lists
    ("[1] + 2", [1, 2]),
    ("2 + [1]", [2, 1]),
    ("[1] + ['a']", [1, "a"]),
    ("[1] + null", None),
    ("[1,2,3][0]", 1),
    ("[1,2,3][-1]", 3),
    ("[1,2,3][3]", None),
    ("[1,2,3][null]", None),
    ("[1,2,3][1..]", [2, 3]),
    ("[1,2,3][..-1]", [1, 2]),
    ("[1,2,3][2..1]", []),
    ("[1,2,3][-10..2]", [1, 2]),
    ("[1,2,3][null..2]", None),
    ("[1, 'a', 2.5, true, null]", [1, "a", 2.5, True, None]),
    ("[[1,2],[],null]", [[1, 2], [], None]),
    ("[1,[2,'a']]", [1, [2, "a"]]),
    ("[[1], [2]] = [[1], [null]]", None),
    ("[[1, 2], ['a']] = [[1, 2], ['a']]", True),
    ("[[1, 3]] IN [2, [[1, 3]]]", True),
    ("[[1, 2], 3] IN [1, [[1, 2], 3]]", True),
    ("range(5, 1, -10)", [5]),
    ("reduce(a = 0, x IN [[1, 2], [3]] | a + reduce(b = a, y IN x | b + y))", 9),
    # maps
    ("{a: 1, b: null}", {"a": 1, "b": None}),
    ("{a: {b: [1,2]}}.a.b[1]", 2),
    ("{a: 1}.b", None),
    ("{a: 1}['a']", 1),
    ("keys({a: 1, b: 2})", ["a", "b"]),
    ("{a: 1} = {a: 1.0}", True),
    ("{a: null} = {a: null}", None),
    ("{a: 1} = {b: 1}", False),
    # comparison
    ("1 < 2 < 3", True),
    ("3 > 2 > 2", False),
    ("1 = 1 = 1", True),
    ("1 = 1.0", True),
    ("'1' < 2", None),
    ("'1' = 1", False),
    ("true = 1", False),
    ("false < true", True),
    ("null = null", None),
    ("null <> 1", None),
    ("[1, null] = [1, null]", None),
    ("[1, null] = [2, null]", False),
    ("[1] = [1, 2]", False),
    ("[1] = [1.0]", True),
    ("0.0/0 = 0.0/0", False),
    ("0.0/0 <> 0.0/0", True),
    ("1 < 0.0/0", False),
    # three values
    ("null AND false", False),
    ("null OR true", True),
    ("null XOR true", None),
    ("NOT null", None),
    ("null IN []", False),
    ("null IN [1]", None),
    ("1 IN [1, null]", True),
    ("1 IN [null]", None),
    ("1.0 IN [1]", True),
    ("'1' IN [1]", False),
    ("[1, null] IN [[1, null]]", None),
    ("1 IN null", None),
    ("null IS NULL", True),
    ("1 IS NOT NULL", True),
    # text tests
    ("'abc' STARTS WITH 'a'", True),
    ("'abc' ENDS WITH 'c'", True),
    ("'abc' CONTAINS ''", True),
    ("1 STARTS WITH 'a'", None),
    ("null CONTAINS 'a'", None),
    ("'abc' =~ 'a.c'", True),
    ("'abc' =~ 'a'", False),
    ("'ABC' =~ '(?i)abc'", True),
    ("'a\\nb' =~ 'a.b'", False),
    ("'a1' =~ 'a\\\\d'", True),
    ("'a' =~ null", None),
    ("'É' =~ '(?i)é'", False),
    # quantifiers
    ("all(x IN [1, null] WHERE x > 0)", None),
    ("any(x IN [1, null] WHERE x > 1)", None),
    ("none(x IN [1, null] WHERE x = 1)", False),
    ("single(x IN [1, null] WHERE x = 1)", None),
    ("single(x IN [1, 1, null] WHERE x = 1)", False),
    ("all(x IN [] WHERE x > 0)", True),
    ("any(x IN [] WHERE x)", False),
    ("all(x IN null WHERE x > 0)", None),
    # lists made from lists
    ("[x IN [1,2,3] WHERE x > 1 | x * 2]", [4, 6]),
    ("[x IN [1,2,null] WHERE x > 1]", [2]),
    ("[x IN null | x]", None),
    ("[x IN [[1,2],[3]] | [y IN x | y * 2]]", [[2, 4], [6]]),
    ("reduce(a = 0, x IN [1,2,3] | a + x)", 6),
    ("reduce(a = 1, x IN [1,null] | a + x)", None),
    ("reduce(a = 0, x IN ['a','bb'] | a + size(x))", 3),
    ("reduce(a = 0.0, x IN [1,2] | a + x)", 3.0),
    ("reduce(a = [], x IN [1,2] | a + x)", [1, 2]),
    ("reduce(a = 0, x IN [1,2.5] | a + x)", 3.5),
    ("reduce(a = 0, x IN [] | a + x)", 0),
    ("range(0, 10, 3)", [0, 3, 6, 9]),
    ("range(3, 1)", []),
    ("range(3, 1, -1)", [3, 2, 1]),
    ("head([])", None),
    ("last([1,2])", 2),
    ("tail([1])", []),
    ("reverse([1,2])", [2, 1]),
    ("size([])", 0),
    ("size(null)", None),
    # CASE
    ("CASE WHEN null THEN 1 END", None),
    ("CASE 1 WHEN 1.0 THEN 'y' ELSE 'n' END", "y"),
    ("CASE null WHEN null THEN 1 ELSE 2 END", 2),
    ("CASE WHEN true THEN 1 ELSE 'a' END", 1),
    ("coalesce(null, 1.5, 2)", 1.5),
    ("coalesce(null, null)", None),
    # numbers
    ("round(-2.5)", -2.0),
    ("round(2.5)", 3.0),
    ("round(2.55, 1)", 2.6),
    ("round(-2.55, 1)", -2.6),
    ("round(7)", 7.0),
    ("round(1e300)", 9.223372036854775808e18),
    ("round(0.0/0)", 0.0),
    ("round(0.49999999999999994)", 0.0),
    ("sign(-2.5)", -1),
    ("abs(-3.5)", 3.5),
    ("floor(2.7)", 2.0),
    ("ceil(2.1)", 3.0),
    ("sqrt(-1)", nan),
    ("log(0)", -inf),
    ("log(-1)", nan),
    # conversion
    ("toString(1.23456789E7)", "1.23456789E7"),
    ("toString(1.0)", "1.0"),
    ("toString(0.001)", "0.001"),
    ("toString(0.00099)", "9.9E-4"),
    ("toString(1e7)", "1.0E7"),
    ("toString(9999999.0)", "9999999.0"),
    ("toString(-1.5e-10)", "-1.5E-10"),
    ("toString(0.1 + 0.2)", "0.30000000000000004"),
    ("toString(1e21)", "1.0E21"),
    ("toString(-0.0)", "-0.0"),
    ("toString(1.0/0)", "Infinity"),
    ("toString(true)", "true"),
    ("toInteger('12.9')", 12),
    ("toInteger('1e3')", 1000),
    ("toInteger('abc')", None),
    ("toInteger(-12.9)", -12),
    ("toInteger(' 7 ')", None),
    ("toInteger('.5')", 0),
    ("toInteger('9007199254740993.0')", 9007199254740993),
    ("toInteger(1e30)", BIG),
    ("toInteger(true)", 1),
    ("toFloat('1.5f')", 1.5),
    ("toFloat('x')", None),
    ("toFloat(' 1.5')", 1.5),
    ("toFloat('Infinity')", inf),
    ("toBoolean(' TRUE')", True),
    ("toBoolean('x')", None),
    ("toBoolean(0)", False),
    # functions of text
    ("size('a😀')", 2),
    ("trim('\u3000a\u3000')", "a"),
    ("trim('\u00a0a')", "\u00a0a"),
    ("left('abc', 10)", "abc"),
    ("right('abc', 2)", "bc"),
    ("substring('abcdef', 1, 2)", "bc"),
    ("substring('abc', 1, 10)", "bc"),
    ("replace('aba', 'a', 'x')", "xbx"),
    ("replace('abc', '', '-')", "-a-b-c-"),
    ("split('a,b,,c', ',')", ["a", "b", "", "c"]),
    ("split('abc', '')", ["a", "b", "c"]),
    ("split('', ',')", [""]),
    ("reverse('a😀b')", "b😀a"),
    ("toUpper('aé')", "AÉ"),
    ("toLower('AÉ')", "aé"),
]


@pytest.mark.parametrize(("text", "expected"), ANSWERS, ids=[text for text, _ in ANSWERS])
def test_an_expression_has_neo4js_value(text: str, expected: object) -> None:
    columns, rows = GRAPH.query(f"RETURN {text} AS x")
    assert columns == ("x",)
    assert typed(rows) == typed([(expected,)])


ERRORS = [
    ("9223372036854775807 + 1", "64 bits"),
    ("9223372036854775807 * 2", "64 bits"),
    ("-(-9223372036854775808)", "64 bits"),
    ("1/0", "divided by zero"),
    ("1 % 0", "divided by zero"),
    ("null / 0", "divided by zero"),
    ("'a' - 1", "no meaning"),
    ("'a' + true", "no meaning"),
    ("true + 1", "no meaning"),
    ("NOT 1", "true or false"),
    ("1 IN 2", "IN looks into a list"),
    ("range(1, 3, 0)", "step"),
    ("left('abc', -1)", "negative"),
    ("substring('abc', -1)", "negative"),
    ("toInteger('9223372036854775808')", "64 bits"),
    ("abs('a')", "takes a number"),
    ("9223372036854775808", "64 bits"),
    ("size(1)", "takes a list"),
    ("'abc'[0]", "no element"),
    ("toUpper('straße')", "case"),
    ("toLower('ΑΣ')", "case"),
    ("rand()", "outside the subset"),
    ("timestamp()", "outside the subset"),
    ("date('2019-01-01')", "outside the subset"),
    ("'a' =~ '(?=a)a'", "outside the subset"),
    ("toInteger('１２')", "digits"),
]


@pytest.mark.parametrize(("text", "reason"), ERRORS, ids=[text for text, _ in ERRORS])
def test_an_expression_without_a_certain_value_is_refused(text: str, reason: str) -> None:
    with pytest.raises(CypherError) as caught:
        GRAPH.query(f"RETURN {text} AS x")
    assert reason in caught.value.reason
    assert caught.value.line == 1
    assert "SELECT" not in str(caught.value)


def test_a_divisor_tested_before_is_not_divided_by() -> None:
    rows = GRAPH.query("UNWIND [0, 1, 2] AS x WITH x WHERE x <> 0 AND 4 / x > 1 RETURN x").rows
    assert rows == [(1,), (2,)]
    rows = GRAPH.query("UNWIND [0, 1] AS x RETURN x = 0 OR 4 / x > 3 AS y").rows
    assert rows == [(True,), (True,)]


PARAMETERS = {
    "i": 3, "f": 1.5, "s": "Ann", "b": True, "n": None, "l": [1, 2, 3], "e": [],
    "m": {"a": 1, "b": "x"}, "mix": [1, "a", 2.5, True, None], "ids": ["p1", "zz"],
}  # fmt: skip


def test_parameters_keep_their_types() -> None:
    text = "RETURN $i, $f, $s, $b, $n, $l, $e, $m, $mix"
    columns, rows = GRAPH.query(text, PARAMETERS)
    assert columns == ("$i", "$f", "$s", "$b", "$n", "$l", "$e", "$m", "$mix")
    names = ("i", "f", "s", "b", "n", "l", "e", "m", "mix")
    assert typed(rows) == typed([tuple(PARAMETERS[name] for name in names)])


def test_parameters_are_values_never_text() -> None:
    hostile = "x' OR 1=1 --"
    assert GRAPH.query("RETURN $s AS s", {"s": hostile}).rows == [(hostile,)]
    assert GRAPH.query("MATCH (p {name: $s}) RETURN p.id", {"s": hostile}).rows == []


def test_parameters_in_lists_and_arithmetic() -> None:
    text = "RETURN $i + 1, $mix[1], 2 IN $l, 'zz' IN $ids, 7 IN $mix, 1 IN $e, $m.a, size($mix)"
    assert GRAPH.query(text, PARAMETERS).rows == [(4, "a", True, True, None, False, 1, 5)]


def test_a_list_of_thousands_of_ids_is_one_parameter() -> None:
    ids = [f"x{i}" for i in range(20_000)] + ["p2"]
    rows = GRAPH.query("MATCH (p:Person) WHERE p.id IN $ids RETURN p.id", {"ids": ids}).rows
    assert rows == [("p2",)]


def test_columns_without_a_name_carry_their_text() -> None:
    columns, _ = GRAPH.query("RETURN 1 +  2, 'a' STARTS WITH 'b', {a: 1}.a, toUpper('x') AS `a b`")
    assert columns == ("1 +  2", "'a' STARTS WITH 'b'", "{a: 1}.a", "a b")


def test_an_escape_can_close_a_string_and_places_stay_right() -> None:
    assert GRAPH.query(r"RETURN 'a\u0027 AS x").rows == [("a",)]
    with pytest.raises(CypherError) as caught:
        GRAPH.query(r"RETURN '\u0041' + nme AS x")
    assert (caught.value.line, caught.value.column) == (1, 19)


def test_unicode_spaces_are_white_space() -> None:
    assert GRAPH.query("RETURN\u00a01\u2003AS\u3000x").rows == [(1,)]
