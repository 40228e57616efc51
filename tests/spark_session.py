"""One small, silent Spark for tests: in this process's Java child, on the loopback, without a page.

`running_session()` yields a session whose every file stands in a temporary folder that goes with
it. `load(session, connection, tables)` copies the tables of a graph from DuckDB.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from graphmodel.query.engines.spark import NAMESPACE, SETTINGS, STATIC_SETTINGS, register

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import duckdb
    from pyspark.sql import DataFrame, SparkSession

_SMALL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "3g",
    "spark.log.level": "OFF",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # tiny tables: one part each, and no compiling of Java for a query that runs once
    "spark.default.parallelism": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.shuffle.partitions": "1",
    # nobody looks at what has run
    "spark.sql.ui.retainedExecutions": "1",
    "spark.ui.retainedJobs": "1",
    "spark.ui.retainedStages": "1",
    "spark.ui.retainedTasks": "1",
}
_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseParallelGC -XX:ReservedCodeCacheSize=256m"
"""Java as it starts soonest: most of the work is planning queries that run once."""
_LOGGERS = ("SQLQueryContextLogger", "DataFrameQueryContextLogger", "py4j")


class NoSparkError(Exception):
    """Spark cannot run here; the text says what is missing."""


@contextmanager
def running_session() -> Iterator[SparkSession]:
    """Yield a session; NoSparkError where pyspark or Java is missing."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        reason = "pyspark is not installed (extra `spark`)"
        raise NoSparkError(reason) from error
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        reason = "there is no Java"
        raise NoSparkError(reason)
    for name in _LOGGERS:
        logging.getLogger(name).disabled = True
    with tempfile.TemporaryDirectory(prefix="graphmodel-spark-") as folder:
        places = {
            "spark.driver.extraJavaOptions": f"{_JAVA} -Djava.io.tmpdir={folder}",
            "spark.local.dir": folder,
            "spark.sql.warehouse.dir": folder,
        }
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        builder = SparkSession.builder.master("local[2]").appName("graphmodel-tests")
        for settings in (_SMALL, SETTINGS, STATIC_SETTINGS, places):
            for name, value in settings.items():
                builder = builder.config(name, value)
        session = builder.getOrCreate()
        try:
            yield session
        finally:
            session.stop()


def load(
    session: SparkSession, connection: duckdb.DuckDBPyConnection, tables: Iterable[str]
) -> dict[str, DataFrame]:
    """Copy tables of the schema `graph` from DuckDB, replacing those of the same name.

    `register` takes them as the engine does; then the rows are put into the plan itself, so that
    no query decodes them again. Returns the tables, to be registered again.
    """
    held: dict[str, DataFrame] = {}
    for table in tables:
        rows = connection.sql(f'SELECT * FROM graph."{table}"').to_arrow_table()  # noqa: S608
        register(session, table, rows)
        held[table] = _held(session, session.table(f"{NAMESPACE}.`{table}`"))
        register(session, table, held[table])
    return held


def _held(session: SparkSession, frame: DataFrame) -> DataFrame:
    from pyspark.sql import DataFrame

    java = session._jsparkSession  # noqa: SLF001 - Python's own way makes a table of partitions
    rows, schema = frame._jdf.collectAsList(), frame._jdf.schema()  # noqa: SLF001
    return DataFrame(java.createDataFrame(rows, schema), session)
