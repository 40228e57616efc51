"""The words in which a graph is declared: properties, node types, relationship types, a schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class PropertyType(StrEnum):
    """Type of a property's values; `ANY` where one name holds values of several types."""

    TEXT = "text"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    TEXTS = "list of text"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a node or relationship type; every property may be null unless it is `id`."""

    name: str
    type: PropertyType
    description: str = ""


@dataclass(frozen=True, slots=True)
class NodeType:
    """One label. `event` types are dated (`t0`, `t1`); `derived` ones are found by code."""

    label: str
    properties: tuple[Property, ...]
    description: str = ""
    event: bool = False
    derived: bool = False

    def names(self) -> tuple[str, ...]:
        """Return the property names in declared order (the order of columns in the store)."""
        return tuple(p.name for p in self.properties)


@dataclass(frozen=True, slots=True)
class RelationshipType:
    """One relationship type with the label pairs it may join (from, to).

    `key` names the properties that tell two parallel derived relationships apart.
    """

    type: str
    ends: tuple[tuple[str, str], ...]
    properties: tuple[Property, ...]
    description: str = ""
    derived: bool = False
    key: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        """Return the property names in declared order (the order of columns in the store)."""
        return tuple(p.name for p in self.properties)


@dataclass(frozen=True, slots=True)
class GraphSchema:
    """A declared graph: node types by label, relationship types by type, in declared order."""

    nodes: Mapping[str, NodeType] = field(default_factory=dict)
    relationships: Mapping[str, RelationshipType] = field(default_factory=dict)

    @classmethod
    def of(
        cls, nodes: Iterable[NodeType], relationships: Iterable[RelationshipType]
    ) -> GraphSchema:
        """Build a schema from its parts; a name declared twice is a ValueError."""
        by_label = {}
        for node in nodes:
            if node.label in by_label:
                msg = f"label {node.label} is declared twice"
                raise ValueError(msg)
            by_label[node.label] = node
        by_type = {}
        for relationship in relationships:
            if relationship.type in by_type:
                msg = f"relationship {relationship.type} is declared twice"
                raise ValueError(msg)
            by_type[relationship.type] = relationship
        return cls(by_label, by_type)
