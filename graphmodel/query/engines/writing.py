"""The one statement that writes a rule's rows as derived relationships."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.errors import InternalError
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.catalogue import ID_BITS
from graphmodel.query.refusals import Said, refusal
from graphmodel.query.types import STRING, Kind, of_property

if TYPE_CHECKING:
    from graphmodel.model.schema_types import GraphSchema, RelationshipType
    from graphmodel.query.catalogue import Catalogue, EdgeTable
    from graphmodel.query.compiled import Compiled
    from graphmodel.query.sqlparts import Sql

_ENDS = ("from", "to")
_GROUNDS = "grounds"
_SET_HERE = frozenset({"id", "certainty", "rule", _GROUNDS})
_SEPARATOR, _NOTHING = "\x1f", "\x1e"


def insert_statement(
    catalogue: Catalogue, schema: GraphSchema, relationship: str, query: Compiled
) -> str:
    """Return `INSERT INTO derived … SELECT` over the compiled rule; `$rule` names the rule.

    Rows that agree on ends and key become one: their grounds are joined, other values are the
    greatest.
    """
    declared = schema.relationships.get(relationship)
    if declared is None or not declared.derived:
        reason = f"{relationship} is no derived relationship."
        raise InternalError(reason)
    table = catalogue.types[relationship]
    _check_columns(declared, query)
    given = [name for name in query.columns if name not in {*_ENDS, _GROUNDS}]
    steps = [
        ("w_rows", _grouped(declared, query, given)),
        ("w_ends", _ended(catalogue, table)),
        ("w_facts", _identified(declared, given)),
    ]
    columns = ["_rid", "_src", "_dst", *declared.names()]
    select = _final(catalogue, table, declared, given)
    with_ = ", ".join(f"{name} AS ({sql.sql(dialect='duckdb')})" for name, sql in steps)
    target = ", ".join(q.name(name).sql(dialect="duckdb") for name in columns)
    into = f"derived.{q.name(table.table).sql(dialect='duckdb')}"
    # the rule's own statement is nested as it was compiled; the rest is built from the schema
    return (
        f"INSERT INTO {into} ({target}) WITH w_rule AS ({query.sql}), {with_} "
        f"{select.sql(dialect='duckdb')}"
    )


def _check_columns(declared: RelationshipType, query: Compiled) -> None:
    for name in (*_ENDS, _GROUNDS):
        if name not in query.columns:
            reason = Said("refusal-rule-column-missing", type=declared.type, name=name)
            raise refusal(reason)
    types = {p.name: of_property(p.type) for p in declared.properties}
    wanted = {**types, **dict.fromkeys(_ENDS, STRING), _GROUNDS: t.list_of(STRING)}
    for name, type_ in zip(query.columns, query.types, strict=True):
        if name in _SET_HERE - {_GROUNDS} or name not in wanted:
            reason = Said("refusal-rule-column-extra", type=declared.type, name=name)
            raise refusal(reason)
        if not _fits(type_, wanted[name]):
            reason = Said("refusal-rule-column-type", type=declared.type, name=name, kind=type_)
            raise refusal(reason)


def _fits(type_: t.Type, wanted: t.Type | None) -> bool:
    if type_.kind is Kind.NULL or type_ == wanted:
        return True
    if wanted is not None and wanted.kind is Kind.FLOAT:
        return type_.kind in t.NUMBERS
    return wanted == t.list_of(STRING) and type_ == t.list_of(t.NULL)


def _place(query: Compiled, name: str) -> Sql:
    return q.column("w_rule", f"c{query.columns.index(name)}")


def _grouped(declared: RelationshipType, query: Compiled, given: list[str]) -> exp.Select:
    keys = [name for name in given if name in declared.key]
    types = {p.name: of_property(p.type) or STRING for p in declared.properties}
    columns = [q.alias(_place(query, "from"), "from"), q.alias(_place(query, "to"), "to")]
    columns += [q.alias(q.cast(_place(query, name), types[name]), name) for name in keys]
    for name in given:
        if name not in keys:
            columns.append(q.alias(q.cast(exp.Max(this=_place(query, name)), types[name]), name))
    grounds = q.call("flatten", q.call("list", q.cast(_place(query, _GROUNDS), t.list_of(STRING))))
    columns.append(q.alias(q.call("list_sort", q.call("list_distinct", grounds)), _GROUNDS))
    select = exp.Select(expressions=columns).from_(exp.Table(this=q.name("w_rule")), copy=False)
    by = [_place(query, name) for name in (*_ENDS, *keys)]
    select.set("group", exp.Group(expressions=by))
    return select


def _ids(catalogue: Catalogue, numbers: set[int], alias: str) -> exp.Subquery:
    union: exp.Expression | None = None
    for number in sorted(numbers):
        node = catalogue.classes[number]
        select = exp.Select(
            expressions=[q.column("n", "_nid"), q.alias(q.column("n", "id"), "id")]
        ).from_(q.table(catalogue.namespace, node.table, "n"), copy=False)
        union = (
            select if union is None else exp.Union(this=union, expression=select, distinct=False)
        )
    return exp.Subquery(this=union, alias=q.table_alias(alias))


def _ended(catalogue: Catalogue, table: EdgeTable) -> exp.Select:
    """Find the two nodes of each row; a row may have several readings where labels share an id."""
    starts, stops = {a for a, _ in table.ends}, {b for _, b in table.ends}
    columns = [
        q.alias(q.column("f", "_nid"), "_src"),
        q.alias(q.column("t", "_nid"), "_dst"),
        q.alias(q.column("f", "id"), "from"),
        q.alias(q.column("t", "id"), "to"),
    ]
    source = exp.Table(this=q.name("w_rows"), alias=q.table_alias("r"))
    select = exp.Select(expressions=columns).from_(source, copy=False)
    select.set("distinct", exp.Distinct())
    for numbers, alias, end in ((starts, "f", "from"), (stops, "t", "to")):
        on = q.equal(q.column(alias, "id"), q.column("r", end))
        select.append("joins", exp.Join(this=_ids(catalogue, numbers, alias), on=on))
    pairs = [
        q.both([_of_class(q.column("f", "_nid"), a), _of_class(q.column("t", "_nid"), b)])
        for a, b in sorted(table.ends)
    ]
    select.set("where", exp.Where(this=q.either(pairs)))
    return select


def _of_class(id_: Sql, number: int) -> Sql:
    low, high = number << ID_BITS, ((number + 1) << ID_BITS) - 1
    return exp.Between(this=id_, low=q.number(low), high=q.number(high))


def _identified(declared: RelationshipType, given: list[str]) -> exp.Select:
    """Give each row its id; a row whose ends are not there once stops the statement."""
    keys = [name for name in declared.key if name in given]
    parts: list[Sql] = [q.string(declared.type), q.column("r", "from"), q.column("r", "to")]
    for name in keys:
        text = q.cast(q.column("r", name), STRING)
        parts.append(q.call("coalesce", text, q.string(_NOTHING)))
    joined = q.call("concat_ws", q.string(_SEPARATOR), *parts)
    digest = q.call("left", q.call("sha256", joined), q.number(16))
    identity = exp.DPipe(this=q.string(f"{declared.type};"), expression=digest)
    bad = q.raised("ends", (1, 1))
    source = q.case([(q.is_null(q.column("e", "_src")), bad)], q.column("e", "_src"))
    columns = [
        q.alias(source, "_src"),
        q.alias(q.column("e", "_dst"), "_dst"),
        q.alias(identity, "id"),
        *(q.alias(q.column("r", name), name) for name in (*given, _GROUNDS)),
    ]
    select = exp.Select(expressions=columns).from_(
        exp.Table(this=q.name("w_rows"), alias=q.table_alias("r")), copy=False
    )
    on = q.both([q.equal(q.column("e", end), q.column("r", end)) for end in _ENDS])
    ends = exp.Table(this=q.name("w_ends"), alias=q.table_alias("e"))
    select.append("joins", exp.Join(this=ends, side="LEFT", on=on))
    return select


def _final(
    catalogue: Catalogue, table: EdgeTable, declared: RelationshipType, given: list[str]
) -> exp.Select:
    """Number the facts in the order of their ids, behind those already written."""
    del catalogue
    order = exp.Order(expressions=[exp.Ordered(this=q.column("w", "id"))])
    place = exp.Window(this=exp.RowNumber(), order=order)
    last = exp.Select(expressions=[exp.Max(this=exp.Column(this=q.name("_rid")))]).from_(
        exp.Table(this=q.name(table.table), db=q.name("derived")), copy=False
    )
    start = q.call("coalesce", q.subquery(last), q.integer(table.number << ID_BITS))
    twice = exp.Window(this=exp.Count(this=exp.Star()), partition_by=[q.column("w", "id")])
    known = exp.In(this=q.column("w", "id"), query=q.subquery(_known_ids(table)))
    doubled = q.either([q.binary(exp.GT, twice, q.number(1)), known])
    number = q.case([(doubled, q.raised("twice", (1, 1)))], q.binary(exp.Add, start, place))
    fixed: dict[str, Sql] = {
        "certainty": q.string("inferred"),
        "rule": q.cast(exp.Placeholder(this="rule"), STRING),
    }
    shown = {"id", *given, _GROUNDS}
    columns = [number, q.column("w", "_src"), q.column("w", "_dst")]
    for name in declared.names():
        absent = fixed.get(name, q.null())
        columns.append(q.column("w", name) if name in shown else absent)
    return exp.Select(expressions=columns).from_(
        exp.Table(this=q.name("w_facts"), alias=q.table_alias("w")), copy=False
    )


def _known_ids(table: EdgeTable) -> exp.Select:
    return exp.Select(expressions=[exp.Column(this=q.name("id"))]).from_(
        exp.Table(this=q.name(table.table), db=q.name("derived")), copy=False
    )
