"""Stories of employees who sell what their firm holds, and of some that only look so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

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
    second_account,
    series,
    start_of,
    state,
    tell,
    unrelated,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from graphmodel.simulate.stage import Label, Stage

SMALL_RECORDS = 500
LINKS = ("subset", "derived", "overlap", "same")
DEAR, CHEAP = (100, 600), (2, 40)
"""Fen per record: at least one yuan, and well below it."""
SALES_HOURS = 560.0
"""All sales of an employee lie within so many hours."""


class Firm(NamedTuple):
    """An employer with its account, an employee, and the file that the firm handed over."""

    employer: str
    account: str
    insider: Hand
    file: str


def plant(stage: Stage) -> Label:
    """Let an employee be the first who sells records of the employer."""
    return tell(stage, "insider_leak", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let the goods be bought, published or another's, or the employee have left long ago."""
    return tell(stage, "insider_leak", "decoy", DECOYS)


def _firm(stage: Stage, before: datetime, *, employs: bool = True, **cells: object) -> Firm:
    """Return a firm that handed over a file within itself or to the employee, for work."""
    employer = stage.person(kind="organisation")
    account, insider = stage.account(employer), hand(stage, 1)
    if employs:
        since = before - timedelta(days=stage.rng.randrange(90, 1_500))
        tie = {"a": employer, "kind": "employs", "b": insider.id, "since": f"{since:%Y-%m}"}
        stage.add("ties", **{**tie, **cells})
    file = stage.batch(stage.rng.choice(ROUND) * 10)
    at = before - timedelta(days=stage.rng.randrange(40, 80), hours=stage.rng.randrange(24))
    receiver = stage.account(employer)
    ends = {"sender": account, "receiver": receiver, "batch": file}
    stage.add("deliveries", id=stage.id("delivery"), **ends, time=stamp(at))
    return Firm(employer, account, insider, file)


def _part_of(stage: Stage, file: str, records: int) -> str:
    """Return a batch that was taken from the file, as is stated."""
    kind = stage.rng.choice(LINKS if records > SMALL_RECORDS else LINKS[:2])
    part = stage.batch(records)
    stage.add("batch_links", a=part, kind=kind, b=file)
    return part


def _sales(
    stage: Stage,
    seller: Hand,
    batches: Sequence[tuple[str, int]],
    buyers: Sequence[Hand],
    fen: tuple[int, int] = DEAR,
    start: datetime | None = None,
) -> list[str]:
    """Sell batches, given with their records, one after the other; return the deals.

    `fen` bounds the price of a record. One of the sales has the hardship.
    """
    moments = series(
        stage, start or start_of(stage, 80), len(batches), 5, SALES_HOURS / len(batches)
    )
    marked, deals = stage.rng.randrange(len(batches)), []
    for place, ((batch, records), moment) in enumerate(zip(batches, moments, strict=True)):
        buyer, total = buyers[place % len(buyers)], records * stage.rng.randrange(*fen)
        is_coarse = place == marked and stage.hardship is Hardship.COARSE_DATE
        cells = price(stage, total, may_lack=place == marked)
        cells |= {"time": coarse(moment) if is_coarse else stamp(moment)}
        ends = (seller.account, buyer.account)
        deals.append(stage.deal(ends[0], ends[1], batch=batch, quantity=records, **cells))
        at, back = later(moment, stage.rng, 0.1, 20), (buyer.account, seller.account)
        if place == marked:
            pay(stage, back, total, at, deal=deals[-1])
        else:
            stage.payment(*back, total, time=stamp(at), deal=deals[-1])
    unrelated(stage, [buyer.account for buyer in buyers])
    return deals


def _parts(stage: Stage, file: str, number: int, *, small: bool = False) -> list[tuple[str, int]]:
    """Return so many batches taken from a file, with their records."""
    sizes = [
        stage.rng.randrange(60, SMALL_RECORDS) if small else stage.rng.choice(ROUND)
        for _ in range(number)
    ]
    return [(_part_of(stage, file, records), records) for records in sizes]


def _buyers(stage: Stage, least: int = 1, most: int = 4) -> list[Hand]:
    return [hand(stage) for _ in range(stage.rng.randrange(least, most + 1))]


def _roles(firm: Firm, buyers: Sequence[Hand]) -> dict[str, tuple[str, ...]]:
    return {
        "insider": (firm.insider.id,),
        "employer": (firm.employer,),
        "buyers": tuple(sorted(b.id for b in buyers)),
    }


def _file_of_employer(stage: Stage) -> Told:
    """Sell what was taken from a file of the firm."""
    start = start_of(stage, 90, 85)
    firm, buyers = _firm(stage, start), _buyers(stage)
    parts = _parts(stage, firm.file, max(stage.rng.randrange(1, 5), len(buyers)))
    deals = _sales(stage, firm.insider, parts, buyers, stage.rng.choice((DEAR, CHEAP)), start)
    return _roles(firm, buyers), tuple(deals)


