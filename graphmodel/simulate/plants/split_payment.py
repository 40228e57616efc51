"""Stories of one price paid in several payments, and of some that only look so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.simulate.stage import Hardship, coarse, money, stamp
from graphmodel.simulate.telling import (
    ROUND,
    Hand,
    Teller,
    Told,
    by_day,
    hand,
    later,
    parts_of,
    second_account,
    series,
    share,
    spread,
    start_of,
    state,
    sum_minor,
    tell,
    unrelated,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphmodel.simulate.stage import Label, Stage

RED_PACKET_MINOR = 20_000
SMALL_REFUND = 0.004
"""A refund that leaves the sum of the parts within one per cent of the price."""


class Price(NamedTuple):
    """A deal or offer with a known price in fen, its two parties, and when it was made.

    `payers` are the accounts that pay in turn, if not one alone; `write` says times of payments as
    their statement does.
    """

    id: str
    buyer: Hand
    seller: Hand
    total: int
    made: datetime
    payers: tuple[str, ...] = ()
    write: Callable[[datetime], str] = stamp

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """Return the roles of the card."""
        return {"payer": (self.buyer.id,), "payee": (self.seller.id,), "deal": (self.id,)}


def plant(stage: Stage) -> Label:
    """Let one price be paid in parts that add up to it."""
    return tell(stage, "split_payment", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let parts be agreed, not add up, lie too far apart, or come from another."""
    return tell(stage, "split_payment", "decoy", DECOYS)


def _priced(
    stage: Stage,
    total: int,
    *,
    group: str = "",
    seller: Hand | None = None,
    buyer: Hand | None = None,
) -> Price:
    """Add a deal of a known price, or an offer made in a group; parties are new unless given.

    The offer names its buyer only where one is given. A missing price leaves quantity and unit
    price, which give the total.
    """
    taker, seller, made = buyer or hand(stage), seller or hand(stage), start_of(stage, 130, 10)
    given: dict[str, object] = {"seller": seller.account, "currency": "CNY", "time": stamp(made)}
    if stage.hardship is Hardship.MISSING_PRICE:
        quantity = stage.rng.choice((1_000, 2_000, 4_000, 5_000, 8_000, 10_000))
        total = max(round(total * 10 / quantity), 1) * quantity // 10
        given |= {"quantity": quantity, "unit_price": f"{total / 100 / quantity:.6f}"}
    else:
        given |= {"quantity": stage.rng.choice(ROUND), "total": money(total)}
    if group:
        given |= {"group": group, "buyer": buyer.account if buyer else ""}
        id_ = stage.add("offers", id=stage.id("offer"), **given)
    else:
        batch = stage.batch(int(str(given["quantity"])))
        id_ = stage.add("deals", id=stage.id("deal"), buyer=taker.account, batch=batch, **given)
    return Price(id_, taker, seller, total, made)


def _pay(
    stage: Stage,
    made: Price,
    parts: Sequence[int],
    moments: Sequence[datetime],
    *,
    settles: bool = False,
    payees: Sequence[str] = (),
) -> list[str]:
    """Add the parts, with what the hardship does to them; return the payments."""
    parts, moments = _more_parts(stage, parts, moments)
    texts = [made.write(moment) for moment in moments]
    if stage.hardship is Hardship.COARSE_DATE:
        place = stage.rng.randrange(len(texts))
        texts[place] = coarse(moments[place])
    payers, to = made.payers or (made.buyer.account,), payees or (made.seller.account,)
    ways = [(payers[n % len(payers)], to[n % len(to)]) for n in range(len(parts))]
    if stage.hardship is Hardship.SPLIT_PAYMENT:
        ways[-1] = ways[-2]  # the two halves of what was one part
    deal = made.id if settles else ""
    paid = [
        stage.payment(*way, part, time=text, deal=deal)
        for way, part, text in zip(ways, parts, texts, strict=True)
    ]
    if stage.hardship is Hardship.REFUNDED_PAYMENT:
        _refund(stage, made, (paid[-1], *ways[-1]), moments)
    unrelated(stage, [made.buyer.account, made.seller.account])
    return paid


