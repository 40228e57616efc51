"""Temporal loops of any length, by reachability from two sides.

For each payment u → v at t taken as the first of a loop: earliest arrivals forward from v and
latest departures backward from u, both within [t, t + δ], a step of each in turn; where one side
dies there is no loop. The walk from v enters an account only if its latest departure lies ahead, so
that few steps lead nowhere. With `gap` 0 payments of one time may follow each other; a loop of one
single time is then read from its least number only.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from graphmodel.kernels.csr import adjacency
from graphmodel.kernels.jit import uncounted
from graphmodel.kernels.loops import LoopLimits, Loops, capped, even
from graphmodel.kernels.trim import trim

if TYPE_CHECKING:
    from graphmodel.kernels.csr import Adjacency
    from graphmodel.kernels.payments import Ints, Numbers, Payments

# columns of what a side knows of an account; ROW is where its list is read on
MARK, TIME, ROW, QUEUED = range(4)
_ROOM = 1 << 16
"""Numbers that fit the buffer of a thread at first."""


@uncounted
def _enqueue(state, queue, ends, account, time, row, mark):
    """Give an account a better time and queue it; `ends` are head and tail of the ring."""
    state[account, MARK] = mark
    state[account, TIME] = time
    state[account, ROW] = row
    if state[account, QUEUED] != mark:
        state[account, QUEUED] = mark
        queue[ends[1]] = account
        ends[1] = ends[1] + 1 if ends[1] + 1 < len(queue) else 0


@uncounted
def _arrive(state, queue, ends, start, out, first, latest, mark):
    """Take one account and pass its arrival on."""
    x = queue[ends[0]]
    ends[0] = ends[0] + 1 if ends[0] + 1 < len(queue) else 0
    state[x, QUEUED] = -1
    c, stop = state[x, ROW], start[x + 1]
    while c < stop and out[c, 1] <= latest:
        y, t = out[c, 0], out[c, 1]
        if state[y, MARK] != mark or t < state[y, TIME]:
            if y == first:
                state[y, MARK] = mark
                state[y, TIME] = -1
            else:
                _enqueue(state, queue, ends, y, t, out[c, 2], mark)
        c += 1


@uncounted
def _depart(state, queue, ends, start, in_, root, earliest, mark):
    """Take one account and pass its latest departure back."""
    x = queue[ends[0]]
    ends[0] = ends[0] + 1 if ends[0] + 1 < len(queue) else 0
    state[x, QUEUED] = -1
    c, stop = state[x, ROW] - 1, start[x]
    while c >= stop and in_[c, 1] >= earliest:
        y, t = in_[c, 0], in_[c, 1]
        if y != root and (state[y, MARK] != mark or t > state[y, TIME]):
            _enqueue(state, queue, ends, y, t, in_[c, 2], mark)
        c -= 1


@uncounted
def _departures(u, r, stop, graph, bounds, sides, mark):
    """Complete the latest departures for the payment of out-row `r`; tell if a loop is possible.

    `stop` is the end of the in-rows of `u` within the window.
    """
    out_start, in_start, out, in_ = graph
    forward, forward_queue, forward_ends, back, back_queue, back_ends = sides
    delta, gap = bounds
    v, t = out[r, 0], out[r, 1]
    if out[r, 2] == out_start[v + 1] or out[out[r, 2], 1] > t + delta:
        return False
    if stop == in_start[u] or in_[stop - 1, 1] < t + gap:
        return False
    forward_ends[0] = forward_ends[1] = 0
    back_ends[0] = back_ends[1] = 0
    _enqueue(forward, forward_queue, forward_ends, v, t, out[r, 2], mark)
    _enqueue(back, back_queue, back_ends, u, t + delta + gap, stop, mark)
    while forward_ends[0] != forward_ends[1] and back_ends[0] != back_ends[1]:
        _arrive(forward, forward_queue, forward_ends, out_start, out, u, t + delta, mark)
        _depart(back, back_queue, back_ends, in_start, in_, u, t + gap, mark)
    if forward_ends[0] == forward_ends[1] and forward[u, MARK] != mark:
        return False
    while back_ends[0] != back_ends[1]:
        _depart(back, back_queue, back_ends, in_start, in_, u, t + gap, mark)
    return back[v, MARK] == mark and back[v, TIME] >= t + gap


@uncounted
def _walk(u, r, graph, bounds, back, mark, work, fill):
    """Walk on from the payment of out-row `r` along departures that lie ahead.

    Return the fill of found (-1: no room left) and the steps.
    """
    out_start, out = graph
    delta, gap, max_steps = bounds
    path, cursor, at, onpath, found = work
    v, t = out[r, 0], out[r, 1]
    path[0] = out[r, 3]
    onpath[v] = mark
    at[0] = v
    cursor[0] = out[r, 2]
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
                fill = _append(found, fill, path, level + 1)
                if fill < 0:
                    _leave(onpath, at, level)
                    return fill, steps
        elif back[y, MARK] == mark and back[y, TIME] >= time + gap and onpath[y] != mark:
            onpath[y] = mark
            at[level] = y
            cursor[level] = out[c, 2]
            level += 1
    return fill, steps


@uncounted
def _leave(onpath, at, level):
    for q in range(level):
        onpath[at[q]] = -1


@uncounted
def _is_least(path, length):
    for q in range(1, length):
        if path[q] < path[0]:
            return False
    return True


@uncounted
def _append(found, fill, path, length):
    if fill + length + 1 > len(found):
        return -1
    found[fill] = length
    for q in range(length):
        found[fill + 1 + q] = path[q]
    return fill + length + 1


@uncounted
def _search(graph, part, place, limits, sides, work):
    """Find the loops begun by every `part[1]`-th payment from `part[0]` on, from `place` on.

    Return the fill of found, steps, first payments cut short, and the place to go on from: where
    found was full, or beyond the last account.
    """
    out_start, in_start, out, in_ = graph
    delta, gap, max_steps = limits
    fill, all_steps, cut = 0, 0, 0
    accounts = len(out_start) - 1
    for u in range(place[0], accounts):
        begin = max(out_start[u], place[1])
        begin += (part[0] - begin) % part[1]
        stop = in_start[u]
        for r in range(begin, out_start[u + 1], part[1]):
            latest = out[r, 1] + delta
            while stop < in_start[u + 1] and in_[stop, 1] <= latest:
                stop += 1
            if not _departures(u, r, stop, graph, (delta, gap), sides, r):
                continue
            reached, steps = _walk(
                u, r, (out_start, out), (delta, gap, max_steps), sides[3], r, work, fill
            )
            if reached < 0:
                return fill, all_steps, cut, u, r
            fill = reached
            all_steps += steps
            cut += steps > max_steps
    return fill, all_steps, cut, accounts, 0


def _searched(
    graph: Adjacency, part: tuple[int, int], bounds: tuple[Any, Any, Any]
) -> tuple[Ints, int, int]:
    """Return (flat loops, steps, first payments cut short) of one thread."""
    accounts = len(graph.account)
    sides: tuple[Ints, ...] = ()
    for _ in range(2):
        state = np.full((accounts, 4), -1, np.int32)
        sides += (state, np.empty(accounts + 2, np.int32), np.zeros(2, np.int64))
    path, at = np.empty(accounts + 2, np.int32), np.empty(accounts + 2, np.int32)
    cursor, onpath = np.empty(accounts + 2, np.int64), np.full(accounts, -1, np.int32)
    found = np.empty(_ROOM, np.int32)
    rows = (graph.out_start, graph.in_start, graph.out, graph.in_)
    parts, place, steps, cut = [], (0, 0), 0, 0
    while place[0] < accounts:
        work = (path, cursor, at, onpath, found)
        fill, more, stopped, *reached = _search(rows, part, place, bounds, sides, work)
        parts.append(found[:fill].copy())
        place, steps, cut = (reached[0], reached[1]), steps + more, cut + stopped
        found = np.empty(2 * len(found), np.int32)
        for side in (sides[0], sides[3]):
            side[:, MARK] = side[:, QUEUED] = -1  # the payment that had no room is begun again
    return np.concatenate(parts) if parts else np.empty(0, np.int32), steps, cut


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
    bounds = (
        np.int64(limits.window),
        np.int64(1 if limits.strict else 0),
        np.int64(limits.max_steps),
    )

    def part(index: int) -> tuple[Ints, int, int]:
        return _searched(graph, (index, threads), bounds)

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
