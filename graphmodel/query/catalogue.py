"""The physical layout that queries are compiled against: which table holds which label and type.

A node class is one table of nodes that share their labels; a case has one class a label. Node ids
are `class number << 40 | sequence`, relationship ids `type number << 40 | sequence`, so that a
label test on an id is a range test and ids of different types never meet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from graphmodel.query.types import Type, of_property

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphmodel.model.schema_types import GraphSchema, Property

ID_BITS = 40
DEFAULT_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """Where a property is kept and of which type it is."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class NodeClass:
    """One table of nodes: its number, labels, table and the column of each property."""

    number: int
    labels: tuple[str, ...]
    table: str
    columns: Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """One table of relationships; `ends` are the pairs of node class numbers it may join."""

    number: int
    type: str
    table: str
    columns: Mapping[str, Column]
    ends: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Degrees:
    """Statistics of one relationship type: distinct starts and ends, greatest degree at each."""

    rows: int
    sources: int
    targets: int
    most_out: int
    most_in: int

    def distinct(self, column: str) -> int:
        """Return how many different nodes stand at an end (`_src` or `_dst`)."""
        return self.sources if column == "_src" else self.targets

    def most(self, column: str) -> int:
        """Return the greatest number of relationships that one node has at an end."""
        return self.most_out if column == "_src" else self.most_in


@dataclass(frozen=True)
class Catalogue:
    """All tables; in a `strict` catalogue, of a declared schema, an unknown property is a typo.

    `counts` are rows by table, `degrees` statistics by relationship table, as far as known.
    """

    nodes: tuple[NodeClass, ...]
    edges: tuple[EdgeTable, ...]
    strict: bool = True
    namespace: str = "graph"
    counts: dict[str, int] = field(default_factory=dict)
    digest: str = ""
    degrees: dict[str, Degrees] = field(default_factory=dict)

    @classmethod
    def of_schema(
        cls,
        schema: GraphSchema,
        counts: Mapping[str, int] | None = None,
        degrees: Mapping[str, Degrees] | None = None,
    ) -> Catalogue:
        """Return the layout of a declared schema: a table for each label and type, named alike."""
        numbers = {label: number for number, label in enumerate(schema.nodes, start=1)}
        nodes = tuple(
            NodeClass(numbers[label], (label,), label, _columns(node.properties))
            for label, node in schema.nodes.items()
        )
        edges = tuple(
            EdgeTable(
                number,
                name,
                name,
                _columns(edge.properties),
                frozenset((numbers[a], numbers[b]) for a, b in edge.ends),
            )
            for number, (name, edge) in enumerate(schema.relationships.items(), start=1)
        )
        return cls(nodes, edges, counts=dict(counts or {}), degrees=dict(degrees or {}))

    @cached_property
    def labels(self) -> dict[str, frozenset[int]]:
        """Return the classes of each label."""
        found: dict[str, set[int]] = {}
        for node in self.nodes:
            for label in node.labels:
                found.setdefault(label, set()).add(node.number)
        return {label: frozenset(numbers) for label, numbers in found.items()}

    @cached_property
    def types(self) -> dict[str, EdgeTable]:
        """Return the table of each relationship type."""
        return {edge.type: edge for edge in self.edges}

    @cached_property
    def classes(self) -> dict[int, NodeClass]:
        """Return node classes by number."""
        return {node.number: node for node in self.nodes}

    @cached_property
    def edge_numbers(self) -> dict[int, EdgeTable]:
        """Return relationship tables by number."""
        return {edge.number: edge for edge in self.edges}

    @cached_property
    def type_numbers(self) -> dict[str, frozenset[int]]:
        """Return the number of each relationship type, as a set."""
        return {edge.type: frozenset({edge.number}) for edge in self.edges}

    @cached_property
    def all_types(self) -> frozenset[int]:
        """Return the numbers of all relationship types."""
        return frozenset(self.edge_numbers)

    @cached_property
    def all_classes(self) -> frozenset[int]:
        """Return the numbers of all node classes."""
        return frozenset(self.classes)

    @cached_property
    def property_names(self) -> frozenset[str]:
        """Return every property name of the graph."""
        names = {name for node in self.nodes for name in node.columns}
        return frozenset(names | {name for edge in self.edges for name in edge.columns})

    def grow(self, table: str, rows: int) -> None:
        """Count rows that were written to a table; what was known of their degrees is void."""
        self.counts[table] = self.counts.get(table, 0) + rows
        self.degrees.pop(table, None)

    def sizes(self) -> dict[str, int]:
        """Return every number that decides a plan, by a name of its own."""
        found = dict(self.counts)
        for table, known in self.degrees.items():
            found |= {f"{table}>": known.sources, f"{table}<": known.targets}
            found |= {f"{table}>>": known.most_out, f"{table}<<": known.most_in}
        return found

    def rows(self, table: str) -> int:
        """Return how many rows a table has, as far as it is known."""
        return self.counts.get(table, DEFAULT_ROWS)


def _columns(properties: tuple[Property, ...]) -> dict[str, Column]:
    columns = {}
    for declared in properties:
        type_ = of_property(declared.type)
        if type_ is None:
            msg = f"property {declared.name} has no single type"
            raise ValueError(msg)
        columns[declared.name] = Column(declared.name, type_)
    return columns
