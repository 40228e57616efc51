"""Stories of accounts that are new, busy and then silent, and of some that only look so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.simulate.stage import Hardship, coarse, stamp
from graphmodel.simulate.telling import (
    ROUND,
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
    sell,
    start_of,
    state,
    sum_minor,
    tell,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphmodel.simulate.stage import Label, Stage

NEW_DAYS, BURST_DAYS, QUIET_DAYS = 14, 14, 60
LEAST_EVENTS = 3
STORY_DAYS = 160.0
"""Days a story needs before its end: the days before, the burst, and the silence."""
MONTH_DAYS = 31
OUTWARD = 0.2
"""Share of the payments that the account makes itself."""
NAMES = ("快递面单", "车主名录", "开户信息", "学籍资料", "楼盘业主")


class Use(NamedTuple):
    """One burner: the source that shows it, its account, and the times of its events in order.

    `write` says times as the source does.
    """

    source: str
    burner: Hand
    times: tuple[datetime, ...]
    write: Callable[[datetime], str] = stamp


def plant(stage: Stage) -> Label:
    """Open an account, use it for some days, and leave it, in a source that shows the silence."""
    return tell(stage, "burner", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let an account be old, slow, lost, used again, or out of sight later."""
    return tell(stage, "burner", "decoy", DECOYS)


def _source(stage: Stage, since: datetime | None, until: datetime | None) -> str:
    """Add a source that is complete for the days given, or says nothing of its time."""
    covers = {
        "covers_from": f"{since:%Y-%m-%d}" if since else "",
        "covers_to": f"{until:%Y-%m-%d}" if until else "",
    }
    return stage.add("sources", id=stage.id("source"), title="bank return", kind="bank", **covers)


def _times(stage: Stage, number: int, days: float = 12) -> tuple[datetime, ...]:
    """Return the times of a burst in order: the first, and the rest within so many days of it."""
    first = start_of(stage, STORY_DAYS) + timedelta(days=45)
    offsets = sorted(int(stage.rng.uniform(0.02, days) * 86_400) for _ in range(number - 1))
    return (first, *(first + timedelta(seconds=offset) for offset in offsets))


def _burner(
    stage: Stage,
    times: Sequence[datetime],
    source: str,
    opened_days: int | None,
    known: float = 0.5,
) -> Use:
    """Add the account, opened so many days before its first event, or unknown when."""
    opened = "" if opened_days is None else f"{times[0] - timedelta(days=opened_days):%Y-%m-%d}"
    return Use(source, hand(stage, known, opened=opened, source=source), tuple(times))


def _quiet_to(stage: Stage, last: datetime) -> datetime:
    """Return an end of a source that surely shows the silence, coarse dates allowed for."""
    return last + timedelta(days=QUIET_DAYS + MONTH_DAYS + stage.rng.randrange(2, 12))


def _busy(stage: Stage, use: Use, others: Sequence[str]) -> list[str]:
    """Add the payments and deals of the burst, the hardships among them; return the ids."""
    blurred, poor = -1, stage.rng.randrange(len(use.times) - 1)
    if stage.hardship is Hardship.COARSE_DATE:
        blurred, poor = stage.rng.randrange(1, len(use.times) - 1), 0
    events = []
    for place, moment in enumerate(use.times):
        text = coarse(moment) if place == blurred else use.write(moment)
        is_deal = place != poor and stage.rng.random() < 1 / 4
        is_deal |= place == poor and stage.hardship is Hardship.MISSING_PRICE
        other = others[place % len(others)]
        if is_deal:
            cells = price(stage, sum_minor(stage.rng), may_lack=place == poor)
            cells = {"total": "", **cells, "source": use.source, "time": text}
            events.append(sell(stage, (use.burner.account, other), moment, **cells))
        elif place == poor:
            events += _hard_payment(stage, use, other, moment)
        else:
            events.append(_plain(stage, use, other, text))
    _unrelated(stage, use, others)
    return events


def _plain(stage: Stage, use: Use, other: str, time: str) -> str:
    """Add a payment in, or out at times."""
    amount = sum_minor(stage.rng)
    if stage.rng.random() < OUTWARD:
        cells = {"source": use.source, "time": time}
        return stage.payment(use.burner.account, other, amount, **cells)
    return _paid(stage, use, other, amount, time)


