"""Operators by Cypher's rules: three-valued comparison, equality over types, arithmetic.

Each function takes compiled operands and returns a compiled result; a mixed operand is taken apart
into its members. Where Cypher has no answer for two types (arithmetic on booleans), `TypeMismatch`
is raised.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.floattext import java_float
from graphmodel.query.hoisting import hoisted
from graphmodel.query.numbercompare import float_comparison, unless_null
from graphmodel.query.refusals import Said, meaningless
from graphmodel.query.types import BOOLEAN, FLOAT, INTEGER, NUMBERS, STRING, Kind
from graphmodel.query.values import (
    Value,
    bound_once,
    coerce,
    derive,
    field_of,
    keys_of,
    member_of,
    tag_of,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphmodel.query.sqlparts import Sql
    from graphmodel.query.types import Type


class TypeMismatch(Exception):  # noqa: N818 (a signal that becomes a CypherError with a place)
    """No answer for operands of these types; the text says why."""


class NeedsQuery(Exception):  # noqa: N818 (a signal for the list expression around)
    """What stands in a list expression reads tables, so that the whole must be a query."""


class Refused(Exception):  # noqa: N818 (a signal that becomes a CypherError with a place)
    """The answer would not be certain; the text says why."""


def constant_null(type_: Type = t.NULL) -> Value:
    """Return null."""
    sql = q.null() if type_ is t.NULL else q.cast(q.null(), type_)
    return Value(sql, type_, simple=True)


def constant(value: bool) -> Value:  # noqa: FBT001 (the value itself)
    """Return true or false."""
    return Value(q.boolean(value), BOOLEAN, nullable=False, simple=True)


def spread(operation: Callable[..., Value], *operands: Value, at: tuple[int, int]) -> Value:
    """Apply an operation to operands of which some are mixed: one branch for each member."""
    index = next((i for i, operand in enumerate(operands) if operand.type.kind is Kind.MIXED), None)
    if index is None:
        return operation(*operands)
    mixed = operands[index]
    results: list[tuple[Type, Value | None]] = []
    for member in mixed.type.members:
        changed = [*operands]
        changed[index] = member_of(mixed, member)
        try:
            results.append((member, spread(operation, *changed, at=at)))
        except TypeMismatch:
            results.append((member, None))
    good = [result for _, result in results if result is not None]
    if not good:
        reason = Said("refusal-operation")
        raise TypeMismatch(reason)
    return _branches(mixed, results, good, at)


def _branches(
    mixed: Value,
    results: list[tuple[Type, Value | None]],
    good: list[Value],
    at: tuple[int, int],
) -> Value:
    type_ = t.unify_all(result.type for result in good)
    branches = []
    for member, result in results:
        sql = q.raised("type", at) if result is None else coerce(result, type_).sql
        branches.append((q.equal(tag_of(mixed), q.string(t.TAGS[member.kind])), sql))
    made = derive(q.case(branches, q.cast(q.null(), type_)), type_, mixed, *good, nullable=True)
    made.raises = made.raises or len(good) < len(results)
    return made


def _as_float(value: Value) -> Sql:
    return value.copy() if value.type is FLOAT else q.cast(value.copy(), FLOAT)


def equals(left: Value, right: Value, *, folded: bool = False) -> Value:
    """Return `left = right`: false between different kinds, null where null decides.

    `folded` tells that both operands are written out.
    """
    kinds = left.type.kind, right.type.kind
    if Kind.NULL in kinds:
        return constant_null(BOOLEAN)
    if set(kinds) <= NUMBERS and Kind.FLOAT in kinds:
        return float_comparison(exp.EQ, left, right, folded=folded)
    if kinds[0] is not kinds[1]:
        return unless_null(left, right, q.boolean(False))  # noqa: FBT003 (a value)
    if kinds[0] is Kind.LIST:
        return hoisted(_equal_lists, left, right)
    if kinds[0] is Kind.MAP:
        return _equal_maps(left, right)
    return derive(q.equal(left.copy(), right.copy()), BOOLEAN, left, right)


def _equal_lists(left: Value, right: Value) -> Value:
    item = left.type.item or t.NULL, right.type.item or t.NULL
    # a name that neither side uses: lists of lists nest one such lambda in another
    name = free_name("i", left, right)
    position = q.bare(name)
    at_left = Value(q.call("list_extract", left.copy(), position), item[0])
    at_right = Value(q.call("list_extract", right.copy(), position.copy()), item[1])
    pair = in_pairs(equal_inside, at_left, at_right)
    beyond = exp.Add(this=q.call("len", left.copy()), expression=q.number(1))
    positions = q.call("range", q.number(1), beyond)
    results = q.call("list_transform", positions, q.lambda_([name], pair))
    different = q.binary(exp.NEQ, q.call("len", left.copy()), q.call("len", right.copy()))
    nested = any(t.height(type_) for type_ in item)
    joined = bound_once(results, "r", _all_equal(q.bare("r"))) if nested else _all_equal(results)
    answer = q.case([(different, q.boolean(False))], joined)  # noqa: FBT003 (a value)
    made = unless_null(left, right, answer)
    made.nullable = True
    return made


def in_pairs(compare: Callable[[Value, Value], Value], left: Value, right: Value) -> Sql:
    """Compare two items; where they are no scalars, each is read once and then named shortly."""
    if not (t.height(left.type) or t.height(right.type)):
        return compare(left, right).sql
    name = free_name("w", left, right)
    sides = [
        Value(q.call("struct_extract", q.bare(name), q.string(field)), side.type)
        for field, side in (("a", left), ("b", right))
    ]
    both = q.record([("a", left.sql), ("b", right.sql)])
    return bound_once(both, name, compare(*sides).sql)


def _all_equal(results: Sql) -> Sql:
    """Return false where one result is false, else null where one is null."""
    found = q.call("list_contains", results, q.boolean(False))  # noqa: FBT003 (a value)
    branches = [(found, q.boolean(False)), (has_null(results.copy()), q.null())]  # noqa: FBT003
    return q.case(branches, q.boolean(True))  # noqa: FBT003 (a value)


def free_name(letter: str, *values: Value) -> str:
    """Return a name for the variable of a lambda that none of the values uses."""
    used = {column.name for value in values for column in value.sql.find_all(exp.Column)}
    return next(f"{letter}{n}" for n in range(len(used) + 1) if f"{letter}{n}" not in used)


def has_null(items: Sql) -> Sql:
    """Return the test that a list holds null."""
    return q.binary(exp.NEQ, q.call("len", items), q.call("list_count", items.copy()))


def _equal_maps(left: Value, right: Value) -> Value:
    fields = dict(left.type.fields), dict(right.type.fields)
    exact = not (left.type.sparse or right.type.sparse)
    if exact and set(fields[0]) != set(fields[1]):
        return unless_null(left, right, q.boolean(False))  # noqa: FBT003 (a value)
    parts = []
    for name in fields[0]:
        if name in fields[1]:
            sides = [
                field_of(side, name, known[name])
                for side, known in zip((left, right), fields, strict=True)
            ]
            same = equal_inside(*sides).sql
            parts.append(same if exact else q.either([q.negate(has_key(left, name)), same]))
    answer = q.both(parts)
    if not exact:
        other = q.binary(exp.NEQ, sorted_keys(left), sorted_keys(right))
        answer = q.case([(other, q.boolean(False))], answer)  # noqa: FBT003 (a value)
    made = unless_null(left, right, answer)
    made.nullable = True
    return made


def has_key(value: Value, key: str) -> Sql:
    """Return the test that a map, which is not null, has a key."""
    return q.call("list_contains", keys_of(value), q.string(key))


def sorted_keys(value: Value) -> Sql:
    """Return the keys of a map in order."""
    if value.type.sparse:
        return q.call("list_sort", keys_of(value))
    return texts(sorted(key for key, _ in value.type.fields))


def equal_inside(left: Value, right: Value) -> Value:
    """Return `left = right` for what stands in lists or maps."""
    return by_kind(equals, left, right, q.boolean(False))  # noqa: FBT003 (a value)


def by_kind(
    operation: Callable[[Value, Value], Value], left: Value, right: Value, otherwise: Sql
) -> Value:
    """Compare two values of which one may be mixed: members of one kind, and numbers.

    Null where one side is null; members of different kinds give `otherwise`.
    """
    if Kind.MIXED not in {left.type.kind, right.type.kind}:
        return operation(left, right)
    if Kind.NULL in {left.type.kind, right.type.kind}:
        return constant_null(BOOLEAN)
    none = q.either([q.is_null(left.copy()), q.is_null(right.copy())])
    branches: list[tuple[Sql, Sql]] = [(none, q.null())]
    used, type_ = [left, right], BOOLEAN
    for (a, test), (b, other) in product(_tagged(left), _tagged(right)):
        if a.type.kind is b.type.kind or {a.type.kind, b.type.kind} <= NUMBERS:
            try:
                made = operation(a, b)
            except TypeMismatch:
                branches.append((q.both([*test, *other]), q.raised("type", (1, 1))))
                continue
            type_ = made.type
            used.append(made)
            branches.append((q.both([part.copy() for part in (*test, *other)]), made.sql))
    return derive(q.case(branches, otherwise), type_, *used, nullable=True)


def _tagged(value: Value) -> list[tuple[Value, list[Sql]]]:
    """Return the members of a mixed value with the test of each; another value as it is."""
    if value.type.kind is not Kind.MIXED:
        return [(value, [])]
    found = []
    for member in value.type.members:
        held = member_of(value, member)
        held.nullable = False
        found.append((held, [q.equal(tag_of(value), q.string(t.TAGS[member.kind]))]))
    return found


def differs(left: Value, right: Value) -> Value:
    """Return `left <> right`."""
    kinds = {left.type.kind, right.type.kind}
    if kinds <= NUMBERS and Kind.FLOAT in kinds:
        return float_comparison(exp.NEQ, left, right)
    same = equals(left, right)
    if isinstance(same.sql, exp.EQ):
        return derive(
            exp.NEQ(this=same.sql.this, expression=same.sql.expression), BOOLEAN, left, right
        )
    made = derive(q.negate(same.sql), BOOLEAN, left, right)
    made.nullable = same.nullable
    return made


def arithmetic(operator: str, at: tuple[int, int]) -> Callable[[Value, Value], Value]:
    """Return `+ - * / % ^` by Cypher's rules."""

    def computed(left: Value, right: Value) -> Value:
        kinds = {left.type.kind, right.type.kind}
        if operator == "+" and Kind.LIST in kinds:
            return _joined_lists(left, right)
        if operator == "/" and left.type.kind is Kind.NULL and right.type is INTEGER:
            return _division("/", Value(q.cast(q.null(), INTEGER), INTEGER), right, at)
        if Kind.NULL in kinds:
            return constant_null()
        if operator == "+" and Kind.STRING in kinds:
            return _joined_text(left, right)
        if not kinds <= NUMBERS:
            reason = meaningless(operator, left.type, right.type)
            raise TypeMismatch(reason)
        return _number(operator, left, right, at)

    return computed


