"""Stories of a known name shown by somebody else, and of near misses."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graphmodel.simulate.deal_telling import tell, total_minor
from graphmodel.simulate.telling import state

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from graphmodel.simulate.deal_telling import Trading, Variant
    from graphmodel.simulate.stage import Label, Stage
    from graphmodel.simulate.telling import Hand, Told

ROOM_DAYS = 60
NAMES = ("Data Harbour", "Nova Crawler", "Ocean Leads", "Apex Data House")
LOOKALIKES = {"a": "а", "e": "е", "o": "о"}
"""Latin letters and the Cyrillic ones that look the same."""
STAFF = 6
"""Parties that show a common name: more than are ever paired."""
OWNED = 0.7


def plant(stage: Stage) -> Label:
    """Let somebody sell, offer or be paid under a name that another made known."""
    return tell(stage, "impersonated_seller", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let two accounts share a name for a reason, or names be alike and not the same."""
    return tell(stage, "impersonated_seller", "decoy", DECOYS)


class Cast(NamedTuple):
    """Who made the name known, who shows it now, whom it is shown to."""

    genuine: Hand
    other: Hand
    victim: Hand

    def roles(self, personas: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the roles of the card."""
        return {
            "impersonator": (self.other.id,),
            "impersonated": (self.genuine.id,),
            "persona": tuple(sorted(set(personas))),
            "victim": (self.victim.id,),
        }


def _cast(t: Trading) -> Cast:
    return Cast(t.anyone(), t.anyone(), t.anyone())


def _times(t: Trading) -> tuple[datetime, datetime]:
    first = t.begin(ROOM_DAYS)
    return first, t.later(first, 3, 40)


def _name(t: Trading, owner: str = "") -> str:
    return t.persona(t.rng.choice(NAMES), owner)


def _sold(t: Trading, seller: Hand, buyer: Hand, at: datetime) -> str:
    return t.sale((seller, buyer), t.loose_lot(), at, t.unit())


def _takes_over(
    t: Trading, cast: Cast, names: tuple[str, str], times: tuple[datetime, datetime]
) -> None:
    """Let the genuine seller deal with the victim first, and show when the other began."""
    t.show(cast.genuine.account, names[0])
    _sold(t, cast.genuine, cast.victim, times[0])
    since = f"{t.later(times[0], 0.5, 2):%Y-%m-%d}"
    to = t.rng.choice(("", cast.victim.account, cast.victim.id))
    t.show(cast.other.account, names[1], since=since, to=to)


def _account_changes(t: Trading) -> Told:
    cast, times = _cast(t), _times(t)
    name = _name(t, cast.genuine.account if t.rng.random() < OWNED else "")
    _takes_over(t, cast, (name, name), times)
    return cast.roles([name]), (_sold(t, cast.other, cast.victim, times[1]),)


def _lookalike(t: Trading) -> Told:
    """Let the other name differ in letters that look the same."""
    cast, times = _cast(t), _times(t)
    plain = t.rng.choice(NAMES)
    letter = t.rng.choice([c for c in LOOKALIKES if c in plain])
    names = (t.persona(plain, cast.genuine.account), t.persona(_replaced(plain, letter)))
    _takes_over(t, cast, names, times)
    return cast.roles(names), (_sold(t, cast.other, cast.victim, times[1]),)


def _replaced(text: str, letter: str) -> str:
    return text.replace(letter, LOOKALIKES[letter])


def _relative_of_the_agent(t: Trading) -> Told:
    """Let somebody of the victim's own side stand behind the name, and have introduced it."""
    cast, times, agent = Cast(t.anyone(), t.known(), t.known()), _times(t), t.known()
    name = _name(t, cast.genuine.account)
    t.serve(agent, cast.victim)
    t.kin(agent, cast.other)
    _takes_over(t, cast, (name, name), times)
    if t.rng.random() < 1 / 2:
        t.tie(agent.id, "introduced", cast.other.account, to=cast.victim.id)
    return cast.roles([name]), (_sold(t, cast.other, cast.victim, times[1]),)


def _sells_what_it_bought(t: Trading) -> Told:
    cast, times = _cast(t), _times(t)
    name, lot, unit = _name(t, cast.genuine.account), t.lot(), t.unit()
    _takes_over(t, cast, (name, name), times)
    bought = t.sale((t.anyone(), cast.other), lot, t.later(times[0], 1, 2.5), unit)
    sold = t.sale((cast.other, cast.victim), lot, times[1], t.dearer(unit))
    return cast.roles([name]), (bought, sold)


def _only_paid(t: Trading) -> Told:
    """Let no deal under the name be known, only payments."""
    cast, times = _cast(t), _times(t)
    name = _name(t, cast.genuine.account)
    _takes_over(t, cast, (name, name), times)
    ends, amount = (cast.victim, cast.other), total_minor(t.lot().quantity, t.unit())
    return cast.roles([name]), (t.pay(ends, amount, times[1]),)


def _only_offered(t: Trading) -> Told:
    cast, times = _cast(t), _times(t)
    name, lot = _name(t, cast.genuine.account), t.lot()
    _takes_over(t, cast, (name, name), times)
    ends = {"seller": cast.other.account, "buyer": cast.victim.account, "batch": lot.batch}
    offer = t.stage.add(
        "offers",
        id=t.stage.id("offer"),
        **ends,
        quantity=lot.quantity,
        **t.price(lot.quantity, t.unit()),
        time=f"{times[1]:%Y-%m-%d}",
    )
    return cast.roles([name]), (offer,)


def _established_elsewhere(t: Trading) -> Told:
    """Let the name be known to have been made by a person who shows it to nobody here."""
    cast, times = Cast(t.known(), t.anyone(), t.anyone()), _times(t)
    name, lot, unit = _name(t, cast.genuine.id), t.lot(), t.unit()
    t.show(cast.other.account, name, to=cast.victim.account, since=f"{times[0]:%Y-%m-%d}")
    bought = t.sale((t.anyone(), cast.other), lot, times[0], unit)
    sold = t.sale((cast.other, cast.victim), lot, times[1], t.dearer(unit))
    return cast.roles([name]), (bought, sold)


PLANTS: dict[str, Variant] = {
    "account_changes": _account_changes,
    "lookalike": _lookalike,
    "relative_of_the_agent": _relative_of_the_agent,
    "sells_what_it_bought": _sells_what_it_bought,
    "only_paid": _only_paid,
    "only_offered": _only_offered,
    "established_elsewhere": _established_elsewhere,
}


def _new_phone(t: Trading) -> Told:
    """Let both accounts be used on one device: a new account of one seller."""
    cast, times = Cast(t.known(), t.known(), t.anyone()), _times(t)
    name = _name(t)
    _takes_over(t, cast, (name, name), times)
    t.one_device(cast.genuine, cast.other)
    return cast.roles([name]), (_sold(t, cast.other, cast.victim, times[1]),)


def _staff_of_one_shop(t: Trading) -> Told:
    cast, times = Cast(t.known(), t.known(), t.anyone()), _times(t)
    name, shop = _name(t), t.stage.person(kind="organisation")
    for worker in (cast.genuine, cast.other):
        t.tie(shop, "employs", worker.id)
    _takes_over(t, cast, (name, name), times)
    return cast.roles([name]), (_sold(t, cast.other, cast.victim, times[1]),)


def _said_so(t: Trading) -> Told:
    """Let the old account have told the victim that the new one is its own."""
    cast, times = _cast(t), _times(t)
    name = _name(t)
    _takes_over(t, cast, (name, name), times)
    at = t.later(times[0], 1, 2)
    told = t.write((cast.genuine, cast.victim), at)
    state(t.stage, "same_seller", [cast.other.account, told], party=cast.genuine.account)
    return cast.roles([name]), (_sold(t, cast.other, cast.victim, times[1]),)


def _common_name(t: Trading) -> Told:
    """Let so many parties show the name that it says nothing."""
    cast, times, name = _cast(t), _times(t), t.persona("客服")
    for party in (cast.genuine, cast.other, *(t.unknown() for _ in range(STAFF - 2))):
        t.show(party.account, name)
    _sold(t, cast.genuine, cast.victim, times[0])
    return cast.roles([name]), (_sold(t, cast.other, cast.victim, times[1]),)


def _own_second_account(t: Trading) -> Told:
    genuine = t.known()
    cast, times = Cast(genuine, t.other_account(genuine), t.anyone()), _times(t)
    name = _name(t, cast.genuine.account)
    _takes_over(t, cast, (name, name), times)
    return cast.roles([name]), (_sold(t, cast.other, cast.victim, times[1]),)


def _other_name(t: Trading) -> Told:
    """Let the names be alike and not the same."""
    cast, times, plain = _cast(t), _times(t), t.rng.choice(NAMES)
    names = (t.persona(f"{plain} 一", cast.genuine.account), t.persona(f"{plain} 二"))
    _takes_over(t, cast, names, times)
    return cast.roles(names), (_sold(t, cast.other, cast.victim, times[1]),)


def _different_customers(t: Trading) -> Told:
    """Let a name without an owner be shown by two to customers of their own."""
    cast, times, name = _cast(t), _times(t), _name(t)
    customer = t.anyone()
    t.show(cast.genuine.account, name, to=customer.account)
    t.show(cast.other.account, name, to=cast.victim.account, since=f"{times[0]:%Y-%m-%d}")
    _sold(t, cast.genuine, customer, times[0])
    return cast.roles([name]), (_sold(t, cast.other, cast.victim, times[1]),)


DECOYS: dict[str, Variant] = {
    "new_phone": _new_phone,
    "staff_of_one_shop": _staff_of_one_shop,
    "said_so": _said_so,
    "common_name": _common_name,
    "own_second_account": _own_second_account,
    "other_name": _other_name,
    "different_customers": _different_customers,
}
