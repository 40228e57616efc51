"""Stories of goods that go through two or more intermediaries, and of near misses."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from graphmodel.simulate.deal_telling import tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from graphmodel.simulate.deal_telling import Lot, Trading, Variant
    from graphmodel.simulate.stage import Label, Stage
    from graphmodel.simulate.telling import Hand, Told

STEP_DAYS = (0.3, 9)
ROOM_DAYS = 45
MOST_DEALS = 5
MARKUP = (1.15, 2.2)


def plant(stage: Stage) -> Label:
    """Let goods go through two hands or more, each dearer than before."""
    return tell(stage, "resale_chain", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let deals look like a chain, but for their order, their goods, their parties or terms."""
    return tell(stage, "resale_chain", "decoy", DECOYS)


def _roles(members: Sequence[Hand], lots: Sequence[Lot]) -> dict[str, tuple[str, ...]]:
    return {
        "members": tuple(member.id for member in members),
        "batch": tuple(sorted({lot.batch for lot in lots if lot.batch})),
    }


def _hands(t: Trading, deals: int) -> list[Hand]:
    return [t.somebody() for _ in range(deals + 1)]


def _times(t: Trading, deals: int) -> list[datetime]:
    moments = [t.begin(ROOM_DAYS)]
    while len(moments) < deals:
        moments.append(t.later(moments[-1], *STEP_DAYS))
    return moments


def _sold_on(
    t: Trading, hands: Sequence[Hand], lots: Sequence[Lot], times: Sequence[datetime]
) -> tuple[str, ...]:
    """Add one deal from each hand to the next, each dearer per record."""
    unit, deals = t.unit(), []
    for place, (lot, at) in enumerate(zip(lots, times, strict=True)):
        deals.append(t.sale((hands[place], hands[place + 1]), lot, at, unit))
        unit = t.dearer(unit, *MARKUP)
    return tuple(deals)


def _told(t: Trading, hands: Sequence[Hand], lots: Sequence[Lot]) -> Told:
    return _roles(hands, lots), _sold_on(t, hands, lots, _times(t, len(lots)))


def _three_deals(t: Trading) -> Told:
    return _told(t, _hands(t, 3), [t.loose_lot()] * 3)


def _one_day(t: Trading) -> Told:
    """Let all deals be dated by one day, and only the source say in which order they came."""
    hands, lot, unit, day = _hands(t, 3), t.lot(), t.unit(), t.begin(5)
    t.pays = t.delivers = False
    deals: list[str] = []
    for place in range(3):
        cells = {"time": f"{day:%Y-%m-%d}", "after": deals[-1] if deals else ""}
        deals.append(t.sale((hands[place], hands[place + 1]), lot, day, unit, **cells))
        unit = t.dearer(unit, *MARKUP)
    return _roles(hands, [lot]), tuple(deals)


def _longer(t: Trading) -> Told:
    deals = t.rng.randint(4, MOST_DEALS)
    return _told(t, _hands(t, deals), [t.lot()] * deals)


def _cut_on_the_way(t: Trading) -> Told:
    """Let each hand sell a part of what it bought."""
    lots, deals = [t.lot()], t.rng.choice((3, 4))
    while len(lots) < deals:
        lots.append(t.part_of(lots[-1]))
    return _told(t, _hands(t, len(lots)), lots)


def _nobody_known(t: Trading) -> Told:
    return _told(t, [t.unknown() for _ in range(4)], [t.lot()] * 3)


def _two_accounts_each(t: Trading) -> Told:
    """Let every intermediary buy with one account and sell with another."""
    ends, middle = (t.anyone(), t.anyone()), [t.known(), t.known()]
    lot, unit, deals = t.lot(), t.unit(), []
    sellers = [ends[0], *(t.other_account(m) for m in middle)]
    for pair, at in zip(zip(sellers, [*middle, ends[1]], strict=True), _times(t, 3), strict=True):
        deals.append(t.sale(pair, lot, at, unit))
        unit = t.dearer(unit, *MARKUP)
    return _roles([ends[0], *middle, ends[1]], [lot]), tuple(deals)


def _equal_quantity(t: Trading) -> Told:
    """Let only a rare quantity, with free records, show that the goods are the same.

    Where a price is missing it is the middle one, so that the ends still tell of a rise.
    """
    told = _told(t, _hands(t, 3), [t.lot(named=False, free=True)] * 3)
    t.prices = t.prices[1:2]
    return told


