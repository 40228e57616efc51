"""Expressions of the syntax tree into SQL, with their types: one method a kind of node."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import syntax as s
from graphmodel.query import types as t
from graphmodel.query.comparison import compare
from graphmodel.query.functions import call_function
from graphmodel.query.javamaps import in_java_order
from graphmodel.query.joins import in_classes
from graphmodel.query.labels import node_classes, relationship_types
from graphmodel.query.lists import compile_comprehension, compile_quantifier, compile_reduce
from graphmodel.query.membership import member
from graphmodel.query.names import calls_in_subqueries
from graphmodel.query.refusals import Said
from graphmodel.query.regex import compile_regex
from graphmodel.query.strings import text_test
from graphmodel.query.subscripts import (
    compile_property_by_name,
    compile_slice,
    compile_subscript,
)
from graphmodel.query.types import BOOLEAN, FLOAT, INTEGER, STRING, Kind
from graphmodel.query.values import Value, coerce, derive, field_of, owned, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphmodel.query.session import Context, Session

AGGREGATES = frozenset(
    {
        "count", "sum", "min", "max", "avg", "collect", "percentilecont", "percentiledisc", "stdev",
        "stdevp",
    }
)  # fmt: skip


def compile_expression(session: Session, node: s.Expression, context: Context) -> Value:
    """Return the compiled expression; without a certain answer it is a CypherError."""
    if context.replaced:
        known = context.replaced.get(node)
        if known is not None:
            return known
    method = _METHODS[type(node)]
    try:
        return method(session, node, context)
    except (o.TypeMismatch, o.Refused) as error:
        raise session.error(error.args[0], node.at) from None


def compile_condition(session: Session, node: s.Expression, context: Context) -> Value:
    """Return a compiled condition; anything that cannot be true or false is refused."""
    if isinstance(node, s.Exists):
        return session.compilers.exists(session, node, context)
    value = compile_expression(session, node, context)
    return as_condition(session, value, node.at)


def as_condition(session: Session, value: Value, at: int) -> Value:
    """Return the value as a boolean."""
    if value.type.kind is Kind.NULL:
        return o.constant_null(BOOLEAN)
    if value.type.kind is Kind.MIXED and any(m.kind is Kind.BOOLEAN for m in value.type.members):
        return o.spread(_boolean_or_mismatch, value, at=session.place(at))
    if value.type.kind is not Kind.BOOLEAN:
        hint = Said("refusal-hint-is-not-null") if value.type.entity() else ""
        reason = Said("refusal-condition", type=value.type)
        raise session.error(reason, at, hint)
    return value


def _boolean_or_mismatch(value: Value) -> Value:
    if value.type.kind is not Kind.BOOLEAN:
        reason = Said("refusal-not-boolean")
        raise o.TypeMismatch(reason)
    return value


def split_condition(session: Session, node: s.Expression, context: Context) -> list[Value]:
    """Return the conjuncts of a condition; one that may fail is guarded by those before it."""
    parts = node.operands if isinstance(node, s.Logical) and node.operator == "AND" else (node,)
    found: list[Value] = []
    for part in parts:
        if isinstance(part, s.Logical) and part.operator == "AND":
            nested = split_condition(session, part, context)
        else:
            nested = [compile_condition(session, part, context)]
        for value in nested:
            found.append(_guarded(value, found) if value.raises and found else value)
    return found


def _guarded(value: Value, before: list[Value]) -> Value:
    guard = q.both([earlier.copy() for earlier in before])
    sql = q.case([(guard, value.sql)], q.boolean(False))  # noqa: FBT003 (a value)
    return derive(sql, BOOLEAN, value, *before)


def _literal(session: Session, node: s.Literal, _context: Context) -> Value:
    value = node.value
    if node.kind == "null":
        return o.constant_null()
    if node.kind == "boolean":
        return o.constant(bool(value))
    if node.kind == "string":
        return Value(q.string(str(value)), STRING, nullable=False, simple=True)
    if node.kind == "integer too large":
        raise session.error(Said("refusal-integer-wide"), node.at)
    if node.kind == "float":
        sql = exp.Cast(this=q.string(repr(value)), to=q.sql_type(FLOAT))
        return Value(sql, FLOAT, nullable=False, simple=True)
    return Value(q.integer(int(value or 0)), INTEGER, nullable=False, simple=True)


def _parameter(session: Session, node: s.Parameter, _context: Context) -> Value:
    return session.parameter(node.name, node.at)


def _variable(session: Session, node: s.Variable, context: Context) -> Value:
    value = context.scope.get(node.name)
    if value is not None:
        return value
    if node.name in context.hidden:
        reason = Said("refusal-no-grouping-key", name=node.name)
        raise session.error(reason, node.at)
    what = "variable"
    raise session.unknown(what, node.name, context.scope, node.at)


def _property(session: Session, node: s.PropertyOf, context: Context) -> Value:
    target = compile_expression(session, node.target, context)
    return property_of(session, target, node.name, node.name_at, context)


def property_of(session: Session, target: Value, name: str, at: int, context: Context) -> Value:
    """Return a property of a node, relationship or map."""
    kind = target.type.kind
    if kind is Kind.NULL:
        return o.constant_null()
    if kind is Kind.MAP:
        return _map_entry(session, target, name, at)
    if kind is Kind.MIXED:
        place = session.place(at)
        return o.spread(lambda x: property_of(session, x, name, at, context), target, at=place)
    if kind not in {Kind.NODE, Kind.RELATIONSHIP}:
        raise o.TypeMismatch(Said("refusal-no-properties", type=target.type))
    check_property(session, target, name, at)
    if not target.type.classes:
        return o.constant_null()  # no node or relationship can be this one
    graph = target.graph or context.graph
    if target.carried is not None:
        carried = target.carried.property(name)
        if carried is None:
            raise session.error(Said("refusal-property-types", name=name), at)
        return carried
    if target.graph is None and context.lambda_:
        raise o.NeedsQuery
    source = graph.fetch(target)
    found = source.property(name)
    if found is None:
        reason = Said("refusal-property-types", name=name)
        raise session.error(reason, at)
    sql, type_ = found
    nullable = type_ is t.NULL or name != "id" or target.nullable or not session.catalogue.strict
    return Value(sql, type_, frozenset({source.alias}), nullable, simple=True)


def _map_entry(session: Session, target: Value, name: str, at: int) -> Value:
    fields = dict(target.type.fields)
    if name not in fields:
        if session.catalogue.strict and not target.type.sparse:
            reason = "key"
            raise session.unknown(reason, name, fields, at)
        return o.constant_null()
    return field_of(target, name, fields[name])


def check_property(session: Session, target: Value, name: str, at: int) -> None:
    """Refuse a property that none of the possible labels or types has."""
    catalogue = session.catalogue
    tables = catalogue.classes if target.type.kind is Kind.NODE else catalogue.edge_numbers
    parts = [tables[number] for number in sorted(target.type.classes)]
    if any(name in part.columns for part in parts):
        return
    if not catalogue.strict and (name in catalogue.property_names or not parts):
        return
    if not parts and name in catalogue.property_names:
        return
    known = {column for part in parts for column in part.columns} or catalogue.property_names
    reason = "property"
    raise session.unknown(reason, name, known, at)


def _list(session: Session, node: s.ListLiteral, context: Context) -> Value:
    items = [compile_expression(session, item, context) for item in node.items]
    type_ = t.unify_all(item.type for item in items)
    made = [coerce(item, type_) for item in items]
    sql: exp.Expression = exp.Array(expressions=[item.copy() for item in made])
    if not made or type_ is t.NULL:
        sql = q.cast(sql, t.list_of(type_))
    return derive(sql, t.list_of(type_), *made, nullable=False)


def _map(session: Session, node: s.MapLiteral, context: Context) -> Value:
    values = [(key, compile_expression(session, item, context)) for key, item in node.items]
    keys = in_java_order([key for key, _ in values])
    values.sort(key=lambda pair: keys.index(pair[0]))
    type_ = t.map_of((key, value.type) for key, value in values)
    parts = [(t.field_name(key), value.copy()) for key, value in values]
    if type_.sparse:
        parts.append((t.KEYS, texts([])))
    return derive(q.record(parts), type_, *(v for _, v in values), nullable=False)


def _unary(session: Session, node: s.Unary, context: Context) -> Value:
    if node.operator == "NOT":
        condition = compile_condition(session, node.operand, context)
        return derive(q.negate(condition.copy()), BOOLEAN, condition)
    if node.operator == "-" and isinstance(node.operand, s.Literal):
        literal = node.operand
        if literal.kind == "integer":
            return Value(q.integer(-int(literal.value or 0)), INTEGER, nullable=False, simple=True)
    operand = compile_expression(session, node.operand, context)
    return o.spread(_signed(node.operator), operand, at=session.place(node.at))


def _signed(operator: str) -> Callable[[Value], Value]:
    def signed(value: Value) -> Value:
        if value.type.kind is Kind.NULL:
            return value
        if value.type.kind not in t.NUMBERS:
            reason = Said("refusal-sign", type=value.type)
            raise o.TypeMismatch(reason)
        if operator == "+":
            return value
        return derive(exp.Neg(this=q.wrap(value.copy())), value.type, value)

    return signed


def _binary(session: Session, node: s.Binary, context: Context) -> Value:
    at = session.place(node.at)
    if node.operator == "=~":
        return compile_regex(session, node, context)
    if node.operator in {"=", "<>"}:
        same = _same_node(session, node, context)
        if same is not None:
            return same
    left = compile_expression(session, node.left, context)
    if node.operator == "IN":
        return _membership(session, node, left, context)
    right = compile_expression(session, node.right, context)
    operation = _operation(node.operator, at, folded=_written(node.left, node.right))
    return o.spread(operation, left, right, at=at)


def _written(*nodes: s.Expression) -> bool:
    """Tell whether all of the operands are constants written out."""
    inner = [node.operand if isinstance(node, s.Unary) else node for node in nodes]
    return all(isinstance(node, s.Literal) for node in inner)


def _operation(
    operator: str, at: tuple[int, int], *, folded: bool
) -> Callable[[Value, Value], Value]:
    if operator == "=":
        return partial(o.equals, folded=folded)
    if operator == "<>":
        return o.differs
    if operator in {"<", "<=", ">", ">="}:
        return compare(operator, folded=folded)
    if operator in {"STARTS WITH", "ENDS WITH", "CONTAINS"}:
        return text_test(operator)
    return o.arithmetic(operator, at)


def _membership(session: Session, node: s.Binary, left: Value, context: Context) -> Value:
    at = session.place(node.at)
    if isinstance(node.right, s.ListLiteral):
        items = [compile_expression(session, item, context) for item in node.right.items]
        return member(left, items, at)
    right = compile_expression(session, node.right, context)
    return member(left, right, at, parameter=isinstance(node.right, s.Parameter))


def _same_node(session: Session, node: s.Binary, context: Context) -> Value | None:
    """Compare `a.id` with `b.id` by the ids inside, where both are of one label: no table is read.

    A declared graph has each `id` once under a label.
    """
    sides: list[Value] = []
    for side in (node.left, node.right) if session.catalogue.strict else ():
        if not isinstance(side, s.PropertyOf) or side.name != "id" or side in context.replaced:
            return None
        target = compile_expression(session, side.target, context)
        if target.type.kind is not Kind.NODE or len(target.type.classes) != 1:
            return None
        sides.append(target)
    if not sides or sides[0].type != sides[1].type:
        return None
    made = (o.equals if node.operator == "=" else o.differs)(*sides)
    made.link = node.operator == "="
    return made


def _logical(session: Session, node: s.Logical, context: Context) -> Value:
    if node.operator == "XOR":
        sides = [compile_condition(session, part, context) for part in node.operands]
        sql = sides[0].copy()
        for side in sides[1:]:
            sql = q.binary(exp.NEQ, sql, side.copy())
        return derive(sql, BOOLEAN, *sides)
    values: list[Value] = []
    for operand in node.operands:
        value = compile_condition(session, operand, context)
        values.append(_shielded(value, values, node.operator) if value.raises and values else value)
    joined = q.both if node.operator == "AND" else q.either
    parts = [value.copy() for value in values] if context.replaced else owned(values)
    return derive(joined(parts), BOOLEAN, *values)


def _shielded(value: Value, before: list[Value], operator: str) -> Value:
    """Keep an operand that may fail from being evaluated where those before it decide."""
    if operator == "AND":
        decided = q.either([q.negate(earlier.copy()) for earlier in before])
    else:
        decided = q.either([earlier.copy() for earlier in before])
    settled = q.boolean(operator == "OR")
    return derive(q.case([(decided, settled)], value.sql), BOOLEAN, value, *before)


def _is_null(session: Session, node: s.IsNull, context: Context) -> Value:
    operand = compile_expression(session, node.operand, context)
    test = q.not_null if node.negated else q.is_null
    if operand.type.kind is Kind.NULL:
        return o.constant(not node.negated)
    return derive(test(operand.copy()), BOOLEAN, operand, nullable=False)


def _case(session: Session, node: s.Case, context: Context) -> Value:
    at = session.place(node.at)
    subject = _maybe(session, node.subject, context)
    conditions = []
    for when, _ in node.branches:
        if subject is None:
            conditions.append(compile_condition(session, when, context))
        else:
            value = compile_expression(session, when, context)
            folded = node.subject is not None and _written(node.subject, when)
            same = partial(o.equals, folded=folded)
            conditions.append(o.spread(same, subject, value, at=at))
    results = [compile_expression(session, then, context) for _, then in node.branches]
    otherwise = _maybe(session, node.otherwise, context) or o.constant_null()
    type_ = t.unify_all([*(result.type for result in results), otherwise.type])
    pairs = zip(conditions, results, strict=True)
    branches = [(condition.copy(), coerce(result, type_).copy()) for condition, result in pairs]
    sql = q.case(branches, coerce(otherwise, type_).copy())
    nullable = otherwise.nullable or any(result.nullable for result in results)
    return derive(sql, type_, *conditions, *results, otherwise, nullable=nullable)


def _maybe(session: Session, node: s.Expression | None, context: Context) -> Value | None:
    return None if node is None else compile_expression(session, node, context)


def _call(session: Session, node: s.Call, context: Context) -> Value:
    lower = node.name.lower()
    if lower in AGGREGATES:
        reason = Said("refusal-ungrouped", function=lower)
        raise session.error(reason, node.at)
    if node.distinct:
        reason = Said("refusal-distinct-call", function=node.name)
        raise session.error(reason, node.at)
    return call_function(session, node, context)


def _has_labels(session: Session, node: s.HasLabels, context: Context) -> Value:
    target = compile_expression(session, node.target, context)
    if target.type.kind is Kind.NULL:
        return o.constant_null(BOOLEAN)
    if target.type.kind is Kind.NODE:
        fitting = node_classes(session, node.labels, node.at)
    elif target.type.kind is Kind.RELATIONSHIP:
        fitting = relationship_types(session, node.labels, node.at)
    else:
        reason = Said("refusal-no-labels", type=target.type)
        raise session.error(reason, node.at)
    wanted = target.type.classes & fitting
    if wanted == target.type.classes and not target.nullable:
        return o.constant(True)  # noqa: FBT003 (a value)
    tested = in_classes(target.sql, wanted)
    if not wanted and target.nullable:
        tested = q.case([(q.is_null(target.copy()), q.null())], q.boolean(False))  # noqa: FBT003
    return derive(tested, BOOLEAN, target)


def _exists(session: Session, node: s.Exists, context: Context) -> Value:
    if node.pattern:
        reason = Said("refusal-pattern-value")
        raise session.error(reason, node.at)
    return session.compilers.exists(session, node, context)


def _count(session: Session, node: s.Count, context: Context) -> Value:
    return session.compilers.count(session, node, context)


def _collect(session: Session, node: s.Collect, context: Context) -> Value:
    return session.compilers.collect(session, node, context)


def _pattern_list(session: Session, node: s.PatternComprehension, context: Context) -> Value:
    return session.compilers.pattern_list(session, node, context)


def _refuse_aggregates(session: Session, *bodies: s.Expression | None) -> None:
    """Neo4j takes no aggregation in a subquery inside a list expression."""
    for call in calls_in_subqueries(bodies):
        if call.name.lower() in AGGREGATES:
            raise session.error(Said("refusal-list-aggregate", function=call.name), call.at)


def _comprehension(session: Session, node: s.Comprehension, context: Context) -> Value:
    _refuse_aggregates(session, node.condition, node.result)
    return compile_comprehension(session, node, context)


def _quantifier(session: Session, node: s.Quantifier, context: Context) -> Value:
    _refuse_aggregates(session, node.condition)
    return compile_quantifier(session, node, context)


def _reduce(session: Session, node: s.Reduce, context: Context) -> Value:
    return compile_reduce(session, node, context)


def _subscript(session: Session, node: s.Subscript, context: Context) -> Value:
    target = compile_expression(session, node.target, context)
    index = compile_expression(session, node.index, context)
    if target.type.kind in {Kind.NODE, Kind.RELATIONSHIP, Kind.MAP}:
        if isinstance(node.index, s.Literal) and node.index.kind == "string":
            return property_of(session, target, str(node.index.value), node.at, context)
        if target.type.kind is not Kind.MAP:
            return compile_property_by_name(session, node, target, index, context)
    return compile_subscript(session, node, target, index)


def _slice(session: Session, node: s.Slice, context: Context) -> Value:
    parts = [_maybe(session, part, context) for part in (node.target, node.start, node.stop)]
    return compile_slice(session, node, parts)


_METHODS: dict[type, Callable[..., Value]] = {
    s.Literal: _literal, s.Parameter: _parameter, s.Variable: _variable, s.PropertyOf: _property,
    s.ListLiteral: _list, s.MapLiteral: _map, s.Unary: _unary, s.Binary: _binary,
    s.Logical: _logical, s.IsNull: _is_null, s.Case: _case, s.Call: _call,
    s.HasLabels: _has_labels, s.Exists: _exists, s.Count: _count, s.Comprehension: _comprehension,
    s.Quantifier: _quantifier, s.Reduce: _reduce, s.Subscript: _subscript, s.Slice: _slice,
    s.Collect: _collect, s.PatternComprehension: _pattern_list,
}  # fmt: skip
