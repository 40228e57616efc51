"""What is outside the subset or misspelt is refused, with its place, a reason and a hint."""

from __future__ import annotations

import ast
import json
import pickle
import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from graphmodel.errors import CypherError
from graphmodel.model.schema import SCHEMA
from graphmodel.query import PropertyGraph
from graphmodel.query.catalogue import Catalogue
from graphmodel.query.compile import compile_query
from graphmodel.query.engines.writing import insert_statement
from graphmodel.query.refusals import Said, refusal
from graphmodel.texts import catalogue
from tests.house.tree import MODULES, name_of, syntax
from tests.unit.query.graphs import people


class Refused(NamedTuple):
    """One refusal: the text, its place, the key of the reason, the reason, how the hint begins."""

    text: str
    line: int
    column: int
    key: str
    reason: str
    hint: str


TABLE = [
    Refused(*row)
    for row in json.loads(Path(__file__).with_name("refused.json").read_text(encoding="utf-8"))
]
GRAPH = people()
PARAMS = {"id": 1}
PREFIX = "refusal-"
PARTS = ("refusal-hint-", "refusal-kind-", "refusal-token-", "refusal-wanted-", "refusal-or")
KEY = re.compile(r"refusal-[a-z0-9-]+")
REASONS = {key for key in catalogue() if key.startswith(PREFIX) and not key.startswith(PARTS)}
# reasons that no text over the small graph brings about, each with what does
ELSEWHERE = {
    "refusal-too-long", "refusal-many-tokens", "refusal-nesting", "refusal-deep-expression",
    "refusal-deep-query", "refusal-pattern-hops", "refusal-half-character",
    "refusal-null-character", "refusal-parameter-wide", "refusal-parameter-kind",
    "refusal-parameter-deep", "refusal-parameter-half",
    "refusal-parameter-keys",  # limits and parameters: tests/conformance/hostile_queries
    "refusal-no-key",  # a graph of a declared schema: below
    "refusal-rule-column-missing", "refusal-rule-column-extra",
    "refusal-rule-column-type",  # a rule that is written back: below
    "refusal-run-outer-lambda",  # an older DuckDB
    "refusal-run-spark-limit", "refusal-run-spark-nested",  # Spark: tests/spark
    "refusal-unreadable", "refusal-not-boolean", "refusal-column-types", "refusal-property-types",
    "refusal-no-type", "refusal-no-relationships",
    "refusal-no-nodes",  # nets below the checks that come before
}  # fmt: skip


def refused(text: str, params: dict[str, object] | None = None) -> CypherError:
    with pytest.raises(CypherError) as caught:
        GRAPH.query(text, PARAMS if params is None else params)
    return caught.value


def key_of(error: CypherError) -> str:
    reason = getattr(error.wording, "reason", None)
    assert isinstance(reason, Said), f"a reason outside the catalogue: {error.reason}"
    return reason.key


@pytest.mark.parametrize("case", TABLE, ids=[case.text for case in TABLE])
def test_a_refusal_names_place_reason_and_hint(case: Refused) -> None:
    error = refused(case.text)
    assert (error.line, error.column) == (case.line, case.column)
    assert key_of(error) == PREFIX + case.key
    assert error.reason == case.reason
    assert error.hint.startswith(case.hint)
    assert case.hint


def test_the_table_is_long_and_names_no_text_twice() -> None:
    assert len(TABLE) >= 200
    assert len({case.text for case in TABLE}) == len(TABLE)
    assert len({case.key for case in TABLE}) >= 75


@pytest.mark.parametrize("case", TABLE, ids=[case.text for case in TABLE])
def test_a_refusal_is_told_in_chinese(case: Refused) -> None:
    error = refused(case.text)
    reason, hint = error.words("zh")
    assert re.search(r"[\u4e00-\u9fff]", reason)
    assert re.search(r"[\u4e00-\u9fff]", hint)
    assert error.words("en") == (error.reason, error.hint)


