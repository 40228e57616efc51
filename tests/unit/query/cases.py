"""Random small graphs of the declared schema, as records and as the layout of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphmodel.model.schema import SCHEMA
from graphmodel.model.schema_types import PropertyType
from graphmodel.query.catalogue import Catalogue
from graphmodel.query.engines.embedded import EmbeddedEngine, open_memory
from graphmodel.query.sqlparts import sql_type

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    import duckdb

    from graphmodel.model.schema_types import Property
    from graphmodel.query.catalogue import Column

CATALOGUE = Catalogue.of_schema(SCHEMA)
LABELS = {label: number for number, label in enumerate(SCHEMA.nodes, start=1)}
BUSY = {"Person", "Account", "Deal", "Persona", "Batch"}
WORDS = {
    "kind": ["sale"] * 6 + ["sample", "device", "card", "same", "overlap", "batch"],
    "status": ["ok", "ok", "cancelled"],
    "role": ["SELLER", "BUYER"] * 4 + ["PAYER", "PAYEE"],
    "basis": ["controls", "holds", "agent", "employee", "owner", "deal"],
    "disclosed": ["yes", "no"],
    "quantity_bound": ["exact", "about"],
}


def random_case(rnd: Random) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return records: two or three nodes a label, some relationships of every type."""
    nodes: list[dict[str, Any]] = []
    for label, declared in SCHEMA.nodes.items():
        for place in range(rnd.randint(3, 4) if label in BUSY else 2):
            name = f"{label}{place}"
            values = _values(rnd, declared.properties, [n["id"] for n in nodes])
            nodes.append({"id": name, "labels": [label], "properties": {**values, "id": name}})
    by_label = {label: [n["id"] for n in nodes if n["labels"] == [label]] for label in LABELS}
    rels: list[dict[str, Any]] = []
    for type_, edge in SCHEMA.relationships.items():
        near = [ends for ends in edge.ends if BUSY.issuperset(ends)] or list(edge.ends)
        for _ in range(rnd.randint(14, 18) if edge.derived else rnd.randint(4, 8)):
            start, end = rnd.choice(near if rnd.random() < 0.8 else edge.ends)
            ends = {"from": rnd.choice(by_label[start]), "to": rnd.choice(by_label[end])}
            name = f"{type_};{len(rels)}"
            values = {**_values(rnd, edge.properties, [n["id"] for n in nodes]), "id": name}
            rels.append({"id": name, "type": type_, **ends, "properties": values})
    return nodes, rels


def _values(rnd: Random, properties: tuple[Property, ...], names: list[str]) -> dict[str, object]:
    made: dict[str, object] = {}
    for declared in properties:
        if rnd.random() < 0.05:
            continue
        if declared.type is PropertyType.INTEGER:
            made[declared.name] = rnd.randint(0, 4)
        elif declared.type is PropertyType.FLOAT:
            made[declared.name] = rnd.choice([0.5, 1.0])
        elif declared.type is PropertyType.BOOLEAN:
            made[declared.name] = rnd.random() < 0.8
        elif declared.type is PropertyType.TEXTS:
            made[declared.name] = rnd.sample(["f1", "f2"], rnd.randint(0, 2))
        elif declared.name in {"at", "to", "account"}:
            made[declared.name] = rnd.choice(names or ["x"])
        else:
            made[declared.name] = rnd.choice(WORDS.get(declared.name, ["a", "b"]))
    return made


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty layout of a case: `graph`, with derived types as views of `derived`."""
    connection.execute("CREATE SCHEMA graph; CREATE SCHEMA derived")
    for node in CATALOGUE.nodes:
        columns = f"_nid BIGINT{_columns(node.columns)}"
        connection.execute(f'CREATE TABLE graph."{node.table}" ({columns})')
    for edge in CATALOGUE.edges:
        derived = SCHEMA.relationships[edge.type].derived
        columns = f"_rid BIGINT, _src BIGINT, _dst BIGINT{_columns(edge.columns)}"
        schema = "derived" if derived else "graph"
        connection.execute(f'CREATE TABLE {schema}."{edge.table}" ({columns})')
        if derived:
            source = f'derived."{edge.table}"'
            connection.execute(f'CREATE VIEW graph."{edge.table}" AS FROM {source}')


def _columns(columns: Mapping[str, Column]) -> str:
    return "".join(
        f', "{column.name}" {sql_type(column.type).sql(dialect="duckdb")}'
        for column in columns.values()
    )


def insert(connection: duckdb.DuckDBPyConnection, table: str, row: dict[str, object]) -> None:
    """Insert one row; `table` is given with its schema."""
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", [*row.values()])  # noqa: S608


def case_engine(nodes: list[dict[str, Any]], rels: list[dict[str, Any]]) -> EmbeddedEngine:
    """Return an engine on the records, laid out as a case is."""
    connection = open_memory()
    create_tables(connection)
    numbers: dict[object, int] = {}
    for place, node in enumerate(nodes):
        label = node["labels"][0]
        numbers[node["id"]] = (LABELS[label] << 40) | place
        row = {"_nid": numbers[node["id"]], **node["properties"]}
        insert(connection, f'graph."{label}"', row)
    for place, rel in enumerate(rels):
        edge = CATALOGUE.types[rel["type"]]
        ends = {"_src": numbers[rel["from"]], "_dst": numbers[rel["to"]]}
        row = {"_rid": (edge.number << 40) | place, **ends, **rel["properties"]}
        schema = "derived" if SCHEMA.relationships[rel["type"]].derived else "graph"
        insert(connection, f'{schema}."{edge.table}"', row)
    return EmbeddedEngine(connection, SCHEMA, budget_s=60)
