"""`=~` by whole match, for patterns on which Java and the engine surely agree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import syntax as s
from graphmodel.query.refusals import Said, meaningless
from graphmodel.query.types import BOOLEAN, STRING, Kind
from graphmodel.query.values import Value, derive

if TYPE_CHECKING:
    from graphmodel.query.session import Context, Session

_PREFIX = re.compile(r"\(\?([is]{1,2})\)")
_SPACES = r" \t\n\x0b\f\r"
_WRITTEN = {r"\s": f"[{_SPACES}]", r"\S": f"[^{_SPACES}]"}
_ANY = "(?s:.)"
_LINE_ENDS = r"[^\n\r\x{85}\x{2028}\x{2029}]"
_PIECE = re.compile(
    r"(?P<dot>\.)|(?P<class>\[\^?(?:[^\\\[\]&^-]|[^\\\[\]&^-]-[^\\\[\]&^-]|\\[dDwWs.\-+*?()\[\]{}|^$/\\tnr])+\])"
    r"|(?P<escape>\\[dDwWsS.\-+*?()\[\]{}|^$/\\tnr])|(?P<group>\((?:\?:)?)|(?P<mark>[)|])"
    r"|(?P<repeat>(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})\??)|(?P<plain>[^\\\[\](){}|*+?.^$])",
    re.DOTALL,
)


def compile_regex(session: Session, node: s.Binary, context: Context) -> Value:
    """Return `text =~ pattern`; the pattern is a constant or a parameter, so it can be vetted."""
    left = session.compilers.expression(session, node.left, context)
    pattern: object = None
    if isinstance(node.right, s.Literal):
        pattern = node.right.value
    elif isinstance(node.right, s.Parameter):
        session.parameter(node.right.name, node.right.at)
        pattern = session.constant(node.right.name)
    else:
        reason = Said("refusal-pattern-constant")
        raise session.error(reason, node.right.at)
    if pattern is not None and not isinstance(pattern, str):
        # Neo4j refuses it, too: the type is known before anything runs
        raise session.error(Said("refusal-pattern-constant"), node.right.at)
    known = not isinstance(node.left, s.PropertyOf | s.Subscript)
    if known and left.type.kind not in {Kind.STRING, Kind.NULL, Kind.MIXED}:
        raise o.TypeMismatch(meaningless("=~", left.type, STRING))
    if pattern is None or left.type.kind is Kind.NULL:
        return o.constant_null(BOOLEAN)
    vetted = _vetted(session, pattern, node.right.at)
    return o.spread(lambda text: _matched(text, vetted), left, at=session.place(node.at))


def _matched(text: Value, pattern: str) -> Value:
    if text.type.kind is not Kind.STRING:
        return o.constant_null(BOOLEAN)
    return derive(q.call("regexp_full_match", text.copy(), q.string(pattern)), BOOLEAN, text)


def _vetted(session: Session, pattern: str, at: int) -> str:
    """Rewrite a pattern piece by piece; a piece on which the two could differ is refused."""
    prefix = _PREFIX.match(pattern)
    flags = prefix[1] if prefix else ""
    bare = _without_anchors(pattern[prefix.end() :] if prefix else pattern)
    position, made, depth, repeatable = 0, [], 0, False
    while position < len(bare):
        piece = _PIECE.match(bare, position)
        if piece is None or (piece["repeat"] and not repeatable):
            shown = bare[position : position + 12]
            raise session.error(Said("refusal-pattern-part", part=shown), at)
        depth += piece.group().startswith("(") - (piece.group() == ")")
        if depth < 0:
            break
        made.append(_rewritten(session, piece, flags, at))
        repeatable = not (piece["group"] or piece.group() == "|" or piece["repeat"])
        position = piece.end()
    if depth:
        reason = Said("refusal-pattern-brackets")
        raise session.error(reason, at)
    return "".join(made)


def _without_anchors(pattern: str) -> str:
    """Leave out `^` at the start and `$` at the end: a pattern matches the whole text anyway."""
    if re.match(r"\^(?![*+?{])", pattern):
        pattern = pattern[1:]
    return pattern[:-1] if re.search(r"(?<!\\)(?:\\\\)*\$\Z", pattern) else pattern


def _rewritten(session: Session, piece: re.Match[str], flags: str, at: int) -> str:
    text = piece.group()
    if piece["dot"]:
        return _ANY if "s" in flags else _LINE_ENDS
    if piece["group"]:
        return "(?:"
    if text in _WRITTEN:
        return _WRITTEN[text]
    if piece["class"]:
        if "i" in flags:
            reason = Said("refusal-pattern-class")
            raise session.error(reason, at)
        return re.sub(r"\\(.)", _in_class, text)
    if "i" in flags and piece["plain"] and text.isascii() and text.isalpha():
        return f"[{text.lower()}{text.upper()}]"
    return text


def _in_class(escape: re.Match[str]) -> str:
    """Java's white space has the vertical tab, too."""
    return _SPACES if escape[1] == "s" else escape.group()
