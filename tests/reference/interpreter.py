"""A slow, plain interpreter of the Cypher subset on networkx: the oracle of the engine.

It walks the syntax tree over lists of rows (dicts) and knows nothing of SQL, types known
beforehand, or plans. What Cypher calls an error raises `OracleError`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from graphmodel.query import syntax as s
from graphmodel.query.parse import parse
from tests.reference.expressions import Expressions, aggregates
from tests.reference.patterns import Matcher, names_of
from tests.reference.values import (
    ENTITIES,
    Node,
    OracleError,
    Rel,
    Row,
    Sorted,
    Value,
    same_key,
    unique,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Values = tuple[Value, ...]


@dataclass(slots=True)
class _Made:
    """A projected row: what it holds, where its sort keys are read, the rows it stands for."""

    row: Row
    scope: Row
    group: list[Row] | None


@dataclass(slots=True)
class Answer:
    """Columns and rows, and all that the order of the rows allows.

    `ties` are the rows before SKIP and LIMIT: those of one inner list may come in any order.
    """

    columns: list[str]
    rows: list[Values]
    ties: list[list[Values]] = field(default_factory=list)
    skip: int = 0


class Oracle:
    """Answers queries on a graph given as records, as `PropertyGraph.from_records` takes them."""

    def __init__(
        self, nodes: Iterable[Mapping[str, Value]], rels: Iterable[Mapping[str, Value]]
    ) -> None:
        """Build the graph."""
        import networkx as nx

        graph = nx.MultiDiGraph()
        made: dict[object, Node] = {}
        for record in nodes:
            values = _present(record.get("properties"))
            made[record["id"]] = Node(record["id"], tuple(record.get("labels") or ()), values)
            graph.add_node(made[record["id"]])
        for record in rels:
            start, end = made[record["from"]], made[record["to"]]
            values = _present(record.get("properties"))
            rel = Rel(record["id"], record["type"], start, end, values)
            graph.add_edge(start, end, key=rel)
        self.expressions = Expressions(self)
        self.matcher = Matcher(graph, self.expressions)
        self._ties: list[list[Row]] = []
        self._skip = 0

    def query(
        self, text: str, params: Mapping[str, Value] | None = None
    ) -> tuple[list[str], list[Values]]:
        """Return columns and rows."""
        found = self.answer(parse(text), params)
        return found.columns, found.rows

    def answer(self, tree: s.Query, params: Mapping[str, Value] | None = None) -> Answer:
        """Return the answer of a query that is read already."""
        self.expressions.params = dict(params or {})
        self._ties, self._skip = [], 0
        names, rows = self._branches(tree.branches, {}, keep_duplicates=tree.keep_duplicates)
        made = [_plain(row, names) for row in rows]
        if len(tree.branches) > 1:
            return Answer(names, made, [made])
        ties = [[_plain(row, names) for row in tied] for tied in self._ties]
        return Answer(names, made, ties, self._skip)

    def subquery(self, body: s.Subquery, row: Row) -> tuple[list[str], list[Row]]:
        """Return the columns and rows of a subquery, which sees the row around it."""
        return self._branches(body.branches, row, keep_duplicates=body.keep_duplicates)

    def _branches(
        self, branches: tuple[tuple[s.Clause, ...], ...], outer: Row, *, keep_duplicates: bool
    ) -> tuple[list[str], list[Row]]:
        """Run the branches of UNION; their columns match by name."""
        names: list[str] = []
        rows: list[Row] = []
        for index, clauses in enumerate(branches):
            found, part = self._branch(clauses, outer)
            if index and set(found) != set(names):
                reason = "columns differ"
                raise OracleError(reason)
            names = names or found
            rows += part
        if len(branches) > 1 and not keep_duplicates:
            kept = unique([tuple(row[name] for name in names) for row in rows])
            rows = [dict(zip(names, values, strict=True)) for values in kept]
        return names, rows

    # clauses ---------------------------------------------------------------------------------

    def _branch(self, clauses: tuple[s.Clause, ...], outer: Row) -> tuple[list[str], list[Row]]:
        rows: list[Row] = [dict(outer)]
        names: list[str] = []
        for clause in clauses:
            if isinstance(clause, s.Match):
                rows = [found for row in rows for found in self._match(clause, row)]
            elif isinstance(clause, s.Unwind):
                rows = [made for row in rows for made in self._unwind(clause, row)]
            else:
                names, rows = self._project(clause, rows, outer)
        return names, rows

    def _match(self, clause: s.Match, row: Row) -> list[Row]:
        found = [
            one
            for one in self.matcher.rows(clause.paths, row)
            if clause.condition is None or self.expressions.holds(clause.condition, one)
        ]
        if clause.optional and not found:
            return [{**dict.fromkeys(names_of(clause.paths)), **row}]
        return found

    def _unwind(self, clause: s.Unwind, row: Row) -> list[Row]:
        items = self.expressions.value(clause.source, row)
        if items is None:
            return []
        listed = items if isinstance(items, list) else [items]
        return [{**row, clause.variable: item} for item in listed]

    # projections -----------------------------------------------------------------------------

    def _project(
        self, clause: s.Projection, rows: list[Row], outer: Row
    ) -> tuple[list[str], list[Row]]:
        items = [*_starred(clause, rows), *clause.items]
        grouped = any(aggregates(item.expression) for item in items)
        made = self._grouped(items, rows) if grouped else self._computed(items, rows)
        if clause.distinct:
            first: dict[Value, _Made] = {}
            for one in made:
                first.setdefault(_row_key(one.row), one)
            made = list(first.values())
        ties = self._sorted(clause, made)
        made = [one for tied in ties for one in tied]
        skip = self._count(clause.skip, 0)
        limit = self._count(clause.limit, len(made))
        kept = [
            {**outer, **one.row}
            for one in made[skip : skip + limit]
            if clause.condition is None
            or self.expressions.holds(clause.condition, {**one.scope, **one.row})
        ]
        if clause.final and not outer:
            self._ties, self._skip = [[one.row for one in tied] for tied in ties], skip
        return [item.name for item in items], kept

    def _count(self, given: s.Expression | None, otherwise: int) -> int:
        value = otherwise if given is None else self.expressions.value(given, {})
        if type(value) is not int or value < 0:
            reason = "SKIP and LIMIT take integers from 0"
            raise OracleError(reason)
        return value

    def _computed(self, items: list[s.Item], rows: list[Row]) -> list[_Made]:
        value = self.expressions.value
        return [
            _Made({item.name: value(item.expression, row) for item in items}, row, None)
            for row in rows
        ]

    def _grouped(self, items: list[s.Item], rows: list[Row]) -> list[_Made]:
        """Group by the items that do not aggregate; no keys and no rows are one group."""
        keys = [item.expression for item in items if not aggregates(item.expression)]
        groups: dict[Value, list[Row]] = {}
        for row in rows:
            key = tuple(same_key(self.expressions.value(part, row)) for part in keys)
            groups.setdefault(key, []).append(row)
        if not keys and not groups:
            groups[()] = []
        made = []
        for members in groups.values():
            first = members[0] if members else {}
            value = self.expressions.value
            row = {item.name: value(item.expression, first, members) for item in items}
            made.append(_Made(row, first, members))
        return made

    def _sorted(self, clause: s.Projection, made: list[_Made]) -> list[list[_Made]]:
        """Return the rows in order, those with equal sort keys together."""

        def keys(one: _Made) -> list[Sorted]:
            scope = {**one.scope, **one.row}
            value = self.expressions.value
            return [Sorted(value(key.expression, scope, one.group)) for key in clause.order]

        if not clause.order:
            return [made] if made else []
        pairs = [(keys(one), one) for one in made]
        for place, key in reversed(list(enumerate(clause.order))):

            def part(pair: tuple[list[Sorted], _Made], place: int = place) -> Sorted:
                return pair[0][place]

            pairs.sort(key=part, reverse=key.descending)
        return [[one for _, one in tied] for _, tied in groupby(pairs, key=lambda pair: pair[0])]


def _starred(clause: s.Projection, rows: list[Row]) -> list[s.Item]:
    """Return the items that `*` stands for: the names in reach, in alphabetical order."""
    names = sorted(rows[0]) if clause.star and rows else []
    return [s.Item(s.Variable(name), name, aliased=False) for name in names]


def _plain(row: Row, names: list[str]) -> Values:
    """Return a row as values; a whole node, relationship or path is no value of the subset."""
    values = tuple(row[name] for name in names)
    if any(isinstance(value, ENTITIES) for value in values):
        reason = "an entity is returned"
        raise OracleError(reason)
    return values


def _row_key(row: Row) -> Value:
    return tuple(same_key(value) for value in row.values())


def _present(properties: Value) -> dict[str, Value]:
    return {key: value for key, value in (properties or {}).items() if value is not None}
