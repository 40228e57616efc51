"""Stories of one who buys from one and sells the same goods to another, and of near misses."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graphmodel.simulate.deal_telling import Lot, tell
from graphmodel.simulate.telling import ROUND, Hand

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from graphmodel.simulate.deal_telling import Trading, Variant
    from graphmodel.simulate.stage import Label, Stage
    from graphmodel.simulate.telling import Told

GAP_DAYS = (0.1, 20)
"""Days between purchase and sale: inside the window of 31 days of equal quantities."""


def plant(stage: Stage) -> Label:
    """Let somebody buy goods and sell them on, dearer."""
    return tell(stage, "relay", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let goods pass through a hand as a relay does, but for one condition."""
    return tell(stage, "relay", "decoy", DECOYS)


class Line(NamedTuple):
    """Source, buyer of the source, seller to the buyer, buyer."""

    source: Hand
    bought_by: Hand
    sold_by: Hand
    buyer: Hand

    def roles(self, lots: Sequence[Lot]) -> dict[str, tuple[str, ...]]:
        """Return the roles of the card; a lot without a name is none."""
        return {
            "upstream": (self.source.id,),
            "intermediary": tuple(sorted({self.bought_by.id, self.sold_by.id})),
            "buyer": (self.buyer.id,),
            "batch": tuple(sorted({lot.batch for lot in lots if lot.batch})),
        }


def _line(t: Trading) -> Line:
    middle = t.somebody()
    return Line(t.somebody(), middle, middle, t.somebody())


def _passes(
    t: Trading, line: Line, lots: tuple[Lot, Lot], times: tuple[datetime, datetime]
) -> tuple[str, str]:
    """Add purchase and dearer sale."""
    unit = t.unit()
    bought = t.sale((line.source, line.bought_by), lots[0], times[0], unit)
    return bought, t.sale((line.sold_by, line.buyer), lots[1], times[1], t.dearer(unit))


def _times(t: Trading) -> tuple[datetime, datetime]:
    first = t.begin(GAP_DAYS[1])
    return first, t.later(first, *GAP_DAYS)


def _same_batch(t: Trading) -> Told:
    line, lot = _line(t), t.loose_lot()
    return line.roles([lot]), _passes(t, line, (lot, lot), _times(t))


def _one_day(t: Trading) -> Told:
    """Let both deals be dated by one day, and only the source say which came first."""
    line, lot, unit, day = _line(t), t.lot(), t.unit(), t.begin(5)
    cells = {"time": f"{day:%Y-%m-%d}"}
    bought = t.sale((line.source, line.bought_by), lot, day, unit, **cells)
    ends = line.sold_by, line.buyer
    sold = t.sale(ends, lot, day, t.dearer(unit), **cells, after=bought)
    return line.roles([lot]), (bought, sold)


def _two_accounts(t: Trading) -> Told:
    """Buy with one account and sell with another of the same person, as a stated copy."""
    middle = t.known()
    line, lot = Line(t.anyone(), middle, t.other_account(middle), t.anyone()), t.lot()
    copy = t.copy_of(lot)
    return line.roles([lot, copy]), _passes(t, line, (lot, copy), _times(t))


def _kin_sells(t: Trading) -> Told:
    line, lot = Line(t.somebody(), t.known(), t.known(), t.somebody()), t.loose_lot()
    t.kin(line.bought_by, line.sold_by)
    return line.roles([lot]), _passes(t, line, (lot, lot), _times(t))


def _agent_sells(t: Trading) -> Told:
    """Let one who stands for the buyer of the source sell the goods on."""
    line, lot = Line(t.anyone(), t.known(), t.known(), t.anyone()), t.lot()
    t.serve(line.sold_by, line.bought_by)
    return line.roles([lot]), _passes(t, line, (lot, lot), _times(t))


def _equal_quantity(t: Trading) -> Told:
    """Let only a rare quantity show that the goods are the same."""
    line, lot = _line(t), t.lot(named=False)
    return line.roles([]), _passes(t, line, (lot, lot), _times(t))


def _part_sold(t: Trading) -> Told:
    line, lot = _line(t), t.lot()
    part = t.part_of(lot)
    return line.roles([lot, part]), _passes(t, line, (lot, part), _times(t))


def _two_buyers(t: Trading) -> Told:
    line, lot, times = _line(t), t.lot(), _times(t)
    deals = _passes(t, line, (lot, lot), times)
    other = t.somebody()
    unit = t.dearer(t.unit(), 3, 4)
    more = t.sale((line.sold_by, other), lot, t.later(times[1], 0.1, 3), unit)
    roles = line.roles([lot]) | {"buyer": tuple(sorted((line.buyer.id, other.id)))}
    return roles, (*deals, more)


