"""Stories of one party that gathers goods from many sellers, and of some that only look so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from graphmodel.simulate.stage import Hardship, stamp
from graphmodel.simulate.telling import (
    ROUND,
    Hand,
    Teller,
    Told,
    dated,
    hand,
    later,
    pay,
    price,
    room_days,
    second_account,
    sell,
    start_of,
    state,
    sum_minor,
    tell,
    unrelated,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from graphmodel.simulate.stage import Label, Stage

LEAST_SOURCES = 3
WINDOW_DAYS = 366


def plant(stage: Stage) -> Label:
    """Let a hub obtain goods of three sellers or more within a year."""
    return tell(stage, "aggregator", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let a hub gather too little, too slowly, with consent, or what is given away."""
    is_long = room_days(stage) > WINDOW_DAYS * 1.2
    tellers = DECOYS if is_long else {k: v for k, v in DECOYS.items() if k != "too_slow"}
    return tell(stage, "aggregator", "decoy", tellers)


def _moments(stage: Stage, number: int) -> list[datetime]:
    """Return moments in order, within three quarters of a year, with room after them."""
    days = min(270.0, room_days(stage) * 0.6)
    start = start_of(stage, days + 40)
    offsets = sorted(stage.rng.uniform(0, days) for _ in range(number))
    return [
        start + timedelta(days=int(offset), seconds=int(offset % 1 * 86_400)) for offset in offsets
    ]


def _purchases(
    stage: Stage, sellers: Sequence[str], buyers: Sequence[str], **cells: object
) -> tuple[list[str], list[str], datetime]:
    """Add one purchase from each seller; return the deals, their batches and the last moment."""
    moments = _moments(stage, len(sellers))
    deals, batches = [], []
    poor = stage.rng.randrange(len(sellers))
    for place, text in enumerate(dated(stage, moments)):
        records, total = stage.rng.choice(ROUND), sum_minor(stage.rng)
        batches.append(stage.batch(records))
        ends = (sellers[place], stage.rng.choice(buyers))
        given = price(stage, total, may_lack=place == poor) if cells.get("kind") != "gift" else {}
        given |= {"quantity": records, "batch": batches[-1], "time": text}
        deals.append(stage.deal(ends[0], ends[1], **(given | cells)))
        if "total" in given and (place == poor or stage.rng.random() < 1 / 2):
            paid_at = later(moments[place], stage.rng, 0.1, 20)
            _pay_for(stage, (ends[1], ends[0]), total, paid_at, deals[-1] if place == poor else "")
    return deals, batches, moments[-1]


def _pay_for(stage: Stage, ends: tuple[str, str], total: int, moment: datetime, deal: str) -> None:
    """Pay for a purchase: under the hardship and settling the deal, or plainly."""
    if deal:
        pay(stage, ends, total, moment, deal=deal)
    else:
        stage.payment(*ends, total, time=stamp(moment))


def _merge(stage: Stage, parts: Sequence[str], kind: str, method: str = "") -> str:
    """Add a batch made of at least two of the parts, or overlapping them."""
    chosen = stage.rng.sample(list(parts), stage.rng.randrange(2, len(parts) + 1))
    merged = stage.batch(stage.rng.choice(ROUND) * 2 + stage.rng.randrange(1, 999))
    for part in sorted(chosen):
        stage.add("batch_links", a=merged, kind=kind, b=part, method=method)
    return merged


def _sources(stage: Stage, known: float = 0.8) -> list[Hand]:
    return [hand(stage, known) for _ in range(stage.rng.randrange(LEAST_SOURCES, 8))]


def _roles(hub: Hand, sources: Sequence[Hand]) -> dict[str, tuple[str, ...]]:
    return {"hub": (hub.id,), "counterparties": tuple(sorted({s.id for s in sources}))}


def _merged_and_sold(stage: Stage) -> Told:
    hub, sources, buyer = hand(stage), _sources(stage), hand(stage)
    deals, batches, last = _purchases(stage, [s.account for s in sources], [hub.account])
    merged = _merge(stage, batches, "derived")
    at = later(last, stage.rng, 30, 600)
    sold = sell(stage, (hub.account, buyer.account), at, batch=merged)
    unrelated(stage, [hub.account, buyer.account])
    return _roles(hub, sources), (*deals, sold)


