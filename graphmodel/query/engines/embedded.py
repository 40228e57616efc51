"""The engine that needs no server: queries as SQL on DuckDB."""

from __future__ import annotations

from dataclasses import replace
from threading import Timer
from typing import TYPE_CHECKING, Any

import duckdb

from graphmodel.errors import InternalError
from graphmodel.query.catalogue import Catalogue
from graphmodel.query.engines.base import QueryResult
from graphmodel.query.engines.failures import translated
from graphmodel.query.engines.reads import links_statement, nodes_statement
from graphmodel.query.parameters import bind, is_plain, types_of, unbind
from graphmodel.store.tables import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphmodel.model.schema_types import GraphSchema
    from graphmodel.query.compiled import Compiled
    from graphmodel.query.plan_cache import PlanCache
    from graphmodel.query.types import Type

_SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
    # the planner orders joins itself, with one result for every spelling of a pattern
    "disabled_optimizers": "join_order",
}


def open_memory() -> duckdb.DuckDBPyConnection:
    """Return a connection to an empty database in memory that can reach no file and no network."""
    return duckdb.connect(":memory:", config=dict(_SETTINGS))


class EmbeddedEngine:
    """Runs queries on the schema `graph` of a DuckDB connection, laid out as `catalogue` says."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        schema: GraphSchema,
        *,
        budget_s: float | None = None,
        catalogue: Catalogue | None = None,
        plans: PlanCache | None = None,
    ) -> None:
        """Keep the connection; `budget_s` limits each query in seconds; `plans` keeps plans."""
        self.schema = schema
        self.budget_s = budget_s
        self._connection = connection
        self._catalogue = catalogue
        self._counted = catalogue is not None
        self._plans = plans
        self._compiled: dict[tuple[object, ...], list[Compiled]] = {}

    @property
    def catalogue(self) -> Catalogue:
        """Return the layout, with the number of rows of every table."""
        if not self._counted:
            self._catalogue = Catalogue.of_schema(self.schema, self._count_rows())
            self._counted = True
        if self._catalogue is None:
            reason = "The engine has no layout."
            raise InternalError(reason)
        return self._catalogue

    def _count_rows(self) -> dict[str, int]:
        names = [*self.schema.nodes, *self.schema.relationships]
        parts = [
            f"SELECT {i}, count(*) FROM graph.{quoted(name)}"  # noqa: S608 (names of the schema)
            for i, name in enumerate(names)
        ]
        rows = self._execute(" UNION ALL ".join(parts), {})
        return {names[int(str(index))]: int(str(count)) for index, count in rows}

    def compiled(self, text: str, params: Mapping[str, object] | None = None) -> Compiled:
        """Return the compiled query; the same text with such parameters is compiled once."""
        given = dict(params or {})
        types = types_of(given)
        key = (text, *sorted(types.items()))
        for known in self._compiled.get(key, []):
            if all(_same(given.get(name), value) for name, value in known.fixed.items()):
                return known
        made = self._planned(text, given, types)
        self._compiled.setdefault(key, []).append(made)
        return made

    def _used_only(self, query: Compiled) -> Compiled:
        """Leave out parameters that decided something while compiling but stand in no SQL."""
        if not query.bound:
            return query
        named = self._connection.extract_statements(query.sql)[0].named_parameters
        bound = {name: place for name, place in query.bound.items() if place in named}
        return replace(query, bound=bound)

    def _planned(
        self, text: str, given: Mapping[str, object], types: Mapping[str, Type]
    ) -> Compiled:
        """Return a plan kept from an earlier run, else a new one."""
        key = ""
        if self._plans is not None:
            key = self._plans.key(text, types, self.catalogue.counts)
            kept = self._plans.plan(key)
            if kept is not None:
                return kept
        from graphmodel.query.compile import compile_query

        made = self._used_only(compile_query(text, self.catalogue, given))
        if self._plans is not None:
            self._plans.add_plan(key, made)
        return made

    def _insertion(self, relationship: str, text: str, query: Compiled) -> str:
        """Return the statement that writes a rule's rows, kept or new."""
        key = ""
        if self._plans is not None:
            types = query.parameter_types
            key = self._plans.key(text, types, self.catalogue.counts, relationship)
            kept = self._plans.statement(key)
            if kept is not None:
                return kept
        from graphmodel.query.engines.writing import insert_statement

        made = insert_statement(self.catalogue, self.schema, relationship, query)
        if self._plans is not None and not query.fixed:
            self._plans.add_statement(key, made)
        return made

    def run(self, text: str, params: Mapping[str, object] | None = None) -> QueryResult:
        """Return the rows of a query as plain Python values."""
        query = self.compiled(text, params)
        rows = self._execute(query.sql, _bound(query, params))
        if not all(is_plain(type_) for type_ in query.types):
            rows = [
                tuple(unbind(value, type_) for value, type_ in zip(row, query.types, strict=True))
                for row in rows
            ]
        return QueryResult(query.columns, rows)

    def write(
        self,
        relationship: str,
        text: str,
        params: Mapping[str, object] | None = None,
        *,
        rule: str,
    ) -> int:
        """Write the rows of a rule into `derived`, each pair of ends and key once; return how many.

        The rule returns `from` and `to` (ids), `grounds` (ids of facts) and declared properties.
        """
        query = self.compiled(text, params)
        statement = self._insertion(relationship, text, query)
        bound = {**_bound(query, params), "rule": rule}
        written = self._execute(statement, bound)
        count = int(str(written[0][0])) if written else 0
        self.catalogue.grow(relationship, count)
        self._compiled.clear()
        return count

    def _is_empty(self, name: str) -> bool:
        """Tell whether a stated label or type has no rows; derived ones may get some meanwhile."""
        declared = self.schema.nodes.get(name) or self.schema.relationships[name]
        return not declared.derived and self.catalogue.counts.get(name) == 0

    def nodes(
        self, label: str, names: Sequence[str], ids: Sequence[str] | None
    ) -> list[tuple[object, ...]]:
        """Return the named properties of the nodes of a label, all or those with these ids."""
        if self._is_empty(label):
            return []
        statement = nodes_statement(self.schema, label, names, by_id=ids is not None)
        return self._execute(statement, {} if ids is None else {"ids": list(ids)})

    def links(
        self,
        type_: str,
        names: Sequence[str],
        starts: Sequence[str] | None,
        ends: Sequence[str] | None,
    ) -> list[tuple[Any, ...]]:
        """Return a type's relationships: label and id of both ends, then the named properties."""
        if self._is_empty(type_):
            return []
        by_start, by_end = starts is not None, ends is not None
        statement = links_statement(self.schema, type_, names, by_start=by_start, by_end=by_end)
        bound: dict[str, object] = {"starts": list(starts)} if starts is not None else {}
        if ends is not None:
            bound["ends"] = list(ends)
        labels = ["", *self.schema.nodes]
        rows: list[tuple[Any, ...]] = self._execute(statement, bound)
        return [(labels[row[0]], row[1], labels[row[2]], *row[3:]) for row in rows]

    def sql(
        self, text: str, dialect: str = "duckdb", params: Mapping[str, object] | None = None
    ) -> str:
        """Return the SQL a query is compiled to."""
        from graphmodel.query.compile import compile_query

        return compile_query(text, self.catalogue, params, dialect=dialect).sql

    def explain(self, text: str, params: Mapping[str, object] | None = None) -> str:
        """Return the plan of the database for a query."""
        query = self.compiled(text, params)
        rows = self._execute(f"EXPLAIN {query.sql}", _bound(query, params))
        return "\n".join(str(row[-1]) for row in rows)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _execute(self, sql: str, bound: Mapping[str, object]) -> list[tuple[object, ...]]:
        clock = _Clock(self._connection, self.budget_s)
        try:
            with clock:
                return self._connection.execute(sql, dict(bound)).fetchall()
        except duckdb.Error as error:
            raise translated(error, self.budget_s, timed_out=clock.rang) from None
        except RuntimeError as error:
            # an interrupt between two chunks of a result arrives as a plain RuntimeError
            if not clock.rang:
                raise
            stopped = duckdb.InterruptException(str(error))
            raise translated(stopped, self.budget_s, timed_out=True) from None


class _Clock:
    """Interrupts a connection when the budget is used up."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, budget_s: float | None) -> None:
        self.rang = False
        self._connection = connection
        self._timer = Timer(budget_s, self._ring) if budget_s is not None else None

    def _ring(self) -> None:
        self.rang = True
        self._connection.interrupt()

    def __enter__(self) -> None:
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()


def _same(left: object, right: object) -> bool:
    return type(left) is type(right) and left == right


def _bound(query: Compiled, params: Mapping[str, object] | None) -> dict[str, object]:
    given = params or {}
    return {
        name: bind(given[parameter], query.parameter_types[parameter])
        for parameter, name in query.bound.items()
    }
