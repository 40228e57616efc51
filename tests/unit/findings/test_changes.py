"""What two reports of one case differ in."""

from __future__ import annotations

from graphmodel.findings.changes import find_changes
from graphmodel.findings.configuration import Configuration, changed
from graphmodel.model.finding import Level
from tests.unit.findings.test_keeping import report
from tests.unit.model.test_finding import a_finding


def test_findings_are_compared_by_id() -> None:
    before = report(
        findings=(
            a_finding(id="F-same"),
            a_finding(id="F-up", level=Level.LEAD),
            a_finding(id="F-down", level=Level.STRONG),
            a_finding(id="F-gone"),
            a_finding(id="F-other", typology="burner", events=("d9",)),
        ),
        truncated=("a", "b"),
    )
    after = report(
        findings=(
            a_finding(id="F-same"),
            a_finding(id="F-up", level=Level.SUPPORTED),
            a_finding(id="F-down", level=Level.LEAD),
            a_finding(id="F-new"),
        ),
        truncated=("b", "c"),
    )
    changes = find_changes(before, after)
    burner, relay = changes.typologies
    assert (burner.typology, [f.id for f in burner.removed]) == ("burner", ["F-other"])
    assert [f.id for f in relay.added] == ["F-new"]
    assert [f.id for f in relay.removed] == ["F-gone"]
    assert [(m.id, m.before, m.after) for m in relay.up] == [("F-up", Level.LEAD, Level.SUPPORTED)]
    assert [(m.id, m.before, m.after) for m in relay.down] == [("F-down", Level.STRONG, Level.LEAD)]
    assert relay.same == 1
    assert (changes.truncated_before, changes.truncated_after) == (("a",), ("c",))


def test_what_another_finding_absorbed_is_not_lost() -> None:
    before = report(findings=(a_finding(id="F-r", events=("d1",)),))
    chain = a_finding(id="F-c", typology="resale_chain", events=("d1", "d2"), absorbed=("relay",))
    changes = find_changes(before, report(findings=(chain,)))
    relay, resale = changes.typologies
    assert [f.id for f in relay.absorbed] == ["F-r"]
    assert relay.removed == []
    assert [f.id for f in resale.added] == ["F-c"]
    # events that the chain does not have are not absorbed
    elsewhere = report(findings=(a_finding(id="F-r", events=("d1", "d9")),))
    gone = find_changes(elsewhere, report(findings=(chain,))).typologies[0]
    assert ([f.id for f in gone.removed], gone.absorbed) == (["F-r"], [])


def test_values_are_told_by_the_key_that_sets_them() -> None:
    settings = ["derive.max_df=4", "burner.quiet_days=9", "relay.weights.same_hands=0"]
    one, other = Configuration(), changed(Configuration(), [*settings, "relay.enabled=false"])
    changes = find_changes(report(rules=one.values()), report(rules=other.values()))
    assert {(v.key, v.before, v.after) for v in changes.values} == {
        ("burner.quiet_days", 60, 9),
        ("derive.max_df", 3, 4),
        ("relay.enabled", True, False),
        ("relay.weights.same_hands", 1, 0),
    }
    # what it tells is what can be set again
    again = changed(Configuration(), [f"{v.key}={str(v.after).lower()}" for v in changes.values])
    assert again.values() == other.values()
