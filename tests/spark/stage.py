"""The graphs of the tests on one Spark: each is copied there once, and put up when it is asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from graphmodel.case import Case
from graphmodel.errors import GraphmodelError
from graphmodel.query import PropertyGraph
from graphmodel.query.engines.spark import SparkEngine, register
from tests.conformance.queries.corpus import graphs
from tests.spark.cases import PEOPLE
from tests.spark_session import load
from tests.unit.query.graphs import NODES, RELATIONSHIPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

AT_ONCE = 2
"""Queries that run side by side: each spends most of its time in the planner, on one core."""


class Stage:
    """Graphs by name on one session: all use the same schema, so one is up at a time."""

    def __init__(self, session: SparkSession) -> None:
        """Keep the session."""
        self.session = session
        self._kept = ExitStack()
        self._frames: dict[object, dict[str, DataFrame]] = {}
        self._engines: dict[object, SparkEngine] = {}
        self._cases: dict[Path, Case] = {}
        self._up: object = None

    def graph(self, name: str) -> SparkEngine:
        """Return the engine of the graph of the unit tests, or one of the written corpus."""
        if name not in self._engines:
            records = (NODES, RELATIONSHIPS) if name == PEOPLE else graphs()[name]
            made = PropertyGraph.from_records(*records)
            own = made._engine  # noqa: SLF001 - the graph as it lies
            tables = [table.table for table in own.catalogue.nodes]
            tables += [table.table for table in own.catalogue.edges]
            self._take_down()
            self._frames[name] = load(self.session, own._connection, tables)  # noqa: SLF001
            made.close()
            self._engines[name] = SparkEngine(self.session, own.schema, own.catalogue)
            self._up = name
        return self._put_up(name)

    def case(self, folder: Path) -> tuple[Case, SparkEngine]:
        """Return a case, open, and the engine of its graph."""
        if folder not in self._cases:
            case = self._kept.enter_context(Case.open(folder))
            held = case._case_file  # noqa: SLF001 - the graph as it lies
            tables = [*held.schema.nodes, *held.schema.relationships]
            self._take_down()
            self._frames[folder] = load(self.session, held.connection, tables)
            self._cases[folder] = case
            self._engines[folder] = SparkEngine(self.session, held.schema)
            self._up = folder
        return self._cases[folder], self._put_up(folder)

    def _put_up(self, name: object) -> SparkEngine:
        if self._up != name:
            self._take_down()
            for table, frame in self._frames[name].items():
                register(self.session, table, frame)
            self._up = name
        return self._engines[name]

    def _take_down(self) -> None:
        if self._up is not None:
            self._engines[self._up].close()
            self._up = None

    def close(self) -> None:
        """Close what is open."""
        self._take_down()
        self._kept.close()


def answers(
    engine: SparkEngine, asked: Iterable[tuple[str, Mapping[str, Any]]]
) -> list[tuple[tuple[str, ...], list[tuple[object, ...]]] | GraphmodelError]:
    """Return columns and rows of each query, or its error, in the order of the queries."""

    def answer(one: tuple[str, Mapping[str, Any]]) -> Any:  # noqa: ANN401 - as above
        try:
            result = engine.run(*one)
        except GraphmodelError as error:
            return error
        return result.columns, result.rows

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(answer, asked))
