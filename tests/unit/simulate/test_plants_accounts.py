"""Stories about accounts and payments hang together: ids, references, times, hardships, labels.

Whether detectors see them is measured by `graphmodel evaluate`, not here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module
from random import Random
from typing import TYPE_CHECKING

import pytest

from graphmodel.simulate.stage import Hardship, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from graphmodel.simulate.stage import Label, Row

STEMS = (
    "aggregator",
    "barter_ring",
    "burner",
    "insider_leak",
    "pass_through",
    "payment_loop",
    "shared_control",
    "split_payment",
    "straw_account",
)
KINDS = ("plant", "decoy")
BEGIN, END = datetime(2024, 1, 1), datetime(2025, 1, 1)  # noqa: DTZ001 # a zone's own time
BYSTANDERS = tuple(f"bystander-{number}" for number in range(9))
LEAST_VARIANTS = {"plant": 3, "decoy": 4}
EVENTS = ("offers", "deals", "payments", "deliveries")
REFERENCES = {
    "accounts": (("holder", "persons"), ("source", "sources")),
    "controls": (("person", "persons"), ("account", "accounts")),
    "presents_as": (("account", "accounts"), ("persona", "personas"), ("to", "accounts")),
    "ties": (("a", "parties"), ("b", "parties")),
    "identifiers": (("account", "accounts"),),
    "batch_links": (("a", "batches"), ("b", "batches")),
    "offers": (("seller", "accounts"), ("buyer", "accounts"), ("batch", "batches")),
    "deals": (("seller", "accounts"), ("buyer", "accounts"), ("batch", "batches")),
    "payments": (
        ("payer", "accounts"),
        ("payee", "accounts"),
        ("deal", "deals"),
        ("refunds", "payments"),
        ("source", "sources"),
    ),
    "deliveries": (("sender", "accounts"), ("receiver", "accounts"), ("batch", "batches")),
    "circumstances": (("party", "parties"),),
}

each_stem = pytest.mark.parametrize("stem", STEMS)
each_kind = pytest.mark.parametrize("kind", KINDS)


def chance(seed: str) -> Random:
    """Return the source of all choices of one story."""
    return Random(seed)  # noqa: S311 # nothing secret


def module_of(stem: str) -> ModuleType:
    """Return the module that tells a typology's stories."""
    return import_module(f"graphmodel.simulate.plants.{stem}")


def told(stem: str, kind: str, seed: int, hardship: Hardship) -> tuple[Stage, Label]:
    """Tell one story on a stage of its own."""
    stage = Stage(f"s{seed}", chance(f"{stem}{kind}{seed}"), BEGIN, END, BYSTANDERS, hardship)
    return stage, getattr(module_of(stem), kind)(stage)


def many(stem: str, kind: str, *hardships: Hardship) -> Iterator[tuple[Stage, Label]]:
    """Tell eighty stories, under the hardships in turn (all of them if none is given)."""
    chosen = hardships or tuple(Hardship)
    for seed in range(80):
        yield told(stem, kind, seed, chosen[seed % len(chosen)])


def ids_of_rows(rows: list[Row]) -> list[str]:
    """Return the ids of those rows that have one."""
    return [row["id"] for row in rows if "id" in row]


def events_of(stage: Stage) -> list[Row]:
    """Return the rows of all events."""
    return [row for table in EVENTS for row in stage.tables.get(table, ())]


def moments(row: Row) -> tuple[datetime, datetime]:
    """Return the first and last day or moment that the time of a row may be."""
    text = row["time"]
    if len(text) > len("2025-03"):
        return datetime.fromisoformat(text), datetime.fromisoformat(text)
    first = datetime.fromisoformat(f"{text}-01")
    return first, first + timedelta(days=31)


@each_stem
@each_kind
def test_ids_are_unique_and_of_the_stage(stem: str, kind: str) -> None:
    for stage, label in many(stem, kind):
        ids = [id_ for rows in stage.tables.values() for id_ in ids_of_rows(rows)]
        assert len(ids) == len(set(ids)), label
        assert {id_.split("-")[0] for id_ in ids} == {stage.name}, label


@each_stem
@each_kind
def test_references_exist(stem: str, kind: str) -> None:
    for stage, label in many(stem, kind):
        known = {table: set(ids_of_rows(rows)) for table, rows in stage.tables.items()}
        known["accounts"] |= set(BYSTANDERS)
        known["parties"] = known["accounts"] | known.get("persons", set())
        for table, columns in REFERENCES.items():
            for row in stage.tables.get(table, ()):
                for column, target in columns:
                    assert not row.get(column) or row[column] in known[target], (label, row)
        facts = {id_ for table in known.values() for id_ in table}
        for row in stage.tables.get("circumstances", ()):
            assert set(row["about"].split(";")) <= facts, label


@each_stem
@each_kind
def test_events_lie_in_the_world_and_move_something(stem: str, kind: str) -> None:
    for stage, label in many(stem, kind):
        assert events_of(stage), label
        for row in events_of(stage):
            first, last = moments(row)
            assert first <= END, (label, row)
            assert last >= BEGIN, (label, row)
        for row in stage.tables.get("payments", ()):
            assert float(row["amount"]) > 0, (label, row)
            assert row["payer"] != row["payee"], (label, row)


