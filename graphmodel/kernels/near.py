"""Payments between two ends at most k undirected ties apart.

A ball of ⌈k/2⌉ ties around the payer is met by one of ⌊k/2⌋ around the payee, so a ball of radius k
is never grown. Before that a signature of 64 bits for each ball (the union of one bit a member)
shows most pairs to be apart: two balls that share a member share its bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphmodel.kernels.jit import inlined, kernel

if TYPE_CHECKING:
    from graphmodel.kernels.payments import Ints


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


@kernel
def _signatures(start, rows, radius):
    members = len(start) - 1
    now = np.empty(members, np.uint64)
    for v in range(members):
        mixed = (np.int64(v) * 0x9E3779B1) & 0xFFFFFFFF
        now[v] = np.uint64(1) << np.uint64(mixed >> 26)
    for _ in range(radius):
        wider = now.copy()
        for v in range(members):
            bits = wider[v]
            for k in range(start[v], start[v + 1]):
                bits |= now[rows[k]]
            wider[v] = bits
        now = wider
    return now


@kernel
def _perhaps(payer, payee, around_payer, around_payee):
    kept = np.empty(len(payer), np.int32)
    fill = 0
    for k in range(len(payer)):
        kept[fill] = k
        fill += (around_payer[payer[k]] & around_payee[payee[k]]) != 0
    return kept[:fill]


@inlined
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


@kernel
def _meet(ends, candidates, ties, radii):
    """Return for each candidate, sorted by payer, the ties between its ends or -1."""
    payer, payee = ends
    start, rows = ties
    members = len(start) - 1
    around = np.full((members, 2), -1, np.int32)
    other = np.full((members, 2), -1, np.int32)
    queue = np.empty(members, np.int32)
    apart = np.full(len(candidates), -1, np.int32)
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
        if best < 2**30:
            apart[k] = best
    return apart


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
    signatures = [_signatures(start, rows, radius) for radius in radii]
    candidates = _perhaps(payer, payee, *signatures)
    by_payer = candidates[np.argsort(payer[candidates], kind="stable")]
    apart = _meet((payer, payee), by_payer, (start, rows), radii)
    found = by_payer[apart >= 0]
    order = np.argsort(found)
    return NearPayments(found[order], apart[apart >= 0][order])