def test_every_reason_is_brought_about_by_a_test() -> None:
    untested = REASONS - {PREFIX + case.key for case in TABLE} - ELSEWHERE
    assert untested == set()
    assert ELSEWHERE <= REASONS


def test_every_reason_has_a_hint() -> None:
    # their hints are chosen by the word, the function or the names that are known
    chosen = {"word-outside", "function-outside", "no-type", "no-key"}
    rests = {key.removeprefix(PREFIX) for key in REASONS}
    assert {rest for rest in rests if f"refusal-hint-{rest}" not in catalogue()} == chosen & rests


def reasons_in_code(tree: ast.AST) -> list[str]:
    """Return the English reasons that a module of the query floor writes as plain strings."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
            continue
        function = node.exc.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name in {"error", "Refused", "TypeMismatch", "CypherError", "refusal"}:
            found += [
                ast.unparse(argument)
                for argument in node.exc.args[:1]
                if isinstance(argument, ast.Constant | ast.JoinedStr)
            ]
    return found


def plain_reasons(tree: ast.AST) -> list[str]:
    """Return the variables `reason` that hold a plain string and are raised with a place."""
    found = []
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for before, after in pairwise(body) if isinstance(body, list) else ():
            value = getattr(before, "value", None)
            if isinstance(before, ast.Assign) and isinstance(value, ast.Constant | ast.JoinedStr):
                raised = ast.unparse(after)
                if re.match(r"raise (?:\w+\.)*(?:error|Refused|TypeMismatch)\(reason", raised):
                    found.append(ast.unparse(before))
    return found


def test_no_refusal_is_told_in_english_alone() -> None:
    trees = [syntax(name_of(path)) for path in MODULES if "graphmodel/query/" in path.as_posix()]
    assert len(trees) > 40
    assert [text for tree in trees for text in reasons_in_code(tree) + plain_reasons(tree)] == []
    assert plain_reasons(ast.parse("if x:\n    reason = 'a'\n    raise s.error(reason, 1)"))
    assert reasons_in_code(ast.parse("raise source.error('a', 1)"))


def test_every_key_that_is_named_stands_in_the_catalogue() -> None:
    sources = [path for path in MODULES if "graphmodel/query/" in path.as_posix()]
    named = {
        node.value
        for path in sources
        for node in ast.walk(syntax(name_of(path)))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    keys = {name for name in named if KEY.fullmatch(name) and not name.endswith("-")}
    assert len(keys) > 80
    assert keys - set(catalogue()) == set()


# names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("MATCH (a:person) RETURN 1 AS x", "Person"),
        ("MATCH (a:PERSON) RETURN 1 AS x", "Person"),
        ("MATCH (a:Bos) RETURN 1 AS x", "Boss"),
        ("MATCH ()-[:knows]->() RETURN 1 AS x", "KNOWS"),
        ("MATCH (a:Account) RETURN a.platfrom AS x", "platform"),
        ("MATCH (a:Persona) RETURN a.kye AS x", "key"),
        ("RETURN SUBSTRNG('a', 1) AS x", "substring"),
        ("RETURN cuont(1) AS x", "count"),
        ("RETURN tointegr('1') AS x", "toInteger"),
        ("UNWIND [1] AS number RETURN numbr AS x", "number"),
        ("RETURN $iD AS x", "$id"),
    ],
)
def test_the_nearest_name_is_named(text: str, meant: str) -> None:
    assert refused(text).hint == f"Did you mean {meant}?"


def test_a_graph_without_types_names_none() -> None:
    node = {"id": 1, "labels": ["A"], "properties": {}}
    with pytest.raises(CypherError) as caught:
        PropertyGraph.from_records([node], []).query("MATCH ()-[:T]->() RETURN 1 AS x")
    assert caught.value.hint == "cypher/README.md lists the relationship types."


def test_a_property_of_other_labels_is_told_apart_from_a_typo() -> None:
    declared = Catalogue.of_schema(SCHEMA)
    with pytest.raises(CypherError) as caught:
        compile_query("MATCH (p:Person) RETURN p.platform AS x", declared)
    assert caught.value.hint == "Other labels have it, this one has not."
    assert caught.value.words("zh")[1] == "别的标签或类型有此属性，这里的没有。"
    with pytest.raises(CypherError) as caught:
        compile_query("WITH {aa: 1} AS m RETURN m.ab AS x", declared)
    assert (key_of(caught.value), caught.value.column) == ("refusal-no-key", 28)
    assert caught.value.hint in {"Did you mean aa?", "Known: aa."}


@pytest.mark.parametrize(
    ("columns", "key", "word"),
    [
        ("p.id AS `from`, q.id AS `to`", "column-missing", "grounds"),
        ("p.id AS `from`, q.id AS `to`, [p.id] AS grounds, 1 AS score", "column-extra", "score"),
        ("p.id AS `from`, q.id AS `to`, [p.id] AS grounds, 1 AS basis", "column-type", "basis"),
    ],
)
def test_a_rule_with_wrong_columns_is_refused(columns: str, key: str, word: str) -> None:
    declared = Catalogue.of_schema(SCHEMA)
    rule = compile_query(f"MATCH (p:Person)-[:KIN_OF]->(q:Person) RETURN {columns}", declared)
    with pytest.raises(CypherError) as caught:
        insert_statement(declared, SCHEMA, "RELATED", rule)
    assert key_of(caught.value) == f"refusal-rule-{key}"
    assert word in caught.value.reason
    assert caught.value.hint


@pytest.mark.parametrize("pattern", ["(a)", "(a)-->(b)", "(a)-[*1..2]->(b)", "p = (a)--(b)"])
def test_a_graph_without_facts_has_no_rows_and_is_not_refused(pattern: str) -> None:
    graph = PropertyGraph.from_records([], [])
    assert graph.query(f"MATCH {pattern} RETURN 1 AS x").rows == []


# the error itself -------------------------------------------------------------------------------


def test_an_error_reads_as_one_line() -> None:
    error = refused("MATCH (a:Persn) RETURN 1 AS x")
    assert str(error) == "line 1, column 10: there is no label Persn. Did you mean Person?"
    assert error.words("zh") == ("没有标签 Persn", "是否想写 Person？")


def test_a_reason_without_a_key_stays_as_it_is() -> None:
    error = CypherError("a plain reason", line=2, column=3, hint="Do it.")
    assert error.words("zh") == ("a plain reason", "Do it.")
    assert str(refusal("a plain reason")) == "line 1, column 1: a plain reason"


def test_long_and_unseen_names_are_shortened_and_written_out() -> None:
    error = refused("MATCH (a:`" + "x" * 500 + "`) RETURN 1 AS x")
    assert error.reason == f"there is no label {'x' * 60}…"
    assert refused("RETURN `a\u202eb`").reason == "there is no variable aU+202Eb"
    assert refused("RETURN \x07").reason == "the character U+0007 has no meaning here"


def test_what_a_string_says_is_not_repeated() -> None:
    error = refused("MATCH (a) WHERE a.id = 'x' '13800138000' RETURN 1 AS x")
    assert error.reason == "'…' is not expected here"
    assert "138" not in str(error) + "".join(error.words("zh"))


def test_a_wording_survives_a_copy() -> None:
    wording = refused("MATCH (a:Persn) RETURN 1 AS x").wording
    assert wording is not None
    assert pickle.loads(pickle.dumps(wording))("zh") == wording("zh")  # noqa: S301 (made here)


def test_a_place_counts_lines_and_signs_of_the_text_as_it_was_written() -> None:
    places = {
        "MATCH (a)\r\nRETURN a.nme AS x": (2, 10),
        "MATCH (a)\n\n\tRETURN a.nme AS x": (3, 11),
        "/* 张三\n😀 */ RETURN nme AS x": (2, 13),
        "RETURN '\\uD83D\\uDE00' + nme AS x": (1, 25),
        "RETURN '😀' + nme AS x": (1, 14),
    }
    assert {t: ((e := refused(t)).line, e.column) for t in places} == places
