"""Runs typologies: rows of the pattern, matches, levels, merging; says what was not searched."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphmodel.errors import LimitError
from graphmodel.model.finding import Level, Signal, finding_id
from graphmodel.query.rules import rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphmodel.detect.view import CaseView
    from graphmodel.model.typology import (
        Assessment,
        CounterSpec,
        Detector,
        Params,
        Story,
        Typology,
    )
    from graphmodel.query.engines.base import Engine

LEAD_FROM, SUPPORTED_FROM, STRONG_FROM = 2, 4, 7
"""Totals from which a match is a lead, supported, strong (typology cards, 1.2)."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One match with what it shows: signals as the card lists them, counter-facts, level, total.

    The total decides the level and is never shown to anybody.
    """

    match: Any
    assessment: Assessment
    signals: tuple[Signal, ...]
    counters: tuple[tuple[CounterSpec, tuple[str, ...]], ...]
    level: Level
    total: int
    is_capped_by_counter: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A merged group of matches before it is explained: the best-documented one gives the level.

    `left_out` are events of matches that were not told. `rank` puts the findings of one level and
    typology in an order of their own, the least first; None leaves them where their amounts do.
    """

    typology: Typology[Any, Any]
    id: str
    best: Weighed
    story: Story
    events: tuple[str, ...]
    params: Params
    left_out: tuple[str, ...] = ()
    rank: float | None = None

    @property
    def level(self) -> Level:
        """Return the level of the best-documented match."""
        return self.best.level


@dataclass(frozen=True, slots=True)
class Detection:
    """The result of one typology: drafts, groups below `lead`, limits that were hit.

    `counted` are groups below `lead` that were counted and not weighed; `examined` is how many
    matches the search gave.
    """

    drafts: tuple[Draft, ...]
    set_aside: tuple[Draft, ...]
    truncated: tuple[str, ...]
    counted: int = 0
    examined: int = 0

    @property
    def aside(self) -> int:
        """Return how many groups stayed below `lead`."""
        return len(self.set_aside) + self.counted


def _signals(typology: Typology[Any, Any], assessment: Assessment) -> tuple[Signal, ...]:
    """Return the card's signals; of those that exclude each other the heaviest that holds."""
    chosen: dict[str, int] = {}
    for spec in typology.signals:
        if spec.group and assessment.hits.get(spec.name):
            chosen[spec.group] = max(chosen.get(spec.group, 0), spec.weight)
    taken: set[str] = set()
    signals = []
    for spec in typology.signals:
        facts = assessment.hits.get(spec.name, ())
        if spec.group and facts:
            if chosen[spec.group] != spec.weight or spec.group in taken:
                facts = ()
            else:
                taken.add(spec.group)
        signals.append(Signal(spec.name, spec.weight, spec.words, facts, spec.group))
    return tuple(signals)


def weigh(typology: Typology[Any, Any], match: object, assessment: Assessment) -> Weighed:
    """Return the level of one match from its signals, counter-facts and caps."""
    signals = _signals(typology, assessment)
    counters = tuple(
        (spec, assessment.counters[spec.name])
        for spec in typology.counters
        if assessment.counters.get(spec.name)
    )
    total = sum(s.weight for s in signals if s.hit) - sum(spec.weight for spec, _ in counters)
    level = Level.SET_ASIDE
    if total >= LEAD_FROM:
        level = Level.LEAD
    if total >= SUPPORTED_FROM:
        level = Level.SUPPORTED
    if total >= STRONG_FROM and typology.strong_needs(frozenset(s.name for s in signals if s.hit)):
        level = Level.STRONG
    counter_caps = [spec.cap for spec, _ in counters if spec.cap is not None]
    level = min([level, *counter_caps, *(cap.level for cap in assessment.caps)])
    return Weighed(match, assessment, signals, counters, level, total, bool(counter_caps))


def _connected(detector: Detector[Any, Any], group: Sequence[Any]) -> list[list[Any]]:
    """Split a group into parts that share an event, directly or through others."""
    parts: list[tuple[set[str], list[Any]]] = []
    for match in group:
        events = set(detector.events(match))
        joined = [part for part in parts if part[0] & events]
        merged = (
            events.union(*(part[0] for part in joined)),
            [*(m for part in joined for m in part[1]), match],
        )
        parts = [part for part in parts if part not in joined] + [merged]
    return [members for _, members in parts]


def _weighed(
    typology: Typology[Any, Any], detector: Detector[Any, Any], part: Sequence[Any], view: CaseView
) -> list[Weighed]:
    return [weigh(typology, match, detector.assess(match, part, view)) for match in part]


