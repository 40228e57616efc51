"""W5: a CSV of payments to integer numbers of accounts and time-sorted adjacency both ways.

The file has id, ISO time, payer, payee, amount, currency and a Chinese memo, about 73 bytes a row.
Types are declared, never sniffed. What differs between contenders is how the file becomes arrays;
the adjacency is the same function for all. Ours here is Arrow's reader with dictionaries of names
made block by block: an import into a case does more (it checks every cell and keeps every fact).
"""

from __future__ import annotations

import importlib
import importlib.util
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphmodel.kernels.csr import Adjacency, adjacency
from graphmodel.kernels.payments import Payments
from tests.bench import duckdb_workloads as sql
from tests.bench.measuring import Answer, answer_of_rows
from tests.bench.payment_graphs import YEAR_S
from tests.bench.workloads import OURS, Contender, Setting, Workload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.bench.workloads import Work

    Array = NDArray[Any]

HAS_POLARS = importlib.util.find_spec("polars") is not None
_WRITE = """
SELECT printf('P%09d', id) AS payment_id,
       strftime(TIMESTAMP '2018-01-01' + to_seconds(time), '%Y-%m-%d %H:%M:%S') AS time,
       printf('wx_%08d', payer) AS payer, printf('wx_%08d', payee) AS payee,
       printf('%.2f', amount) AS amount, 'CNY' AS currency,
       ['货款', '转账', '资料费', '红包', '退款', '数据费', '', '代付'][1 + id * 5 // 3 % 8] AS memo
FROM payments ORDER BY id
"""


class Read(NamedTuple):
    """Payments by numbers of accounts, how to list the names of the numbers, and the adjacency."""

    payments: Payments
    names: Callable[[], list[str]]
    rows: Adjacency


def csv_file(setting: Setting) -> Path:
    """Return the CSV of a graph, written now or before."""
    file = setting.folder / f"{setting.tag}-seed{setting.seed}.csv"
    if not file.exists():
        fresh = file.with_suffix(".fresh")
        with sql.loaded(setting.graph, setting.threads, setting.folder) as connection:
            connection.sql(_WRITE).write_csv(str(fresh), header=True)
        fresh.replace(file)
    return file


def _from_file(
    work: Callable[[Path, int], Any],
) -> Callable[[Setting], AbstractContextManager[Work]]:
    @contextmanager
    def opened(setting: Setting) -> Iterator[Work]:
        yield partial(work, csv_file(setting), setting.threads)

    return opened


class Columns(NamedTuple):
    """What a reader made of the file; times in seconds, numbers below `accounts`."""

    payer: Array
    payee: Array
    time: Array
    accounts: int
    names: Callable[[], list[str]]


def _adjacent(columns: Columns, threads: int) -> Read:
    """Sort by time where the file is not, then check and build both directions."""
    payer, payee, time, accounts, names = columns
    if (np.diff(time) < 0).any():
        order = np.argsort(time, kind="stable")
        payer, payee, time = payer[order], payee[order], time[order]
    payments = Payments.of(payer, payee, time, accounts, longest_window=YEAR_S)
    numbers = np.arange(len(time), dtype=np.int32)
    return Read(payments, names, adjacency(payments, numbers, strict=True, threads=threads))


def with_arrow(file: Path, threads: int) -> Read:
    """Read with Arrow: each block has a dictionary of names, joined into one at the end."""
    import pyarrow as pa
    from pyarrow import csv

    name = pa.dictionary(pa.int32(), pa.string())
    types = {"time": pa.timestamp("s"), "payer": name, "payee": name}
    table = csv.read_csv(
        file,
        read_options=csv.ReadOptions(use_threads=threads > 1, block_size=1 << 24),
        convert_options=csv.ConvertOptions(column_types=types, include_columns=list(types)),
    )
    both = pa.chunked_array(table["payer"].chunks + table["payee"].chunks).unify_dictionaries()
    numbers = np.concatenate([chunk.indices.to_numpy() for chunk in both.chunks])
    names = both.chunk(0).dictionary
    time = table["time"].cast(pa.int64()).to_numpy()
    ends = numbers[: len(time)], numbers[len(time) :]
    return _adjacent(Columns(*ends, time, len(names), names.to_pylist), threads)


def with_duckdb(file: Path, threads: int) -> Read:
    """Read with DuckDB: typed read, numbers by a join, sorted by time, then arrays."""
    with sql.database(threads, file.parent) as connection:
        payer, payee, time, names = sql.read_csv(connection, file)
    return _adjacent(Columns(payer, payee, time, len(names), names.tolist), threads)


def with_polars(file: Path, threads: int) -> Read:
    """Read with Polars: typed read, numbers by categories."""
    pl = _polars()
    table = (
        pl.scan_csv(file, schema_overrides={"amount": pl.Float64})
        .select(
            pl.col("time").str.to_datetime("%Y-%m-%d %H:%M:%S").dt.epoch("s"),
            pl.col("payer", "payee").cast(pl.Categorical),
            "amount",
        )
        .collect()
    )
    both = pl.concat([table["payer"], table["payee"]])
    numbers = both.to_physical().to_numpy().astype(np.int32)
    ends, time = (numbers[: len(table)], numbers[len(table) :]), table["time"].to_numpy()
    accounts = int(numbers.max()) + 1

    def names() -> list[str]:
        kinds = both.unique()
        listed = [""] * accounts
        for number, name in zip(kinds.to_physical(), kinds.cast(pl.String), strict=True):
            listed[number] = name
        return listed

    return _adjacent(Columns(*ends, time, accounts, names), threads)


def _polars() -> Any:  # noqa: ANN401 - a package that may be absent, with its types
    return importlib.import_module("polars")


def _bare_polars(file: Path, _threads: int) -> int:
    pl = _polars()
    return pl.read_csv(file, schema_overrides={"amount": pl.Float64}).height


def _answer(read: Read) -> Answer:
    """Return rows (payer, payee, seconds) with accounts numbered by name, whoever read them."""
    of_name = np.array([int(name.removeprefix("wx_") or -1) for name in read.names()])
    payments = read.payments
    ends = of_name[payments.payer], of_name[payments.payee]
    return answer_of_rows(np.column_stack([*ends, payments.time.astype(np.int64)]))


def loading() -> Workload:
    """Return W5."""
    contenders = [
        Contender(OURS, _from_file(with_arrow), _answer, needs_arrays=False),
        Contender("DuckDB", _from_file(with_duckdb), _answer, needs_arrays=False),
    ]
    if HAS_POLARS:
        contenders += [
            Contender("Polars", _from_file(with_polars), _answer, needs_arrays=False),
            Contender("Polars, reading only", _from_file(_bare_polars), Answer, needs_arrays=False),
        ]
    return Workload("W5", "CSV to time-sorted adjacency", tuple(contenders))
