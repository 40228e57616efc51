"""Stories of money that comes in and almost all goes out, and of some that only look so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.simulate.stage import Hardship, coarse, money, stamp
from graphmodel.simulate.telling import (
    Hand,
    Teller,
    Told,
    by_day,
    bystander,
    hand,
    later,
    parts_of,
    price,
    refund_part,
    refunded_twin,
    second_account,
    sell,
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

FAR_LARGER = 5
"""How many times larger unrelated payments of the one in the middle are: they pair with none."""


class Way(NamedTuple):
    """Who pays, who passes on, and who is paid."""

    payer: Hand
    middle: Hand
    payee: Hand
    other: str = ""

    @property
    def source(self) -> str:
        """Return the account from which the one in the middle pays."""
        return self.other or self.middle.account

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """Return the roles of the card."""
        return {
            "intermediary": (self.middle.id,),
            "payer": (self.payer.id,),
            "payee": (self.payee.id,),
        }


class Pair(NamedTuple):
    """Money in and out again: fen, moments, and how the statement writes those."""

    amount: int
    out: int
    moment: datetime
    leaves: datetime
    write: Callable[[datetime], str] = stamp


def plant(stage: Stage) -> Label:
    """Let one party pass on almost all that another pays it, soon after."""
    return tell(stage, "pass_through", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let too little go on, too late, before it came, openly, or among one party's accounts."""
    return tell(stage, "pass_through", "decoy", DECOYS)


def _way(stage: Stage) -> Way:
    return Way(hand(stage), hand(stage), hand(stage))


def _pairs(
    stage: Stage, number: int, kept: tuple[float, float], hours: tuple[float, float]
) -> list[Pair]:
    """Return pairs days apart; `kept` bounds out ÷ in, `hours` the time between."""
    pairs, moment = [], start_of(stage, 14 * number + 20)
    for _ in range(number):
        amount = sum_minor(stage.rng, 100_000)
        out = share(amount, stage.rng, *kept)
        pairs.append(Pair(amount, out, moment, later(moment, stage.rng, *hours)))
        moment = later(moment, stage.rng, 24 * 5, 24 * 14)
    return pairs


def _pay_pairs(stage: Stage, way: Way, pairs: Sequence[Pair], **cells: object) -> list[str]:
    """Add the payments of the pairs, one of them under the hardship; `cells` are of those out."""
    marked, paid = stage.rng.randrange(len(pairs)), []
    for place, pair in enumerate(pairs):
        ends = (way.payer.account, way.middle.account)
        paid += _came(stage, ends, pair, stage.hardship if place == marked else None)
        out: dict[str, object] = {"time": pair.write(pair.leaves), **cells}
        paid.append(stage.payment(way.source, way.payee.account, pair.out, **out))
    _around(stage, way, pairs)
    return paid


def _came(stage: Stage, ends: tuple[str, str], pair: Pair, hardship: Hardship | None) -> list[str]:
    """Add what came in: plain, coarse, in two parts, refunded, or for a deal without a price."""
    is_coarse = hardship is Hardship.COARSE_DATE
    cells = {"time": coarse(pair.moment) if is_coarse else pair.write(pair.moment)}
    if hardship is Hardship.MISSING_PRICE:
        given = {"total": "", **price(stage, pair.amount)}
        cells["deal"] = sell(stage, (ends[1], ends[0]), pair.moment, **given)
    if hardship is Hardship.SPLIT_PAYMENT:
        first, second = parts_of(pair.amount, 2, stage.rng)
        before = pair.write(later(pair.moment, stage.rng, -1, -0.1))
        return [
            stage.payment(*ends, first, time=before),
            stage.payment(*ends, second, **cells),
        ]
    paid = stage.payment(*ends, pair.amount, **cells)
    if hardship is Hardship.REFUNDED_PAYMENT:
        if stage.rng.random() < 1 / 2 and pair.out < pair.amount * 0.95:
            refund_part(stage, ends, paid, pair.amount, pair.moment)
        else:
            refunded_twin(stage, ends, pair.amount, pair.moment)
    return [paid]


def _around(stage: Stage, way: Way, pairs: Sequence[Pair]) -> None:
    """Let payer and payee deal with bystanders, and the middle receive far larger sums."""
    if stage.hardship is not Hardship.UNRELATED_DEALS:
        return
    unrelated(stage, [way.payer.account, way.payee.account])
    largest = max(pair.amount for pair in pairs)
    for _ in range(stage.rng.randrange(1, 3)):
        amount = int(largest * stage.rng.uniform(FAR_LARGER, FAR_LARGER * 2))
        ends = (bystander(stage), way.middle.account)
        stage.payment(*ends, amount, time=stamp(stage.moment(0)))


