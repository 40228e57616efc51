"""Walks over syntax trees: the names an expression uses, and what it contains."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from graphmodel.query import syntax as s

if TYPE_CHECKING:
    from collections.abc import Iterator


SUBQUERIES = (s.Exists, s.Count, s.Collect, s.PatternComprehension)
"""Kinds of expressions that are queries of their own."""


def walk(node: object) -> Iterator[object]:
    """Yield the node and everything below it."""
    stack = [node]
    while stack:
        current = stack.pop()
        kind = current.__class__
        if kind is tuple:
            stack.extend(current)  # type: ignore[arg-type] # a tuple
            continue
        slots = _slots(kind)
        if slots is None:
            continue
        yield current
        for name in slots:
            part = getattr(current, name)
            if part.__class__ not in _ATOMS:
                stack.append(part)


_ATOMS = frozenset({str, int, float, bool, type(None)})
_PLACES = frozenset({"at", "name_at"})
_SLOTS: dict[type, tuple[str, ...] | None] = {}


def _slots(kind: type) -> tuple[str, ...] | None:
    """Return the names of what a node of the tree holds; None where it is no node."""
    if kind not in _SLOTS:
        found = fields(kind) if is_dataclass(kind) else None
        names = None if found is None else (f.name for f in found if f.name not in _PLACES)
        _SLOTS[kind] = None if names is None else tuple(names)
    return _SLOTS[kind]


def has_subquery(node: object) -> bool:
    """Tell whether an expression holds a subquery or a pattern."""
    return any(isinstance(part, SUBQUERIES) for part in walk(node))


def names_used(node: object) -> set[str]:
    """Return every variable name that occurs, bound or free."""
    found: set[str] = set()
    for part in walk(node):
        if isinstance(part, s.Variable):
            found.add(part.name)
        elif isinstance(part, s.NodePattern | s.RelationshipPattern | s.Path) and part.variable:
            found.add(part.variable)
    return found


def calls_in_subqueries(node: object) -> list[s.Call]:
    """Return the function calls that stand in subqueries of an expression."""
    inside = [part for part in walk(node) if isinstance(part, SUBQUERIES)]
    return [part for query in inside for part in walk(query) if isinstance(part, s.Call)]


def names_outside_subqueries(node: object) -> set[str]:
    """Return the variables that an expression names, but for those inside its subqueries."""
    found: set[str] = set()
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, s.Variable):
            found.add(current.name)
        elif isinstance(current, tuple):
            stack.extend(current)
        elif not isinstance(current, SUBQUERIES):
            slots = _slots(type(current)) or ()
            stack.extend(getattr(current, name) for name in slots)
    return found


def aggregates_in(node: object, names: frozenset[str]) -> list[s.Call]:
    """Return the outermost calls of aggregating functions, in the order of the text."""
    found: list[s.Call] = []
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, s.Call) and current.name.lower() in names:
            found.append(current)
        elif isinstance(current, SUBQUERIES):
            continue
        elif isinstance(current, tuple):
            stack.extend(reversed(current))
        else:
            slots = _slots(type(current)) or ()
            stack.extend(getattr(current, name) for name in reversed(slots))
    return found
