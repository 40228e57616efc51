"""Stories of an agent who reports more than was paid, and of near misses."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.simulate.deal_telling import Lot, tell, total_minor
from graphmodel.simulate.hardening import row_of
from graphmodel.simulate.stage import Hardship, money, stamp
from graphmodel.simulate.telling import state

if TYPE_CHECKING:
    from datetime import datetime

    from graphmodel.simulate.deal_telling import Trading, Variant
    from graphmodel.simulate.stage import Label, Stage
    from graphmodel.simulate.telling import Hand, Told

ROOM_DAYS = 40
PADDED = (1.08, 1.7)
"""Reported ÷ paid: well above the tolerance of 1 %."""
ROUNDED = (1.0005, 1.008)
NOT_SAID = 0.5


def plant(stage: Stage) -> Label:
    """Let an agent report a purchase to the principal above its price."""
    return tell(stage, "price_padding", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let the difference be agreed, paid back, a fee, a rounding, or no report of the purchase."""
    return tell(stage, "price_padding", "decoy", DECOYS)


class Errand(NamedTuple):
    """For whom is bought, who buys, from whom."""

    principal: Hand
    agent: Hand
    seller: Hand

    def roles(self) -> dict[str, tuple[str, ...]]:
        """Return the roles of the card."""
        return {
            "principal": (self.principal.id,),
            "agent": (self.agent.id,),
            "seller": (self.seller.id,),
        }


def _errand(t: Trading, **tie: object) -> Errand:
    """Tie an agent to a principal; half of the sources say that the principal was not told."""
    errand = Errand(t.known(), t.known(), t.somebody())
    told = "no" if t.rng.random() < NOT_SAID else ""
    t.serve(errand.agent, errand.principal, **{"disclosed": told, **tie})
    if t.stage.hardship is Hardship.MISSING_PRICE:
        t.pays = True  # what was paid then says what the price was
    return errand


def _buys(t: Trading, errand: Errand, lot: Lot, at: datetime, unit: int) -> str:
    return t.sale((errand.seller, errand.agent), lot, at, unit)


def _report(
    t: Trading, errand: Errand, bought: str, lot: Lot, unit: int, at: datetime, **cells: object
) -> str:
    """Add what the agent told the principal, and the principal's payment where one is recorded."""
    given: dict[str, object] = {"agent": errand.agent.id, "principal": errand.principal.id}
    given |= {"deal": bought, "quantity": lot.quantity, "time": stamp(at)}
    given |= t.price(lot.quantity, unit) | cells
    return t.stage.add("claims", id=t.stage.id("claim"), **given)


def _settles_up(t: Trading, errand: Errand, amount_minor: int, at: datetime) -> None:
    """Let the principal pay what was reported, for no deal that is named."""
    if t.pays:
        t.pay((errand.principal, errand.agent), amount_minor, at)
        t.payments.pop()  # a refund to the principal would be another story


def _padded(t: Trading, errand: Errand, lot: Lot, at: datetime) -> tuple[str, str]:
    """Add a purchase and a report above it; return both ids."""
    unit = t.unit()
    more = t.dearer(unit, *PADDED)
    bought = _buys(t, errand, lot, at, unit)
    told = t.later(at, 0.2, 5)
    claim = _report(t, errand, bought, lot, more, told)
    _settles_up(t, errand, total_minor(lot.quantity, more), told)
    return bought, claim


def _reported_above(t: Trading) -> Told:
    errand = _errand(t)
    return errand.roles(), _padded(t, errand, t.lot(free=False), t.begin(ROOM_DAYS))


def _lower_offer_known(t: Trading) -> Told:
    """Let the seller's offer at the lower price be known too."""
    errand, lot, at = _errand(t), t.lot(free=False), t.begin(ROOM_DAYS)
    events = _padded(t, errand, lot, at)
    deal = row_of(t.stage, events[0])
    price = {cell: deal.get(cell, "") for cell in ("unit_price", "total", "currency")}
    ends = {"seller": errand.seller.account, "buyer": errand.agent.account}
    before = stamp(at - timedelta(hours=t.rng.uniform(0.2, 40)))
    offer = {"id": t.stage.id("offer"), "batch": lot.batch, "quantity": lot.quantity}
    t.stage.add("offers", **offer, **ends, **price, time=before)
    return errand.roles(), events


def _difference_stated(t: Trading) -> Told:
    """Let neither price be known, only what lay between them."""
    errand, lot, at = _errand(t), t.lot(), t.begin(ROOM_DAYS)
    bought = t.sale((errand.seller, errand.agent), lot, at)
    claim = t.stage.add(
        "claims",
        id=t.stage.id("claim"),
        agent=errand.agent.id,
        principal=errand.principal.id,
        deal=bought,
        difference=money(t.rng.randrange(200, 9_000) * 100),
        difference_bound=t.rng.choice(("exact", "about", "at_least")),
        currency=t.currency,
        time=stamp(t.later(at, 0.2, 10)),
    )
    return errand.roles(), (bought, claim)


def _in_his_own_name(t: Trading) -> Told:
    """Let the agent pass the goods on to the principal, openly, above their price."""
    errand, lot, at, unit = _errand(t), t.lot(), t.begin(ROOM_DAYS), t.unit()
    bought = _buys(t, errand, lot, at, unit)
    ends = errand.agent, errand.principal
    passed = t.sale(ends, lot, t.later(at, 0.5, 12), t.dearer(unit, *PADDED))
    t.payments = t.payments[:1]  # a refund to the principal would be another story
    return errand.roles(), (bought, passed)


