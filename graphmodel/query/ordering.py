"""The order in which the sources of a SELECT join: the cheapest first, then what it meets.

Rows are estimated from the sizes of tables alone: a relationship reached from one end multiplies by
its number over the number of nodes at that end; with both ends known it closes a circle, which is
rare. Node tables that only add properties come when nothing else is left or a condition needs them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query.joins import PathSource, StageSource, TableSource, UnnestSource

if TYPE_CHECKING:
    from graphmodel.query.joins import JoinGraph, Source, Value

_EQUAL, _OTHER, _QUERY = 0.1, 0.4, 0.5
_STARTS = 3
_STEP_FACTOR = 2.0


def order_sources(graph: JoinGraph) -> list[Source]:
    """Return the inner sources in joining order: the best of a few greedy orders."""
    inner = [source for source in graph.sources if not source.outer]
    if len(inner) <= 1:
        return inner
    plan = _Plan(graph, inner)
    tried = [plan.greedy(start) for start in plan.starts()]
    return min(tried, key=lambda made: made[0])[1]


@dataclass(slots=True)
class _Plan:
    """What the estimates need: which columns hold equal ids, and the other conditions."""

    graph: JoinGraph
    inner: list[Source]
    own: frozenset[str] = frozenset()
    groups: dict[tuple[str, str], int] = field(default_factory=dict)
    outside: frozenset[int] = frozenset()
    conditions: list[tuple[frozenset[str], float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read the conditions."""
        self.own = frozenset(source.alias for source in self.inner)
        for condition in self.graph.conditions:
            if condition.link:
                self._join(condition)
            elif condition.refs & self.own:
                self.conditions.append((condition.refs & self.own, _share(condition)))
        self.outside = frozenset(
            g for (alias, _), g in self.groups.items() if alias not in self.own
        )

    def _join(self, condition: Value) -> None:
        """Put the two columns of an equality of ids into one group."""
        sides = [condition.sql.this, condition.sql.expression]
        keys = [(c.table, c.name) if isinstance(c, exp.Column) else (str(id(c)), "") for c in sides]
        kept, merged = (self.groups.setdefault(key, len(self.groups)) for key in keys)
        for key, group in self.groups.items():
            if group == merged:
                self.groups[key] = kept

    def starts(self) -> list[Source | None]:
        """Return the sources to begin with: those tied to the outside, else the smallest."""
        if self.outside:
            return [None]
        ready = [
            s for s in self.inner if not (isinstance(s, UnnestSource) and s.items.refs & self.own)
        ]
        ranked = sorted(ready, key=lambda s: self._factor(s, set(), self.outside))
        return list(ranked[:_STARTS])

    def greedy(self, start: Source | None) -> tuple[float, list[Source]]:
        """Return cost and order when each next source is the one that leaves the fewest rows."""
        remaining, ordered = list(self.inner), []
        placed: set[str] = set()
        known = set(self.outside)
        rows, cost = 1.0, 0.0
        while remaining:
            best = start or self._best(remaining, placed, known)
            start = None
            rows = max(rows * self._factor(best, placed, known), 0.01)
            cost += rows
            ordered.append(best)
            remaining.remove(best)
            placed.add(best.alias)
            known |= {g for (alias, _), g in self.groups.items() if alias == best.alias}
        return cost, ordered

    def _best(self, remaining: list[Source], placed: set[str], known: set[int]) -> Source:
        ready = [
            s
            for s in remaining
            if not (isinstance(s, UnnestSource) and s.items.refs & self.own - placed)
        ]
        return min(ready, key=lambda s: self._rank(s, placed, known))

    def _rank(self, source: Source, placed: set[str], known: set[int]) -> tuple[int, float]:
        factor = self._factor(source, placed, known)
        touching = bool(self._bound(source, known)) or isinstance(source, UnnestSource)
        if not touching and (placed or self.outside):
            return 2, factor
        fetch = isinstance(source, TableSource) and source.keys[0] == "_nid" and factor >= 1
        return (1 if fetch else 0), factor

    def _bound(self, source: Source, known: set[int] | frozenset[int]) -> list[str]:
        return [
            column
            for (alias, column), group in self.groups.items()
            if alias == source.alias and group in known
        ]

    def _factor(self, source: Source, placed: set[str], known: set[int] | frozenset[int]) -> float:
        factor = _fan_out(source, self._bound(source, known))
        for refs, share in self.conditions:
            if source.alias in refs and refs <= placed | {source.alias}:
                factor *= share
        return factor


def _fan_out(source: Source, bound: list[str]) -> float:
    """Return how many rows of a source one row meets whose ids in `bound` are known."""
    if not bound:
        return source.rows
    if isinstance(source, StageSource):
        return _STEP_FACTOR
    if isinstance(source, PathSource):
        return math.pow(source.rows, 0.5 / len(bound))
    if not isinstance(source, TableSource) or "_nid" in bound or "_rid" in bound:
        return 1.0
    factor = source.rows
    for column in bound:
        factor /= max(source.nodes_at(column), 1)
    return factor


def _share(condition: Value) -> float:
    """Return the share of rows that a condition leaves."""
    if condition.subquery:
        return _QUERY
    return _EQUAL if isinstance(condition.sql, exp.EQ | exp.In) else _OTHER


_WORTH = 4
"""Sources that a core must have before it pays to finish it first."""


def core_of(graph: JoinGraph, inner: list[Source]) -> frozenset[str]:
    """Return the sources that equal ids hold together, where others meet them by values only.

    Nothing is returned where that would not pay: for a small core, where a source outside is
    filtered by a constant (it may be rare), or inside a subquery.
    """
    nothing: frozenset[str] = frozenset()
    if graph.parent is not None or any(isinstance(source, UnnestSource) for source in inner):
        return nothing
    groups = _groups(graph, inner)
    core = max(groups, key=len, default=nothing)
    if len(groups) == 1 or len(core) < _WORTH:
        return nothing
    own = frozenset(source.alias for source in inner)
    tied = False
    for condition in graph.conditions:
        refs = condition.refs & own
        if len(refs) == 1 and not refs & core and not condition.subquery:
            return nothing
        tied = tied or bool(refs & core and refs - core and not condition.subquery)
    return core if tied else nothing


def _groups(graph: JoinGraph, inner: list[Source]) -> list[frozenset[str]]:
    """Return the sets of sources that equal ids connect."""
    groups = [frozenset({source.alias}) for source in inner]
    for condition in graph.conditions:
        if condition.link:
            met = [group for group in groups if group & condition.refs]
            groups = [group for group in groups if not group & condition.refs]
            groups.append(frozenset().union(*met))
    return [group for group in groups if group]
