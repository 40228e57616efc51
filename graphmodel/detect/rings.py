"""Rings of giving: sets of parties each of whom can be reached from each other, inside a window.

A ring is a strongly connected set of the graph whose nodes are parties and whose edges are
handovers that can lie together within the window. Overlapping rings are one. Only handovers between
parties that are strongly connected in two windows' time are looked at closely, so the work grows
with the rings, not with the case.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.records import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graphmodel.detect.hubs import Entry


class Edge(NamedTuple):
    """A handover between two parties, as numbers."""

    giver: int
    taker: int
    entry: Entry


class Limits(NamedTuple):
    """Least size of a ring, length of the window, and how much is looked at."""

    min_members: int
    window_days: int
    max_transfers: int
    max_steps: int


class Ring(NamedTuple):
    """The members of a ring as numbers, and the handovers between them in its windows, by id."""

    members: frozenset[int]
    edges: tuple[Edge, ...]


class Rings:
    """Finds rings; `hubs` are parties with too many handovers, `left` the edges not searched."""

    def __init__(self, limits: Limits) -> None:
        """Keep the limits."""
        self._limits = limits
        self._steps = 0
        self.hubs: dict[int, int] = {}
        self.left = 0

    def find(self, edges: Sequence[Edge]) -> list[Ring]:
        """Return the rings, those that overlap joined, in order of their first handover."""
        counted = Counter(party for edge in edges for party in {edge.giver, edge.taker})
        limit = self._limits.max_transfers
        self.hubs = {party: many for party, many in counted.items() if many > limit}
        kept = [edge for edge in edges if not {edge.giver, edge.taker} & self.hubs.keys()]
        found: list[tuple[set[int], dict[str, Edge]]] = []
        # small parts first: what a limit cuts off is the thickest of the case
        parts = sorted(self._parts(_inside(kept)), key=lambda part: (len(part), part[0].entry.id))
        for window in (window for part in parts for window in self._windows(part)):
            for members, own in self._sets(window):
                _add(found, members, own)
        rings = [
            Ring(frozenset(members), tuple(own[id_] for id_ in sorted(own)))
            for members, own in found
        ]
        return sorted(rings, key=lambda ring: ring.edges[0].entry.id)

    def _parts(self, edges: Sequence[Edge]) -> Iterator[list[Edge]]:
        """Give the strongly connected parts of each stretch of two windows' time.

        Every window lies within such a stretch; neighbours overlap by a whole window.
        """
        length = self._limits.window_days * DAY_S
        # only where a window can begin: a time that is not known reaches for millions of years
        places = sorted({edge.entry.span.t1 // length for edge in edges})
        stretches: dict[int, list[Edge]] = defaultdict(list)
        for edge in edges:
            span = edge.entry.span
            begun = bisect_right(places, span.t0 // length - 2 - 1)
            for place in places[begun : bisect_right(places, span.t1 // length)]:
                stretches[place].append(edge)
        for place in sorted(stretches):
            yield from _components(stretches[place])

    def _windows(self, edges: Sequence[Edge]) -> Iterator[list[Edge]]:
        """Give the windows of one part that no other of its windows contains.

        A window is met if the least span of its handovers, max(0, max t0 - min t1), is within it.
        """
        length = self._limits.window_days * DAY_S
        by_start = sorted(edges, key=lambda edge: edge.entry.span.t0)
        place, last_seen = 0, -1
        for end in sorted({edge.entry.span.t1 for edge in edges}):
            while place < len(by_start) and by_start[place].entry.span.t0 <= end + length:
                place += 1
            if place == last_seen:
                continue  # nothing came in: the window lies inside the one before
            last_seen = place
            if self._steps > self._limits.max_steps:
                self.left += 1
                continue
            self._steps += place
            yield [edge for edge in by_start[:place] if edge.entry.span.t1 >= end]

    def _sets(self, edges: Sequence[Edge]) -> Iterator[tuple[set[int], list[Edge]]]:
        """Give the sets of enough members, or of two who gave each other twice."""
        for own in _components(edges):
            members = {edge.giver for edge in own}
            if len(members) >= self._limits.min_members or _is_pair(own):
                yield members, own


def _is_pair(edges: Sequence[Edge]) -> bool:
    """Tell whether two parties gave each other at least twice each way."""
    ways = Counter((edge.giver, edge.taker) for edge in edges)
    return len(ways) == 2 and all(many > 1 for many in ways.values())  # noqa: PLR2004 # two ways


def _components(edges: Sequence[Edge]) -> Iterator[list[Edge]]:
    """Give the edges inside each strongly connected set of at least two parties."""
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_edges_from((edge.giver, edge.taker) for edge in edges)
    place: dict[int, int] = {}
    for number, members in enumerate(nx.strongly_connected_components(graph)):
        place |= dict.fromkeys(members, number)
    found: dict[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        if place[edge.giver] == place[edge.taker]:
            found[place[edge.giver]].append(edge)
    ordered = sorted(found.values(), key=lambda own: min(edge.entry.id for edge in own))
    yield from ordered


def _inside(edges: Sequence[Edge]) -> list[Edge]:
    """Return the edges inside strongly connected sets, whatever their time."""
    return [edge for own in _components(edges) for edge in own]


def _add(
    found: list[tuple[set[int], dict[str, Edge]]], members: Iterable[int], own: Iterable[Edge]
) -> None:
    """Add a set to those found, joined with all that share a member with it."""
    joined, edges = set(members), {edge.entry.id: edge for edge in own}
    for other in [one for one in found if one[0] & joined]:
        found.remove(other)
        joined |= other[0]
        edges |= other[1]
    found.append((joined, edges))
