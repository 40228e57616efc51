"""Query text to syntax tree, by the grammar file beside this module."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING

from lark import Lark, Token, UnexpectedInput
from lark.lexer import Lexer

from graphmodel.query.lexer import KEYWORDS, PUNCTUATION, Source, read_tokens
from graphmodel.query.path_refusals import unsupported_path
from graphmodel.query.refusals import Said, nearest
from graphmodel.query.tree import TreeBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphmodel.errors import CypherError
    from graphmodel.query.lexer import Mark
    from graphmodel.query.syntax import Query

_LOCK = Lock()
_FEW, _NEAR = 6, 80
_LIBRARY = re.compile(r"\w\s*\.\s*\w+\s*$")
"""What stands before the bracket of a function of a library, such as `apoc.text.join(`."""
_OUTSIDE = {
    **dict.fromkeys(
        (
            "CREATE", "MERGE", "DELETE", "DETACH", "SET", "REMOVE", "FOREACH", "INSERT", "DROP",
            "ALTER", "TRUNCATE", "NODETACH",
        ),
        "refusal-hint-reading-only",
    ),
    "CALL": "refusal-hint-procedures",
    **dict.fromkeys(("LOAD", "COPY", "ATTACH", "IMPORT", "EXPORT"), "refusal-hint-files"),
    "CYPHER": "refusal-hint-prefix",
    **dict.fromkeys(("EXPLAIN", "PROFILE"), "refusal-hint-explain"),
    "USE": "refusal-hint-one-case",
    **dict.fromkeys(
        ("SHOW", "START", "STOP", "GRANT", "DENY", "REVOKE", "TERMINATE"),
        "refusal-hint-administration",
    ),
    **dict.fromkeys(("SHORTESTPATH", "ALLSHORTESTPATHS", "SHORTEST"), "refusal-hint-shortest"),
    **dict.fromkeys(
        ("SELECT", "FROM", "UPDATE", "JOIN", "PRAGMA", "EXECUTE", "VALUES"), "refusal-hint-sql"
    ),
}  # fmt: skip
"""Words that begin what the subset leaves out, each with the hint how to do without."""
_SIGNS = {kind: sign for sign, kind in PUNCTUATION.items()} | {
    "NODE_LPAR": "(", "PIPE": "|", "REL_CLOSE": "]", "REL_OPEN": "-[", "REL_BARE": "-->",
    "COMPREHENSION": "[", "PATTERNS": "[",
}  # fmt: skip
_VALUES = frozenset({"INTEGER", "STRING", "NULL", "TRUE", "CASE"})
_WORDS = frozenset({"NAME", "INTEGER", "FLOAT", "STRING", "PARAMETER"})


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
            raise _unexpected(source, marks, error) from None
        finally:
            builder.end()
    return tree


def _unexpected(source: Source, marks: list[Mark], error: UnexpectedInput) -> CypherError:
    token = getattr(error, "token", None)
    if token is None:
        return source.error(Said("refusal-unreadable"), 0)
    at = token.start_pos or 0
    expected = frozenset(getattr(error, "expected", None) or ())
    if token.type == "$END":
        empty = not source.text.strip()
        reason = Said("refusal-empty" if empty else "refusal-ends-early")
        return source.error(reason, at, "" if empty else _hint_of_expected(expected))
    path = unsupported_path(marks, at)
    if path is not None:
        return source.error(*path)
    word = str(token)
    key = _OUTSIDE.get(word.upper()) if token.type not in {"STRING", "PARAMETER"} else None
    if key:
        return source.error(Said("refusal-word-outside", word=word.upper()), at, Said(key))
    before = source.text[max(0, at - _NEAR) : at]
    hint = _hint_of_word(token, expected, before) or _hint_of_expected(expected)
    # what a string says is no matter of the language, and may be somebody's number
    shown = "…" if token.type == "STRING" else word
    return source.error(Said("refusal-unexpected", word=shown), at, hint)


def _hint_of_word(token: Token, expected: frozenset[str], before: str) -> Said | str:
    """Return what a word that is not expected may have been meant to be."""
    if token.type == "LPAR" and _LIBRARY.search(before):
        return Said("refusal-hint-library")
    if token.type == "SKIP":
        return Said("refusal-hint-skip-first")
    if expected == {"EQ"}:
        return Said("refusal-hint-node")
    if token.type == "LBRACE":
        return Said("refusal-hint-projection") if "DOT" in expected else ""
    if token.type != "NAME" or "NAME" in expected:
        return ""
    return nearest(str(token), KEYWORDS & expected)


def _hint_of_expected(expected: frozenset[str]) -> Said | str:
    """Return what could stand there, where that is not too much to be read."""
    if {"MATCH", "RETURN"} <= expected and not expected & {"WHERE", "COMMA", "AND", "UNION"}:
        return Said("refusal-hint-begin")
    kinds = sorted(expected - {"$END"})
    if expected >= _VALUES:
        return Said("refusal-hint-expected", names=Said("refusal-token-value"))
    names = [
        Said(f"refusal-token-{kind.lower()}") if kind in _WORDS else _SIGNS.get(kind, kind)
        for kind in kinds
    ]
    if not 0 < len(names) <= _FEW:
        return ""
    return Said("refusal-hint-expected", names=tuple({str(name): name for name in names}.values()))
