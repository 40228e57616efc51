"""The order in which the sources of a SELECT join: the cheapest first, then what it meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.query.joins import UnnestSource

if TYPE_CHECKING:
    from graphmodel.query.joins import JoinGraph, Source


def order_sources(graph: JoinGraph) -> list[Source]:
    """Return the inner sources in joining order."""
    inner = [source for source in graph.sources if not source.outer]
    own = {source.alias for source in inner}
    needs = {
        source.alias: source.items.refs & own
        for source in inner
        if isinstance(source, UnnestSource)
    }
    links = [frozenset(c.refs & own) for c in graph.conditions]
    return _greedy(inner, links, needs)


def _greedy(
    inner: list[Source], links: list[frozenset[str]], needs: dict[str, frozenset[str]]
) -> list[Source]:
    remaining = list(inner)
    placed: set[str] = set()
    ordered: list[Source] = []
    while remaining:
        ready = [s for s in remaining if needs.get(s.alias, frozenset()) <= placed]
        near = [s for s in ready if any(_joins(link, s.alias, placed) for link in links)]
        best = min(near or ready, key=lambda s: _cost(s, links, placed))
        ordered.append(best)
        placed.add(best.alias)
        remaining.remove(best)
    return ordered


def _joins(link: frozenset[str], alias: str, placed: set[str]) -> bool:
    return alias in link and len(link) > 1 and bool(link & placed)


def _cost(source: Source, links: list[frozenset[str]], placed: set[str]) -> float:
    """Estimate the rows after joining: conditions on it alone and closed loops make it rare."""
    cost = source.rows
    for link in links:
        if link == {source.alias}:
            cost *= 0.2
        elif source.alias in link and link <= placed | {source.alias} and len(link) > 1:
            cost *= 0.1
    return cost


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