def _arranged(t: Trading) -> Told:
    """Let the seller deliver to the principal what the agent arranged and reported."""
    errand, lot, at, unit = _errand(t), t.lot(free=False), t.begin(ROOM_DAYS), t.unit()
    ends, told = (errand.seller, errand.principal), t.later(at, 0.2, 5)
    pays, t.pays = t.pays, False
    bought = t.sale(ends, lot, at, unit, buyer_agent=errand.agent.id)
    t.pays = pays
    if pays:
        payer = (errand.agent, errand.seller)
        t.pay(payer, total_minor(lot.quantity, unit), at, deal=bought)
    return errand.roles(), (bought, _report(t, errand, bought, lot, t.dearer(unit, *PADDED), told))


def _report_of_equal_quantity(t: Trading) -> Told:
    """Let nothing but an equal quantity, within days, say what the report is about."""
    errand, lot, at, unit = _errand(t), t.lot(free=False), t.begin(ROOM_DAYS), t.unit()
    bought = _buys(t, errand, lot, at, unit)
    more, told = t.dearer(unit, *PADDED), t.later(at, 0.2, 5)
    return errand.roles(), (bought, _report(t, errand, "", lot, more, told))


def _small_and_often(t: Trading) -> Told:
    errand, at = _errand(t), t.begin(ROOM_DAYS)
    events: list[str] = []
    for _ in range(t.rng.randint(2, 4)):
        events += _padded(t, errand, t.lot(free=False), at)
        at = t.later(at, 2, 8)
    return errand.roles(), tuple(events)


PLANTS: dict[str, Variant] = {
    "reported_above": _reported_above,
    "lower_offer_known": _lower_offer_known,
    "difference_stated": _difference_stated,
    "in_his_own_name": _in_his_own_name,
    "arranged": _arranged,
    "report_of_equal_quantity": _report_of_equal_quantity,
    "small_and_often": _small_and_often,
}


def _agreed_commission(t: Trading) -> Told:
    errand = _errand(t, disclosed="yes")
    return errand.roles(), _padded(t, errand, t.lot(free=False), t.begin(ROOM_DAYS))


def _reports(t: Trading, errand: Errand, ratio: tuple[float, float]) -> tuple[str, str, int]:
    """Add a purchase and a report in totals at a ratio of it, no payments; and the difference."""
    lot, at, unit = t.lot(free=False), t.begin(ROOM_DAYS), t.unit()
    paid = total_minor(lot.quantity, unit)
    reported = round(paid * t.rng.uniform(*ratio))
    t.pays = False
    bought = _buys(t, errand, lot, at, unit)
    price = {"unit_price": "", "total": money(reported)}
    claim = _report(t, errand, bought, lot, unit, t.later(at, 0.2, 5), **price)
    t.spare()
    return bought, claim, reported - paid


def _true_price(t: Trading) -> Told:
    errand = _errand(t)
    lot, at, unit = t.lot(free=False), t.begin(ROOM_DAYS), t.unit()
    bought = _buys(t, errand, lot, at, unit)
    claim = _report(t, errand, bought, lot, unit, t.later(at, 0.2, 5))
    t.spare()
    return errand.roles(), (bought, claim)


def _rounded(t: Trading) -> Told:
    errand = _errand(t, disclosed="")
    *events, _ = _reports(t, errand, ROUNDED)
    return errand.roles(), tuple(events)


def _fee_stated(t: Trading) -> Told:
    errand = _errand(t, disclosed="")
    *events, difference = _reports(t, errand, PADDED)
    cells = {"amount": money(difference), "currency": t.currency}
    state(t.stage, "fee", [events[1]], **cells)
    return errand.roles(), tuple(events)


def _paid_back(t: Trading) -> Told:
    errand = _errand(t)
    *events, difference = _reports(t, errand, PADDED)
    cells = {"amount": money(difference), "currency": t.currency}
    state(t.stage, "paid_back", [events[1]], **cells)
    return errand.roles(), tuple(events)


def _other_quantity(t: Trading) -> Told:
    """Let the report name another quantity and no purchase."""
    errand, lot, at, unit = _errand(t), t.lot(free=False), t.begin(ROOM_DAYS), t.unit()
    bought = _buys(t, errand, lot, at, unit)
    other = Lot("", lot.quantity + t.rng.randint(1, 9))
    claim = _report(t, errand, "", other, t.dearer(unit, *PADDED), t.later(at, 0.2, 5))
    return errand.roles(), (bought, claim)


def _weeks_later(t: Trading) -> Told:
    """Let a report of equal quantity, which names no purchase, come after the window."""
    errand, lot, at, unit = _errand(t), t.lot(free=False), t.begin(ROOM_DAYS), t.unit()
    bought = _buys(t, errand, lot, at, unit)
    claim = _report(t, errand, "", lot, t.dearer(unit, *PADDED), t.later(at, 9, 30))
    t.spare()
    return errand.roles(), (bought, claim)


def _nobodys_agent(t: Trading) -> Told:
    """Let the reporter stand for nobody, or stand for the principal no more."""
    errand, at = Errand(t.known(), t.known(), t.somebody()), t.begin(ROOM_DAYS)
    if t.rng.random() < 1 / 2:
        left = at - timedelta(days=t.rng.randint(2, 90))
        t.tie(errand.principal.id, "employs", errand.agent.id, until=f"{left:%Y-%m-%d}")
    events = _padded(t, errand, t.lot(free=False), at)
    t.spare()
    return errand.roles(), events


DECOYS: dict[str, Variant] = {
    "agreed_commission": _agreed_commission,
    "true_price": _true_price,
    "rounded": _rounded,
    "fee_stated": _fee_stated,
    "paid_back": _paid_back,
    "other_quantity": _other_quantity,
    "weeks_later": _weeks_later,
    "nobodys_agent": _nobodys_agent,
}