def _again_and_again(stage: Stage) -> Told:
    """Pass on three payments or more, a steady share kept."""
    way, number = _way(stage), stage.rng.randrange(3, 7)
    kept = stage.rng.uniform(0.91, 0.985)
    pairs = _pairs(stage, number, (kept, kept + 0.01), (0.2, 40))
    return way.roles, tuple(_pay_pairs(stage, way, pairs))


def _quick(stage: Stage) -> Told:
    """Pass on one payment within two hours."""
    way = _way(stage)
    pairs = _pairs(stage, 1, (0.91, 1.0), (0.05, 1.9))
    return way.roles, tuple(_pay_pairs(stage, way, pairs))


def _many_in(stage: Stage) -> Told:
    """Collect several payments of one payer and pass them on as one."""
    way = _way(stage)
    (pair,) = _pairs(stage, 1, (0.92, 0.99), (1, 20))
    number = stage.rng.randrange(2, 6)
    parts, events = parts_of(pair.amount, number, stage.rng), []
    for place, part in enumerate(parts[:-1]):
        at = pair.moment - timedelta(hours=5 * (place + 1), minutes=stage.rng.randrange(60))
        events.append(stage.payment(way.payer.account, way.middle.account, part, time=stamp(at)))
    last = Pair(parts[-1], pair.out, pair.moment, pair.leaves)
    ends = (way.payer.account, way.middle.account)
    events += _came(stage, ends, last, stage.hardship)
    ends = (way.middle.account, way.payee.account)
    events.append(stage.payment(*ends, pair.out, time=stamp(pair.leaves)))
    _around(stage, way, [pair])
    return way.roles, tuple(events)


def _share_stated(stage: Stage) -> Told:
    """Let a source state what is kept: a lead where much is."""
    way = _way(stage)
    pairs = _pairs(stage, 1, (0.55, 0.95), (3, 23))
    events = _pay_pairs(stage, way, pairs)
    kept = money(pairs[0].amount - pairs[0].out)
    cells = {"party": way.middle.id, "amount": kept, "currency": "CNY"}
    state(stage, "share", events, **cells)
    return way.roles, tuple(events)


def _through_a_straw(stage: Stage) -> Told:
    """Pass the money through an account that another operates."""
    operator, holder = stage.person(), stage.person()
    account = stage.account(holder=holder)
    stage.add("controls", person=operator, account=account, basis="used")
    way = Way(hand(stage), Hand(operator, account), hand(stage))
    pairs = _pairs(stage, stage.rng.randrange(1, 5), (0.92, 0.99), (0.3, 20))
    return way.roles, tuple(_pay_pairs(stage, way, pairs))


def _little_left(stage: Stage) -> Told:
    """Let the account be almost empty after each payment out."""
    way = _way(stage)
    pairs = _pairs(stage, stage.rng.randrange(1, 4), (0.94, 0.99), (1, 50))
    least = min(pair.amount for pair in pairs)
    left = money(share(least, stage.rng, 0.001, 0.02))
    events = _pay_pairs(stage, way, pairs, payer_balance_after=left)
    return way.roles, tuple(events)


def _from_another_account(stage: Stage) -> Told:
    """Pay out from another account of the one in the middle."""
    middle = hand(stage, 1)
    way = Way(hand(stage), middle, hand(stage), second_account(stage, middle))
    pairs = _pairs(stage, stage.rng.randrange(1, 5), (0.91, 0.99), (0.2, 20))
    return way.roles, tuple(_pay_pairs(stage, way, pairs))


def _by_day(stage: Stage) -> Told:
    """Let the statement know days only: money may leave on the day on which it came."""
    way = _way(stage)
    pairs = [
        pair._replace(write=by_day)
        for pair in _pairs(stage, stage.rng.randrange(1, 5), (0.91, 0.99), (0.2, 40))
    ]
    return way.roles, tuple(_pay_pairs(stage, way, pairs))


PLANTS: dict[str, Teller] = {
    "again_and_again": _again_and_again,
    "quick": _quick,
    "many_in": _many_in,
    "share_stated": _share_stated,
    "through_a_straw": _through_a_straw,
    "little_left": _little_left,
    "from_another_account": _from_another_account,
    "by_day": _by_day,
}


