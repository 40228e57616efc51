"""Findings against a truth: what was found, what was missed, what was flagged in vain.

A plant is found by a finding of its typology (at `lead` or above) that shares an event with it
and, for each role that the label names, holds one of its ids in that role. A finding that absorbed
the typology finds it too; payments that settle its deals count as its events, and since its roles
have other names, the ids may stand in any of them. Where a label has no events, roles decide.

A decoy is a false alarm where a finding of its typology at `supported` or above shares an event
with it; where it has no events, any id of its roles. What else was found on it is told apart.

Precision at k: of the first k findings of a typology in the order of the report, the share that
finds a plant of it; with fewer findings, of those there are; none where the truth plants none.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphmodel.model.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphmodel.evaluate.truth import Label
    from graphmodel.model.finding import Finding
    from graphmodel.model.report import Report

DEALS = 1_000
"""Findings are told per so many deals."""

SHARE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Precision:
    """Of the first `taken` findings (at most `k`), `hits` find a plant.

    None where the truth has no plant of the typology: then it says nothing of its findings.
    """

    k: int
    taken: int
    hits: int | None

    @property
    def value(self) -> float | None:
        """Return the share, or None where there is none."""
        return None if self.hits is None else share(self.hits, self.taken)


@dataclass(frozen=True, slots=True)
class Alarm:
    """A finding on a decoy."""

    label: Label
    finding: str
    typology: str
    level: Level


@dataclass(slots=True)
class Measure:
    """What one typology did: plants found and missed, alarms, findings in the report's order."""

    typology: str
    plants: int = 0
    decoys: int = 0
    found: dict[str, tuple[str, ...]] = field(default_factory=dict)
    missed: list[Label] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    precision: list[Precision] = field(default_factory=list)
    findings: int = 0
    by_level: dict[str, int] = field(default_factory=dict)
    by_hardship: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def recall(self) -> float | None:
        """Return the share of plants found, or None without any."""
        return share(len(self.found), self.plants)

    @property
    def flagged(self) -> int:
        """Return how many decoys are false alarms, however many findings each has."""
        return len({alarm.label.id for alarm in self.alarms})


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All measures by typology, what else was found on decoys, labels that were not measured.

    `unmapped` counts labels of kinds that nothing here looks for, by kind; `turned_off` those of
    typologies that did not run. `deals` and `payments` are those of the case.
    """

    measures: tuple[Measure, ...]
    others: tuple[Alarm, ...]
    unmapped: Mapping[str, int]
    turned_off: Mapping[str, int]
    deals: int
    payments: int
    truncated: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return one object of `graphmodel.evaluation/1`."""
        return {
            "schema": "graphmodel.evaluation/1",
            "deals": self.deals,
            "payments": self.payments,
            "total": self._total(),
            "typologies": [self._measure(measure) for measure in self.measures],
            "other_findings_on_decoys": [_alarm(alarm) for alarm in self.others],
            "labels_without_typology": dict(self.unmapped),
            "labels_turned_off": dict(self.turned_off),
            "truncated": list(self.truncated),
        }

    def _total(self) -> dict[str, object]:
        plants = sum(m.plants for m in self.measures)
        found = sum(len(m.found) for m in self.measures)
        decoys = sum(m.decoys for m in self.measures)
        flagged = sum(m.flagged for m in self.measures)
        findings = sum(m.findings for m in self.measures)
        return {
            "plants": plants,
            "found": found,
            "recall": share(found, plants),
            "decoys": decoys,
            "false_alarms": flagged,
            "false_alarm_rate": share(flagged, decoys),
            "findings": findings,
            "findings_per_1000_deals": share(findings * DEALS, self.deals),
        }

    def per_deals(self, measure: Measure) -> float | None:
        """Return the findings of a typology per 1,000 deals, or None without deals."""
        return share(measure.findings * DEALS, self.deals)

    def _measure(self, measure: Measure) -> dict[str, object]:
        return {
            "typology": measure.typology,
            "plants": measure.plants,
            "found": len(measure.found),
            "recall": measure.recall,
            "decoys": measure.decoys,
            "false_alarms": measure.flagged,
            "false_alarm_rate": share(measure.flagged, measure.decoys),
            "findings": measure.findings,
            "findings_by_level": dict(measure.by_level),
            "findings_per_1000_deals": self.per_deals(measure),
            "precision_at": [
                {"k": p.k, "findings": p.taken, "hits": p.hits, "precision": p.value}
                for p in measure.precision
            ],
            "by_hardship": {
                name: {"plants": all_, "found": found}
                for name, (found, all_) in sorted(measure.by_hardship.items())
            },
            "missed": [
                {"label": label.id, "variant": label.variant, "hardship": label.hardship}
                for label in measure.missed
            ],
            "false_alarms_by_id": [_alarm(alarm) for alarm in measure.alarms],
        }


def _alarm(alarm: Alarm) -> dict[str, object]:
    return {
        "label": alarm.label.id,
        "decoy_of": alarm.label.typology,
        "variant": alarm.label.variant,
        "finding": alarm.finding,
        "typology": alarm.typology,
        "level": alarm.level.label,
    }


