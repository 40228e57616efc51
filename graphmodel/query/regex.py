"""`=~` by whole match, for patterns on which Java and the engine surely agree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import syntax as s
from graphmodel.query.joins import Value, derive
from graphmodel.query.types import BOOLEAN, Kind

if TYPE_CHECKING:
    from graphmodel.query.session import Context, Session

_LINE_ENDS = r"[^\n\r\x{85}\x{2028}\x{2029}]"
_PIECE = re.compile(
    r"(?P<dot>\.)|(?P<class>\[\^?(?:[^\\\[\]&^-]|[^\\\[\]&^-]-[^\\\[\]&^-]|\\[dDwW.\-+*?()\[\]{}|^$/\\tnr])+\])"
    r"|(?P<escape>\\[dDwW.\-+*?()\[\]{}|^$/\\tnr])|(?P<group>\((?:\?:)?)|(?P<mark>[)|])"
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
        reason = "a pattern is a constant or a parameter"
        raise session.error(reason, node.right.at)
    if pattern is None or left.type.kind is Kind.NULL:
        return o.constant_null(BOOLEAN)
    if not isinstance(pattern, str):
        return o.constant_null(BOOLEAN)
    vetted = _vetted(session, pattern, node.right.at)
    return o.spread(lambda text: _matched(text, vetted), left, at=session.place(node.at))


def _matched(text: Value, pattern: str) -> Value:
    if text.type.kind is not Kind.STRING:
        return o.constant_null(BOOLEAN)
    return derive(q.call("regexp_full_match", text.copy(), q.string(pattern)), BOOLEAN, text)


def _vetted(session: Session, pattern: str, at: int) -> str:
    """Rewrite a pattern piece by piece; a piece on which the two could differ is refused."""
    folding = pattern.startswith("(?i)")
    position, made, depth, repeatable = (4 if folding else 0), [], 0, False
    while position < len(pattern):
        piece = _PIECE.match(pattern, position)
        if piece is None or (piece["repeat"] and not repeatable):
            shown = pattern[position : position + 12]
            hint = "Use letters, digits, ., *, +, ?, {m,n}, [...], (...), | and \\d \\w."
            reason = f"the pattern part {shown!r} is outside the subset"
            raise session.error(reason, at, hint)
        depth += piece.group().startswith("(") - (piece.group() == ")")
        if depth < 0:
            break
        made.append(_rewritten(session, piece, folding, at))
        repeatable = not (piece["group"] or piece.group() == "|" or piece["repeat"])
        position = piece.end()
    if depth:
        reason = "the brackets of the pattern do not match"
        raise session.error(reason, at)
    return "".join(made)


def _rewritten(session: Session, piece: re.Match[str], folding: bool, at: int) -> str:  # noqa: FBT001
    text = piece.group()
    if piece["dot"]:
        return _LINE_ENDS
    if piece["group"]:
        return "(?:"
    if not folding:
        return text
    if piece["class"]:
        reason = "[...] together with (?i) is outside the subset"
        raise session.error(reason, at)
    if piece["plain"] and text.isascii() and text.isalpha():
        return f"[{text.lower()}{text.upper()}]"
    return text
