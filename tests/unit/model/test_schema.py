"""The declared graph against the page of its contract."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from graphmodel.model.schema import EVENTS, SCHEMA
from graphmodel.model.schema_types import GraphSchema, NodeType, RelationshipType

if TYPE_CHECKING:
    from pathlib import Path

SLOW = {"since_t0", "since_t1", "until_t0", "until_t1"}
KINSHIP = {"SPOUSE_OF", "KIN_OF", "PARTNER_OF", "ASSOCIATE_OF"}
DECLARED: tuple[NodeType | RelationshipType, ...] = (
    *SCHEMA.nodes.values(),
    *SCHEMA.relationships.values(),
)
NAME = re.compile(r"`([A-Za-z_]+)`")


@pytest.fixture(scope="module")
def page(shared: Path) -> str:
    """Return the page of the graph contract."""
    return (shared / "design" / "graph-model.md").read_text(encoding="utf-8")


def part_of(page: str, heading: str) -> str:
    """Return the part of a page under a heading."""
    return page.partition(f"## {heading}")[2].partition("\n## ")[0]


def first_cells(page: str, heading: str) -> list[str]:
    """Return the first cell of every row of the table under a heading."""
    part = part_of(page, heading)
    rows = [line for line in part.splitlines() if line.startswith("| ")]
    return [row.split("|")[1] for row in rows[1:]]


def test_labels_are_those_of_the_contract(page: str) -> None:
    wanted = [name for cell in first_cells(page, "Nodes") for name in NAME.findall(cell)]
    assert set(SCHEMA.nodes) == set(wanted)


def test_relationship_types_are_those_of_the_contract(page: str) -> None:
    wanted = [name for cell in first_cells(page, "Relationships") for name in NAME.findall(cell)]
    assert set(SCHEMA.relationships) == set(wanted)
    marked = [cell for cell in first_cells(page, "Relationships") if "**derived**" in cell]
    derived = {name for cell in marked for name in NAME.findall(cell)}
    assert derived == {t.type for t in SCHEMA.relationships.values() if t.derived}


def test_properties_of_the_contract_are_declared(page: str) -> None:
    part = part_of(page, "Nodes")
    for line in part.splitlines():
        if not line.startswith("| `"):
            continue
        label = NAME.findall(line.split("|")[1])[0]
        plain = re.sub(r"\([^)]*\)", "", line.split("|")[2])
        said = {name for name in NAME.findall(plain) if name.islower()}
        values = {"unknown", "id", "exact", "about"}
        assert said - values <= set(SCHEMA.nodes[label].names()), label


def test_every_fact_has_an_identity_and_a_certainty() -> None:
    for declared in DECLARED:
        assert declared.names()[:2] == ("id", "certainty")
        assert len(set(declared.names())) == len(declared.names())
        assert declared.description
        assert all(p.description for p in declared.properties)


def test_derived_facts_name_rule_and_grounds() -> None:
    for declared in DECLARED:
        assert ({"rule", "grounds"} <= set(declared.names())) == declared.derived


def test_events_are_dated() -> None:
    assert {n.label for n in SCHEMA.nodes.values() if n.event} == set(EVENTS)
    for label in EVENTS:
        assert {"time", "t0", "t1"} <= set(SCHEMA.nodes[label].names())


@pytest.mark.parametrize(
    "type_",
    sorted(
        KINSHIP
        | {"CONTROLS", "HOLDS", "PRESENTS_AS", "USED", "EMPLOYS", "OWNS", "AGENT_OF"}
        | {"INTRODUCED", "MEMBER_OF", "ACTS_THROUGH", "RELATED", "STANDS_FOR"}
    ),
)
def test_slow_facts_carry_four_times(type_: str) -> None:
    assert set(SCHEMA.relationships[type_].names()) >= SLOW


def test_ends_and_keys_are_declared_names() -> None:
    for declared in SCHEMA.relationships.values():
        assert {label for pair in declared.ends for label in pair} <= set(SCHEMA.nodes)
        assert set(declared.key) <= set(declared.names())
        assert not declared.key or declared.derived


def test_a_name_declared_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="label A is declared twice"):
        GraphSchema.of([NodeType("A", ()), NodeType("A", ())], [])
    twice = [RelationshipType("R", (), ()), RelationshipType("R", (), ())]
    with pytest.raises(ValueError, match="relationship R is declared twice"):
        GraphSchema.of([], twice)
