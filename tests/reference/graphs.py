"""Small random graphs: several labels or none, loops, parallel edges, missing and mixed values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.reference.choices import Choices

LABELS = ("A", "B", "C")
TYPES = ("R", "S", "T")
TEXTS = ("a", "b", "ab", "", "é", "张三", "a b", "Ab", "😀", "7")
Records = list[dict[str, Any]]

_LABEL_SETS: tuple[list[str], ...] = (
    [],
    ["A"],
    ["B"],
    ["C"],
    ["A", "B"],
    ["A", "B", "C"],
    ["B", "C"],
)
_MIXED = (1, "a", 1.0, True, 2, "b", 2.5, False)


def random_graph(choices: Choices) -> tuple[Records, Records]:
    """Return nodes and relationships; the first node and one of each type have every property."""
    nodes = [_node(choices, index) for index in range(choices.number(3, 6))]
    kinds = [*TYPES, *(choices.one(TYPES) for _ in range(choices.number(1, 6)))]
    rels = [_relationship(choices, index, type_, nodes) for index, type_ in enumerate(kinds)]
    return nodes, rels


def _node(choices: Choices, index: int) -> dict[str, Any]:
    full = index == 0
    labels = ["A", "B"] if full else ["C"] if index == 1 else choices.one(_LABEL_SETS)
    values: dict[str, Any] = {
        "i": choices.number(-2, 4),
        "s": choices.one(TEXTS),
        "f": choices.one([0.5, 1.0, -2.5, 2.0, 1.25]),
        "b": choices.one([True, False]),
        "l": [choices.number(0, 3) for _ in range(choices.number(0, 3))],
        "t": choices.some(["a", "b", "é"], 50),
        "m": _by_label(choices, labels),
        "x": choices.one(_MIXED),
    }
    kept = {name: value for name, value in values.items() if full or choices.chance(75)}
    return {"id": index, "labels": labels, "properties": {**kept, "id": f"n{index}"}}


def _by_label(choices: Choices, labels: list[str]) -> Any:  # noqa: ANN401 (of any type)
    """Return a property whose type depends on the labels."""
    if not labels:
        return choices.one([True, False])
    kinds: dict[str, list[Any]] = {"A": [1, 2, 3], "B": ["a", "b"], "C": [0.5, 2.0]}
    return choices.one(kinds[labels[0]])


def _relationship(choices: Choices, index: int, type_: str, nodes: Records) -> dict[str, Any]:
    full = index < len(TYPES)
    values = {
        "w": choices.number(0, 3),
        "t": choices.one(TEXTS),
        "v": choices.one([0.5, 1.5, 2.0]),
    }
    kept = {name: value for name, value in values.items() if full or choices.chance(70)}
    ends = {"from": choices.one(nodes)["id"], "to": choices.one(nodes)["id"]}
    kept["id"] = f"r{index}"
    return {"id": f"r{index}", "type": type_, **ends, "properties": kept}
