"""The tables of an honest world about what happens: deals, payments, and what goes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphmodel.simulate import clock
from graphmodel.simulate.clock import BEGIN, HOUR_S, MONTHS
from graphmodel.simulate.columns import (
    DAY,
    NOTHING,
    SECOND,
    SECONDS_A_DAY,
    Table,
    chosen,
    constant,
    decimals,
    joined,
    listed,
    named,
    times,
    whole,
)
from graphmodel.simulate.draws import chance, drawn, two_of
from graphmodel.simulate.payments import BANK, CHANNELS, OK, STATUSES, TRANSFER
from graphmodel.simulate.people import CIRCLE
from graphmodel.simulate.trade import KINDS, SALE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graphmodel.simulate.cast import Cast
    from graphmodel.simulate.columns import Column

    Numbers = NDArray[np.int64]

CATEGORIES = ("other", "transaction", "property")
STATED = ("licensed", "public_source", "deposit", "payroll", "rent", "supplier")
_LICENSED, _PUBLIC, _DEPOSIT, _PAYROLL, _RENT, _SUPPLIER = range(6)
BUSINESS = ("名单还有吗", "有的，什么时候要", "价格怎么算", "先看样本可以吗", "收到，谢谢")
CHAT = ("到家了吗", "晚上一起吃饭", "钱转你了", "周末有空吗", "好的", "生日快乐")
_PRICE_PLACES = 4
_WRITTEN_DOWN = 0.9
"""Share of the wages and rents of which the bank wrote down what they are."""

_DATES = np.array([0.87, 0.1, 0.03])
"""Shares of deals of which the second, the day or only the month is known."""

_CHATS = 100
_OFFERED, _DELIVERED, _PUBLIC_OFFERS = 0.45, 0.8, 5


def tables_of_events(cast: Cast) -> Iterator[Table]:
    """Yield the tables of sources, goods and events."""
    yield _sources(cast)
    yield _batches(cast)
    yield _offers(cast)
    yield _deals(cast)
    yield _payments(cast)
    yield _deliveries(cast)
    yield _messages(cast)
    yield _claims(cast)
    yield _circumstances(cast)


def counts(cast: Cast) -> dict[str, int]:
    """Return how many things of each kind with an id the tables of events hold."""
    return {
        "source": 1,
        "batch": len(cast.trade.records),
        "offer": 2 * len(cast.trade.deals.seller),
        "deal": len(cast.trade.deals.seller),
        "payment": len(cast.payments.payer),
        "delivery": len(cast.trade.deals.seller),
        "message": 2 * len(cast.trade.deals.seller) + len(cast.payments.payer) // _CHATS,
        "claim": len(cast.trade.deals.seller),
        "circumstance": len(cast.payments.payer) + 2 * len(cast.trade.records),
    }


def _ids(cast: Cast, kind: str, indices: Numbers) -> Column:
    return named(kind, cast.numbering.of(kind, indices))


def _accounts(cast: Cast, indices: Numbers) -> Column:
    return _ids(cast, "account", indices)


def _sources(cast: Cast) -> Table:
    """Return the one source that is complete: a bank's answer, for wages and rent of the year."""
    zero = np.zeros(1, dtype=np.int64)
    columns = {
        "id": _ids(cast, "source", zero),
        "title": constant("银行交易明细"),
        "kind": constant("bank_return"),
        "covers_from": constant(BEGIN.isoformat()),
        "covers_to": times(BEGIN, zero + clock.END_S - 1, np.full(1, DAY, np.int8)),
    }
    return Table("sources", 1, columns)


def _batches(cast: Cast) -> Table:
    count = len(cast.trade.records)
    columns = {
        "id": _ids(cast, "batch", np.arange(count)),
        "category": chosen(CATEGORIES, cast.rng.integers(0, len(CATEGORIES), count)),
        "records": whole(cast.trade.records),
    }
    return Table("batches", count, columns)


