"""Loops of payments whose times are intervals: instants, days, months, side by side.

The most common kind of interval (one width, on one grid) is ordered like instants and goes the fast
road of `loops`; loops with a payment of any other kind are searched from that payment.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from graphmodel.kernels.intervals import search_from, series_can_begin
from graphmodel.kernels.jit import kernel
from graphmodel.kernels.loops import LoopLimits, Loops, capped, even, find_loops, record_starts
from graphmodel.kernels.payments import Payments

if TYPE_CHECKING:
    from graphmodel.kernels.payments import Ints


def find_interval_loops(
    ends: tuple[Ints, Ints],
    times: tuple[Ints, Ints],
    accounts: int,
    limits: LoopLimits,
    amounts: Ints,
    *,
    threads: int = 2,
) -> Loops:
    """Return the loops of payments that can be in order, within `limits.window` at the least.

    `ends`: payer and payee (int32 below `accounts`, no payment to oneself); `times`: earliest and
    latest moment of each (int64, in one unit). Payments are known by their place. A loop begins at
    the earliest payment that can be its first. `limits.strict` is not used: order is possible
    order.
    """
    earliest, latest = (np.asarray(t, np.int64) for t in times)
    marked, cell = _unusual(earliest, latest)
    fine = np.flatnonzero(~marked)
    slots = earliest[fine] // cell
    order = np.argsort(slots, kind="stable")
    fine = fine[order].astype(np.int32)
    window = (limits.window + cell - 1) // cell
    payments = Payments.of(
        ends[0][fine], ends[1][fine], slots[order], accounts, longest_window=window
    )
    weights = np.asarray(amounts, np.float64)
    usual = find_loops(
        payments,
        replace(limits, window=window, strict=False, max_loops=None),
        weights[fine],
        threads=threads,
    )
    flat, cut, steps = _through_unusual(ends, (earliest, latest), accounts, limits, marked)
    if limits.min_amount_ratio > 0:
        flat = even(flat, weights, limits.min_amount_ratio)
    whole = np.concatenate([_prefixed(usual.start, fine[usual.payments]), flat])
    _begin_earliest(whole, record_starts(whole), earliest, latest)
    return capped(whole, limits, weights, usual.cut_accounts + cut, usual.steps + steps)


def _unusual(earliest: Ints, latest: Ints) -> tuple[Ints, int]:
    """Return which payments are off the grid of the most common width, and that width."""
    if not len(earliest):
        return np.zeros(0, bool), 1
    width = latest - earliest + 1
    values, counts = np.unique(width, return_counts=True)
    cell = int(values[np.argmax(counts)])
    phase = earliest % cell
    phases, counts = np.unique(phase[width == cell], return_counts=True)
    return (width != cell) | (phase != phases[np.argmax(counts)]), cell


def _through_unusual(
    ends: tuple[Ints, Ints],
    times: tuple[Ints, Ints],
    accounts: int,
    limits: LoopLimits,
    marked: Ints,
) -> tuple[Ints, int, int]:
    roots = np.flatnonzero(marked).astype(np.int32)
    if not len(roots):
        return np.empty(0, np.int32), 0, 0
    earliest, latest = times
    payer, payee = (np.asarray(end, np.int32) for end in ends)
    lists = (*_lists(payer, earliest, accounts), *_lists(payee, earliest, accounts))
    widest = np.int64((latest - earliest).max())
    found, fill, steps, cut = search_from(
        roots,
        lists,
        (payer, payee, earliest, latest, marked),
        (np.int64(limits.window), limits.max_length, np.int64(limits.max_steps), widest),
        np.empty(4096, np.int32),
    )
    return found[:fill], cut, steps


def _lists(account: Ints, earliest: Ints, accounts: int) -> tuple[Ints, Ints]:
    """Return where the payments of each account begin, and all of them by account and time."""
    rows = np.lexsort((earliest, account)).astype(np.int32)
    start = np.zeros(accounts + 1, np.int64)
    np.cumsum(np.bincount(account, minlength=accounts), out=start[1:])
    return start, rows


def _prefixed(start: Ints, payments: Ints) -> Ints:
    """Return loops with their lengths before them."""
    lengths = np.diff(start).astype(np.int32)
    return np.insert(payments, start[:-1], lengths).astype(np.int32)


@kernel
def _begin_earliest(flat, begin, earliest, latest):
    """Turn each record so that it begins at the earliest payment that can be its first."""
    turned = np.empty(64, np.int32)
    for c in range(len(begin) - 1):
        loop = flat[begin[c] + 1 : begin[c + 1]]
        best = -1
        for place in range(len(loop)):
            if not series_can_begin(earliest, latest, loop, place):
                continue
            if best < 0 or _is_earlier(loop[place], loop[best], earliest, latest):
                best = place
        for q in range(len(loop)):
            turned[q] = loop[(best + q) % len(loop)]
        for q in range(len(loop)):
            loop[q] = turned[q]


@kernel
def _is_earlier(a, b, earliest, latest):
    if earliest[a] != earliest[b]:
        return earliest[a] < earliest[b]
    if latest[a] != latest[b]:
        return latest[a] < latest[b]
    return a < b
