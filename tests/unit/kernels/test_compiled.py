"""Compiled kernels, on one thread and on two, give what the interpreter gives."""

from __future__ import annotations

import numpy as np
import pytest

from graphmodel.kernels.fans import fan_in, scatter_gathers
from graphmodel.kernels.flows import PairLimits, pass_through_pairs
from graphmodel.kernels.interval_loops import find_interval_loops
from graphmodel.kernels.jit import interpreted
from graphmodel.kernels.loops import LoopLimits, find_loops
from graphmodel.kernels.near import payments_within_ties
from graphmodel.kernels.payments import Payments
from graphmodel.kernels.reach import find_loops_of_any_length
from graphmodel.kernels.window_index import WindowIndex

COUNT, ACCOUNTS = 1200, 60


def some_payments(seed: int) -> Payments:
    """Return payments with many equal times."""
    rng = np.random.default_rng(seed)
    ends = rng.integers(0, ACCOUNTS, (2, COUNT)).astype(np.int32)
    ends = ends[:, ends[0] != ends[1]]
    time = np.sort(rng.integers(0, 400, ends.shape[1]))
    return Payments.of(ends[0], ends[1], time, ACCOUNTS, longest_window=1000)


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("strict", [True, False])
def test_loops(*, threads: int, strict: bool) -> None:
    some = 0
    for seed in range(3):
        payments = some_payments(seed)
        amounts = np.random.default_rng(seed).integers(1, 100, len(payments.time))
        for limits in (
            LoopLimits(40, strict=strict),
            LoopLimits(60, 5, strict=strict, min_amount_ratio=0.3, max_loops=50),
        ):
            with interpreted():
                expected = list(find_loops(payments, limits, amounts, threads=1))
            assert list(find_loops(payments, limits, amounts, threads=threads)) == expected
            index = WindowIndex.of(payments, strict=strict)
            assert list(index.find_loops(limits, amounts, threads=threads)) == expected
            some += len(expected)
        limits = LoopLimits(12, strict=strict)
        with interpreted():
            longer = list(find_loops_of_any_length(payments, limits, threads=1))
        assert list(find_loops_of_any_length(payments, limits, threads=threads)) == longer
    assert some > 50


@pytest.mark.slow
def test_intervals_pairs_fans_and_ties() -> None:
    payments = some_payments(7)
    rng = np.random.default_rng(7)
    amounts = np.asarray(rng.integers(1, 100, len(payments.time)))
    ends = (payments.payer, payments.payee)
    width = rng.choice(np.array([1, 1, 1, 1, 20]), len(payments.time))
    times = (payments.time // width * width, payments.time // width * width + width - 1)
    ties = rng.integers(0, ACCOUNTS, (2, 100))

    def answers() -> list[list[object]]:
        loops = find_interval_loops(ends, times, ACCOUNTS, LoopLimits(30, 4), amounts, threads=1)
        pairs = pass_through_pairs(payments, amounts, PairLimits(20, 1.0, 4.0))
        gathers = scatter_gathers(payments, 60, 2)
        near = payments_within_ties(ends, (ties[0], ties[1]), ACCOUNTS, 3)
        return [
            list(loops),
            pairs.incoming.tolist(),
            pairs.outgoing.tolist(),
            fan_in(payments, 40, 2).tolist(),
            gathers.target.tolist(),
            near.payments.tolist(),
        ]

    with interpreted():
        expected = answers()
    assert all(len(answer) > 3 for answer in expected)
    assert answers() == expected
