"""Temporal loops of any length, by reachability from two sides.

For each payment u → v at t taken as the first of a loop: earliest arrivals forward from v and
latest departures backward from u, both within [t, t + δ], a step of each in turn; where one side
dies there is no loop. The walk from v enters an account only if its latest departure lies ahead, so
that few steps lead nowhere. With `gap` 0 payments of one time may follow each other; a loop of one
single time is then read from its least number only.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from graphmodel.kernels.csr import adjacency
from graphmodel.kernels.jit import kernel
from graphmodel.kernels.loops import LoopLimits, Loops, capped, even
from graphmodel.kernels.trim import trim

if TYPE_CHECKING:
    from graphmodel.kernels.payments import Ints, Numbers, Payments

_MARK, _TIME, _QUEUED = range(3)


@kernel
def _enqueue(state, queue, ends, account, time, mark):
    """Give an account a better time and queue it; `ends` are head and tail of the ring."""
    state[account, 0] = mark
    state[account, 1] = time
    if state[account, 2] != mark:
        state[account, 2] = mark
        queue[ends[1] % len(queue)] = account
        ends[1] += 1


@kernel
def _arrive(state, queue, ends, rows, first, bounds, mark):
    """Take one account and pass its arrival on; tell whether the side still lives."""
    start, out = rows
    latest, gap = bounds
    x = queue[ends[0] % len(queue)]
    ends[0] += 1
    state[x, 2] = -1
    c = _row_from(start, out, x, state[x, 1] + gap)
    while c < start[x + 1] and out[c, 1] <= latest:
        y, t = out[c, 0], out[c, 1]
        if y != first and (state[y, 0] != mark or t < state[y, 1]):
            _enqueue(state, queue, ends, y, t, mark)
        elif y == first:
            state[y, 0] = mark
            state[y, 1] = 0
        c += 1
    return ends[0] < ends[1]


@kernel
def _depart(state, queue, ends, rows, root, bounds, mark):
    """Take one account and pass its latest departure back; tell whether the side still lives."""
    start, in_ = rows
    earliest, gap, latest = bounds
    x = queue[ends[0] % len(queue)]
    ends[0] += 1
    state[x, 2] = -1
    limit = latest if x == root else state[x, 1] - gap
    c = _row_from(start, in_, x, limit + 1) - 1
    while c >= start[x] and in_[c, 1] >= earliest:
        y, t = in_[c, 0], in_[c, 1]
        if y != root and (state[y, 0] != mark or t > state[y, 1]):
            _enqueue(state, queue, ends, y, t, mark)
        c -= 1
    return ends[0] < ends[1]


@kernel
def _row_from(start, rows, account, time):
    """Return the first row of an account's list at or after `time`."""
    low, high = np.int64(start[account]), np.int64(start[account + 1])
    while low < high:
        middle = (low + high) >> 1
        if rows[middle, 1] < time:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _departures(first, graph, bounds, arrivals, departures, mark):
    """Complete the latest departures for a first payment; tell whether a loop is possible."""
    out_start, in_start, out, in_ = graph
    u, v, t = first
    delta, gap = bounds
    forward, forward_queue, forward_ends = arrivals
    back, back_queue, back_ends = departures
    forward_ends[:] = 0
    back_ends[:] = 0
    _enqueue(forward, forward_queue, forward_ends, v, t, mark)
    _enqueue(back, back_queue, back_ends, u, t + delta, mark)
    going, coming = True, True
    while going and coming:
        going = _arrive(
            forward, forward_queue, forward_ends, (out_start, out), u, (t + delta, gap), mark
        )
        coming = _depart(
            back, back_queue, back_ends, (in_start, in_), u, (t + gap, gap, t + delta), mark
        )
    if not going and forward[u, 0] != mark:
        return False
    while coming:
        coming = _depart(
            back, back_queue, back_ends, (in_start, in_), u, (t + gap, gap, t + delta), mark
        )
    return back[v, 0] == mark and back[v, 1] >= t + gap