def _draft(
    typology: Typology[Any, Any],
    detector: Detector[Any, Any],
    part: Sequence[Any],
    view: CaseView,
    params: Params,
) -> Draft:
    """Merge matches into one draft; the best-documented match gives signals and level.

    Matches that a counter-fact holds back are left out where others reach as high without: their
    events are named, and neither signals nor sums rest on them.
    """
    members = _weighed(typology, detector, part, view)
    free = [w for w in members if not w.is_capped_by_counter]
    held_back = [w for w in members if w.is_capped_by_counter]
    reached = [max((w.level for w in some), default=Level.SET_ASIDE) for some in (free, held_back)]
    if free and held_back and reached[0] >= reached[1]:
        members = _weighed(typology, detector, [w.match for w in free], view)
    best = min(members, key=lambda w: _order(w, detector))
    story = detector.tell([w.match for w in members], view)
    id_ = finding_id(
        typology.name,
        typology.version,
        detector.key_roles(best.match),
        detector.key_events(part),
    )
    left = {event for match in part for event in detector.events(match)} - set(story.events)
    events = tuple(sorted(story.events))
    rank = detector.rank([w.match for w in members], view) if hasattr(detector, "rank") else None
    return Draft(typology, id_, best, story, events, params, tuple(sorted(left)), rank)


def _order(weighed: Weighed, detector: Detector[Any, Any]) -> tuple[object, ...]:
    """Order matches: highest level and total, least events, most facts, least facts."""
    facts = [(signal.name, signal.facts) for signal in weighed.signals]
    named = sum(len(found) for _, found in facts)
    events = sorted(detector.events(weighed.match))
    return (-weighed.level, -weighed.total, events, -named, facts)


def run_typology(
    typology: Typology[Any, Any],
    engine: Engine,
    view: CaseView,
    overrides: Mapping[str, object] | None = None,
) -> Detection:
    """Run one typology with its default parameters, or those of `overrides`.

    A detector that weighs by itself is given the weights of `typology` by `use_weights`.
    """
    params = typology.params.model_validate(dict(overrides or {}))
    detector = typology.detector(params)
    if hasattr(detector, "use_weights"):
        detector.use_weights(typology)
    # a detector may know a shorter way to the same matches where the case is large
    matches = detector.search(view) if hasattr(detector, "search") else None
    if matches is None:
        found = rule(f"typologies/{typology.name}")
        values = params.model_dump()
        try:
            result = engine.run(found.text, {name: values[name] for name in found.params})
        except LimitError as error:
            return Detection((), (), (f"{typology.name}: {error.reason} Nothing was searched.",))
        # the order of rows is the database's; a finding must not depend on it
        ordered = sorted(result.rows, key=repr)
        rows = [dict(zip(result.columns, row, strict=True)) for row in ordered]
        matches = detector.matches(rows, view)
    drafts = _drafts(typology, detector, matches, view, params)
    counted = int(getattr(detector, "aside", 0))
    return Detection(
        tuple(d for d in drafts if d.level >= Level.LEAD),
        tuple(d for d in drafts if d.level < Level.LEAD),
        tuple(getattr(detector, "truncated", ())),
        counted,
        len(matches) + counted,
    )


def _drafts(
    typology: Typology[Any, Any],
    detector: Detector[Any, Any],
    matches: Sequence[Any],
    view: CaseView,
    params: Params,
) -> list[Draft]:
    """Merge matches by their key roles, and where the card says so by events, into drafts."""
    groups: dict[tuple[tuple[str, tuple[str, ...]], ...], list[Any]] = defaultdict(list)
    for match in matches:
        groups[tuple(sorted(detector.key_roles(match).items()))].append(match)
    drafts: list[Draft] = []
    for key in sorted(groups):
        group = sorted(groups[key], key=lambda match: sorted(detector.events(match)))
        parts = [group] if typology.merge == "role" else _connected(detector, group)
        drafts += [_draft(typology, detector, part, view, params) for part in parts]
    return drafts


def absorb(drafts: Sequence[Draft], view: CaseView) -> list[tuple[Draft, tuple[str, ...]]]:
    """Return the drafts that stand, each with the typologies of those it says everything of.

    A is absorbed by B where B's card names A's typology, every event of A is an event of B
    (payments that settle a deal of B are), and the level of B is not below that of A.
    """
    payments = {d.id: set(d.story.events) for d in drafts}
    for draft in drafts:
        for event in draft.story.events:
            deal = view.deals.get(event)
            payments[draft.id] |= set(deal.payments) if deal else set()
    having: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        for event in payments[draft.id]:
            having[event].append(draft)
    standing, absorbed = [], defaultdict(set)
    for a in drafts:
        holders = [
            b
            for b in min((having[event] for event in a.story.events), key=len, default=drafts)
            if a.id != b.id
            and a.typology.name in b.typology.absorbs
            and set(a.story.events) <= payments[b.id]
            and b.level >= a.level
        ]
        if holders:
            for b in holders:
                absorbed[b.id].add(a.typology.name)
        else:
            standing.append(a)
    return [(draft, tuple(sorted(absorbed[draft.id]))) for draft in standing]
