"""Who pays whom in an honest world: shops, bills among friends, families, wages, rent, refunds.

Every flow gives its payments as arrays; `draw_payments` puts them in order of time. Purchases fill
what the others leave, so that the number of payments is the one asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphmodel.simulate import clock
from graphmodel.simulate.clock import HOUR_S, MONTHS
from graphmodel.simulate.columns import NOTHING, SECONDS_A_DAY
from graphmodel.simulate.draws import chance, drawn, fen, two_of
from graphmodel.simulate.people import CIRCLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphmodel.simulate.people import People

    Numbers = NDArray[np.int64]

CHANNELS = ("transfer", "scan", "red_packet", "bank")
TRANSFER, SCAN, RED_PACKET, BANK = range(4)
STATUSES = ("ok", "refunded", "failed")
OK, REFUNDED, FAILED = range(3)

_BILLS, _LOANS, _FAMILY, _PLATFORM = 0.17, 0.01, 0.08, 0.06
_PAID_BACK, _GIVEN_UP, _RETRIED = 0.004, 0.002, 0.007
"""Shares of all payments: refunds with a row of their own, without one, failed first attempts."""

_SUPPLIES, _RED_PACKET_FEN = 26, 20_000
_FAVOURITES = 4


class Flow(NamedTuple):
    """Payments of one kind by account index, fen and seconds since the world began.

    `refunds` is the place of the payment that is paid back, `deal` the index of the deal that a
    payment settles; `NOTHING` where there is none.
    """

    payer: Numbers
    payee: Numbers
    amount: Numbers
    seconds: Numbers
    channel: NDArray[np.int8]
    status: NDArray[np.int8]
    refunds: Numbers
    deal: Numbers


def flow(
    payer: Numbers, payee: Numbers, amount: Numbers, seconds: Numbers, channel: int = TRANSFER
) -> Flow:
    """Return plain payments that went through."""
    count = len(payer)
    none = np.full(count, NOTHING, dtype=np.int64)
    ok = np.zeros(count, dtype=np.int8)
    return Flow(payer, payee, amount, seconds, np.full(count, channel, np.int8), ok, none, none)


def draw_payments(rng: np.random.Generator, people: People, settled: Flow) -> Flow:
    """Return all payments of the background in order of time; `settled` are those for deals."""
    total = people.sizes.payments
    refunds, given_up = int(total * _PAID_BACK), int(total * _GIVEN_UP)
    failed = int(total * _RETRIED)
    flows = [
        settled,
        *_wages_and_rent(rng, people),
        _bills(rng, people, int(total * _BILLS)),
        _loans(rng, people, int(total * _LOANS) // 2),
        _family(rng, people, int(total * _FAMILY)),
        _platform(rng, people, int(total * _PLATFORM)),
        _settlements(rng, people),
    ]
    supplies = people.sizes.shops * _SUPPLIES
    left = total - sum(len(f.payer) for f in flows) - refunds - failed - supplies
    bought = _purchases(rng, people, left, given_up)
    flows += [
        _supplies(rng, people, bought),
        _first_attempts(rng, bought, failed),
        bought,
        _refunds(rng, bought, refunds),
    ]
    return _in_order(flows, bought_from=sum(len(f.payer) for f in flows[:-2]))


def _in_order(flows: Sequence[Flow], bought_from: int) -> Flow:
    """Put payments in order of time; what a refund names moves with them."""
    moved = [
        f._replace(refunds=np.where(f.refunds == NOTHING, NOTHING, f.refunds + bought_from))
        for f in flows
    ]
    seconds = np.concatenate([f.seconds for f in moved])
    order = np.argsort(seconds, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    columns = [np.concatenate(parts)[order] for parts in zip(*moved, strict=True)]
    sorted_flow = Flow(*columns)
    named = sorted_flow.refunds
    return sorted_flow._replace(refunds=np.where(named == NOTHING, NOTHING, place[named]))


# ---------------------------------------------------------------- wages, rent, supplies


def _wages_and_rent(rng: np.random.Generator, people: People) -> tuple[Flow, Flow]:
    """Pay staff once a month through one bank; half of them pay a landlord a part of the wage."""
    accounts = people.accounts["staff"].all
    day_of_employer = rng.integers(5, 16, people.sizes.employers)
    seconds = clock.monthly(rng, day_of_employer[people.employer])
    wage = np.maximum(np.exp(rng.normal(np.log(6500), 0.4, len(accounts))), 1_500)
    amount = (wage[:, None] * rng.normal(1.0, 0.02, seconds.shape) * 100).astype(np.int64)
    employer = people.accounts["employers"].start + people.employer
    wages = (
        np.repeat(employer, MONTHS),
        np.repeat(accounts, MONTHS),
        amount.ravel(),
        seconds.ravel(),
    )
    tenant = np.arange(len(accounts) // 2)
    landlords = people.accounts["landlords"].start
    landlord = landlords + rng.integers(0, people.sizes.landlords, len(tenant))
    tenant = tenant[people.holder[landlord] != people.holder[accounts[tenant]]]
    landlord = landlord[tenant]
    share = wage[tenant] * rng.uniform(0.15, 0.45, len(tenant))
    monthly = np.repeat((share // 50 * 50 * 100).astype(np.int64), MONTHS)
    due = clock.monthly(rng, rng.integers(1, 26, len(tenant))).ravel()
    rent = (np.repeat(accounts[tenant], MONTHS), np.repeat(landlord, MONTHS), monthly, due)
    return flow(*wages, BANK), flow(*rent, BANK)


def _supplies(rng: np.random.Generator, people: People, bought: Flow) -> Flow:
    """Have each shop pay its suppliers every other week about what the goods it sold cost."""
    shops = people.accounts["shops"]
    income = np.bincount(
        bought.payee - shops.start, weights=bought.amount.astype(np.float64), minlength=len(shops)
    )
    cost = income * rng.uniform(0.5, 0.75, len(shops)) / _SUPPLIES
    amount = cost[:, None] * np.exp(rng.normal(0.0, 0.35, (len(shops), _SUPPLIES)))
    first = rng.integers(0, 14, len(shops))
    day = first[:, None] + 14 * np.arange(_SUPPLIES)[None, :]
    seconds = np.minimum(day, clock.DAYS - 1) * SECONDS_A_DAY
    seconds = seconds + rng.integers(8 * HOUR_S, 20 * HOUR_S, day.shape)
    mains = rng.integers(0, people.sizes.suppliers, (len(shops), 2))
    which = chance(rng, day.size, 0.25).reshape(day.shape).astype(np.int64)
    payee = people.accounts["suppliers"].start + np.take_along_axis(mains, which, axis=1)
    amounts = np.maximum(amount.astype(np.int64) // 100 * 100, 5_000).ravel()
    return flow(np.repeat(shops.all, _SUPPLIES), payee.ravel(), amounts, seconds.ravel())


# ---------------------------------------------------------------- shops and platforms


def _purchases(rng: np.random.Generator, people: People, count: int, given_up: int) -> Flow:
    """Have people buy, mostly where they always buy; some sales are undone by the platform."""
    natural, shops = people.sizes.natural, people.accounts["shops"]
    activity = np.exp(rng.normal(0.0, 0.8, natural))
    buyer = drawn(rng, activity, count)
    usual = drawn(rng, people.wanted, natural * _FAVOURITES).reshape(natural, _FAVOURITES)
    shop = usual[buyer, (rng.random(count) ** 2 * _FAVOURITES).astype(np.int64)]
    stray = np.flatnonzero(chance(rng, count, 0.35))
    shop[stray] = drawn(rng, people.wanted, len(stray))
    level = np.exp(rng.normal(np.log(38), 0.9, len(shops)))
    own = np.flatnonzero(people.holder[shops.start + shop] == buyer)
    buyer[own] = (buyer[own] + 1) % natural
    bought = flow(
        buyer,
        shops.start + shop,
        fen(rng, count, level[shop], 0.7),
        clock.moments(rng, count),
        SCAN,
    )
    bought.status[rng.choice(count, given_up, replace=False)] = REFUNDED
    return bought


def _first_attempts(rng: np.random.Generator, bought: Flow, count: int) -> Flow:
    """Return attempts that failed a few minutes before a purchase that went through."""
    chosen = rng.choice(len(bought.payer), count, replace=False)
    seconds = clock.before(rng, bought.seconds[chosen], 180.0)
    payer, payee, amount = (column[chosen] for column in bought[:3])
    tried = flow(payer, payee, amount, seconds, SCAN)
    return tried._replace(status=np.full(count, FAILED, np.int8))


def _refunds(rng: np.random.Generator, bought: Flow, count: int) -> Flow:
    """Return money that shops gave back some days later: all of it, or a part."""
    went_through = np.flatnonzero(bought.status == OK)
    chosen = rng.choice(went_through, count, replace=False)
    part = np.where(chance(rng, count, 0.7), 1.0, rng.uniform(0.1, 0.9, count))
    amount = np.maximum((bought.amount[chosen] * part).astype(np.int64), 1)
    seconds = clock.after(rng, bought.seconds[chosen], 3.0 * SECONDS_A_DAY)
    back = flow(bought.payee[chosen], bought.payer[chosen], amount, seconds, SCAN)
    return back._replace(refunds=chosen)


def _platform(rng: np.random.Generator, people: People, count: int) -> Flow:
    """Pay fares, fees and charges to platforms, and some riders and drivers by them."""
    hubs = people.accounts["hubs"]
    weight = 1.0 / np.arange(1, len(hubs) + 1)
    hub = hubs.start + drawn(rng, weight, count)
    person = rng.integers(0, people.sizes.natural, count)
    is_paid = chance(rng, count, 0.1)
    payer, payee = np.where(is_paid, hub, person), np.where(is_paid, person, hub)
    return flow(payer, payee, fen(rng, count, 32.0, 0.9), clock.moments(rng, count))


def _settlements(rng: np.random.Generator, people: People) -> Flow:
    """Have a platform pay each shop once a month what it sold there."""
    shops, hubs = people.accounts["shops"], people.accounts["hubs"]
    hub = hubs.start + rng.integers(0, len(hubs), len(shops))
    seconds = clock.monthly(rng, rng.integers(1, 26, len(shops)))
    level = np.repeat(np.exp(rng.normal(np.log(1800), 0.8, len(shops))), MONTHS)
    amount = (level * np.exp(rng.normal(0.0, 0.4, len(level))) * 100).astype(np.int64)
    return flow(np.repeat(hub, MONTHS), np.repeat(shops.all, MONTHS), amount, seconds.ravel())


# ---------------------------------------------------------------- friends and families


def _bills(rng: np.random.Generator, people: People, count: int) -> Flow:
    """Have one of a circle of friends pay for all, and the others pay their shares to him."""
    sharers = rng.integers(1, 6, count)
    bills = int(np.searchsorted(np.cumsum(sharers), count)) + 1 if count else 0
    sharers = sharers[:bills]
    bill = np.repeat(np.arange(bills), sharers)[:count]
    turn = np.arange(count) - (np.cumsum(sharers) - sharers)[bill]
    circle = rng.integers(0, len(people.circles), bills)
    host = rng.integers(0, CIRCLE, bills)
    payee = people.circles[circle[bill], host[bill]]
    payer = people.circles[circle[bill], (host[bill] + 1 + turn) % CIRCLE]
    share = fen(rng, bills, 260.0, 0.7) // (sharers + 1)
    amount = share[bill]
    other = chance(rng, count, 0.15)
    amount[other] = fen(rng, int(other.sum()), 60.0, 0.8)
    seconds = clock.after(rng, clock.moments(rng, bills)[bill], 6.0 * HOUR_S)
    paid = flow(payer, payee, np.maximum(amount, 100), seconds)
    return _with_red_packets(rng, paid)


def _loans(rng: np.random.Generator, people: People, count: int) -> Flow:
    """Lend round sums within circles; most come back within weeks, some with a little more."""
    circle = rng.integers(0, len(people.circles), count)
    one, other = two_of(rng, CIRCLE, count)
    lender, debtor = people.circles[circle, one], people.circles[circle, other]
    amount = rng.choice(np.array([500, 1000, 2000, 3000, 5000, 10000]), count) * 100
    back = np.where(chance(rng, count, 0.2), amount * 102 // 100, amount)
    lent = clock.moments(rng, count)
    returned = clock.after(rng, lent, 20.0 * SECONDS_A_DAY)
    return flow(
        np.concatenate([lender, debtor]),
        np.concatenate([debtor, lender]),
        np.concatenate([amount, back]),
        np.concatenate([lent, returned]),
    )


def _family(rng: np.random.Generator, people: People, count: int) -> Flow:
    """Send money within households: allowances every month, and whatever is needed."""
    several = np.flatnonzero(people.members > 1)
    regular = count // 3 // MONTHS
    once = count - regular * MONTHS
    household = several[rng.integers(0, len(several), regular + once)]
    one, other = two_of(rng, people.members[household], regular + once)
    payer, payee = people.starts[household] + one, people.starts[household] + other
    monthly = np.repeat(fen(rng, regular, 900.0, 0.5) // 5000 * 5000 + 5000, MONTHS)
    seconds = clock.monthly(rng, rng.integers(1, 26, regular)).ravel()
    repeats = np.concatenate([np.full(regular, MONTHS), np.ones(once, dtype=np.int64)])
    sent = flow(
        np.repeat(payer, repeats),
        np.repeat(payee, repeats),
        np.concatenate([monthly, fen(rng, once, 220.0, 1.0)]),
        np.concatenate([seconds, clock.moments(rng, once)]),
    )
    return _with_red_packets(rng, sent)


def _with_red_packets(rng: np.random.Generator, sent: Flow) -> Flow:
    """Send some small sums as red packets."""
    small = (sent.amount <= _RED_PACKET_FEN) & chance(rng, len(sent.amount), 0.2)
    return sent._replace(channel=np.where(small, RED_PACKET, sent.channel).astype(np.int8))
