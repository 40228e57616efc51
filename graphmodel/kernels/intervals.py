"""Loops through payments whose time is an interval: a day, a month, not known.

Payments e1 … ek can be in order only if each `t1` is at or after the latest `t0` before it; a
loop counts if some payment of it can be the first of such a series, and if its least span
max(0, max t0 - min t1) is at most the window. Intervals that are cells of one grid (all days, say)
are ordered like instants and belong to `loops`; here loops are found that pass through one payment
of another width at least, each from the greatest numbered of those, so that it is met once.

The walk keeps, for every payment that might be the first, whether the series from it may still be
in order; a search from the other side tells which accounts can still lead back in time.
"""

from __future__ import annotations

import numpy as np

from graphmodel.kernels.jit import kernel


@kernel
def series_can_begin(earliest, latest, loop, first):
    """Tell whether the payments of a loop, read from place `first`, can be in order."""
    length = len(loop)
    bound = earliest[loop[first]]
    for q in range(1, length):
        e = loop[(first + q) % length]
        if latest[e] < bound:
            return False
        bound = max(bound, earliest[e])
    return True


@kernel
def _back_hops(root, end, lists, times, window, hops, stamp, mark, queue):
    """Write into `stamp` the hops from each account to `end`; return nothing beyond `hops`."""
    in_start, in_rows, payer = lists
    earliest, latest = times
    stamp[end, 0] = mark
    stamp[end, 1] = 0
    queue[0] = end
    read, fill = 0, 1
    while read < fill:
        x = queue[read]
        read += 1
        far = stamp[x, 1]
        if far == hops:
            return
        for r in range(in_start[x], in_start[x + 1]):
            e = in_rows[r]
            if earliest[e] - latest[root] > window:
                break
            if earliest[root] - latest[e] > window:
                continue
            y = payer[e]
            if stamp[y, 0] != mark:
                stamp[y, 0] = mark
                stamp[y, 1] = far + 1
                queue[fill] = y
                fill += 1


@kernel
def _may_follow(e, path, level, times, window):
    """Tell whether the span may stay within the window when `e` joins the path."""
    earliest, latest = times
    for q in range(level):
        if earliest[e] - latest[path[q]] > window or earliest[path[q]] - latest[e] > window:
            return False
    return True


@kernel
def _alive(path, level, times):
    """Tell whether a series may still be in order: begun at place b of the path, or later (b = 0).

    Read from place b, payments b … end come first and 0 … b - 1 close the loop.
    """
    earliest, latest = times
    for b in range(level):
        bound = earliest[path[b]]
        good = True
        for q in range(b + 1, level):
            if latest[path[q]] < bound:
                good = False
                break
            bound = max(bound, earliest[path[q]])
        if good and b:
            for q in range(b):
                if latest[path[q]] < bound:
                    good = False
                    break
                bound = max(bound, earliest[path[q]])
        if good:
            return True
    return False


@kernel
def _may_enter(e, root, path, level, columns, limits, reached):
    """Tell whether payment `e` may be the next of the path."""
    payer, payee, earliest, latest, marked = columns
    window, most = limits
    stamp, mark = reached
    if marked[e] and e >= root:
        return False
    y, end, left = payee[e], payer[root], most - level - 1
    if left <= most // 2 and y != end and (stamp[y, 0] != mark or stamp[y, 1] > left):
        return False
    times = (earliest, latest)
    if not _fresh(path, level, payer, y, end) or not _may_follow(e, path, level, times, window):
        return False
    path[level] = e
    return _alive(path, level + 1, times)


@kernel
def _walk(root, rows, columns, limits, reached, work, result):
    """Walk all paths from the payee of `root` back to its payer."""
    out_start, out_rows = rows
    payer, payee, earliest, latest, _ = columns
    window, most, max_steps, widest = limits
    path, cursor = work
    found, fill = result
    begin = earliest[root] - window - widest
    path[0] = root
    cursor[0] = _first_row(out_start, out_rows, earliest, payee[root], begin)
    level, steps = 1, 0
    while level > 0 and steps <= max_steps:
        x = payee[path[level - 1]]
        c = cursor[level - 1]
        if c >= out_start[x + 1] or earliest[out_rows[c]] - latest[root] > window:
            level -= 1
            continue
        cursor[level - 1] = c + 1
        steps += 1
        e = out_rows[c]
        if not _may_enter(e, root, path, level, columns, (window, most), reached):
            continue
        if payee[e] == payer[root]:
            if _closes(earliest, latest, path[: level + 1]):
                found, fill = _append(found, fill, path, level + 1)
        elif level + 1 < most:
            cursor[level] = _first_row(out_start, out_rows, earliest, payee[e], begin)
            level += 1
    return found, fill, steps


@kernel
def search_from(roots, lists, columns, limits, found):
    """Find the loops through each root whose other marked payments have lesser numbers.

    Args:
        roots: rising numbers of payments; `columns` holds a mark for each payment that is a root.
        lists: (out_start, out_rows, in_start, in_rows): payments of each account by `t0`.
        columns: (payer, payee, t0, t1, marked).
        limits: (window, K, most steps a root, widest interval).
        found: int32 buffer; a loop is its length and then its payments in order of payment.

    Returns:
        (found, fill, steps, roots cut short).
    """
    out_start, out_rows, in_start, in_rows = lists
    payer, _, earliest, latest, _ = columns
    window, most, max_steps, _ = limits
    accounts = len(out_start) - 1
    stamp = np.full((accounts, 2), -1, np.int32)
    queue = np.empty(accounts + 1, np.int32)
    work = (np.empty(most + 1, np.int32), np.empty(most + 1, np.int64))
    fill, all_steps, cut = 0, 0, 0
    for n in range(len(roots)):
        root = roots[n]
        _back_hops(
            root, payer[root], (in_start, in_rows, payer), (earliest, latest), window, most // 2,
            stamp, n, queue,
        )  # fmt: skip
        found, fill, steps = _walk(
            root, (out_start, out_rows), columns, limits, (stamp, n), work, (found, fill)
        )
        all_steps += steps
        cut += steps > max_steps
    return found, fill, all_steps, cut


@kernel
def _first_row(out_start, out_rows, earliest, account, time):
    """Return the first row of an account's list with t0 at or after `time`."""
    low, high = np.int64(out_start[account]), np.int64(out_start[account + 1])
    while low < high:
        middle = (low + high) >> 1
        if earliest[out_rows[middle]] < time:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _fresh(path, level, payer, account, end):
    """Tell whether an account is new on the path, or the one it may end at."""
    if account == end:
        return True
    for q in range(level):
        if payer[path[q]] == account:
            return False
    return True


@kernel
def _closes(earliest, latest, loop):
    for first in range(len(loop)):
        if series_can_begin(earliest, latest, loop, first):
            return True
    return False


@kernel
def _append(found, fill, path, length):
    if fill + length + 1 > len(found):
        more = np.empty(2 * len(found) + 64, np.int32)
        more[:fill] = found[:fill]
        found = more
    found[fill] = length
    for q in range(length):
        found[fill + 1 + q] = path[q]
    return found, fill + length + 1