def _more_parts(
    stage: Stage, parts: Sequence[int], moments: Sequence[datetime]
) -> tuple[Sequence[int], Sequence[datetime]]:
    """Split the last part once more where a split payment is the hardship."""
    if stage.hardship is not Hardship.SPLIT_PAYMENT:
        return parts, moments
    last = parts_of(parts[-1], 2, stage.rng)
    return [*parts[:-1], *last], [*moments, later(moments[-1], stage.rng, 0.02, 0.4)]


def _refund(
    stage: Stage, made: Price, last: tuple[str, str, str], moments: Sequence[datetime]
) -> None:
    """Pay back a very small part of the last payment, or one of days before in full.

    `last` is the payment, its payer and its payee.
    """
    last_id, payer, payee = last
    if stage.rng.random() < 1 / 2:
        back = max(share(made.total, stage.rng, SMALL_REFUND / 4, SMALL_REFUND), 1)
        at = later(moments[-1], stage.rng, 1, 30)
        stage.payment(payee, payer, back, time=stamp(at), refunds=last_id)
        return
    amount, at = share(made.total, stage.rng, 0.2, 0.7), later(moments[0], stage.rng, -220, -130)
    twin = stage.payment(payer, payee, amount, time=stamp(at), status="refunded")
    back_at = later(at, stage.rng, 0.5, 20)
    stage.payment(payee, payer, amount, time=stamp(back_at), refunds=twin)


def _start(stage: Stage, made: Price) -> datetime:
    return later(made.made, stage.rng, 1, 24 * 14)


def _red_packets(stage: Stage) -> Told:
    """Pay with red packets, none above their limit."""
    number = spread(stage.rng, 4, 48)
    parts = [stage.rng.randrange(120, 200) * 100 for _ in range(number)]
    made = _priced(stage, sum(parts))
    parts = _fit(parts, made.total)
    moments = series(stage, _start(stage, made), number, 0.02, 60 / number)
    paid = _pay(stage, made, parts, moments, settles=stage.rng.random() < 1 / 2)
    return made.roles, (made.id, *paid)


def _fit(parts: list[int], total: int) -> list[int]:
    """Return the parts with what a rounded unit price changed taken from or put on some."""
    rest, fitted = total - sum(parts), []
    for part in parts:
        new = min(max(part + rest, 1_000), RED_PACKET_MINOR)
        rest -= new - part
        fitted.append(new)
    return fitted


def _settled_parts(stage: Stage) -> Told:
    """Pay a deal in a few parts that are all stated to be for it."""
    made = _priced(stage, sum_minor(stage.rng, 90_000))
    number = stage.rng.randrange(2, 7)
    moments = series(stage, _start(stage, made), number, 1, 130)
    paid = _pay(stage, made, parts_of(made.total, number, stage.rng), moments, settles=True)
    return made.roles, (made.id, *paid)


def _two_accounts(stage: Stage) -> Told:
    """Pay two accounts of one seller."""
    seller = hand(stage, 1)
    made = _priced(stage, sum_minor(stage.rng, 90_000), seller=seller)
    number = stage.rng.randrange(2, 6)
    moments = series(stage, _start(stage, made), number, 0.2, 60 / number)
    payees = (seller.account, second_account(stage, seller))
    parts, is_stated = parts_of(made.total, number, stage.rng), stage.rng.random() < 1 / 2
    paid = _pay(stage, made, parts, moments, settles=is_stated, payees=payees)
    return made.roles, (made.id, *paid)


def _run(stage: Stage) -> Told:
    """Pay in parts one after the other; nothing says what they are for."""
    made = _priced(stage, sum_minor(stage.rng, 90_000))
    number = stage.rng.randrange(2, 9)
    moments = series(stage, _start(stage, made), number, 0.1, 20 / number)
    paid = _pay(stage, made, parts_of(made.total, number, stage.rng), moments)
    return made.roles, (made.id, *paid)