def _merged_and_kept(stage: Stage) -> Told:
    hub, sources = hand(stage), _sources(stage)
    deals, batches, _ = _purchases(stage, [s.account for s in sources], [hub.account])
    _merge(stage, batches, stage.rng.choice(("derived", "overlap")))
    unrelated(stage, [hub.account])
    return _roles(hub, sources), tuple(deals)


def _two_accounts(stage: Stage) -> Told:
    hub, sources = hand(stage, 1), _sources(stage)
    own = [hub.account, second_account(stage, hub)]
    deals, batches, last = _purchases(stage, [s.account for s in sources], own)
    if stage.rng.random() < 1 / 2:
        merged = _merge(stage, batches, "derived")
        deals.append(
            sell(
                stage, (own[1], hand(stage).account), later(last, stage.rng, 30, 600), batch=merged
            )
        )
    unrelated(stage, own)
    return _roles(hub, sources), tuple(deals)


def _by_deliveries(stage: Stage) -> Told:
    """Let goods come by deliveries alone: no price is known."""
    hub, sources = hand(stage), _sources(stage)
    moments = _moments(stage, len(sources))
    moved, batches = [], []
    for source, text in zip(sources, dated(stage, moments), strict=True):
        records = stage.rng.choice(ROUND)
        batches.append(stage.batch(records))
        cells = {"sender": source.account, "receiver": hub.account, "batch": batches[-1]}
        moved.append(stage.add("deliveries", id=stage.id("delivery"), **cells, time=text))
    _merge(stage, batches, "derived", method="file names")
    if stage.hardship in {Hardship.SPLIT_PAYMENT, Hardship.REFUNDED_PAYMENT}:
        pay(stage, (hub.account, sources[0].account), sum_minor(stage.rng), moments[0])
    unrelated(stage, [hub.account])
    return _roles(hub, sources), tuple(moved)


def _only_gathered(stage: Stage) -> Told:
    """Let many sell and nothing be known of what became of it: a lead."""
    hub, sources = hand(stage), [hand(stage) for _ in range(stage.rng.randrange(5, 12))]
    deals, _, _ = _purchases(stage, [s.account for s in sources], [hub.account])
    unrelated(stage, [hub.account])
    return _roles(hub, sources), tuple(deals)


def _nobody_known(stage: Stage) -> Told:
    hub, sources = hand(stage, 0), _sources(stage, 0)
    deals, batches, last = _purchases(stage, [s.account for s in sources], [hub.account])
    merged = _merge(stage, batches, "overlap")
    at = later(last, stage.rng, 30, 600)
    sold = sell(stage, (hub.account, hand(stage, 0).account), at, batch=merged)
    unrelated(stage, [hub.account])
    return _roles(hub, sources), (*deals, sold)


PLANTS: dict[str, Teller] = {
    "merged_and_sold": _merged_and_sold,
    "merged_and_kept": _merged_and_kept,
    "two_accounts": _two_accounts,
    "by_deliveries": _by_deliveries,
    "only_gathered": _only_gathered,
    "nobody_known": _nobody_known,
}


def _two_sellers(stage: Stage) -> Told:
    """Let two sell, often: sellers are counted, not deals."""
    hub, sources = hand(stage), [hand(stage), hand(stage)]
    accounts = [s.account for s in sources] * stage.rng.randrange(1, 4)
    deals, batches, _ = _purchases(stage, accounts, [hub.account])
    _merge(stage, batches, "derived")
    unrelated(stage, [hub.account])
    return _roles(hub, sources), tuple(deals)


def _licensed(stage: Stage) -> Told:
    hub, sources = hand(stage), _sources(stage)
    deals, batches, last = _purchases(stage, [s.account for s in sources], [hub.account])
    merged = _merge(stage, batches, "derived")
    sold = sell(
        stage, (hub.account, hand(stage).account), later(last, stage.rng, 30, 600), batch=merged
    )
    state(stage, "licensed", [*deals, sold])
    unrelated(stage, [hub.account])
    return _roles(hub, sources), (*deals, sold)


