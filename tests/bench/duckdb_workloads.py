"""The workloads in DuckDB SQL: another road to the same answers, and what the kernels are timed by.

Every answer is an array of rows: payment numbers of a loop (filled up with -1), of a pair, of one
payment, or source, target and middles. ASOF joins stand in the trim only, where the question is
whether there is any neighbour in time; they would lose most pairs of W2.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb
    from numpy.typing import NDArray

    from tests.bench.payment_graphs import Graph

    Array = NDArray[Any]
    Connection = duckdb.DuckDBPyConnection

TRIM = """
CREATE OR REPLACE TEMP TABLE remaining AS
WITH before_payer AS (
  SELECT e.*, n.time AS paid_before
  FROM remaining e ASOF LEFT JOIN remaining n ON n.payee = e.payer AND n.time <= e.time),
after_payer AS (
  SELECT e.*, n.time AS paid_after
  FROM before_payer e ASOF LEFT JOIN remaining n ON n.payee = e.payer AND n.time >= e.time),
before_payee AS (
  SELECT e.*, n.time AS pays_before
  FROM after_payer e ASOF LEFT JOIN remaining n ON n.payer = e.payee AND n.time <= e.time),
after_payee AS (
  SELECT e.*, n.time AS pays_after
  FROM before_payee e ASOF LEFT JOIN remaining n ON n.payer = e.payee AND n.time >= e.time),
support AS (
  SELECT id, payer, payee, time,
         coalesce(time - paid_before <= getvariable('width'), false) AS was_paid,
         coalesce(paid_after - time <= getvariable('width'), false) AS is_paid_later,
         coalesce(time - pays_before <= getvariable('width'), false) AS has_paid,
         coalesce(pays_after - time <= getvariable('width'), false) AS pays_later
  FROM after_payee)
SELECT id, payer, payee, time FROM support
WHERE (pays_later AND is_paid_later) OR (was_paid AND pays_later) OR (was_paid AND has_paid)
"""
_ENOUGH, _MOST_ROUNDS = 0.97, 4

TWO_STEPS = """
CREATE OR REPLACE TEMP TABLE two_steps AS
SELECT a.id AS e1, b.id AS e2, a.payer AS v0, a.payee AS v1, b.payee AS v2,
       a.time AS begin_time, b.time AS end_time
FROM remaining a JOIN remaining b
  ON b.payer = a.payee AND b.time > a.time AND b.time <= a.time + getvariable('width')
WHERE b.payee <> a.payer
"""
THREE_STEPS = """
CREATE OR REPLACE TEMP TABLE three_steps AS
SELECT a.e1, a.e2, b.id AS e3, a.v0, a.v1, a.v2, b.payee AS v3, a.begin_time, b.time AS end_time
FROM two_steps a JOIN remaining b
  ON b.payer = a.v2 AND b.time > a.end_time AND b.time <= a.begin_time + getvariable('width')
WHERE b.payee <> a.v0 AND b.payee <> a.v1
"""
LOOPS = """
SELECT a.id AS e1, b.id AS e2, -1 AS e3, -1 AS e4, -1 AS e5, -1 AS e6
FROM remaining a JOIN remaining b ON b.payer = a.payee AND b.payee = a.payer
  AND b.time > a.time AND b.time <= a.time + getvariable('width')
UNION ALL
SELECT a.e1, a.e2, b.id, -1, -1, -1
FROM two_steps a JOIN remaining b ON b.payer = a.v2 AND b.payee = a.v0
  AND b.time > a.end_time AND b.time <= a.begin_time + getvariable('width')
UNION ALL
SELECT a.e1, a.e2, b.e1, b.e2, -1, -1
FROM two_steps a JOIN two_steps b ON b.v0 = a.v2 AND b.v2 = a.v0
  AND b.begin_time > a.end_time AND b.end_time <= a.begin_time + getvariable('width')
WHERE b.v1 <> a.v1
UNION ALL
SELECT a.e1, a.e2, a.e3, b.e1, b.e2, -1
FROM three_steps a JOIN two_steps b ON b.v0 = a.v3 AND b.v2 = a.v0
  AND b.begin_time > a.end_time AND b.end_time <= a.begin_time + getvariable('width')
WHERE b.v1 NOT IN (a.v1, a.v2)
UNION ALL
SELECT a.e1, a.e2, a.e3, b.e1, b.e2, b.e3
FROM three_steps a JOIN three_steps b ON b.v0 = a.v3 AND b.v3 = a.v0
  AND b.begin_time > a.end_time AND b.end_time <= a.begin_time + getvariable('width')
WHERE b.v1 NOT IN (a.v1, a.v2) AND b.v2 NOT IN (a.v1, a.v2)
"""
PAIRS = """
SELECT came.id AS came, went.id AS went
FROM payments came JOIN payments went ON went.payer = came.payee
  AND went.time BETWEEN came.time AND came.time + getvariable('width')
WHERE came.amount BETWEEN getvariable('low') * went.amount AND getvariable('high') * went.amount
  AND came.payer <> went.payee
"""
NEAR = """
WITH ends AS (SELECT DISTINCT payer, payee FROM payments),
near AS (
  SELECT payer, payee FROM ends JOIN ties a ON a.one = payer AND a.other = payee
  UNION
  SELECT payer, payee FROM ends JOIN ties a ON a.one = payer
    JOIN ties b ON b.one = a.other AND b.other = payee
  UNION
  SELECT payer, payee FROM ends JOIN ties a ON a.one = payer
    JOIN ties c ON c.other = payee JOIN ties b ON b.one = a.other AND b.other = c.one)
