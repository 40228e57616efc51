"""Temporal loops: the one door to trim, adjacency and the search of half paths.

Loops come as payment numbers in order of time, begun at the earliest payment (of one single time:
at the least number), so that no answer depends on threads or on the root a loop was found from.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from graphmodel.kernels.csr import Adjacency, adjacency
from graphmodel.kernels.half_paths import search
from graphmodel.kernels.jit import kernel
from graphmodel.kernels.trim import trim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphmodel.kernels.payments import Ints, Numbers, Payments

LONGEST = 15
"""Greatest number of payments in a loop of bounded length; `reach` has none."""
_HUB_ROWS = 16_384
"""A root with more payments in is searched in slices of so many."""
_ROOM = 1 << 17
"""Rows of the buffers of a thread at first; a task that needs more is begun again with twice."""


@dataclass(frozen=True, slots=True)
class Loops:
    """Loops as rows of one flat array.

    `payments[start[i] : start[i + 1]]` are the payment numbers of loop i. `found` is the number of
    loops before a cap; `cut_accounts` of how many accounts the search stopped at `max_steps`.
    """

    start: Ints
    payments: Ints
    found: int
    cut_accounts: int = 0
    steps: int = 0

    def __len__(self) -> int:
        """Return the number of loops kept."""
        return len(self.start) - 1

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        """Yield each loop as payment numbers in order of time."""
        flat, cuts = self.payments.tolist(), self.start.tolist()
        for begin, end in pairwise(cuts):
            yield tuple(flat[begin:end])


@dataclass(frozen=True, slots=True)
class LoopLimits:
    """What a loop may be and how far the search goes.

    `window`: greatest span in units of time; `max_length`: payments, 2 to 15; `strict`: times must
    rise; `min_amount_ratio`: least over greatest amount of a loop; `max_loops` kept, by least
    amount; `max_steps`: steps of the search from one account before it is cut short.
    """

    window: int
    max_length: int = 6
    strict: bool = True
    min_amount_ratio: float = 0.0
    max_loops: int | None = None
    max_steps: int = 50_000_000


def find_loops(
    payments: Payments, limits: LoopLimits, amounts: Numbers = None, *, threads: int = 2
) -> Loops:
    """Return the temporal loops of `payments`; `amounts` are numbers by payment, or None.

    Raises:
        ValueError: for a length outside 2 to 15, or a ratio or cap without amounts.
    """
    if not 2 <= limits.max_length <= LONGEST:
        reason = f"loops have 2 to {LONGEST} payments here, not {limits.max_length}"
        raise ValueError(reason)
    if amounts is None and (limits.min_amount_ratio > 0 or limits.max_loops is not None):
        reason = "a ratio or a cap needs amounts"
        raise ValueError(reason)
    weights = None if amounts is None else np.asarray(amounts, np.float64)
    left, numbers = trim(payments, limits.window, strict=limits.strict, threads=threads)
    graph = adjacency(left, numbers, strict=limits.strict, threads=threads)
    parts = _search_all(graph, limits, weights, threads, payments.time)
    return _collected(parts, limits, weights)


def _tasks(graph: Adjacency) -> Iterator[tuple[int, int, int, int]]:
    """Yield (highest root, lowest root, first in-row, end of in-rows); hubs come first, sliced."""
    top, size, count = len(graph.account) - 1, 1, 0
    while top >= 0:
        begin, end = int(graph.in_start[top]), int(graph.in_start[top + 1])
        if size == 1 and end - begin > _HUB_ROWS:
            for first in range(begin, end, _HUB_ROWS):
                yield top, top, first, min(first + _HUB_ROWS, end)
            top -= 1
            continue
        low = max(0, top - size + 1)
        yield top, low, -1, -1
        top, count = low - 1, count + 1
        if count % 64 == 0:
            size = min(size * 2, 4096)


def _buffers(room: int, *, weighs: bool) -> tuple[Ints, Ints, Ints]:
    """Return room for half paths, for least and greatest amount of each, and for loops."""
    halves, found = np.empty((room, 6), np.int32), np.empty(room, np.int32)
    return halves, np.empty((room if weighs else 0, 2)), found


def _search_all(
    graph: Adjacency, limits: LoopLimits, weights: Numbers, threads: int, time: Ints
) -> list[tuple[Ints, int, int]]:
    """Return (flat loops begun at their earliest payment, steps, cut accounts) of each thread."""
    tasks = _tasks(graph)
    lock = threading.Lock()
    ratio = limits.min_amount_ratio if weights is not None else 0.0
    amounts = np.empty(0) if weights is None or ratio == 0 else weights
    bounds = (
        np.int32(limits.window),
        np.int32(1 if limits.strict else 0),
        limits.max_length,
        np.int64(limits.max_steps),
        float(ratio),
    )
    rows = (graph.out_start, graph.in_start, graph.out, graph.in_)

    def work(_: int) -> tuple[Ints, int, int]:
        head = np.full((len(graph.account), 2), -1, np.int32)
        room = _ROOM
        halves, spread, found = _buffers(room, weighs=ratio > 0)
        walk, span = np.empty((LONGEST + 1, 8), np.int32), np.empty((LONGEST + 1, 2))
        mark = steps = cut = 0
        parts: list[Ints] = []
        while True:
            with lock:
                task = next(tasks, None)
            if task is None:
                flat = np.concatenate(parts) if parts else np.empty(0, np.int32)
                _rotate(flat, record_starts(flat), time)
                return flat, steps, cut
            fill = -1
            while fill < 0:
                buffers = (head, halves, spread, found, walk, span)
                fill, more, stopped = search(
                    rows, (*task, np.int32(mark)), bounds, amounts, buffers
                )
                mark += task[0] - task[1] + 1
                if fill < 0:
                    room *= 2
                    halves, spread, found = _buffers(room, weighs=ratio > 0)
            steps, cut = steps + more, cut + stopped
            if fill:
                parts.append(found[:fill].copy())

    if threads == 1:
        return [work(0)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(threads)))


@kernel
def record_starts(flat):
    """Return where each length-prefixed record begins, and the end."""
    count = 0
    i = 0
    while i < len(flat):
        count += 1
        i += flat[i] + 1
    begin = np.empty(count + 1, np.int64)
    begin[count] = len(flat)
    i = 0
    for c in range(count):
        begin[c] = i
        i += flat[i] + 1
    return begin


@kernel
def _rotate(flat, begin, time):
    """Turn each record in place so that it begins at its earliest payment."""
    turned = np.empty(64, np.int32)
    for c in range(len(begin) - 1):
        first = begin[c] + 1
        length = begin[c + 1] - first
        best = 0
        for q in range(length):
            before = time[flat[first + (q - 1 + length) % length]]
            here = time[flat[first + q]]
            if before > here:
                best = q
                break
            if flat[first + q] < flat[first + best]:
                best = q
        for q in range(length):
            turned[q] = flat[first + (best + q) % length]
        for q in range(length):
            flat[first + q] = turned[q]


@kernel
def _least(flat, begin, amounts):
    """Return the least amount of each record."""
    least = np.empty(len(begin) - 1, np.float64)
    for c in range(len(least)):
        value = np.inf
        for q in range(begin[c] + 1, begin[c + 1]):
            value = min(value, amounts[flat[q]])
        least[c] = value
    return least


@kernel
def even(flat, amounts, ratio):
    """Keep the records whose least amount is at least `ratio` of the greatest."""
    kept = np.empty_like(flat)
    fill, i = 0, 0
    while i < len(flat):
        end = i + flat[i] + 1
        least, greatest = np.inf, -np.inf
        for q in range(i + 1, end):
            least = min(least, amounts[flat[q]])
            greatest = max(greatest, amounts[flat[q]])
        if least >= ratio * greatest:
            for q in range(i, end):
                kept[fill] = flat[q]
                fill += 1
        i = end
    return kept[:fill]


@kernel
def _gather(flat, begin, order):
    """Return the records in the given order without their lengths."""
    start = np.zeros(len(order) + 1, np.int64)
    for c in range(len(order)):
        start[c + 1] = start[c] + begin[order[c] + 1] - begin[order[c]] - 1
    payments = np.empty(start[len(order)], np.int32)
    for c in range(len(order)):
        source = begin[order[c]] + 1
        for q in range(start[c + 1] - start[c]):
            payments[start[c] + q] = flat[source + q]
    return start, payments


def _collected(parts: list[tuple[Ints, int, int]], limits: LoopLimits, weights: Numbers) -> Loops:
    flat = np.concatenate([part[0] for part in parts])
    cut, steps = sum(part[2] for part in parts), sum(part[1] for part in parts)
    return capped(flat, limits, weights, cut, steps)


def _in_order(flat: Ints, begin: Ints) -> Ints:
    """Return the numbers of the records in rising order of their payments.

    The first two payments, as one number, decide most; only records equal in both are compared.
    """
    first = begin[:-1] + 1
    key = flat[first].astype(np.int64) << 32 | flat[first + 1]
    order = np.argsort(key)
    ranked = key[order]
    tied = np.zeros(len(order) + 1, bool)
    tied[1:-1] = ranked[1:] == ranked[:-1]
    open_ = np.flatnonzero(tied[1:] | tied[:-1])
    if not len(open_):
        return order
    rows = order[open_]
    lengths = begin[rows + 1] - begin[rows] - 1
    rest = np.full((len(rows), int(lengths.max()) + 1), -1, np.int64)
    rest[:, 0] = key[rows]
    for place in range(2, rest.shape[1] - 1):
        has = lengths > place
        rest[has, place] = flat[begin[rows[has]] + 1 + place]
    order[open_] = rows[np.lexsort(rest.T[::-1])]
    return order


def capped(flat: Ints, limits: LoopLimits, weights: Numbers, cut: int, steps: int) -> Loops:
    """Return length-prefixed loops in order of their payments; a cap keeps the greatest amounts."""
    begin = record_starts(flat)
    count = len(begin) - 1
    order = _in_order(flat, begin)
    if limits.max_loops is not None and count > limits.max_loops:
        least = _least(flat, begin, weights)[order]
        kept = np.sort(np.argsort(-least, kind="stable")[: limits.max_loops])
        order = order[kept]
    start, numbers = _gather(flat, begin, order)
    return Loops(start, numbers, count, cut, steps)
