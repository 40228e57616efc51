"""Payment graphs to measure on: P like payments, U uniform, H with a hub, D dense.

    graph("P1e6")        # a million payments and what is planted; kept as .npz for the next run

The year has 365 days of seconds. Ends are drawn by rank, ⌊V·u^(1/(1-skew))⌋, and a rank names the
same account as payer and as payee for a share of all accounts. A quarter of the payments repeat the
ends of an earlier one, some reverse them. Loops and relays are planted among them. The ties of W3
(families, employers, shared devices, and paths of three ties that close a payment) belong to it.
One tag and seed give one graph; with seed 1 the payments are those of the published figures.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

DAY_S = 86_400
YEAR_S = 365 * DAY_S
_TAG = re.compile(r"([PUHD])(\d+(?:e\d+)?)")
_EDITION = 1
"""Raised where the generator changes, so that kept graphs are not mistaken for its own."""
_REPEATED, _REVERSED = 0.25, 0.02
_LOOP_LENGTHS = (3, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class Shape:
    """`skew` and `shared` of the ends, payments for each account."""

    skew: float
    shared: float
    payments_per_account: int


SHAPES = {
    "P": Shape(0.6, 0.2, 8),
    "U": Shape(0.0, 1.0, 8),
    "H": Shape(0.75, 0.5, 8),
    "D": Shape(0.5, 0.3, 50),
}


@dataclass(frozen=True, slots=True)
class Graph:
    """Columns of payments sorted by time, and ties.

    `payer`, `payee`: int32 below `accounts`; `time`: int64 seconds of the year; `amount`: float64
    with two decimals; `tie_from`, `tie_to`: int32 ends of undirected ties.
    """

    tag: str
    accounts: int
    payer: Array
    payee: Array
    time: Array
    amount: Array
    tie_from: Array
    tie_to: Array

    def __len__(self) -> int:
        """Return the number of payments."""
        return len(self.time)


def size_of(tag: str) -> tuple[str, int]:
    """Return kind and number of background payments of a tag such as P1e6.

    Raises:
        ValueError: if the tag names no graph.
    """
    found = _TAG.fullmatch(tag)
    if found is None:
        reason = f"{tag} names no graph: say P, U, H or D and a number, such as P1e6"
        raise ValueError(reason)
    return found[1], int(float(found[2]))


def default_folder() -> Path:
    """Return the folder in which graphs and files made of them are kept between runs."""
    owner = os.environ.get("USER") or os.environ.get("USERNAME") or "me"
    return Path(tempfile.gettempdir()) / f"graphmodel-bench-{owner}"


def graph(tag: str, *, seed: int = 1, folder: Path | None = None) -> Graph:
    """Return the graph of a tag, made now or read as it was made before."""
    kept = (folder or default_folder()) / f"{tag}-seed{seed}-edition{_EDITION}.npz"
    if not kept.exists():
        made = make(tag, seed=seed)
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_name(f"{os.getpid()}-{kept.name}")
        names = ("payer", "payee", "time", "amount", "tie_from", "tie_to")
        columns = {name: getattr(made, name) for name in names}
        np.savez(fresh, accounts=np.int64(made.accounts), **columns)
        fresh.replace(kept)
        return made
    with np.load(kept) as read:
        columns = {name: read[name] for name in read.files if name != "accounts"}
        return Graph(tag, int(read["accounts"]), **columns)


def make(tag: str, *, seed: int = 1) -> Graph:
    """Make the graph of a tag."""
    kind, count = size_of(tag)
    shape = SHAPES[kind]
    accounts = max(count // shape.payments_per_account, 8)
    rng = np.random.default_rng(seed)
    parts = [
        _everyday(rng, count, accounts, shape),
        *(_loops(rng, max(count // 2_000, 1) // 4, length, accounts) for length in _LOOP_LENGTHS),
        _relays(rng, max(count // 1_000, 1), accounts),
    ]
    payer, payee, time, amount = map(np.concatenate, zip(*parts, strict=True))
    kept = np.flatnonzero(payer != payee)
    kept = kept[np.argsort(time[kept], kind="stable")]
    payer, payee = payer[kept].astype(np.int32), payee[kept].astype(np.int32)
    ties = _ties(rng, payer, payee, accounts)
    return Graph(tag, accounts, payer, payee, time[kept], amount[kept], *ties)


def _everyday(
    rng: np.random.Generator, count: int, accounts: int, shape: Shape
) -> tuple[Array, Array, Array, Array]:
    """Return background payments: drawn ones, and those that repeat or reverse an earlier one."""
    power = 1 / (1 - shape.skew)
    ranks = [
        np.minimum((accounts * rng.random(count) ** power).astype(np.int64), accounts - 1)
        for _ in range(2)
    ]
    of_payers = rng.permutation(accounts)
    of_payees = of_payers.copy()
    apart = np.flatnonzero(rng.random(accounts) >= shape.shared)
    of_payees[apart] = of_payers[apart][rng.permutation(len(apart))]
    payer, payee = of_payers[ranks[0]], of_payees[ranks[1]]
    time = rng.integers(0, YEAR_S, count)
    lot = rng.random(count)
    later = np.flatnonzero(lot < _REPEATED + _REVERSED)
    later = later[later > count // 100]
    earlier = (rng.random(len(later)) * later).astype(np.int64)
    reverses = lot[later] >= _REPEATED
    ends = payer[earlier], payee[earlier]
    waits = [rng.exponential(days * DAY_S, len(later)) for days in (15, 5)]
    wait = np.where(reverses, waits[1], waits[0]).astype(np.int64)
    when = np.minimum(time[earlier] + wait, YEAR_S - 1)
    payer[later], payee[later] = np.where(reverses, ends[::-1], ends)
    time[later] = when
    return payer, payee, time, np.round(rng.lognormal(6, 1.2, count), 2)


def _loops(
    rng: np.random.Generator, count: int, length: int, accounts: int
) -> tuple[Array, Array, Array, Array]:
    """Return planted loops of one length, an hour to 25 days long; amounts rise a little."""
    members = rng.integers(0, accounts, (count, length))
    begin = rng.integers(0, YEAR_S - 26 * DAY_S, (count, 1))
    span = rng.integers(3_600, 25 * DAY_S, (count, 1))
    places = np.sort(rng.random((count, length)), axis=1)
    share = (places - places[:, :1]) / (places[:, -1:] - places[:, :1])
    time = begin + np.round(share * span).astype(np.int64)
    first = rng.lognormal(8, 0.7, (count, 1))
    rising = 1 + np.cumsum(rng.random((count, length)) * 0.1, axis=1)
    amount = np.round(first * rising, 2)
    payees = np.roll(members, -1, axis=1)
    return members.ravel(), payees.ravel(), time.ravel(), amount.ravel()


def _relays(
    rng: np.random.Generator, count: int, accounts: int
) -> tuple[Array, Array, Array, Array]:
    """Return planted relays: a payment in, and after a day or so a smaller one out."""
    payer, middle, last = rng.integers(0, accounts, (count, 3)).T
    came = rng.integers(0, YEAR_S - 10 * DAY_S, count)
    went = came + 1 + rng.exponential(DAY_S, count).astype(np.int64)
    amount = np.round(rng.lognormal(8, 0.8, count), 2)
    passed = np.round(amount / (1 + rng.uniform(0.05, 3, count)), 2)
    return (
        np.concatenate([payer, middle]),
        np.concatenate([middle, last]),
        np.concatenate([came, went]),
        np.concatenate([amount, passed]),
    )


def _ties(
    rng: np.random.Generator, payer: Array, payee: Array, accounts: int
) -> tuple[Array, Array]:
    """Return ties: families as pairs, employers as stars, shared devices as small stars, paths."""
    families = rng.integers(0, accounts, (2, accounts * 2 // 5))
    bosses = rng.permutation(accounts)[: max(accounts // 50, 1)]
    workers = rng.integers(0, accounts, accounts * 3 // 10)
    boss = bosses[(len(bosses) * rng.random(len(workers)) ** 2).astype(np.int64)]
    owners = np.repeat(
        rng.integers(0, accounts, accounts // 10), rng.integers(1, 5, accounts // 10)
    )
    borrowers = rng.integers(0, accounts, len(owners))
    closed = rng.choice(len(payer), max(len(payer) // 2_000, 1), replace=False)
    near, far = rng.integers(0, accounts, (2, len(closed)))
    first = np.concatenate([families[0], boss, owners, payer[closed], near, far])
    second = np.concatenate([families[1], workers, borrowers, near, far, payee[closed]])
    kept = first != second
    return first[kept].astype(np.int32), second[kept].astype(np.int32)
