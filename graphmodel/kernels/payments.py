"""Payments as columns, sorted by time, in the form every kernel takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[Any]
    """A one-dimensional array of integers."""
    Numbers = NDArray[Any] | None
    """A one-dimensional array of numbers by payment, where there is one."""

_MAX_SPAN = 2**30


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
        long = np.asarray(time, np.int64)
        if len(long) == 0:
            empty = np.empty(0, np.int32)
            return cls(empty, empty, empty, accounts)
        gaps = np.diff(long)
        if gaps.size and gaps.min() < 0:
            reason = "payments must be sorted by time"
            raise ValueError(reason)
        if int(long[-1]) - int(long[0]) < _MAX_SPAN:
            offset = long - long[0]
        else:
            offset = np.concatenate([[0], np.cumsum(np.minimum(gaps, longest_window + 1))])
        if int(offset[-1]) >= _MAX_SPAN:
            reason = f"the payments span more than {_MAX_SPAN} units without a pause"
            raise ValueError(reason)
        ends = np.asarray(payer, np.int32), np.asarray(payee, np.int32)
        if min(end.min() for end in ends) < 0 or max(end.max() for end in ends) >= accounts:
            reason = f"accounts must be numbered from 0 to {accounts - 1}"
            raise ValueError(reason)
        if np.any(ends[0] == ends[1]):
            reason = "a payment to oneself is no payment between accounts"
            raise ValueError(reason)
        return cls(*ends, offset.astype(np.int32), accounts)

    def take(self, numbers: Ints) -> Payments:
        """Return the payments of these rows."""
        return Payments(self.payer[numbers], self.payee[numbers], self.time[numbers], self.accounts)