@kernel
def _walk(first, number, graph, bounds, back, mark, work, result):
    """Walk from the payee of the first payment along departures that lie ahead."""
    out_start, out = graph
    u, v, t = first
    delta, gap, max_steps = bounds
    path, cursor, onpath = work
    found, fill = result
    path[0] = number
    onpath[v] = mark
    at = np.empty(len(path), np.int32)
    at[0] = v
    cursor[0] = _row_from(out_start, out, v, t + gap)
    level, steps = 1, 0
    while level > 0:
        x = at[level - 1]
        c = cursor[level - 1]
        if c >= out_start[x + 1] or out[c, 1] > t + delta or steps > max_steps:
            onpath[x] = -1
            level -= 1
            continue
        cursor[level - 1] = c + 1
        steps += 1
        y, time = out[c, 0], out[c, 1]
        path[level] = out[c, 3]
        if y == u:
            if time > t or _is_least(path, level + 1):
                found, fill = _append(found, fill, path, level + 1)
        elif back[y, 0] == mark and back[y, 1] >= time + gap and onpath[y] != mark:
            onpath[y] = mark
            at[level] = y
            cursor[level] = _row_from(out_start, out, y, time + gap)
            level += 1
    return found, fill, steps


@kernel
def _is_least(path, length):
    for q in range(1, length):
        if path[q] < path[0]:
            return False
    return True


@kernel
def _append(found, fill, path, length):
    if fill + length + 1 > len(found):
        more = np.empty(2 * len(found) + length + 64, np.int32)
        more[:fill] = found[:fill]
        found = more
    found[fill] = length
    for q in range(length):
        found[fill + 1 + q] = path[q]
    return found, fill + length + 1


@kernel
def _search(graph, part, limits):
    """Find the loops begun by every `part[1]`-th payment from `part[0]` on."""
    out_start, _, out, _ = graph
    delta, gap, max_steps = limits
    accounts = len(out_start) - 1
    arrivals = (
        np.full((accounts, 3), -1, np.int32),
        np.empty(accounts + 1, np.int32),
        np.zeros(2, np.int64),
    )
    departures = (
        np.full((accounts, 3), -1, np.int32),
        np.empty(accounts + 1, np.int32),
        np.zeros(2, np.int64),
    )
    path = np.empty(accounts + 2, np.int32)
    cursor = np.empty(accounts + 2, np.int64)
    onpath = np.full(accounts, -1, np.int32)
    found = np.empty(4096, np.int32)
    fill, all_steps, cut, mark = 0, 0, 0, 0
    for u in range(accounts):
        for r in range(out_start[u], out_start[u + 1]):
            if r % part[1] != part[0]:
                continue
            mark += 1
            first = (np.int64(u), np.int64(out[r, 0]), np.int64(out[r, 1]))
            if not _departures(first, graph, (delta, gap), arrivals, departures, mark):
                continue
            found, fill, steps = _walk(
                first, out[r, 3], (out_start, out), (delta, gap, max_steps), departures[0], mark,
                (path, cursor, onpath), (found, fill),
            )  # fmt: skip
            all_steps += steps
            cut += steps > max_steps
    return found[:fill], all_steps, cut


def find_loops_of_any_length(
    payments: Payments, limits: LoopLimits, amounts: Numbers = None, *, threads: int = 2
) -> Loops:
    """Return the temporal loops of `payments` without a bound on their length.

    `limits.max_length` is not used; `cut_accounts` counts first payments whose walk was cut short.

    Raises:
        ValueError: for a cap or ratio, which this search does not take, without amounts.
    """
    if amounts is None and (limits.min_amount_ratio > 0 or limits.max_loops is not None):
        reason = "a ratio or a cap needs amounts"
        raise ValueError(reason)
    left, numbers = trim(payments, limits.window, strict=limits.strict, threads=threads)
    graph = adjacency(left, numbers, strict=limits.strict, threads=threads)
    rows = (graph.out_start, graph.in_start, graph.out, graph.in_)
    bounds = (
        np.int64(limits.window),
        np.int64(1 if limits.strict else 0),
        np.int64(limits.max_steps),
    )

    def part(index: int) -> tuple[Ints, int, int]:
        return _search(rows, (index, threads), bounds)  # type: ignore[no-any-return] # a kernel

    if threads == 1:
        parts = [part(0)]
    else:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(part, range(threads)))
    flat = np.concatenate([found for found, _, _ in parts])
    weights = None if amounts is None else np.asarray(amounts, np.float64)
    if limits.min_amount_ratio > 0:
        flat = even(flat, weights, limits.min_amount_ratio)
    return capped(flat, limits, weights, sum(p[2] for p in parts), sum(p[1] for p in parts))
