"""Found, missed, flagged in vain: each rule of the measure on the least reports that show it."""

from __future__ import annotations

from typing import Any

import pytest

from graphmodel.evaluate.measure import Evaluation, Measure, measure
from graphmodel.evaluate.truth import Label
from graphmodel.model.finding import Finding, Level
from tests.unit.findings.test_keeping import report
from tests.unit.model.test_finding import a_finding

ROLES: dict[str, tuple[str, ...]] = {"upstream": ("s",), "intermediary": ("x",), "buyer": ("b",)}
COUNTS = {"deals": 500, "payments": 9}


def plant(id_: str = "p", **changes: object) -> Label:
    """Return a plant of a relay with some of its parts changed."""
    parts: dict[str, Any] = {
        "typology": "relay",
        "kind": "plant",
        "variant": "v",
        "hardship": "none",
        "events": ("d1",),
        "roles": {"buyer": ("b",)},
        **changes,
    }
    parts["roles"] = {role: frozenset(ids) for role, ids in parts["roles"].items()}
    return Label(id=id_, **{**parts, "events": frozenset(parts["events"])})


def decoy(id_: str = "n", **changes: object) -> Label:
    """Return a decoy of a relay with some of its parts changed."""
    return plant(id_, kind="decoy", **changes)


def finding(id_: str = "F-1", **changes: object) -> Finding:
    """Return a relay of deals d1 and d2 with some of its parts changed."""
    parts: dict[str, Any] = {"id": id_, "roles": ROLES, "level": Level.LEAD, **changes}
    return a_finding(**parts)


def measured(
    findings: tuple[Finding, ...],
    *labels: Label,
    settling: dict[str, frozenset[str]] | None = None,
    **changes: object,
) -> Evaluation:
    """Measure findings against labels."""
    told = report(findings=findings, counts=COUNTS, **changes)
    return measure(told, labels, (1, 2, 5), settling or {})


def of(told: Evaluation, name: str = "relay") -> Measure:
    """Return the measure of one typology."""
    (one,) = [m for m in told.measures if m.typology == name]
    return one


@pytest.mark.parametrize(
    ("label", "is_found"),
    [
        (plant(), True),
        (plant(events=("d1", "d7")), True),
        (plant(events=("d7",)), False),
        (plant(roles={"buyer": ("b", "other")}), True),
        (plant(roles={"buyer": ("other",)}), False),
        (plant(roles={"buyer": ("b",), "upstream": ("other",)}), False),
        (plant(roles={"buyer": ("x",)}), False),
        (plant(roles={}), True),
        (plant(events=(), roles={"buyer": ("b",)}), True),
        (plant(events=(), roles={"buyer": ("s",)}), False),
        (plant(typology="batch_reuse", roles={}), False),
    ],
)
def test_a_plant_is_found_by_its_events_and_every_role_it_names(
    label: Label, *, is_found: bool
) -> None:
    one = of(measured((finding(),), label), label.typology)
    assert one.plants == 1
    assert one.recall == float(is_found)
    assert dict(one.found) == ({"p": ("F-1",)} if is_found else {})
    assert one.missed == ([] if is_found else [label])


def test_a_finding_that_absorbed_the_typology_finds_its_plants() -> None:
    chain = finding(
        typology="resale_chain", roles={"members": ("s", "x", "b")}, absorbed=("relay",)
    )
    told = measured((chain,), plant(), plant("q", roles={"buyer": ("other",)}))
    assert set(of(told).found) == {"p"}
    assert of(told).findings == 0
    assert of(told, "resale_chain").findings == 1
    stranger = finding(typology="resale_chain", roles={"members": ("s", "x", "b")})
    assert of(measured((stranger,), plant())).recall == 0.0


def test_payments_that_settle_the_deals_of_an_absorbing_finding_are_its_events() -> None:
    label = plant(typology="pass_through", events=("pay-1",), roles={"payer": ("b",)})
    relay = finding(absorbed=("pass_through",))
    settling = {"d2": frozenset(("pay-1",))}
    assert of(measured((relay,), label, settling=settling), "pass_through").recall == 1.0
    assert of(measured((relay,), label), "pass_through").recall == 0.0
    # a finding of the typology itself has only its own events
    own = finding(typology="pass_through", roles={"payer": ("b",)}, absorbed=("x",))
    told = of(measured((own,), label, settling=settling), "pass_through")
    assert told.recall == 0.0


