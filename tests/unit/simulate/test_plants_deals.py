"""Stories about deals hang together: ids, references, times, hardships, labels.

Whether detectors see them is measured by `graphmodel evaluate`, not here.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from importlib import import_module
from random import Random
from typing import TYPE_CHECKING

import pytest

from graphmodel.simulate.stage import Hardship, Label, Row, Stage

if TYPE_CHECKING:
    from types import ModuleType

STEMS = (
    "agent_bypass",
    "batch_reuse",
    "impersonated_seller",
    "price_padding",
    "relay",
    "resale_chain",
    "resale_loop",
    "self_dealing_agent",
    "wholesaler",
)
KINDS = ("plant", "decoy")
BEGIN, END = datetime(2025, 1, 1), datetime(2026, 1, 1)  # noqa: DTZ001 # a zone's own time
BYSTANDERS = tuple(f"bystander-{number}" for number in range(24))
STORIES = 120
EVENTS = ("offers", "deals", "payments", "deliveries", "messages", "claims")
PARTIES = ("a", "b", "to", "party", "owner")
COLUMNS = {
    "holder": "persons",
    "person": "persons",
    "agent": "persons",
    "principal": "persons",
    "buyer_agent": "persons",
    "account": "accounts",
    "seller": "accounts",
    "buyer": "accounts",
    "payer": "accounts",
    "payee": "accounts",
    "sender": "accounts",
    "receiver": "accounts",
    "author": "accounts",
    "persona": "personas",
    "batch": "batches",
    "deal": "deals",
    "refunds": "payments",
}
COARSE = len("2025-03")

each_stem = pytest.mark.parametrize("stem", STEMS)
each_kind = pytest.mark.parametrize("kind", KINDS)


def module_of(stem: str) -> ModuleType:
    """Return the module that tells a typology's stories."""
    return import_module(f"graphmodel.simulate.plants.{stem}")


def told(
    stem: str, kind: str, seed: int, hardship: Hardship, bystanders: tuple[str, ...] = BYSTANDERS
) -> tuple[Stage, Label]:
    """Tell one story on a stage of its own."""
    rng = Random(f"{stem} {kind} {seed}")  # noqa: S311 # nothing secret
    stage = Stage(f"s{seed}", rng, BEGIN, END, bystanders, hardship)
    return stage, getattr(module_of(stem), kind)(stage)


@cache
def many(stem: str, kind: str, *hardships: Hardship) -> list[tuple[Stage, Label]]:
    """Tell stories under the hardships in turn, all of them if none is given."""
    chosen = hardships or tuple(Hardship)
    return [told(stem, kind, seed, chosen[seed % len(chosen)]) for seed in range(STORIES)]


def rows_of(stage: Stage, *tables: str) -> list[Row]:
    """Return the rows of tables, of all if none is given."""
    return [row for table in tables or stage.tables for row in stage.tables.get(table, ())]


def ids_of(stage: Stage, *tables: str) -> set[str]:
    """Return the ids of the rows of tables."""
    return {row["id"] for row in rows_of(stage, *tables) if "id" in row}


def is_coarse(row: Row) -> bool:
    """Tell whether only the month of an event is known."""
    return len(row["time"]) == COARSE


def bounds(row: Row) -> tuple[datetime, datetime]:
    """Return the first and the last moment that the time of a row may be."""
    text = row["time"]
    if is_coarse(row):
        first = datetime.fromisoformat(f"{text}-01")
        return first, first + timedelta(days=31)
    first = datetime.fromisoformat(text)
    return first, first + timedelta(days=1 if len(text) == len("2025-03-01") else 0)


@each_stem
@each_kind
def test_ids_are_unique_and_of_the_stage(stem: str, kind: str) -> None:
    for stage, label in many(stem, kind):
        ids = [row["id"] for row in rows_of(stage) if "id" in row]
        assert [id_ for id_, count in Counter(ids).items() if count > 1] == [], label
        assert {id_.partition("-")[0] for id_ in ids} == {stage.name}, label


