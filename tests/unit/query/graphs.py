"""One small graph that the tests of the query floor ask."""

from __future__ import annotations

from typing import Any

from graphmodel.query import PropertyGraph


def _node(identity: int, labels: list[str], **properties: object) -> dict[str, Any]:
    return {"id": identity, "labels": labels, "properties": properties}


def _rel(identity: int, type_: str, start: int, end: int, **properties: object) -> dict[str, Any]:
    ends = {"from": start, "to": end}
    return {"id": identity, "type": type_, **ends, "properties": properties}


NODES = [
    _node(1, ["Person"], id="p1", name="Ann", age=30, h=1.5),
    _node(2, ["Person", "Boss"], id="p2", name="Bob", age=40, h=2.0),
    _node(3, ["Person"], id="p3", age=-7),
    _node(4, ["Account"], id="a1", platform="wechat", tags=["x", "y"], n=3),
    _node(5, ["Account"], id="a2", platform="alipay", n=3.0),
    _node(6, [], id="z", x=True, n="three"),
    _node(7, ["Persona"], id="q1", name="张三", key="a\u00a0b"),
]
RELATIONSHIPS = [
    _rel(10, "KNOWS", 1, 2, since=3, w=0.5),
    _rel(11, "KNOWS", 2, 3, since=5),
    _rel(12, "KNOWS", 1, 1),
    _rel(13, "CONTROLS", 1, 4, since=1),
    _rel(14, "CONTROLS", 2, 4),
    _rel(15, "CONTROLS", 2, 5, since=2),
    _rel(16, "SHOWS", 4, 7, to="p3"),
    _rel(17, "SHOWS", 5, 7),
    _rel(18, "KNOWS", 3, 1, since=1),
    _rel(19, "KNOWS", 1, 2, since=4),
]


def people() -> PropertyGraph:
    """Return the graph: three persons, two accounts, a persona and a node without a label."""
    return PropertyGraph.from_records(NODES, RELATIONSHIPS)


def typed(value: object) -> object:
    """Return a value that tells 3, 3.0 and True apart when compared."""
    if isinstance(value, list | tuple):
        return tuple(typed(item) for item in value)
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, float) and value != value:  # noqa: PLR0124 (not a number)
        return ("float", "nan")
    return (type(value).__name__, value)
