"""One evaluation: the truth checked against the case, the case searched, findings measured."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from graphmodel.evaluate.measure import measure
from graphmodel.evaluate.truth import read_truth
from graphmodel.model.told_error import ToldInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from graphmodel.case import Case, Progress
    from graphmodel.evaluate.measure import Evaluation
    from graphmodel.evaluate.truth import Label
    from graphmodel.findings.configuration import Configuration

KS = (10, 50, 100)
"""Numbers of first findings of which the precision is told."""

LARGEST_K = 1_000_000


def evaluate(
    case: Case,
    truth: Path,
    *,
    ks: Sequence[int] = KS,
    config: Configuration | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Search a case and measure its findings against a truth; the case keeps no findings of it.

    InputError where the truth names ids that the case does not have.
    """
    labels = read_truth(truth)
    check_ids(case, labels)
    report = case.flag(config=config, graph=False, keep=False, progress=progress)
    absorbing = {e for finding in report.findings if finding.absorbed for e in finding.events}
    return measure(report, labels, sorted(set(ks)), settling_payments(case, absorbing))


def check_ids(case: Case, labels: Iterable[Label]) -> None:
    """Refuse a truth that names ids that the case does not have: count, first label, first id."""
    named = {label.id: label.events | label.parties for label in labels}
    wanted = frozenset().union(*named.values())
    unknown = wanted - known_ids(case, wanted)
    if not unknown:
        return
    first = next(label for label, ids in named.items() if ids & unknown)
    values = {"label": first, "id": min(named[first] & unknown), "n": f"{len(unknown):,}"}
    raise ToldInputError(code="truth-unknown", **values)


def known_ids(case: Case, wanted: Iterable[str]) -> set[str]:
    """Return those of some ids that nodes of the case have, whatever their label."""
    ids = sorted(set(wanted))
    known: set[str] = set()
    for label, declared in case.schema().nodes.items():
        if declared.derived or not ids:
            continue
        text = f"MATCH (n:{label}) WHERE n.id IN $ids RETURN n.id AS id"
        known |= {str(id_) for (id_,) in case.query(text, {"ids": ids}, budget_s=None).rows}
    return known


def settling_payments(case: Case, deals: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Return the payments that settle deals, by deal."""
    text = (
        "MATCH (p:Payment)-[:SETTLES]->(d:Deal) WHERE d.id IN $ids RETURN d.id AS deal, p.id AS id"
    )
    found: dict[str, set[str]] = defaultdict(set)
    ids = sorted(set(deals))
    if ids:
        for deal, payment in case.query(text, {"ids": ids}, budget_s=None).rows:
            found[str(deal)].add(str(payment))
    return {deal: frozenset(payments) for deal, payments in found.items()}