_PLAIN: dict[str, Callable[..., Sql]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}


def _number(operator: str, left: Value, right: Value, at: tuple[int, int]) -> Value:
    whole = left.type is INTEGER and right.type is INTEGER and operator != "^"
    if not whole:
        sides = _as_float(left), _as_float(right)
        if operator == "^":
            return derive(q.call("pow", *sides), FLOAT, left, right)
        node = _PLAIN.get(operator) or (exp.Div if operator == "/" else exp.Mod)
        if node in {exp.Div, exp.Mod}:
            return _float_division(operator, left, right)
        return derive(q.binary(node, *sides), FLOAT, left, right)
    if operator in _PLAIN:
        return derive(q.binary(_PLAIN[operator], left.copy(), right.copy()), INTEGER, left, right)
    return _division(operator, left, right, at)


def _float_division(operator: str, left: Value, right: Value) -> Value:
    """Divide doubles; by zero the result is infinite or not a number, as in Java."""
    above, below = _as_float(left), _as_float(right)
    special = {name: q.cast(q.string(name), FLOAT) for name in ("nan", "inf", "-inf")}
    node = exp.Div if operator == "/" else exp.Mod
    zero = q.equal(below.copy(), q.number(0))
    if operator == "%":
        answer = q.case([(zero, special["nan"])], q.binary(node, above, below))
        return derive(_null_first(left, right, answer), FLOAT, left, right)
    # 0.0 and -0.0 are equal; which of the two it is shows in its text
    minus = q.equal(q.call("left", q.cast(below.copy(), STRING), q.number(1)), q.string("-"))
    up, down = special["inf"], special["-inf"]
    above_zero = q.case([(minus, down)], up)
    below_zero = q.case([(minus.copy(), up.copy())], down.copy())
    infinite = q.case(
        [
            (q.call("isnan", above.copy()), special["nan"]),
            (q.binary(exp.GT, above.copy(), q.number(0)), above_zero),
            (q.binary(exp.LT, above.copy(), q.number(0)), below_zero),
        ],
        special["nan"].copy(),
    )
    answer = q.case([(zero, infinite)], q.binary(node, above, below))
    return derive(_null_first(left, right, answer), FLOAT, left, right)


