"""Who lives in a world: households, organisations, and the accounts each of them has.

All are known by index. Persons are natural persons first, organisations after them; accounts are
grouped by what they are for. How many there are of each follows from the number of payments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphmodel.simulate.draws import chance, drawn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Indices = NDArray[np.int64]

PAYMENTS_AN_ACCOUNT = 8
MOST_DEALS = 20_000
CIRCLE = 8
"""Friends who settle bills among each other."""

_HOUSEHOLD = (0.27, 0.29, 0.26, 0.13, 0.05)
"""Shares of households with one to five members."""


@dataclass(frozen=True, slots=True)
class Span:
    """Indices from `start` up to `end`."""

    start: int
    end: int

    def __len__(self) -> int:
        """Return how many there are."""
        return self.end - self.start

    @property
    def all(self) -> Indices:
        """Return the indices."""
        return np.arange(self.start, self.end)


class Sizes(NamedTuple):
    """How many of everything a background has; `payments` is exact."""

    payments: int
    deals: int
    natural: int
    second: int
    shops: int
    suppliers: int
    hubs: int
    publishers: int
    employers: int
    staff: int
    landlords: int

    @classmethod
    def of(cls, payments: int) -> Sizes:
        """Return the sizes that go with a number of payments."""
        accounts = payments // PAYMENTS_AN_ACCOUNT
        deals = min(payments // 100, MOST_DEALS)
        others = {
            "shops": max(accounts // 600, 3),
            "suppliers": max(accounts // 3_000, 2),
            "hubs": 2 + accounts // 50_000,
            "publishers": max(deals // 120, 2),
            "employers": max(accounts // 300, 2),
            "staff": max(accounts * 8 // 100, 4),
            "landlords": max(accounts // 150, 2),
        }
        persons = accounts - sum(others.values())
        second = persons // 26
        return cls(payments, deals, persons - second, second, **others)


@dataclass(frozen=True, slots=True)
class People:
    """The persons and accounts of a world, and who lives, works and trades with whom.

    `starts` has the first person of each household and `members` their number; `holder` and
    `platform` belong to accounts; `owner` is the natural person behind each shop, `clerk` who runs
    the accounts of the first ones; `employer` is an index among employers for each account of
    staff. `wanted` weighs shops by custom.
    """

    sizes: Sizes
    persons: Mapping[str, Span]
    accounts: Mapping[str, Span]
    starts: Indices
    members: Indices
    married: NDArray[np.bool_]
    circles: Indices
    holder: Indices
    platform: Indices
    owner: Indices
    clerk: Indices
    employer: Indices
    wanted: NDArray[np.float64]

    @property
    def account_count(self) -> int:
        """Return how many accounts there are."""
        return len(self.holder)


HANDLES = {"wechat": "wx", "alipay": "ap", "bank": "6217"}
"""With what the handle of an account begins, by its platform."""

PLATFORMS = tuple(HANDLES)
_WECHAT, _ALIPAY, _BANK = range(3)


def draw_people(rng: np.random.Generator, sizes: Sizes) -> People:
    """Draw households, organisations and accounts."""
    persons = _spans(
        natural=sizes.natural,
        shops=sizes.shops,
        suppliers=sizes.suppliers,
        hubs=sizes.hubs,
        publishers=sizes.publishers,
        employers=sizes.employers,
    )
    accounts = _spans(
        **{kind: getattr(sizes, kind) for kind in ("natural", "second", "shops", "suppliers")},
        **{kind: getattr(sizes, kind) for kind in ("hubs", "publishers", "employers", "staff")},
        landlords=sizes.landlords,
    )
    members = _households(rng, sizes.natural)
    holders = {
        "natural": persons["natural"].all,
        "second": rng.choice(sizes.natural, sizes.second, replace=False),
        **{kind: persons[kind].all for kind in ("shops", "suppliers", "hubs", "publishers")},
        "employers": persons["employers"].all,
        "staff": rng.choice(sizes.natural, sizes.staff, replace=False),
        "landlords": rng.choice(sizes.natural, sizes.landlords, replace=False),
    }
    circles = rng.permutation(sizes.natural)
    return People(
        sizes=sizes,
        persons=persons,
        accounts=accounts,
        starts=np.cumsum(members) - members,
        members=members,
        married=(members > 1) & chance(rng, len(members), 0.85),
        circles=circles[: len(circles) // CIRCLE * CIRCLE].reshape(-1, CIRCLE),
        holder=np.concatenate([holders[kind] for kind in accounts]),
        platform=_platforms(rng, accounts),
        owner=rng.choice(sizes.natural, sizes.shops, replace=False),
        clerk=rng.choice(sizes.natural, sizes.shops // 10, replace=False),
        employer=drawn(rng, _ranked(sizes.employers, 0.9), sizes.staff),
        wanted=rng.permutation(_ranked(sizes.shops, 0.5)),
    )


def _spans(**counts: int) -> dict[str, Span]:
    ends = np.cumsum(list(counts.values())).tolist()
    return {
        kind: Span(end - count, end)
        for (kind, count), end in zip(counts.items(), ends, strict=True)
    }


def _ranked(count: int, exponent: float) -> NDArray[np.float64]:
    """Return weights that fall with rank, as those of towns and shops do."""
    return np.asarray(1.0 / np.arange(1, count + 1) ** exponent)


def _households(rng: np.random.Generator, persons: int) -> Indices:
    """Return the sizes of households that take up all persons."""
    sizes = drawn(rng, np.array(_HOUSEHOLD), persons) + 1
    count = int(np.searchsorted(np.cumsum(sizes), persons)) + 1
    kept = sizes[:count].copy()
    kept[-1] -= int(kept.sum()) - persons
    return kept


def _platforms(rng: np.random.Generator, accounts: Mapping[str, Span]) -> Indices:
    platform = np.full(accounts["landlords"].end, _WECHAT)
    platform[accounts["second"].start : accounts["second"].end] = _ALIPAY
    wallets = accounts["publishers"].end
    platform[:wallets] = np.where(chance(rng, wallets, 0.1), _ALIPAY, platform[:wallets])
    platform[accounts["employers"].start :] = _BANK
    return platform
