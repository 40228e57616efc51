"""Stories of goods that come back to where they began, and of near misses."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from graphmodel.simulate.deal_telling import tell, total_minor
from graphmodel.simulate.telling import state

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from graphmodel.simulate.deal_telling import Lot, Trading, Variant
    from graphmodel.simulate.stage import Label, Stage
    from graphmodel.simulate.telling import Hand, Told

STEP_DAYS = (0.5, 12)
ROOM_DAYS = 60
MOST_DEALS = 5
MARKUP = (1.1, 1.8)


def plant(stage: Stage) -> Label:
    """Let goods come back to the first seller, or to somebody of the first seller's side."""
    return tell(stage, "resale_loop", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let goods be returned for a stated reason, other goods come back, or come too late."""
    return tell(stage, "resale_loop", "decoy", DECOYS)


def _roles(
    members: Sequence[Hand], lots: Sequence[Lot], closer: Hand | None = None
) -> dict[str, tuple[str, ...]]:
    return {
        "members": tuple(member.id for member in members),
        "closes": (closer.id,) if closer else (),
        "batch": tuple(sorted({lot.batch for lot in lots if lot.batch})),
    }


def _hands(t: Trading, number: int) -> list[Hand]:
    return [t.somebody() for _ in range(number)]


def _times(t: Trading, deals: int) -> list[datetime]:
    moments = [t.begin(ROOM_DAYS)]
    while len(moments) < deals:
        moments.append(t.later(moments[-1], *STEP_DAYS))
    return moments


def _round(
    t: Trading, hands: Sequence[Hand], lots: Sequence[Lot], times: Sequence[datetime]
) -> tuple[str, ...]:
    """Add one deal from each hand to the next, each dearer per record."""
    unit, deals = t.unit(), []
    for place, (lot, at) in enumerate(zip(lots, times, strict=True)):
        deals.append(t.sale((hands[place], hands[place + 1]), lot, at, unit))
        unit = t.dearer(unit, *MARKUP)
    return tuple(deals)


def _back_to_the_first(t: Trading) -> Told:
    deals = t.rng.randint(3, MOST_DEALS)
    members, lot = _hands(t, deals), t.loose_lot()
    events = _round(t, [*members, members[0]], [lot] * deals, _times(t, deals))
    return _roles(members, [lot]), events


def _there_and_back(t: Trading) -> Told:
    members, lot = _hands(t, 2), t.lot()
    events = _round(t, [*members, members[0]], [lot, lot], _times(t, 2))
    return _roles(members, [lot]), events


def _related_closer(t: Trading, members: Sequence[Hand], closer: Hand, lot: Lot) -> Told:
    times = _times(t, len(members))
    events = _round(t, [*members, closer], [lot] * len(members), times)
    return _roles(members, [lot], closer), events


def _back_to_the_kin(t: Trading) -> Told:
    members, closer = [t.known(), *_hands(t, 2)], t.known()
    t.kin(members[0], closer)
    return _related_closer(t, members, closer, t.lot())


def _back_to_the_agent(t: Trading) -> Told:
    """Let the last buyer stand for the first seller, or the other way round."""
    members, closer = [t.known(), *_hands(t, t.rng.randint(1, 2))], t.known()
    pair = [members[0], closer]
    t.rng.shuffle(pair)
    t.serve(*pair)
    return _related_closer(t, members, closer, t.lot())


def _back_under_a_name(t: Trading) -> Told:
    members, lot = [t.anyone(), *_hands(t, 2)], t.lot()
    name = t.persona("Round House", members[0].account)
    t.show(members[0].account, name)
    events = _round(t, [*members, members[0]], [lot] * 3, _times(t, 3))
    return _roles(members, [lot]), events


def _equal_quantity(t: Trading) -> Told:
    """Let only a rare quantity, with free records, show that the goods are the same."""
    members, lot = _hands(t, 3), t.lot(named=False, free=True)
    events = _round(t, [*members, members[0]], [lot] * 3, _times(t, 3))
    return _roles(members, []), events


def _part_comes_back(t: Trading) -> Told:
    members, lot = _hands(t, 2), t.lot()
    lots = [lot, t.part_of(lot)]
    return _roles(members, lots), _round(t, [*members, members[0]], lots, _times(t, 2))


PLANTS: dict[str, Variant] = {
    "back_to_the_first": _back_to_the_first,
    "there_and_back": _there_and_back,
    "back_to_the_kin": _back_to_the_kin,
    "back_to_the_agent": _back_to_the_agent,
    "back_under_a_name": _back_under_a_name,
    "equal_quantity": _equal_quantity,
    "part_comes_back": _part_comes_back,
}


def _taken_back(t: Trading) -> Told:
    """Let the goods be stated to have been defective, or replaced."""
    roles, events = _there_and_back(t)
    kind = t.rng.choice(("defective_return", "replacement"))
    state(t.stage, kind, [t.rng.choice(events)])
    return roles, events


def _a_line(t: Trading) -> Told:
    """Let the last buyer be nobody's relative: a member of the first seller's club."""
    members, closer, lot = [t.known(), *_hands(t, 1)], t.known(), t.lot()
    club = t.stage.person(kind="organisation")
    for member in (members[0], closer):
        t.tie(member.id, "member_of", club)
    return _related_closer(t, members, closer, lot)


def _months_later(t: Trading) -> Told:
    """Let the goods come back after the span."""
    members, lot, first = _hands(t, 2), t.lot(), t.begin(130)
    times = (first, first + timedelta(days=t.rng.uniform(100, 130)))
    events = _round(t, [*members, members[0]], [lot, lot], times)
    t.spare()
    return _roles(members, [lot]), events


def _out_of_order(t: Trading) -> Told:
    """Let the third hand have sold before it bought, so that no rotation is in order."""
    members, lot, times = _hands(t, 3), t.lot(), _times(t, 3)
    hands = [*members, members[0]]
    events = _round(t, hands, [lot] * 3, (times[0], times[2], times[1]))
    t.spare()
    return _roles(members, [lot]), events


def _kin_sells_on(t: Trading) -> Told:
    """Let one buy and a relative sell on: kin are two parties, and no chain goes through both."""
    bought_by, sold_by, first, middle = t.known(), t.known(), *_hands(t, 2)
    t.kin(bought_by, sold_by)
    lot, times, unit = t.lot(), _times(t, 3), t.unit()
    ends = ((first, bought_by), (sold_by, middle), (middle, first))
    events = []
    for pair, at in zip(ends, times, strict=True):
        events.append(t.sale(pair, lot, at, unit))
        unit = t.dearer(unit, *MARKUP)
    t.spare()
    return _roles([first, sold_by, middle], [lot]), tuple(events)


def _exchange_of_lists(t: Trading) -> Told:
    """Let other goods come back: an exchange."""
    (a, b), lots, times = _hands(t, 2), [t.lot(), t.lot()], _times(t, 2)
    exchange = t.stage.id("exchange")
    events = tuple(
        t.sale(ends, lot, at, kind="barter", exchange=exchange)
        for ends, lot, at in zip(((a, b), (b, a)), lots, times, strict=True)
    )
    return _roles([a, b], lots), events


def _sent_back_for_money(t: Trading) -> Told:
    """Let a part of the first price be paid back, and only a rare quantity come back, cheaper."""
    members, lot, times = _hands(t, 2), t.lot(named=False), _times(t, 2)
    unit = t.dearer(t.unit(), 1.5, 2)
    ends, t.pays = (members[0], members[1]), True
    sold = t.sale(ends, lot, times[0], unit)
    paid = t.payments[-1]
    back_minor = total_minor(lot.quantity, unit) // t.rng.randint(5, 40)
    t.pay(ends, back_minor, times[1], refunds=paid)
    t.pays = False
    back = t.sale(ends[::-1], lot, times[1], unit * 2 // 3)
    t.spare()
    return _roles(members, []), (sold, back)


def _undone_return(t: Trading) -> Told:
    members, lot, times, unit = _hands(t, 2), t.lot(), _times(t, 2), t.unit()
    first = t.sale((members[0], members[1]), lot, times[0], unit)
    status = t.rng.choice(("refunded", "cancelled"))
    back = t.sale((members[1], members[0]), lot, times[1], t.dearer(unit), status=status)
    return _roles(members, [lot]), (first, back)


DECOYS: dict[str, Variant] = {
    "taken_back": _taken_back,
    "a_line": _a_line,
    "months_later": _months_later,
    "out_of_order": _out_of_order,
    "kin_sells_on": _kin_sells_on,
    "exchange_of_lists": _exchange_of_lists,
    "sent_back_for_money": _sent_back_for_money,
    "undone_return": _undone_return,
}
