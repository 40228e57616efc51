"""Pairs, fans and near payments equal their definitions, written out."""

from __future__ import annotations

from itertools import product

import networkx as nx
import numpy as np

from graphmodel.kernels.fans import fan_in, fan_out, scatter_gathers
from graphmodel.kernels.flows import PairLimits, pass_through_pairs
from graphmodel.kernels.near import payments_within_ties
from graphmodel.kernels.payments import Payments


def random_payments(seed: int) -> tuple[Payments, list[tuple[int, int, int]]]:
    rng = np.random.default_rng(seed)
    accounts, count = int(rng.integers(3, 9)), int(rng.integers(1, 60))
    ends = rng.integers(0, accounts, (2, count))
    ends = ends[:, ends[0] != ends[1]]
    time = np.sort(rng.integers(0, 50, ends.shape[1]))
    payments = Payments.of(ends[0], ends[1], time, accounts, longest_window=100)
    return payments, list(zip(*ends.tolist(), time.tolist(), strict=True))


def test_all_pass_through_pairs_are_found() -> None:
    some = 0
    for seed in range(200):
        payments, rows = random_payments(seed)
        amounts = np.random.default_rng(seed).integers(1, 200, len(rows))
        for window in (0, 7, 60):
            found = pass_through_pairs(payments, amounts, PairLimits(window, 1.05, 4.0))
            expected = {
                (i, o)
                for (i, (a, m, t)), (o, (n, b, u)) in product(enumerate(rows), repeat=2)
                if m == n and i != o and a != b and 0 <= u - t <= window
                and 1.05 * amounts[o] <= amounts[i] <= 4.0 * amounts[o]
            }  # fmt: skip
            pairs = list(zip(found.incoming.tolist(), found.outgoing.tolist(), strict=True))
            assert set(pairs) == expected, (seed, window)
            assert len(pairs) == found.found == len(expected)
            some += len(pairs)
            few = pass_through_pairs(payments, amounts, PairLimits(window, 1.05, 4.0, max_pairs=2))
            assert (len(few), few.found) == (min(2, len(pairs)), len(pairs))
    assert some > 1000


def test_fans_equal_their_definition() -> None:
    some = 0
    for seed in range(200):
        payments, rows = random_payments(seed)
        for window, least in ((0, 2), (6, 3), (20, 4)):
            for fan, hub, other in ((fan_in, 1, 0), (fan_out, 0, 1)):
                expected = [
                    k
                    for k, row in enumerate(rows)
                    if len({r[other] for r in rows
                            if r[hub] == row[hub] and 0 <= row[2] - r[2] <= window}) >= least
                ]  # fmt: skip
                assert fan(payments, window, least).tolist() == expected, (seed, window)
                some += len(expected)
    assert some > 1000


def test_scatter_gathers_equal_their_definition() -> None:
    some = 0
    for seed in range(200):
        payments, rows = random_payments(seed)
        for window, least in ((5, 2), (20, 3)):
            middles: dict[tuple[int, int], set[int]] = {}
            for (a, m, t), (n, b, u) in product(rows, repeat=2):
                if m == n and a != b and 0 < u - t <= window:
                    middles.setdefault((a, b), set()).add(m)
            expected = sorted((*k, len(v)) for k, v in middles.items() if len(v) >= least)
            found = scatter_gathers(payments, window, least)
            columns = found.source.tolist(), found.target.tolist(), found.middles.tolist()
            assert list(zip(*columns, strict=True)) == expected, (seed, window)
            some += len(expected)
    assert some > 300


def test_near_payments_equal_shortest_paths() -> None:
    some = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        members = int(rng.integers(2, 40))
        ties = rng.integers(0, members, (2, int(rng.integers(0, 50))))
        ends = rng.integers(0, members, (2, 60))
        graph = nx.Graph(zip(*ties.tolist(), strict=True))
        graph.add_nodes_from(range(members))
        apart = dict(nx.all_pairs_shortest_path_length(graph))
        for most in (1, 2, 3, 4, 5):
            found = payments_within_ties((ends[0], ends[1]), (ties[0], ties[1]), members, most)
            expected = [
                (k, apart[a][b])
                for k, (a, b) in enumerate(zip(*ends.tolist(), strict=True))
                if apart[a].get(b, 99) <= most
            ]
            got = list(zip(found.payments.tolist(), found.ties.tolist(), strict=True))
            assert got == expected, (seed, most)
            some += len(got)
    assert some > 1000
