"""Stories of money that comes back to where it started, and of some that only look so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.simulate.stage import Hardship, coarse, money, stamp
from graphmodel.simulate.telling import (
    Hand,
    Teller,
    Told,
    by_day,
    hand,
    later,
    parts_of,
    price,
    refund_part,
    refunded_twin,
    second_account,
    sell,
    series,
    share,
    start_of,
    state,
    sum_minor,
    tell,
    unrelated,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphmodel.simulate.stage import Label, Stage

LARGEST = 6
"""Longest loop that is searched for by default."""
FIVE = 5
USDT_PER_YUAN = 0.14


class Hop(NamedTuple):
    """One payment of a loop: from and to an account, so many fen, at a time."""

    payer: str
    payee: str
    amount: int
    moment: datetime


def plant(stage: Stage) -> Label:
    """Let money go round among parties within a month, in order."""
    return tell(stage, "payment_loop", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let money go back as a loan or among a household, out of order, or without any sign."""
    return tell(stage, "payment_loop", "decoy", DECOYS)


def _members(stage: Stage, least: int = 3, known: float = 0.8) -> list[Hand]:
    """Return the parties of a loop."""
    return [hand(stage, known) for _ in range(stage.rng.randrange(least, LARGEST + 1))]


def _kept(stage: Stage, number: int, low: float = 0.95, high: float = 1.0) -> list[int]:
    """Return amounts of which each is a part of the one before."""
    amounts = [sum_minor(stage.rng, 200_000)]
    while len(amounts) < number:
        amounts.append(share(amounts[-1], stage.rng, low, high))
    return amounts


def _uneven(stage: Stage, number: int) -> list[int]:
    """Return amounts of which none is like the next, least and greatest far apart."""
    base = sum_minor(stage.rng, 200_000)
    return [
        share(base, stage.rng, 0.9, 1.0) if place % 2 else share(base, stage.rng, 0.3, 0.5)
        for place in range(number)
    ]


def _hops(
    stage: Stage, members: Sequence[Hand], amounts: Sequence[int], low_h: float, high_h: float
) -> list[Hop]:
    """Return the payments round the members once, each so many hours after the one before."""
    start = start_of(stage, 110)
    moments = series(stage, start, len(members), low_h, high_h)
    following = [*members[1:], members[0]]
    return [
        Hop(payer.account, payee.account, amount, moment)
        for payer, payee, amount, moment in zip(members, following, amounts, moments, strict=True)
    ]


def _pay_round(
    stage: Stage,
    hops: Sequence[Hop],
    deal: str = "",
    *,
    marked: int | None = None,
    write: Callable[[datetime], str] = stamp,
) -> list[str]:
    """Add the payments of a loop; the first may settle a deal.

    The hardship of the stage falls on the payment at place `marked`, any if None: a part of it is
    paid back, or a twin beside the loop. `write` says times as the statement of the payments does.
    """
    marked = stage.rng.randrange(len(hops)) if marked is None else marked
    paid: list[str] = []
    for place, hop in enumerate(hops):
        ends, hardship = (hop.payer, hop.payee), stage.hardship if place == marked else None
        is_coarse = hardship is Hardship.COARSE_DATE
        cells = {"time": coarse(hop.moment) if is_coarse else write(hop.moment)}
        cells |= {"deal": deal if not place else ""}
        parts = [hop.amount]
        if hardship is Hardship.SPLIT_PAYMENT:
            parts = parts_of(hop.amount, 2, stage.rng)
        paid += [stage.payment(*ends, part, **cells) for part in parts]
        if hardship is Hardship.REFUNDED_PAYMENT:
            if stage.rng.random() < 1 / 2:
                refund_part(stage, ends, paid[-1], hop.amount, hop.moment)
            else:
                refunded_twin(stage, ends, hop.amount, hop.moment)
    unrelated(stage, sorted({hop.payer for hop in hops}))
    return paid


def _roles(members: Sequence[Hand], paid: Sequence[str]) -> dict[str, tuple[str, ...]]:
    return {"members": tuple(m.id for m in members), "payments": tuple(paid)}


def _deal_beside(stage: Stage, hops: Sequence[Hop]) -> str:
    """Add the deal that the first payment is for, without a price where it is to be missing."""
    first = hops[0]
    at = later(first.moment, stage.rng, -40, -1)
    cells = {"total": "", **price(stage, first.amount)}
    return sell(stage, (first.payee, first.payer), at, **cells)


def _maybe_deal(stage: Stage, hops: Sequence[Hop]) -> str:
    return _deal_beside(stage, hops) if stage.hardship is Hardship.MISSING_PRICE else ""


