"""What each row becomes in the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphmodel.model.schema import FOREVER, SCHEMA
from graphmodel.sources.case_tables import read_case
from tests.unit.sources.samples import FULL, ends, links, node, write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.sources.base import CaseInput


@pytest.fixture
def case(tmp_path: Path) -> CaseInput:
    write_csv(tmp_path, FULL)
    (tmp_path / "story.txt").write_text("line one", encoding="utf-8")
    found = read_case(tmp_path)
    assert found.rejects == []
    return found


def test_every_fact_fits_the_schema(case: CaseInput) -> None:
    for label, nodes in case.facts.nodes.items():
        declared = SCHEMA.nodes[label].names()
        assert set(nodes.columns) - set(declared) == set(nodes.extra)
        assert all(
            word in ("stated", "inferred", "disputed") for word in nodes.columns["certainty"]
        )
    for type_, table in case.facts.relationships.items():
        pairs = set(zip(table.from_label, table.to_label, strict=True))
        assert pairs <= set(SCHEMA.relationships[type_].ends)
        assert {len(column) for column in table.columns.values()} == {table.rows}


def test_ends_of_relationships_exist(case: CaseInput) -> None:
    known = {(label, str(name)) for label in case.facts.nodes for name in case.facts.ids(label)}
    for table in case.facts.relationships.values():
        assert set(zip(table.from_label, table.from_id, strict=True)) <= known
        assert set(zip(table.to_label, table.to_id, strict=True)) <= known


def test_ids_of_relationships_are_unique(case: CaseInput) -> None:
    for table in case.facts.relationships.values():
        assert len(set(table.columns["id"])) == table.rows


def test_defaults_and_bounds(case: CaseInput) -> None:
    deal = node(case.facts, "Deal", "d2")
    assert deal["kind"] == "sale"
    assert deal["status"] == "ok"
    assert (deal["quantity"], deal["quantity_bound"]) == (30000, "about")
    assert (deal["unit_price_nano"], deal["unit_price_bound"]) == (150_000_000, "exact")
    assert (deal["total_minor"], deal["currency"]) == (4_500_000_000, "USDT")
    bare = node(case.facts, "Deal", "deals:7")
    assert "quantity_bound" not in bare
    assert bare["currency"] == "CNY"
    assert node(case.facts, "Person", "club")["members"] == 1300


def test_an_id_of_two_event_tables_carries_its_table(case: CaseInput) -> None:
    assert set(case.facts.ids("Deal")) == {"deals:7", "d2"}
    assert set(case.facts.ids("Payment")) == {"payments:7", "p2"}
    assert ends(case.facts, "REFUNDS") == {("p2", "payments:7")}
    assert ends(case.facts, "AFTER") == {("d2", "deals:7")}


def test_a_person_who_is_party_gets_an_account(case: CaseInput) -> None:
    assert ("d2", "unknown:dong") in ends(case.facts, "SELLER")
    assert ends(case.facts, "OFFERED_BY") == {("o1", "unknown:wang")}
    account = node(case.facts, "Account", "unknown:dong")
    assert account["platform"] == "unknown"
    control = next(c for c in links(case.facts, "CONTROLS") if c["id"] == "unknown:dong;CONTROLS")
    assert (control["basis"], control["since_t1"], control["until_t0"]) == (
        "other", -FOREVER, FOREVER,
    )  # fmt: skip


def test_a_deal_without_a_batch_gets_one(case: CaseInput) -> None:
    assert ends(case.facts, "FOR_BATCH") == {
        ("o1", "b1"), ("deals:7", "b1"), ("d2", "unnamed:d2"),
    }  # fmt: skip


def test_slow_facts_carry_their_ends(case: CaseInput) -> None:
    spouse = links(case.facts, "SPOUSE_OF")[0]
    times = [spouse[name] for name in ("since_t0", "since_t1", "until_t0", "until_t1")]
    assert times == [-FOREVER, FOREVER, FOREVER, FOREVER]
    member = links(case.facts, "MEMBER_OF")[0]
    assert (member["id"], member["until"], member["until_t1"]) == ("t1", "2020", 1609430399)
    agent = links(case.facts, "AGENT_OF")[0]
    assert (agent["since_t0"], agent["since_t1"]) == (1541001600, 1543593599)
    assert agent["disclosed"] == "no"
    holds = {str(row["id"]): row for row in links(case.facts, "HOLDS")}
    assert holds["wu-wx;HOLDS"]["since"] == "2018-11"


def test_one_identifier_for_one_value(case: CaseInput) -> None:
    used = ends(case.facts, "USED")
    assert {account for account, _ in used} == {"wang-wx", "dong-wx"}
    assert len({name for _, name in used}) == 1
    name = used.pop()[1]
    assert name.startswith("identifier:")
    assert node(case.facts, "Identifier", name)["value"] == "D-1"


def test_a_circumstance_concerns_both_ends_of_a_tie(case: CaseInput) -> None:
    found = {(row["to "], row["about"]) for row in links(case.facts, "CONCERNS")}
    assert found == {("Account:wu-wx", "t1"), ("Person:club", "t1"), ("Deal:d2", "d2")}
    assert ends(case.facts, "CIRCUMSTANCE_PARTY") == {("f1", "wang")}


def test_a_circumstance_may_name_an_id_made_from_cells(tmp_path: Path) -> None:
    tie = {"a": "wu", "kind": "kin_of", "b": "dong"}
    persons = [{"id": name, "name": name} for name in ("wu", "dong")]
    write_csv(tmp_path, {"persons": persons, "ties": [tie]})
    (made,) = (str(row["id"]) for row in links(read_case(tmp_path).facts, "KIN_OF"))
    about = [{"id": "f1", "kind": "fee", "about": made}]
    write_csv(tmp_path, {"circumstances": about})
    assert ends(read_case(tmp_path).facts, "CONCERNS") == {("f1", "wu"), ("f1", "dong")}


def test_sums_and_incomes(case: CaseInput) -> None:
    (income,) = case.facts.ids("Income")
    assert str(income).startswith("incomes:")
    assert ends(case.facts, "EARNED") == {("dong", income)}
    assert ends(case.facts, "COVERS") == {("sum", "d2"), ("sum", "payments:7"), (income, "d2")}
    claim = node(case.facts, "Claim", "c1")
    assert (claim["difference_minor"], claim["difference_bound"]) == (140000, "about")


def test_other_links(case: CaseInput) -> None:
    facts = case.facts
    assert ends(facts, "ESTABLISHED") == {("wang-wx", "crawler")}
    assert node(facts, "Persona", "crawler")["key"] == "crawler"
    assert links(facts, "PRESENTS_AS")[0]["to"] == "wu"
    assert links(facts, "INTRODUCED")[0]["to"] == "wu"
    assert ends(facts, "HAS") == {("wu", "b2")}
    assert ends(facts, "LINKED_BATCH") == {("b1", "b2")}
    assert ends(facts, "CLAIMED_BY") == {("c1", "dong")}
    assert ends(facts, "ABOUT") == {("m1", "d2")}
    assert ends(facts, "FULFILS") == {("v1", "d2")}
    assert ends(facts, "FROM_SOURCE") == {("wu", "s1")}
    assert node(facts, "Batch", "b1")["file_sha256"] == "abc"
    assert case.record_digests == {"batch": ["b1", "b1"], "digest": ["aa", "bb"]}


def test_a_source_covers_only_what_is_said(case: CaseInput) -> None:
    source = node(case.facts, "Source", "s1")
    assert "covers_t0" in source
    assert "covers_t1" not in source


def test_unknown_columns_become_properties(case: CaseInput) -> None:
    assert node(case.facts, "Person", "dong")["colour"] == "blue"
    assert [w for w in case.warnings if "colour" in w] == [
        "persons.csv: unknown columns are kept as properties: colour"
    ]


def test_without_accounts_counterparties_are_created(tmp_path: Path) -> None:
    payments = [
        {"id": "p1", "payer": "x", "payee": "wu", "amount": "1", "certainty": "inferred"},
        {"id": "p2", "payer": "x", "payee": "y", "amount": "1", "certainty": "disputed"},
        {"id": "p3", "payer": "gone", "payee": "y", "amount": "bad"},
        {"id": "p4", "payer": "unknown:q", "payee": "y", "amount": "1"},
    ]
    ties = [
        {"a": "wu", "kind": "introduced", "b": "shop", "to": "customer"},
        {"a": "nobody", "kind": "spouse_of", "b": "wu"},
    ]
    persons = [{"id": "wu", "name": "Wu"}]
    write_csv(tmp_path, {"payments": payments, "persons": persons, "ties": ties})
    case = read_case(tmp_path)
    certainty = dict(
        zip(
            case.facts.ids("Account"), case.facts.nodes["Account"].columns["certainty"], strict=True
        )
    )
    assert certainty == {
        "x": "disputed", "y": "disputed", "shop": "stated", "customer": "stated",
        "unknown:wu": "inferred",
    }  # fmt: skip
    assert {(r.path, r.line, r.column) for r in case.rejects} == {
        ("payments.csv", 4, "amount"), ("payments.csv", 5, "payer"), ("ties.csv", 3, "a"),
    }  # fmt: skip


def test_a_place_without_a_source_is_kept(tmp_path: Path) -> None:
    row = {"id": "p1", "payer": "x", "payee": "y", "amount": "1", "locator": "the sum of both"}
    write_csv(tmp_path, {"payments": [row]})
    assert node(read_case(tmp_path).facts, "Payment", "p1")["locator"] == "the sum of both"


def test_one_id_in_several_tables_gives_different_relationship_ids(tmp_path: Path) -> None:
    tables = {
        "sources": [{"id": "s"}],
        "persons": [{"id": "7", "name": "Wu", "source": "s"}],
        "batches": [{"id": "7", "source": "s"}],
    }
    write_csv(tmp_path, tables)
    found = {str(row["id"]) for row in links(read_case(tmp_path).facts, "FROM_SOURCE")}
    assert found == {"persons:7;FROM_SOURCE", "batches:7;FROM_SOURCE"}
