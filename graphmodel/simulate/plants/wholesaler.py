"""Stories of one party that sells the same goods to many, and of near misses."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from graphmodel.simulate.deal_telling import LEAST_UNIT, Lot, tell
from graphmodel.simulate.stage import stamp
from graphmodel.simulate.telling import ROUND, state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.simulate.deal_telling import Trading, Variant
    from graphmodel.simulate.stage import Label, Stage
    from graphmodel.simulate.telling import Hand, Told

ROOM_DAYS = 45
LEAST_BUYERS = 3
SEVERAL = (3, 7)
VERY_MANY = (10, 14)


def plant(stage: Stage) -> Label:
    """Let one party sell the same goods to three buyers or more."""
    return tell(stage, "wholesaler", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let there be too few buyers, consent, samples, other goods, or buyers who are one."""
    return tell(stage, "wholesaler", "decoy", DECOYS)


def _roles(hub: Hand, buyers: Sequence[Hand]) -> dict[str, tuple[str, ...]]:
    return {"hub": (hub.id,), "counterparties": tuple(sorted({buyer.id for buyer in buyers}))}


def _times(t: Trading, number: int) -> list[datetime]:
    """Return moments in order within a month, after some days in which goods may be bought."""
    first = t.later(t.begin(ROOM_DAYS), 8, 10)
    return sorted(t.later(first, 0, 30) for _ in range(number))


def _buyers(t: Trading, number: int) -> list[Hand]:
    return [t.somebody() for _ in range(number)]


def _several(t: Trading) -> list[Hand]:
    return _buyers(t, t.rng.randint(*SEVERAL))


def _sold_to(
    t: Trading,
    sellers: Sequence[Hand],
    buyers: Sequence[Hand],
    lots: Sequence[Lot],
    *,
    at_one: bool,
) -> tuple[str, ...]:
    """Sell to every buyer, the sellers and lots in turn, at one price or at different ones."""
    unit, deals = t.unit(), []
    for place, (buyer, at) in enumerate(zip(buyers, _times(t, len(buyers)), strict=True)):
        ends, lot = (sellers[place % len(sellers)], buyer), lots[place % len(lots)]
        if at_one:
            stated = t.price(lot.quantity, unit, ("unit_price",))
            deals.append(t.sale(ends, lot, at, unit, **stated))
        else:
            deals.append(t.sale(ends, lot, at, unit + 3 * place))
    return tuple(deals)


def _price_list(t: Trading) -> Told:
    hub, buyers = t.anyone(), _several(t)
    return _roles(hub, buyers), _sold_to(t, [hub], buyers, [t.loose_lot()], at_one=True)


def _two_accounts(t: Trading) -> Told:
    hub, buyers = t.known(), _several(t)
    sellers = [hub, t.other_account(hub)]
    return _roles(hub, buyers), _sold_to(t, sellers, buyers, [t.lot()], at_one=False)


def _very_many(t: Trading) -> Told:
    hub, buyers = t.anyone(), _buyers(t, t.rng.randint(*VERY_MANY))
    return _roles(hub, buyers), _sold_to(t, [hub], buyers, [t.lot()], at_one=t.rng.random() < 1 / 2)


