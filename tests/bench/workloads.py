"""The workloads W1 to W4 with our contender and DuckDB's, as the command times and compares them.

W1: simple loops of payments, times rising, last - first ≤ window, 2 to 6 payments, or any number;
W1q: the same within another window on an index that stands already. W2: all pairs of a payment in
and one out of the same account within a day, in over out 1.05 to 4. W3: payments whose ends are at
most three ties apart. W4: scatter-gather with three middles within a day, and payments whose payee
had ten payers within the day before.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from graphmodel.kernels.csr import adjacency
from graphmodel.kernels.fans import fan_in, scatter_gathers
from graphmodel.kernels.flows import PairLimits, pass_through_pairs
from graphmodel.kernels.loops import LoopLimits, Loops, _collected, _search_all, find_loops
from graphmodel.kernels.near import payments_within_ties
from graphmodel.kernels.payments import Payments
from graphmodel.kernels.reach import find_loops_of_any_length
from graphmodel.kernels.trim import trim
from graphmodel.kernels.window_index import WindowIndex
from tests.bench import duckdb_workloads as sql
from tests.bench.measuring import Answer, Spent, answer_of_loops, answer_of_rows, spent
from tests.bench.payment_graphs import DAY_S, Graph, graph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[Any]
    Work = Callable[[], Any]

OURS = "graphmodel"
LONGEST, REQUERY_DAYS = 6, 7
LOW, HIGH, MIDDLES, PAYERS, TIES = 1.05, 4.0, 3, 10, 3
_CELLS = 40_000_000
"""Greatest matrix of padded loops; larger answers would not be compared but fill the memory."""


@dataclass(frozen=True)
class Setting:
    """One graph and how it is searched; files for other programs lie in `folder`."""

    tag: str
    days: float
    threads: int
    seed: int
    folder: Path

    @cached_property
    def graph(self) -> Graph:
        """The graph, made or read when it is first asked for."""
        return graph(self.tag, seed=self.seed, folder=self.folder)

    @property
    def width_s(self) -> int:
        """The window of loops in seconds."""
        return int(self.days * DAY_S)

    def payments(self, longest_window: int) -> Payments:
        """Return the columns as every kernel takes them, checked."""
        g = self.graph
        return Payments.of(g.payer, g.payee, g.time, g.accounts, longest_window=longest_window)


@dataclass(frozen=True)
class Contender:
    """`open` prepares what is not timed and gives the work that is; `answer` reads its result.

    Where the timed work gives less than could be compared, `complete` opens what gives it all.
    """

    name: str
    open: Callable[[Setting], AbstractContextManager[Work]]
    answer: Callable[[Any], Answer]
    needs_arrays: bool = True
    complete: Callable[[Setting], AbstractContextManager[Work]] | None = None


@dataclass(frozen=True)
class Workload:
    """Contenders of one question, ours first; `parts` times the steps of ours one by one."""

    name: str
    title: str
    contenders: tuple[Contender, ...]
    parts: Callable[[Setting], list[tuple[str, Spent]]] | None = None


def from_arrays(
    work: Callable[[Setting], Any],
) -> Callable[[Setting], AbstractContextManager[Work]]:
    """Return the opening of work that begins at the arrays of a graph."""

    @contextmanager
    def opened(setting: Setting) -> Iterator[Work]:
        _ = setting.graph
        yield partial(work, setting)

    return opened


def in_duckdb(
    work: Callable[[sql.Connection, Setting], Array],
) -> Callable[[Setting], AbstractContextManager[Work]]:
    """Return the opening of work on tables that are loaded beforehand."""

    @contextmanager
    def opened(setting: Setting) -> Iterator[Work]:
        with sql.loaded(setting.graph, setting.threads, setting.folder) as connection:
            yield partial(work, connection, setting)

    return opened


def loop_rows(start: Array, payments: Array) -> Array:
    """Return loops as rows filled up with -1."""
    lengths = np.diff(start)
    width = int(lengths.max()) if len(lengths) else 0
    if len(lengths) * width > _CELLS:
        reason = f"{len(lengths):,} loops of up to {width} payments are too many to compare"
        raise MemoryError(reason)
    rows = np.full((len(lengths), width), -1, np.int64)
    rows[np.arange(width) < lengths[:, None]] = payments
    return rows


def answer_of_found(found: Loops) -> Answer:
    """Return the answer of our loops."""
    return answer_of_loops(loop_rows(found.start, found.payments), found.cut_accounts)


def _loops(setting: Setting) -> Loops:
    width = setting.width_s
    return find_loops(setting.payments(width), LoopLimits(width, LONGEST), threads=setting.threads)


def _loops_of_any_length(setting: Setting) -> Loops:
    width = setting.width_s
    limits = LoopLimits(width)
    return find_loops_of_any_length(setting.payments(width), limits, threads=setting.threads)


def _loop_steps(setting: Setting) -> list[tuple[str, Spent]]:
    """Return the steps of `find_loops`, each with its own time."""
    width, threads = setting.width_s, setting.threads
    limits = LoopLimits(width, LONGEST)
    columns = spent(lambda: setting.payments(width))
    trimmed = spent(lambda: trim(columns.result, width, strict=True, threads=threads))
    rows = spent(lambda: adjacency(*trimmed.result, strict=True, threads=threads))
    parts = spent(lambda: _search_all(rows.result, limits, None, threads, columns.result.time))
    loops = spent(lambda: _collected(parts.result, limits, None))
    names = ("checking the columns", "trim", "adjacency", "search", "collecting")
    return list(zip(names, (columns, trimmed, rows, parts, loops), strict=True))


@contextmanager
def _indexed(setting: Setting) -> Iterator[Work]:
    index = WindowIndex.of(setting.payments(setting.width_s), strict=True)
    limits = LoopLimits(REQUERY_DAYS * DAY_S, LONGEST)
    yield lambda: index.find_loops(limits, threads=setting.threads)


def _loops_of_a_week(setting: Setting) -> Loops:
    limits = LoopLimits(REQUERY_DAYS * DAY_S, LONGEST)
    return find_loops(setting.payments(setting.width_s), limits, threads=setting.threads)


def _index_steps(setting: Setting) -> list[tuple[str, Spent]]:
    payments = setting.payments(setting.width_s)
    return [("building the index, once", spent(lambda: WindowIndex.of(payments, strict=True)))]


def _pairs(setting: Setting) -> Array:
    limits = PairLimits(DAY_S, LOW, HIGH)
    found = pass_through_pairs(setting.payments(DAY_S), setting.graph.amount, limits)
    return np.column_stack([found.incoming, found.outgoing])


def _near(setting: Setting) -> Array:
    g = setting.graph
    ends, ties = (g.payer, g.payee), (g.tie_from, g.tie_to)
    return payments_within_ties(ends, ties, g.accounts, TIES).payments[:, None]


def _gathers(setting: Setting) -> Array:
    found = scatter_gathers(setting.payments(DAY_S), DAY_S, MIDDLES)
    return np.column_stack([found.source, found.target, found.middles])


def _fan_in(setting: Setting) -> Array:
    return fan_in(setting.payments(DAY_S), DAY_S, PAYERS)[:, None]


def loops() -> Workload:
    """Return W1 with loops of at most six payments."""
    ours = Contender(OURS, from_arrays(_loops), answer_of_found)
    other = Contender(
        "DuckDB", in_duckdb(lambda c, s: sql.loops(c, s.width_s)), answer_of_loops
    )  # fmt: skip
    return Workload("W1", "loops of 2 to 6 payments", (ours, other), _loop_steps)


def loops_of_any_length() -> Workload:
    """Return W1 with loops of any length."""
    ours = Contender(OURS, from_arrays(_loops_of_any_length), answer_of_found)
    return Workload("W1any", "loops of any length", (ours,))


def loops_of_another_window() -> Workload:
    """Return the loops of a week, on a standing index and from arrays."""
    ours = Contender(OURS, _indexed, answer_of_found)
    fresh = Contender(f"{OURS}, from arrays", from_arrays(_loops_of_a_week), answer_of_found)
    title = f"loops of 2 to 6 payments within {REQUERY_DAYS} days, on an index"
    return Workload("W1q", title, (ours, fresh), _index_steps)


def relay_pairs() -> Workload:
    """Return W2."""
    other = in_duckdb(lambda c, _: sql.pairs(c, DAY_S, LOW, HIGH))
    return _of_rows("W2", "relay pairs within a day", _pairs, other)


def near_payments() -> Workload:
    """Return W3."""
    title = f"payments between ends at most {TIES} ties apart"
    return _of_rows("W3", title, _near, in_duckdb(lambda c, _: sql.near(c)))


def gathers() -> Workload:
    """Return W4, scatter-gather."""
    other = in_duckdb(lambda c, _: sql.gathers(c, DAY_S, MIDDLES))
    return _of_rows("W4s", "scatter-gather within a day", _gathers, other)


def fans() -> Workload:
    """Return W4, fan-in."""
    other = in_duckdb(lambda c, _: sql.fan_in(c, DAY_S, PAYERS))
    return _of_rows("W4f", f"fan-in of {PAYERS} payers within a day", _fan_in, other)


def _of_rows(
    name: str,
    title: str,
    ours: Callable[[Setting], Array],
    other: Callable[[Setting], AbstractContextManager[Work]],
) -> Workload:
    contenders = (
        Contender(OURS, from_arrays(ours), answer_of_rows),
        Contender("DuckDB", other, answer_of_rows),
    )
    return Workload(name, title, contenders)
