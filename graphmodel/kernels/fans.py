"""Fans in moving windows: many payers of one account, many payees, and scatter-gather.

Fan-in: payments whose payee had at least so many distinct payers within [t - window, t]. Fan-out is
the same with the ends exchanged, within [t - window, t] of the payer. Scatter-gather: pairs of
accounts (a, b) with at least so many distinct middles m, a → m at t1 and m → b at t2,
0 < t2 - t1 ≤ window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphmodel.kernels.flows import followed, listed, preceded
from graphmodel.kernels.jit import kernel

if TYPE_CHECKING:
    from graphmodel.kernels.payments import Ints, Payments


@dataclass(frozen=True, slots=True)
class ScatterGathers:
    """Pairs of accounts by rising source, then target, with their number of middles."""

    source: Ints
    target: Ints
    middles: Ints


@kernel
def _busy(hub, time, accounts, window, least):
    """Mark accounts that may have `least` payments in a window: two halves of a grid cover it."""
    state = np.zeros((accounts, 4), np.int32)
    state[:, 0] = -2
    cell = max(window + 1, 1)
    for k in range(len(time)):
        a = hub[k]
        slot = time[k] // cell
        if state[a, 0] != slot:
            state[a, 1] = state[a, 2] if state[a, 0] == slot - 1 else 0
            state[a, 2] = 0
            state[a, 0] = slot
        state[a, 2] += 1
        if state[a, 1] + state[a, 2] >= least:
            state[a, 3] = 1
    return state


@kernel
def _at_busy(hub, state):
    kept = np.empty(len(hub), np.int32)
    fill = 0
    for k in range(len(hub)):
        if state[hub[k], 3]:
            kept[fill] = k
            fill += 1
    return kept[:fill]


@kernel
def _fans(lists, other, time, window, least, accounts):
    """Two-pointer windows over each account's list, counting distinct other ends."""
    start, rows = lists
    seen = np.zeros(accounts, np.int32)
    kept = np.empty(len(rows), np.int32)
    fill = 0
    for a in range(accounts):
        if start[a + 1] - start[a] < least:
            continue
        low = start[a]
        distinct = 0
        k = start[a]
        while k < start[a + 1]:
            j = k
            x = time[rows[k]]
            while j < start[a + 1] and time[rows[j]] == x:
                seen[other[rows[j]]] += 1
                distinct += seen[other[rows[j]]] == 1
                j += 1
            while time[rows[low]] < x - window:
                seen[other[rows[low]]] -= 1
                distinct -= seen[other[rows[low]]] == 0
                low += 1
            if distinct >= least:
                for q in range(k, j):
                    kept[fill] = rows[q]
                    fill += 1
            k = j
        for q in range(low, start[a + 1]):
            seen[other[rows[q]]] = 0
    return kept[:fill]


def _fan(hub: Ints, other: Ints, payments: Payments, window: int, least: int) -> Ints:
    accounts = payments.accounts
    state = _busy(hub, payments.time, accounts, np.int32(window), least)
    lists = listed(hub, _at_busy(hub, state), accounts)
    return np.sort(_fans(lists, other, payments.time, np.int32(window), least, accounts))


def fan_in(payments: Payments, window: int, least: int) -> Ints:
    """Return the payments whose payee had at least `least` payers within [t - window, t]."""
    return _fan(payments.payee, payments.payer, payments, window, least)


def fan_out(payments: Payments, window: int, least: int) -> Ints:
    """Return the payments whose payer had at least `least` payees within [t - window, t]."""
    return _fan(payments.payer, payments.payee, payments, window, least)


@kernel
def _gathers(columns, firsts, seconds, window, least, accounts):
    payee, time = columns
    first_start, first_rows = firsts
    start, rows = seconds
    state = np.full((accounts, 3), -1, np.int32)
    touched = np.empty(accounts, np.int32)
    found = np.empty((256, 3), np.int32)
    fill = 0
    for a in range(accounts):
        begin, end = first_start[a], first_start[a + 1]
        if end - begin < least:
            continue
        mine = first_rows[begin:end]
        fresh = 0
        for i in np.argsort(payee[mine], kind="mergesort"):
            m = payee[mine[i]]
            t1 = time[mine[i]]
            low, high = start[m], start[m + 1]
            while low < high:
                middle = (low + high) >> 1
                if time[rows[middle]] <= t1:
                    low = middle + 1
                else:
                    high = middle
            while low < start[m + 1] and time[rows[low]] <= t1 + window:
                b = payee[rows[low]]
                low += 1
                if b == a:
                    continue
                if state[b, 0] != a:
                    state[b, 0] = a
                    state[b, 1] = -1
                    state[b, 2] = 0
                    touched[fresh] = b
                    fresh += 1
                if state[b, 1] != m:
                    state[b, 1] = m
                    state[b, 2] += 1
        for i in range(fresh):
            b = touched[i]
            if state[b, 2] >= least:
                if fill == len(found):
                    more = np.empty((2 * fill, 3), np.int32)
                    more[:fill] = found
                    found = more
                found[fill, 0] = a
                found[fill, 1] = b
                found[fill, 2] = state[b, 2]
                fill += 1
    return found[:fill]


def scatter_gathers(payments: Payments, window: int, least: int) -> ScatterGathers:
    """Return the pairs of accounts with at least `least` middles within the window."""
    columns = payments.payer, payments.payee, payments.time
    accounts = payments.accounts
    width = np.int32(window)
    firsts = listed(payments.payer, followed(*columns, accounts, width, 1), accounts)
    seconds = listed(payments.payer, preceded(*columns, accounts, width, 1), accounts)
    found = _gathers(columns[1:], firsts, seconds, width, least, accounts)
    order = np.lexsort((found[:, 1], found[:, 0]))
    return ScatterGathers(*found[order].T)
