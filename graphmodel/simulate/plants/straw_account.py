"""Stories of an account in one name and another hand, and of some that only look so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.simulate.stage import Hardship, coarse, stamp
from graphmodel.simulate.telling import (
    Teller,
    Told,
    hand,
    later,
    pay,
    price,
    sell,
    series,
    share,
    start_of,
    state,
    sum_minor,
    tell,
    unrelated,
    use,
)

if TYPE_CHECKING:
    from datetime import datetime

    from graphmodel.simulate.stage import Label, Stage

TOO_MANY = 11
"""More accounts than an identifier may have and still link any."""


class Straw(NamedTuple):
    """An account of `holder` that `operator` may run; `own` is the operator's account."""

    holder: str
    operator: str
    account: str
    own: str

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """Return the roles of the card."""
        return {
            "holder": (self.holder,),
            "operator": (self.operator,),
            "account": (self.account,),
        }


def plant(stage: Stage) -> Label:
    """Let one person trade or be paid through an account that is registered to another."""
    return tell(stage, "straw_account", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let a household, staff, a carer or an ended control look like it."""
    return tell(stage, "straw_account", "decoy", DECOYS)


def _straw(stage: Stage, *, stated: bool = True, **cells: object) -> Straw:
    """Return an account whose operator is stated, or for which only the registration is."""
    holder, operator = stage.person(), stage.person()
    account = stage.account(holder=holder, opened=cells.pop("opened", ""))
    if stated:
        basis = stage.rng.choice(("used", "statement", "content"))
        stage.add("controls", **{"person": operator, "account": account, "basis": basis, **cells})
    return Straw(holder, operator, account, stage.account(operator))


def _trade(stage: Stage, straw: Straw, moment: datetime, *, on: bool = False) -> list[str]:
    """Let the account sell or buy once, with a payment; return deal and payments.

    What a sale brings goes on to the operator if `on`.
    """
    other, total = hand(stage), sum_minor(stage.rng)
    is_sale = stage.rng.random() < 1 / 2
    ends = (straw.account, other.account) if is_sale else (other.account, straw.account)
    is_coarse = stage.hardship is Hardship.COARSE_DATE
    when = coarse(moment) if is_coarse else stamp(moment)
    deal = sell(stage, ends, moment, **{"time": when, "total": "", **price(stage, total)})
    at = later(moment, stage.rng, 0.2, 30)
    paid = pay(stage, (ends[1], ends[0]), total, at, deal=deal)
    if on and is_sale:
        kept, leaves = share(total, stage.rng, 0.955, 0.96), later(at, stage.rng, 2, 20)
        paid.append(stage.payment(straw.account, straw.own, kept, time=stamp(leaves)))
    return [deal, *paid]


def _passes(stage: Stage, straw: Straw, start: datetime, rounds: int) -> list[str]:
    """Let money come to the account and go on to its operator within hours."""
    events = []
    for moment in series(stage, start, rounds, 60, 200):
        amount = sum_minor(stage.rng)
        came = pay(stage, (hand(stage).account, straw.account), amount, moment)
        on = share(amount, stage.rng, 0.955, 0.96)
        at = later(moment, stage.rng, 2, 20)
        events += [*came, stage.payment(straw.account, straw.own, on, time=stamp(at))]
    return events


def _passes_on(stage: Stage) -> Told:
    start = start_of(stage, 60)
    straw = _straw(stage)
    events = _trade(stage, straw, start, on=True)
    events += _passes(stage, straw, later(start, stage.rng, 40, 100), stage.rng.randrange(1, 4))
    unrelated(stage, [straw.own])
    return straw.roles, tuple(events)


def _several_holders(stage: Stage) -> Told:
    """Let the operator run accounts of other holders too."""
    start = start_of(stage, 60)
    straw = _straw(stage)
    for _ in range(stage.rng.randrange(1, 4)):
        other = stage.person()
        account = stage.account(holder=other)
        stage.add("controls", person=straw.operator, account=account, basis="used")
        at = later(start, stage.rng, 0, 500)
        stage.payment(hand(stage).account, account, sum_minor(stage.rng), time=stamp(at))
    events = _trade(stage, straw, start)
    unrelated(stage, [straw.own])
    return straw.roles, tuple(events)


def _on_one_device(stage: Stage) -> Told:
    """Let the account be used on the operator's device; the control is stated or not."""
    start = start_of(stage, 60)
    straw = _straw(stage, stated=stage.rng.random() < 1 / 2)
    since = f"{start - timedelta(days=stage.rng.randrange(20, 90)):%Y-%m-%d}"
    use(stage, [straw.own, straw.account], ["device"], since=since)
    events = _trade(stage, straw, start)
    unrelated(stage, [straw.own])
    return straw.roles, tuple(events)


def _opened_for_the_deal(stage: Stage) -> Told:
    """Open the account days before its only deal, and pay the holder a little."""
    start = later(start_of(stage, 70), stage.rng, 24 * 8, 24 * 9)
    opened = f"{start - timedelta(days=stage.rng.randrange(1, 7)):%Y-%m-%d}"
    straw = _straw(stage, opened=opened, since=opened)
    events = _trade(stage, straw, start, on=True)
    events += _passes(stage, straw, later(start, stage.rng, 30, 60), 1)
    theirs = stage.account(straw.holder)
    fee = sum_minor(stage.rng, 500, 1_000)
    at = later(start, stage.rng, 100, 200)
    stage.payment(straw.own, theirs, fee, time=stamp(at))
    unrelated(stage, [straw.own])
    return straw.roles, tuple(events)


def _of_kin(stage: Stage) -> Told:
    """Let the holder be kin of the operator, who trades and sends the money on."""
    start = start_of(stage, 60)
    straw = _straw(stage)
    stage.add("ties", a=straw.operator, kind="kin_of", b=straw.holder)
    events = _trade(stage, straw, start, on=True)
    events += _passes(stage, straw, later(start, stage.rng, 40, 100), stage.rng.randrange(2, 4))
    use(stage, [straw.own, straw.account], ["device"])
    unrelated(stage, [straw.own])
    return straw.roles, tuple(events)


def _on_one_card(stage: Stage) -> Told:
    """Let a card of both accounts be all that links them: a lead."""
    straw = _straw(stage, stated=False)
    use(stage, [straw.own, straw.account], [stage.rng.choice(("card", "national_id"))])
    events = _trade(stage, straw, start_of(stage, 60))
    unrelated(stage, [straw.own])
    return straw.roles, tuple(events)


PLANTS: dict[str, Teller] = {
    "passes_on": _passes_on,
    "several_holders": _several_holders,
    "on_one_device": _on_one_device,
    "opened_for_the_deal": _opened_for_the_deal,
    "of_kin": _of_kin,
    "on_one_card": _on_one_card,
}


def _household(stage: Stage) -> Told:
    """Let a spouse pay bills of the household from an account that both use."""
    straw = _straw(stage)
    stage.add("ties", a=straw.holder, kind="spouse_of", b=straw.operator)
    stage.add("controls", person=straw.holder, account=straw.account, basis="registered")
    start, shop = start_of(stage, 100), hand(stage)
    paid = [
        stage.payment(
            straw.account, shop.account, sum_minor(stage.rng, 2_000, 80_000), time=stamp(at)
        )
        for at in series(stage, start, stage.rng.randrange(2, 6), 100, 500)
    ]
    unrelated(stage, [straw.own])
    return straw.roles, tuple(paid)


def _spouses_one_deal(stage: Stage) -> Told:
    """Let spouses, who both use the account, trade once through it."""
    straw = _straw(stage)
    stage.add("ties", a=straw.operator, kind="spouse_of", b=straw.holder)
    stage.add("controls", person=straw.holder, account=straw.account, basis="registered")
    events = _trade(stage, straw, start_of(stage, 60))
    unrelated(stage, [straw.own])
    return straw.roles, tuple(events)


def _staff(stage: Stage) -> Told:
    """Let an employee run an account in the name of the shopkeeper."""
    straw = _straw(stage)
    stage.add("ties", a=straw.holder, kind="employs", b=straw.operator)
    events = _trade(stage, straw, start_of(stage, 60))
    unrelated(stage, [straw.own])
    return straw.roles, tuple(events)


def _shop(stage: Stage) -> Told:
    """Let an employee sell through the account of the firm, again and again."""
    shop, clerk = stage.person(kind="organisation"), stage.person()
    account = stage.account(holder=shop)
    stage.add("controls", person=clerk, account=account, basis="used")
    stage.add("ties", a=shop, kind="employs", b=clerk, since=f"{stage.begin:%Y-%m}")
    straw, events = Straw(shop, clerk, account, stage.account(clerk)), []
    for moment in series(stage, start_of(stage, 150), stage.rng.randrange(2, 5), 100, 600):
        events += _trade(stage, straw, moment)
    unrelated(stage, [straw.own])
    return straw.roles, tuple(events)


def _carer(stage: Stage) -> Told:
    straw = _straw(stage)
    state(stage, "carer", [straw.holder], party=straw.operator)
    events = _trade(stage, straw, start_of(stage, 60))
    unrelated(stage, [straw.own])
    return straw.roles, tuple(events)


def _control_ended(stage: Stage) -> Told:
    """Let the other's control end weeks before the account did anything."""
    start = later(start_of(stage, 100), stage.rng, 24 * 40, 24 * 41)
    until = f"{start - timedelta(days=stage.rng.randrange(32, 40)):%Y-%m-%d}"
    straw = _straw(stage, until=until)
    stage.add("controls", person=straw.holder, account=straw.account, basis="registered")
    events = _trade(stage, straw, start)
    unrelated(stage, [straw.own])
    return straw.roles, tuple(events)


def _cafe_device(stage: Stage) -> Told:
    """Let the only link be a device that a whole café uses."""
    straw = _straw(stage, stated=False)
    guests = [hand(stage).account for _ in range(stage.rng.randrange(TOO_MANY, 16) - 2)]
    use(stage, [straw.own, straw.account, *guests], ["device"])
    events = _trade(stage, straw, start_of(stage, 60))
    unrelated(stage, [straw.own])
    return straw.roles, tuple(events)


def _device_sold(stage: Stage) -> Told:
    """Let the device have been the other's, long before the account used it."""
    straw, start = (
        _straw(stage, stated=False),
        later(start_of(stage, 100), stage.rng, 24 * 40, 24 * 41),
    )
    (value,) = use(stage, [straw.own], ["device"], until=f"{start - timedelta(days=38):%Y-%m-%d}")
    bought = f"{start - timedelta(days=stage.rng.randrange(33, 36)):%Y-%m-%d}"
    stage.add("identifiers", account=straw.account, kind="device", value=value, since=bought)
    events = _trade(stage, straw, start)
    unrelated(stage, [straw.own])
    return straw.roles, tuple(events)


DECOYS: dict[str, Teller] = {
    "household": _household,
    "spouses_one_deal": _spouses_one_deal,
    "staff": _staff,
    "shop": _shop,
    "carer": _carer,
    "control_ended": _control_ended,
    "cafe_device": _cafe_device,
    "device_sold": _device_sold,
}
