"""Many payments between few accounts: the search stops where it was told to, and says so."""

from __future__ import annotations

import numpy as np
import pytest

from graphmodel.kernels.jit import interpreted
from graphmodel.kernels.loops import LoopLimits, find_loops
from graphmodel.kernels.payments import Payments

MAX_STEPS = 500


@pytest.mark.parametrize("accounts", [3, 5])
def test_a_burst_is_cut_short_and_counted(accounts: int) -> None:
    rng = np.random.default_rng(1)
    payer = rng.integers(0, accounts, 120)
    payee = (payer + rng.integers(1, accounts, 120)) % accounts
    time = np.sort(rng.integers(0, 1_000, 120))
    payments = Payments.of(payer, payee, time, accounts, longest_window=1_000)
    with interpreted():
        found = find_loops(payments, LoopLimits(1_000, max_steps=MAX_STEPS), threads=1)
    assert found.cut_accounts > 0
    # one more path and its meetings may pass the limit, never a whole search of one payment
    assert found.steps < accounts * 4 * MAX_STEPS
    for loop in found:
        following = (*loop[1:], loop[0])
        assert all(payee[a] == payer[b] for a, b in zip(loop, following, strict=True))
