"""The people of a world are honest and their facts hang together."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from graphmodel.sources.spec_tables import TIES
from tests.unit.simulate.conftest import PAYMENTS
from tests.unit.simulate.worlds import rows

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, str]


def by_id(found: list[Row]) -> dict[str, Row]:
    """Return rows by their ids."""
    return {row["id"]: row for row in found}


def test_sizes_follow_from_the_payments(honest: Path) -> None:
    assert len(rows(honest, "payments")) == PAYMENTS
    assert len(rows(honest, "accounts")) == PAYMENTS // 8
    assert len(rows(honest, "deals")) == PAYMENTS // 100
    assert not (honest / "case" / "records.csv").exists()


def test_every_reference_is_to_a_row(honest: Path) -> None:
    ids = {
        name: {row["id"] for row in rows(honest, name)}
        for name in ("persons", "accounts", "batches", "deals", "payments", "personas", "sources")
    }
    for table, column, target in (
        ("accounts", "holder", "persons"),
        ("controls", "person", "persons"),
        ("controls", "account", "accounts"),
        ("presents_as", "persona", "personas"),
        ("deals", "batch", "batches"),
        ("deals", "buyer_agent", "persons"),
        ("payments", "payee", "accounts"),
        ("payments", "deal", "deals"),
        ("payments", "refunds", "payments"),
        ("payments", "source", "sources"),
        ("deliveries", "deal", "deals"),
        ("identifiers", "account", "accounts"),
    ):
        named = {row[column] for row in rows(honest, table) if row[column]}
        assert named, (table, column)
        assert named <= ids[target], (table, column)


def test_nobody_deals_with_himself(honest: Path) -> None:
    holder = {row["id"]: row["holder"] or row["id"] for row in rows(honest, "accounts")}
    for table, one, other in (("payments", "payer", "payee"), ("deals", "seller", "buyer")):
        pairs = [(holder[row[one]], holder[row[other]]) for row in rows(honest, table)]
        assert pairs
        assert not [pair for pair in pairs if pair[0] == pair[1]]
    ties = rows(honest, "ties")
    assert not [tie for tie in ties if tie["a"] == tie["b"]]
    assert {tie["kind"] for tie in ties} <= set(TIES)
    assert {tie["disclosed"] for tie in ties if tie["kind"] == "agent_of"} == {"yes"}


def test_a_refund_follows_its_payment_and_is_no_more(honest: Path) -> None:
    payments = by_id(rows(honest, "payments"))
    refunds = [row for row in payments.values() if row["refunds"]]
    assert len(refunds) >= PAYMENTS // 300
    for back in refunds:
        paid = payments[back["refunds"]]
        assert (back["payer"], back["payee"]) == (paid["payee"], paid["payer"])
        assert Decimal(back["amount"]) <= Decimal(paid["amount"])
        assert back["time"] > paid["time"]
        assert not paid["status"]


def test_payments_lie_in_the_year_in_order_of_time(honest: Path) -> None:
    times = [row["time"] for row in rows(honest, "payments")]
    days = [time[:10] for time in times]
    assert days == sorted(days)
    assert (days[0][:4], days[-1][:4]) == ("2025", "2025")
    hours = Counter(datetime.fromisoformat(time).hour for time in times if "T" in time)
    assert hours[19] > 5 * hours[3]
    assert {len(row["time"]) for row in rows(honest, "payments") if row["source"]} == {10}


def test_wages_come_every_month_and_rent_is_a_part_of_them(honest: Path) -> None:
    banked = [row for row in rows(honest, "payments") if row["channel"] == "bank"]
    paid, received = defaultdict(list), defaultdict(list)
    for row in banked:
        paid[row["payer"]].append(row)
        received[row["payee"]].append(row)
    tenants = [account for account in paid if account in received and len(paid[account]) == 12]
    assert len(tenants) > 50
    for account in tenants:
        rent, wages = (
            [Decimal(row["amount"]) for row in of] for of in (paid[account], received[account])
        )
        assert len(wages) == 12
        assert len(set(rent)) == 1
        assert max(rent) < min(wages) / 2


def test_a_sale_is_settled_for_its_price(honest: Path) -> None:
    deals = by_id(rows(honest, "deals"))
    settled: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows(honest, "payments"):
        if row["deal"]:
            settled[row["deal"]].append(row)
    whole = 0
    for deal, parts in settled.items():
        assert {(row["payer"], row["payee"]) for row in parts} == {
            (deals[deal]["buyer"], deals[deal]["seller"])
        }
        total = sum(Decimal(row["amount"]) for row in parts)
        whole += total == Decimal(deals[deal]["total"])
        assert total <= Decimal(deals[deal]["total"])
    assert whole > len(settled) * 0.8
    assert len(settled) > 40


def test_prices_are_quantity_times_unit_price(honest: Path) -> None:
    priced = [row for row in rows(honest, "deals") if row["unit_price"] and row["total"]]
    assert len(priced) > 50
    for row in priced:
        exact = int(row["quantity"]) * Decimal(row["unit_price"])
        assert abs(exact - Decimal(row["total"])) <= Decimal("0.01")
    assert {row["total"] for row in rows(honest, "deals") if row["kind"] in ("gift", "sample")} == {
        ""
    }


def test_rare_quantities_of_single_sales_differ(honest: Path) -> None:
    sellers_of = defaultdict(set)
    lists = {row["about"] for row in rows(honest, "circumstances") if row["kind"] == "licensed"}
    quantities = Counter(
        row["quantity"] for row in rows(honest, "deals") if row["batch"] not in lists
    )
    assert all(n == 1 for quantity, n in quantities.items() if int(quantity) % 10)
    for row in rows(honest, "deals"):
        sellers_of[row["batch"]].add(row["seller"])
    assert {len(sellers) for sellers in sellers_of.values()} == {1}


def test_an_account_is_opened_before_it_is_used(honest: Path) -> None:
    first: dict[str, str] = {}
    for row in rows(honest, "payments"):
        for end in (row["payer"], row["payee"]):
            first.setdefault(end, row["time"][:10])
    opened = {row["id"]: row["opened"] for row in rows(honest, "accounts") if row["opened"]}
    used = [account for account in opened if account in first]
    assert len(used) > 500
    assert not [account for account in used if opened[account] > first[account]]
    assert [account for account in used if opened[account] >= date(2025, 1, 1).isoformat()]


def test_some_devices_are_used_by_hundreds_and_most_by_one(honest: Path) -> None:
    users: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows(honest, "identifiers"):
        users[row["kind"], row["value"]].add(row["account"])
    devices = sorted(len(who) for (kind, _), who in users.items() if kind == "device")
    assert devices[-1] > 200
    assert devices[len(devices) * 9 // 10] == 1
