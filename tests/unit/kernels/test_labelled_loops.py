"""Loops of two public sets: a graph of eleven payments, and AMLSim's labelled circles."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphmodel.kernels.interval_loops import find_interval_loops
from graphmodel.kernels.jit import interpreted
from graphmodel.kernels.loops import LoopLimits, find_loops
from graphmodel.kernels.payments import Payments

if TYPE_CHECKING:
    from pathlib import Path

HOUR_S = 3_600
DAYS = 20
"""The labelled circles span 3 to 19 days."""

Row = tuple[int, int, int, int]


@pytest.mark.parametrize("strict", [True, False])
def test_micro_graph_has_one_loop_in_time_order_of_each_length(
    shared: Path, *, strict: bool
) -> None:
    text = (shared / "data" / "temporal_cycle_micro" / "sample.txt").read_text(encoding="ascii")
    rows = np.array([line.split() for line in text.splitlines()], np.int64)
    payer, payee, time = rows.T
    accounts = int(rows[:, :2].max()) + 1
    payments = Payments.of(payer, payee, time, accounts, longest_window=HOUR_S)
    with interpreted():
        found = list(find_loops(payments, LoopLimits(HOUR_S, strict=strict), threads=1))
    # the 4: 2 and 5: 1 of the set's own table ignore the order of time
    assert Counter(map(len, found)) == {2: 1, 3: 1, 4: 1}


def amlsim_rows(shared: Path, name: str) -> list[tuple[dict[str, str], Row]]:
    """Return each row of a table with its payer, payee, day and number."""
    path = shared / "data" / "amlsim_10k_ordered" / name
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return [
            (
                row,
                (
                    int(row["orig_acct"]),
                    int(row["bene_acct"]),
                    date.fromisoformat(row["tran_timestamp"][:10]).toordinal(),
                    int(row["tran_id"]),
                ),
            )
            for row in csv.DictReader(lines)
        ]


def circles(shared: Path) -> list[list[Row]]:
    """Return the labelled circles that close, each in the order of its payments."""
    labelled: dict[str, list[Row]] = defaultdict(list)
    for row, payment in amlsim_rows(shared, "alert_transactions.csv.gz"):
        if row["alert_type"] == "cycle":
            labelled[row["alert_id"]].append(payment)
    assert len(labelled) == 40
    found = []
    for payments in labelled.values():
        following = {payment[0]: payment for payment in payments}
        if following.keys() == {payment[1] for payment in payments}:
            circle = [payments[0]]
            while len(circle) < len(payments):
                circle.append(following[circle[-1][1]])
            found.append(circle)
    return found


def in_order(circle: list[Row], least: int) -> bool:
    """Tell whether days rise by `least` at least from some payment of the circle on."""
    turned = [circle[first:] + circle[:first] for first in range(len(circle))]
    return any(all(b[2] - a[2] >= least for a, b in pairwise(turn)) for turn in turned)


@pytest.mark.slow
def test_every_labelled_circle_that_has_an_order_is_found(shared: Path) -> None:
    wanted = {
        least: {frozenset(p[3] for p in c) for c in circles(shared) if in_order(c, least)}
        for least in (0, 1)
    }
    assert {least: len(some) for least, some in wanted.items()} == {0: 34, 1: 8}
    listed = [p for _, p in amlsim_rows(shared, "transactions.csv.gz") if p[0] != p[1]]
    payer, payee, day, number = np.array(sorted(listed, key=lambda p: (p[2], p[3])), np.int64).T
    accounts = int(max(payer.max(), payee.max())) + 1
    payments = Payments.of(payer, payee, day, accounts, longest_window=DAYS)
    for least, some in wanted.items():
        limits = LoopLimits(DAYS, 10, strict=least == 1)
        found = find_loops(payments, limits)
        assert found.cut_accounts == 0
        assert some <= {frozenset(number[list(loop)].tolist()) for loop in found}
    ends = payer.astype(np.int32), payee.astype(np.int32)
    seconds = day * 86_400
    limits = LoopLimits(DAYS * 86_400, 10)
    times = seconds, seconds + 86_399
    whole = find_interval_loops(ends, times, accounts, limits, np.ones(len(day), np.int64))
    assert wanted[0] <= {frozenset(number[list(loop)].tolist()) for loop in whole}