def _bought_before(t: Trading) -> Told:
    hub, buyers, lot = t.anyone(), _several(t), t.lot()
    events = _sold_to(t, [hub], buyers, [lot], at_one=True)
    first = min(row["time"] for row in t.stage.tables["deals"])
    at = t.later(datetime.fromisoformat(first), -7, -1)
    t.sale((t.anyone(), hub), lot, at, LEAST_UNIT // 2)
    return _roles(hub, buyers), events


def _copies(t: Trading) -> Told:
    """Let each buyer get a file of its own, stated to be the same as the first."""
    hub, buyers, lot = t.anyone(), _several(t), t.lot()
    lots = [lot, *(t.copy_of(lot) for _ in buyers[1:])]
    return _roles(hub, buyers), _sold_to(t, [hub], buyers, lots, at_one=True)


def _spoken_of_in_a_group(t: Trading) -> Told:
    hub, buyers, lot = t.anyone(), _several(t), t.lot()
    events = _sold_to(t, [hub], buyers, [lot], at_one=False)
    _speaks_of(t, hub, events)
    return _roles(hub, buyers), events


def _speaks_of(t: Trading, hub: Hand, deals: Sequence[str]) -> None:
    """Let the hub write about its sales in a group."""
    said = {"author": hub.account, "group": t.stage.id("group"), "text": "…"}
    for deal in deals:
        at = stamp(t.later(t.begin(ROOM_DAYS), 0, 6))
        t.stage.add("messages", id=t.stage.id("message"), **said, time=at, deal=deal)


def _equal_quantity(t: Trading) -> Told:
    """Let only a rare quantity, with free records, show that three got the same: a lead."""
    hub, buyers = t.known(), _buyers(t, LEAST_BUYERS)
    lot, sellers = t.lot(named=False, free=True), [hub, t.other_account(hub)]
    events = _sold_to(t, sellers, buyers, [lot], at_one=True)
    _speaks_of(t, hub, events)
    return _roles(hub, buyers), events


PLANTS: dict[str, Variant] = {
    "price_list": _price_list,
    "two_accounts": _two_accounts,
    "very_many": _very_many,
    "bought_before": _bought_before,
    "copies": _copies,
    "spoken_of_in_a_group": _spoken_of_in_a_group,
    "equal_quantity": _equal_quantity,
}


def _two_buyers(t: Trading) -> Told:
    hub, buyers = t.anyone(), _buyers(t, 2)
    return _roles(hub, buyers), _sold_to(t, [hub], buyers, [t.lot()], at_one=True)


def _licensed(t: Trading) -> Told:
    hub, buyers, lot = t.known(), _several(t), t.lot()
    events = _sold_to(t, [hub, t.other_account(hub)], buyers, [lot], at_one=True)
    state(t.stage, "licensed", [lot.batch])
    return _roles(hub, buyers), events


def _one_buyer_often(t: Trading) -> Told:
    """Let two people buy again and again, with several accounts: parties are counted."""
    hub, two = t.anyone(), [t.known(), t.known()]
    buyers = [*two, *(t.other_account(buyer) for buyer in two), *two]
    return _roles(hub, buyers), _sold_to(t, [hub], buyers, [t.lot()], at_one=True)


def _samples(t: Trading) -> Told:
    """Let all but two get a sample."""
    hub, buyers, lot = t.anyone(), _several(t), t.lot()
    events = _sold_to(t, [hub], buyers[:2], [lot], at_one=True)
    for buyer, at in zip(buyers[2:], _times(t, len(buyers) - 2), strict=True):
        t.sale((hub, buyer), lot._replace(quantity=100, free=0), at, kind="sample")
    return _roles(hub, buyers), events


def _undone_sale(t: Trading) -> Told:
    hub, buyers, lot, unit = t.anyone(), _buyers(t, LEAST_BUYERS), t.lot(), t.unit()
    undone, events = t.rng.randrange(LEAST_BUYERS), []
    for place, at in enumerate(_times(t, LEAST_BUYERS)):
        cells = {"status": t.rng.choice(("refunded", "cancelled"))} if place == undone else {}
        events.append(t.sale((hub, buyers[place]), lot, at, unit, **cells))
    return _roles(hub, buyers), tuple(events)


def _other_lists(t: Trading) -> Told:
    """Let every buyer get a list of its own."""
    hub, buyers = t.anyone(), _several(t)
    lots = [t.lot() for _ in buyers]
    return _roles(hub, buyers), _sold_to(t, [hub], buyers, lots, at_one=True)


def _usual_package(t: Trading) -> Told:
    """Let every buyer get the same number of records and nothing show that they are the same."""
    hub, buyers, quantity = t.anyone(), _several(t), t.rng.choice(ROUND)
    lots = [Lot(t.batch(quantity), quantity) for _ in buyers]
    return _roles(hub, buyers), _sold_to(t, [hub], buyers, lots, at_one=True)


def _given_away(t: Trading) -> Told:
    hub, buyers, lot = t.anyone(), _several(t), t.lot()
    events = tuple(
        t.sale((hub, buyer), lot, at, kind="gift")
        for buyer, at in zip(buyers, _times(t, len(buyers)), strict=True)
    )
    return _roles(hub, buyers), events


DECOYS: dict[str, Variant] = {
    "two_buyers": _two_buyers,
    "licensed": _licensed,
    "one_buyer_often": _one_buyer_often,
    "samples": _samples,
    "undone_sale": _undone_sale,
    "other_lists": _other_lists,
    "usual_package": _usual_package,
    "given_away": _given_away,
}