def _paid(stage: Stage, use: Use, other: str, amount: int, time: str) -> str:
    cells = {"source": use.source, "time": time}
    return stage.payment(other, use.burner.account, amount, **cells)


def _hard_payment(stage: Stage, use: Use, other: str, moment: datetime) -> list[str]:
    """Add one payment as the hardship has it: split, or refunded in part or beside."""
    amount, ends = sum_minor(stage.rng), (other, use.burner.account)
    if stage.hardship is Hardship.SPLIT_PAYMENT:
        parts = parts_of(amount, 2, stage.rng)
        return [_paid(stage, use, other, part, stamp(moment)) for part in parts]
    paid = _paid(stage, use, other, amount, stamp(moment))
    if stage.hardship is Hardship.REFUNDED_PAYMENT:
        if stage.rng.random() < 1 / 2:
            refund_part(stage, ends, paid, amount, moment)
        else:
            refunded_twin(stage, ends, amount, later(moment, stage.rng, 6, 7))
    return [paid]


def _lives(stage: Stage, use: Use, others: Sequence[str]) -> None:
    """Let the counterparties do other things before and after: they are neither new nor silent."""
    for other in dict.fromkeys(others):
        shop = hand(stage).account
        before = use.times[0] - timedelta(days=stage.rng.randrange(3, 13))
        after = use.times[-1] + timedelta(days=stage.rng.randrange(MONTH_DAYS + 2, 50))
        for at in (before, after):
            amount = sum_minor(stage.rng, 2_000, 90_000)
            stage.payment(other, shop, amount, time=stamp(at), source=use.source)


def _unrelated(stage: Stage, use: Use, others: Sequence[str], own: int = 2) -> None:
    """Let the counterparties pay bystanders at any time, the account up to `own` in its burst."""
    _lives(stage, use, others)
    if stage.hardship is not Hardship.UNRELATED_DEALS:
        return
    hours = (use.times[-1] - use.times[0]) / timedelta(hours=1)
    for _ in range(own and stage.rng.randrange(1, own + 1)):
        at, ends = later(use.times[0], stage.rng, 0, hours), (use.burner.account, bystander(stage))
        stage.payment(*ends, sum_minor(stage.rng, 2_000, 90_000), time=stamp(at))
    for other in list(others)[:3]:
        amount = sum_minor(stage.rng, 2_000, 90_000)
        stage.payment(other, bystander(stage), amount, time=stamp(stage.moment(0)))


def _many(stage: Stage) -> int:
    """Return a number of events; one more where one of them is to be dated by its month."""
    return stage.rng.randrange(LEAST_EVENTS + 2, 14)


def _others(stage: Stage, number: int) -> list[str]:
    return [hand(stage).account for _ in range(number)]


def _roles(use: Use) -> dict[str, tuple[str, ...]]:
    known = use.burner.id != use.burner.account
    return {
        "account": (use.burner.account,),
        "controller": (use.burner.id,) if known else (),
    }


def _opened_known(stage: Stage) -> Told:
    times = _times(stage, _many(stage))
    source = _source(stage, times[0] - timedelta(days=3), _quiet_to(stage, times[-1]))
    use = _burner(stage, times, source, stage.rng.randrange(1, NEW_DAYS - 1))
    return _roles(use), tuple(_busy(stage, use, _others(stage, stage.rng.randrange(2, 6))))


def _first_seen(stage: Stage) -> Told:
    """Let the opening be unknown, and the source show that nothing was there before."""
    times = _times(stage, _many(stage))
    since = times[0] - timedelta(days=NEW_DAYS + MONTH_DAYS)
    use = _burner(stage, times, _source(stage, since, _quiet_to(stage, times[-1])), None)
    return _roles(use), tuple(_busy(stage, use, _others(stage, stage.rng.randrange(2, 6))))