def _null_first(left: Value, right: Value, answer: Sql) -> Sql:
    nulls = [q.is_null(side.copy()) for side in (left, right) if side.nullable]
    return q.case([(q.either(nulls), q.cast(q.null(), FLOAT))], answer) if nulls else answer


def _division(operator: str, left: Value, right: Value, at: tuple[int, int]) -> Value:
    node: Any = exp.IntDiv if operator == "/" else exp.Mod
    divided = q.binary(node, left.copy(), right.copy())
    known = _known_integer(right.sql)
    if known not in {None, 0, -1}:
        return derive(divided, INTEGER, left, right)
    zero = q.equal(right.copy(), q.number(0))
    # as in Neo4j, null / 0 is an error and null % 0 is null
    spared = operator == "%" and left.nullable
    guarded = q.both([zero, q.not_null(left.copy())]) if spared else zero
    made = derive(q.case([(guarded, q.raised("division", at))], divided), INTEGER, left, right)
    made.raises = True
    return made


def _known_integer(sql: Sql) -> int | None:
    inner = sql.this if isinstance(sql, exp.Cast) else sql
    if isinstance(inner, exp.Literal) and not inner.is_string:
        return int(inner.this)
    return None


def _joined_text(left: Value, right: Value) -> Value:
    parts = []
    for side in (left, right):
        if side.type.kind not in {Kind.STRING, Kind.INTEGER, Kind.FLOAT}:
            reason = meaningless("+", left.type, right.type)
            raise TypeMismatch(reason)
        parts.append(as_text(side))
    return derive(q.binary(exp.DPipe, *parts), STRING, left, right)


