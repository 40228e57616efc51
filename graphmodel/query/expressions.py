"""Expressions of the syntax tree into SQL, with their types: one method a kind of node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import syntax as s
from graphmodel.query import types as t
from graphmodel.query.functions import call_function
from graphmodel.query.joins import Value, coerce, derive, in_classes
from graphmodel.query.lists import compile_comprehension, compile_quantifier, compile_reduce
from graphmodel.query.membership import member
from graphmodel.query.regex import compile_regex
from graphmodel.query.strings import text_test
from graphmodel.query.subscripts import compile_slice, compile_subscript
from graphmodel.query.types import BOOLEAN, FLOAT, INTEGER, STRING, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphmodel.query.session import Context, Session

AGGREGATES = frozenset({"count", "sum", "min", "max", "avg", "collect"})


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
        raise session.error(str(error), node.at) from None


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
    if value.type.kind is Kind.MIXED:
        return o.spread(_boolean_or_mismatch, value, at=session.place(at))
    if value.type.kind is not Kind.BOOLEAN:
        hint = "Write … IS NOT NULL." if value.type.entity() else ""
        reason = f"a condition is true or false, not {value.type.word}"
        raise session.error(reason, at, hint)
    return value


def _boolean_or_mismatch(value: Value) -> Value:
    if value.type.kind is not Kind.BOOLEAN:
        reason = "not a boolean"
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


def _literal(_session: Session, node: s.Literal, _context: Context) -> Value:
    value = node.value
    if node.kind == "null":
        return o.constant_null()
    if node.kind == "boolean":
        return o.constant(bool(value))
    if node.kind == "string":
        return Value(q.string(str(value)), STRING, nullable=False, simple=True)
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
        reason = f"{node.name} is no grouping key here"
        raise session.error(reason, node.at, "Split the expression by a WITH.")
    reason = "variable"
    raise session.unknown(reason, node.name, context.scope, node.at)


def _property(session: Session, node: s.PropertyOf, context: Context) -> Value:
    target = compile_expression(session, node.target, context)
    return property_of(session, target, node.name, node.at, context)


def property_of(session: Session, target: Value, name: str, at: int, context: Context) -> Value:
    """Return a property of a node, relationship or map."""
    kind = target.type.kind
    if kind is Kind.NULL:
        return o.constant_null()
    if kind is Kind.MAP:
        return _map_entry(session, target, name, at)
    if kind not in {Kind.NODE, Kind.RELATIONSHIP}:
        reason = f"a {target.type.word} has no properties"
        raise session.error(reason, at)
    check_property(session, target, name, at)
    graph = target.graph or context.graph
    if target.graph is None and context.lambda_:
        reason = "properties of list elements cannot be read here"
        raise session.error(reason, at)
    source = graph.fetch(target)
    found = source.property(name)
    if found is None:
        reason = f"property {name} has types that cannot meet in one place"
        raise session.error(reason, at)
    sql, type_ = found
    nullable = type_ is t.NULL or name != "id" or target.nullable or not session.catalogue.strict
    return Value(sql, type_, frozenset({source.alias}), nullable, simple=True)


def _map_entry(session: Session, target: Value, name: str, at: int) -> Value:
    fields = dict(target.type.fields)
    if name not in fields:
        if session.catalogue.strict:
            reason = "key"
            raise session.unknown(reason, name, fields, at)
        return o.constant_null()
    sql = q.call("struct_extract", target.copy(), q.string(name))
    return derive(sql, fields[name], target, nullable=True)


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
    if type_ is None:
        reason = "the items have types that cannot meet in one list"
        raise session.error(reason, node.at)
    made = [coerce(item, type_) for item in items]
    sql: exp.Expression = exp.Array(expressions=[item.copy() for item in made])
    if not made or type_ is t.NULL:
        sql = q.cast(sql, t.list_of(type_))
    return derive(sql, t.list_of(type_), *made, nullable=False)


def _map(session: Session, node: s.MapLiteral, context: Context) -> Value:
    if not node.items:
        reason = "an empty map is outside the subset"
        raise session.error(reason, node.at)
    if len({key.lower() for key, _ in node.items}) < len(node.items):
        reason = "keys of one map differ by more than upper and lower case"
        raise session.error(reason, node.at)
    values = [(key, compile_expression(session, item, context)) for key, item in node.items]
    parts = [exp.PropertyEQ(this=q.name(key), expression=value.copy()) for key, value in values]
    type_ = t.map_of((key, value.type) for key, value in values)
    return derive(exp.Struct(expressions=parts), type_, *(v for _, v in values), nullable=False)


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
            reason = f"a {value.type.word} has no sign"
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
    return o.spread(_operation(node.operator, at), left, right, at=at)


def _operation(operator: str, at: tuple[int, int]) -> Callable[[Value, Value], Value]:
    if operator == "=":
        return o.equals
    if operator == "<>":
        return o.differs
    if operator in {"<", "<=", ">", ">="}:
        return o.compare(operator)
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
        parts = [compile_condition(session, part, context) for part in node.operands]
        sql = parts[0].copy()
        for part in parts[1:]:
            sql = q.binary(exp.NEQ, sql, part.copy())
        return derive(sql, BOOLEAN, *parts)
    values: list[Value] = []
    for operand in node.operands:
        value = compile_condition(session, operand, context)
        values.append(_shielded(value, values, node.operator) if value.raises and values else value)
    joined = q.both if node.operator == "AND" else q.either
    return derive(joined([value.copy() for value in values]), BOOLEAN, *values)


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
            conditions.append(o.spread(o.equals, subject, value, at=at))
    results = [compile_expression(session, then, context) for _, then in node.branches]
    otherwise = _maybe(session, node.otherwise, context) or o.constant_null()
    type_ = t.unify_all([*(result.type for result in results), otherwise.type])
    if type_ is None:
        reason = "the branches have types that cannot meet in one place"
        raise session.error(reason, node.at)
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
        reason = f"{lower}() stands where nothing is grouped"
        raise session.error(reason, node.at, "Aggregate in WITH or RETURN.")
    if node.distinct:
        reason = f"DISTINCT has no meaning in {node.name}()"
        raise session.error(reason, node.at)
    return call_function(session, node, context)


def _has_labels(session: Session, node: s.HasLabels, context: Context) -> Value:
    target = compile_expression(session, node.target, context)
    if target.type.kind is Kind.NULL:
        return o.constant_null(BOOLEAN)
    if target.type.kind is Kind.NODE:
        known, what = session.catalogue.labels, "label"
    elif target.type.kind is Kind.RELATIONSHIP:
        types = session.catalogue.types
        known, what = {name: frozenset({types[name].number}) for name in types}, "type"
    else:
        reason = f"a {target.type.word} has no labels"
        raise session.error(reason, node.at)
    wanted = target.type.classes
    for group in node.groups:
        numbers: set[int] = set()
        for label in group:
            if label not in known:
                raise session.unknown(what, label, known, node.at)
            numbers |= known[label]
        wanted &= numbers
    if wanted == target.type.classes and not target.nullable:
        return o.constant(True)  # noqa: FBT003 (a value)
    tested = in_classes(target.sql, wanted)
    if not wanted and target.nullable:
        tested = q.case([(q.is_null(target.copy()), q.null())], q.boolean(False))  # noqa: FBT003
    return derive(tested, BOOLEAN, target)


def _exists(session: Session, node: s.Exists, context: Context) -> Value:
    if node.pattern:
        reason = "a pattern stands where no condition is asked"
        raise session.error(reason, node.at, "Write EXISTS { … }.")
    return session.compilers.exists(session, node, context)


def _count(session: Session, node: s.Count, context: Context) -> Value:
    return session.compilers.count(session, node, context)


def _comprehension(session: Session, node: s.Comprehension, context: Context) -> Value:
    return compile_comprehension(session, node, context)


def _quantifier(session: Session, node: s.Quantifier, context: Context) -> Value:
    return compile_quantifier(session, node, context)


def _reduce(session: Session, node: s.Reduce, context: Context) -> Value:
    return compile_reduce(session, node, context)


def _subscript(session: Session, node: s.Subscript, context: Context) -> Value:
    target = compile_expression(session, node.target, context)
    index = compile_expression(session, node.index, context)
    if target.type.kind in {Kind.NODE, Kind.RELATIONSHIP, Kind.MAP}:
        if isinstance(node.index, s.Literal) and node.index.kind == "string":
            return property_of(session, target, str(node.index.value), node.at, context)
        reason = "a property is chosen by a constant name"
        raise session.error(reason, node.at)
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
}  # fmt: skip
