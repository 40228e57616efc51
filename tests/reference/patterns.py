"""Matches patterns by trying everything: nodes one by one, relationships from there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graphmodel.query import syntax as s
from tests.reference.values import Node, OracleError, Path, Rel, Row, UnsureError, Value, equal

if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx as nx

    from tests.reference.expressions import Expressions


@dataclass(frozen=True, slots=True)
class _Walk:
    """How far a path is matched: the row so far, relationships used by this MATCH, the path."""

    row: Row
    used: frozenset[Rel]
    nodes: tuple[Node, ...] = ()
    rels: tuple[Rel, ...] = ()


class Matcher:
    """Finds the rows of patterns in a graph."""

    def __init__(self, graph: nx.MultiDiGraph, expressions: Expressions) -> None:
        """Match in this graph; conditions inside patterns are expressions."""
        self.graph = graph
        self.expressions = expressions

    def rows(self, paths: tuple[s.Path, ...], row: Row) -> Iterator[Row]:
        """Yield the row with what one match of all paths binds; inline conditions hold."""
        for walk in self._paths(paths, _Walk(dict(row), frozenset())):
            if all(self._fulfils(part, walk.row) for path in paths for part in parts_of(path)):
                yield {name: v for name, v in walk.row.items() if not name.startswith("\0")}

    def _paths(self, paths: tuple[s.Path, ...], walk: _Walk) -> Iterator[_Walk]:
        if not paths:
            yield walk
            return
        path = paths[0]
        for node in self._candidates(path.nodes[0], walk.row):
            row = {**walk.row, _key(path.nodes[0]): node}
            for done in self._steps(path, 0, _Walk(row, walk.used, (node,))):
                after = done
                if path.variable:
                    named = Path(done.nodes, done.rels)
                    after = replace(done, row={**done.row, path.variable: named})
                yield from self._paths(paths[1:], after)

    def _candidates(self, pattern: s.NodePattern, row: Row) -> list[Node]:
        nodes: list[Value] = [row[_key(pattern)]] if _key(pattern) in row else [*self.graph.nodes]
        if any(node is not None and not isinstance(node, Node) for node in nodes):
            reason = "not a node"
            raise OracleError(reason)
        return [node for node in nodes if node is not None and fits(pattern.labels, node.labels)]

    def _steps(self, path: s.Path, index: int, walk: _Walk) -> Iterator[_Walk]:
        """Match relationship `index` of the path and everything after it."""
        if index == len(path.relationships):
            yield walk
            return
        pattern, target = path.relationships[index], path.nodes[index + 1]
        for rels, nodes in self._trails(pattern, walk.nodes[-1], walk.used):
            end = nodes[-1] if nodes else walk.nodes[-1]
            value: Value = rels[0] if pattern.hops is None else list(rels)
            if not fits(target.labels, end.labels):
                continue
            if walk.row.get(_key(target), end) != end or not _may_be(pattern, walk.row, value):
                continue
            row = {**walk.row, _key(target): end, _key(pattern): value}
            after = _Walk(row, walk.used | {*rels}, walk.nodes + nodes, walk.rels + rels)
            yield from self._steps(path, index + 1, after)

    def _trails(
        self, pattern: s.RelationshipPattern, start: Node, used: frozenset[Rel]
    ) -> Iterator[tuple[tuple[Rel, ...], tuple[Node, ...]]]:
        """Yield relationships not used yet, one after the other, and the nodes they lead to."""
        low, high = pattern.hops or (1, 1)
        stack: list[tuple[tuple[Rel, ...], tuple[Node, ...]]] = [((), ())]
        while stack:
            rels, nodes = stack.pop()
            if len(rels) >= low:
                yield rels, nodes
            if len(rels) < high:
                for rel, other in self._around(nodes[-1] if nodes else start, pattern):
                    if rel not in used and rel not in rels:
                        stack.append(((*rels, rel), (*nodes, other)))

    def _around(self, at: Node, pattern: s.RelationshipPattern) -> list[tuple[Rel, Node]]:
        """Return each relationship at a node once, with the node at its other end."""
        found: dict[Rel, Node] = {}
        if pattern.direction in {"out", "both"}:
            found |= {rel: end for _, end, rel in self.graph.out_edges(at, keys=True)}
        if pattern.direction in {"in", "both"}:
            found |= {rel: start for start, _, rel in self.graph.in_edges(at, keys=True)}
        return [(rel, node) for rel, node in found.items() if fits(pattern.types, (rel.type,))]

    def _fulfils(self, part: s.NodePattern | s.RelationshipPattern, row: Row) -> bool:
        """Tell whether inline properties and the inline condition hold."""
        held = row[_key(part)]
        for name, expression in part.properties:
            wanted = self.expressions.value(expression, row)
            each = held if isinstance(held, list) else [held]
            if not all(equal(one.properties.get(name), wanted) is True for one in each):
                return False
        return part.condition is None or self.expressions.holds(part.condition, row)


def parts_of(path: s.Path) -> list[s.NodePattern | s.RelationshipPattern]:
    """Return the nodes and relationships of a path."""
    return [*path.nodes, *path.relationships]


def names_of(paths: tuple[s.Path, ...]) -> list[str]:
    """Return the variables of paths."""
    found = [path.variable for path in paths]
    found += [part.variable for path in paths for part in parts_of(path)]
    return [name for name in found if name]


def fits(wanted: s.LabelExpression | None, held: tuple[str, ...]) -> bool:
    """Tell whether labels, or the one type of a relationship, fit a label expression."""
    if wanted is None:
        return True
    if isinstance(wanted, s.LabelName):
        return wanted.name in held
    if isinstance(wanted, s.LabelNot):
        return not fits(wanted.operand, held)
    if isinstance(wanted, s.LabelJoin):
        judge = all if wanted.operator == "&" else any
        return judge(fits(part, held) for part in wanted.operands)
    return bool(held)


def _key(pattern: s.NodePattern | s.RelationshipPattern) -> str:
    return pattern.variable or f"\0{id(pattern)}"


def _may_be(pattern: s.RelationshipPattern, row: Row, value: Value) -> bool:
    if not pattern.variable or pattern.variable not in row:
        return True
    if pattern.hops is not None:
        reason = "a list of relationships is matched again"
        raise UnsureError(reason)
    return bool(row[pattern.variable] == value)
