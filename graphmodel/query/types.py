"""Static types of expressions. A value of type `MIXED` carries which of several types it has.

Cypher is typed at run time, SQL before: everything whose type the schema, the text and the
parameters decide is compiled for that type; where several types can meet in one place, a tagged
record (`MIXED`) holds the value, so that 3, 3.0 and true stay apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from graphmodel.model.schema_types import PropertyType

if TYPE_CHECKING:
    from collections.abc import Iterable


class Kind(StrEnum):
    """Kinds of values; the text is the word used in messages."""

    NULL = "null"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    FLOAT = "float"
    STRING = "string"
    NODE = "node"
    RELATIONSHIP = "relationship"
    LIST = "list"
    MAP = "map"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Type:
    """A kind with what it needs: item, fields, classes of a node, members of a mix.

    `sparse` maps leave fields out whose value is null (`properties(n)`).
    """

    kind: Kind
    item: Type | None = None
    fields: tuple[tuple[str, Type], ...] = ()
    classes: frozenset[int] = frozenset()
    members: tuple[Type, ...] = ()
    sparse: bool = False

    @property
    def word(self) -> str:
        """Return the name used in messages."""
        if self.kind is Kind.MIXED:
            return " or ".join(member.word for member in self.members)
        return self.kind.value

    def entity(self) -> bool:
        """Tell whether the value is, or holds, a node or relationship."""
        if self.kind in {Kind.NODE, Kind.RELATIONSHIP}:
            return True
        parts = [self.item, *(t for _, t in self.fields), *self.members]
        return any(part is not None and part.entity() for part in parts)


NULL = Type(Kind.NULL)
BOOLEAN = Type(Kind.BOOLEAN)
INTEGER = Type(Kind.INTEGER)
FLOAT = Type(Kind.FLOAT)
STRING = Type(Kind.STRING)
WIDE = Type(Kind.INTEGER, sparse=True)
"""A sum of integers as it is returned: beyond 64 bits it becomes a float."""
NUMBERS = frozenset({Kind.INTEGER, Kind.FLOAT})

_OF_PROPERTY = {
    PropertyType.TEXT: STRING,
    PropertyType.INTEGER: INTEGER,
    PropertyType.FLOAT: FLOAT,
    PropertyType.BOOLEAN: BOOLEAN,
    PropertyType.TEXTS: Type(Kind.LIST, STRING),
}
TAGS = {Kind.BOOLEAN: "b", Kind.INTEGER: "i", Kind.FLOAT: "f", Kind.STRING: "s", Kind.LIST: "l"}
"""Kinds that a mix may hold, each with its tag, which is also the name of its field."""


def list_of(item: Type) -> Type:
    """Return the type of a list."""
    return Type(Kind.LIST, item)


def map_of(fields: Iterable[tuple[str, Type]]) -> Type:
    """Return the type of a map."""
    return Type(Kind.MAP, fields=tuple(fields))


def node_of(classes: Iterable[int]) -> Type:
    """Return the type of a node that belongs to one of these classes."""
    return Type(Kind.NODE, classes=frozenset(classes))


def relationship_of(numbers: Iterable[int]) -> Type:
    """Return the type of a relationship of one of these types."""
    return Type(Kind.RELATIONSHIP, classes=frozenset(numbers))


def of_property(kind: PropertyType) -> Type | None:
    """Return the type of a declared property; None for `ANY`, which has no single type."""
    return _OF_PROPERTY.get(kind)


def unify(left: Type, right: Type) -> Type | None:
    """Return the smallest type that holds both; None where they cannot meet in one place."""
    if left == right or right.kind is Kind.NULL:
        return left
    if left.kind is Kind.NULL:
        return right
    if left.kind is right.kind and left.kind in {Kind.NODE, Kind.RELATIONSHIP}:
        return Type(left.kind, classes=left.classes | right.classes)
    if left.kind is right.kind is Kind.LIST and left.item and right.item:
        item = unify(left.item, right.item)
        return None if item is None else list_of(item)
    if left.kind is right.kind is Kind.MAP:
        return _unify_maps(left, right)
    return _mix(left, right)


def _unify_maps(left: Type, right: Type) -> Type | None:
    if [name for name, _ in left.fields] != [name for name, _ in right.fields]:
        return None
    fields = []
    for (name, a), (_, b) in zip(left.fields, right.fields, strict=True):
        field = unify(a, b)
        if field is None:
            return None
        fields.append((name, field))
    return Type(Kind.MAP, fields=tuple(fields), sparse=left.sparse or right.sparse)


def _mix(left: Type, right: Type) -> Type | None:
    members: dict[Kind, Type] = {}
    for side in (left, right):
        for member in side.members or (side,):
            if member.kind not in TAGS:
                return None
            known = members.get(member.kind, member)
            merged = unify(known, member)
            if merged is None:
                return None
            members[member.kind] = merged
    return Type(Kind.MIXED, members=tuple(members[kind] for kind in TAGS if kind in members))


def unify_all(types: Iterable[Type]) -> Type | None:
    """Return the smallest type that holds all; `NULL` for none."""
    found = NULL
    for type_ in types:
        wider = unify(found, type_)
        if wider is None:
            return None
        found = wider
    return found