def _from_two_accounts(stage: Stage) -> Told:
    """Pay from two accounts of one buyer."""
    buyer = hand(stage, 1)
    made = _priced(stage, sum_minor(stage.rng, 90_000), buyer=buyer)
    made = made._replace(payers=(buyer.account, second_account(stage, buyer)))
    number = stage.rng.randrange(3, 6)
    moments = series(stage, _start(stage, made), number, 0.01, 20 / number)
    parts, is_stated = parts_of(made.total, number, stage.rng), stage.rng.random() < 1 / 2
    paid = _pay(stage, made, parts, moments, settles=is_stated)
    return made.roles, (made.id, *paid)


def _by_day(stage: Stage) -> Told:
    """Pay in parts whose days only are known."""
    made = _priced(stage, sum_minor(stage.rng, 90_000))._replace(write=by_day)
    number = stage.rng.randrange(2, 6)
    moments = series(stage, _start(stage, made), number, 1, 40 / number)
    parts, is_stated = parts_of(made.total, number, stage.rng), stage.rng.random() < 1 / 2
    paid = _pay(stage, made, parts, moments, settles=is_stated)
    return made.roles, (made.id, *paid)


def _offered_in_group(stage: Stage) -> Told:
    """Take up an offer made in a group by payments to the seller himself."""
    total = sum_minor(stage.rng, 90_000)
    buyer = hand(stage) if stage.rng.random() < 1 / 3 else None
    made = _priced(stage, total, group=stage.id("group"), buyer=buyer)
    number = stage.rng.randrange(2, 7)
    moments = series(stage, later(made.made, stage.rng, 2, 60), number, 0.1, 20 / number)
    paid = _pay(stage, made, parts_of(made.total, number, stage.rng), moments)
    return made.roles, (made.id, *paid)


PLANTS: dict[str, Teller] = {
    "red_packets": _red_packets,
    "settled_parts": _settled_parts,
    "two_accounts": _two_accounts,
    "run": _run,
    "from_two_accounts": _from_two_accounts,
    "by_day": _by_day,
    "offered_in_group": _offered_in_group,
}


def _deposit(stage: Stage) -> Told:
    """Pay a deposit and the balance, as was agreed."""
    made = _priced(stage, sum_minor(stage.rng, 90_000))
    first = share(made.total, stage.rng, 0.1, 0.4)
    moments = series(stage, _start(stage, made), 2, 10, 400)
    paid = _pay(stage, made, [first, made.total - first], moments, settles=True)
    state(stage, "deposit", [made.id, *paid])
    return made.roles, (made.id, *paid)


def _instalments(stage: Stage) -> Told:
    """Pay equal parts at equal intervals, agreed or not said to be."""
    number = stage.rng.randrange(3, 5)
    part = sum_minor(stage.rng, 40_000, 800_000) // 1000 * 1000
    made = _priced(stage, part * number)
    part = made.total // number
    first, step = _start(stage, made), timedelta(days=stage.rng.choice((7, 14, 30)))
    if made.total % number or stage.hardship is Hardship.SPLIT_PAYMENT:
        return _deposit_of(stage, made)
    moments = [first + step * place for place in range(number)]
    paid = _pay(stage, made, [part] * number, moments, settles=True)
    if stage.hardship is Hardship.COARSE_DATE or stage.rng.random() < 1 / 2:
        state(stage, "instalments", [made.id, *paid])
    return made.roles, (made.id, *paid)


def _deposit_of(stage: Stage, made: Price) -> Told:
    """Pay uneven instalments that were agreed."""
    parts = parts_of(made.total, 3, stage.rng)
    moments = series(stage, _start(stage, made), 3, 200, 500)
    paid = _pay(stage, made, parts, moments, settles=True)
    state(stage, "instalments", [made.id, *paid])
    return made.roles, (made.id, *paid)


def _failed_first(stage: Stage) -> Told:
    """Let a payment of the whole price fail, and two parts follow at once."""
    made = _priced(stage, sum_minor(stage.rng, 90_000))
    moments = series(stage, _start(stage, made), 2, 0.1, 8)
    at, ends = later(moments[0], stage.rng, -3, -0.1), (made.buyer.account, made.seller.account)
    stage.payment(*ends, made.total, time=stamp(at), status="failed")
    paid = _pay(stage, made, parts_of(made.total, 2, stage.rng), moments)
    return made.roles, (made.id, *paid)


