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
    PATH = "path"
    LIST = "list"
    MAP = "map"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Type:
    """A kind with what it needs: item, fields, classes of a node, members of a mix.

    A `sparse` map has any of its fields: which ones, it says itself, in its hidden list of keys.
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
        if self.kind in {Kind.NODE, Kind.RELATIONSHIP, Kind.PATH}:
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
TAGS = {
    Kind.BOOLEAN: "b", Kind.INTEGER: "i", Kind.FLOAT: "f", Kind.STRING: "s", Kind.LIST: "l",
    Kind.MAP: "m", Kind.NODE: "n", Kind.RELATIONSHIP: "r", Kind.PATH: "p",
}  # fmt: skip
"""Kinds that a mix may hold, each with its tag, which is also the name of its field."""

KEYS = "^"
"""Field of a sparse map that lists its keys; `field_name` gives this name to no key."""


def list_of(item: Type) -> Type:
    """Return the type of a list."""
    return Type(Kind.LIST, item)


def map_of(fields: Iterable[tuple[str, Type]]) -> Type:
    """Return the type of a map; one without keys is sparse, for no record is without fields."""
    held = tuple(fields)
    return Type(Kind.MAP, fields=held, sparse=not held)


def field_name(key: str) -> str:
    """Return the name of the SQL field of a key: SQL does not tell upper from lower case.

    Two names are special: no field has an empty one, and DuckDB takes a parameter with the keys
    `key` and `value` for a map of its own.
    """
    if key in {"", "value"}:
        return f"^;{key}"
    return "".join(_letter(char) for char in key)


def _letter(char: str) -> str:
    if char == "^":
        return "^^"
    if char.isascii():
        return f"^{char.lower()}" if char.isupper() else char
    return f"^;{ord(char):x};" if char.lower() != char or char.upper() != char else char


def height(type_: Type) -> int:
    """Return how deep lists, maps and mixes are nested in a type: 0 for a scalar."""
    parts = [type_.item, *(field for _, field in type_.fields), *type_.members]
    return max((1 + height(part) for part in parts if part is not None), default=0)


def node_of(classes: Iterable[int]) -> Type:
    """Return the type of a node that belongs to one of these classes."""
    return Type(Kind.NODE, classes=frozenset(classes))


def relationship_of(numbers: Iterable[int]) -> Type:
    """Return the type of a relationship of one of these types."""
    return Type(Kind.RELATIONSHIP, classes=frozenset(numbers))


def of_property(kind: PropertyType) -> Type | None:
    """Return the type of a declared property; None for `ANY`, which has no single type."""
    return _OF_PROPERTY.get(kind)


def unify(left: Type, right: Type) -> Type:
    """Return the smallest type that holds both; values of different kinds meet as a mix."""
    if left == right or right.kind is Kind.NULL:
        return left
    if left.kind is Kind.NULL:
        return right
    joined = _JOINED.get(left.kind) if left.kind is right.kind else None
    return (joined or _mix)(left, right)


def _unify_entities(left: Type, right: Type) -> Type:
    return Type(left.kind, classes=left.classes | right.classes)


def _unify_lists(left: Type, right: Type) -> Type:
    return list_of(unify(left.item or NULL, right.item or NULL))


def _unify_paths(left: Type, right: Type) -> Type:
    pairs = zip(left.fields, right.fields, strict=True)
    fields = [(name, unify(a, b)) for (name, a), (_, b) in pairs]
    return Type(Kind.PATH, fields=tuple(fields))


def _unify_maps(left: Type, right: Type) -> Type:
    """Return a map with the fields of both; one that may lack some of them is sparse."""
    known = dict(left.fields)
    for name, type_ in right.fields:
        known[name] = unify(known.get(name, type_), type_)
    same = [name for name, _ in left.fields] == [name for name, _ in right.fields]
    sparse = left.sparse or right.sparse or not same
    return Type(Kind.MAP, fields=tuple(known.items()), sparse=sparse)


def _mix(left: Type, right: Type) -> Type:
    members: dict[Kind, Type] = {}
    for side in (left, right):
        for member in side.members or (side,):
            known = members.get(member.kind, member)
            members[member.kind] = unify(known, member)
    return Type(Kind.MIXED, members=tuple(members[kind] for kind in TAGS if kind in members))


_JOINED = {
    Kind.NODE: _unify_entities, Kind.RELATIONSHIP: _unify_entities, Kind.LIST: _unify_lists,
    Kind.PATH: _unify_paths, Kind.MAP: _unify_maps,
}  # fmt: skip


def unify_all(types: Iterable[Type]) -> Type:
    """Return the smallest type that holds all; `NULL` for none."""
    found = NULL
    for type_ in types:
        found = unify(found, type_)
    return found
