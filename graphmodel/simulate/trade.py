"""Honest deals in lists: licensed publishers, single sales, samples and gifts.

A publisher sells whole lists, licensed or from a public register, to many. A private seller sells
each list once. Nobody sells on what he bought, but by chance. Rare quantities are all different.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphmodel.simulate import clock
from graphmodel.simulate.clock import HOUR_S
from graphmodel.simulate.columns import NOTHING, SECONDS_A_DAY
from graphmodel.simulate.draws import chance, drawn
from graphmodel.simulate.payments import TRANSFER, Flow, flow

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from graphmodel.simulate.people import People

    Numbers = NDArray[np.int64]

KINDS = ("sale", "sample", "gift")
SALE, SAMPLE, GIFT = range(3)
_PUBLISHED, _SAMPLES, _GIFTS = 0.45, 0.1, 0.07
LEAST_RECORDS, MOST_RECORDS = 10_001, 3_000_000
_ROUND = (1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 50_000, 100_000)
_ROUND_SHARE = 0.45
_LISTS_A_PUBLISHER = 4
PRICE_UNIT = 10_000
"""Unit prices are whole numbers of so many parts of a yuan."""


class Deals(NamedTuple):
    """Deals by account index; `price` in parts of a yuan, `total` in fen.

    `NOTHING` stands where there is no price, no total or no agent; the agent is a natural person.
    """

    seller: Numbers
    buyer: Numbers
    batch: Numbers
    kind: Numbers
    quantity: Numbers
    price: Numbers
    total: Numbers
    seconds: Numbers
    agent: Numbers


class Trade(NamedTuple):
    """All deals, the batches they are about, and who publishes.

    `records` belongs to batches; the first `published` of them are lists of publishers, and
    `is_public` says which of those come from a public register.
    """

    deals: Deals
    records: Numbers
    published: int
    is_public: NDArray[np.bool_]
    settled: Flow
    deposits: Numbers


def draw_trade(rng: np.random.Generator, people: People, taken: Collection[int]) -> Trade:
    """Draw the deals; no rare quantity is one of those `taken`."""
    count = people.sizes.deals
    published, samples = int(count * _PUBLISHED), int(count * _SAMPLES)
    gifts = int(count * _GIFTS)
    private = count - published - samples - gifts
    lists = people.sizes.publishers * _LISTS_A_PUBLISHER
    records = rare_quantities(rng, lists + private + gifts, taken)
    listed = _published(rng, people, published, records)
    sold = _private(rng, people, np.arange(lists, lists + private), records)
    given = _gifts(rng, people, np.arange(lists + private, len(records)), records)
    tried = _samples(rng, sold, samples)
    deals = Deals(
        *(np.concatenate(parts) for parts in zip(listed, sold, given, tried, strict=True))
    )
    order = np.argsort(deals.seconds, kind="stable")
    deals = Deals(*(column[order] for column in deals))
    settled, deposits = _settled(rng, deals)
    is_public = chance(rng, lists, 0.3)
    return Trade(deals, records, lists, is_public, settled, deposits)


def rare_quantities(rng: np.random.Generator, count: int, taken: Collection[int]) -> Numbers:
    """Draw numbers of records: some round, as lists often are; the others all different."""
    low, high = np.log(LEAST_RECORDS), np.log(MOST_RECORDS)
    many = np.exp(rng.uniform(low, high, 3 * count + 100)).astype(np.int64)
    _, first = np.unique(many, return_index=True)
    distinct = many[np.sort(first)]
    forbidden = np.fromiter(taken, dtype=np.int64, count=len(taken))
    distinct = distinct[(distinct % 10 != 0) & ~np.isin(distinct, forbidden)][:count]
    is_round = chance(rng, count, _ROUND_SHARE)
    return np.where(is_round, rng.choice(np.array(_ROUND), count), distinct)


def _deals(seller: Numbers, buyer: Numbers, batch: Numbers, quantity: Numbers, kind: int) -> Deals:
    """Return deals without price and time."""
    count = len(seller)
    none = np.full(count, NOTHING, dtype=np.int64)
    kinds = np.full(count, kind, dtype=np.int64)
    return Deals(seller, buyer, batch, kinds, quantity, none, none, none, none)


def _sold(rng: np.random.Generator, deals: Deals, price: Numbers) -> Deals:
    """Return sales at a price; of a few only the total is stated, of a few neither."""
    count = len(price)
    total = (deals.quantity * price + 50) // 100
    neither = chance(rng, count, 0.05)
    return deals._replace(
        price=np.where(neither | chance(rng, count, 0.1), NOTHING, price),
        total=np.where(neither, NOTHING, total),
        seconds=clock.moments(rng, count),
    )


def _published(rng: np.random.Generator, people: People, count: int, records: Numbers) -> Deals:
    """Sell lists of publishers to firms and shops, each list at one price."""
    publishers, shops = people.accounts["publishers"], people.accounts["shops"]
    lists = len(publishers) * _LISTS_A_PUBLISHER
    batch = drawn(rng, rng.permutation(1.0 / np.arange(1, lists + 1) ** 0.6), count)
    natural = rng.integers(0, people.sizes.natural, count)
    buyer = np.where(
        chance(rng, count, 0.15), shops.start + rng.integers(0, len(shops), count), natural
    )
    price = np.maximum((np.exp(rng.normal(np.log(300), 0.8, lists))).astype(np.int64), 10)
    deals = _deals(
        publishers.start + batch // _LISTS_A_PUBLISHER, buyer, batch, records[batch], SALE
    )
    return _sold(rng, deals, price[batch])


def _private(rng: np.random.Generator, people: People, batch: Numbers, records: Numbers) -> Deals:
    """Sell a list of one's own, once; some buyers have an agent, and know it."""
    count, natural = len(batch), people.sizes.natural
    sellers = rng.integers(0, natural, max(count // 6, 3))
    buyers = rng.integers(0, natural, max(count // 3, 3))
    seller = sellers[rng.integers(0, len(sellers), count)]
    buyer = buyers[rng.integers(0, len(buyers), count)]
    buyer = np.where(buyer == seller, (buyer + 1) % natural, buyer)
    price = np.maximum(np.exp(rng.normal(np.log(1500), 0.9, count)).astype(np.int64), 50)
    deals = _sold(rng, _deals(seller, buyer, batch, records[batch], SALE), price)
    agent = rng.integers(0, natural, count)
    has_agent = chance(rng, count, 0.02) & (agent != seller) & (agent != buyer)
    return deals._replace(agent=np.where(has_agent, agent, NOTHING))


def _gifts(rng: np.random.Generator, people: People, batch: Numbers, records: Numbers) -> Deals:
    """Give a list away."""
    seller = rng.integers(0, people.sizes.natural, len(batch))
    buyer = (seller + rng.integers(1, people.sizes.natural, len(batch))) % people.sizes.natural
    deals = _deals(seller, buyer, batch, records[batch], GIFT)
    return deals._replace(seconds=clock.moments(rng, len(batch)))


def _samples(rng: np.random.Generator, sold: Deals, count: int) -> Deals:
    """Send a few records of a list some days before it is sold."""
    chosen = rng.choice(len(sold.seller), min(count, len(sold.seller)), replace=False)
    seller, buyer, batch = (column[chosen] for column in sold[:3])
    deals = _deals(seller, buyer, batch, rng.integers(2, 11, len(chosen)) * 50, SAMPLE)
    return deals._replace(seconds=clock.before(rng, sold.seconds[chosen], 2.0 * SECONDS_A_DAY))


def _settled(rng: np.random.Generator, deals: Deals) -> tuple[Flow, Numbers]:
    """Return the payments of most sales, and the deals of which a deposit was paid first."""
    paid_for = (deals.total > 0) & chance(rng, len(deals.total), 0.7)
    has_deposit = chance(rng, len(deals.total), 0.06)
    at_once = np.flatnonzero(paid_for & ~has_deposit)
    in_two = np.flatnonzero(paid_for & has_deposit)
    deposit = deals.total[in_two] * 3 // 10
    deal = np.concatenate([at_once, in_two, in_two])
    amount = np.concatenate([deals.total[at_once], deposit, deals.total[in_two] - deposit])
    start = deals.seconds[deal]
    seconds = clock.after(rng, start, 5.0 * HOUR_S)
    balance = slice(len(at_once) + len(in_two), None)
    seconds[balance] = clock.after(rng, seconds[balance], 6.0 * SECONDS_A_DAY)
    # of a few payments nobody wrote down what they were for
    known = np.where(chance(rng, len(deal), 0.85), deal, NOTHING)
    paid = flow(deals.buyer[deal], deals.seller[deal], np.maximum(amount, 1), seconds, TRANSFER)
    return paid._replace(deal=known), in_two
