"""Walks over syntax trees: the names an expression uses, and what it contains."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from graphmodel.query import syntax as s

if TYPE_CHECKING:
    from collections.abc import Iterator


def walk(node: object) -> Iterator[object]:
    """Yield the node and everything below it."""
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, tuple):
            stack.extend(current)
        elif is_dataclass(current):
            yield current
            stack.extend(getattr(current, name) for name in _slots(type(current)))


_SLOTS: dict[type, tuple[str, ...]] = {}


def _slots(kind: type) -> tuple[str, ...]:
    if kind not in _SLOTS:
        _SLOTS[kind] = tuple(field.name for field in fields(kind) if field.name != "at")
    return _SLOTS[kind]


def has_subquery(node: object) -> bool:
    """Tell whether an expression holds EXISTS, COUNT or a pattern."""
    return any(isinstance(part, s.Exists | s.Count) for part in walk(node))


def names_used(node: object) -> set[str]:
    """Return every variable name that occurs, bound or free."""
    found: set[str] = set()
    for part in walk(node):
        if isinstance(part, s.Variable):
            found.add(part.name)
        elif isinstance(part, s.NodePattern | s.RelationshipPattern) and part.variable:
            found.add(part.variable)
    return found


def aggregates_in(node: object, names: frozenset[str]) -> list[s.Call]:
    """Return the outermost calls of aggregating functions, in the order of the text."""
    found: list[s.Call] = []
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, s.Call) and current.name.lower() in names:
            found.append(current)
        elif isinstance(current, s.Exists | s.Count):
            continue
        elif isinstance(current, tuple):
            stack.extend(reversed(current))
        elif is_dataclass(current):
            stack.extend(getattr(current, name) for name in reversed(_slots(type(current))))
    return found
