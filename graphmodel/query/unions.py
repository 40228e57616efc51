"""`UNION`: branches brought to the same columns, by name, and joined; and steps before a SELECT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.errors import InternalError
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.projections import first_of_each
from graphmodel.query.refusals import Said
from graphmodel.query.sorting import comparable, tells_apart
from graphmodel.query.values import Value, coerce

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.query.projections import Branch
    from graphmodel.query.session import Session, Step
    from graphmodel.query.types import Type


def join_branches(
    session: Session, branches: Sequence[Branch], places: Sequence[int], *, keep: bool
) -> tuple[exp.Expression, list[str], list[Type]]:
    """Return the rows of all branches, with the names and types of their columns.

    `places` tell where each branch returns in the text; without `keep` equal rows become one.
    """
    names = branches[0].names
    for branch, at in zip(branches, places, strict=True):
        if set(branch.names) != set(names):
            raise session.error(Said("refusal-union-columns"), at)
    types = _column_types(session, branches, places, names)
    if len(branches) == 1:
        return branches[0].select, names, types
    return _union(session, branches, names, types, keep=keep), names, types


def _column_types(
    session: Session, branches: Sequence[Branch], places: Sequence[int], names: list[str]
) -> list[Type]:
    types = []
    for name in names:
        held: Type = t.NULL
        for branch, at in zip(branches, places, strict=True):
            wider = t.unify(held, branch.values[branch.names.index(name)].type)
            if wider is None:
                raise session.error(Said("refusal-column-types", name=name), at)
            held = wider
        types.append(held)
    return types


def _union(
    session: Session,
    branches: Sequence[Branch],
    names: list[str],
    types: list[Type],
    *,
    keep: bool,
) -> exp.Expression:
    union: exp.Expression | None = None
    plain = keep or not any(tells_apart(type_) for type_ in types)
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


def with_steps(steps: Sequence[Step], statement: exp.Expression) -> exp.Expression:
    """Write the steps before a statement as its common table expressions."""
    if not steps:
        return statement
    parts = []
    for step in steps:
        alias = q.table_alias(step.name, step.columns)
        alias.this.set("quoted", True)  # noqa: FBT003 (a value)
        part = exp.CTE(this=step.sql, alias=alias)
        if step.materialized:
            part.set("materialized", True)  # noqa: FBT003 (a value)
        parts.append(part)
    recursive = any(step.recursive for step in steps)
    statement.set("with_", exp.With(expressions=parts, recursive=recursive))
    return statement