def test_a_decoy_is_a_false_alarm_from_supported_on() -> None:
    lead = measured((finding(),), decoy())
    assert (of(lead).decoys, of(lead).flagged) == (1, 0)
    assert [(a.finding, a.level) for a in lead.others] == [("F-1", Level.LEAD)]
    two = (finding("F-1", level=Level.STRONG), finding("F-2", level=Level.SUPPORTED))
    told = measured(two, decoy(roles={}), decoy("m", events=("d7",)))
    assert (of(told).decoys, of(told).flagged) == (2, 1)
    assert [(a.label.id, a.finding) for a in of(told).alarms] == [("n", "F-1"), ("n", "F-2")]
    assert told.others == ()


def test_other_findings_on_decoys_are_told_apart() -> None:
    other = finding(typology="batch_reuse", level=Level.STRONG, roles={"sellers": ("s",)})
    told = measured((other,), decoy())
    assert of(told).flagged == 0
    assert [(a.label.id, a.typology, a.level) for a in told.others] == [
        ("n", "batch_reuse", Level.STRONG)
    ]


def test_a_decoy_without_events_is_touched_by_its_parties() -> None:
    told = measured(
        (finding(level=Level.STRONG),),
        decoy(events=(), roles={"buyer": ("s",)}),
        decoy("m", events=(), roles={"buyer": ("other",)}),
        # an id of an event that is named like a party says nothing
        decoy("o", events=("s",), roles={}),
    )
    assert [a.label.id for a in of(told).alarms] == ["n"]


def test_precision_is_told_in_the_order_of_the_report() -> None:
    findings = (
        finding("F-1", events=("d9",)),
        finding("F-2"),
        finding("F-3", typology="burner"),
        finding("F-4", events=("d3",)),
    )
    told = measured(findings, plant(), plant("q", events=("d3",)))
    precision = [(p.k, p.taken, p.hits, p.value) for p in of(told).precision]
    assert precision == [(1, 1, 0, 0.0), (2, 2, 1, 0.5), (5, 3, 2, 0.6667)]
    # the truth says nothing of a typology that it plants nowhere
    assert [p.value for p in of(told, "burner").precision] == [None, None, None]


def test_counts_are_those_of_the_case() -> None:
    findings = (finding("F-1", level=Level.STRONG), finding("F-2", events=("d8",)))
    labels = (plant(hardship="coarse_date"), plant("q", events=("d7",)), decoy())
    told = measured(findings, *labels)
    cells: Any = told.to_json()
    (row,) = cells["typologies"]
    assert (row["findings"], row["findings_per_1000_deals"]) == (2, 4.0)
    assert row["findings_by_level"] == {"strong": 1, "supported": 0, "lead": 1}
    assert row["by_hardship"] == {
        "coarse_date": {"plants": 1, "found": 1},
        "none": {"plants": 1, "found": 0},
    }
    assert row["missed"] == [{"label": "q", "variant": "v", "hardship": "none"}]
    assert (row["recall"], row["false_alarm_rate"]) == (0.5, 1.0)
    assert [a["label"] for a in row["false_alarms_by_id"]] == ["n"]
    assert cells["total"]["recall"] == 0.5
    assert (cells["deals"], cells["payments"]) == (500, 9)


def test_what_was_not_measured_is_told() -> None:
    rules = {"typologies": {"burner": {"enabled": False}, "relay": {"enabled": True}}}
    labels = (plant(typology="", variant="bipartite"), plant("q", typology="burner", roles={}))
    told = measured((), *labels, rules=rules)
    assert told.measures == ()
    assert dict(told.unmapped) == {"bipartite": 1}
    assert dict(told.turned_off) == {"burner": 1}
    cells: Any = told.to_json()
    assert cells["total"]["recall"] is None
