"""DuckDB's functions, which the compiler writes, as Spark has them.

Each rewriter takes the arguments of a call, already rewritten, and returns the expression for
Spark, which has the same value where the compiler uses the call; what differs otherwise stands
beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query.types import FLOAT, INTEGER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphmodel.query.sqlparts import Sql

_MOST = 2**31 - 1
_LITERAL = "\\Q"
_LITERAL_END = "\\E"


def int_of(sql: Sql) -> Sql:
    """Return a position or length as the 32 bits that Spark takes; larger ones are the largest."""
    if isinstance(sql, exp.Literal):
        return sql
    return exp.Cast(this=q.call("least", sql, q.number(_MOST)), to=q.data_type("INT"))


def _long(sql: Sql) -> Sql:
    return q.cast(sql, INTEGER)


def _renamed(name: str) -> Callable[..., Sql]:
    def renamed(*arguments: Sql) -> Sql:
        return q.call(name, *arguments)

    return renamed


def _mapped(name: str) -> Callable[..., Sql]:
    """A lambda may count items, in DuckDB from 1 and in Spark from 0."""

    def mapped(items: Sql, lambda_: Sql) -> Sql:
        return q.call(name, items, _from_one(lambda_))

    return mapped


def _from_one(lambda_: Sql) -> Sql:
    names = [identifier.name for identifier in lambda_.expressions]
    if len(names) > 1:
        for column in list(lambda_.this.find_all(exp.Column)):
            if column.name == names[1] and not column.args.get("table"):
                counted = exp.Add(this=column.copy(), expression=q.number(1))
                column.replace(exp.Paren(this=counted))
    return lambda_


def _size_of(items: Sql) -> Sql:
    return _long(q.call("array_size", items))


def _present(items: Sql) -> Sql:
    kept = q.lambda_(["z"], q.not_null(q.bare("z")))
    return _size_of(q.call("filter", items, kept))


def _contains(items: Sql, item: Sql) -> Sql:
    """Spark gives null where the item is not found among nulls; DuckDB passes over nulls."""
    found = q.call("array_contains", items, item)
    return q.call("coalesce", found, q.boolean(False))  # noqa: FBT003 (a value)


def _extract(items: Sql, position: Sql) -> Sql:
    if not isinstance(position, exp.Literal | exp.Neg):
        position = exp.TryCast(this=position, to=q.data_type("INT"), safe=True)
    return q.call("try_element_at", items, position)


def _slice(items: Sql, first: Sql, last: Sql) -> Sql:
    if isinstance(last, exp.Neg):  # counted from the end: all that is left
        return q.call("slice", items, int_of(first), q.call("array_size", items.copy()))
    span = exp.Add(this=q.binary(exp.Sub, last, first.copy()), expression=q.number(1))
    length = q.call("greatest", span, q.number(0))
    return q.call("slice", items, int_of(first), int_of(length))


def _range(first: Sql, beyond: Sql) -> Sql:
    """Return the numbers from `first` up to but not including `beyond`, which is no smaller."""
    count = q.binary(exp.Sub, beyond.copy(), first.copy())
    return q.call("slice", q.call("sequence", first, beyond), q.number(1), int_of(count))


def _series(first: Sql, last: Sql, step: Sql) -> Sql:
    """Spark stops where a step leads away from the end; DuckDB gives nothing."""
    up = q.both([q.binary(exp.GT, step.copy(), q.number(0)), q.binary(exp.LTE, first, last)])
    down = q.both(
        [
            q.binary(exp.LT, step.copy(), q.number(0)),
            q.binary(exp.GTE, first.copy(), last.copy()),
        ]
    )
    made = q.call("sequence", first.copy(), last.copy(), step)
    nothing = exp.Cast(
        this=exp.Array(expressions=[]),
        to=exp.DataType(
            this=exp.DataType.Type.ARRAY, expressions=[q.data_type("BIGINT")], nested=True
        ),
    )
    return q.case([(q.either([up, down]), made)], nothing)


def _fold(items: Sql, lambda_: Sql, first: Sql) -> Sql:
    return q.call("aggregate", items, first, lambda_)


def _total(items: Sql) -> Sql:
    added = exp.Add(this=q.bare("z"), expression=q.bare("y"))
    return q.call("aggregate", items, q.cast(q.number(0), FLOAT), q.lambda_(["z", "y"], added))


def struct_part(record: Sql, name: Sql) -> Sql:
    """Return a field of a record."""
    return exp.Dot(this=exp.Paren(this=record), expression=q.name(str(name.this)))


def _once(number: Sql, made: Callable[[Sql], Sql]) -> Sql:
    """Return what is made of a number, which is computed once: a function may stand in another."""
    if isinstance(number, exp.Column) or number.find(exp.Select):
        return made(number)
    of_one = q.call(
        "transform", exp.Array(expressions=[number]), q.lambda_(["z"], made(q.bare("z")))
    )
    return q.call("element_at", of_one, q.number(1))


def _floor(number: Sql) -> Sql:
    """Spark's own gives an integer of 64 bits and loses the sign of zero."""
    return _once(number, _whole_below)


def _whole_below(number: Sql) -> Sql:
    whole = q.call("rint", number.copy())
    above = q.binary(exp.GT, whole, number.copy())
    return q.case([(above, q.binary(exp.Sub, whole.copy(), q.number(1)))], whole.copy())


