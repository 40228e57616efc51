"""Loops by half paths are the loops of a brute-force search."""

from __future__ import annotations

import numpy as np
import pytest

from graphmodel.kernels.interval_loops import find_interval_loops
from graphmodel.kernels.loops import LoopLimits, find_loops
from graphmodel.kernels.payments import Payments
from graphmodel.kernels.reach import find_loops_of_any_length
from graphmodel.kernels.window_index import WindowIndex
from tests.unit.kernels.brute_force import interval_loops, loops


def random_payments(seed: int) -> tuple[Payments, list[tuple[int, int, int, int]]]:
    """Return few accounts, many parallel payments and many equal times."""
    rng = np.random.default_rng(seed)
    accounts = int(rng.integers(2, 8))
    count = int(rng.integers(1, 22))
    ends = rng.integers(0, accounts, (2, count))
    kept = ends[0] != ends[1]
    time = np.sort(rng.integers(0, int(rng.integers(2, 40)), int(kept.sum())))
    payments = Payments.of(ends[0][kept], ends[1][kept], time, accounts, longest_window=1000)
    rows = list(zip(*ends[:, kept].tolist(), time.tolist(), time.tolist(), strict=True))
    return payments, rows


@pytest.mark.parametrize("strict", [True, False])
def test_loops_equal_brute_force(*, strict: bool) -> None:
    some = 0
    for seed in range(250):
        payments, rows = random_payments(seed)
        for most, window in ((6, 10), (2, 40), (3, 5), (5, 1)):
            limits = LoopLimits(window, most, strict=strict)
            found = list(find_loops(payments, limits, threads=1))
            expected = loops(rows, window, most, strict=strict)
            assert set(found) == expected, (seed, most, window)
            assert len(found) == len(expected), (seed, most, window)
            some += len(found)
    assert some > 1000


def test_loops_of_intervals_equal_brute_force() -> None:
    some = 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        accounts, count = int(rng.integers(2, 7)), int(rng.integers(1, 14))
        ends = rng.integers(0, accounts, (2, count)).astype(np.int32)
        ends = ends[:, ends[0] != ends[1]]
        count = ends.shape[1]
        start = rng.integers(0, 60, count)
        width = rng.choice(np.array([1, 1, 1, 10, 30, rng.integers(1, 40)]), count)
        on_grid = rng.random(count) < 0.8
        earliest = np.where(on_grid, start // width * width, start)
        latest = earliest + width - 1
        rows = list(zip(*ends.tolist(), earliest.tolist(), latest.tolist(), strict=True))
        amounts = np.asarray(rng.integers(1, 100, count))
        for most, window in ((6, 10), (4, 0), (3, 25)):
            limits = LoopLimits(window, most)
            times = (earliest, latest)
            found = list(find_interval_loops((ends[0], ends[1]), times, accounts, limits, amounts))
            assert set(found) == interval_loops(rows, window, most), (seed, most, window)
            assert len(found) == len(set(found)), (seed, most, window)
            some += len(found)
    assert some > 500


@pytest.mark.parametrize("strict", [True, False])
def test_loops_of_any_length_equal_brute_force(*, strict: bool) -> None:
    some = 0
    for seed in range(150):
        payments, rows = random_payments(seed)
        for window in (5, 40):
            limits = LoopLimits(window, strict=strict)
            found = list(find_loops_of_any_length(payments, limits, threads=1))
            assert len(found) == len(set(found)), (seed, window)
            assert set(found) == loops(rows, window, None, strict=strict), (seed, window)
            some += len(found)
    assert some > 500


@pytest.mark.parametrize("strict", [True, False])
def test_another_window_by_the_index_gives_the_same_loops(*, strict: bool) -> None:
    some = 0
    for seed in range(100):
        payments, _ = random_payments(seed)
        index = WindowIndex.of(payments, strict=strict)
        for window in (0, 3, 12, 40):
            limits = LoopLimits(window, strict=strict)
            found = list(index.find_loops(limits, threads=1))
            assert found == list(find_loops(payments, limits, threads=1)), (seed, window)
            some += len(found)
    assert some > 500


def test_a_ratio_prunes_inside_the_search_and_a_cap_keeps_the_greatest() -> None:
    ratio_dropped = capped_some = 0
    for seed in range(150):
        payments, rows = random_payments(seed)
        amounts = np.random.default_rng(seed).integers(50, 100, len(rows))
        whole = loops(rows, 40, 5, strict=False)
        even = {p for p in whole if min(amounts[list(p)]) >= 0.8 * max(amounts[list(p)])}
        limits = LoopLimits(40, 5, strict=False, min_amount_ratio=0.8)
        assert set(find_loops(payments, limits, amounts, threads=1)) == even
        ratio_dropped += len(whole) - len(even)
        capped = LoopLimits(40, 5, strict=False, max_loops=3)
        found = find_loops(payments, capped, amounts, threads=1)
        assert found.found == len(whole)
        assert len(found) == min(3, len(whole))
        kept = sorted((min(amounts[list(p)]) for p in found), reverse=True)
        best = sorted((min(amounts[list(p)]) for p in whole), reverse=True)
        assert kept == best[: len(kept)]
        capped_some += len(whole) > 3
    assert ratio_dropped > 100
    assert capped_some > 10
