"""The engine that needs no server: queries as SQL on DuckDB."""

from __future__ import annotations

import json
from dataclasses import replace
from threading import Timer
from time import perf_counter
from typing import TYPE_CHECKING, Any

import duckdb

from graphmodel.errors import InternalError
from graphmodel.query.catalogue import Catalogue, Degrees
from graphmodel.query.engines.base import QueryResult
from graphmodel.query.engines.failures import translated
from graphmodel.query.engines.fetching import fetch
from graphmodel.query.engines.limits import Limits
from graphmodel.query.engines.reads import links_statement, nodes_statement
from graphmodel.query.engines.watch import Work, watched
from graphmodel.query.parameters import bind, types_of
from graphmodel.store.case_file import close_connection
from graphmodel.store.tables import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphmodel.model.schema_types import GraphSchema
    from graphmodel.query.compiled import Compiled
    from graphmodel.query.explain import Explanation
    from graphmodel.query.plan_cache import PlanCache
    from graphmodel.query.types import Type
    from graphmodel.texts import Language

_SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
    # a graph in memory spills to no disk: it has no folder of its own to spill to
    "temp_directory": "",
    # the planner orders joins itself, with one result for every spelling of a pattern
    "disabled_optimizers": "join_order",
}


_BUDGET = "budget"


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
        limits: Limits | None = None,
        catalogue: Catalogue | None = None,
        plans: PlanCache | None = None,
    ) -> None:
        """Keep the connection; `limits` (or `budget_s` alone) bind each query; `plans` keeps plans.

        A plain read or a write is bound by the time budget only. `degrees` are what the store
        knows of relationship types; set them before the first query.
        """
        self.schema = schema
        self.limits = limits or Limits(budget_s)
        self._connection = connection
        self._catalogue = catalogue
        self._counted = catalogue is not None
        self.degrees: Mapping[str, tuple[int, ...]] = {}
        self._plans = plans
        self._compiled: dict[tuple[object, ...], list[Compiled]] = {}

    @property
    def catalogue(self) -> Catalogue:
        """Return the layout, with the number of rows of every table."""
        if not self._counted:
            degrees = {name: Degrees(*numbers) for name, numbers in self.degrees.items()}
            self._catalogue = Catalogue.of_schema(self.schema, self._count_rows(), degrees)
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

    def compiled(
        self,
        text: str,
        params: Mapping[str, object] | None = None,
        connection: duckdb.DuckDBPyConnection | None = None,
    ) -> Compiled:
        """Return the compiled query; the same text with such parameters is compiled once."""
        given = dict(params or {})
        types = types_of(given, text)
        key = (text, *sorted(types.items()))
        for known in self._compiled.get(key, []):
            if all(_same(given.get(name), value) for name, value in known.fixed.items()):
                return known
        made = self._planned(text, given, types, connection or self._connection)
        self._compiled.setdefault(key, []).append(made)
        return made

    @staticmethod
    def _used_only(query: Compiled, connection: duckdb.DuckDBPyConnection) -> Compiled:
        """Leave out parameters that decided something while compiling but stand in no SQL."""
        if not query.bound:
            return query
        named = connection.extract_statements(query.sql)[0].named_parameters
        bound = {name: place for name, place in query.bound.items() if place in named}
        return replace(query, bound=bound)

    def _planned(
        self,
        text: str,
        given: Mapping[str, object],
        types: Mapping[str, Type],
        connection: duckdb.DuckDBPyConnection,
    ) -> Compiled:
        """Return a plan kept from an earlier run, else a new one."""
        key = ""
        if self._plans is not None:
            key = self._plans.key(text, types, self.catalogue.sizes())
            kept = self._plans.plan(key)
            if kept is not None:
                return kept
        from graphmodel.query.compile import compile_query

        made = self._used_only(compile_query(text, self.catalogue, given), connection)
        if self._plans is not None:
            self._plans.add_plan(key, made)
        return made

    def _insertion(self, relationship: str, text: str, query: Compiled) -> str:
        """Return the statement that writes a rule's rows, kept or new."""
        key = ""
        if self._plans is not None:
            types = query.parameter_types
            key = self._plans.key(text, types, self.catalogue.sizes(), relationship)
            kept = self._plans.statement(key)
            if kept is not None:
                return kept
        from graphmodel.query.engines.writing import insert_statement

        made = insert_statement(self.catalogue, self.schema, relationship, query)
        if self._plans is not None and not query.fixed:
            self._plans.add_statement(key, made)
        return made

    def run(self, text: str, params: Mapping[str, object] | None = None) -> QueryResult:
        """Return the rows of a query as plain Python values, all of them or an error."""
        if not self.limits.is_watched:
            return self._answer(Work(self._connection, self.limits), text, params)
        self.catalogue  # noqa: B018 (tables are counted on the engine's own connection)
        return watched(self._connection, self.limits, lambda work: self._answer(work, text, params))

    def _answer(self, work: Work, text: str, params: Mapping[str, object] | None) -> QueryResult:
        """Compile and run a query on the connection of some work."""
        query = self.compiled(text, params, work.connection)
        try:
            rows = fetch(work, query, _bound(query, params))
        except duckdb.Error as error:
            raise translated(error, self.limits) from None
        return QueryResult(query.columns, rows, query.types)

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

    def explain(
        self,
        text: str,
        params: Mapping[str, object] | None = None,
        language: Language = "en",
    ) -> Explanation:
        """Run a query under its limits and return how that was done, not its rows."""
        self.catalogue  # noqa: B018 (tables are counted on the engine's own connection)
        if not self.limits.is_watched:
            return self._explained(Work(self._connection, self.limits), text, params, language)
        return watched(
            self._connection,
            self.limits,
            lambda work: self._explained(work, text, params, language),
        )

    def _explained(
        self, work: Work, text: str, params: Mapping[str, object] | None, language: Language
    ) -> Explanation:
        from graphmodel.query.explain import Explanation, pretty
        from graphmodel.query.plan_steps import Operator, PlanReader

        started = perf_counter()
        query = self.compiled(text, params, work.connection)
        compiled = perf_counter()
        work.check()
        try:
            told = work.connection.execute(
                f"EXPLAIN (ANALYZE, FORMAT JSON) {query.sql}", _bound(query, params)
            ).fetchall()
            found = json.loads(str(told[0][-1]))
            if "operator" not in found and "children" not in found:
                # nothing was left to run: the answer was known from the sizes of tables
                found = _known_beforehand(len(fetch(work, query, _bound(query, params))))
        except duckdb.Error as error:
            raise translated(error, self.limits) from None
        run_ms = (perf_counter() - compiled) * 1000
        root = Operator({"type": "RESULT_COLLECTOR", "children": found.get("operator") or [found]})
        steps = PlanReader(self.catalogue, language).read(root)
        compile_ms = (compiled - started) * 1000
        return Explanation(steps, steps[-1].rows, compile_ms, run_ms, pretty(query.sql), language)

    def close(self) -> None:
        """Close the connection."""
        close_connection(self._connection)

    def _execute(self, sql: str, bound: Mapping[str, object]) -> list[tuple[object, ...]]:
        clock = _Clock(self._connection, self.limits.budget_s)
        try:
            with clock:
                return self._connection.execute(sql, dict(bound)).fetchall()
        except duckdb.Error as error:
            raise translated(error, self.limits, timed_out=clock.rang) from None
        except RuntimeError:
            # an interrupt between two chunks of a result arrives as a plain RuntimeError
            if not clock.rang:
                raise
            raise self.limits.passed(_BUDGET) from None


def _known_beforehand(rows: int) -> dict[str, object]:
    return {"operator": [{"type": "COLUMN_DATA_SCAN", "intermediate_rows": rows}]}


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
