"""SQL of the case file's tables, made from the declared graph.

Schema `facts` holds what sources state, `derived` what rules write, `graph` one view per label and
type over both: the only place queries read. Node ids inside are dense integers, unique over all
labels: (number of the label << 40) + sequence; relationship ids likewise by type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.model.schema import SCHEMA
from graphmodel.model.schema_types import GraphSchema, NodeType, Property, PropertyType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SEQUENCE_BITS = 40

SQL_TYPES = {
    PropertyType.TEXT: "VARCHAR",
    PropertyType.INTEGER: "BIGINT",
    PropertyType.FLOAT: "DOUBLE",
    PropertyType.BOOLEAN: "BOOLEAN",
    PropertyType.TEXTS: "VARCHAR[]",
}

DERIVED_PROPERTIES = {
    "Deal": ("value_minor", "value_bound", "live", "goods", "transfer_t0", "transfer_t1"),
    "Claim": ("value_minor", "value_bound"),
    "Batch": ("goods",),
}
"""Properties of stated nodes that are computed: kept in `derived`, apart from the facts."""


def node_base(label: str) -> int:
    """Return the internal id before the first node of a label."""
    return (1 + list(SCHEMA.nodes).index(label)) << SEQUENCE_BITS


def relationship_base(type_: str) -> int:
    """Return the internal id before the first relationship of a type."""
    return (1 + list(SCHEMA.relationships).index(type_)) << SEQUENCE_BITS


def quoted(name: str) -> str:
    """Return a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def case_schema(extra: Mapping[str, Sequence[str]]) -> GraphSchema:
    """Return the declared graph with the unknown columns of a case as text properties."""

    def widened(name: str, properties: tuple[Property, ...]) -> tuple[Property, ...]:
        added = (Property(column, PropertyType.TEXT) for column in extra.get(name, ()))
        return (*properties, *added)

    nodes = [
        NodeType(t.label, widened(t.label, t.properties), t.description, t.event, t.derived)
        for t in SCHEMA.nodes.values()
    ]
    relationships = [
        type(t)(t.type, t.ends, widened(t.type, t.properties), t.description, t.derived, t.key)
        for t in SCHEMA.relationships.values()
    ]
    return GraphSchema.of(nodes, relationships)


def _columns(properties: Sequence[Property], without: Sequence[str] = ()) -> str:
    return "".join(
        f", {quoted(p.name)} {SQL_TYPES[p.type]}" for p in properties if p.name not in without
    )


def _node_statements(node: NodeType) -> Iterator[str]:
    name, apart = quoted(node.label), DERIVED_PROPERTIES.get(node.label, ())
    home = "derived" if node.derived else "facts"
    yield f"CREATE TABLE {home}.{name} (_nid BIGINT{_columns(node.properties, apart)})"
    if not apart:
        yield f"CREATE VIEW graph.{name} AS SELECT * FROM {home}.{name}"
        return
    computed = [p for p in node.properties if p.name in apart]
    yield f"CREATE TABLE derived.{name} (_nid BIGINT{_columns(computed)})"
    added = ", ".join(f"d.{quoted(p.name)}" for p in computed)
    yield (
        f"CREATE VIEW graph.{name} AS SELECT f.*, {added} FROM facts.{name} f "
        f"LEFT JOIN derived.{name} d ON d._nid = f._nid"
    )


def create_statements(schema: GraphSchema) -> Iterator[str]:
    """Yield the statements that make the empty tables and views of a case file."""
    for name in ("facts", "derived", "graph", "case_file"):
        yield f"CREATE SCHEMA {name}"
    for node in schema.nodes.values():
        yield from _node_statements(node)
    for relationship in schema.relationships.values():
        name = quoted(relationship.type)
        home = "derived" if relationship.derived else "facts"
        ends = "_rid BIGINT, _src BIGINT, _dst BIGINT"
        yield f"CREATE TABLE {home}.{name} ({ends}{_columns(relationship.properties)})"
        yield f"CREATE VIEW graph.{name} AS SELECT * FROM {home}.{name}"
    yield "CREATE TABLE facts.records (_nid BIGINT, digest VARCHAR)"
    yield "CREATE TABLE case_file.meta (key VARCHAR PRIMARY KEY, value VARCHAR)"
    columns = "id VARCHAR, typology VARCHAR, level VARCHAR, body VARCHAR"
    yield f"CREATE TABLE case_file.findings ({columns})"
