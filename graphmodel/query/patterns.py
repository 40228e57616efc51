"""`MATCH` into a join graph: one source a relationship, equalities where ends meet, trails."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query import syntax as s
from graphmodel.query import types as t
from graphmodel.query.expressions import compile_expression, property_of, split_condition
from graphmodel.query.joins import Source, TableSource, in_classes
from graphmodel.query.labels import node_classes, relationship_types
from graphmodel.query.names import names_used
from graphmodel.query.operators import constant, equals, spread
from graphmodel.query.paths import Hop, path_of
from graphmodel.query.refusals import Said
from graphmodel.query.session import Context
from graphmodel.query.trails import path_source
from graphmodel.query.types import BOOLEAN, Kind
from graphmodel.query.values import Value, derive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphmodel.query.catalogue import EdgeTable
    from graphmodel.query.session import Session
    from graphmodel.query.sqlparts import Sql

Pairs = frozenset[tuple[int, int]]
_ITEM, _ITEMS = "\0item", "\0items"
HIDDEN = "\0"
"""First character of the names of unnamed pattern elements; no query can write it."""


@dataclass(slots=True)
class _Step:
    """A relationship of this MATCH: where it is read and which types it can have."""

    source: Source
    numbers: frozenset[int]
    many: bool


@dataclass(slots=True)
class _Matching:
    """One MATCH being compiled; `sure` are the classes that conditions so far leave to a node."""

    session: Session
    context: Context
    scope: dict[str, Value]
    reach_only: bool
    wanted: dict[str, frozenset[int]] = field(default_factory=dict)
    sure: dict[str, frozenset[int]] = field(default_factory=dict)
    steps: list[_Step] = field(default_factory=list)
    related: list[tuple[s.RelationshipPattern, Value]] = field(default_factory=list)
    hops: list[Hop] = field(default_factory=list)
    every: list[tuple[Value, s.Expression]] = field(default_factory=list)


def add_match(
    session: Session, match: s.Match, context: Context, *, reach_only: bool = False
) -> dict[str, Value]:
    """Add a MATCH to the context's join graph; return the variables in reach afterwards.

    `reach_only` tells that only the existence of a row counts, so that a variable length need not
    keep every trail.
    """
    matching = _Matching(session, context, dict(context.scope), reach_only)
    _refuse_shared_names(matching, match)
    _refuse_bound_paths(matching, match)
    named = [(path, [_name_of(session, node) for node in path.nodes]) for path in match.paths]
    for path, names in named:
        for node, name in zip(path.nodes, names, strict=True):
            _want(matching, node, name)
    count = sum(len(path.relationships) for path in match.paths)
    matching.reach_only = reach_only and count == 1
    hops: list[list[Hop]] = []
    for path, names in named:
        for index, relationship in enumerate(path.relationships):
            _connect(matching, relationship, names[index : index + 2], path.variable)
        hops.append(matching.hops)
        matching.hops = []
    for path, names in named:
        if not path.relationships:
            _alone(matching, names[0])
    _keep_trails(matching)
    _narrow(matching)
    for (path, names), made in zip(named, hops, strict=True):
        if path.variable is not None:
            ends = [matching.scope[name] for name in names]
            matching.scope[path.variable] = path_of(ends, made)
    _add_conditions(matching, match, named)
    return {name: value for name, value in matching.scope.items() if not name.startswith(HIDDEN)}


def _refuse_shared_names(matching: _Matching, match: s.Match) -> None:
    """Within one MATCH a name is a node or one relationship.

    Neo4j finds no row for a relationship that stands twice, openCypher refuses it: so do we.
    """
    nodes = {node.variable for path in match.paths for node in path.nodes if node.variable}
    seen: set[str] = set()
    for path in match.paths:
        for link in path.relationships:
            name = link.variable
            if name in nodes:
                reason = Said("refusal-not-a-relationship", name=name, type=t.node_of(()))
                raise matching.session.error(reason, link.at)
            if name in seen:
                reason = Said("refusal-link-twice", name=name)
                raise matching.session.error(reason, link.at)
            seen |= {name} if name else set()


def _refuse_bound_paths(matching: _Matching, match: s.Match) -> None:
    """A path takes a name that nothing else has."""
    taken = set(matching.scope) | matching.context.hidden
    for path in match.paths:
        taken |= {node.variable for node in path.nodes if node.variable}
        taken |= {link.variable for link in path.relationships if link.variable}
    for path in match.paths:
        if path.variable in taken:
            reason = Said("refusal-variable-taken", name=path.variable)
            raise matching.session.error(reason, path.at)
        if path.variable:
            taken.add(path.variable)


def _name_of(session: Session, node: s.NodePattern) -> str:
    return node.variable or session.aliases.next(HIDDEN)


def _want(matching: _Matching, node: s.NodePattern, name: str) -> None:
    """Intersect the labels that a variable is asked to have, over all places where it stands."""
    session, catalogue = matching.session, matching.session.catalogue
    wanted = matching.wanted.get(name, catalogue.all_classes)
    wanted &= node_classes(session, node.labels, node.at)
    bound = matching.scope.get(name)
    if bound is not None and bound.type.kind is Kind.NULL:
        bound = replace(
            bound, sql=q.cast(q.null(), t.node_of(())), type=t.node_of(catalogue.all_classes)
        )
        bound.graph = matching.context.graph
        matching.scope[name] = bound
    if bound is not None and bound.type.kind is not Kind.NODE:
        reason = Said("refusal-not-a-node", name=name, type=bound.type)
        raise session.error(reason, node.at)
    if bound is None and name in matching.context.hidden:
        reason = Said("refusal-no-grouping-key", name=name)
        raise session.error(reason, node.at)
    matching.wanted[name] = wanted
    matching.sure[name] = catalogue.all_classes if bound is None else bound.type.classes


def _tables(matching: _Matching, pattern: s.RelationshipPattern) -> list[EdgeTable]:
    numbers = relationship_types(matching.session, pattern.types, pattern.at)
    edges = matching.session.catalogue.edges
    if not numbers and edges:
        matching.context.graph.require(constant(False))  # noqa: FBT003 (a value)
        return list(edges)
    return [edge for edge in edges if edge.number in numbers]


def _turned(pairs: Pairs) -> Pairs:
    return frozenset((b, a) for a, b in pairs)


def _fitting(matching: _Matching, pairs: Pairs, start: str, end: str) -> Pairs:
    left = matching.wanted[start] & matching.sure[start]
    right = matching.wanted[end] & matching.sure[end]
    return frozenset((a, b) for a, b in pairs if a in left and b in right)


def _connect(
    matching: _Matching, pattern: s.RelationshipPattern, names: list[str], path: str | None
) -> None:
    start, end = names
    tables = _tables(matching, pattern)
    if pattern.direction == "in":
        start, end = end, start
    if pattern.hops is not None:
        _connect_many(matching, pattern, tables, (start, end), path)
        return
    both = pattern.direction == "both"
    forward = [table for table in tables if _fitting(matching, table.ends, start, end)]
    backward = [
        table for table in tables if both and _fitting(matching, _turned(table.ends), start, end)
    ]
    if not forward and not backward:
        matching.context.graph.require(constant(False))  # noqa: FBT003 (a value)
        forward = tables
    if not forward:
        start, end, forward, backward = end, start, backward, []
    kept = [table for table in tables if table in forward or table in backward]
    if not kept:
        reason = Said("refusal-no-relationships")
        raise matching.session.error(reason, pattern.at)
    direction = "both" if backward else "out"
    session = matching.session
    source = TableSource(
        session.aliases.next("r"), session.catalogue, kept, ("_rid", "_src", "_dst"), direction
    )
    matching.context.graph.add(source)
    pairs: Pairs = frozenset().union(*(table.ends for table in kept))
    _bind_ends(matching, source, pairs | _turned(pairs) if backward else pairs, start, end)
    numbers = frozenset(table.number for table in kept)
    matching.steps.append(_Step(source, numbers, many=False))
    _bind_relationship(matching, pattern, source, numbers)


def _bind_relationship(
    matching: _Matching, pattern: s.RelationshipPattern, source: Source, numbers: frozenset[int]
) -> None:
    graph = matching.context.graph
    value = graph.entity(source, "_rid", t.relationship_of(numbers))
    value.source = source
    matching.related.append((pattern, value))
    matching.hops.append(Hop(value))
    name = pattern.variable
    if name is None:
        return
    bound = matching.scope.get(name)
    if bound is None:
        matching.scope[name] = value
        return
    if bound.type.kind is not Kind.RELATIONSHIP:
        reason = Said("refusal-not-a-relationship", name=name, type=bound.type)
        raise matching.session.error(reason, pattern.at)
    graph.require(derive(q.equal(value.copy(), bound.copy()), BOOLEAN, value, bound))


def _bind_ends(matching: _Matching, source: Source, pairs: Pairs, start: str, end: str) -> None:
    fitting = frozenset(
        (a, b) for a, b in pairs if a in matching.sure[start] and b in matching.sure[end]
    )
    _bind_node(matching, source, "_src", start, frozenset(a for a, _ in fitting or pairs))
    left = matching.sure[start]
    _bind_node(
        matching, source, "_dst", end, frozenset(b for a, b in fitting or pairs if a in left)
    )


def _bind_node(
    matching: _Matching, source: Source, column: str, name: str, possible: frozenset[int]
) -> None:
    """Join one end to its variable and settle which classes it is sure to have."""
    graph = matching.context.graph
    catalogue = matching.session.catalogue
    value = graph.entity(source, column, t.node_of(possible or catalogue.all_classes))
    bound = matching.scope.get(name)
    if bound is None:
        matching.scope[name] = value
    else:
        same = derive(q.equal(value.copy(), bound.copy()), BOOLEAN, value, bound)
        same.link = True
        graph.require(same)
    sure = matching.sure[name] & possible
    wanted = matching.wanted[name]
    if not sure <= wanted:
        _require_classes(matching, value, sure & wanted)
        sure &= wanted
    if not sure:
        graph.require(constant(False))  # noqa: FBT003 (a value)
        sure = wanted or possible or catalogue.all_classes
    matching.sure[name] = sure


def _require_classes(matching: _Matching, node: Value, classes: frozenset[int]) -> None:
    condition = derive(in_classes(node.sql, classes), BOOLEAN, node)
    matching.context.graph.require(condition)


def _alone(matching: _Matching, name: str) -> None:
    """A node without relationships: a scan, or a test of a variable that is already bound."""
    graph = matching.context.graph
    wanted = matching.wanted[name]
    bound = matching.scope.get(name)
    if bound is None:
        if not wanted:
            graph.require(constant(False))  # noqa: FBT003 (a value)
            wanted = matching.session.catalogue.all_classes
        if not wanted:
            reason = Said("refusal-no-nodes")
            raise matching.session.error(reason, 0)
        matching.scope[name], _ = graph.node_scan(wanted)
        matching.sure[name] = wanted
        return
    if bound.nullable and name in matching.context.scope:
        graph.require(derive(q.not_null(bound.copy()), BOOLEAN, bound, nullable=False))
    if not matching.sure[name] <= wanted:
        _require_classes(matching, bound, matching.sure[name] & wanted)


def _connect_many(
    matching: _Matching,
    pattern: s.RelationshipPattern,
    tables: list[EdgeTable],
    names: tuple[str, str],
    path: str | None,
) -> None:
    session, graph = matching.session, matching.context.graph
    # a walk without direction may come back on the relationship it went out on: that is no trail
    unnamed = pattern.variable is None and path is None and pattern.direction != "both"
    reach = matching.reach_only and unnamed and (pattern.hops or (0, 0))[0] <= 1
    loose = tuple(part for part in pattern.properties if names_used(part[1]))
    reach = reach and not loose
    keep = () if reach else ("_rids",) if path is None else ("_rids", "_nids")
    fixed = replace(pattern, properties=tuple(p for p in pattern.properties if p not in loose))
    source, ends = path_source(session, fixed, tables, matching.context, keep)
    graph.add(source)
    pairs = frozenset((a, b) for a in ends[0] for b in ends[1])
    _bind_ends(matching, source, pairs, *names)
    numbers = frozenset(table.number for table in tables)
    matching.steps.append(_Step(source, numbers, many=True))
    if loose:
        links = _links_of(source, pattern, numbers)
        matching.every.append((links, _on_every(loose, pattern.at)))
    if path is not None:
        matching.hops.append(_many_hop(source, pattern, numbers, ends[0] | ends[1]))
    if pattern.variable is not None:
        _bind_many(matching, pattern, _links_of(source, pattern, numbers))


def _on_every(properties: tuple[tuple[str, s.Expression], ...], at: int) -> s.Expression:
    """Return the condition that every relationship of a list has properties known only later."""
    item = s.Variable(_ITEM, at)
    tests = tuple(
        s.Binary("=", s.PropertyOf(item, name, at), value, at) for name, value in properties
    )
    condition = tests[0] if len(tests) == 1 else s.Logical("AND", tests, at)
    return s.Quantifier("all", _ITEM, s.Variable(_ITEMS, at), condition, at)


def _links_of(source: Source, pattern: s.RelationshipPattern, numbers: frozenset[int]) -> Value:
    """Return the relationships of a variable length, in the order in which the pattern names."""
    items = source.column("_rids")
    if pattern.direction == "in":
        items = q.call("list_reverse", items)
    type_ = t.list_of(t.relationship_of(numbers))
    return Value(items, type_, frozenset({source.alias}), nullable=False, simple=True)


def _many_hop(
    source: Source,
    pattern: s.RelationshipPattern,
    numbers: frozenset[int],
    classes: frozenset[int],
) -> Hop:
    nodes = source.column("_nids")
    if pattern.direction == "in":
        nodes = q.call("list_reverse", nodes)
    behind = q.call("list_slice", nodes, q.number(2), q.number(-1))
    return Hop(_links_of(source, pattern, numbers), behind, classes)


def _bind_many(matching: _Matching, pattern: s.RelationshipPattern, links: Value) -> None:
    """Name the list; a list that is bound already asks for just these relationships."""
    name = pattern.variable or ""
    bound = matching.scope.get(name)
    if bound is None:
        matching.scope[name] = links
        return
    item = bound.type.item
    if item is None or item.kind is not Kind.RELATIONSHIP:
        reason = Said("refusal-not-links", name=name, type=bound.type)
        raise matching.session.error(reason, pattern.at)
    same = q.equal(links.copy(), bound.copy())
    matching.context.graph.require(derive(same, BOOLEAN, links, bound))


def _keep_trails(matching: _Matching) -> None:
    """Within one MATCH no relationship is used twice."""
    for first, second in combinations(matching.steps, 2):
        if not first.numbers & second.numbers:
            continue
        sql: Sql
        if first.many and second.many:
            used = (first.source.column("_rids"), second.source.column("_rids"))
            sql = q.negate(q.call("list_has_any", *used))
        elif first.many or second.many:
            many, one = (first, second) if first.many else (second, first)
            held = q.call("list_contains", many.source.column("_rids"), one.source.column("_rid"))
            sql = q.negate(held)
        else:
            sql = q.binary(exp.NEQ, first.source.column("_rid"), second.source.column("_rid"))
        refs = frozenset({first.source.alias, second.source.alias})
        matching.context.graph.require(Value(sql, BOOLEAN, refs))


def _narrow(matching: _Matching) -> None:
    """Keep what the conditions say about the classes of nodes whose id lives in this graph."""
    graph = matching.context.graph
    for name, classes in matching.sure.items():
        value = matching.scope[name]
        if value.graph is graph and classes:
            matching.scope[name] = replace(value, type=t.node_of(classes), nullable=False)


def _add_conditions(
    matching: _Matching, match: s.Match, named: list[tuple[s.Path, list[str]]]
) -> None:
    outer = matching.context
    context = Context(outer.graph, matching.scope, outer.replaced, outer.hidden, outer.lambda_)
    for path, names in named:
        for node, name in zip(path.nodes, names, strict=True):
            _element_conditions(matching, node, matching.scope[name], context)
    for pattern, value in matching.related:
        _element_conditions(matching, pattern, value, context)
    for links, condition in matching.every:
        inside = context.inside({**matching.scope, _ITEMS: links})
        for value in split_condition(matching.session, condition, inside):
            outer.graph.require(value)
    if match.condition is not None:
        for value in split_condition(matching.session, match.condition, context):
            outer.graph.require(value)


def _element_conditions(
    matching: _Matching,
    pattern: s.NodePattern | s.RelationshipPattern,
    value: Value,
    context: Context,
) -> None:
    session, graph = matching.session, matching.context.graph
    for name, expected in pattern.properties:
        held = property_of(session, value, name, pattern.at, context)
        wanted = compile_expression(session, expected, context)
        graph.require(spread(equals, held, wanted, at=session.place(pattern.at)))
    if pattern.condition is not None:
        for part in split_condition(session, pattern.condition, context):
            graph.require(part)


def visible(scope: Mapping[str, Value]) -> list[str]:
    """Return the names of a scope that a query can use, sorted."""
    return sorted(name for name in scope if not name.startswith(HIDDEN))