def _ceiling(number: Sql) -> Sql:
    return exp.Neg(this=exp.Paren(this=_floor(exp.Neg(this=exp.Paren(this=number)))))


def _cut(number: Sql) -> Sql:
    def cut(held: Sql) -> Sql:
        turned = _whole_below(exp.Neg(this=exp.Paren(this=held.copy())))
        below = q.binary(exp.LT, held.copy(), q.number(0))
        return q.case([(below, exp.Neg(this=exp.Paren(this=turned)))], _whole_below(held))

    return _once(number, cut)


def _is_infinite(number: Sql) -> Sql:
    return q.equal(q.call("abs", number), q.cast(q.string("Infinity"), FLOAT))


def _sign(number: Sql) -> Sql:
    """Spark gives no number for no number, DuckDB zero."""
    return _once(number, _sign_of)


def _sign_of(number: Sql) -> Sql:
    nothing = q.call("isnan", number.copy()), q.number(0)
    return q.case([nothing], q.call("sign", number.copy()))


def _full_match(text: Sql, pattern: Sql) -> Sql:
    return q.call("regexp_like", text, q.string(rf"\A(?:{pattern.this})\z"))


def _regexp_extract(text: Sql, pattern: Sql, group: Sql | None = None) -> Sql:
    return q.call("regexp_extract", text, pattern, group or q.number(0))


def _regexp_extract_all(text: Sql, pattern: Sql) -> Sql:
    return q.call("regexp_extract_all", text, pattern, q.number(0))


def _regexp_replace(text: Sql, pattern: Sql, by: Sql) -> Sql:
    """Patterns of the compiler match once; a group is `$1` here."""
    return q.call("regexp_replace", text, pattern, q.string(str(by.this).replace("\\1", "$1")))


def _split(text: Sql, separator: Sql) -> Sql:
    """Spark splits by a pattern: the separator is quoted, whatever it holds."""
    inside = q.call(
        "replace",
        separator,
        q.string(_LITERAL_END),
        q.string(f"{_LITERAL_END}\\\\E{_LITERAL}"),
    )
    pattern = q.call("concat", q.string(_LITERAL), inside, q.string(_LITERAL_END))
    return q.call("split", text, pattern, q.number(-1))


def _turned(name: str) -> Callable[..., Sql]:
    def turned(text: Sql, characters: Sql) -> Sql:
        return q.call(name, characters, text)

    return turned


def _part(name: str) -> Callable[..., Sql]:
    def part(text: Sql, *places: Sql) -> Sql:
        return q.call(name, text, *(int_of(place) for place in places))

    return part


def _size(text: Sql) -> Sql:
    return _long(q.call("char_length", text))


def with_null_flags(keys: list[Sql]) -> list[exp.PropertyEQ]:
    """Return fields that compare as DuckDB compares the keys: null after everything else."""
    fields = []
    for index, key in enumerate(keys):
        absent = q.is_null(key.copy())
        fields.append(exp.PropertyEQ(this=q.name(f"n{index}"), expression=absent))
        fields.append(exp.PropertyEQ(this=q.name(f"k{index}"), expression=key))
    return fields


def _by(name: str) -> Callable[..., Sql]:
    def chosen(value: Sql, record: Sql) -> Sql:
        keys = [part.expression for part in record.expressions]
        return q.call(name, value, exp.Struct(expressions=with_null_flags(keys)))

    return chosen


REWRITERS: Mapping[str, Callable[..., Sql]] = {
    "arg_max": _by("max_by"), "arg_min": _by("min_by"), "array_to_string": _renamed("array_join"),
    "ceil": _ceiling, "ends_with": _renamed("endswith"), "error": _renamed("raise_error"),
    "floor": _floor, "generate_series": _series, "isinf": _is_infinite, "left": _part("left"),
    "len": _size_of, "length": _size, "list_append": _renamed("array_append"),
    "list_concat": _renamed("concat"), "list_contains": _contains, "list_count": _present,
    "list_extract": _extract, "list_filter": _mapped("filter"),
    "list_has_any": _renamed("arrays_overlap"),
    "list_position": _renamed("array_position"), "list_reduce": _fold,
    "list_reverse": _renamed("reverse"), "list_slice": _slice,
    "list_sort": _renamed("array_sort"), "list_sum": _total,
    "list_transform": _mapped("transform"), "ltrim": _turned("ltrim"), "range": _range,
    "regexp_extract": _regexp_extract, "regexp_extract_all": _regexp_extract_all,
    "regexp_full_match": _full_match, "regexp_matches": _renamed("regexp_like"),
    "regexp_replace": _regexp_replace, "right": _part("right"), "rtrim": _turned("rtrim"),
    "sign": _sign, "starts_with": _renamed("startswith"), "string_split": _split,
    "struct_extract": struct_part,
    "substring": _part("substring"), "trim": _renamed("btrim"), "trunc": _cut,
    "unnest": _renamed("explode"),
}  # fmt: skip
"""Functions whose name, arguments or value differ."""

SAME = frozenset(
    {"abs", "coalesce", "concat", "contains", "exp", "first", "greatest", "isnan", "least", "ln",
     "lower", "nullif", "pow", "replace", "round", "sqrt", "substr", "upper"}
)  # fmt: skip
"""Functions that are the same in both."""
