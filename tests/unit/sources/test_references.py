"""References: what they name, collisions of ids, rows that fall with the row they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.sources.case_tables import read_case
from tests.unit.sources.samples import Tables, ends, write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.sources.base import CaseInput

DEAL = {"seller": "a", "buyer": "b"}
PAYMENT = {"payer": "a", "payee": "b", "amount": "1"}


def read(folder: Path, tables: Tables) -> CaseInput:
    write_csv(folder, tables)
    return read_case(folder)


def test_a_bare_id_of_two_event_tables_is_ambiguous(tmp_path: Path) -> None:
    payments = [
        {"id": "1", **PAYMENT, "deal": "1"},
        {"id": "2", **PAYMENT, "deal": "deals:1"},
        {"id": "3", **PAYMENT, "deal": "deals:9"},
        {"id": "4", **PAYMENT, "deal": "deals:8"},
    ]
    case = read(
        tmp_path, {"deals": [{"id": "1", **DEAL}, {"id": "8", **DEAL}], "payments": payments}
    )
    assert ends(case.facts, "SETTLES") == {("2", "deals:1"), ("4", "8")}
    assert [(r.line, r.column, r.value) for r in case.rejects] == [
        (2, "deal", "1"),
        (4, "deal", "deals:9"),
    ]


def test_ids_of_events_do_not_disturb_those_of_accounts(tmp_path: Path) -> None:
    payments = [{"id": "7", "payer": "7", "payee": "8", "amount": "1"}]
    deals = [{"id": "7", "seller": "8", "buyer": "7"}]
    case = read(tmp_path, {"deals": deals, "payments": payments})
    assert case.rejects == []
    assert ends(case.facts, "PAYER") == {("payments:7", "7")}
    assert set(case.facts.ids("Account")) == {"7", "8"}


def test_a_refused_row_does_not_take_the_id_from_a_good_one(tmp_path: Path) -> None:
    persons = [{"id": "p", "name": ""}, {"id": "p", "name": "Good"}]
    accounts = [{"id": "a", "holder": "p"}]
    case = read(tmp_path, {"persons": persons, "accounts": accounts})
    assert case.facts.nodes["Person"].columns["name"] == ["Good"]
    assert ends(case.facts, "HOLDS") == {("p", "a")}


def test_persons_accounts_and_personas_share_one_set_of_ids(tmp_path: Path) -> None:
    tables: Tables = {
        "persons": [{"id": "x", "name": "X"}],
        "accounts": [{"id": "x"}, {"id": "y"}],
        "personas": [{"id": "y", "name": "Y"}, {"id": "z", "name": "Z"}],
    }
    case = read(tmp_path, tables)
    assert [(r.path, r.line, r.reason) for r in case.rejects] == [
        ("accounts.csv", 2, "the id is already used in persons"),
        ("personas.csv", 2, "the id is already used in accounts"),
    ]


def test_rejects_spread_over_tables_and_give_the_first_cause(tmp_path: Path) -> None:
    tables: Tables = {
        "persons": [{"id": "p", "name": "P", "members": "-1"}],
        "deals": [{"id": "d", "seller": "p", "buyer": "b"}],
        "payments": [{"id": "m", **PAYMENT, "deal": "d"}, {"id": "n", **PAYMENT, "refunds": "m"}],
        "totals": [{"id": "t", "events": "n"}],
        "circumstances": [{"id": "c", "kind": "fee", "about": "t"}],
    }
    case = read(tmp_path, tables)
    assert sum(report.kept for report in case.files) == 0
    causes = {r.reason for r in case.rejects if r.path != "persons.csv"}
    assert causes == {"names a row that is rejected (persons.csv, line 2: must not be negative)"}


def test_a_fact_may_be_named_with_its_table(tmp_path: Path) -> None:
    tables: Tables = {
        "persons": [{"id": "7", "name": "P"}],
        "batches": [{"id": "7"}],
        "circumstances": [
            {"id": "c1", "kind": "origin", "about": "7"},
            {"id": "c2", "kind": "origin", "about": "persons:7;batches:7"},
        ],
    }
    case = read(tmp_path, tables)
    assert [(r.line, r.column) for r in case.rejects] == [(2, "about")]
    concerns = case.facts.relationships["CONCERNS"]
    assert set(zip(concerns.to_label, concerns.to_id, strict=True)) == {
        ("Person", "7"), ("Batch", "7"),
    }  # fmt: skip


def test_a_claim_is_between_persons(tmp_path: Path) -> None:
    tables: Tables = {
        "persons": [{"id": "p", "name": "P"}],
        "accounts": [{"id": "a"}],
        "claims": [{"id": "c", "agent": "p", "principal": "a"}],
    }
    case = read(tmp_path, tables)
    assert [(r.column, r.reason) for r in case.rejects] == [
        ("principal", "the id names something else than Person")
    ]