@each_stem
@each_kind
def test_references_exist(stem: str, kind: str) -> None:
    for stage, label in many(stem, kind):
        parties = ids_of(stage, "persons", "accounts", "personas", "batches") | {*BYSTANDERS}
        for row in rows_of(stage):
            for column, table in COLUMNS.items():
                known = ids_of(stage, table)
                if table == "accounts":  # a person stands where the account is not known
                    known |= ids_of(stage, "persons") | {*BYSTANDERS}
                assert row.get(column, "") in known | {""}, (label, row)
            assert {row.get(column, "") for column in PARTIES} <= parties | {""}, (label, row)
            assert {*row.get("about", "").split(";")} <= ids_of(stage) | {""}, (label, row)


@each_stem
@each_kind
def test_events_lie_in_the_world(stem: str, kind: str) -> None:
    for stage, label in many(stem, kind):
        for row in rows_of(stage, *EVENTS):
            first, last = bounds(row)
            assert first <= END, (label, row)
            assert last >= BEGIN - timedelta(days=3), (label, row)


@each_stem
@each_kind
def test_labels_name_what_was_told(stem: str, kind: str) -> None:
    for stage, label in many(stem, kind):
        assert (label.id, label.typology, label.kind) == (stage.name, stem, kind)
        assert label.hardship is stage.hardship
        assert label.events
        assert {*label.events} <= ids_of(stage, *EVENTS), label
        named = {id_ for listed in label.roles.values() for id_ in listed}
        assert named <= ids_of(stage, "persons", "accounts", "personas", "batches"), label


@each_stem
@each_kind
def test_roles_name_persons_where_somebody_is_known(stem: str, kind: str) -> None:
    for stage, label in many(stem, kind):
        known = {row["account"] for row in rows_of(stage, "controls")}
        named = {id_ for listed in label.roles.values() for id_ in listed}
        assert named & known == set(), label


@each_stem
@each_kind
def test_every_variant_is_told(stem: str, kind: str) -> None:
    tellers = module_of(stem).PLANTS if kind == "plant" else module_of(stem).DECOYS
    assert len(tellers) >= {"plant": 6, "decoy": 7}[kind]
    assert {label.variant for _, label in many(stem, kind)} == {*tellers}


@each_stem
@each_kind
def test_one_seed_tells_one_story(stem: str, kind: str) -> None:
    for seed, hardship in enumerate(Hardship):
        first, second = (told(stem, kind, seed, hardship) for _ in range(2))
        assert first[0].tables == second[0].tables
        assert first[1] == second[1]
        assert first[0].tables != told(stem, kind, seed + 50, hardship)[0].tables


@each_stem
def test_stories_share_no_quantity(stem: str) -> None:
    """Equal rare quantities are evidence, so no two plants may share one."""
    seen: Counter[int] = Counter()
    for stage, _ in many(stem, "plant"):
        seen.update({int(row.get("quantity", 0)) for row in rows_of(stage, "deals")})
    rare = {quantity: count for quantity, count in seen.items() if quantity >= 10_000}
    assert len([quantity for quantity, count in rare.items() if count > 1]) <= 2  # mere chance
    assert not [quantity for quantity in rare if quantity % 10 == 0]
    assert len(rare) > STORIES / 2


@pytest.mark.parametrize("stem", ["impersonated_seller", "self_dealing_agent"])
def test_two_accounts_use_one_device(stem: str) -> None:
    found = 0
    for stage, label in many(stem, KINDS[0]) + many(stem, KINDS[1]):
        used = rows_of(stage, "identifiers")
        if label.variant in {"new_phone", "one_device"}:
            assert {(row["kind"], row["value"]) for row in used} == {
                ("device", f"{stage.name}-device-1")
            }
            assert len({row["account"] for row in used}) == 2
            found += 1
        else:
            assert used == []
    assert found >= 5


