"""Temporal-support trim: drops payments that can lie in no loop of a window.

A payment u → v at t can lie in a loop of span at most δ only if, within δ of t, (first) a later
payment leaves v and a later one enters u, or (middle) an earlier one enters u and a later one
leaves v, or (last) an earlier one enters u and an earlier one leaves v. One forward and one
backward sweep decide all payments; what survives is swept again while it shrinks.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from graphmodel.kernels.jit import kernel

if TYPE_CHECKING:
    from graphmodel.kernels.payments import Ints, Payments

_STILL = 0.97
"""A round that keeps more than this share is the last."""
_MAX_ROUNDS = 4
_SMALL = 50_000
"""Below this number of payments threads cost more than they save."""


@kernel
def _forward(payer, payee, time, bounds, delta, grouped, last, flags):
    """Set bit 1: an earlier payment entered u; bit 2: an earlier one left v, within delta."""
    warm, start, stop = bounds
    last[:] = np.int32(-(2**30)) * 2 + 1
    k = warm
    while k < stop:
        j = k + 1
        x = time[k]
        if grouped:
            while j < stop and time[j] == x:
                j += 1
            for q in range(k, j):
                last[2 * payee[q]] = x
                last[2 * payer[q] + 1] = x
        if k >= start:
            limit = x - delta
            for q in range(k, j):
                entered = np.uint8(last[2 * payer[q]] >= limit)
                flags[q] = entered | np.uint8(last[2 * payee[q] + 1] >= limit) << 1
        if not grouped:
            last[2 * payee[k]] = x
            last[2 * payer[k] + 1] = x
        k = j


@kernel
def _backward(payer, payee, time, bounds, delta, grouped, following, flags, kept):
    """Write the surviving numbers to the end of `kept`; return how many.

    `kept` has room for one more than there can be: a number is written first and stays if it
    survives, since a branch on it would be guessed wrong too often.
    """
    start, stop, warm = bounds
    following[:] = np.int32(2**31 - 1)
    fill = len(kept) - 1
    k = warm - 1
    while k >= start:
        j = k - 1
        x = time[k]
        if grouped:
            while j >= start and time[j] == x:
                j -= 1
            for q in range(k, j, -1):
                following[2 * payee[q]] = x
                following[2 * payer[q] + 1] = x
        if k < stop:
            limit = x + delta
            for q in range(k, j, -1):
                next_in = np.uint8(following[2 * payer[q]] <= limit)
                next_out = np.uint8(following[2 * payee[q] + 1] <= limit)
                flag = flags[q]
                kept[fill] = q
                fill -= int((next_out & (next_in | flag)) | (flag & flag >> 1))  # lowest bits only
        if not grouped:
            following[2 * payee[k]] = x
            following[2 * payer[k] + 1] = x
        k = j
    return len(kept) - 1 - fill


def _slices(time: Ints, delta: int, threads: int) -> list[tuple[int, int, int, int]]:
    """Return (warm start, start, stop, warm stop) of each slice of time; groups stay whole."""
    count = len(time)
    parts = threads if count >= _SMALL else 1
    cuts = [0]
    for part in range(1, parts):
        cut = int(np.searchsorted(time, time[count * part // parts], side="left"))
        if cut > cuts[-1]:
            cuts.append(cut)
    cuts.append(count)
    slices = []
    for start, stop in pairwise(cuts):
        warm = int(np.searchsorted(time, int(time[start]) - delta, side="left"))
        after = int(np.searchsorted(time, int(time[stop - 1]) + delta, side="right"))
        slices.append((warm, start, stop, after))
    return slices


def _round(payments: Payments, delta: int, *, grouped: bool, threads: int) -> Ints:
    """Return the numbers of the payments with support, rising."""
    payer, payee, time, accounts = payments.payer, payments.payee, payments.time, payments.accounts
    flags = np.empty(len(time), np.uint8)
    window = np.int32(delta)

    def sweep(bounds: tuple[int, int, int, int]) -> Ints:
        warm, start, stop, after = bounds
        state = np.empty(2 * accounts, np.int32)
        _forward(payer, payee, time, (warm, start, stop), window, grouped, state, flags)
        kept = np.empty(stop - start + 1, np.int32)
        count = _backward(
            payer, payee, time, (start, stop, after), window, grouped, state, flags, kept
        )
        return kept[len(kept) - count :]

    slices = _slices(time, delta, threads)
    if len(slices) == 1:
        return sweep(slices[0])
    with ThreadPoolExecutor(len(slices)) as pool:
        return np.concatenate(list(pool.map(sweep, slices)))


def trim(payments: Payments, delta: int, *, strict: bool, threads: int) -> tuple[Payments, Ints]:
    """Return the payments that may lie in a loop of span at most `delta`, and their numbers.

    With `strict` false payments of one time support each other.
    """
    left = payments
    numbers = np.arange(0)
    for turn in range(_MAX_ROUNDS):
        if not len(left.time):
            break
        kept = _round(left, delta, grouped=not strict, threads=threads)
        share = len(kept) / len(left.time)
        numbers = kept if turn == 0 else numbers[kept]
        left = left.take(kept)
        if share > _STILL:
            break
    return left, numbers.astype(np.int32)
