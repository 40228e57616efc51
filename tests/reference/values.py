"""Cypher's values and how they compare: equality, `<`, the order of all values, grouping.

Numbers are Python's int and float, texts str, booleans bool, lists list, maps dict. What Cypher
calls an error raises `OracleError`; what this reference does not model raises `UnsureError`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import total_ordering
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Value: TypeAlias = Any
Row: TypeAlias = dict[str, Value]
INT_MIN, INT_MAX = -(2**63), 2**63 - 1


class OracleError(Exception):
    """Cypher answers with an error here."""


class UnsureError(Exception):
    """The reference does not know what Cypher answers here; nothing is compared."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node by identity."""

    id: object
    labels: tuple[str, ...] = field(compare=False)
    properties: Mapping[str, Value] = field(compare=False, hash=False)


@dataclass(frozen=True, slots=True)
class Rel:
    """A relationship by identity."""

    id: object
    type: str = field(compare=False)
    start: Node = field(compare=False)
    end: Node = field(compare=False)
    properties: Mapping[str, Value] = field(compare=False, hash=False)


@dataclass(frozen=True, slots=True)
class Path:
    """A walk: `len(nodes) == len(rels) + 1`."""

    nodes: tuple[Node, ...]
    rels: tuple[Rel, ...]


ENTITIES = (Node, Rel, Path)


def is_number(value: Value) -> bool:
    """Tell numbers from everything else; a boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_nan(value: Value) -> bool:
    """Tell the float that is not a number."""
    return isinstance(value, float) and math.isnan(value)


# three-valued logic --------------------------------------------------------------------------


def conjunction(values: Iterable[bool | None]) -> bool | None:
    """Return AND over three values."""
    found = list(values)
    if any(value is False for value in found):
        return False
    return None if None in found else True


def disjunction(values: Iterable[bool | None]) -> bool | None:
    """Return OR over three values."""
    found = list(values)
    if any(value is True for value in found):
        return True
    return None if None in found else False


def negation(value: bool | None) -> bool | None:  # noqa: FBT001 (a value, no switch)
    """Return NOT over three values."""
    return None if value is None else not value


# comparison ----------------------------------------------------------------------------------


def equal(left: Value, right: Value) -> bool | None:
    """Return `left = right`."""
    if left is None or right is None:
        return None
    if is_number(left) and is_number(right):
        return bool(left == right)  # exactly, as Python compares int and float
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and conjunction(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return set(left) == set(right) and conjunction(equal(left[k], right[k]) for k in left)
    return type(left) is type(right) and bool(left == right)


def compared(operator: str, left: Value, right: Value) -> bool | None:
    """Return `<`, `<=`, `>` or `>=`; null between kinds that have no order."""
    if operator in {">", ">="}:
        return compared({">": "<", ">=": "<="}[operator], right, left)
    if left is None or right is None:
        return None
    if isinstance(left, list) and isinstance(right, list):
        return _lists_compared(operator, left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        reason = "maps are compared"
        raise UnsureError(reason)
    alike = type(left) is type(right) and isinstance(left, str | bool)
    if not alike and not (is_number(left) and is_number(right)):
        return None
    return bool(left < right if operator == "<" else left <= right)


def _lists_compared(operator: str, left: list[Value], right: list[Value]) -> bool | None:
    """Compare item by item; the first pair that is not equal decides, a shorter list is less."""
    for a, b in zip(left, right, strict=False):
        same = equal(a, b)
        if same is None:
            return None
        if not same:
            return compared("<", a, b)
    return len(left) < len(right) if operator == "<" else len(left) <= len(right)


# DISTINCT and grouping -----------------------------------------------------------------------


def same_key(value: Value) -> Value:
    """Return what DISTINCT and grouping compare: null is null, 1 is 1.0, true is not 1."""
    if isinstance(value, list):
        return ("list", *(same_key(item) for item in value))
    if isinstance(value, dict):
        return ("map", *sorted((key, same_key(item)) for key, item in value.items()))
    if is_nan(value):
        reason = "not-a-number is grouped"  # Neo4j keeps some of them apart
        raise UnsureError(reason)
    if is_number(value):
        return ("number", value)
    return (type(value).__name__, value)


def unique(values: list[Value]) -> list[Value]:
    """Return each value once, as it first comes; tuples are rows."""
    found: dict[Value, Value] = {}
    for value in values:
        key = tuple(map(same_key, value)) if isinstance(value, tuple) else same_key(value)
        found.setdefault(key, value)
    return list(found.values())


# the order of all values ---------------------------------------------------------------------


@total_ordering
class Sorted:
    """The ascending order of all values: maps, entities, lists, texts, booleans, numbers, null."""

    def __init__(self, value: Value) -> None:
        """Compare by this value."""
        self.key = _sort_key(value)

    def __lt__(self, other: Sorted) -> bool:
        """Tell whether it comes before."""
        return bool(self.key < other.key)

    def __eq__(self, other: object) -> bool:
        """Tell whether neither comes before the other."""
        return isinstance(other, Sorted) and bool(self.key == other.key)

    def __hash__(self) -> int:
        """Hash as compared."""
        return hash(repr(self.key))


def _sort_key(value: Value) -> tuple[Value, ...]:
    if value is None:
        return (9,)
    if isinstance(value, dict):
        names = sorted(value)
        return (0, len(names), names, [_sort_key(value[name]) for name in names])
    if isinstance(value, ENTITIES):
        reason = "entities are ordered"
        raise UnsureError(reason)
    if isinstance(value, list):
        return (3, [_sort_key(item) for item in value])
    if isinstance(value, str):
        return (5, value)
    if isinstance(value, bool):
        return (6, value)
    return (7, 1, 0) if is_nan(value) else (7, 0, value)
