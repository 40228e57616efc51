"""A query text into one SQL statement, its columns, and the parameters it binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.errors import InternalError
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.clauses import compile_branch
from graphmodel.query.compiled import Compiled
from graphmodel.query.dialects import render
from graphmodel.query.expressions import compile_condition, compile_expression, property_of
from graphmodel.query.joins import Value, coerce
from graphmodel.query.lexer import Source
from graphmodel.query.parameters import types_of
from graphmodel.query.parse import parse
from graphmodel.query.projections import first_of_each
from graphmodel.query.session import Compilers, Session
from graphmodel.query.sorting import comparable, has_two_numbers
from graphmodel.query.subqueries import compile_count, compile_exists

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphmodel.query import syntax as s
    from graphmodel.query.catalogue import Catalogue
    from graphmodel.query.projections import Branch
    from graphmodel.query.types import Type


_COMPILERS = Compilers(
    compile_expression, compile_condition, property_of, compile_exists, compile_count
)


def compile_query(
    text: str,
    catalogue: Catalogue,
    params: Mapping[str, object] | None = None,
    *,
    dialect: str = "duckdb",
) -> Compiled:
    """Compile a query; anything outside the subset is a CypherError with its place."""
    given = dict(params or {})
    source = Source(text)
    try:
        tree = parse(text)
        session = Session(catalogue, source, types_of(given), given, _COMPILERS)
        statement, columns, types = _statement(session, tree)
        sql = render(statement, dialect)
    except RecursionError:
        reason = "the query is nested too deeply"
        raise source.error(reason, 0) from None
    bound = dict(session.used)
    used = {name: session.parameters[name] for name in bound}
    return Compiled(sql, columns, types, bound, used, dict(session.fixed))


def _statement(
    session: Session, tree: s.Query
) -> tuple[exp.Expression, tuple[str, ...], tuple[Type, ...]]:
    session.single = len(tree.branches) == 1
    branches = [compile_branch(session, clauses) for clauses in tree.branches]
    names = branches[0].names
    for branch, clauses in zip(branches, tree.branches, strict=True):
        if set(branch.names) != set(names):
            hint = "All branches of UNION return the same column names."
            reason = "the columns of UNION differ"
            raise session.error(reason, clauses[-1].at, hint)
    types = _column_types(session, branches, names)
    if len(branches) == 1:
        statement: exp.Expression = branches[0].select
    else:
        statement = _union(session, branches, names, types, keep=tree.keep_duplicates)
    return _with_steps(session, statement), tuple(names), tuple(types)


def _column_types(session: Session, branches: list[Branch], names: list[str]) -> list[Type]:
    types = []
    for name in names:
        held = [branch.values[branch.names.index(name)].type for branch in branches]
        type_ = t.unify_all(held)
        if type_ is None:
            reason = f"column {name} has types that cannot meet in one place"
            raise session.error(reason, 0)
        types.append(type_)
    return types


def _union(
    session: Session, branches: list[Branch], names: list[str], types: list[Type], *, keep: bool
) -> exp.Expression:
    union: exp.Expression | None = None
    plain = keep or not any(has_two_numbers(type_) for type_ in types)
    for place, branch in enumerate(branches):
        alias = session.aliases.next("b")
        columns = []
        for index, (name, type_) in enumerate(zip(names, types, strict=True)):
            value = branch.values[branch.names.index(name)]
            column = q.column(alias, f"c{branch.names.index(name)}")
            shown = Value(column, value.type, nullable=value.nullable)
            wide = coerce(shown if keep else comparable(session, shown, 0), type_)
            columns.append(q.alias(wide.sql, f"c{index}"))
        source = exp.Subquery(this=branch.select, alias=q.table_alias(alias))
        if not plain:
            columns.append(q.alias(q.number(place), "o0"))
        select = exp.Select(expressions=columns).from_(source, copy=False)
        union = (
            select
            if union is None
            else exp.Union(this=union, expression=select, distinct=plain and not keep)
        )
    if union is None:
        reason = "A query without a branch was compiled."
        raise InternalError(reason)
    return union if plain else first_of_each(session, union, types, 1)


def _with_steps(session: Session, statement: exp.Expression) -> exp.Expression:
    if not session.steps:
        return statement
    parts = []
    for step in session.steps:
        alias = q.table_alias(step.name, step.columns)
        alias.this.set("quoted", True)  # noqa: FBT003 (a value)
        part = exp.CTE(this=step.sql, alias=alias)
        if step.materialized:
            part.set("materialized", True)  # noqa: FBT003 (a value)
        parts.append(part)
    recursive = any(step.recursive for step in session.steps)
    statement.set("with_", exp.With(expressions=parts, recursive=recursive))
    return statement
