"""The order in which the sources of a SELECT join: the cheapest first, then what it meets.

Rows are estimated from the sizes of tables and from what is known of degrees: a relationship
reached from one end multiplies by its number over the number of different nodes there, or of those
it is reached from, whichever is greater; one reached through a node that the same relationship led
to meets the crowded nodes more often, so its greatest degree counts, too. With both ends known it
closes a circle, which is rare. Node tables that only add properties come when nothing else is left
or a condition needs them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query.joins import PathSource, StageSource, TableSource, UnnestSource

if TYPE_CHECKING:
    from graphmodel.query.joins import JoinGraph, Source
    from graphmodel.query.values import Value

_EQUAL, _OTHER, _QUERY = 0.1, 0.4, 0.5
_STARTS = 3
_STEP_FACTOR = 2.0


def order_sources(graph: JoinGraph) -> list[Source]:
    """Return the inner sources in joining order: the best of a few greedy orders."""
    inner = [source for source in graph.sources if not source.outer]
    if len(inner) <= 1:
        return inner
    plan = _Plan(graph, inner)
    return plan.best().ordered


def expected_rows(graph: JoinGraph) -> float:
    """Return about how many rows the inner sources of a join graph leave."""
    inner = [source for source in graph.sources if not source.outer]
    return _Plan(graph, inner).best().rows if inner else 1.0


@dataclass(frozen=True, slots=True)
class _Tried:
    """A joining order with the rows it leaves and all those it makes on the way."""

    cost: float
    rows: float
    ordered: list[Source]


@dataclass(slots=True)
class _Known:
    """Groups of equal ids met so far: how many different ids each has at most, and where from."""

    distinct: dict[int, float] = field(default_factory=dict)
    ends: set[tuple[int, str, str]] = field(default_factory=set)

    def add(self, source: Source, columns: list[tuple[str, int]]) -> None:
        """Take over the groups of a source."""
        for column, group in columns:
            many = distinct_at(source, column)
            self.distinct[group] = min(self.distinct.get(group, many), many)
            if isinstance(source, TableSource):
                self.ends |= {(group, table.table, column) for table in source.tables}


@dataclass(slots=True)
class _Plan:
    """What the estimates need: which columns hold equal ids, and the other conditions."""

    graph: JoinGraph
    inner: list[Source]
    own: frozenset[str] = frozenset()
    groups: dict[tuple[str, str], int] = field(default_factory=dict)
    columns: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    outside: frozenset[int] = frozenset()
    conditions: dict[str, list[tuple[frozenset[str], float]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the conditions."""
        self.own = frozenset(source.alias for source in self.inner)
        for condition in self.graph.conditions:
            if condition.link:
                self._join(condition)
            elif condition.refs & self.own:
                asked = (condition.refs & self.own, _share(condition))
                for alias in asked[0]:
                    self.conditions.setdefault(alias, []).append(asked)
        for (alias, column), group in self.groups.items():
            self.columns.setdefault(alias, []).append((column, group))
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

    def _begin(self) -> _Known:
        """Return what is known before anything is read: the ids of the query around."""
        return _Known(dict.fromkeys(self.outside, 1.0))

    def starts(self) -> list[Source | None]:
        """Return the sources to begin with: those tied to the outside, else the smallest."""
        if self.outside:
            return [None]
        ready = [
            s for s in self.inner if not (isinstance(s, UnnestSource) and s.items.refs & self.own)
        ]
        ranked = sorted(ready, key=lambda s: self._factor(s, set(), self._begin()))
        return list(ranked[:_STARTS])

    def best(self) -> _Tried:
        """Return the cheapest of a few greedy orders."""
        return min((self.greedy(start) for start in self.starts()), key=lambda made: made.cost)

    def greedy(self, start: Source | None) -> _Tried:
        """Return the order in which each next source is the one that leaves the fewest rows."""
        remaining, ordered = list(self.inner), []
        placed: set[str] = set()
        known = self._begin()
        rows, cost = 1.0, 0.0
        while remaining:
            best = start or self._best(remaining, placed, known)
            start = None
            rows = max(rows * self._factor(best, placed, known), 0.01)
            cost += rows
            ordered.append(best)
            remaining.remove(best)
            placed.add(best.alias)
            known.add(best, self.columns.get(best.alias, []))
        return _Tried(cost, rows, ordered)

    def _best(self, remaining: list[Source], placed: set[str], known: _Known) -> Source:
        ready = [
            s
            for s in remaining
            if not (isinstance(s, UnnestSource) and s.items.refs & self.own - placed)
        ]
        return min(ready, key=lambda s: self._rank(s, placed, known))

    def _rank(self, source: Source, placed: set[str], known: _Known) -> tuple[int, float]:
        factor = self._factor(source, placed, known)
        columns = self.columns.get(source.alias, [])
        touching = any(group in known.distinct for _, group in columns)
        if not (touching or isinstance(source, UnnestSource)) and (placed or self.outside):
            return 2, factor
        fetch = isinstance(source, TableSource) and source.keys[0] == "_nid" and factor >= 1
        return (1 if fetch else 0), factor

    def _factor(self, source: Source, placed: set[str], known: _Known) -> float:
        factor = _fan_out(source, self.columns.get(source.alias, []), known)
        for refs, share in self.conditions.get(source.alias, []):
            if refs <= placed or refs - {source.alias} <= placed:
                factor *= share
        return factor


def _fan_out(source: Source, columns: list[tuple[str, int]], known: _Known) -> float:
    """Return how many rows of a source one row meets whose ids are known."""
    bound = [(column, group) for column, group in columns if group in known.distinct]
    if not bound:
        return source.rows
    if isinstance(source, StageSource):
        return _STEP_FACTOR
    if isinstance(source, PathSource):
        return math.pow(source.rows, 0.5 / len(bound))
    names = {column for column, _ in bound}
    if not isinstance(source, TableSource) or "_nid" in names or "_rid" in names:
        return 1.0
    factor = source.rows
    for column, group in bound:
        share = factor / max(distinct_at(source, column), known.distinct[group], 1)
        if len(bound) == 1 and any((group, e.table, column) in known.ends for e in source.tables):
            share = max(share, math.sqrt(share * most_at(source, column)))
        factor = share
    return factor


def distinct_at(source: Source, column: str) -> float:
    """Return how many different ids a column of a source holds, as far as it is known."""
    if not isinstance(source, TableSource) or column in {"_nid", "_rid"}:
        return source.rows
    nodes, total = source.nodes_at(column), 0
    for table in source.tables:
        known = source.catalogue.degrees.get(table.table)
        if known is None:
            return nodes
        total += known.distinct(column)
        if source.direction == "both":
            total += known.distinct("_dst" if column == "_src" else "_src")
    return min(total, nodes)


def most_at(source: TableSource, column: str) -> float:
    """Return the greatest number of relationships that one node has at an end; 1 if unknown."""
    found = [source.catalogue.degrees.get(table.table) for table in source.tables]
    return max((known.most(column) for known in found if known is not None), default=1)


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
