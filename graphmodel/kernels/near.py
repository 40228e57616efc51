"""Payments between two ends at most k undirected ties apart.

A ball of ⌈k/2⌉ ties around the payer is met by one of ⌊k/2⌋ around the payee, so a ball of radius k
is never grown. Before that signatures of 64 bits for each ball (the union of one bit a member) show
most pairs to be apart: two balls that share a member share its bit, in every spread of the bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphmodel.kernels.jit import inlined, kernel, uncounted

if TYPE_CHECKING:
    from graphmodel.kernels.payments import Ints


_THREE = 3
_FACTORS = (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35)
"""Odd factors that spread the numbers of members over the bits, differently each time."""


@dataclass(frozen=True, slots=True)
class NearPayments:
    """Numbers of payments, rising, and how many ties lie between payer and payee."""

    payments: Ints
    ties: Ints


@kernel
def _neighbours(first, second, members):
    start = np.zeros(members + 1, np.int32)
    for k in range(len(first)):
        start[first[k] + 1] += 1
        start[second[k] + 1] += 1
    for v in range(members):
        start[v + 1] += start[v]
    fill = start[:-1].copy()
    rows = np.empty(2 * len(first), np.int32)
    for k in range(len(first)):
        rows[fill[first[k]]] = second[k]
        fill[first[k]] += 1
        rows[fill[second[k]]] = first[k]
        fill[second[k]] += 1
    return start, rows


@inlined
def _bit(member, factor):
    """Return the bit of a member in signatures of a factor."""
    return np.uint64(1) << np.uint64(((np.int64(member) * factor) & 0xFFFFFFFF) >> 26)


@kernel
def _own_bits(members, factor):
    bits = np.empty(members, np.uint64)
    for v in range(members):
        bits[v] = _bit(v, factor)
    return bits


@kernel
def _widened(start, rows, now):
    """Return the signatures of balls one tie wider."""
    wider = np.empty_like(now)
    for v in range(len(now)):
        bits = now[v]
        for k in range(start[v], start[v + 1]):
            bits |= now[rows[k]]
        wider[v] = bits
    return wider


@kernel
def _first(payer, payee, around_payer, around_payee):
    """Return the payments whose signatures share a bit."""
    kept = np.empty(len(payer), np.int32)
    fill = 0
    for e in range(len(payer)):
        a, b = payer[e], payee[e]
        kept[fill] = e
        fill += (around_payer[a] & around_payee[b]) != 0
    return kept[:fill]


@kernel
def _perhaps(payer, payee, candidates, around_payer, around_payee):
    """Keep the candidates whose signatures share a bit."""
    kept = np.empty(len(candidates), np.int32)
    fill = 0
    for k in range(len(candidates)):
        e = candidates[k]
        kept[fill] = e
        fill += (around_payer[payer[e]] & around_payee[payee[e]]) != 0
    return kept[:fill]


@kernel
def _by_account(account, candidates, members):
    """Counting sort: the candidates in order of their account, then of their own order."""
    place = np.zeros(members + 1, np.int32)
    for k in range(len(candidates)):
        place[account[candidates[k]] + 1] += 1
    for v in range(members):
        place[v + 1] += place[v]
    ordered = np.empty(len(candidates), np.int32)
    for k in range(len(candidates)):
        v = account[candidates[k]]
        ordered[place[v]] = candidates[k]
        place[v] += 1
    return ordered


@uncounted
def _ball(start, rows, centre, radius, stamp, mark, queue):
    """Stamp everything within `radius` ties with (mark, ties); return how many."""
    stamp[centre, 0] = mark
    stamp[centre, 1] = 0
    queue[0] = centre
    fill = 1
    read = 0
    while read < fill and stamp[queue[read], 1] < radius:
        x = queue[read]
        read += 1
        for k in range(start[x], start[x + 1]):
            y = rows[k]
            if stamp[y, 0] != mark:
                stamp[y, 0] = mark
                stamp[y, 1] = stamp[x, 1] + 1
                queue[fill] = y
                fill += 1
    return fill


@uncounted
def _are_tied(start, rows, a, b):
    """Tell whether there is a tie between two members, by the shorter of their lists."""
    if start[a + 1] - start[a] > start[b + 1] - start[b]:
        a, b = b, a
    for k in range(start[a], start[a + 1]):
        if rows[k] == b:
            return True
    return False


@uncounted
def _within_three(start, rows, signature, factor, a, b):
    """Return the ties between two members up to 3, else -1; no ball is grown.

    They are so near if somebody one tie or none from `a` and somebody one or none from `b` are one
    or tied; `signature` of radius 1 shows most to be neither.
    """
    if a == b:
        return 0
    best = 4
    for i in range(start[a] - 1, start[a + 1]):
        x, to_x = (a, 0) if i < start[a] else (rows[i], 1)
        if (signature[x] & signature[b]) == 0:
            continue
        own = _bit(x, factor)
        for j in range(start[b] - 1, start[b + 1]):
            y, to_y = (b, 0) if j < start[b] else (rows[j], 1)
            if x == y:
                best = min(best, to_x + to_y)
            elif (
                to_x + to_y + 1 < best
                and (signature[y] & own) != 0
                and (signature[x] & _bit(y, factor)) != 0
                and _are_tied(start, rows, x, y)
            ):
                best = to_x + to_y + 1
    return best if best < 4 else -1


@uncounted
def _meet_in_three(payer, payee, candidates, start, rows, signature, factor, apart):
    """Write for each candidate the ties between its ends up to 3, or -1."""
    for k in range(len(candidates)):
        e = candidates[k]
        apart[k] = _within_three(start, rows, signature, factor, payer[e], payee[e])


@uncounted
def _meet(payer, payee, candidates, start, rows, radii, stamps, queue, apart):
    """Write for each candidate, sorted by payer, the ties between its ends or -1."""
    around, other = stamps
    centre = -1
    for k in range(len(candidates)):
        e = candidates[k]
        if payer[e] != centre:
            centre = payer[e]
            _ball(start, rows, centre, radii[0], around, centre, queue)
        count = _ball(start, rows, payee[e], radii[1], other, k, queue)
        best = 2**30
        for q in range(count):
            y = queue[q]
            if around[y, 0] == centre:
                best = min(best, around[y, 1] + other[y, 1])
        apart[k] = best if best < 2**30 else -1


def payments_within_ties(
    ends: tuple[Ints, Ints], ties: tuple[Ints, Ints], members: int, most_ties: int
) -> NearPayments:
    """Return the payments whose ends are at most `most_ties` ties apart; one end pays itself at 0.

    `ends`: payer and payee of each payment; `ties`: both ends of each undirected tie; all numbers
    int32 below `members`.
    """
    payer, payee = (np.asarray(end, np.int32) for end in ends)
    start, rows = _neighbours(*(np.asarray(end, np.int32) for end in ties), members)
    radii = (most_ties + 1) // 2, most_ties // 2
    candidates: Ints | None = None
    for factor in _FACTORS:
        levels = [_own_bits(members, np.int64(factor))]
        for _ in range(radii[0]):
            levels.append(_widened(start, rows, levels[-1]))
        signatures = [levels[radius] for radius in radii]
        if candidates is None:
            candidates = _first(payer, payee, *signatures)
        else:
            candidates = _perhaps(payer, payee, candidates, *signatures)
        if radii[0] > radii[1]:  # a wide ball around a hub has all bits: the other way round, too
            candidates = _perhaps(payer, payee, candidates, *signatures[::-1])
    by_payer = _by_account(payer, candidates, members)
    apart = np.empty(len(by_payer), np.int32)
    if most_ties == _THREE:
        last = np.int64(_FACTORS[-1])
        _meet_in_three(payer, payee, by_payer, start, rows, signatures[1], last, apart)
    else:
        stamps = np.full((members, 2), -1, np.int32), np.full((members, 2), -1, np.int32)
        queue = np.empty(members, np.int32)
        _meet(payer, payee, by_payer, start, rows, radii, stamps, queue, apart)
    found = by_payer[apart >= 0]
    order = np.argsort(found)
    return NearPayments(found[order], apart[apart >= 0][order])
