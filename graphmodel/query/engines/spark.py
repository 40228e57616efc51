"""The engine beyond one machine: the same rules as SQL on Apache Spark (extra `spark`).

The tables of a graph are global temporary views, so nothing of a case is written to a catalogue or
a disk; the session's setting `spark.sql.globalTempDatabase` names their schema `graph`, as the
generated SQL does. Values of parameters are bound, never pasted.
"""

from __future__ import annotations

import json
import re
import warnings
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from graphmodel.errors import GraphmodelError, InternalError, UsageError
from graphmodel.query.catalogue import ID_BITS, Catalogue
from graphmodel.query.engines.base import QueryResult
from graphmodel.query.engines.failures import coded
from graphmodel.query.parameters import bind, unbind
from graphmodel.query.refusals import Said, refusal
from graphmodel.query.types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyspark.sql import DataFrame, SparkSession

    from graphmodel.model.schema_types import GraphSchema
    from graphmodel.query.compiled import Compiled
    from graphmodel.query.types import Type

NAMESPACE = "graph"
STATIC_SETTINGS = {"spark.sql.globalTempDatabase": NAMESPACE}
"""Settings a session has from its start; without them the views have another name."""
SETTINGS = {
    "spark.sql.ansi.enabled": "true",  # overflow and division by zero are errors, as in Cypher
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    # this rule of Spark 4.3 fails on a subquery beside a union: "key not found"
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer"
    ".PushProjectionThroughUnion",
    "spark.sql.cteRecursionLevelLimit": "-1",  # the bound of a pattern is in the statement
    "spark.sql.cteRecursionRowLimit": "-1",
}
"""Settings on which the answers depend; they can be set on a running session."""

_CONDITION = re.compile(r"\[([A-Z_0-9]+)[A-Z_0-9.]*\]")
"""How Spark names what went wrong, at the head of a message that may quote the statement."""
_CODED = re.compile(r"cypher\|\w+\|\d+\|\d+(?:\|[0-9a-f]+)*")
_RAISED = {"USER_RAISED_EXCEPTION", "CAST_INVALID_INPUT"}
_OVERFLOW = {"ARITHMETIC_OVERFLOW", "BINARY_ARITHMETIC_OVERFLOW", "CAST_OVERFLOW"}
_NESTED = {"UNRESOLVED_COLUMN", "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY"}
"""Every name of a statement is known: a column that Spark does not find is one too far out."""
_STRUCTURED = {Kind.LIST, Kind.MAP, Kind.MIXED}


def prepare(session: SparkSession) -> None:
    """Make the session fit to answer; UsageError where its views would have another schema."""
    for name, value in SETTINGS.items():
        session.conf.set(name, value)
    for name, value in STATIC_SETTINGS.items():
        if session.conf.get(name, "") != value:
            reason = f"The Spark session was started without {name}={value}."
            raise UsageError(reason, hint="Start it with that setting.")


def register(session: SparkSession, table: str, rows: DataFrame | Any) -> None:  # noqa: ANN401
    """Make rows (a DataFrame, or an Arrow table) the table of that name in the schema `graph`."""
    import pyarrow as pa

    frame = _frame_of(session, rows) if isinstance(rows, pa.Table) else rows
    frame.createOrReplaceGlobalTempView(_quoted(table))


def _frame_of(session: SparkSession, rows: Any) -> DataFrame:  # noqa: ANN401 - Arrow has no types
    import pyarrow as pa

    if not rows.num_rows:  # Spark wants a chunk, even an empty one
        columns = [pa.chunked_array([pa.array([], field.type)]) for field in rows.schema]
        rows = pa.table(columns, schema=rows.schema)
    with warnings.catch_warnings():
        # PySpark warns of pandas 3, which takes no part here
        warnings.simplefilter("ignore", FutureWarning)
        return session.createDataFrame(rows)


def unregister(session: SparkSession, tables: Iterable[str]) -> None:
    """Forget tables that were registered."""
    for table in tables:
        session.catalog.dropGlobalTempView(table)


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def arguments_of(query: Compiled, params: Mapping[str, object] | None = None) -> dict[str, object]:
    """Return the arguments for `session.sql(query.sql, args=…)`.

    Scalars are bound as they are. Lists, maps and mixed values are bound as JSON text, which the
    statement reads with `from_json`: Spark binds no null inside a list.
    """
    made: dict[str, object] = {}
    for parameter, name in query.bound.items():
        type_ = query.parameter_types[parameter]
        value = bind((params or {})[parameter], type_)
        made[name] = json.dumps(value) if type_.kind in _STRUCTURED and value is not None else value
    return made