def _given_away(stage: Stage) -> Told:
    """Let all of it be public samples that cost nothing."""
    hub, sources = hand(stage), _sources(stage)
    deals, batches, _ = _purchases(stage, [s.account for s in sources], [hub.account], kind="gift")
    state(stage, "public_source", batches)
    unrelated(stage, [hub.account])
    return _roles(hub, sources), tuple(deals)


def _samples(stage: Stage) -> Told:
    """Let all but two be samples, which make no match."""
    hub, sources = hand(stage), _sources(stage)
    accounts = [s.account for s in sources]
    bought, batches, last = _purchases(stage, accounts[:2], [hub.account])
    for account in accounts[2:]:
        at = later(last, stage.rng, 2, 400)
        bought.append(sell(stage, (account, hub.account), at, kind="sample", total=""))
    _merge(stage, batches, "derived")
    unrelated(stage, [hub.account])
    return _roles(hub, sources), tuple(bought)


def _one_seller_many_accounts(stage: Stage) -> Told:
    """Repost one seller's goods from several accounts of that seller, and one other's."""
    hub, seller, other = hand(stage), hand(stage, 1), hand(stage)
    accounts = [seller.account, *(second_account(stage, seller) for _ in range(3)), other.account]
    deals, batches, _ = _purchases(stage, accounts, [hub.account])
    _merge(stage, batches, "derived")
    unrelated(stage, [hub.account])
    return _roles(hub, [seller, other]), tuple(deals)


def _compares_prices(stage: Stage) -> Told:
    """Let many offer, and only two sell."""
    hub, sources = hand(stage), _sources(stage)
    first = start_of(stage, 60)
    for source in sources:
        at = later(first, stage.rng, 0, 200)
        cells = {"seller": source.account, "buyer": hub.account, "quantity": 10_000}
        cells |= price(stage, sum_minor(stage.rng), may_lack=False)
        stage.add("offers", id=stage.id("offer"), **cells, time=stamp(at))
    deals = [
        sell(stage, (s.account, hub.account), later(first, stage.rng, 200, 900))
        for s in sources[:2]
    ]
    unrelated(stage, [hub.account])
    return _roles(hub, sources), tuple(deals)


def _third_refunded(stage: Stage) -> Told:
    """Let the third purchase be undone: two sellers are left."""
    hub, sources = hand(stage), [hand(stage) for _ in range(LEAST_SOURCES)]
    accounts = [s.account for s in sources]
    deals, batches, last = _purchases(stage, accounts[:2], [hub.account])
    _merge(stage, batches, "derived")
    at, status = later(last, stage.rng, 2, 300), stage.rng.choice(("refunded", "cancelled"))
    deals.append(sell(stage, (accounts[2], hub.account), at, status=status))
    unrelated(stage, [hub.account])
    return _roles(hub, sources), tuple(deals)


def _too_slow(stage: Stage) -> Told:
    """Let the sellers be too far apart in time for three to lie in one window."""
    hub, sources = hand(stage), [hand(stage) for _ in range(LEAST_SOURCES)]
    days = room_days(stage)
    apart = (stage.rng.uniform(0, 2), days / 2, stage.rng.uniform(WINDOW_DAYS + 34, days))
    deals = [
        sell(stage, (s.account, hub.account), later(stage.begin, stage.rng, d * 24, d * 24 + 1))
        for s, d in zip(sources, apart, strict=True)
    ]
    unrelated(stage, [hub.account])
    return _roles(hub, sources), tuple(deals)


DECOYS: dict[str, Teller] = {
    "two_sellers": _two_sellers,
    "licensed": _licensed,
    "given_away": _given_away,
    "samples": _samples,
    "one_seller_many_accounts": _one_seller_many_accounts,
    "compares_prices": _compares_prices,
    "third_refunded": _third_refunded,
    "too_slow": _too_slow,
}