PLANTS: dict[str, Variant] = {
    "three_deals": _three_deals,
    "one_day": _one_day,
    "longer": _longer,
    "cut_on_the_way": _cut_on_the_way,
    "nobody_known": _nobody_known,
    "two_accounts_each": _two_accounts_each,
    "equal_quantity": _equal_quantity,
}


def _two_deals(t: Trading) -> Told:
    return _told(t, _hands(t, 2), [t.lot()] * 2)


def _parallel_buyers(t: Trading) -> Told:
    """Let two buy from one source, and one of them sell on: no path has three deals."""
    lot, unit, times = t.lot(), t.unit(), _times(t, 3)
    source, one, two, last = _hands(t, 3)
    deals = (
        t.sale((source, one), lot, times[0], unit),
        t.sale((source, two), lot, times[1], unit),
        t.sale((two, last), lot, times[2], t.dearer(unit)),
    )
    return _roles([source, one, two, last], [lot]), deals


def _out_of_order(t: Trading) -> Told:
    """Let the last hand have sold before it bought."""
    hands, lots, times = _hands(t, 3), [t.lot()] * 3, _times(t, 3)
    deals = _sold_on(t, hands, lots, (times[1], times[2], times[0]))
    t.spare()
    return _roles(hands, lots), deals


def _other_list_at_the_end(t: Trading) -> Told:
    lot = t.lot()
    return _told(t, _hands(t, 3), [lot, lot, t.lot()])


def _between_own_accounts(t: Trading) -> Told:
    """Let the middle deal be between two accounts of one person."""
    middle = t.known()
    hands = [t.anyone(), middle, t.other_account(middle), t.anyone()]
    return _told(t, hands, [t.lot()] * 3)


def _kin_sells_on(t: Trading) -> Told:
    """Let a relative of the second buyer make the last sale: kin are two parties."""
    hands, kin, lot, unit, deals = _hands(t, 2), t.known(), t.lot(), t.unit(), []
    hands[2] = t.known()
    t.kin(hands[2], kin)
    ends = (*pairwise(hands), (kin, t.somebody()))
    for pair, at in zip(ends, _times(t, 3), strict=True):
        deals.append(t.sale(pair, lot, at, unit))
        unit = t.dearer(unit, *MARKUP)
    return _roles([*hands, ends[2][1]], [lot]), tuple(deals)


def _undone_step(t: Trading) -> Told:
    hands, lot, times, unit = _hands(t, 3), t.lot(), _times(t, 3), t.unit()
    undone, deals = t.rng.randrange(3), []
    for place, at in enumerate(times):
        cells = {"status": t.rng.choice(("refunded", "cancelled"))} if place == undone else {}
        deals.append(t.sale((hands[place], hands[place + 1]), lot, at, unit, **cells))
        unit = t.dearer(unit, *MARKUP)
    return _roles(hands, [lot]), tuple(deals)


def _dealer_network(t: Trading) -> Told:
    """Let every dealer stand, as all know, for the one before, and prices between be unknown."""
    hands, lot, times, unit = [t.known() for _ in range(4)], t.lot(), _times(t, 3), t.unit()
    for above, dealer in pairwise(hands[:3]):
        t.tie(dealer.id, "agent_of", above.id, disclosed="yes")
    t.pays = False
    units = (unit, 0, t.dearer(unit, 2, 3))
    deals = [
        t.sale((hands[place], hands[place + 1]), lot, times[place], units[place])
        for place in range(3)
    ]
    return _roles(hands, [lot]), tuple(deals)


def _sold_at_a_loss(t: Trading) -> Told:
    """Let every hand sell below what it paid; no payment is recorded."""
    hands, lot, times, unit = _hands(t, 3), t.lot(), _times(t, 3), t.unit() + 10
    t.pays = False
    deals = []
    for place, at in enumerate(times):
        deals.append(t.sale((hands[place], hands[place + 1]), lot, at, unit))
        unit -= t.rng.randint(2, 8)
    t.spare()
    return _roles(hands, [lot]), tuple(deals)


DECOYS: dict[str, Variant] = {
    "two_deals": _two_deals,
    "parallel_buyers": _parallel_buyers,
    "out_of_order": _out_of_order,
    "other_list_at_the_end": _other_list_at_the_end,
    "between_own_accounts": _between_own_accounts,
    "kin_sells_on": _kin_sells_on,
    "undone_step": _undone_step,
    "dealer_network": _dealer_network,
    "sold_at_a_loss": _sold_at_a_loss,
}