def plain(value: object) -> object:
    """Return a value of a Spark row as plain Python: records as dicts, whole decimals as int."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, tuple):
        return {name: plain(item) for name, item in zip(value.__fields__, value, strict=True)}  # type: ignore[attr-defined]
    return value


def rows_of(frame: DataFrame, types: Sequence[Type]) -> list[tuple[object, ...]]:
    """Return the rows of a result as plain Python values."""
    return [
        tuple(unbind(plain(value), type_) for value, type_ in zip(row, types, strict=True))
        for row in frame.collect()
    ]


def translated(error: Exception) -> GraphmodelError:
    """Return the error to raise for an error of Spark, without any SQL."""
    text = str(error)
    condition = _CONDITION.search(text)
    kind = condition[1] if condition else type(error).__name__
    raised = _CODED.search(text) if kind in _RAISED else None
    if raised:
        return coded(raised[0])
    if kind in _OVERFLOW:
        return refusal(Said("refusal-run-overflow"))
    if kind == "INVALID_LIMIT_LIKE_EXPRESSION":
        return refusal(Said("refusal-run-spark-limit"))
    if kind in _NESTED:
        return refusal(Said("refusal-run-spark-nested"))
    return InternalError(f"Spark could not run the query ({kind}).")


class SparkEngine:
    """Runs queries on the schema `graph` of a Spark session, laid out as `catalogue` says."""

    def __init__(
        self, session: SparkSession, schema: GraphSchema, catalogue: Catalogue | None = None
    ) -> None:
        """Keep the session, which `prepare` has to find fit."""
        prepare(session)
        self.schema = schema
        self.catalogue = catalogue or Catalogue.of_schema(schema)
        self._session = session

    def run(self, text: str, params: Mapping[str, object] | None = None) -> QueryResult:
        """Return the rows of a query as plain Python values."""
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        from graphmodel.query.compile import compile_query

        query = compile_query(text, self.catalogue, params, dialect="spark")
        try:
            frame = self._session.sql(query.sql, args=arguments_of(query, params))
            rows = rows_of(frame, query.types)
        except (PySparkException, Py4JError) as error:
            raise translated(error) from None
        return QueryResult(query.columns, rows)

    def nodes(
        self, label: str, names: Sequence[str], ids: Sequence[str] | None
    ) -> list[tuple[object, ...]]:
        """Return the named properties of the nodes of a label, all or those with these ids."""
        frame = self._table(label)
        if ids is not None:
            frame = self._among(frame, "id", ids)
        return self._collected(frame, names)

    def links(
        self,
        type_: str,
        names: Sequence[str],
        starts: Sequence[str] | None,
        ends: Sequence[str] | None,
    ) -> list[tuple[Any, ...]]:
        """Return a type's relationships: label and id of both ends, then the named properties."""
        frame = self._table(type_)
        for end, shown, ids in (("_src", "_start", starts), ("_dst", "_end", ends)):
            known = self._ids(end, shown)
            if ids is not None:
                known = self._among(known, shown, ids)
            frame = frame.join(known, end)
        labels = ["", *self.schema.nodes]
        rows = self._collected(frame, ["_src", "_start", "_dst", "_end", *names])
        made = []
        for source, start, target, end, *rest in rows:
            ends = labels[source >> ID_BITS], start, labels[target >> ID_BITS], end
            made.append((*ends, *rest))
        return made

    def _table(self, name: str) -> DataFrame:
        return self._session.table(f"{NAMESPACE}.{_quoted(name)}")

    def _ids(self, number: str, shown: str) -> DataFrame:
        """Return the internal number and the id of every node, in columns of these names."""
        from pyspark.sql import functions as f

        made: DataFrame | None = None
        for label in self.schema.nodes:
            columns = f.col("_nid").alias(number), f.col("id").alias(shown)
            found = self._table(label).select(*columns)
            made = found if made is None else made.unionAll(found)
        if made is None:
            reason = "The graph has no labels."
            raise InternalError(reason)
        return made

    def _among(self, frame: DataFrame, column: str, ids: Sequence[str]) -> DataFrame:
        wanted = self._session.createDataFrame([(id_,) for id_ in sorted(set(ids))], "w string")
        return frame.join(wanted, frame[column] == wanted["w"], "left_semi")

    def _collected(self, frame: DataFrame, names: Sequence[str]) -> list[tuple[Any, ...]]:
        from pyspark.sql import functions as f

        columns = [f.col(_quoted(name)) for name in names]
        return [tuple(map(plain, row)) for row in frame.select(*columns).collect()]

    def close(self) -> None:
        """Forget the tables of the graph; the session belongs to whoever started it."""
        unregister(self._session, [table.table for table in self.catalogue.nodes])
        unregister(self._session, [table.table for table in self.catalogue.edges])