def _open_agent(stage: Stage) -> Told:
    """Let the one in the middle be the agent of one side, who was told."""
    way = Way(hand(stage, 1), hand(stage, 1), hand(stage, 1))
    side = stage.rng.choice((way.payer, way.payee))
    cells = {"since": f"{stage.begin:%Y-%m-%d}", "disclosed": "yes"}
    stage.add("ties", a=way.middle.id, kind="agent_of", b=side.id, **cells)
    pairs = _pairs(stage, stage.rng.randrange(1, 5), (0.9, 0.98), (0.2, 20))
    return way.roles, tuple(_pay_pairs(stage, way, pairs))


def _for_a_friend(stage: Stage) -> Told:
    """Buy something for a friend once, on the same day."""
    way = _way(stage)
    pairs = _pairs(stage, 1, (0.9, 1.0), (3, 22))
    events = _pay_pairs(stage, way, pairs)
    return way.roles, tuple(events)


def _stated_reason(stage: Stage) -> Told:
    """Let wages, rent or a supplier be what the payment out was for, as is stated."""
    way = _way(stage)
    pairs = _pairs(stage, 1, (0.9, 0.98), (0.1, 20))
    events = _pay_pairs(stage, way, pairs)
    state(stage, stage.rng.choice(("payroll", "rent", "supplier")), events[-1:])
    return way.roles, tuple(events)


def _too_little(stage: Stage) -> Told:
    """Let less than half go on."""
    way = _way(stage)
    pairs = _pairs(stage, stage.rng.randrange(1, 5), (0.05, 0.45), (0.1, 20))
    return way.roles, tuple(_pay_pairs(stage, way, pairs))


def _a_good_part(stage: Stage) -> Told:
    """Let more than half, but far from all, go on."""
    way = _way(stage)
    pairs = _pairs(stage, stage.rng.randrange(1, 5), (0.55, 0.74), (0.1, 20))
    return way.roles, tuple(_pay_pairs(stage, way, pairs))


def _too_late(stage: Stage) -> Told:
    """Let it lie for longer than three days, and be paid out once."""
    way = _way(stage)
    (pair,) = _pairs(stage, 1, (0.9, 1.0), (24 * 4, 24 * 18))
    ends = (way.payer.account, way.middle.account), (way.middle.account, way.payee.account)
    events = [
        stage.payment(*ends[0], pair.amount, time=stamp(pair.moment)),
        stage.payment(*ends[1], pair.out, time=stamp(pair.leaves)),
    ]
    unrelated(stage, [way.payer.account, way.payee.account])
    return way.roles, tuple(events)


def _out_first(stage: Stage) -> Told:
    """Let the payment out come first, and be made good later."""
    way = _way(stage)
    (pair,) = _pairs(stage, 1, (0.9, 1.0), (0.1, 60))
    ends = (way.payer.account, way.middle.account), (way.middle.account, way.payee.account)
    events = [
        stage.payment(*ends[1], pair.out, time=stamp(pair.moment)),
        stage.payment(*ends[0], pair.amount, time=stamp(pair.leaves)),
    ]
    unrelated(stage, [way.payer.account, way.payee.account])
    return way.roles, tuple(events)


def _own_accounts(stage: Stage) -> Told:
    """Move money through another account of the payer's own: payer and middle are one party."""
    payer = hand(stage, 1)
    way = Way(payer, Hand(payer.id, stage.account(payer.id)), hand(stage))
    pairs = _pairs(stage, stage.rng.randrange(1, 5), (0.9, 1.0), (0.1, 20))
    return way.roles, tuple(_pay_pairs(stage, way, pairs))


def _given_back(stage: Stage) -> Told:
    """Pay almost all of it back to who paid it."""
    way = _way(stage)
    back = Way(way.payer, way.middle, way.payer)
    pairs = _pairs(stage, stage.rng.randrange(1, 4), (0.9, 1.0), (0.1, 40))
    return back.roles, tuple(_pay_pairs(stage, back, pairs))


def _other_currency(stage: Stage) -> Told:
    """Pay out in a currency in which nothing came in."""
    way = _way(stage)
    pairs = _pairs(stage, stage.rng.randrange(1, 5), (0.9, 1.0), (0.1, 20))
    return way.roles, tuple(_pay_pairs(stage, way, pairs, currency="USD"))


DECOYS: dict[str, Teller] = {
    "open_agent": _open_agent,
    "for_a_friend": _for_a_friend,
    "stated_reason": _stated_reason,
    "too_little": _too_little,
    "a_good_part": _a_good_part,
    "too_late": _too_late,
    "out_first": _out_first,
    "own_accounts": _own_accounts,
    "given_back": _given_back,
    "other_currency": _other_currency,
}
