"""Pass-through pairs: a payment into an account and a later one out of it.

All pairs are found, never the nearest one only: a nearest-match join keeps one partner a payment
and loses most of the evidence. Two sweeps first drop every payment in that nothing follows within
the window and every payment out that nothing precedes; the rest is paired account by account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphmodel.kernels.jit import inlined, kernel

if TYPE_CHECKING:
    from graphmodel.kernels.payments import Ints, Payments


@dataclass(frozen=True, slots=True)
class PairLimits:
    """What a pair may be.

    `window`: greatest time from in to out, both ends included; `low` and `high`: bounds of the
    amount in over the amount out; `max_pairs` kept, in order of payment.
    """

    window: int
    low: float = 0.0
    high: float = np.inf
    max_pairs: int | None = None


@dataclass(frozen=True, slots=True)
class Pairs:
    """Numbers of payments in and out, pair by pair, by rising number; `found` is before a cap."""

    incoming: Ints
    outgoing: Ints
    found: int

    def __len__(self) -> int:
        """Return the number of pairs kept."""
        return len(self.incoming)


@kernel
def followed(payer, payee, time, accounts, window, least):
    """Return the payments whose payee pays within [t + least, t + window], least 0 or 1."""
    count = len(time)
    following = np.full(accounts, 2**31 - 1, np.int32)
    kept = np.empty(count, np.int32)
    fill = count
    k = count - 1
    while k >= 0:
        j = k
        x = time[k]
        while j >= 0 and time[j] == x:
            if least == 0:
                following[payer[j]] = x
            j -= 1
        for q in range(k, j, -1):
            if following[payee[q]] <= x + window:
                fill -= 1
                kept[fill] = q
        if least:
            for q in range(k, j, -1):
                following[payer[q]] = x
        k = j
    return kept[fill:]


@kernel
def preceded(payer, payee, time, accounts, window, least):
    """Return the payments whose payer was paid within [t - window, t - least], least 0 or 1."""
    count = len(time)
    last = np.full(accounts, -(2**31) + 1, np.int64)
    kept = np.empty(count, np.int32)
    fill = 0
    k = 0
    while k < count:
        j = k
        x = time[k]
        while j < count and time[j] == x:
            if least == 0:
                last[payee[j]] = x
            j += 1
        for q in range(k, j):
            if last[payer[q]] >= np.int64(x) - window:
                kept[fill] = q
                fill += 1
        if least:
            for q in range(k, j):
                last[payee[q]] = x
        k = j
    return kept[:fill]


@kernel
def listed(account, numbers, accounts):
    """Return (start, rows): for each account its payments among `numbers`, in their order."""
    start = np.zeros(accounts + 1, np.int32)
    for k in range(len(numbers)):
        start[account[numbers[k]] + 1] += 1
    for a in range(accounts):
        start[a + 1] += start[a]
    fill = start[:-1].copy()
    rows = np.empty(len(numbers), np.int32)
    for k in range(len(numbers)):
        a = account[numbers[k]]
        rows[fill[a]] = numbers[k]
        fill[a] += 1
    return start, rows


@inlined
def _fits(amounts, incoming, outgoing, low, high):
    paid = amounts[outgoing]
    return low * paid <= amounts[incoming] <= high * paid


@kernel
def _pairs(columns, lists, incoming, amounts, limits):
    payer, payee, time = columns
    start, rows = lists
    window, low, high = limits
    cursor = start[:-1].copy()
    pairs = np.empty((1024, 2), np.int32)
    fill = 0
    for k in range(len(incoming)):
        e = incoming[k]
        m = payee[e]
        c = cursor[m]
        while c < start[m + 1] and time[rows[c]] < time[e]:
            c += 1
        cursor[m] = c
        while c < start[m + 1] and time[rows[c]] <= time[e] + window:
            out = rows[c]
            c += 1
            if payee[out] == payer[e] or not _fits(amounts, e, out, low, high):
                continue
            if fill == len(pairs):
                more = np.empty((2 * fill, 2), np.int32)
                more[:fill] = pairs
                pairs = more
            pairs[fill, 0] = e
            pairs[fill, 1] = out
            fill += 1
    return pairs[:fill]


def pass_through_pairs(payments: Payments, amounts: Ints, limits: PairLimits) -> Pairs:
    """Return all pairs of a payment in and a payment out of one account, payer ≠ final payee.

    `amounts` are numbers by payment. Times may be equal: a statement may know days only.
    """
    columns = payments.payer, payments.payee, payments.time
    window = np.int32(limits.window)
    incoming = followed(*columns, payments.accounts, window, 0)
    outgoing = preceded(*columns, payments.accounts, window, 0)
    lists = listed(payments.payer, outgoing, payments.accounts)
    bounds = (window, float(limits.low), float(limits.high))
    pairs = _pairs(columns, lists, incoming, np.asarray(amounts, np.float64), bounds)
    kept = pairs if limits.max_pairs is None else pairs[: limits.max_pairs]
    return Pairs(kept[:, 0], kept[:, 1], len(pairs))
