"""Temporal-support trim: drops payments that can lie in no loop of a window.

A payment u → v at t can lie in a loop of span at most δ only if, within δ of t, (first) a later
payment leaves v and a later one enters u, or (middle) an earlier one enters u and a later one
leaves v, or (last) an earlier one enters u and an earlier one leaves v. One forward and one
backward sweep decide all payments; what survives is swept again while it shrinks.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from graphmodel.kernels.jit import kernel, uncounted
from graphmodel.kernels.payments import Payments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphmodel.kernels.payments import Ints

_STILL = 0.97
"""A round that keeps more than this share is the last."""
_MAX_ROUNDS = 4
_LARGE = 1_000_000
_COARSE_BITS, _LEAST_COARSE = 14, 8
_SMALL = 50_000
"""Below this number of payments threads cost more than they save."""


@kernel
def _forward(payer, payee, time, bounds, delta, never, grouped, last, flags):
    """Set bit 1: an earlier payment entered u; bit 2: an earlier one left v, within delta.

    `never` is a time before all others.
    """
    warm, start, stop = bounds
    last[:] = never
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
def _backward(payer, payee, time, bounds, delta, never, grouped, following, flags, kept):
    """Write the surviving numbers to the end of `kept`; return how many.

    `kept` has room for one more than there can be: a number is written first and stays if it
    survives, since a branch on it would be guessed wrong too often. `never` is a time after all
    others.
    """
    start, stop, warm = bounds
    following[:] = never
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
            limit = min(np.int64(x) + delta, np.int64(never) - 1)
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


def _coarse(time: Ints, delta: int) -> tuple[Ints, int] | None:
    """Return times and window in 16 bits, rounded so that nothing with support loses it.

    What is known of accounts then takes half the room, and more of it stays near the processor.
    None where the window is too short or too long for so few bits.
    """
    shift = max(int(time[-1]).bit_length() - _COARSE_BITS, 0)
    window = (delta >> shift) + 1
    if not _LEAST_COARSE <= window < 1 << _COARSE_BITS:
        return None
    return (time >> shift).astype(np.int16), window


def _round(
    payments: Payments, delta: int, *, grouped: bool, threads: int, coarse: bool = False
) -> list[Ints]:
    """Return the rows of the payments with support by slice; `coarse` may leave a few more."""
    payer, payee, time, accounts = payments.payer, payments.payee, payments.time, payments.accounts
    flags = np.empty(len(time), np.uint8)
    slices = _slices(time, delta, threads)
    window, kind = np.int32(delta), np.int32
    rounded = _coarse(time, delta) if coarse else None
    if rounded is not None:
        time, window, kind = rounded[0], np.int32(rounded[1]), np.int16  # type: ignore[assignment]
    limits = np.iinfo(kind)
    before, after_all = kind(limits.min), kind(limits.max)

    def sweep(place: tuple[int, int, int, int]) -> Ints:
        warm, start, stop, after = place
        state = np.empty(2 * accounts, kind)
        _forward(payer, payee, time, (warm, start, stop), window, before, grouped, state, flags)
        kept = np.empty(stop - start + 1, np.int32)
        bounds = (start, stop, after)
        count = _backward(
            payer, payee, time, bounds, window, after_all, grouped, state, flags, kept
        )
        return kept[len(kept) - count :]

    return _side_by_side(sweep, slices)


def _side_by_side(work: Callable[[Any], Any], parts: Sequence[Any]) -> list[Any]:
    if len(parts) == 1:
        return [work(parts[0])]
    with ThreadPoolExecutor(len(parts)) as pool:
        return list(pool.map(work, parts))


@uncounted
def _copy(payer, payee, time, numbers, kept, begin, payer_, payee_, time_, numbers_):
    for k in range(len(kept)):
        row = kept[k]
        payer_[begin + k] = payer[row]
        payee_[begin + k] = payee[row]
        time_[begin + k] = time[row]
        numbers_[begin + k] = numbers[row]


def _taken(payments: Payments, numbers: Ints, parts: list[Ints]) -> tuple[Payments, Ints]:
    """Return the payments of these rows with their numbers, copied slice by slice."""
    ends = np.cumsum([0, *map(len, parts)])
    columns = [np.empty(int(ends[-1]), np.int32) for _ in range(4)]
    own = payments.payer, payments.payee, payments.time, numbers

    def copy(part: int) -> None:
        _copy(*own, parts[part], np.int64(ends[part]), *columns)

    _side_by_side(copy, range(len(parts)))
    payer, payee, time, left = columns
    return Payments(payer, payee, time, payments.accounts), left


def trim(
    payments: Payments, delta: int, *, strict: bool, threads: int, coarse_from: int = _LARGE
) -> tuple[Payments, Ints]:
    """Return the payments that may lie in a loop of span at most `delta`, and their numbers.

    With `strict` false payments of one time support each other. From `coarse_from` payments on
    times are taken in 16 bits.
    """
    left = payments
    numbers = np.arange(len(payments.time), dtype=np.int32)
    for _ in range(_MAX_ROUNDS):
        if not len(left.time):
            break
        coarse = len(payments.time) >= coarse_from
        kept = _round(left, delta, grouped=not strict, threads=threads, coarse=coarse)
        share = sum(map(len, kept)) / len(left.time)
        left, numbers = _taken(left, numbers, kept)
        if share > _STILL:
            break
    return left, numbers
