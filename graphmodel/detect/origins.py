"""Where goods come from: what an employer's accounts delivered, and who had the goods before."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.handovers import GoodsIndex, all_handovers, of_deal, of_delivery
from graphmodel.detect.parties import is_same
from graphmodel.detect.records import can_precede

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphmodel.detect.hubs import Entry
    from graphmodel.detect.records import DealFact
    from graphmodel.detect.view import CaseView

_SELLING = frozenset(("sale", "gift", "barter"))
"""Kinds of deals by which an employer itself gives lists to others."""


class Insider(NamedTuple):
    """An employee and the employer."""

    person: str
    employer: str


def surely_before(a: Entry, b: Entry, view: CaseView) -> bool:
    """Tell whether one handover is before another, by their times or a stated order."""
    return a.span.t1 < b.span.t0 or (a.id, b.id) in view.before


def goods_of(entry: Entry, view: CaseView) -> str:
    """Return the goods of a handover; one of no known batch has goods of its own."""
    return f"event:{entry.id}" if entry.batch is None else view.batch_goods[entry.batch]


def is_outward(entry: Entry, who: Insider, view: CaseView) -> bool:
    """Tell whether the employee gave goods to somebody outside.

    Not to the employer; and a delivery without a deal not to a colleague or owner either.
    """
    receivers = entry.other.parties
    if receivers & {who.person, who.employer} or who.person not in entry.own.parties:
        return False
    return entry.deal is not None or not _is_staff(entry, receivers, who.employer, view)


def _is_staff(entry: Entry, parties: frozenset[str], employer: str, view: CaseView) -> bool:
    """Tell whether one of some parties may be the employer, its employee, member or owner then."""
    at = entry.own.span
    return any(
        party == employer
        or view.stands_for(party, employer, at, entry.id)
        or view.belongs_to(party, employer, at)
        for party in parties
    )


class Origins:
    """Answers, for goods that an employee handed over, whose they are and who had them before."""

    def __init__(self, view: CaseView) -> None:
        """Keep the view; handovers are indexed when first asked for."""
        self._view = view

    @cached_property
    def _all(self) -> GoodsIndex:
        return GoodsIndex(all_handovers(self._view), self._view)

    @cached_property
    def _delivered(self) -> GoodsIndex:
        moved = (self._view.deliveries[id_] for id_ in sorted(self._view.deliveries))
        return GoodsIndex([of_delivery(one, self._view) for one in moved], self._view)

    @cached_property
    def _offered(self) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
        """Return, by goods, the offers with who may have made them."""
        found: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        for offer in self._view.offers:
            if offer.batch is not None:
                goods = self._view.batch_goods[offer.batch]
                found[goods].append((offer.id, offer.sellers))
        return found

    @cached_property
    def _stated(self) -> dict[str, list[tuple[str, frozenset[str]]]]:
        """Return, by fact, the circumstances that say where goods come from, with the places."""
        found: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        stated = [one for one in self._view.circumstances if one.kind == "origin"]
        self._view.subjects.need(fact for one in stated for fact in one.about)
        for one in stated:
            places = set(one.parties)
            places |= {c.person for party in one.parties for c in self._view.acting_on(party)}
            for fact in one.about:
                for about in (fact, *self._view.subjects[fact]):
                    found[about].append((one.id, frozenset(places)))
        return found

    def need(self, goods: Iterable[str]) -> None:
        """Read in one go who stands behind the deliveries of these goods and those linked."""
        near = [entry for one in sorted(set(goods)) for entry, _ in self._delivered.linked(one)]
        self._view.need_accounts(entry.own.account for entry in near)

    def linked(self, who: Insider, goods: str) -> tuple[str, ...]:
        """Return the deliveries of linked goods by accounts of the employer, with the links.

        What the employee sent to others through such an account says nothing of the employer.
        """
        view = self._view
        facts: set[str] = set()
        for entry, links in self._delivered.linked(goods):
            acting = view.acting_on(entry.own.account)
            held = [
                c.fact
                for c in acting
                if c.person == who.employer and c.holding.may_hold(entry.own.span)
            ]
            is_own = who.person in entry.own.parties and who.person not in entry.other.parties
            if held and not is_own:
                facts |= {entry.id, *links, *held}
        return tuple(sorted(facts))

    def stated(self, who: Insider, entries: Sequence[Entry]) -> tuple[str, ...]:
        """Return the circumstances by which goods are stated to come from the employer."""
        view = self._view
        goods = {view.batch_goods[e.batch] for e in entries if e.batch is not None}
        batches = {batch for one in goods for batch in self._batches.get(one, ())}
        about = {*(entry.id for entry in entries), *batches}
        return tuple(
            sorted(
                {
                    id_
                    for fact in about
                    for id_, places in self._stated.get(fact, ())
                    if who.employer in places
                }
            )
        )

    @cached_property
    def _batches(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for batch, goods in self._view.batch_goods.items():
            found[goods].append(batch)
        return found

    def others(self, who: Insider, entries: Sequence[Entry]) -> list[Entry]:
        """Return the handovers of the same goods by which another may have been first.

        Not those of the employee or employer, nor deals in which the employee bought; a delivery
        without a deal inside the organisation, or to it, sells nothing.
        """
        found: dict[str, Entry] = {}
        for goods in sorted({goods_of(entry, self._view) for entry in entries}):
            found |= {entry.id: entry for entry in self._all.same(goods)}
        for deal in self._alike(entries):
            found.setdefault(deal.id, of_deal(deal))
        return [found[id_] for id_ in sorted(found) if self._is_other(found[id_], who, entries)]

    def _alike(self, entries: Sequence[Entry]) -> list[DealFact]:
        """Return the deals that a rare quantity joins with those of the employee."""
        view = self._view
        return [
            other
            for entry in entries
            if entry.deal is not None
            for other in view.alike(entry.deal)
            if frozenset((entry.id, other.id)) in view.alike_by_quantity
        ]

    def _is_other(self, entry: Entry, who: Insider, entries: Sequence[Entry]) -> bool:
        view = self._view
        if {who.person, who.employer} & entry.own.parties:
            return False
        sides = {own.own.account: own.own for own in entries}
        if any(is_same(entry.own, side, view) for side in sides.values()):
            return False
        if entry.deal is not None:
            return who.person not in entry.other.parties
        inside = _is_staff(entry, entry.own.parties, who.employer, view)
        return not inside and who.employer not in entry.other.parties

    def purchases(self, who: Insider, entries: Sequence[Entry]) -> list[str]:
        """Return the deals by which the employee may have had the goods before."""
        listed = {
            e.id: e
            for goods in {goods_of(e, self._view) for e in entries}
            for e in self._all.same(goods)
        }
        listed |= {deal.id: of_deal(deal) for deal in self._alike(entries)}
        return sorted(
            id_
            for id_, bought in listed.items()
            if bought.deal is not None
            and who.person in bought.other.parties
            and any(
                can_precede(bought.span, sold.span) and (sold.id, id_) not in self._view.before
                for sold in entries
            )
        )

    def published(self, who: Insider, entries: Sequence[Entry]) -> list[str]:
        """Return what says that the employer sells or publishes such lists."""
        view = self._view
        facts: set[str] = set()
        about = {who.employer, *(entry.id for entry in entries)}
        for goods in {goods_of(entry, view) for entry in entries}:
            near = {goods}
            for entry, links in self._all.linked(goods):
                near.add(goods_of(entry, view))
                about |= set(links)
                is_own = who.employer in entry.own.parties and entry.deal is not None
                is_selling = entry.deal is not None and entry.deal.kind in _SELLING
                if is_own and is_selling and who.person not in entry.other.parties:
                    facts.add(entry.id)
            about |= {batch for one in near for batch in self._batches.get(one, ())}
            offers = (offer for one in near for offer in self._offered.get(one, ()))
            facts |= {id_ for id_, sellers in offers if who.employer in sellers}
        return sorted({*facts, *view.stated(("public_source",), about)})
