"""Time-sorted adjacency: for each account its payments out and in, with pointers along time.

A row is (neighbour, time, pointer, payment). The pointer of an out-row u → v at t is the first row
of v's out-list that may follow it (time at least t + gap); that of an in-row u → v is the number of
rows of u's in-list that may precede it (time at most t - gap). With them a walk along time needs no
binary search. `gap` is 1 where times must rise and 0 where they may be equal.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphmodel.kernels.jit import kernel

if TYPE_CHECKING:
    from graphmodel.kernels.payments import Ints, Payments

NEIGHBOUR, TIME, POINTER, PAYMENT = 0, 1, 2, 3
"""Columns of a row."""


@dataclass(frozen=True, slots=True)
class Adjacency:
    """Accounts are ranks here: 0 has the fewest payments, the last the most.

    `out_start[a] : out_start[a + 1]` are the rows of `out` that belong to rank a; likewise `in_`.
    `account[a]` is the number of the account.
    """

    account: Ints
    out_start: Ints
    in_start: Ints
    out: Ints
    in_: Ints


@kernel
def _degrees(payer, payee, accounts):
    degree = np.zeros((accounts, 2), np.int32)
    for k in range(len(payer)):
        degree[payer[k], 0] += 1
        degree[payee[k], 1] += 1
    return degree


@kernel
def _ranks(degree):
    """Counting sort by degree: rank of each account (-1 without payments) and its inverse."""
    accounts = len(degree)
    most = 0
    active = 0
    for a in range(accounts):
        both = degree[a, 0] + degree[a, 1]
        most = max(most, both)
        active += both > 0
    place = np.zeros(most + 2, np.int64)
    for a in range(accounts):
        both = degree[a, 0] + degree[a, 1]
        if both:
            place[both + 1] += 1
    for i in range(1, most + 2):
        place[i] += place[i - 1]
    rank = np.full(accounts, -1, np.int32)
    account = np.empty(active, np.int32)
    out_start = np.zeros(active + 1, np.int32)
    in_start = np.zeros(active + 1, np.int32)
    for a in range(accounts):
        both = degree[a, 0] + degree[a, 1]
        if both:
            r = place[both]
            place[both] += 1
            rank[a] = r
            account[r] = a
            out_start[r + 1] = degree[a, 0]
            in_start[r + 1] = degree[a, 1]
    for r in range(active):
        out_start[r + 1] += out_start[r]
        in_start[r + 1] += in_start[r]
    return rank, account, out_start, in_start


@kernel
def _fill(ends, rank, start, time, before, numbers):
    """Return the rows of one direction; `before` takes pointers before a group is entered.

    Payments of one time are a group: it is entered whole, so that pointers skip or include it.
    """
    own, other = ends
    count = len(time)
    rows = np.empty((count, 4), np.int32)
    fill = start[:-1].copy()
    k = 0
    while k < count:
        x = time[k]
        j = k + 1
        while j < count and time[j] == x:
            j += 1
        if j == k + 1:
            u = rank[own[k]]
            v = rank[other[k]]
            b = fill[u]
            fill[u] = b + 1
            rows[b, 0] = v
            rows[b, 1] = x
            rows[b, 2] = fill[v]
            rows[b, 3] = numbers[k]
        else:
            _group(rows, (own, other, rank, numbers), (k, j), x, fill, before)
        k = j
    return rows


@kernel
def _group(rows, columns, bounds, x, fill, before):
    own, other, rank, numbers = columns
    k, j = bounds
    pointer = np.empty(j - k, np.int32)
    slot = np.empty(j - k, np.int64)
    if before:
        for q in range(k, j):
            pointer[q - k] = fill[rank[other[q]]]
    for q in range(k, j):
        u = rank[own[q]]
        slot[q - k] = fill[u]
        fill[u] += 1
    if not before:
        for q in range(k, j):
            pointer[q - k] = fill[rank[other[q]]]
    for q in range(k, j):
        b = slot[q - k]
        rows[b, 0] = rank[other[q]]
        rows[b, 1] = x
        rows[b, 2] = pointer[q - k]
        rows[b, 3] = numbers[q]


def adjacency(payments: Payments, numbers: Ints, *, strict: bool, threads: int) -> Adjacency:
    """Return the adjacency of payments; `numbers` are the payment numbers the rows carry."""
    degree = _degrees(payments.payer, payments.payee, payments.accounts)
    rank, account, out_start, in_start = _ranks(degree)

    def out() -> Ints:
        ends = (payments.payer, payments.payee)
        rows: Ints = _fill(ends, rank, out_start, payments.time, not strict, numbers)
        return rows

    def in_() -> Ints:
        ends = (payments.payee, payments.payer)
        rows: Ints = _fill(ends, rank, in_start, payments.time, strict, numbers)
        return rows

    if threads == 1:
        return Adjacency(account, out_start, in_start, out(), in_())
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(out), pool.submit(in_)
        return Adjacency(account, out_start, in_start, first.result(), second.result())
