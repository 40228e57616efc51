"""What a text that cannot be read may have meant as a path: forms of GQL that are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.query.refusals import Said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.query.lexer import Mark

_CLAUSES = frozenset({"WHERE", "RETURN", "WITH", "UNWIND", "PIPE"})
_OPENING = frozenset({"LPAR", "NODE_LPAR"})
_SELECTORS = frozenset({"SHORTEST", "ANY", "ALL", "SHORTESTPATH", "ALLSHORTESTPATHS"})
_REPEATED = frozenset({"PLUS", "STAR", "LBRACE"})


def unsupported_path(marks: Sequence[Mark], at: int) -> tuple[Said, int] | None:
    """Return reason and place, where the token at offset `at` is part of such a path."""
    index = next((i for i, mark in enumerate(marks) if mark.start == at), None)
    if index is None or not _in_match(marks, index):
        return None
    for mark in marks[max(0, index - 1) : index + 1]:
        if mark.value.upper() in _SELECTORS and mark.kind in {"NAME", "ALL"}:
            return Said("refusal-path-selector", word=mark.value), mark.start
    near = {mark.kind for mark in marks[max(0, index - 1) : index]}
    if marks[index].kind in _OPENING and near & {*_OPENING, "RPAR"}:
        return Said("refusal-path-parentheses"), at
    return _repeated(marks, index)


def _in_match(marks: Sequence[Mark], index: int) -> bool:
    """Tell whether the patterns of a MATCH (or of a subquery) stand here."""
    for mark in reversed(marks[:index]):
        if mark.kind in _CLAUSES:
            return False
        if mark.kind == "MATCH":
            return True
    return False


def _repeated(marks: Sequence[Mark], index: int) -> tuple[Said, int] | None:
    """Find `-->+`, `-[…]->*` or `--{1,3}` from here to the next node."""
    for before, mark in zip(marks[index:], marks[index + 1 :], strict=False):
        if mark.kind in _OPENING:
            return None
        if mark.kind in _REPEATED and before.kind in {"GT", "MINUS", "RPAR"}:
            return Said("refusal-quantified"), mark.start
    return None
