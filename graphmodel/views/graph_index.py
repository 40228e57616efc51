"""The facts of a report by node and type, so that a page of many findings reads them once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphmodel.model.subgraph import LinkFact, NodeFact, SubGraph

Key = tuple[str, str]


class GraphIndex:
    """The nodes of a sub-graph, and its links by start, by end, and personas by their look."""

    def __init__(self, graph: SubGraph) -> None:
        """Read the whole sub-graph once."""
        self.nodes: dict[Key, NodeFact] = graph.nodes
        self._out: dict[tuple[Key, str], list[LinkFact]] = defaultdict(list)
        self._into: dict[tuple[Key, str], list[LinkFact]] = defaultdict(list)
        self._looks: dict[str, list[str]] = defaultdict(list)
        for link in graph.links:
            self._out[link.start, link.type].append(link)
            self._into[link.end, link.type].append(link)
        for label, ident in sorted(graph.nodes):
            if label == "Persona":
                self._looks[self._look(ident)].append(ident)

    def _look(self, persona: str) -> str:
        return str(self.nodes["Persona", persona].properties.get("key") or "")

    def out(self, start: Key, type_: str) -> list[LinkFact]:
        """Return the links of one type that leave a node."""
        return self._out.get((start, type_), [])

    def into(self, end: Key, type_: str) -> list[LinkFact]:
        """Return the links of one type that enter a node."""
        return self._into.get((end, type_), [])

    def alike(self, persona: str) -> list[str]:
        """Return the personas that look the same: those of one key; alone where it has none."""
        look = self._look(persona)
        return self._looks[look] if look else [persona]