def share(part: int, whole: int) -> float | None:
    """Return a share with four digits, or None of nothing.

    >>> share(2, 3), share(0, 0)
    (0.6667, None)
    """
    return round(part / whole, SHARE_DIGITS) if whole else None


class _Index:
    """Findings by the ids they hold; `settling` are payments by the deal that they settle."""

    def __init__(self, findings: Sequence[Finding], settling: Mapping[str, frozenset[str]]) -> None:
        """Index every finding by its events and by the ids of its roles."""
        self.findings = findings
        self.events: list[frozenset[str]] = []
        self.absorbed_events: list[frozenset[str]] = []
        self.parties: list[frozenset[str]] = []
        self._having: dict[str, set[int]] = defaultdict(set)
        for place, finding in enumerate(findings):
            own = frozenset(finding.events)
            paid = [settling[e] for e in own if e in settling] if finding.absorbed else []
            self.events.append(own)
            self.absorbed_events.append(own.union(*paid))
            self.parties.append(frozenset(id_ for ids in finding.roles.values() for id_ in ids))
            for id_ in self.absorbed_events[-1] | self.parties[-1]:
                self._having[id_].add(place)

    def near(self, label: Label) -> list[int]:
        """Return the places of findings that hold an event of a label, or a party without any."""
        ids = label.events or label.parties
        return sorted(set().union(*(self._having.get(id_, ()) for id_ in ids)))

    def covers(self, place: int, label: Label) -> bool:
        """Tell whether a finding finds a plant."""
        finding = self.findings[place]
        if finding.typology == label.typology:
            if label.events and not label.events & self.events[place]:
                return False
            held = {role: frozenset(finding.roles.get(role, ())) for role in label.roles}
        elif label.typology in finding.absorbed:
            if label.events and not label.events & self.absorbed_events[place]:
                return False
            held = dict.fromkeys(label.roles, self.parties[place])
        else:
            return False
        return all(ids & held[role] for role, ids in label.roles.items())

    def touches(self, place: int, label: Label) -> bool:
        """Tell whether a finding lies on a decoy."""
        if label.events:
            return bool(label.events & self.events[place])
        return bool(label.parties & self.parties[place])


def measure(
    report: Report,
    labels: Sequence[Label],
    ks: Sequence[int],
    settling: Mapping[str, frozenset[str]],
) -> Evaluation:
    """Measure the findings of a report against the labels; `ks` are those of precision at k."""
    index = _Index(report.findings, settling)
    off = set(report.turned_off)
    measured = [label for label in labels if label.typology and label.typology not in off]
    names = {label.typology for label in measured} | {f.typology for f in report.findings}
    measures = {name: Measure(name) for name in sorted(names)}
    hits: set[int] = set()
    others: list[Alarm] = []
    for label in measured:
        near = index.near(label)
        if label.is_plant:
            hits |= _plant(measures[label.typology], label, near, index)
        else:
            others += _decoy(measures[label.typology], label, near, index)
    places: dict[str, list[int]] = defaultdict(list)
    for place, finding in enumerate(report.findings):
        places[finding.typology].append(place)
    for name, one in measures.items():
        _count(one, [report.findings[place].level for place in places[name]])
        one.precision = [_precision(k, places[name], hits, one.plants) for k in ks]
    return Evaluation(
        measures=tuple(measures.values()),
        others=tuple(others),
        unmapped=_tally(label.variant or label.id for label in labels if not label.typology),
        turned_off=_tally(label.typology for label in labels if label.typology in off),
        deals=report.counts["deals"],
        payments=report.counts["payments"],
        truncated=report.truncated,
    )


def _plant(one: Measure, label: Label, near: Iterable[int], index: _Index) -> set[int]:
    """Count a plant; returns the places of the findings of its own typology that find it."""
    one.plants += 1
    covering = [place for place in near if index.covers(place, label)]
    found, all_ = one.by_hardship.get(label.hardship, (0, 0))
    one.by_hardship[label.hardship] = (found + bool(covering), all_ + 1)
    if covering:
        one.found[label.id] = tuple(index.findings[place].id for place in covering)
    else:
        one.missed.append(label)
    return {place for place in covering if index.findings[place].typology == label.typology}


def _decoy(one: Measure, label: Label, near: Iterable[int], index: _Index) -> list[Alarm]:
    """Count a decoy; returns the findings on it that are no false alarms."""
    one.decoys += 1
    others = []
    for place in near:
        finding = index.findings[place]
        if not index.touches(place, label):
            continue
        alarm = Alarm(label, finding.id, finding.typology, finding.level)
        if finding.typology == label.typology and finding.level >= Level.SUPPORTED:
            one.alarms.append(alarm)
        else:
            others.append(alarm)
    return others


def _count(one: Measure, levels: Sequence[Level]) -> None:
    one.findings = len(levels)
    for level in (Level.STRONG, Level.SUPPORTED, Level.LEAD):
        one.by_level[level.label] = levels.count(level)


def _precision(k: int, places: Sequence[int], hits: set[int], plants: int) -> Precision:
    taken = places[:k]
    return Precision(k, len(taken), len(hits.intersection(taken)) if plants else None)


def _tally(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for name in names:
        counts[name] += 1
    return dict(sorted(counts.items()))