SELECT id FROM payments SEMI JOIN near USING (payer, payee)
"""
GATHERS = """
SELECT a.payer AS source, b.payee AS target, count(DISTINCT a.payee) AS middles
FROM payments a JOIN payments b ON b.payer = a.payee
  AND b.time > a.time AND b.time <= a.time + getvariable('width')
WHERE a.payer <> b.payee
GROUP BY ALL HAVING count(DISTINCT a.payee) >= getvariable('least')
"""
FAN_IN = """
WITH counted AS (
  SELECT id, count(DISTINCT payer) OVER (
    PARTITION BY payee ORDER BY time
    RANGE BETWEEN getvariable('width') PRECEDING AND CURRENT ROW) AS payers
  FROM payments)
SELECT id FROM counted WHERE payers >= getvariable('least')
"""
READ = """
CREATE OR REPLACE TEMP TABLE read AS
FROM read_csv(getvariable('file'), header = true, columns = {
  'payment_id': 'VARCHAR', 'time': 'TIMESTAMP', 'payer': 'VARCHAR', 'payee': 'VARCHAR',
  'amount': 'DECIMAL(14,2)', 'currency': 'VARCHAR', 'memo': 'VARCHAR'})
"""
NUMBER = """
CREATE OR REPLACE TEMP TABLE named AS
SELECT (row_number() OVER () - 1)::INTEGER AS number, name
FROM (SELECT payer AS name FROM read UNION SELECT payee FROM read)
"""
ENCODED = """
SELECT a.number AS payer, b.number AS payee, epoch(time)::BIGINT AS time,
       (amount * 100)::BIGINT AS amount_minor
FROM read JOIN named a ON a.name = payer JOIN named b ON b.name = payee ORDER BY time
"""


@contextmanager
def database(threads: int, folder: Path | None = None) -> Iterator[Connection]:
    """Open a database in memory; what does not fit goes to `folder`."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"SET threads = {int(threads)}")
        if folder is not None:
            connection.execute("SET temp_directory = ?", [str(folder)])
        yield connection


@contextmanager
def loaded(graph: Graph, threads: int, folder: Path | None = None) -> Iterator[Connection]:
    """Open a database with the tables `payments` and `ties` (both ways, once each)."""
    with database(threads, folder) as connection:
        columns = {
            "id": np.arange(len(graph), dtype=np.int32),
            "payer": graph.payer,
            "payee": graph.payee,
            "time": graph.time.astype(np.int32),
            "amount": graph.amount,
        }
        connection.register("given", columns)
        connection.execute("CREATE TABLE payments AS FROM given")
        connection.register("given_ties", {"one": graph.tie_from, "other": graph.tie_to})
        connection.execute(
            "CREATE TABLE ties AS SELECT one, other FROM given_ties "
            "UNION SELECT other, one FROM given_ties"
        )
        connection.unregister("given")
        connection.unregister("given_ties")
        yield connection


def _set(connection: Connection, **values: float | str) -> None:
    for name, value in values.items():
        connection.execute(f"SET VARIABLE {name} = $value", {"value": value})


def _rows(connection: Connection, text: str) -> Array:
    columns = connection.execute(text).fetchnumpy()
    return np.column_stack(list(columns.values())).astype(np.int64)


def loops(connection: Connection, width: int) -> Array:
    """Return W1, loops of 2 to 6 payments: trim, then paths of two and three joined."""
    _set(connection, width=width)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE remaining AS SELECT id, payer, payee, time FROM payments"
    )
    before = _count(connection)
    for _ in range(_MOST_ROUNDS):
        connection.execute(TRIM)
        after = _count(connection)
        if after > _ENOUGH * before:
            break
        before = after
    connection.execute(TWO_STEPS)
    connection.execute(THREE_STEPS)
    return _rows(connection, LOOPS)


def _count(connection: Connection) -> int:
    row = connection.execute("SELECT count(*) FROM remaining").fetchone()
    return int(row[0]) if row else 0


def pairs(connection: Connection, width: int, low: float, high: float) -> Array:
    """Return W2: all pairs of a payment in and a payment out."""
    _set(connection, width=width, low=float(low), high=float(high))
    return _rows(connection, PAIRS)


def near(connection: Connection) -> Array:
    """Return W3: payments whose ends are at most three ties apart (no one pays himself here)."""
    return _rows(connection, NEAR)


def gathers(connection: Connection, width: int, least: int) -> Array:
    """Return W4, scatter-gather: source, target, number of middles."""
    _set(connection, width=width, least=least)
    return _rows(connection, GATHERS)


def fan_in(connection: Connection, width: int, least: int) -> Array:
    """Return W4, fan-in: payments whose payee had so many payers in the window before."""
    _set(connection, width=width, least=least)
    return _rows(connection, FAN_IN)


def read_csv(connection: Connection, file: Path) -> tuple[Array, Array, Array, Array]:
    """Return W5 up to arrays: payer, payee, time in seconds, and the names of the numbers."""
    _set(connection, file=str(file))
    connection.execute(READ)
    connection.execute(NUMBER)
    columns = connection.execute(ENCODED).fetchnumpy()
    names = connection.execute("SELECT name FROM named ORDER BY number").fetchnumpy()["name"]
    return columns["payer"], columns["payee"], columns["time"], names