def _other_sum(stage: Stage) -> Told:
    """Let the payments not add up to the price, all of them or one after the other."""
    made = _priced(stage, sum_minor(stage.rng, 300_000))
    ratio = stage.rng.choice((stage.rng.uniform(0.55, 0.93), stage.rng.uniform(1.05, 1.3)))
    number = stage.rng.randrange(2, 4)
    parts = parts_of(int(made.total * ratio), number, stage.rng)
    while any(abs(sum(parts[:n]) - made.total) < made.total * 0.03 for n in range(number)):
        parts = parts_of(int(made.total * ratio), number, stage.rng)
    moments = series(stage, _start(stage, made), number, 0.1, 20)
    paid = _pay(stage, made, parts, moments, settles=stage.rng.random() < 1 / 2)
    return made.roles, (made.id, *paid)


def _one_is_enough(stage: Stage) -> Told:
    """Pay the price at once, and a trifle beside it."""
    made = _priced(stage, sum_minor(stage.rng, 90_000))
    trifle = max(share(made.total, stage.rng, 0.001, 0.005), 2)
    moments = series(stage, _start(stage, made), 2, 0.1, 20)
    ends = (made.buyer.account, made.seller.account)
    paid = [
        stage.payment(*ends, amount, time=stamp(at))
        for amount, at in zip((made.total, trifle), moments, strict=True)
    ]
    unrelated(stage, [made.buyer.account, made.seller.account])
    return made.roles, (made.id, *paid)


def _too_far_apart(stage: Stage) -> Told:
    """Let two payments add up to the price by chance, many days apart."""
    made = _priced(stage, sum_minor(stage.rng, 90_000))
    first = _start(stage, made)
    moments, ends = [first, later(first, stage.rng, 24 * 4, 24 * 25)], (made.buyer, made.seller)
    paid = [
        stage.payment(ends[0].account, ends[1].account, part, time=stamp(at))
        for part, at in zip(parts_of(made.total, 2, stage.rng), moments, strict=True)
    ]
    unrelated(stage, [made.buyer.account, made.seller.account])
    return made.roles, (made.id, *paid)


def _not_consecutive(stage: Stage) -> Told:
    """Let a third payment lie between the two that add up to the price."""
    made = _priced(stage, sum_minor(stage.rng, 90_000))
    first, second = parts_of(made.total, 2, stage.rng)
    between = share(made.total, stage.rng, 0.05, 0.15)
    moments = series(stage, _start(stage, made), 3, 0.5, 20)
    paid = [
        stage.payment(made.buyer.account, made.seller.account, part, time=stamp(at))
        for part, at in zip((first, between, second), moments, strict=True)
    ]
    unrelated(stage, [made.buyer.account, made.seller.account])
    return made.roles, (made.id, *paid)


def _another_pays(stage: Stage) -> Told:
    """Let a stranger pay what would make the price full."""
    made, stranger = _priced(stage, sum_minor(stage.rng, 90_000)), hand(stage)
    moments = series(stage, _start(stage, made), 2, 0.5, 20)
    parts = parts_of(made.total, 2, stage.rng)
    paid = [
        stage.payment(payer, made.seller.account, part, time=stamp(at))
        for payer, part, at in zip(
            (made.buyer.account, stranger.account), parts, moments, strict=True
        )
    ]
    unrelated(stage, [made.buyer.account, made.seller.account])
    return made.roles, (made.id, *paid)


DECOYS: dict[str, Teller] = {
    "deposit": _deposit,
    "instalments": _instalments,
    "failed_first": _failed_first,
    "other_sum": _other_sum,
    "one_is_enough": _one_is_enough,
    "too_far_apart": _too_far_apart,
    "not_consecutive": _not_consecutive,
    "another_pays": _another_pays,
}
