"""A query text into one SQL statement, its columns, and the parameters it binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.query import operators as o
from graphmodel.query.clauses import compile_branch
from graphmodel.query.compiled import Compiled
from graphmodel.query.dialects import render
from graphmodel.query.expressions import compile_condition, compile_expression, property_of
from graphmodel.query.lexer import Source
from graphmodel.query.parameters import types_of
from graphmodel.query.parse import parse
from graphmodel.query.refusals import Said
from graphmodel.query.session import Compilers, Session
from graphmodel.query.subqueries import (
    compile_collect,
    compile_count,
    compile_exists,
    compile_pattern_list,
)
from graphmodel.query.unions import join_branches, with_steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot import expressions as exp

    from graphmodel.query import syntax as s
    from graphmodel.query.catalogue import Catalogue
    from graphmodel.query.types import Type


_COMPILERS = Compilers(
    compile_expression,
    compile_condition,
    property_of,
    compile_exists,
    compile_count,
    compile_collect,
    compile_pattern_list,
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
        session = Session(catalogue, source, types_of(given, text), given, _COMPILERS)
        statement, columns, types = _statement(session, tree)
        sql = render(statement, dialect)
    except (o.TypeMismatch, o.Refused) as error:
        raise source.error(error.args[0], 0) from None
    except RecursionError:
        raise source.error(Said("refusal-deep-query"), 0) from None
    bound = dict(session.used)
    used = {name: session.parameters[name] for name in bound}
    return Compiled(sql, columns, types, bound, used, dict(session.fixed))


def _statement(
    session: Session, tree: s.Query
) -> tuple[exp.Expression, tuple[str, ...], tuple[Type, ...]]:
    session.single = len(tree.branches) == 1
    united = not (session.single or tree.keep_duplicates)
    branches = [compile_branch(session, clauses, united=united) for clauses in tree.branches]
    places = [clauses[-1].at for clauses in tree.branches]
    keep = tree.keep_duplicates
    statement, names, types = join_branches(session, branches, places, keep=keep)
    whole = with_steps([*session.roots, *session.steps], statement)
    return whole, tuple(names), tuple(types)