def _offers(cast: Cast) -> Table:
    """Offer what is sold later at that price; publishers also offer to everybody."""
    rng, deals = cast.rng, cast.trade.deals
    count = len(deals.seller)
    own = np.flatnonzero((deals.kind == SALE) & chance(rng, count, _OFFERED))
    open_to_all = np.flatnonzero((deals.batch < cast.trade.published) & (deals.kind == SALE))
    open_to_all = open_to_all[::_PUBLIC_OFFERS]
    deal = np.concatenate([own, open_to_all])
    is_own = np.arange(len(deal)) < len(own)
    seconds = clock.before(rng, deals.seconds[deal], 2.0 * SECONDS_A_DAY)
    order = np.argsort(seconds, kind="stable")
    deal, is_own, seconds = deal[order], is_own[order], seconds[order]
    columns = {
        "id": _ids(cast, "offer", np.arange(len(deal))),
        "seller": _accounts(cast, deals.seller[deal]),
        "buyer": _accounts(cast, np.where(is_own, deals.buyer[deal], NOTHING)),
        "batch": _ids(cast, "batch", deals.batch[deal]),
        "quantity": whole(deals.quantity[deal]),
        "unit_price": decimals(deals.price[deal], _PRICE_PLACES),
        "total": decimals(deals.total[deal], 2),
        "time": times(BEGIN, seconds),
    }
    return Table("offers", len(deal), columns, seconds)


def _deals(cast: Cast) -> Table:
    deals = cast.trade.deals
    count = len(deals.seller)
    columns = {
        "id": _ids(cast, "deal", np.arange(count)),
        "seller": _accounts(cast, deals.seller),
        "buyer": _accounts(cast, deals.buyer),
        "buyer_agent": _ids(cast, "person", deals.agent),
        "batch": _ids(cast, "batch", deals.batch),
        "kind": chosen(KINDS, np.where(deals.kind == SALE, NOTHING, deals.kind)),
        "quantity": whole(deals.quantity),
        "unit_price": decimals(deals.price, _PRICE_PLACES),
        "total": decimals(deals.total, 2),
        "currency": constant("CNY"),
        "time": times(BEGIN, deals.seconds, drawn(cast.rng, _DATES, count).astype(np.int8)),
    }
    return Table("deals", count, columns, deals.seconds)


def _payments(cast: Cast) -> Table:
    """Return the payments; those through the bank are known by day, and come from its answer."""
    paid = cast.payments
    is_bank = paid.channel == BANK
    columns = {
        "id": _ids(cast, "payment", np.arange(len(paid.payer))),
        "payer": _accounts(cast, paid.payer),
        "payee": _accounts(cast, paid.payee),
        "amount": decimals(paid.amount, 2),
        "currency": constant("CNY"),
        "time": times(BEGIN, paid.seconds, np.where(is_bank, DAY, SECOND).astype(np.int8)),
        "channel": chosen(CHANNELS, np.where(paid.channel == TRANSFER, NOTHING, paid.channel)),
        "deal": _ids(cast, "deal", paid.deal),
        "status": chosen(STATUSES, np.where(paid.status == OK, NOTHING, paid.status)),
        "refunds": _ids(cast, "payment", paid.refunds),
        "source": _ids(cast, "source", np.where(is_bank, 0, NOTHING)),
    }
    return Table("payments", len(paid.payer), columns, paid.seconds)


def _deliveries(cast: Cast) -> Table:
    rng, deals = cast.rng, cast.trade.deals
    deal = np.flatnonzero(chance(rng, len(deals.seller), _DELIVERED))
    seconds = clock.after(rng, deals.seconds[deal], 10.0 * HOUR_S)
    order = np.argsort(seconds, kind="stable")
    deal, seconds = deal[order], seconds[order]
    columns = {
        "id": _ids(cast, "delivery", np.arange(len(deal))),
        "sender": _accounts(cast, deals.seller[deal]),
        "receiver": _accounts(cast, deals.buyer[deal]),
        "batch": _ids(cast, "batch", deals.batch[deal]),
        "records": whole(deals.quantity[deal]),
        "time": times(BEGIN, seconds),
        "deal": _ids(cast, "deal", deal),
    }
    return Table("deliveries", len(deal), columns, seconds)