def _alike(stage: Stage) -> Told:
    """Let almost the same amount go round within days."""
    members = _members(stage)
    hops = _hops(stage, members, _kept(stage, len(members)), 0.2, 60)
    paid = _pay_round(stage, hops, _maybe_deal(stage, hops))
    return _roles(members, paid), tuple(paid)


def _quick(stage: Stage) -> Told:
    """Let it go round within hours, among accounts of nobody known."""
    members = _members(stage, known=0)
    hops = _hops(stage, members, _kept(stage, len(members), 0.97, 1.0), 0.1, 10)
    paid = _pay_round(stage, hops, _maybe_deal(stage, hops))
    return _roles(members, paid), tuple(paid)


def _five_parties(stage: Stage) -> Told:
    """Let unlike amounts go round among five or six."""
    members = _members(stage, FIVE)
    hops = _hops(stage, members, _uneven(stage, len(members)), 2, 100)
    paid = _pay_round(stage, hops, _maybe_deal(stage, hops))
    return _roles(members, paid), tuple(paid)


def _twice(stage: Stage) -> Told:
    """Let it go round the same members twice or more, a deal beside the first time."""
    members = _members(stage)
    amounts = _kept(stage, len(members), 0.97, 1.0)
    hops = _hops(stage, members, amounts, 1, 40)
    paid = _pay_round(stage, hops, _deal_beside(stage, hops))
    events = list(paid)
    for time in range(stage.rng.randrange(1, 3)):
        shift = timedelta(days=33 * (time + 1) - stage.rng.randrange(0, 3))
        amounts = _kept(stage, len(members), 0.97, 1.0)
        events += [
            stage.payment(hop.payer, hop.payee, amount, time=stamp(hop.moment + shift))
            for hop, amount in zip(hops, amounts, strict=True)
        ]
    return _roles(members, paid), tuple(events)


def _by_day(stage: Stage) -> Told:
    """Let the statement know days only: some payments may be of one day."""
    members = _members(stage)
    hops = _hops(stage, members, _kept(stage, len(members)), 1, 30)
    paid = _pay_round(stage, hops, _maybe_deal(stage, hops), write=by_day)
    return _roles(members, paid), tuple(paid)


def _for_a_deal(stage: Stage) -> Told:
    """Let the price of a deal come back to who paid it."""
    members = _members(stage)
    hops = _hops(stage, members, _kept(stage, len(members), 0.93, 1.0), 2, 70)
    paid = _pay_round(stage, hops, _deal_beside(stage, hops))
    return _roles(members, paid), tuple(paid)


def _own_accounts_between(stage: Stage) -> Told:
    """Let one member be paid on one account of its own and pay from another.

    The transfer between the two is recorded, or not.
    """
    members = _members(stage)
    place = stage.rng.randrange(len(members))
    members[place] = own = hand(stage, 1)
    hops = _hops(stage, members, _kept(stage, len(members)), 8, 50)
    coming, other = hops[place - 1], second_account(stage, own)
    hops[place - 1] = coming._replace(payee=other)
    paid = _pay_round(stage, hops, _maybe_deal(stage, hops))
    if stage.rng.random() < 1 / 2:
        at = later(coming.moment, stage.rng, 0.1, 7)
        stage.payment(other, own.account, coming.amount, time=stamp(at))
    return _roles(members, paid), tuple(paid)


def _another_currency(stage: Stage) -> Told:
    """Let one hop of it be paid in another currency."""
    members = _members(stage, FIVE if stage.hardship is Hardship.COARSE_DATE else 3)
    hops = _hops(stage, members, _kept(stage, len(members)), 1, 60)
    last = hops.pop()
    paid = _pay_round(stage, hops, _maybe_deal(stage, hops))
    usdt = money(int(last.amount * USDT_PER_YUAN))
    cells = {"amount": usdt, "currency": "USDT", "time": stamp(last.moment)}
    paid.append(stage.payment(last.payer, last.payee, 0, **cells))
    return _roles(members, paid), tuple(paid)


PLANTS: dict[str, Teller] = {
    "alike": _alike,
    "quick": _quick,
    "five_parties": _five_parties,
    "twice": _twice,
    "by_day": _by_day,
    "for_a_deal": _for_a_deal,
    "own_accounts_between": _own_accounts_between,
    "another_currency": _another_currency,
}


def _loan(stage: Stage) -> Told:
    """Let a loan go through hands and be paid back, as is stated."""
    members = [hand(stage) for _ in range(3)]
    hops = _hops(stage, members, _kept(stage, 3), 20, 120)
    paid = _pay_round(stage, hops)
    state(stage, "loan", paid[:1])
    state(stage, "repayment", paid[-1:])
    return _roles(members, paid), tuple(paid)