def _name_moves_on(stage: Stage) -> Told:
    """Let another account show the name of the first later."""
    times = _times(stage, _many(stage))
    source = _source(stage, times[0] - timedelta(days=40), _quiet_to(stage, times[-1]))
    use = _burner(stage, times, source, stage.rng.randrange(0, NEW_DAYS - 1))
    name = f"{stage.rng.choice(NAMES)} {stage.name}"
    persona = stage.add("personas", id=stage.id("persona"), name=name)
    own = {"since": f"{times[0]:%Y-%m-%d}", "until": f"{times[-1]:%Y-%m-%d}"}
    stage.add("presents_as", account=use.burner.account, persona=persona, **own)
    moved = times[-1] + timedelta(days=MONTH_DAYS + stage.rng.randrange(2, 20))
    heir = hand(stage, 0, opened=f"{moved - timedelta(days=1):%Y-%m-%d}")
    stage.add("presents_as", account=heir.account, persona=persona, since=f"{moved:%Y-%m-%d}")
    return _roles(use), tuple(_busy(stage, use, _others(stage, stage.rng.randrange(2, 6))))


def _one_customer(stage: Stage) -> Told:
    """Let one party pay it all, and its controller have another account."""
    times = _times(stage, _many(stage), stage.rng.uniform(2, 10))
    source = _source(stage, times[0] - timedelta(days=1), _quiet_to(stage, times[-1]))
    use = _burner(stage, times, source, stage.rng.randrange(1, NEW_DAYS - 1), known=1)
    stage.account(use.burner.id)
    return _roles(use), tuple(_busy(stage, use, _others(stage, 1)))


def _by_day(stage: Stage) -> Told:
    """Let the source know days only, and its account have been opened on the first."""
    times = _times(stage, _many(stage))
    source = _source(stage, times[0] - timedelta(days=30), _quiet_to(stage, times[-1]))
    use = _burner(stage, times, source, stage.rng.randrange(NEW_DAYS - 2))._replace(write=by_day)
    return _roles(use), tuple(_busy(stage, use, _others(stage, stage.rng.randrange(2, 6))))


def _least_events(stage: Stage) -> Told:
    """Let there be just enough events, one more where a hardship takes from them."""
    more = stage.hardship in {Hardship.COARSE_DATE, Hardship.REFUNDED_PAYMENT}
    times = _times(stage, LEAST_EVENTS + more)
    source = _source(stage, times[0] - timedelta(days=1), _quiet_to(stage, times[-1]))
    use = _burner(stage, times, source, stage.rng.randrange(1, NEW_DAYS - 1), known=0)
    return _roles(use), tuple(_busy(stage, use, _others(stage, LEAST_EVENTS)))


PLANTS: dict[str, Teller] = {
    "opened_known": _opened_known,
    "first_seen": _first_seen,
    "name_moves_on": _name_moves_on,
    "one_customer": _one_customer,
    "by_day": _by_day,
    "least_events": _least_events,
}


def _source_ends(stage: Stage) -> Told:
    """Let the source end within the quiet time: nobody could have seen the silence."""
    times = _times(stage, _many(stage))
    until = times[-1] + timedelta(days=stage.rng.randrange(5, QUIET_DAYS - 2))
    source = _source(stage, times[0] - timedelta(days=40), until)
    use = _burner(stage, times, source, stage.rng.randrange(1, NEW_DAYS - 1))
    return _roles(use), tuple(_busy(stage, use, _others(stage, stage.rng.randrange(1, 6))))


def _nothing_covered(stage: Stage) -> Told:
    """Let no source say for what time it is complete."""
    times = _times(stage, _many(stage))
    use = _burner(stage, times, _source(stage, None, None), stage.rng.randrange(1, NEW_DAYS - 1))
    return _roles(use), tuple(_busy(stage, use, _others(stage, stage.rng.randrange(1, 6))))


def _goes_on(stage: Stage) -> Told:
    """Let the account be used again within the quiet time."""
    times = _times(stage, _many(stage))
    source = _source(stage, times[0] - timedelta(days=40), _quiet_to(stage, times[-1]))
    use = _burner(stage, times, source, stage.rng.randrange(1, NEW_DAYS - 1))
    others = _others(stage, stage.rng.randrange(1, 6))
    events = _busy(stage, use, others)
    again = later(times[-1], stage.rng, 24 * 32, 24 * 55)
    events.append(_paid(stage, use, others[0], sum_minor(stage.rng), stamp(again)))
    return _roles(use), tuple(events)


