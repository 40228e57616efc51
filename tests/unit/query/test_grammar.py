"""The grammar has no conflict that Lark would settle silently; compiled rules stay quick."""

from __future__ import annotations

import logging
from importlib.resources import files
from time import process_time

import pytest

from graphmodel.model.schema import SCHEMA
from graphmodel.query.catalogue import Catalogue
from graphmodel.query.compile import compile_query
from graphmodel.query.parse import parse


def test_the_grammar_has_no_conflict(caplog: pytest.LogCaptureFixture) -> None:
    from lark import Lark, logger

    from graphmodel.query.parse import NoText

    text = files("graphmodel.query").joinpath("grammar.lark").read_text(encoding="utf-8")
    with caplog.at_level(logging.DEBUG, logger=logger.name):
        Lark(text, parser="lalr", lexer=NoText, debug=True)
    assert not [record for record in caplog.records if "onflict" in record.getMessage()]


def test_a_parenthesised_expression_is_no_node() -> None:
    from graphmodel.query import syntax as s

    tree = parse("MATCH (a)--(b) WHERE (a.x) > 3 AND (a)-->(b) RETURN (1) - [1, 2][0] AS x")
    match, returned = tree.branches[0]
    assert isinstance(match, s.Match)
    assert isinstance(returned, s.Projection)
    assert isinstance(match.condition, s.Logical)
    kinds = [type(part) for part in match.condition.operands]
    assert kinds == [s.Binary, s.Exists]
    assert isinstance(returned.items[0].expression, s.Binary)


def test_keywords_are_names_where_a_name_must_stand() -> None:
    tree = parse("MATCH (n:Order {end: 1}) RETURN n.limit AS skip, {in: null, case: 1} AS m")
    assert [item.name for item in tree.branches[0][-1].items] == ["skip", "m"]  # type: ignore[union-attr]


@pytest.mark.perf
def test_a_rule_is_compiled_within_its_budget() -> None:
    text = """
    MATCH (d1:Deal)-[r:RESALE]->(d2:Deal) WHERE d2.kind = 'sale'
    MATCH (d1)-[:PARTY {role: 'SELLER'}]->(s) MATCH (d2)-[:PARTY {role: 'BUYER'}]->(b)
    WITH d1, d2, r, collect(DISTINCT s.id) AS upstream, collect(DISTINCT b.id) AS buyer
    WHERE none(i IN upstream WHERE i IN buyer)
    RETURN d1.id AS d1, d2.id AS d2, upstream, buyer, r.shown AS shown,
      EXISTS { (:Payment)-[:SETTLES]->(d1) } AS paid
    """
    catalogue = Catalogue.of_schema(SCHEMA)
    spent = []
    for _ in range(7):
        started = process_time()
        compile_query(text, catalogue)
        spent.append(process_time() - started)
    assert sorted(spent)[3] < 0.025
