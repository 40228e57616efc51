"""Drafts of the runner into findings: evidence for every fact used, order, near misses."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from graphmodel.detect.discovery import typology
from graphmodel.detect.wording import amount, both, joined, sentence
from graphmodel.findings.fact_book import FactBook
from graphmodel.findings.periods import period
from graphmodel.findings.statements import Statements
from graphmodel.model.deal_value import values_that_differ
from graphmodel.model.evidence import EvidenceRow, Objection, Words
from graphmodel.model.finding import Finding, Level, Signal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphmodel.detect.runner import Draft
    from graphmodel.detect.view import CaseView
    from graphmodel.query.engines.base import Engine


def _facts_of(draft: Draft, view: CaseView) -> set[str]:
    """Return every fact a draft rests on, those that say who acts in its events among them."""
    weighed = draft.best
    return {
        *(fact for event in draft.story.events for fact in view.party_facts[event]),
        *draft.story.facts,
        *draft.story.events,
        *(fact for signal in weighed.signals for fact in signal.facts),
        *(fact for _, facts in weighed.counters for fact in facts),
        *(fact for note in (*draft.story.notes, *weighed.assessment.notes) for fact in note.facts),
        *draft.left_out,
    }


class Assembler:
    """Makes findings of one run; the facts of all drafts are read together."""

    def __init__(
        self, engine: Engine, view: CaseView, timezone: str, present: Iterable[str]
    ) -> None:
        """Keep what statements and periods need; `present` are the labels and types of the case."""
        self._view = view
        self._timezone = timezone
        self._book = FactBook(engine, present)
        self._statements = Statements(view)

    def assemble(self, drafts: Sequence[tuple[Draft, tuple[str, ...]]]) -> list[Finding]:
        """Return the findings in their order: level, gain or amount in the case's currency, id.

        Findings of a typology with an order of its own change places among themselves, by level.
        """
        self._view.party_facts.need(event for draft, _ in drafts for event in draft.story.events)
        self._book.read(f for draft, _ in drafts for f in _facts_of(draft, self._view))
        self._view.times.need(event for draft, _ in drafts for event in draft.story.events)
        self._view.payment_ends.need(f.id for f in self._book.facts.values() if f.kind == "Payment")
        self._statements.need(self._book.facts.values())
        found = [self._finding(draft, absorbed) for draft, absorbed in drafts]
        ranks = {draft.id: draft.rank for draft, _ in drafts if draft.rank is not None}
        return _in_own_order(sorted(found, key=self._rank), ranks)

    def _rank(self, finding: Finding) -> tuple[object, ...]:
        """Order by level, gain, amount (in the case's currency, absent last), id."""
        worth = (*self._worth(finding, "gain"), *self._worth(finding, "amount"))
        return (-finding.level, *worth, finding.id)

    def _worth(self, finding: Finding, name: str) -> tuple[bool, Fraction]:
        own = self._view.currency
        for figure in (finding.figures.get(name), finding.figures.get(f"{name}:{own}")):
            if figure is not None and figure.currency == own:
                return (False, -figure.number.value)
        return (True, Fraction(0))

    def _finding(self, draft: Draft, absorbed: tuple[str, ...]) -> Finding:
        weighed, story, card = draft.best, draft.story, draft.typology
        when, span = period((self._view.times[event] for event in story.events), self._timezone)
        evidence = tuple(self._row(f) for f in self._book.stated(_facts_of(draft, self._view)))
        against = [
            Objection(spec.words, self._book.stated(facts), spec.name, spec.weight)
            for spec, facts in weighed.counters
        ]
        against += [Objection(cap.words) for cap in weighed.assessment.caps]
        against += [*weighed.assessment.notes, *story.notes, *self._notes(draft)]
        return Finding(
            id=draft.id,
            typology=card.name,
            version=card.version,
            title=card.title,
            level=draft.level,
            signals=tuple(
                Signal(s.name, s.weight, s.words, self._book.stated(s.facts), s.group)
                for s in weighed.signals
            ),
            roles=story.roles,
            figures=story.figures,
            period=when,
            span=span,
            events=draft.events,
            evidence=evidence,
            against=tuple(against),
            innocent=card.innocent,
            summary=self._summary(draft, absorbed, evidence),
            arithmetic=story.arithmetic,
            circle=story.circle,
            hops=story.hops,
            absorbed=absorbed,
            params=draft.params.model_dump(),
        )

    def _notes(self, draft: Draft) -> list[Objection]:
        """Return what was not counted, and values of one deal that differ, with their facts."""
        notes = []
        deals = [self._view.deals[e] for e in draft.story.events if e in self._view.deals]
        void = [payment for deal in deals for payment in deal.paid.void]
        if void:
            notes.append(Objection(both("void-payments"), tuple(void)))
        for deal in deals:
            values = values_that_differ(deal.price, deal.paid)
            if values:
                told = [amount(value, deal.currency) for value in values]
                words = both("values-differ", deal=deal.id, values=_listed(told))
                notes.append(Objection(words, (deal.id, *deal.payments)))
        if draft.left_out:
            notes.append(Objection(both("left-out"), draft.left_out))
        return notes

    def _summary(
        self, draft: Draft, absorbed: tuple[str, ...], evidence: Sequence[EvidenceRow]
    ) -> Words:
        parts = [draft.story.summary]
        weak = [row.fact for row in evidence if row.certainty != "stated"]
        if weak:
            parts.append(both("resting-on", facts=joined(weak)))
        if absorbed:
            titles = [typology(name).title for name in absorbed]
            parts.append(both("absorbed", titles=_listed(titles)))
        return sentence(*parts)

    def _row(self, id_: str) -> EvidenceRow:
        fact = self._book.facts[id_]
        return EvidenceRow(
            fact=id_,
            statement=self._statements.of(fact),
            source=fact.source,
            locator=fact.locator,
            quote=fact.quote,
            certainty=fact.certainty,
            warning=fact.warning,
        )

    def near_miss(self, draft: Draft) -> Words:
        """Return why a match was not enough: which signals hold, what speaks against it."""
        weighed = draft.best
        hits = [signal for signal in weighed.signals if signal.hit]
        against = [spec.words for spec, _ in weighed.counters]
        against += [cap.words for cap in weighed.assessment.caps]
        below = "level-to-lead" if draft.level < Level.LEAD else "level-to-supported"
        people = [
            self._view.name(i)
            for role, ids in draft.story.roles.items()
            if role not in {"batch", "persona"}
            for i in ids
        ]
        objection = (
            both("near-miss-against", against=_listed(against)) if against else Words("", "")
        )
        return both(
            "near-miss",
            title=draft.typology.title,
            roles=joined(dict.fromkeys(people)),
            known=len({s.group or s.name for s in draft.typology.signals}),
            hits=len(hits),
            signals=_listed([s.words for s in hits]) if hits else both("near-miss-none"),
            level=both(below),
            against=objection,
        )


def _in_own_order(findings: Sequence[Finding], ranks: Mapping[str, float]) -> list[Finding]:
    """Put the findings with a rank in its order, on the places they hold together."""
    places: dict[tuple[Level, str], list[int]] = defaultdict(list)
    for place, finding in enumerate(findings):
        if finding.id in ranks:
            places[finding.level, finding.typology].append(place)
    ordered = list(findings)
    for own in places.values():
        by_rank = sorted(own, key=lambda place: (ranks[findings[place].id], place))
        for place, source in zip(own, by_rank, strict=True):
            ordered[place] = findings[source]
    return ordered


def _listed(parts: Sequence[Words]) -> Words:
    return Words(
        joined(p.zh.rstrip("。") for p in parts).zh, joined(p.en.rstrip(".") for p in parts).en
    )