def _under_the_sellers_name(t: Trading) -> Told:
    middle = t.anyone()
    line, lot, times = Line(t.anyone(), middle, middle, t.anyone()), t.lot(), _times(t)
    name = t.persona("Data Harbour", line.source.account)
    t.show(line.source.account, name)
    t.show(line.sold_by.account, name, to=line.buyer.account, since=f"{times[0]:%Y-%m-%d}")
    return line.roles([lot]), _passes(t, line, (lot, lot), times)


PLANTS: dict[str, Variant] = {
    "same_batch": _same_batch,
    "one_day": _one_day,
    "two_accounts": _two_accounts,
    "kin_sells": _kin_sells,
    "agent_sells": _agent_sells,
    "equal_quantity": _equal_quantity,
    "part_sold": _part_sold,
    "two_buyers": _two_buyers,
    "under_the_sellers_name": _under_the_sellers_name,
}


def _authorised_reseller(t: Trading) -> Told:
    middle = t.known()
    line, lot = Line(t.known(), middle, middle, t.known()), t.lot()
    t.serve(line.sold_by, line.source, disclosed="yes")
    return line.roles([lot]), _passes(t, line, (lot, lot), _times(t))


def _usual_package(t: Trading) -> Told:
    """Let the two quantities be equal and ordinary, and no link of content be known."""
    line, quantity = _line(t), t.rng.choice(ROUND)
    lots = (Lot(t.batch(quantity), quantity), Lot(t.batch(quantity), quantity))
    return line.roles(lots), _passes(t, line, lots, _times(t))


def _months_apart(t: Trading) -> Told:
    """Let an equal quantity be sold after the window."""
    line, lot, first = _line(t), t.lot(named=False), t.begin(60)
    deals = _passes(t, line, (lot, lot), (first, t.later(first, 35, 60)))
    t.spare()
    return line.roles([]), deals


def _sold_before_bought(t: Trading) -> Told:
    line, lot, times = _line(t), t.lot(), _times(t)
    deals = _passes(t, line, (lot, lot), (t.later(times[1], 1, 2), times[0]))
    t.spare()
    return line.roles([lot]), deals


def _own_two_accounts(t: Trading) -> Told:
    """Let goods move from one account of a person to another before they are sold."""
    source = t.known()
    own, lot = t.other_account(source), t.lot()
    line = Line(source, own, own, t.anyone())
    return line.roles([lot]), _passes(t, line, (lot, lot), _times(t))


def _undone_sale(t: Trading) -> Told:
    line, lot, times = _line(t), t.lot(), _times(t)
    unit = t.unit()
    bought = t.sale((line.source, line.bought_by), lot, times[0], unit)
    status = t.rng.choice(("refunded", "cancelled"))
    sold = t.sale((line.sold_by, line.buyer), lot, times[1], t.dearer(unit), status=status)
    return line.roles([lot]), (bought, sold)


def _gift(t: Trading) -> Told:
    line, lot, times = _line(t), t.lot(), _times(t)
    bought = t.sale((line.source, line.bought_by), lot, times[0], t.unit())
    given = t.sale((line.sold_by, line.buyer), lot, times[1], kind="gift")
    return line.roles([lot]), (bought, given)


def _at_cost(t: Trading) -> Told:
    """Let the goods be bought for another at the same price; no payment is recorded.

    One side may state the price per record and the other its total, rounded to the fen.
    """
    line, lot, times, unit = _line(t), t.lot(), _times(t), t.unit()
    t.pays = False
    bought = t.sale((line.source, line.bought_by), lot, times[0], unit)
    sold = t.sale((line.sold_by, line.buyer), lot, times[1], unit)
    t.spare()
    return line.roles([lot]), (bought, sold)


def _other_list(t: Trading) -> Told:
    """Let the quantities differ by two of their digits, and no link be known."""
    line, lot = _line(t), t.lot()
    digits = list(str(lot.quantity))
    digits[0], digits[-1] = digits[-1], digits[0]
    quantity = int("".join(digits)) + (11 if digits[0] == digits[-1] else 0)
    lots = (lot, Lot(t.batch(quantity), quantity))
    return line.roles(lots), _passes(t, line, lots, _times(t))


DECOYS: dict[str, Variant] = {
    "authorised_reseller": _authorised_reseller,
    "usual_package": _usual_package,
    "months_apart": _months_apart,
    "sold_before_bought": _sold_before_bought,
    "own_two_accounts": _own_two_accounts,
    "undone_sale": _undone_sale,
    "gift": _gift,
    "at_cost": _at_cost,
    "other_list": _other_list,
}
