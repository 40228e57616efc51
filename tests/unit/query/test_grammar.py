"""The grammar has no conflict that Lark would settle silently."""

from __future__ import annotations

import logging
from importlib.resources import files
from typing import TYPE_CHECKING

from graphmodel.query.parse import parse

if TYPE_CHECKING:
    import pytest


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