def _small_and_dear(stage: Stage) -> Told:
    """Sell a few hundred records at a time, dearly, often to the same."""
    start = start_of(stage, 90, 85)
    firm, buyers = _firm(stage, start), _buyers(stage, 1, 3)
    parts = _parts(stage, firm.file, stage.rng.randrange(6, 12), small=True)
    deals = _sales(stage, firm.insider, parts, buyers, DEAR, start)
    return _roles(firm, buyers), tuple(deals)


def _origin_stated(stage: Stage) -> Told:
    """Let a source say where the goods come from; the file of the firm is not linked."""
    start = start_of(stage, 90, 85)
    firm, buyers = _firm(stage, start), _buyers(stage)
    number = max(stage.rng.randrange(1, 8), len(buyers))
    sizes = [stage.rng.randrange(60, SMALL_RECORDS) for _ in range(number)]
    parts = [(stage.batch(records), records) for records in sizes]
    deals = _sales(stage, firm.insider, parts, buyers, DEAR, start)
    state(stage, "origin", [batch for batch, _ in parts], party=firm.employer)
    return _roles(firm, buyers), tuple(deals)


def _only_delivered(stage: Stage) -> Told:
    """Let the employee hand parts of the file to outsiders; no deal is known."""
    start = start_of(stage, 90, 85)
    firm, buyers = _firm(stage, start), _buyers(stage)
    moments, moved = series(stage, start, len(buyers), 10, 200), []
    marked = stage.rng.randrange(len(buyers))
    for place, (buyer, moment) in enumerate(zip(buyers, moments, strict=True)):
        is_coarse = place == marked and stage.hardship is Hardship.COARSE_DATE
        ((batch, records),) = _parts(stage, firm.file, 1)
        ends = {"sender": firm.insider.account, "receiver": buyer.account, "batch": batch}
        cells = {"records": records, "time": coarse(moment) if is_coarse else stamp(moment)}
        moved.append(stage.add("deliveries", id=stage.id("delivery"), **ends, **cells))
    at, ends_paid = later(start, stage.rng, 1, 20), (buyers[0].account, firm.insider.account)
    pay(stage, ends_paid, stage.rng.randrange(500, 9_000) * 100, at)
    unrelated(stage, [buyer.account for buyer in buyers])
    return _roles(firm, buyers), tuple(moved)


def _just_left(stage: Stage) -> Told:
    """Let the tie have ended days before the sales."""
    start = start_of(stage, 60, 85)
    until = f"{start - timedelta(days=stage.rng.randrange(1, 7)):%Y-%m-%d}"
    firm, buyers = _firm(stage, start, until=until), _buyers(stage, 1, 2)
    parts = _parts(stage, firm.file, stage.rng.randrange(6, 9), small=True)
    deals = _sales(stage, firm.insider, parts, buyers, DEAR, start)
    return _roles(firm, buyers), tuple(deals)


def _whole_file(stage: Stage) -> Told:
    """Sell the file itself: the same batch, or one of the same digest."""
    start = start_of(stage, 90, 85)
    firm, buyers = _firm(stage, start), _buyers(stage)
    parts = [(firm.file, 10_000)] * max(stage.rng.randrange(1, 4), len(buyers))
    if stage.rng.random() < 1 / 2:
        digest = f"{stage.rng.getrandbits(256):064x}"
        (row,) = [row for row in stage.tables["batches"] if row["id"] == firm.file]
        row["file_sha256"] = digest
        parts = [(stage.batch(10_000, file_sha256=digest), 10_000) for _ in parts]
    seller = Hand(firm.insider.id, second_account(stage, firm.insider))
    deals = _sales(stage, seller, parts, buyers, DEAR, start)
    return _roles(firm, buyers), tuple(deals)


PLANTS: dict[str, Teller] = {
    "file_of_employer": _file_of_employer,
    "small_and_dear": _small_and_dear,
    "origin_stated": _origin_stated,
    "only_delivered": _only_delivered,
    "just_left": _just_left,
    "whole_file": _whole_file,
}


def _bought_before(stage: Stage) -> Told:
    """Let the employee have bought the goods from an outsider first."""
    start = start_of(stage, 90, 85)
    firm, buyers, outsider = _firm(stage, start), _buyers(stage), hand(stage)
    parts = _parts(stage, firm.file, max(2, len(buyers)))
    for batch, records in parts:
        at = start - timedelta(days=stage.rng.randrange(35, 60))
        cells = price(stage, records * stage.rng.randrange(*CHEAP), may_lack=False)
        cells |= {"batch": batch, "quantity": records, "time": stamp(at)}
        stage.deal(outsider.account, firm.insider.account, **cells)
    deals = _sales(stage, firm.insider, parts, buyers, CHEAP, start)
    return _roles(firm, buyers), tuple(deals)


