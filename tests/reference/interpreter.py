"""A slow, plain interpreter of the Cypher subset on networkx: the oracle of the engine.

It walks the syntax tree over lists of rows (dicts) and knows nothing of SQL, types known
beforehand, or plans. What Cypher calls an error raises `OracleError`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphmodel.query import syntax as s
from graphmodel.query.parse import parse
from tests.reference.semantics import (
    INT_MAX,
    INT_MIN,
    OracleError,
    Row,
    Sorted,
    Value,
    arithmetic,
    checked,
    compared,
    conjunction,
    disjunction,
    equal,
    is_number,
    same_key,
    to_string,
    unique,
    unique_rows,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

AGGREGATES = {"count", "sum", "min", "max", "avg", "collect"}


@dataclass(frozen=True, slots=True)
class Node:
    """A node by identity."""

    id: object
    labels: tuple[str, ...] = field(compare=False)
    properties: Mapping[str, Value] = field(compare=False, hash=False)


@dataclass(frozen=True, slots=True)
class Rel:
    """A relationship by identity."""

    id: object
    type: str = field(compare=False)
    start: Node = field(compare=False)
    end: Node = field(compare=False)
    properties: Mapping[str, Value] = field(compare=False, hash=False)


class Oracle:
    """Answers queries on a graph given as records, as `PropertyGraph.from_records` takes them."""

    def __init__(
        self, nodes: Iterable[Mapping[str, Value]], rels: Iterable[Mapping[str, Value]]
    ) -> None:
        """Build the graph."""
        import networkx as nx

        self.graph = nx.MultiDiGraph()
        made: dict[object, Node] = {}
        for record in nodes:
            values = _present(record.get("properties"))
            made[record["id"]] = Node(record["id"], tuple(record.get("labels") or ()), values)
            self.graph.add_node(made[record["id"]])
        for record in rels:
            start, end = made[record["from"]], made[record["to"]]
            values = _present(record.get("properties"))
            rel = Rel(record["id"], record["type"], start, end, values)
            self.graph.add_edge(start, end, key=rel)

    def query(
        self, text: str, params: Mapping[str, Value] | None = None
    ) -> tuple[list[str], list[tuple[Value, ...]]]:
        """Return columns and rows."""
        tree = parse(text)
        self.params = dict(params or {})
        branches = [self._branch(clauses) for clauses in tree.branches]
        names = branches[0][0]
        rows: list[tuple[Value, ...]] = []
        for found, part in branches:
            if set(found) != set(names):
                reason = "columns differ"
                raise OracleError(reason)
            rows += [tuple(row[name] for name in names) for row in part]
        if len(branches) > 1 and not tree.keep_duplicates:
            rows = unique(rows)
        for row in rows:
            if any(isinstance(value, Node | Rel) for value in row):
                reason = "an entity is returned"
                raise OracleError(reason)
        return names, rows

    # clauses ---------------------------------------------------------------------------------

    def _branch(self, clauses: tuple[s.Clause, ...]) -> tuple[list[str], list[Row]]:
        rows: list[Row] = [{}]
        names: list[str] = []
        for clause in clauses:
            if isinstance(clause, s.Match):
                rows = [found for row in rows for found in self._match(clause, row)]
            elif isinstance(clause, s.Unwind):
                rows = [made for row in rows for made in self._unwind(clause, row)]
            else:
                names, rows = self._project(clause, rows)
        return names, rows

    def _unwind(self, clause: s.Unwind, row: Row) -> list[Row]:
        items = self.value(clause.source, row)
        if items is None:
            return []
        listed = items if isinstance(items, list) else [items]
        return [{**row, clause.variable: item} for item in listed]

    def _match(self, clause: s.Match, row: Row) -> list[Row]:
        found = list(self._matches(clause, row))
        if clause.optional and not found:
            return [{**dict.fromkeys(_pattern_names(clause)), **row}]
        return found

    def _matches(self, clause: s.Match, row: Row) -> Iterator[Row]:
        for made, _ in self._paths(clause.paths, row, frozenset()):
            visible = {name: value for name, value in made.items() if not name.startswith("\0")}
            if not self._pattern_conditions(clause, made):
                continue
            if clause.condition is None or self._holds(clause.condition, visible):
                yield visible

    def _paths(
        self, paths: tuple[s.Path, ...], row: Row, used: frozenset[Rel]
    ) -> Iterator[tuple[Row, frozenset[Rel]]]:
        if not paths:
            yield row, used
            return
        for made, taken in self._path(paths[0], 0, row, used):
            yield from self._paths(paths[1:], made, taken)

    def _path(
        self, path: s.Path, index: int, row: Row, used: frozenset[Rel]
    ) -> Iterator[tuple[Row, frozenset[Rel]]]:
        if index == 0:
            for node in self._nodes(path.nodes[0], row):
                yield from self._steps(path, 0, _bound(row, path.nodes[0], node), used)
            return
        yield from self._steps(path, index, row, used)

    def _steps(
        self, path: s.Path, index: int, row: Row, used: frozenset[Rel]
    ) -> Iterator[tuple[Row, frozenset[Rel]]]:
        if index == len(path.relationships):
            yield row, used
            return
        pattern, node = path.relationships[index], path.nodes[index + 1]
        start = row[_key(path.nodes[index])]
        for rels, end in self._walks(pattern, start, used):
            if not _has_labels(end, node.labels) or not _agrees(row, node, end):
                continue
            value = list(rels) if pattern.hops else rels[0]
            if pattern.variable and pattern.variable in row and row[pattern.variable] != value:
                continue
            made = _bound(row, node, end)
            made[pattern.variable or f"\0{id(pattern)}"] = value
            yield from self._steps(path, index + 1, made, used | set(rels))

    def _walks(
        self, pattern: s.RelationshipPattern, start: Node, used: frozenset[Rel]
    ) -> Iterator[tuple[tuple[Rel, ...], Node]]:
        low, high = pattern.hops or (1, 1)
        stack: list[tuple[tuple[Rel, ...], Node]] = [((), start)]
        while stack:
            taken, at = stack.pop()
            if len(taken) >= low:
                yield taken, at
            if len(taken) == high:
                continue
            for rel, other in self._around(at, pattern):
                if rel not in used and rel not in taken:
                    stack.append(((*taken, rel), other))

    def _around(self, at: Node, pattern: s.RelationshipPattern) -> list[tuple[Rel, Node]]:
        found = []
        if pattern.direction in {"out", "both"}:
            found += [(rel, end) for _, end, rel in self.graph.out_edges(at, keys=True)]
        if pattern.direction in {"in", "both"}:
            found += [
                (rel, start)
                for start, _, rel in self.graph.in_edges(at, keys=True)
                if pattern.direction == "in" or start != at
            ]
        good = [pair for pair in found if not pattern.types or pair[0].type in pattern.types]
        if pattern.hops is None:
            return good
        return [
            (rel, node)
            for rel, node in good
            if all(
                equal(rel.properties.get(name), self.value(value, {})) is True
                for name, value in pattern.properties
            )
        ]

    def _nodes(self, pattern: s.NodePattern, row: Row) -> list[Node]:
        key = _key(pattern)
        if key in row:
            value = row[key]
            if value is not None and not isinstance(value, Node):
                reason = "not a node"
                raise OracleError(reason)
            return [value] if value is not None and _has_labels(value, pattern.labels) else []
        return [node for node in self.graph.nodes if _has_labels(node, pattern.labels)]

    def _pattern_conditions(self, clause: s.Match, row: Row) -> bool:
        for part in _parts(clause):
            if isinstance(part, s.RelationshipPattern) and part.hops is not None:
                continue
            held = row[_key(part)].properties
            wanted = [(name, self.value(value, row)) for name, value in part.properties]
            if not all(equal(held.get(name), value) is True for name, value in wanted):
                return False
            if part.condition is not None and not self._holds(part.condition, row):
                return False
        return True

    def _holds(self, condition: s.Expression, row: Row) -> bool:
        return _boolean(self.value(condition, row)) is True

    # projections -----------------------------------------------------------------------------

    def _project(self, clause: s.Projection, rows: list[Row]) -> tuple[list[str], list[Row]]:
        items = list(clause.items)
        if clause.star:
            known = sorted(rows[0]) if rows else []
            items = [s.Item(s.Variable(name), name, aliased=False) for name in known] + items
        if any(_aggregates(item.expression) for item in items):
            pairs = self._grouped(items, rows)
        else:
            pairs = [
                ({item.name: self.value(item.expression, row) for item in items}, row)
                for row in rows
            ]
        if clause.distinct:
            pairs = [(made, made) for made in unique_rows([made for made, _ in pairs])]
        pairs = self._sorted(clause, pairs)
        first = self.value(clause.skip, {}) if clause.skip is not None else 0
        last = first + self.value(clause.limit, {}) if clause.limit is not None else None
        made = [row for row, _ in pairs[first:last]]
        if clause.condition is not None:
            made = [row for row in made if self._holds(clause.condition, row)]
        return [item.name for item in items], made

    def _grouped(self, items: list[s.Item], rows: list[Row]) -> list[tuple[Row, Row]]:
        keys = [item for item in items if not _aggregates(item.expression)]
        groups: dict[Value, list[Row]] = {}
        for row in rows:
            key = tuple(same_key(self.value(item.expression, row)) for item in keys)
            groups.setdefault(key, []).append(row)
        if not keys and not groups:
            groups[()] = []
        made = []
        for members in groups.values():
            first = members[0] if members else {}
            one: Row = {}
            for item in items:
                one[item.name] = self.value(item.expression, first, members)
            made.append((one, first))
        return made

    def _sorted(self, clause: s.Projection, pairs: list[tuple[Row, Row]]) -> list[tuple[Row, Row]]:
        for key in reversed(clause.order):

            def by(pair: tuple[Row, Row], key: s.SortKey = key) -> Value:
                return Sorted(self.value(key.expression, {**pair[1], **pair[0]}))

            pairs = sorted(pairs, key=by, reverse=key.descending)
        return pairs

    # expressions -----------------------------------------------------------------------------

    def value(self, node: s.Expression, row: Row, group: list[Row] | None = None) -> Value:
        """Return the value of an expression in a row (and, for aggregations, its group)."""
        return _EVALUATE[type(node)](self, node, row, group)

    def _call(self, node: s.Call, row: Row, group: list[Row] | None) -> Value:
        name = node.name.lower()
        if name in AGGREGATES and group is not None:
            return self._aggregate(node, group)
        values = [self.value(part, row, group) for part in node.arguments]
        return _FUNCTIONS[name](*values)

    def _aggregate(self, node: s.Call, group: list[Row]) -> Value:
        if node.star:
            return len(group)
        values = [self.value(node.arguments[0], row) for row in group]
        values = [value for value in values if value is not None]
        return _TOTALS[node.name.lower()](unique(values) if node.distinct else values)


def _numbers(values: list[Value]) -> list[Value]:
    if not all(map(is_number, values)):
        reason = "sum or avg of something else"
        raise OracleError(reason)
    return values


def _sum(values: list[Value]) -> Value:
    total = sum(_numbers(values))
    wide = isinstance(total, int) and not INT_MIN <= total <= INT_MAX
    return float(total) if wide else total


def _avg(values: list[Value]) -> Value:
    return math.fsum(_numbers(values)) / len(values) if values else None


_TOTALS: dict[str, Callable[[list[Value]], Value]] = {
    "count": len,
    "collect": list,
    "sum": _sum,
    "avg": _avg,
    "min": lambda values: min(values, key=Sorted, default=None),
    "max": lambda values: max(values, key=Sorted, default=None),
}


def _present(properties: Value) -> dict[str, Value]:
    return {key: value for key, value in (properties or {}).items() if value is not None}


def _key(pattern: s.NodePattern | s.RelationshipPattern) -> str:
    return pattern.variable or f"\0{id(pattern)}"


def _bound(row: Row, pattern: s.NodePattern, node: Node) -> Row:
    return {**row, _key(pattern): node}


def _agrees(row: Row, pattern: s.NodePattern, node: Node) -> bool:
    return row.get(_key(pattern), node) == node


def _has_labels(node: Node, groups: tuple[tuple[str, ...], ...]) -> bool:
    return all(any(label in node.labels for label in group) for group in groups)


def _parts(clause: s.Match) -> list[s.NodePattern | s.RelationshipPattern]:
    parts: list[s.NodePattern | s.RelationshipPattern] = []
    for path in clause.paths:
        parts += [*path.nodes, *path.relationships]
    return parts


def _pattern_names(clause: s.Match) -> list[str]:
    return [part.variable for part in _parts(clause) if part.variable]


def _aggregates(node: Value) -> bool:
    if isinstance(node, s.Call) and node.name.lower() in AGGREGATES:
        return True
    if isinstance(node, s.Exists | s.Count):
        return False
    if isinstance(node, tuple):
        return any(_aggregates(part) for part in node)
    names = getattr(node, "__dataclass_fields__", {})
    return any(_aggregates(getattr(node, name)) for name in names if name != "at")


def _boolean(value: Value) -> bool | None:
    if value is not None and not isinstance(value, bool):
        reason = "not a boolean"
        raise OracleError(reason)
    return value


def _entity_property(target: Value, name: str) -> Value:
    if target is None:
        return None
    if isinstance(target, dict):
        return target.get(name)
    if not isinstance(target, Node | Rel):
        reason = "no properties here"
        raise OracleError(reason)
    return target.properties.get(name)


def _in(value: Value, items: Value) -> bool | None:
    if items is None:
        return None
    if not isinstance(items, list):
        reason = "IN needs a list"
        raise OracleError(reason)
    return disjunction(equal(value, item) for item in items)


def _text_test(operator: str, left: Value, right: Value) -> bool | None:
    if not isinstance(left, str) or not isinstance(right, str):
        return None
    answers = {
        "STARTS WITH": left.startswith(right),
        "ENDS WITH": left.endswith(right),
        "CONTAINS": right in left,
    }
    return answers[operator]


def _differs(left: Value, right: Value) -> bool | None:
    same = equal(left, right)
    return None if same is None else not same


def _matches(left: Value, right: Value) -> bool | None:
    texts = isinstance(left, str) and isinstance(right, str)
    return re.fullmatch(right, left) is not None if texts else None


_TESTS: dict[str, Callable[[Value, Value], bool | None]] = {
    "=": equal,
    "<>": _differs,
    "IN": _in,
    "=~": _matches,
}


def _binary(oracle: Oracle, node: s.Binary, row: Row, group: list[Row] | None) -> Value:
    left, right = (oracle.value(part, row, group) for part in (node.left, node.right))
    operator = node.operator
    if operator in _TESTS:
        return _TESTS[operator](left, right)
    if operator in {"<", "<=", ">", ">="}:
        return compared(operator, left, right)
    if operator in {"STARTS WITH", "ENDS WITH", "CONTAINS"}:
        return _text_test(operator, left, right)
    return arithmetic(operator, left, right)


def _logical(oracle: Oracle, node: s.Logical, row: Row, group: list[Row] | None) -> Value:
    values: list[bool | None] = []
    for part in node.operands:
        value = _boolean(oracle.value(part, row, group))
        values.append(value)
        if (node.operator, value) in {("AND", False), ("OR", True)}:
            return value
    if node.operator == "XOR":
        return None if None in values else sum(map(bool, values)) % 2 == 1
    return conjunction(values) if node.operator == "AND" else disjunction(values)


def _unary(oracle: Oracle, node: s.Unary, row: Row, group: list[Row] | None) -> Value:
    value = oracle.value(node.operand, row, group)
    if node.operator == "NOT":
        return None if value is None else not _boolean(value)
    if value is None:
        return None
    if not is_number(value):
        reason = "no sign here"
        raise OracleError(reason)
    if node.operator == "+":
        return value
    return -value if isinstance(value, float) else checked(-value)


def _case(oracle: Oracle, node: s.Case, row: Row, group: list[Row] | None) -> Value:
    for when, then in node.branches:
        if node.subject is None:
            hit = _boolean(oracle.value(when, row, group))
        else:
            subject = oracle.value(node.subject, row, group)
            hit = equal(subject, oracle.value(when, row, group))
        if hit is True:
            return oracle.value(then, row, group)
    return None if node.otherwise is None else oracle.value(node.otherwise, row, group)


def _comprehension(
    oracle: Oracle, node: s.Comprehension, row: Row, group: list[Row] | None
) -> Value:
    items = oracle.value(node.source, row, group)
    if items is None:
        return None
    made = []
    for item in items:
        inner = {**row, node.variable: item}
        if node.condition is None or _boolean(oracle.value(node.condition, inner, group)) is True:
            made.append(item if node.result is None else oracle.value(node.result, inner, group))
    return made


def _quantifier(oracle: Oracle, node: s.Quantifier, row: Row, group: list[Row] | None) -> Value:
    items = oracle.value(node.source, row, group)
    if items is None:
        return None
    found = [
        _boolean(oracle.value(node.condition, {**row, node.variable: item}, group))
        for item in items
    ]
    if node.kind == "all":
        return conjunction(found)
    if node.kind == "single":
        hits = found.count(True)
        return False if hits > 1 else None if None in found else hits == 1
    some = disjunction(found)
    return some if node.kind == "any" or some is None else not some


def _reduce(oracle: Oracle, node: s.Reduce, row: Row, group: list[Row] | None) -> Value:
    items = oracle.value(node.source, row, group)
    if items is None:
        return None
    total = oracle.value(node.initial, row, group)
    for item in items:
        inner = {**row, node.accumulator: total, node.variable: item}
        total = oracle.value(node.body, inner, group)
    return total


def _subscript(oracle: Oracle, node: s.Subscript, row: Row, group: list[Row] | None) -> Value:
    target, index = (oracle.value(part, row, group) for part in (node.target, node.index))
    if target is None or index is None:
        return None
    if isinstance(index, str):
        return _entity_property(target, index)
    if not isinstance(target, list) or type(index) is not int:
        reason = "no element here"
        raise OracleError(reason)
    return target[index] if -len(target) <= index < len(target) else None


def _slice(oracle: Oracle, node: s.Slice, row: Row, group: list[Row] | None) -> Value:
    target = oracle.value(node.target, row, group)
    bounds = [part and oracle.value(part, row, group) for part in (node.start, node.stop)]
    missing = [part is not None for part in (node.start, node.stop)]
    if target is None or any(
        had and bound is None for had, bound in zip(missing, bounds, strict=True)
    ):
        return None
    return target[bounds[0] : bounds[1]]


def _has_labels_of(oracle: Oracle, node: s.HasLabels, row: Row, group: list[Row] | None) -> Value:
    target = oracle.value(node.target, row, group)
    if target is None:
        return None
    held = target.labels if isinstance(target, Node) else (target.type,)
    return all(any(label in held for label in labels) for labels in node.groups)


def _subquery_rows(oracle: Oracle, body: s.Subquery, row: Row) -> list[Row]:
    rows = [row]
    for match in body.matches:
        rows = [found for one in rows for found in oracle._match(match, one)]  # noqa: SLF001
    if body.projection is not None and body.projection.distinct:
        items = body.projection.items
        rows = unique_rows(
            [{i.name: oracle.value(i.expression, one) for i in items} for one in rows]
        )
    return rows


def _exists(oracle: Oracle, node: s.Exists, row: Row, _group: list[Row] | None) -> bool:
    return bool(_subquery_rows(oracle, node.body, row))


def _count(oracle: Oracle, node: s.Count, row: Row, _group: list[Row] | None) -> int:
    return len(_subquery_rows(oracle, node.body, row))


def _variable(_oracle: Oracle, node: s.Variable, row: Row, _group: list[Row] | None) -> Value:
    if node.name not in row:
        reason = f"unknown variable {node.name}"
        raise OracleError(reason)
    return row[node.name]


_EVALUATE: dict[type, Callable[..., Value]] = {
    s.Literal: lambda _o, n, _r, _g: n.value,
    s.Parameter: lambda o, n, _r, _g: o.params[n.name],
    s.Variable: _variable,
    s.PropertyOf: lambda o, n, r, g: _entity_property(o.value(n.target, r, g), n.name),
    s.ListLiteral: lambda o, n, r, g: [o.value(i, r, g) for i in n.items],
    s.MapLiteral: lambda o, n, r, g: {key: o.value(i, r, g) for key, i in n.items},
    s.Unary: _unary,
    s.Binary: _binary,
    s.Logical: _logical,
    s.IsNull: lambda o, n, r, g: (o.value(n.operand, r, g) is None) is not n.negated,
    s.Case: _case,
    s.Call: lambda o, n, r, g: o._call(n, r, g),  # noqa: SLF001
    s.HasLabels: _has_labels_of,
    s.Exists: _exists,
    s.Count: _count,
    s.Comprehension: _comprehension,
    s.Quantifier: _quantifier,
    s.Reduce: _reduce,
    s.Subscript: _subscript,
    s.Slice: _slice,
}


def _nullable(function: Callable[..., Value]) -> Callable[..., Value]:
    return lambda *values: None if None in values else function(*values)


def _round(value: float) -> float:
    return float(value) if isinstance(value, int) else float(math.floor(value + 0.5))


def _series(first: int, last: int, step: int = 1) -> list[int]:
    if step == 0:
        reason = "step 0"
        raise OracleError(reason)
    return list(range(first, last + (1 if step > 0 else -1), step))


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "coalesce": lambda *values: next((v for v in values if v is not None), None),
    "size": _nullable(len),
    "head": _nullable(lambda v: v[0] if v else None),
    "last": _nullable(lambda v: v[-1] if v else None),
    "tail": _nullable(lambda v: v[1:]),
    "reverse": _nullable(lambda v: v[::-1]),
    "range": _series,
    "tofloat": _nullable(float),
    "tointeger": _nullable(int),
    "abs": _nullable(abs),
    "sign": _nullable(lambda v: (v > 0) - (v < 0)),
    "round": _nullable(_round),
    "floor": _nullable(lambda v: float(math.floor(v))),
    "ceil": _nullable(lambda v: float(math.ceil(v))),
    "tostring": _nullable(lambda v: str(v).lower() if isinstance(v, bool) else to_string(v)),
    "tolower": _nullable(str.lower),
    "toupper": _nullable(str.upper),
    "trim": _nullable(str.strip),
    "left": _nullable(lambda v, n: v[:n]),
    "right": _nullable(lambda v, n: v[len(v) - n :] if n < len(v) else v),
    "substring": _nullable(lambda v, a, *n: v[a : a + n[0]] if n else v[a:]),
    "replace": _nullable(str.replace),
    "split": _nullable(str.split),
    "labels": _nullable(lambda v: list(v.labels)),
    "type": _nullable(lambda v: v.type),
    "keys": _nullable(lambda v: sorted(v if isinstance(v, dict) else v.properties)),
    "properties": _nullable(lambda v: dict(v if isinstance(v, dict) else v.properties)),
}
