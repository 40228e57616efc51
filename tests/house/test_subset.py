"""The page of the subset: all that is listed works, and nothing that works is missing."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import pytest
from lark import Lark, Token, Tree

from graphmodel.query import lexer
from graphmodel.query.expressions import AGGREGATES
from graphmodel.query.functions import _HINTS, GRAPH, SCALAR
from graphmodel.query.lexer import KEYWORDS, PUNCTUATION, Source, read_tokens
from graphmodel.query.parse import _OUTSIDE, NoText
from graphmodel.texts import text
from tests.house import subset
from tests.needs import ROOT

NAMES = [*subset.aggregate_names(), *subset.scalar_names()]
CALLS = [subset.call(name, subset.ARGUMENTS[name]) for name in NAMES]
# tokens that only end up in a refusal
UNUSED = {"SEMICOLON"}


@cache
def grammar() -> Lark:
    source = files("graphmodel.query").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(source, parser="lalr", lexer=NoText, maybe_placeholders=True)


def tree_of(query: str) -> Tree[Token]:
    feeder = grammar().parse_interactive()
    for mark in read_tokens(Source(query)):
        feeder.feed_token(Token(mark.kind, mark.value))
    made: Tree[Token] = feeder.feed_eof(Token("$END", ""))
    return made


def test_every_function_of_the_tables_is_on_the_page() -> None:
    assert {name.lower() for name in NAMES} == {*SCALAR, *GRAPH, *AGGREGATES}
    assert set(subset.ARGUMENTS) == set(NAMES)
    for name in NAMES:
        low, high, _ = (SCALAR | GRAPH).get(name.lower(), (0, 9, None))
        assert low <= len(subset.ARGUMENTS[name]) <= high


@pytest.mark.parametrize("query", [*subset.EXAMPLES, *CALLS])
def test_every_example_is_answered(query: str) -> None:
    assert subset.answer(query) != "no row"


def test_the_fewest_and_the_most_arguments_are_taken() -> None:
    for name, (low, high, _) in (SCALAR | GRAPH).items():
        most = min(high, 4)
        for number, right in ((low, True), (most, True), (high + 1, False)):
            said = refused_with(f"RETURN {name}({', '.join(['null'] * number)}) AS x")
            assert ("as the number of its arguments" not in said) is right, (name, number)


def refused_with(query: str) -> str:
    try:
        return subset.refusal_of(query).reason
    except ValueError:
        return ""


def test_every_kind_that_is_listed_for_a_function_is_taken_and_no_other() -> None:
    assert subset.taken("substring") == ["string", "integer", "integer"]
    assert subset.taken("coalesce") == ["anything", "anything"]
    assert subset.taken("labels") == ["node"]
    assert all(kinds for name in NAMES for kinds in subset.taken(name))


def test_every_rule_of_the_grammar_has_an_example() -> None:
    reached = {part.data for query in subset.EXAMPLES for part in tree_of(query).iter_subtrees()}
    rules = {rule.alias or rule.origin.name for rule in grammar().rules}
    hidden = {rule.origin.name for rule in grammar().rules if rule.options.expand1}
    named = {str(name) for name in rules if not str(name).startswith("_")}
    assert len(named) > 60
    assert named - {str(name) for name in reached} - {str(name) for name in hidden} == {"start"} - {
        str(name) for name in reached
    }


def test_every_token_has_an_example() -> None:
    queries = [*subset.EXAMPLES, *CALLS]
    met = {mark.kind for query in queries for mark in read_tokens(Source(query))}
    split = {mark.kind for query in queries for mark in lexer._split(Source(query))}  # noqa: SLF001
    terminals = {terminal.name for terminal in grammar().terminals}
    assert terminals - met == set()
    assert {*KEYWORDS, *PUNCTUATION.values()} - met - split == UNUSED


def test_every_word_that_is_listed_as_outside_is_refused_with_its_hint() -> None:
    for word, key in _OUTSIDE.items():
        error = subset.refusal_of(f"{word} x")
        assert (error.line, error.column) == (1, 1)
        assert error.hint == text(key, "en")
    for name, key in _HINTS.items():
        if name not in SCALAR | GRAPH:
            assert subset.refusal_of(f"RETURN {name}() AS x").hint == text(key, "en")


@pytest.mark.parametrize("query", subset.REFUSED.values())
def test_every_text_that_is_listed_as_outside_is_refused(query: str) -> None:
    error = subset.refusal_of(query)
    assert error.reason
    assert error.hint


def test_the_limits_are_those_that_refusals_name() -> None:
    said = {
        "characters of a text": "RETURN " + "a" * lexer.MAX_LENGTH,
        "words and signs of a text": "RETURN " + "1 " * lexer.MAX_TOKENS,
        "brackets inside each other": "RETURN " + "(" * (lexer.MAX_NESTING + 1),
        "levels of an expression": "RETURN " + "-" * 500 + "1",
        "hops of a variable length, and of one `MATCH`": "MATCH ()-[*1..101]->() RETURN 1 AS x",
    }
    for what, query in said.items():
        assert f"{subset.limits()[what]:,}" in refused_with(query), what
    assert len(subset.limits()) == len(said) + 1


def test_the_page_holds_the_section() -> None:
    page = (ROOT / "cypher" / "README.md").read_text(encoding="utf-8")
    assert page.count("## The subset, with an answer to each example") == 1
    for name in NAMES:
        assert f"| `{name}` |" in page
