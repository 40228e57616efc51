"""Compiles every kernel ahead, so that no later search waits for it.

Each door is walked through once with a few payments; numba compiles what is not in its cache and
keeps it there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphmodel.kernels.fans import fan_in, fan_out, scatter_gathers
from graphmodel.kernels.flows import PairLimits, pass_through_pairs
from graphmodel.kernels.interval_loops import find_interval_loops
from graphmodel.kernels.loops import LoopLimits, find_loops
from graphmodel.kernels.near import payments_within_ties
from graphmodel.kernels.payments import Payments
from graphmodel.kernels.reach import find_loops_of_any_length
from graphmodel.kernels.trim import trim
from graphmodel.kernels.window_index import WindowIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ACCOUNTS, _WINDOW = 3, 10


def doors() -> Mapping[str, Callable[[], object]]:
    """Return by name what compiles each kind of kernel; none has anything to find out."""
    ends = np.array([0, 1, 2, 0], np.int32), np.array([1, 2, 0, 2], np.int32)
    times = np.array([0, 1, 2, 3]), np.array([0, 1, 2, 9])
    amounts = np.array([400, 300, 200, 100])
    payments = Payments.of(*ends, times[0], _ACCOUNTS, longest_window=_WINDOW)
    limits = LoopLimits(_WINDOW, min_amount_ratio=0.1, max_loops=1)
    return {
        "loops": lambda: find_interval_loops(ends, times, _ACCOUNTS, limits, amounts),
        "loops_strict": lambda: find_loops(payments, limits, amounts),
        "trim": lambda: [
            trim(payments, _WINDOW, strict=strict, threads=1, coarse_from=0)
            for strict in (True, False)
        ],
        "loops_any_length": lambda: find_loops_of_any_length(payments, LoopLimits(_WINDOW)),
        "window_index": lambda: WindowIndex.of(payments, strict=True).find_loops(
            LoopLimits(_WINDOW)
        ),
        "pass_through": lambda: pass_through_pairs(payments, amounts, PairLimits(_WINDOW, 0.5, 2)),
        "fans": lambda: (
            fan_in(payments, _WINDOW, 1),
            fan_out(payments, _WINDOW, 1),
            scatter_gathers(payments, _WINDOW, 1),
        ),
        "ties": lambda: payments_within_ties(ends, ends, _ACCOUNTS, 3),
    }
