"""The search for loops of payments: arrows between parties, and every loop of them.

Few arrows are searched by the interpreter, many by compiled code; payments that span more years
without a pause than a search can are cut into overlapping pieces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from graphmodel.kernels.jit import interpreted
from graphmodel.model.schema import FOREVER
from graphmodel.store import tables

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphmodel.store.payment_columns import EndColumns, PaymentColumns

    Ints = NDArray[Any]

DAY_S = 86_400
NEVER_COMPILED, SELDOM_COMPILED = 20_000, 200_000
"""Below the first number of arrows loops are searched without compiled code; below the second,
unless compiled code is there."""
INTERPRETED_STEPS = 20_000
"""Steps from one party that the interpreter takes before compiled code does the work."""
LONGEST_PIECE_S = 2**30 - 1
"""Seconds (34 years) that a search can span where payments never pause for its window."""


class LoopSearch(NamedTuple):
    """Limits of the search; `max_steps` from one party."""

    max_len: int = 6
    window_days: int = 30
    max_loops: int = 10_000
    max_steps: int = 2_000_000


@dataclass(frozen=True, slots=True)
class Arrows:
    """Payments between two different parties, by rising number of payment.

    `payment` is the row among the payments; `payer` and `payee` are small numbers of parties below
    `parties`; `paying` is the payer's internal number; `alternate` as in `EndColumns`.
    """

    payment: Ints
    payer: Ints
    payee: Ints
    paying: Ints
    alternate: Ints
    parties: int

    def take(self, kept: Ints) -> Arrows:
        """Return the arrows of a mask or of rows."""
        ends = self.payer[kept], self.payee[kept], self.paying[kept]
        return Arrows(self.payment[kept], *ends, self.alternate[kept], self.parties)


def small_numbers(numbers: Ints) -> Ints:
    """Return numbers from 0 for internal numbers of persons and accounts: persons first."""
    import numpy as np

    person, account = tables.node_base("Person"), tables.node_base("Account")
    is_account = (numbers > account) & (numbers <= account + (1 << tables.SEQUENCE_BITS))
    persons = numbers[~is_account]
    count = int(persons.max() - person) if len(persons) else 0
    return np.where(is_account, numbers - account - 1 + count, numbers - person - 1)


def arrows_of(payments: PaymentColumns, ends: EndColumns) -> Arrows:
    """Return the arrows of payments that moved money between two different parties."""
    import numpy as np

    count = len(payments.number)
    rows = np.searchsorted(payments.number, ends.payment)
    moved = np.zeros(len(rows), bool)
    inside = rows < count
    moved[inside] = payments.number[rows[inside]] == ends.payment[inside]
    within = np.zeros(count, bool)
    within[rows[moved & (ends.payer == ends.payee)]] = True
    moved[moved] &= ~within[rows[moved]]
    small = small_numbers(np.concatenate([ends.payer, ends.payee])).astype(np.int32)
    whole = Arrows(
        rows,
        small[: len(rows)],
        small[len(rows) :],
        ends.payer,
        ends.alternate,
        int(small.max()) + 1 if len(small) else 0,
    )
    return whole.take(moved)


def on_circles(arrows: Arrows) -> Ints:
    """Return a mask of the arrows that may lie on a circle, whatever their times."""
    import numpy as np

    kept = np.ones(len(arrows.payment), bool)
    while True:
        pays = np.zeros(arrows.parties, bool)
        is_paid = np.zeros(arrows.parties, bool)
        pays[arrows.payer[kept]] = True
        is_paid[arrows.payee[kept]] = True
        fewer = kept & is_paid[arrows.payer] & pays[arrows.payee]
        if fewer.sum() == kept.sum():
            return kept
        kept = fewer


def _is_compiled(count: int) -> bool:
    """Tell whether so many arrows are searched by compiled code."""
    if count < NEVER_COMPILED:
        return False
    if count >= SELDOM_COMPILED:
        return True
    from graphmodel.kernels.half_paths import search

    return search.is_cached


class Found(NamedTuple):
    """Loops as lists of arrow rows in order, how many, and of how many parties the search was cut.

    `rows` is a matrix, a loop a row, filled up with -1; `lengths` its numbers of arrows.
    """

    rows: Ints
    lengths: Ints
    cut: int


def search(payments: PaymentColumns, arrows: Arrows, limits: LoopSearch) -> Found:
    """Return all loops of arrows of known time, by the order of their payments.

    A burst between few parties is beyond the interpreter: it is searched again by compiled code.
    """
    import numpy as np

    if len(arrows.payment) == 0:
        return Found(np.empty((0, 2), np.int64), np.empty(0, np.int64), 0)
    compiled = _is_compiled(len(arrows.payment))
    few = limits._replace(max_steps=min(limits.max_steps, INTERPRETED_STEPS))
    found = _searched(payments, arrows, limits if compiled else few, compiled=compiled)
    if found.cut and not compiled and few.max_steps < limits.max_steps:
        return _searched(payments, arrows, limits, compiled=True)
    return found


def _searched(
    payments: PaymentColumns, arrows: Arrows, limits: LoopSearch, *, compiled: bool
) -> Found:
    """Search all time at once, or in pieces where payments without a pause span too many years."""
    try:
        return search_at_once(payments, arrows, limits, compiled=compiled)
    except ValueError:
        pieces = pieces_of(payments, arrows, limits)
        if pieces is None:
            raise
    import numpy as np

    found = []
    for rows, (begin, end) in pieces:
        some = search_at_once(payments, arrows.take(rows), limits, compiled=compiled)
        filled = some.rows >= 0
        whole = np.where(filled, rows[some.rows], -1)
        first = np.where(filled, payments.t0[arrows.payment[whole]], FOREVER).min(axis=1)
        own = (first >= begin) & (first < end)  # the others begin, and are found, in another piece
        found.append(Found(whole[own], some.lengths[own], some.cut))
    return Found(
        np.concatenate([one.rows for one in found]),
        np.concatenate([one.lengths for one in found]),
        max(one.cut for one in found),
    )


def pieces_of(
    payments: PaymentColumns, arrows: Arrows, limits: LoopSearch
) -> list[tuple[Ints, tuple[int, int]]] | None:
    """Return rows of arrows by time, a piece longer than what a loop spans overlapping the next.

    With each piece the interval in which its loops begin. None: one payment is known so coarsely
    that no piece would be short enough.
    """
    import numpy as np

    t0, t1 = payments.t0[arrows.payment], payments.t1[arrows.payment]
    overlap_s = limits.window_days * DAY_S + int((t1 - t0).max()) + 1
    length_s = LONGEST_PIECE_S - overlap_s
    if length_s <= overlap_s:
        return None
    pieces = []
    for begin in range(int(t0.min()), int(t0.max()) + 1, length_s):
        end = begin + length_s
        pieces.append((np.flatnonzero((t0 >= begin) & (t0 < end + overlap_s)), (begin, end)))
    return pieces


def search_at_once(
    payments: PaymentColumns, arrows: Arrows, limits: LoopSearch, *, compiled: bool
) -> Found:
    """Search all time at once; ValueError where that is too long without a pause."""
    import numpy as np

    if len(arrows.payment) == 0:
        return Found(np.empty((0, limits.max_len), np.int64), np.empty(0, np.int64), 0)
    from graphmodel.kernels.interval_loops import find_interval_loops
    from graphmodel.kernels.loops import LoopLimits

    with interpreted(when=not compiled):
        loops = find_interval_loops(
            (arrows.payer, arrows.payee),
            (payments.t0[arrows.payment], payments.t1[arrows.payment]),
            arrows.parties,
            LoopLimits(limits.window_days * DAY_S, limits.max_len, max_steps=limits.max_steps),
            payments.amount[arrows.payment],
            threads=2 if compiled else 1,
        )
    lengths = np.diff(loops.start)
    rows = np.full((len(lengths), limits.max_len), -1, np.int64)
    rows[np.arange(limits.max_len) < lengths[:, None]] = loops.payments
    return Found(rows, lengths, loops.cut_accounts)