def _messages(cast: Cast) -> Table:
    """Write before deals, and chat among friends."""
    rng, people, deals = cast.rng, cast.people, cast.trade.deals
    deal = np.arange(len(deals.seller))
    chats = len(cast.payments.payer) // _CHATS
    circle = rng.integers(0, len(people.circles), chats)
    one, other = two_of(rng, CIRCLE, chats)
    friends = people.circles[circle, one], people.circles[circle, other]
    author = np.concatenate([deals.buyer, deals.seller, friends[0]])
    receiver = np.concatenate([deals.seller, deals.buyer, friends[1]])
    about = np.concatenate([deal, deal, np.full(chats, NOTHING)])
    asked = clock.before(rng, deals.seconds, 20.0 * HOUR_S)
    answered = asked + (deals.seconds - asked) // 3
    seconds = np.concatenate([asked, answered, clock.moments(rng, chats)])
    business = np.arange(2 * len(deal)) % len(BUSINESS)
    talk = len(BUSINESS) + rng.integers(0, len(CHAT), chats)
    order = np.argsort(seconds, kind="stable")
    columns = {
        "id": _ids(cast, "message", np.arange(len(order))),
        "author": _accounts(cast, author[order]),
        "receiver": _accounts(cast, receiver[order]),
        "time": times(BEGIN, seconds[order]),
        "text": chosen((*BUSINESS, *CHAT), np.concatenate([business, talk])[order]),
        "deal": _ids(cast, "deal", about[order]),
    }
    return Table("messages", len(order), columns, seconds[order])


def _claims(cast: Cast) -> Table:
    """Have every agent report the true price."""
    deals = cast.trade.deals
    deal = np.flatnonzero((deals.agent != NOTHING) & (deals.total > 0))
    seconds = clock.after(cast.rng, deals.seconds[deal], 2.0 * SECONDS_A_DAY)
    order = np.argsort(seconds, kind="stable")
    deal, seconds = deal[order], seconds[order]
    columns = {
        "id": _ids(cast, "claim", np.arange(len(deal))),
        "agent": _ids(cast, "person", deals.agent[deal]),
        "principal": _ids(cast, "person", deals.buyer[deal]),
        "deal": _ids(cast, "deal", deal),
        "quantity": whole(deals.quantity[deal]),
        "total": decimals(deals.total[deal], 2),
        "time": times(BEGIN, seconds),
    }
    return Table("claims", len(deal), columns, seconds)


def _circumstances(cast: Cast) -> Table:
    """State that lists are licensed or public too, which deposits were agreed, what payments are.

    A bank writes down what wages and rent are: one row tells it of twelve months.
    """
    trade = cast.trade
    lists = np.arange(trade.published)[:, None]
    about = [
        (_LICENSED, "batch", lists),
        (_PUBLIC, "batch", lists[trade.is_public]),
        (_DEPOSIT, "deal", trade.deposits[:, None]),
        *((kind, "payment", payments) for kind, payments in _stated_payments(cast)),
    ]
    rows = [len(facts) for _, _, facts in about]
    kind = np.repeat([kind for kind, _, _ in about], rows)
    places = np.full((len(kind), MONTHS), NOTHING, dtype=np.int64)
    for start, (_, name, facts) in zip(np.cumsum(rows) - rows, about, strict=True):
        places[start : start + len(facts), : facts.shape[1]] = cast.numbering.of(name, facts)
    words = [f"{name}-" for _, name, _ in about]
    word = chosen(words, np.repeat(np.arange(len(about)), rows))
    columns = {
        "id": _ids(cast, "circumstance", np.arange(len(kind))),
        "kind": chosen(STATED, kind),
        "about": listed(*(joined(word, whole(places[:, month])) for month in range(MONTHS))),
    }
    return Table("circumstances", len(kind), columns)


def _stated_payments(cast: Cast) -> Iterator[tuple[int, Numbers]]:
    """Yield kinds of circumstances, each with its payments: a row for what is told as one."""
    rng, paid, accounts = cast.rng, cast.payments, cast.people.accounts
    suppliers, employers = accounts["suppliers"], accounts["employers"]
    is_wage = (paid.payer >= employers.start) & (paid.payer < employers.end)
    for kind, chosen_ones, by in (
        (_PAYROLL, is_wage, paid.payee),
        (_RENT, (paid.channel == BANK) & ~is_wage, paid.payer),
    ):
        payments = np.flatnonzero(chosen_ones)
        # everybody has twelve of them, in order of time
        year = payments[np.argsort(by[payments], kind="stable")].reshape(-1, MONTHS)
        yield kind, year[chance(rng, len(year), _WRITTEN_DOWN)]
    is_supply = (paid.payee >= suppliers.start) & (paid.payee < suppliers.end)
    yield _SUPPLIER, np.flatnonzero(is_supply)[:, None]
