"""What tellers of planted stories share: hands, sums, dates, hardships and unrelated things.

Times are moments of the case's zone without offset, money is in fen, quantities are counts of
records. Every choice comes from the stage's `rng`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import exp, log
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from graphmodel.simulate.stage import Hardship, Label, coarse, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

    from graphmodel.simulate.stage import Stage

Told: TypeAlias = "tuple[Mapping[str, tuple[str, ...]], tuple[str, ...]]"
"""Roles by name, and the ids of the key events."""
Teller: TypeAlias = "Callable[[Stage], Told]"

ROUND = (1_000, 2_000, 3_000, 5_000, 8_000, 10_000, 12_000, 15_000, 20_000, 30_000, 50_000)
"""Usual package sizes: quantities without a fingerprint."""
WHOLE_YUAN = 0.6
KNOWN = 0.8
HOUR_S = 3600


class Hand(NamedTuple):
    """One party of a story: `id` is the person, or the account where nobody is known."""

    id: str
    account: str


def tell(
    stage: Stage, typology: str, kind: Literal["plant", "decoy"], tellers: Mapping[str, Teller]
) -> Label:
    """Tell one of the stories and return its label."""
    variant = stage.rng.choice(sorted(tellers))
    roles, events = tellers[variant](stage)
    return Label(stage.name, typology, kind, variant, stage.hardship, roles, events)


def hand(stage: Stage, known: float = KNOWN, **cells: object) -> Hand:
    """Return a new party with one account; a person is known with the given chance."""
    if stage.rng.random() < known:
        person = stage.person()
        return Hand(person, stage.account(person, **cells))
    account = stage.account("", **cells)
    return Hand(account, account)


def second_account(stage: Stage, owner: Hand) -> str:
    """Return another account of a known person."""
    return stage.account(owner.id)


def spread(rng: Random, low: int, high: int) -> int:
    """Return a whole number from low to high, small ones likelier: even in its logarithm."""
    return round(exp(rng.uniform(log(low), log(high))))


def sum_minor(rng: Random, low: int = 30_000, high: int = 4_000_000) -> int:
    """Return an amount in fen, mostly whole yuan."""
    amount = spread(rng, low, high)
    return amount // 100 * 100 if rng.random() < WHOLE_YUAN else amount


def share(amount_minor: int, rng: Random, low: float, high: float) -> int:
    """Return a part of an amount between two ratios, rounded down to the fen."""
    return int(amount_minor * rng.uniform(low, high))


def parts_of(amount_minor: int, parts: int, rng: Random) -> list[int]:
    """Return so many uneven parts of an amount, each between half and twice an even one."""
    weights = [rng.uniform(0.7, 1.3) for _ in range(parts)]
    cuts = [int(amount_minor * weight / sum(weights)) for weight in weights[:-1]]
    return [*cuts, amount_minor - sum(cuts)]


def later(moment: datetime, rng: Random, low_h: float, high_h: float) -> datetime:
    """Return a moment so many hours later, to the second."""
    return moment + timedelta(seconds=int(rng.uniform(low_h, high_h) * HOUR_S))


def series(
    stage: Stage, start: datetime, steps: int, low_h: float, high_h: float
) -> list[datetime]:
    """Return a moment and `steps - 1` more, each so many hours after the one before."""
    moments = [start]
    while len(moments) < steps:
        moments.append(later(moments[-1], stage.rng, low_h, high_h))
    return moments


def start_of(stage: Stage, days_after: float, days_before: float = 2) -> datetime:
    """Return a moment with so many days of the world before and after it."""
    return stage.moment(days_before + days_after) + timedelta(days=days_before)


def room_days(stage: Stage) -> float:
    """Return the length of the world in days."""
    return (stage.end - stage.begin) / timedelta(days=1)


def dated(stage: Stage, moments: Sequence[datetime], first: int = 0) -> list[str]:
    """Return the times as tables write them; a coarse date falls on one from place `first` on."""
    texts = [stamp(moment) for moment in moments]
    if stage.hardship is Hardship.COARSE_DATE:
        place = stage.rng.randrange(first, len(texts))
        texts[place] = coarse(moments[place])
    return texts


def by_day(moment: datetime) -> str:
    """Return a moment as a statement of days writes it.

    >>> by_day(datetime(2025, 3, 1, 9, 30))
    '2025-03-01'
    """
    return f"{moment:%Y-%m-%d}"


def price(stage: Stage, total_minor: int, *, may_lack: bool = True) -> dict[str, object]:
    """Return the cells of a price, none where the hardship is a missing one."""
    if may_lack and stage.hardship is Hardship.MISSING_PRICE:
        return {}
    return {"total": f"{total_minor // 100}.{total_minor % 100:02d}", "currency": "CNY"}


def pay(
    stage: Stage, ends: tuple[str, str], amount_minor: int, moment: datetime, **cells: object
) -> list[str]:
    """Add what one payment is under the stage's hardship, and return the ids that stand.

    A split payment is two parts within an hour, together the amount. A refunded one is paid back in
    part within a day, or has a twin beside it that was paid back in full.
    """
    payer, payee = ends
    if stage.hardship is Hardship.SPLIT_PAYMENT:
        parts = parts_of(amount_minor, 2, stage.rng)
        times = [moment, later(moment, stage.rng, 0.05, 1)]
        return [
            stage.payment(payer, payee, part, time=stamp(at), **cells)
            for part, at in zip(parts, times, strict=True)
        ]
    paid = stage.payment(payer, payee, amount_minor, time=stamp(moment), **cells)
    if stage.hardship is Hardship.REFUNDED_PAYMENT:
        if stage.rng.random() < 1 / 2:
            refund_part(stage, ends, paid, amount_minor, moment)
        else:
            refunded_twin(stage, ends, amount_minor, moment)
    return [paid]


def refund_part(
    stage: Stage, ends: tuple[str, str], paid: str, amount_minor: int, moment: datetime
) -> str:
    """Add a payment back of a small part, within a day."""
    back = share(amount_minor, stage.rng, 0.01, 0.04)
    at = later(moment, stage.rng, 1, 24)
    return stage.payment(ends[1], ends[0], max(back, 1), time=stamp(at), refunds=paid)


def refunded_twin(
    stage: Stage, ends: tuple[str, str], amount_minor: int, moment: datetime
) -> tuple[str, str]:
    """Add a payment of the same amount shortly before, which was paid back in full."""
    at = later(moment, stage.rng, -6, -2)
    twin = stage.payment(*ends, amount_minor, time=stamp(at), status="refunded")
    back = stage.payment(
        ends[1], ends[0], amount_minor, time=stamp(later(at, stage.rng, 0.2, 1.5)), refunds=twin
    )
    return twin, back


def sell(stage: Stage, ends: tuple[str, str], moment: datetime, **cells: object) -> str:
    """Add a deal of a usual package at a price of its own, a batch of its own unless one is given.

    The price is missing where the hardship says so.
    """
    records = stage.rng.choice(ROUND)
    given = {"quantity": records, "time": stamp(moment), **cells}
    if "batch" not in given:
        given["batch"] = stage.batch(records)
    if "total" not in given:
        given |= price(stage, sum_minor(stage.rng))
    return stage.deal(ends[0], ends[1], **given)


def unrelated(
    stage: Stage, accounts: Sequence[str], *, sales: bool = True, least_minor: int = 5_000
) -> list[str]:
    """Add two to five payments to, and sales of other goods to, bystanders if the hardship says so.

    Accounts of the story pay or sell; they neither buy nor are paid for anything else.
    """
    if stage.hardship is not Hardship.UNRELATED_DEALS:
        return []
    added = []
    for _ in range(stage.rng.randrange(2, 6)):
        own, moment = stage.rng.choice(accounts), stage.moment(0)
        other = bystander(stage)
        if sales and stage.rng.random() < 1 / 2:
            total = sum_minor(stage.rng)
            added.append(sell(stage, (own, other), moment, **price(stage, total)))
        else:
            amount = sum_minor(stage.rng, least_minor, least_minor * 40)
            added.append(stage.payment(own, other, amount, time=stamp(moment)))
    return added


def bystander(stage: Stage) -> str:
    """Return an account of the background, or a new one where there is none."""
    return stage.rng.choice(stage.bystanders) if stage.bystanders else stage.account()


def state(stage: Stage, kind: str, about: Sequence[str], **cells: object) -> str:
    """Add a circumstance about facts and return its id."""
    return stage.add(
        "circumstances", id=stage.id("circumstance"), kind=kind, about=";".join(about), **cells
    )


def use(stage: Stage, accounts: Sequence[str], kinds: Sequence[str], **cells: object) -> list[str]:
    """Let accounts use one identifier of each kind, of this story alone; return the values."""
    values = [stage.id(kind) for kind in kinds]
    for kind, value in zip(kinds, values, strict=True):
        for account in accounts:
            stage.add("identifiers", account=account, kind=kind, value=value, **cells)
    return values
