"""Minimum-window index: one number a payment tells the smallest window it could lie in a loop of.

Over the gaps to the previous and next payments into the payer (pi, ni) and out of the payee
(po, no), a payment has support within δ exactly if δ is at least
min(max(ni, no), max(pi, no), max(pi, po)): as first, middle or last of a loop. Built once; another
window is then a filter in one pass instead of a trim of everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphmodel.kernels.jit import kernel
from graphmodel.kernels.loops import LoopLimits, Loops, find_loops

if TYPE_CHECKING:
    from graphmodel.kernels.payments import Ints, Numbers, Payments

_FAR = 2**30


@kernel
def _least_windows(payer, payee, time, accounts, grouped):
    count = len(time)
    gaps = np.empty((count, 2), np.int32)
    last = np.full(2 * accounts, -(2**30), np.int64)
    k = 0
    while k < count:
        j = k + 1
        x = np.int64(time[k])
        if grouped:
            while j < count and time[j] == x:
                j += 1
            for q in range(k, j):
                last[2 * payee[q]] = x
                last[2 * payer[q] + 1] = x
        for q in range(k, j):
            gaps[q, 0] = min(x - last[2 * payer[q]], 2**30)
            gaps[q, 1] = min(x - last[2 * payee[q] + 1], 2**30)
        if not grouped:
            last[2 * payee[k]] = x
            last[2 * payer[k] + 1] = x
        k = j
    last[:] = 2**31
    least = np.empty(count, np.int32)
    k = count - 1
    while k >= 0:
        j = k - 1
        x = np.int64(time[k])
        if grouped:
            while j >= 0 and time[j] == x:
                j -= 1
            for q in range(k, j, -1):
                last[2 * payee[q]] = x
                last[2 * payer[q] + 1] = x
        for q in range(k, j, -1):
            next_in = last[2 * payer[q]] - x
            next_out = last[2 * payee[q] + 1] - x
            first = max(next_in, next_out)
            middle = max(np.int64(gaps[q, 0]), next_out)
            end = np.int64(max(gaps[q, 0], gaps[q, 1]))
            least[q] = min(first, middle, end, 2**30)
        if not grouped:
            last[2 * payee[k]] = x
            last[2 * payer[k] + 1] = x
        k = j
    return least


@kernel
def _within(least, window):
    count = 0
    for q in range(len(least)):
        count += least[q] <= window
    kept = np.empty(count, np.int32)
    fill = 0
    for q in range(len(least)):
        if least[q] <= window:
            kept[fill] = q
            fill += 1
    return kept


@dataclass(frozen=True, slots=True)
class WindowIndex:
    """The index of one set of payments, for loops whose times rise (`strict`) or do not fall."""

    payments: Payments
    least: Ints
    strict: bool

    @classmethod
    def of(cls, payments: Payments, *, strict: bool) -> WindowIndex:
        """Build the index: one int32 a payment, in two passes."""
        columns = payments.payer, payments.payee, payments.time, payments.accounts
        return cls(payments, _least_windows(*columns, not strict), strict)

    def find_loops(self, limits: LoopLimits, amounts: Numbers = None, *, threads: int = 2) -> Loops:
        """Return the loops within another window; numbers are those of the indexed payments.

        Raises:
            ValueError: if the order of times asked for is not the one indexed.
        """
        if limits.strict != self.strict:
            reason = "the index was built for the other order of equal times"
            raise ValueError(reason)
        kept = _within(self.least, np.int32(min(limits.window, _FAR - 1)))
        weights = None if amounts is None else np.asarray(amounts)[kept]
        found = find_loops(self.payments.take(kept), limits, weights, threads=threads)
        return Loops(
            found.start, kept[found.payments], found.found, found.cut_accounts, found.steps
        )
