"""Small builders of sqlglot trees. Every operand that is not atomic is put into parentheses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query.types import KEYS, TAGS, Kind, Type, field_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Sql = exp.Expression
_ATOMIC = (
    exp.Column, exp.Literal, exp.Func, exp.Paren, exp.Cast, exp.Subquery, exp.Placeholder, exp.Null,
    exp.Boolean, exp.Identifier, exp.Exists, exp.Bracket, exp.Array, exp.Struct, exp.Filter,
)  # fmt: skip
_LOGICAL = (exp.And, exp.Or, exp.Xor)
FLOAT_TEXT, WHOLE = "float_text", "whole"
"""Marks: the text of a double as Java writes it; a sum of integers, which may need 128 bits."""
ORDERED_LIST, ORDERED_RECORD = "ordered_list", "ordered_record"
"""Marks of what is compared in order, nulls inside last: a list (with its depth), a record."""
_SCALARS = {
    Kind.NULL: "INT", Kind.BOOLEAN: "BOOLEAN", Kind.INTEGER: "BIGINT", Kind.FLOAT: "DOUBLE",
    Kind.STRING: "VARCHAR", Kind.NODE: "BIGINT", Kind.RELATIONSHIP: "BIGINT",
}  # fmt: skip


def wrap(sql: Sql) -> Sql:
    """Return the expression, in parentheses unless it is atomic."""
    if isinstance(sql, _ATOMIC) and not isinstance(sql, _LOGICAL):
        return sql
    return exp.Paren(this=sql)


def name(text: str) -> exp.Identifier:
    """Return a quoted identifier."""
    return exp.Identifier(this=text, quoted=True)


def column(alias: str, text: str) -> exp.Column:
    """Return a column of an aliased table."""
    return exp.Column(this=name(text), table=exp.Identifier(this=alias, quoted=False))


def bare(text: str) -> exp.Column:
    """Return a name without a table: the variable of a lambda."""
    return exp.Column(this=exp.Identifier(this=text, quoted=False))


def table(namespace: str, text: str, alias: str) -> exp.Table:
    """Return a table of the graph under an alias."""
    db = exp.Identifier(this=namespace, quoted=True) if namespace else None
    return exp.Table(this=name(text), db=db, alias=table_alias(alias))


def table_alias(alias: str, columns: Sequence[str] = ()) -> exp.TableAlias:
    """Return an alias of a table, with names for its columns where given."""
    named = [exp.Identifier(this=text, quoted=True) for text in columns]
    return exp.TableAlias(this=exp.Identifier(this=alias, quoted=False), columns=named)


def integer(value: int) -> Sql:
    """Return an integer of 64 bits."""
    if value == -(2**63):
        return exp.Cast(this=exp.Literal.string(str(value)), to=data_type("BIGINT"))
    return exp.Cast(this=number(value), to=data_type("BIGINT"))


def number(value: int) -> Sql:
    """Return a plain number literal."""
    literal = exp.Literal.number(str(abs(value)))
    return exp.Neg(this=literal) if value < 0 else literal


def string(value: str) -> exp.Literal:
    """Return a string literal."""
    return exp.Literal.string(value)


def null() -> exp.Null:
    """Return NULL."""
    return exp.Null()


def boolean(value: bool) -> exp.Boolean:  # noqa: FBT001 (the value itself)
    """Return TRUE or FALSE."""
    return exp.Boolean(this=value)


def call(function: str, *arguments: Sql) -> exp.Anonymous:
    """Return a call of a function by its name."""
    return exp.Anonymous(this=function, expressions=list(arguments))


def data_type(text: str) -> exp.DataType:
    """Return a scalar data type."""
    return exp.DataType(this=exp.DataType.Type[text], nested=False)


def cast(sql: Sql, type_: Type) -> exp.Cast:
    """Return the expression cast to the SQL type of a Cypher type."""
    return exp.Cast(this=sql, to=sql_type(type_))


def sql_type(type_: Type) -> exp.DataType:
    """Return the SQL type that holds a Cypher type."""
    if type_.kind in _SCALARS:
        return data_type(_SCALARS[type_.kind])
    if type_.kind is Kind.LIST and type_.item is not None:
        inner = sql_type(type_.item)
        return exp.DataType(this=exp.DataType.Type.ARRAY, expressions=[inner], nested=True)
    if type_.kind is Kind.MIXED:
        fields = [(TAGS[member.kind], member) for member in type_.members]
    else:
        fields = [(field_name(key), field) for key, field in type_.fields]
    parts = [exp.ColumnDef(this=name(text), kind=sql_type(field)) for text, field in fields]
    if type_.kind is Kind.MIXED:
        parts.insert(0, exp.ColumnDef(this=name("t"), kind=data_type("VARCHAR")))
    elif type_.sparse:
        texts = exp.DataType(
            this=exp.DataType.Type.ARRAY, expressions=[data_type("VARCHAR")], nested=True
        )
        parts.insert(0, exp.ColumnDef(this=name(KEYS), kind=texts))
    return exp.DataType(this=exp.DataType.Type.STRUCT, expressions=parts, nested=True)


def record(fields: Iterable[tuple[str, Sql]]) -> exp.Struct:
    """Return a record with named fields."""
    return exp.Struct(
        expressions=[exp.PropertyEQ(this=name(text), expression=sql) for text, sql in fields]
    )


def marked(sql: Sql, mark: str, value: int = 1) -> Sql:
    """Return the expression with a mark that tells a dialect what it stands for."""
    sql.meta[mark] = value
    return sql


def both(conditions: Iterable[Sql]) -> Sql:
    """Return the conjunction; TRUE for none."""
    return _joined(exp.And, list(conditions), boolean(True))  # noqa: FBT003 (a value)


def either(conditions: Iterable[Sql]) -> Sql:
    """Return the disjunction; FALSE for none."""
    return _joined(exp.Or, list(conditions), boolean(False))  # noqa: FBT003 (a value)


def _joined(connector: type[exp.And | exp.Or], parts: list[Sql], empty: Sql) -> Sql:
    if not parts:
        return empty
    while len(parts) > 1:
        pairs = [
            connector(this=_operand(connector, a), expression=_operand(connector, b))
            for a, b in zip(parts[0::2], parts[1::2], strict=False)
        ]
        parts = [*pairs, *parts[len(parts) - len(parts) % 2 :]]
    return parts[0]


def _operand(connector: type[exp.And | exp.Or], sql: Sql) -> Sql:
    return sql if isinstance(sql, connector) else wrap(sql)


def equal(left: Sql, right: Sql) -> Sql:
    """Return `left = right`."""
    return exp.EQ(this=wrap(left), expression=wrap(right))


def binary(node: Callable[..., Sql], left: Sql, right: Sql) -> Sql:
    """Return an operator node over two operands."""
    return node(this=wrap(left), expression=wrap(right))


def negate(sql: Sql) -> Sql:
    """Return `NOT sql`."""
    return exp.Not(this=wrap(sql))


def is_null(sql: Sql) -> Sql:
    """Return `sql IS NULL`."""
    return exp.Is(this=wrap(sql), expression=exp.Null())


def not_null(sql: Sql) -> Sql:
    """Return `sql IS NOT NULL`."""
    return exp.Not(this=exp.Paren(this=is_null(sql)))


def case(branches: Sequence[tuple[Sql, Sql]], otherwise: Sql | None) -> Sql:
    """Return CASE WHEN … THEN … ELSE … END."""
    ifs = [exp.If(this=condition, true=value) for condition, value in branches]
    return exp.Case(ifs=ifs, default=otherwise)


def lambda_(variables: Sequence[str], body: Sql) -> exp.Lambda:
    """Return a lambda of the dialect."""
    return exp.Lambda(
        this=body, expressions=[exp.Identifier(this=text, quoted=False) for text in variables]
    )


def alias(sql: Sql, text: str) -> exp.Alias:
    """Return `sql AS "text"`."""
    return exp.Alias(this=sql, alias=name(text))


def subquery(select: Sql) -> exp.Subquery:
    """Return a query in parentheses, used as a value."""
    return exp.Subquery(this=select)


def raised(code: str, at: tuple[int, int], *details: str) -> Sql:
    """Return an expression that stops the query with a coded message for `failures`."""
    parts = ["cypher", code, str(at[0]), str(at[1]), *(detail.encode().hex() for detail in details)]
    return call("error", string("|".join(parts)))