def _two_parties(stage: Stage) -> Told:
    """Let one party pay back another."""
    members = [hand(stage) for _ in range(2)]
    hops = _hops(stage, members, _kept(stage, 2, 0.97, 1.0), 10, 400)
    paid = _pay_round(stage, hops)
    return _roles(members, paid), tuple(paid)


def _household(stage: Stage) -> Told:
    """Let spouses and a child pay each other; each keeps a part."""
    members = [hand(stage, 1) for _ in range(3)]
    one, other, child = (m.id for m in members)
    stage.add("ties", a=one, kind="spouse_of", b=other)
    stage.add("ties", a=child, kind="kin_of", b=one)
    stage.add("ties", a=child, kind="kin_of", b=other)
    first = sum_minor(stage.rng, 200_000)
    amounts = [first, share(first, stage.rng, 0.83, 0.88), share(first, stage.rng, 0.81, 0.829)]
    paid = _pay_round(stage, _hops(stage, members, amounts, 30, 150))
    return _roles(members, paid), tuple(paid)


def _friends(stage: Stage) -> Told:
    """Let friends settle bills of unlike sums: a bare loop is no finding."""
    members = [hand(stage) for _ in range(stage.rng.randrange(3, FIVE))]
    hops = _hops(stage, members, _uneven(stage, len(members)), 10, 120)
    paid = _pay_round(stage, hops, marked=0)  # the least of them: its parts are like no other
    return _roles(members, paid), tuple(paid)


def _wrong_order(stage: Stage) -> Told:
    """Let the payments of a triangle come in the order that no money can have gone round."""
    members = [hand(stage) for _ in range(3)]
    hops = _hops(stage, members, _kept(stage, 3, 0.82, 0.89), 1, 2)
    start = hops[0].moment
    times = (
        start,
        later(start, stage.rng, 24 * 14, 24 * 24),
        later(start, stage.rng, 24 * 7, 24 * 9),
    )
    paid = [
        stage.payment(hop.payer, hop.payee, hop.amount, time=stamp(at))
        for hop, at in zip(hops, times, strict=True)
    ]
    unrelated(stage, [m.account for m in members])
    return _roles(members, paid), tuple(paid)


def _too_slow(stage: Stage) -> Told:
    """Let it take longer than a month to come back."""
    members = [hand(stage) for _ in range(3)]
    start = start_of(stage, 110)
    times = [
        start,
        later(start, stage.rng, 24 * 20, 24 * 25),
        later(start, stage.rng, 24 * 62, 24 * 70),
    ]
    following = [*members[1:], members[0]]
    amounts = _kept(stage, 3)
    paid = [
        stage.payment(payer.account, payee.account, amount, time=stamp(at))
        for payer, payee, amount, at in zip(members, following, amounts, times, strict=True)
    ]
    unrelated(stage, [m.account for m in members])
    return _roles(members, paid), tuple(paid)


def _failed_hop(stage: Stage) -> Told:
    """Let one of the payments have failed, or been paid back in full."""
    members = [hand(stage) for _ in range(stage.rng.randrange(3, LARGEST + 1))]
    hops = _hops(stage, members, _kept(stage, len(members), 0.83, 0.89), 25, 80)
    hole = hops.pop(stage.rng.randrange(len(hops)))
    paid = _pay_round(stage, hops)
    status = stage.rng.choice(("failed", "refunded"))
    cells = {"time": stamp(hole.moment), "status": status}
    lost = stage.payment(hole.payer, hole.payee, hole.amount, **cells)
    if status == "refunded":
        back = later(hole.moment, stage.rng, 1, 20)
        cells = {"time": stamp(back), "refunds": lost}
        stage.payment(hole.payee, hole.payer, hole.amount, **cells)
    return _roles(members, [*paid, lost]), (*paid, lost)


def _open_line(stage: Stage) -> Told:
    """Let the last of the line pay somebody else than the first."""
    members = [hand(stage) for _ in range(4)]
    hops = _hops(stage, members, _kept(stage, 4, 0.83, 0.89), 25, 120)[:-1]
    paid = _pay_round(stage, hops)
    return _roles(members, paid), tuple(paid)


DECOYS: dict[str, Teller] = {
    "loan": _loan,
    "two_parties": _two_parties,
    "household": _household,
    "friends": _friends,
    "wrong_order": _wrong_order,
    "too_slow": _too_slow,
    "failed_hop": _failed_hop,
    "open_line": _open_line,
}