def _old_account(stage: Stage) -> Told:
    """Let the account have been opened long before, and nothing be known of the time between."""
    times = _times(stage, _many(stage))
    source = _source(stage, times[0] - timedelta(hours=6), _quiet_to(stage, times[-1]))
    use = _burner(stage, times, source, stage.rng.randrange(60, 900))
    return _roles(use), tuple(_busy(stage, use, _others(stage, stage.rng.randrange(1, 6))))


def _opening_unknown(stage: Stage) -> Told:
    """Let nobody know when the account was opened, nor what was before: it may be old."""
    times = _times(stage, _many(stage))
    source = _source(stage, times[0] - timedelta(hours=6), _quiet_to(stage, times[-1]))
    use = _burner(stage, times, source, None)
    return _roles(use), tuple(_busy(stage, use, _others(stage, stage.rng.randrange(1, 6))))


def _too_few(stage: Stage) -> Told:
    """Let there be two events only, both plain."""
    times = _times(stage, LEAST_EVENTS - 1)
    source = _source(stage, times[0] - timedelta(days=40), _quiet_to(stage, times[-1]))
    use, other = _burner(stage, times, source, stage.rng.randrange(1, 12)), hand(stage)
    events = [_paid(stage, use, other.account, sum_minor(stage.rng), stamp(at)) for at in times]
    _unrelated(stage, use, [other.account], own=0)
    return _roles(use), tuple(events)


def _too_slow(stage: Stage) -> Told:
    """Let the events come one in three weeks: no burst."""
    first = start_of(stage, STORY_DAYS + 60) + timedelta(days=45)
    gaps = [stage.rng.randrange(16, 24) for _ in range(3)]
    times = [first + timedelta(days=sum(gaps[:place])) for place in range(len(gaps) + 1)]
    source = _source(stage, times[0] - timedelta(days=40), _quiet_to(stage, times[-1]))
    use, others = _burner(stage, times, source, stage.rng.randrange(1, 12)), _others(stage, 2)
    events = [
        _paid(stage, use, others[place % 2], sum_minor(stage.rng), stamp(at))
        for place, at in enumerate(times)
    ]
    _unrelated(stage, use, others, own=0)
    return _roles(use), tuple(events)


def _banned(stage: Stage) -> Told:
    """Let the platform close it, or the phone be lost; nobody saw the account opened."""
    times = _times(stage, _many(stage))
    since = times[0] - timedelta(days=NEW_DAYS + MONTH_DAYS)
    source = _source(stage, since, _quiet_to(stage, times[-1]))
    use = _burner(stage, times, source, None, known=0)
    kind = stage.rng.choice(("platform_ban", "lost_phone"))
    state(stage, kind, [use.burner.account], time=stamp(later(times[-1], stage.rng, 1, 90)))
    return _roles(use), tuple(_busy(stage, use, _others(stage, stage.rng.randrange(2, 6))))


def _busy_before(stage: Stage) -> Told:
    """Let an account opened at an unknown time have sold days before: it was not new."""
    times = _times(stage, _many(stage))
    since = times[0] - timedelta(days=NEW_DAYS + MONTH_DAYS)
    source = _source(stage, since, _quiet_to(stage, times[-1]))
    use, others = _burner(stage, times, source, None), _others(stage, stage.rng.randrange(1, 6))
    for place in range(stage.rng.randrange(1, 3)):
        at = times[0] - timedelta(days=44 - 20 * place - stage.rng.randrange(3))
        ends, cells = (use.burner.account, others[0]), {"source": use.source, "time": stamp(at)}
        sell(stage, ends, at, **cells, quantity=stage.rng.choice(ROUND))
    return _roles(use), tuple(_busy(stage, use, others))


DECOYS: dict[str, Teller] = {
    "source_ends": _source_ends,
    "nothing_covered": _nothing_covered,
    "goes_on": _goes_on,
    "old_account": _old_account,
    "opening_unknown": _opening_unknown,
    "too_few": _too_few,
    "too_slow": _too_slow,
    "banned": _banned,
    "busy_before": _busy_before,
}
