"""Derived properties of deals, claims and batches, so that rules need no arithmetic on bounds."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from graphmodel.model import counts
from graphmodel.model.counts import Bounded
from graphmodel.model.deal_value import Paid, Price, deal_value, is_paid_back, priced_value
from graphmodel.query.reading import read_links, read_nodes
from graphmodel.store.derived import write_properties

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphmodel.query.engines.base import Engine
    from graphmodel.store.case_file import CaseFile

LARGEST_STORED = 2**63 - 1
"""A value beyond it is not kept as a property; figures are computed without it."""

DEAL_PRICE = (
    "quantity",
    "quantity_bound",
    "unit_price_nano",
    "unit_price_bound",
    "total_minor",
    "total_bound",
    "currency",
)


def price_of(cells: tuple[object, ...]) -> Price:
    """Return the price in cells read in the order of `DEAL_PRICE`."""
    quantity, quantity_bound, unit, unit_bound, total, total_bound, currency = cells
    return Price(
        bounded(quantity, quantity_bound),
        bounded(unit, unit_bound),
        bounded(total, total_bound),
        None if currency is None else str(currency),
    )


def bounded(value: object, bound: object) -> Bounded | None:
    """Return a stored number with its stored bound."""
    if not isinstance(value, int):
        return None
    return Bounded.of(value, None if bound is None else str(bound))


def read_paid(engine: Engine, deal_ids: set[str] | None = None) -> dict[str, Paid]:
    """Return what was paid and paid back for each deal that a payment settles.

    Failed payments move nothing; a payment marked refunded counts as paid back unless payments
    that refund it are recorded, which then count instead.
    """
    settles = read_links(engine, "SETTLES", end_ids=deal_ids)
    settling = {link.start for link in settles}
    refunds = read_links(engine, "REFUNDS", end_ids=settling)
    returning = {link.start for link in read_links(engine, "REFUNDS", start_ids=settling)}
    names = ("id", "amount_minor", "amount_bound", "currency", "status")
    ids = settling | {link.start for link in refunds}
    rows = {str(row[0]): row[1:] for row in read_nodes(engine, "Payment", names, ids=ids)}
    back: dict[str, list[str]] = defaultdict(list)
    for link in sorted(refunds):
        if rows[link.start][3] == "ok":
            back[link.end].append(link.start)
    by_deal: dict[str, list[str]] = defaultdict(list)
    for link in sorted(settles):
        by_deal[link.end].append(link.start)
    return {
        deal: _paid([p for p in payments if p not in returning], rows, back)
        for deal, payments in by_deal.items()
    }


def _paid(
    payments: list[str],
    rows: Mapping[str, tuple[object, ...]],
    back: Mapping[str, list[str]],
) -> Paid:
    """Sum up the payments of one deal; a refund that names the deal is no payment for it."""
    amounts, returned = [], []
    kept: list[str] = []
    sent_back: list[str] = []
    void: list[str] = []
    for payment in payments:
        value, bound, currency, status = rows[payment]
        number = bounded(value, bound)
        if status != "ok":
            void.append(payment)
        if status == "failed" or number is None:
            continue
        kept.append(payment)
        amounts.append((number, str(currency)))
        refunds = back.get(payment, [])
        if not refunds and status == "refunded":
            returned.append((number, str(currency)))
            sent_back.append(payment)
        for refund in refunds:
            value, bound, currency, _ = rows[refund]
            number = bounded(value, bound)
            if number is not None:
                returned.append((number, str(currency)))
                sent_back.append(refund)
    return Paid(tuple(amounts), tuple(returned), tuple(kept), tuple(sent_back), tuple(void))


def _stored(value: Bounded | None) -> dict[str, object]:
    minor = None if value is None else counts.rounded(value)
    if value is None or minor is None or abs(minor) > LARGEST_STORED:
        return {"value_minor": None, "value_bound": None}
    return {"value_minor": minor, "value_bound": value.bound}


def _transfers(engine: Engine) -> dict[str, tuple[int, int]]:
    """Return when each delivered deal was handed over: its earliest delivery, as an interval."""
    deliveries = read_links(engine, "FULFILS")
    rows = read_nodes(engine, "Delivery", ("id", "t0", "t1"), ids={d.start for d in deliveries})
    times = {str(id_): (int(str(t0)), int(str(t1))) for id_, t0, t1 in rows}
    found: dict[str, tuple[int, int]] = {}
    for link in deliveries:
        t0, t1 = times[link.start]
        known = found.get(link.end, (t0, t1))
        found[link.end] = (min(known[0], t0), min(known[1], t1))
    return found


def _goods(engine: Engine) -> dict[str, str]:
    """Return the goods of every batch: the least batch id over one digest or stated `same`."""
    batches = read_nodes(engine, "Batch", ("id", "file_sha256"))
    parent = {str(id_): str(id_) for id_, _ in batches}

    def root(batch: str) -> str:
        while parent[batch] != batch:
            parent[batch] = parent[parent[batch]]
            batch = parent[batch]
        return batch

    by_digest: dict[str, str] = {}
    pairs = [
        (link.start, link.end)
        for link in read_links(engine, "LINKED_BATCH", ("kind",))
        if link.values[0] == "same"
    ]
    for id_, digest in batches:
        if digest is not None:
            pairs.append((str(id_), by_digest.setdefault(str(digest), str(id_))))
    for a, b in pairs:
        first, second = sorted((root(a), root(b)))
        parent[second] = first
    return {batch: root(batch) for batch in parent}


def derive_values(case_file: CaseFile, engine: Engine) -> None:
    """Write `value`, `live` and `goods` of deals, `value` of claims, `goods` of batches."""
    goods = _goods(engine)
    write_properties(case_file, "Batch", {b: {"goods": root} for b, root in goods.items()})
    batch_of = {link.start: link.end for link in read_links(engine, "FOR_BATCH")}
    paid = read_paid(engine)
    transfers = _transfers(engine)
    deals: dict[str, dict[str, object]] = {}
    names = ("id", "status", "t0", "t1", *DEAL_PRICE)
    for id_, status, t0, t1, *cells in read_nodes(engine, "Deal", names):
        deal, price = str(id_), price_of(tuple(cells))
        settled = paid.get(deal, Paid())
        live = status == "ok" and not is_paid_back(price, settled)
        deals[deal] = {
            **_stored(deal_value(price, settled)),
            "live": live,
            "goods": goods[batch_of[deal]],
            "transfer_t0": transfers.get(deal, (t0, t1))[0],
            "transfer_t1": transfers.get(deal, (t0, t1))[1],
        }
    write_properties(case_file, "Deal", deals)
    claims = {
        str(id_): _stored(priced_value(price_of(tuple(cells))))
        for id_, *cells in read_nodes(engine, "Claim", ("id", *DEAL_PRICE))
    }
    write_properties(case_file, "Claim", claims)