@each_stem
@each_kind
def test_labels_name_what_was_told(stem: str, kind: str) -> None:
    for stage, label in many(stem, kind):
        assert (label.id, label.typology, label.kind) == (stage.name, stem, kind)
        assert label.hardship is stage.hardship
        assert label.events or label.variant == "only_offers", label
        assert set(label.events) <= set(ids_of_rows(events_of(stage))), label
        ids = {id_ for rows in stage.tables.values() for id_ in ids_of_rows(rows)}
        values = {row["value"] for row in stage.tables.get("identifiers", ())}
        named = {id_ for listed in label.roles.values() for id_ in listed}
        assert named, label
        assert named <= ids | values, label


@each_stem
@each_kind
def test_roles_name_persons_where_somebody_is_known(stem: str, kind: str) -> None:
    accounts_stand = {"account", "accounts", "identifiers", "payments", "deal", "batch"}
    for stage, label in many(stem, kind):
        acted = {row["account"] for row in stage.tables.get("controls", ())}
        acted |= {row["id"] for row in stage.tables["accounts"] if row.get("holder")}
        for role, listed in label.roles.items():
            if role not in accounts_stand:
                assert not set(listed) & acted, (label, role)


@each_stem
@each_kind
def test_every_variant_is_told(stem: str, kind: str) -> None:
    told_ = {label.variant for _, label in many(stem, kind)}
    tellers = getattr(module_of(stem), "PLANTS" if kind == "plant" else "DECOYS")
    assert len(tellers) >= LEAST_VARIANTS[kind]
    missing = {"too_slow"} if (stem, kind) == ("aggregator", "decoy") else set()
    assert told_ == set(tellers) - missing


@each_stem
@each_kind
def test_one_seed_tells_one_story(stem: str, kind: str) -> None:
    for seed, hardship in enumerate(Hardship):
        first, second = (told(stem, kind, seed, hardship) for _ in range(2))
        assert first[0].tables == second[0].tables
        assert first[1] == second[1]
    assert (
        told(stem, kind, 1, Hardship.NONE)[0].tables != told(stem, kind, 2, Hardship.NONE)[0].tables
    )


@each_stem
def test_a_price_is_missing(stem: str) -> None:
    for stage, label in many(stem, "plant", Hardship.MISSING_PRICE):
        priced = [*stage.tables.get("deals", ()), *stage.tables.get("offers", ())]
        assert not priced or any("total" not in row for row in priced), label


@each_stem
def test_one_date_is_coarse(stem: str) -> None:
    for stage, label in many(stem, "plant", Hardship.COARSE_DATE):
        coarse = [row for row in events_of(stage) if len(row["time"]) == len("2025-03")]
        assert len(coarse) == 1, label
    for stage, label in many(stem, "plant", Hardship.NONE):
        assert not [row for row in events_of(stage) if len(row["time"]) == len("2025-03")], label


@each_stem
def test_a_payment_is_split(stem: str) -> None:
    for stage, label in many(stem, "plant", Hardship.SPLIT_PAYMENT):
        paid = stage.tables["payments"]
        close = [
            (one["id"], other["id"])
            for one in paid
            for other in paid
            if one["id"] < other["id"]
            and (one["payer"], one["payee"]) == (other["payer"], other["payee"])
            and abs(moments(one)[0] - moments(other)[0]) <= timedelta(hours=1)
        ]
        assert close, label


@each_stem
def test_a_payment_is_refunded(stem: str) -> None:
    for stage, label in many(stem, "plant", Hardship.REFUNDED_PAYMENT):
        by_id = {row["id"]: row for row in stage.tables["payments"]}
        backs = [row for row in by_id.values() if "refunds" in row]
        assert backs, label
        for back in backs:
            whole = by_id[back["refunds"]]
            assert (back["payer"], back["payee"]) == (whole["payee"], whole["payer"])
            is_full = float(back["amount"]) == float(whole["amount"])
            assert is_full == (whole.get("status") == "refunded"), label
            assert moments(whole)[0] <= moments(back)[1], label


@each_stem
@each_kind
def test_bystanders_are_met_only_where_the_hardship_says_so(stem: str, kind: str) -> None:
    for stage, label in many(stem, kind, Hardship.UNRELATED_DEALS, Hardship.NONE):
        met = [row for row in events_of(stage) if {*row.values()} & set(BYSTANDERS)]
        assert bool(met) == (stage.hardship is Hardship.UNRELATED_DEALS), label
        assert not {row["id"] for row in met} & set(label.events), label


@each_stem
def test_a_stage_without_bystanders_is_enough(stem: str) -> None:
    stage = Stage("alone", chance("alone"), BEGIN, END, (), Hardship.UNRELATED_DEALS)
    label = module_of(stem).plant(stage)
    assert set(label.events) <= set(ids_of_rows(events_of(stage)))
