"""Stories of two accounts under different names in one hand, and of some that only look so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from graphmodel.simulate.stage import Hardship, coarse, stamp
from graphmodel.simulate.telling import (
    ROUND,
    Hand,
    Teller,
    Told,
    hand,
    later,
    pay,
    price,
    sell,
    start_of,
    sum_minor,
    tell,
    unrelated,
    use,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from graphmodel.simulate.stage import Label, Stage

TOO_MANY = 11
"""More accounts than an identifier may have and still link any."""
NAMES = ("南山数据", "老周资源", "诚信名单", "北方快递单", "小马信息", "晨光客户")


def plant(stage: Stage) -> Label:
    """Let two accounts under different names share what only one hand would use."""
    return tell(stage, "shared_control", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let a family, an office, a second-hand phone or one holder look like it."""
    return tell(stage, "shared_control", "decoy", DECOYS)


def _roles(hands: Sequence[Hand], persons: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    """Return persons and accounts; identifiers have no ids in the tables."""
    known = {h.id for h in hands if h.id != h.account} | set(persons)
    return {
        "persons": tuple(sorted(known)),
        "accounts": tuple(sorted(h.account for h in hands)),
    }


def _when(stage: Stage, moment: datetime) -> str:
    return coarse(moment) if stage.hardship is Hardship.COARSE_DATE else stamp(moment)


def _sale(
    stage: Stage, ends: tuple[str, str], moment: datetime, batch: str = "", *, hard: bool = True
) -> list[str]:
    """Add a sale that is paid, under the hardship if `hard`; return deal and payments."""
    total, at = sum_minor(stage.rng), later(moment, stage.rng, 0.2, 30)
    goods = {"batch": batch} if batch else {}
    cells = {"total": "", **price(stage, total, may_lack=hard), **goods}
    deal = sell(stage, ends, moment, **cells, time=_when(stage, moment) if hard else stamp(moment))
    if hard:
        return [deal, *pay(stage, (ends[1], ends[0]), total, at, deal=deal)]
    return [deal, stage.payment(ends[1], ends[0], total, time=stamp(at), deal=deal)]


def _show(stage: Stage, account: str, buyer: str, name: str) -> None:
    """Let an account show a name of this story alone to a buyer."""
    persona = stage.add("personas", id=stage.id("persona"), name=f"{name} {stage.name}")
    stage.add("presents_as", account=account, persona=persona, to=buyer)


def _in_use(stage: Stage, moment: datetime) -> dict[str, object]:
    """Return the cells of a use since before a moment, or nothing about its time."""
    if stage.rng.random() < 1 / 2:
        return {}
    return {"since": f"{moment - timedelta(days=stage.rng.randrange(5, 60)):%Y-%m-%d}"}


def _two_names_one_buyer(stage: Stage) -> Told:
    """Sell one batch to one buyer from two accounts, under two names."""
    one, other, buyer = hand(stage), hand(stage), hand(stage)
    first, batch = start_of(stage, 60), stage.batch(stage.rng.choice(ROUND))
    kinds = stage.rng.sample(("device", "card", "phone", "national_id"), stage.rng.randrange(2, 4))
    use(stage, [one.account, other.account], kinds, **_in_use(stage, first))
    names = stage.rng.sample(NAMES, 2)
    for seller, name in zip((one, other), names, strict=True):
        _show(stage, seller.account, buyer.account, name)
    events = _sale(stage, (one.account, buyer.account), first, batch)
    at = later(first, stage.rng, 10, 800)
    events += _sale(stage, (other.account, buyer.account), at, batch, hard=False)
    unrelated(stage, [one.account, other.account])
    return _roles((one, other)), tuple(events)


def _both_sides(stage: Stage) -> Told:
    """Sit on both sides of one deal on one device."""
    one, other, moment = hand(stage), hand(stage), start_of(stage, 60)
    kind = stage.rng.choice(("device", "card", "national_id"))
    use(stage, [one.account, other.account], [kind], **_in_use(stage, moment))
    events = _sale(stage, (one.account, other.account), moment)
    unrelated(stage, [one.account, other.account])
    return _roles((one, other)), tuple(events)


def _buys_and_sells(stage: Stage) -> Told:
    """Buy with one account and sell the goods with the other."""
    one, other, moment = hand(stage), hand(stage), start_of(stage, 70)
    use(stage, [one.account, other.account], ("phone", "ip"))
    batch = stage.batch(stage.rng.choice(ROUND))
    events = _sale(stage, (hand(stage).account, one.account), moment, batch)
    at = later(moment, stage.rng, 24, 600)
    events += _sale(stage, (other.account, hand(stage).account), at, batch, hard=False)
    unrelated(stage, [one.account, other.account])
    return _roles((one, other)), tuple(events)


def _one_person_stated(stage: Stage) -> Told:
    """Let one person, who holds neither, be stated to run both accounts."""
    holders, runner = (stage.person(), stage.person()), stage.person()
    hands = [Hand(h, stage.account(holder=h)) for h in holders]
    for one in hands:
        stage.add("controls", person=runner, account=one.account, basis="statement")
    moment, batch = start_of(stage, 60), stage.batch(stage.rng.choice(ROUND))
    ends = (hands[0].account, hand(stage).account)
    events = _sale(stage, ends, moment, batch)
    ends = (hands[1].account, hand(stage).account)
    at = later(moment, stage.rng, 5, 500)
    events += _sale(stage, ends, at, batch, hard=False)
    use(stage, [h.account for h in hands], ["device"])
    unrelated(stage, [h.account for h in hands])
    return _roles(hands, [runner]), tuple(events)


def _weak_kinds(stage: Stage) -> Told:
    """Share two weak identifiers of different kinds, and sit on both sides of a deal."""
    one, other, moment = hand(stage), hand(stage), start_of(stage, 60)
    kinds = stage.rng.sample(("ip", "address", "email"), stage.rng.randrange(2, 4))
    use(stage, [one.account, other.account], kinds)
    events = _sale(stage, (one.account, other.account), moment)
    unrelated(stage, [one.account, other.account])
    return _roles((one, other)), tuple(events)


def _three_accounts(stage: Stage) -> Told:
    """Let three accounts, of nobody known, hang together by two identifiers."""
    hands, moment = [hand(stage, 0) for _ in range(3)], start_of(stage, 90)
    accounts = [h.account for h in hands]
    use(stage, accounts[:2], ["device"])
    use(stage, accounts[1:], ["card"])
    use(stage, accounts, ["phone"])
    events = []
    for place, account in enumerate(accounts):
        at = later(moment, stage.rng, 100 * place, 100 * place + 90)
        events += _sale(stage, (account, hand(stage).account), at, hard=not place)
    unrelated(stage, accounts)
    return _roles(hands), tuple(events)


def _only_offers(stage: Stage) -> Told:
    """Offer to one reader under two names from one device and one network; nothing is sold.

    No event is named as key: the accounts alone are what is to be found.
    """
    one, other, reader, moment = hand(stage), hand(stage), hand(stage), start_of(stage, 60)
    use(stage, [one.account, other.account], ("device", "ip"))
    for seller, name in zip((one, other), stage.rng.sample(NAMES, 2), strict=True):
        _show(stage, seller.account, reader.account, name)
        time = _when(stage, moment) if seller is one else stamp(moment)
        cells = {"seller": seller.account, "buyer": reader.account, "time": time}
        stage.add("offers", id=stage.id("offer"), **cells, quantity=10_000)
        moment = later(moment, stage.rng, 20, 600)
    if stage.hardship in {Hardship.SPLIT_PAYMENT, Hardship.REFUNDED_PAYMENT}:
        pay(stage, (hand(stage).account, one.account), sum_minor(stage.rng), moment)
    unrelated(stage, [one.account, other.account])
    return _roles((one, other)), ()


PLANTS: dict[str, Teller] = {
    "two_names_one_buyer": _two_names_one_buyer,
    "both_sides": _both_sides,
    "buys_and_sells": _buys_and_sells,
    "one_person_stated": _one_person_stated,
    "weak_kinds": _weak_kinds,
    "three_accounts": _three_accounts,
    "only_offers": _only_offers,
}


def _apart(stage: Stage, hands: Sequence[Hand]) -> list[str]:
    """Let each account trade with others, never with or after one another."""
    moment, events = start_of(stage, 60), []
    for place, one in enumerate(hands):
        at = later(moment, stage.rng, 0, 700)
        events += _sale(stage, (one.account, hand(stage).account), at, hard=not place)
    unrelated(stage, [one.account for one in hands])
    return events


def _second_hand(stage: Stage) -> Told:
    """Let a phone change hands: the uses are surely apart."""
    one, other, sold = hand(stage), hand(stage), start_of(stage, 100)
    bought = sold + timedelta(days=stage.rng.randrange(2, 40))
    kinds = stage.rng.choice((("device",), ("device", "phone"), ("phone",)))
    values = use(stage, [one.account], kinds, until=f"{sold:%Y-%m-%d}")
    for kind, value in zip(kinds, values, strict=True):
        cells = {"account": other.account, "kind": kind, "value": value}
        stage.add("identifiers", **cells, since=f"{bought:%Y-%m-%d}")
    before, after = sold - timedelta(days=3), later(bought, stage.rng, 24, 400)
    events = _sale(stage, (one.account, hand(stage).account), before, hard=False)
    events += _sale(stage, (other.account, hand(stage).account), after)
    unrelated(stage, [one.account, other.account])
    return _roles((one, other)), tuple(events)


def _family_phone(stage: Stage) -> Told:
    one, other = hand(stage, 1), hand(stage, 1)
    stage.add("ties", a=one.id, kind=stage.rng.choice(("kin_of", "spouse_of")), b=other.id)
    use(stage, [one.account, other.account], ("phone", "address", "ip"))
    return _roles((one, other)), tuple(_apart(stage, (one, other)))


def _employers_device(stage: Stage) -> Told:
    firm = stage.person(kind="organisation")
    hands = [hand(stage, 1) for _ in range(stage.rng.randrange(2, 4))]
    for one in hands:
        stage.add("ties", a=firm, kind="employs", b=one.id, since=f"{stage.begin:%Y-%m}")
    use(stage, [h.account for h in hands], ["device"])
    return _roles(hands), tuple(_apart(stage, hands))


def _cafe(stage: Stage) -> Told:
    hands = [hand(stage) for _ in range(stage.rng.randrange(TOO_MANY, 15))]
    kinds = ("device", "ip") if stage.rng.random() < 1 / 2 else ("device",)
    use(stage, [h.account for h in hands], kinds)
    return _roles(hands[:2]), tuple(_apart(stage, hands[:3]))


def _one_weak_kind(stage: Stage) -> Told:
    """Share one network, or two values of one kind, and sit on both sides of a deal."""
    one, other = hand(stage), hand(stage)
    kind = stage.rng.choice(("ip", "address", "email"))
    use(stage, [one.account, other.account], [kind] * stage.rng.randrange(1, 3))
    events = _sale(stage, (one.account, other.account), start_of(stage, 60))
    unrelated(stage, [one.account, other.account])
    return _roles((one, other)), tuple(events)


def _dormitory(stage: Stage) -> Told:
    """Let a dormitory share its network and address."""
    hands = [hand(stage) for _ in range(stage.rng.randrange(6, 10))]
    use(stage, [h.account for h in hands], ("ip", "address"))
    return _roles(hands), tuple(_apart(stage, hands))


def _one_holder(stage: Stage) -> Told:
    """Let one person hold both accounts, openly."""
    one = hand(stage, 1)
    other = Hand(one.id, stage.account(one.id))
    use(stage, [one.account, other.account], ("device", "card"))
    return _roles((one, other)), tuple(_apart(stage, (one, other)))


def _runs_another(stage: Stage) -> Told:
    """Let a holder run one account of another person: that is the other typology."""
    one, holder = hand(stage, 1), stage.person()
    other = Hand(holder, stage.account(holder=holder))
    stage.add("controls", person=one.id, account=other.account, basis="used")
    amount = sum_minor(stage.rng, 2_000, 60_000)
    moment = start_of(stage, 40)
    events = _sale(stage, (one.account, hand(stage).account), moment)
    events.append(stage.payment(other.account, hand(stage).account, amount, time=stamp(moment)))
    unrelated(stage, [one.account])
    return _roles((one, other)), tuple(events)


DECOYS: dict[str, Teller] = {
    "second_hand": _second_hand,
    "family_phone": _family_phone,
    "employers_device": _employers_device,
    "cafe": _cafe,
    "one_weak_kind": _one_weak_kind,
    "dormitory": _dormitory,
    "one_holder": _one_holder,
    "runs_another": _runs_another,
}