@each_stem
@each_kind
def test_totals_and_unit_prices_agree(stem: str, kind: str) -> None:
    for stage, label in many(stem, kind):
        for row in rows_of(stage, "deals", "offers"):
            if "total" in row and "unit_price" in row:
                product = Fraction(row["quantity"]) * Fraction(row["unit_price"])
                assert abs(product - Fraction(row["total"])) <= Fraction(1, 200), (label, row)


# ---------------------------------------------------------------- hardships


@each_stem
def test_a_plain_story_has_no_hardship(stem: str) -> None:
    for stage, label in many(stem, "plant", Hardship.NONE):
        assert not [row for row in rows_of(stage, *EVENTS) if is_coarse(row)], label
        assert not [row for row in rows_of(stage, "payments") if "refunds" in row], label
        met = [row for row in rows_of(stage) if {*row.values()} & {*BYSTANDERS}]
        assert met == [], label


@each_stem
def test_a_price_is_missing(stem: str) -> None:
    missing = 0
    for stage, _ in many(stem, "plant", Hardship.MISSING_PRICE):
        sales = [row for row in rows_of(stage, "deals") if row.get("kind", "sale") == "sale"]
        bare = [row for row in sales if not {"total", "unit_price"} & row.keys()]
        assert not sales or len(bare) <= 1 or stem == "wholesaler"
        missing += len(bare) == 1
    assert missing >= STORIES / 2


@each_stem
def test_a_date_is_coarse_and_the_order_stays_possible(stem: str) -> None:
    for stage, label in many(stem, "plant", Hardship.COARSE_DATE):
        coarse = [row for row in rows_of(stage, *EVENTS) if is_coarse(row)]
        assert len(coarse) == 1, label
        by_id = {row["id"]: row for row in rows_of(stage, "deals")}
        listed = [bounds(by_id[id_]) for id_ in label.events if id_ in by_id]
        if stem in {"relay", "resale_chain", "resale_loop", "self_dealing_agent"}:
            latest = BEGIN - timedelta(days=40)
            for first, last in listed[:2] if stem == "self_dealing_agent" else listed:
                assert last >= latest, label
                latest = max(latest, first)


@each_stem
def test_a_payment_is_split(stem: str) -> None:
    for stage, label in many(stem, "plant", Hardship.SPLIT_PAYMENT):
        paid = [
            (row["payer"], row["payee"], row.get("deal", "")) for row in rows_of(stage, "payments")
        ]
        met = [row for row in rows_of(stage) if {*row.values()} & {*BYSTANDERS}]
        assert met or 2 in Counter(paid).values(), label


@each_stem
def test_a_payment_is_refunded(stem: str) -> None:
    refunded = 0
    for stage, label in many(stem, "plant", Hardship.REFUNDED_PAYMENT):
        by_id = {row["id"]: row for row in rows_of(stage, "payments")}
        for back in [row for row in by_id.values() if "refunds" in row]:
            whole = by_id[back["refunds"]]
            assert (back["payer"], back["payee"]) == (whole["payee"], whole["payer"]), label
            is_full = back["amount"] == whole["amount"]
            assert is_full == (whole.get("status") == "refunded"), label
            refunded += 1
    assert refunded >= STORIES / 2


@each_stem
@each_kind
def test_unrelated_deals_are_with_bystanders(stem: str, kind: str) -> None:
    for stage, label in many(stem, kind, Hardship.UNRELATED_DEALS):
        met = [row for row in rows_of(stage, *EVENTS) if {*row.values()} & {*BYSTANDERS}]
        assert met, label
        assert not {row["id"] for row in met} & {*label.events}, label
        others = [{*row.values()} & {*BYSTANDERS} for row in met if "deal" not in row]
        assert len({*map(frozenset, others)}) == len(others), label


@each_stem
@each_kind
def test_a_stage_without_bystanders_is_enough(stem: str, kind: str) -> None:
    stage, label = told(stem, kind, 1, Hardship.UNRELATED_DEALS, ())
    assert {*label.events} <= ids_of(stage, *EVENTS)
