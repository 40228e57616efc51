"""Brute-force answers for small graphs, written from the definitions alone."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Payment = tuple[int, int, int, int]
"""Payer, payee, earliest and latest time."""


def closed_walks(payments: Sequence[Payment], most: int | None) -> Iterator[tuple[int, ...]]:
    """Yield every simple loop of payments once for each payment it may be read from."""

    def walk(path: tuple[int, ...], accounts: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        for number, (payer, payee, _, _) in enumerate(payments):
            if payer != accounts[-1] or number in path:
                continue
            if payee == accounts[0]:
                yield (*path, number)
            elif payee not in accounts and (most is None or len(path) + 1 < most):
                yield from walk((*path, number), (*accounts, payee))

    for number, (payer, payee, _, _) in enumerate(payments):
        if payer != payee:
            yield from walk((number,), (payer, payee))


def loops(
    payments: Sequence[Payment], window: int, most: int | None, *, strict: bool
) -> set[tuple[int, ...]]:
    """Return the loops of instants; those of one single time begin at their least number."""
    found = set()
    for path in closed_walks(payments, most):
        times = [payments[number][2] for number in path]
        rising = all(a < b if strict else a <= b for a, b in pairwise(times))
        if not rising or times[-1] - times[0] > window:
            continue
        if times[0] == times[-1] and path[0] != min(path):
            continue
        found.add(path)
    return found


def interval_loops(payments: Sequence[Payment], window: int, most: int) -> set[tuple[int, ...]]:
    """Return the loops that can be in order, begun at the earliest payment that can be first."""
    best: dict[frozenset[int], tuple[int, ...]] = {}

    def earlier(path: tuple[int, ...]) -> tuple[int, int, int]:
        return (payments[path[0]][2], payments[path[0]][3], path[0])

    for path in closed_walks(payments, most):
        series = [payments[number][2:] for number in path]
        if any(t1 < max(t0 for t0, _ in series[:i]) for i, (_, t1) in enumerate(series) if i):
            continue
        if max(t0 for t0, _ in series) - min(t1 for _, t1 in series) > window:
            continue
        known = best.get(frozenset(path))
        if known is None or earlier(path) < earlier(known):
            best[frozenset(path)] = path
    return set(best.values())
