"""Query text to syntax tree, by the grammar file beside this module."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING

from lark import Lark, Token, UnexpectedInput
from lark.lexer import Lexer

from graphmodel.query.lexer import Source, read_tokens
from graphmodel.query.tree import TreeBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphmodel.errors import CypherError
    from graphmodel.query.lexer import Mark
    from graphmodel.query.syntax import Query

_LOCK = Lock()
_SHOWN, _FEW = 30, 4
_OUTSIDE = {
    **dict.fromkeys(
        ("CREATE", "MERGE", "DELETE", "DETACH", "SET", "REMOVE", "FOREACH", "INSERT", "DROP"),
        "Queries only read; facts are changed in the case tables.",
    ),
    "CALL": "Procedures and subquery calls are outside the subset; use EXISTS { } or COUNT { }.",
    "LOAD": "Files are read by `graphmodel import`, not by a query.",
    "CYPHER": "Leave the version prefix out.",
    "EXPLAIN": "Use `graphmodel query --explain`.",
    "PROFILE": "Use `graphmodel query --explain`.",
    "USE": "A query runs on one case.",
    "SHORTESTPATH": "Use a bounded pattern such as -[:AFTER*1..8]->.",
    "ALLSHORTESTPATHS": "Use a bounded pattern such as -[:AFTER*1..8]->.",
}
_NAMES = {
    "NAME": "a name", "INTEGER": "an integer", "FLOAT": "a number", "STRING": "a string",
    "PARAMETER": "a parameter", "LPAR": "(", "NODE_LPAR": "(", "RPAR": ")", "LSQB": "[",
    "RSQB": "]",
    "LBRACE": "{", "RBRACE": "}", "COMMA": ",", "DOT": ".", "COLON": ":", "EQ": "=", "PIPE": "|",
}  # fmt: skip


class NoText(Lexer):
    """The grammar is fed with finished tokens; this lexer only tells Lark that it needs none."""

    def __init__(self, lexer_conf: object) -> None:
        """Take no notice of Lark's terminals."""

    def lex(self, *_states: object) -> Iterator[Token]:
        """Give no token."""
        return iter(())


@cache
def _builder() -> TreeBuilder:
    return TreeBuilder()


@cache
def _parser() -> Lark:
    grammar = files("graphmodel.query").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer=NoText,
        transformer=_builder(),
        maybe_placeholders=True,
    )


def parse(text: str) -> Query:
    """Return the syntax tree of a query; a text outside the grammar is a CypherError."""
    source = Source(text)
    marks = read_tokens(source)
    _refuse_rich_labels(source, marks)
    with _LOCK:
        builder, parser = _builder(), _parser()
        builder.begin(source, marks)
        try:
            feeder = parser.parse_interactive()
            for mark in marks:
                feeder.feed_token(Token(mark.kind, mark.value, start_pos=mark.start))
            tree: Query = feeder.feed_eof(  # type: ignore[no-untyped-call]  # Lark has no type here
                Token("$END", "", start_pos=len(source.text))
            )
        except UnexpectedInput as error:
            raise _unexpected(source, error) from None
        finally:
            builder.end()
    return tree


def _refuse_rich_labels(source: Source, marks: list[Mark]) -> None:
    for before, mark in pairwise(marks):
        if mark.kind == "AMP":
            reason = "& is outside the subset"
            raise source.error(reason, mark.start, "Write :A:B for both labels.")
        if before.kind == "COLON" and mark.value in {"!", "%"}:
            reason = "label expressions are outside the subset"
            raise source.error(reason, mark.start)


def _unexpected(source: Source, error: UnexpectedInput) -> CypherError:
    token = getattr(error, "token", None)
    if token is None:
        return source.error("the query cannot be read", 0)
    at = token.start_pos or 0
    if token.type == "$END":
        reason = "the query ends too early" if source.text.strip() else "the query is empty"
        return source.error(reason, at, _expected(error))
    word = str(token)
    hint = _OUTSIDE.get(word.upper(), "")
    if hint:
        return source.error(f"{word.upper()} is outside the subset", at, hint)
    shown = word if len(word) <= _SHOWN else word[:_SHOWN] + "…"
    return source.error(f"{shown!r} is not expected here", at, _expected(error))


def _expected(error: UnexpectedInput) -> str:
    kinds = sorted(getattr(error, "expected", ()) or ())
    names = list(dict.fromkeys(_NAMES.get(kind, kind) for kind in kinds if kind != "$END"))
    return f"Expected {' or '.join(names)}." if 0 < len(names) <= _FEW else ""
