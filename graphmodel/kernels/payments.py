"""Payments as columns, sorted by time, in the form every kernel takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graphmodel.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[Any]
    """A one-dimensional array of integers."""
    Numbers = NDArray[Any] | None
    """A one-dimensional array of numbers by payment, where there is one."""

_MAX_SPAN = 2**30
_FAULTS = {
    1: "payments must be sorted by time",
    2: "accounts must be numbered from 0 to {last}",
    3: "a payment to oneself is no payment between accounts",
    4: "the payments span more than {most} units without a pause",
}


@kernel
def _offsets(payer, payee, time, accounts, pause, offset):
    """Write the times from the first payment on; return the number of a fault, or 0."""
    total = np.int64(0)
    for k in range(len(time)):
        if k:
            gap = np.int64(time[k]) - np.int64(time[k - 1])
            if gap < 0:
                return 1
            total += min(gap, pause)
        if min(payer[k], payee[k]) < 0 or max(payer[k], payee[k]) >= accounts:
            return 2
        if payer[k] == payee[k]:
            return 3
        if total >= 2**30:
            return 4
        offset[k] = total
    return 0


@dataclass(frozen=True, slots=True)
class Payments:
    """Columns of payments in rising time.

    `payer`, `payee`: int32 numbers of accounts below `accounts`; `time`: int32 units from the
    first payment. A payment is known by its row.
    """

    payer: Ints
    payee: Ints
    time: Ints
    accounts: int

    @classmethod
    def of(
        cls, payer: Ints, payee: Ints, time: Ints, accounts: int, *, longest_window: int
    ) -> Payments:
        """Check and convert columns sorted by time.

        Pauses longer than `longest_window` are shortened to one unit more than it, which changes no
        answer about windows up to that length and lets centuries fit 31 bits.

        Raises:
            ValueError: for unequal lengths, unsorted times, numbers out of range, payments to
                oneself, or a busy span of more than 2**30 units.
        """
        if not len(payer) == len(payee) == len(time):
            reason = "payer, payee and time must have equal lengths"
            raise ValueError(reason)
        own, other = (np.ascontiguousarray(end, np.int32) for end in (payer, payee))
        given = np.ascontiguousarray(time, np.int64)
        if len(given) == 0:
            return cls(own, other, np.empty(0, np.int32), accounts)
        offset = np.empty(len(given), np.int32)
        keeps_pauses = int(given[-1]) - int(given[0]) < _MAX_SPAN
        pause = np.int64(_MAX_SPAN if keeps_pauses else longest_window + 1)
        fault = int(_offsets(own, other, given, np.int64(accounts), pause, offset))
        if fault:
            raise ValueError(_FAULTS[fault].format(last=accounts - 1, most=_MAX_SPAN))
        return cls(own, other, offset, accounts)

    def take(self, numbers: Ints) -> Payments:
        """Return the payments of these rows."""
        return Payments(self.payer[numbers], self.payee[numbers], self.time[numbers], self.accounts)
