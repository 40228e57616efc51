"""A small part of the graph as plain values: what pictures and reports are made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class NodeFact(NamedTuple):
    """A node: its label, id and properties (those that are null are left out)."""

    label: str
    id: str
    properties: Mapping[str, object]


class LinkFact(NamedTuple):
    """A relationship between two nodes, each end as (label, id)."""

    type: str
    id: str
    start: tuple[str, str]
    end: tuple[str, str]
    properties: Mapping[str, object]


@dataclass(slots=True)
class SubGraph:
    """Nodes by (label, id), links by type and id; every end of a link is among the nodes."""

    nodes: dict[tuple[str, str], NodeFact] = field(default_factory=dict)
    links: list[LinkFact] = field(default_factory=list)

    def out(self, start: tuple[str, str], type_: str) -> list[LinkFact]:
        """Return the links of one type that leave a node."""
        return [link for link in self.links if link.type == type_ and link.start == start]

    def into(self, end: tuple[str, str], type_: str) -> list[LinkFact]:
        """Return the links of one type that enter a node."""
        return [link for link in self.links if link.type == type_ and link.end == end]