def _firm_sells(stage: Stage) -> Told:
    """Let the firm sell the list itself, before."""
    start = start_of(stage, 90, 85)
    firm, buyers, client = _firm(stage, start), _buyers(stage), hand(stage)
    at = start - timedelta(days=stage.rng.randrange(35, 39))
    cells = price(stage, stage.rng.randrange(2_000, 90_000) * 100, may_lack=False)
    stage.deal(firm.account, client.account, batch=firm.file, time=stamp(at), **cells)
    deals = _sales(stage, firm.insider, _parts(stage, firm.file, len(buyers)), buyers, CHEAP, start)
    return _roles(firm, buyers), tuple(deals)


def _firm_publishes(stage: Stage) -> Told:
    """Let the firm offer the list to everybody, and a source say it is public."""
    start = start_of(stage, 90, 85)
    firm, buyers = _firm(stage, start), _buyers(stage)
    at = start - timedelta(days=stage.rng.randrange(35, 39))
    cells = {"seller": firm.account, "batch": firm.file, "time": stamp(at)}
    stage.add("offers", id=stage.id("offer"), **cells)
    state(stage, "public_source", [firm.file], party=firm.employer)
    deals = _sales(stage, firm.insider, _parts(stage, firm.file, len(buyers)), buyers, CHEAP, start)
    return _roles(firm, buyers), tuple(deals)


def _left_long_ago(stage: Stage) -> Told:
    """Let the employee have left months before the first sale."""
    start = start_of(stage, 90, 85)
    until = f"{start - timedelta(days=stage.rng.randrange(70, 88)):%Y-%m-%d}"
    firm, buyers = _firm(stage, start, until=until), _buyers(stage)
    deals = _sales(stage, firm.insider, _parts(stage, firm.file, len(buyers)), buyers, DEAR, start)
    return _roles(firm, buyers), tuple(deals)


def _other_goods(stage: Stage) -> Told:
    """Sell goods that nothing links to the firm."""
    start = start_of(stage, 90, 85)
    firm, buyers = _firm(stage, start), _buyers(stage)
    sizes = [stage.rng.randrange(60, SMALL_RECORDS) for _ in range(max(6, len(buyers)))]
    parts = [(stage.batch(records), records) for records in sizes]
    deals = _sales(stage, firm.insider, parts, buyers, DEAR, start)
    return _roles(firm, buyers), tuple(deals)


def _vendor_sold_before(stage: Stage) -> Told:
    """Let a vendor have sold each of the lists before: another is the earliest seller."""
    start = start_of(stage, 90, 85)
    firm, buyers, vendor = _firm(stage, start), _buyers(stage), hand(stage, 1)
    parts = _parts(stage, firm.file, len(buyers))
    for batch, records in parts:
        at = start - timedelta(days=stage.rng.randrange(35, 60))
        cells = price(stage, records * stage.rng.randrange(*CHEAP), may_lack=False)
        cells |= {"batch": batch, "quantity": records, "time": stamp(at)}
        stage.deal(vendor.account, hand(stage).account, **cells)
    deals = _sales(stage, firm.insider, parts, buyers, CHEAP, start)
    return _roles(firm, buyers), tuple(deals)


def _no_employee(stage: Stage) -> Told:
    """Let the seller be a friend of the firm's owner, who never worked there."""
    start = start_of(stage, 90, 85)
    firm, buyers, owner = _firm(stage, start, employs=False), _buyers(stage), stage.person()
    stage.add("ties", a=owner, kind="owns", b=firm.employer)
    stage.add("ties", a=owner, kind="associate_of", b=firm.insider.id)
    deals = _sales(stage, firm.insider, _parts(stage, firm.file, len(buyers)), buyers, DEAR, start)
    return _roles(firm, buyers), tuple(deals)


def _many_have_access(stage: Stage) -> Told:
    """Let several share the access, as is stated, and little else be known: a lead."""
    start = start_of(stage, 90, 85)
    firm, buyer = _firm(stage, start), hand(stage)
    for _ in range(stage.rng.randrange(1, 4)):
        stage.add("ties", a=firm.employer, kind="employs", b=stage.person())
    parts = _parts(stage, firm.file, 1)
    deals = _sales(stage, firm.insider, parts, [buyer], CHEAP, start)
    state(stage, "shared_access", [firm.file, *deals], party=firm.employer)
    return _roles(firm, [buyer]), tuple(deals)


DECOYS: dict[str, Teller] = {
    "bought_before": _bought_before,
    "firm_sells": _firm_sells,
    "firm_publishes": _firm_publishes,
    "left_long_ago": _left_long_ago,
    "other_goods": _other_goods,
    "vendor_sold_before": _vendor_sold_before,
    "no_employee": _no_employee,
    "many_have_access": _many_have_access,
}