def _joined_lists(left: Value, right: Value) -> Value:
    sides = []
    for side in (left, right):
        if side.type.kind is Kind.LIST:
            sides.append(side)
        elif side.type.kind is Kind.NULL:
            return constant_null(left.type if left.type.kind is Kind.LIST else right.type)
        else:
            sides.append(_one_item_list(side))
    type_ = t.unify(sides[0].type, sides[1].type)
    made = [coerce(side, type_) for side in sides]
    joined = q.call("list_concat", made[0].sql, made[1].sql)
    nulls = [q.is_null(side.copy()) for side in (left, right) if side.nullable]
    sql = q.case([(q.either(nulls), q.cast(q.null(), type_))], joined) if nulls else joined
    return derive(sql, type_, left, right)


def _one_item_list(value: Value) -> Value:
    return derive(exp.Array(expressions=[value.copy()]), t.list_of(value.type), value)


def as_text(value: Value) -> Sql:
    """Return a scalar as `toString` writes it; floats as Java does."""
    kind = value.type.kind
    if kind is Kind.STRING:
        return value.copy()
    if kind is Kind.BOOLEAN:
        return q.case(
            [(value.copy(), q.string("true")), (q.negate(value.copy()), q.string("false"))],
            q.null(),
        )
    if kind is Kind.INTEGER:
        return q.cast(value.copy(), STRING)
    return java_float(value.copy())
