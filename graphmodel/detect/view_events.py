"""Names shown, circumstances, claims, offers, and who was in contact with whom."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from graphmodel.derive.values import DEAL_PRICE, bounded, price_of
from graphmodel.detect.batch import Batch
from graphmodel.detect.records import (
    CircumstanceFact,
    ClaimFact,
    Contact,
    EventTime,
    Holding,
    OfferFact,
    Showing,
    Span,
)
from graphmodel.detect.view_base import HOLDING, holding_of, span_of, text_of
from graphmodel.detect.view_deals import DealFacts
from graphmodel.detect.view_people import PeopleFacts
from graphmodel.model.deal_value import priced_value
from graphmodel.model.schema import FOREVER
from graphmodel.query.reading import read_links, read_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable

_ROLE_PAIRS = (
    ("SELLER", "BUYER"),
    ("OFFERED_BY", "OFFERED_TO"),
    ("PAYEE", "PAYER"),
    ("AUTHOR", "READER"),
)


class EventFacts(DealFacts, PeopleFacts):
    """What is said, shown, offered and claimed."""

    @cached_property
    def persona_keys(self) -> dict[str, str]:
        """Return the normalised name of each persona."""
        return {str(i): str(k) for i, k in read_nodes(self.engine, "Persona", ("id", "key"))}

    @cached_property
    def persona_names(self) -> dict[str, str]:
        """Return the name of every persona as shown."""
        return {str(i): str(n) for i, n in read_nodes(self.engine, "Persona", ("id", "name"))}

    @cached_property
    def showings(self) -> list[Showing]:
        """Return who shows or established which persona, in order of fact."""
        always = Holding(-FOREVER, -FOREVER, FOREVER, FOREVER)
        shown = [
            Showing(
                str(link.values[0]),
                link.start,
                link.start_label,
                link.end,
                text_of(link.values[1]),
                holding_of(link.values[2:6]),
                established=False,
            )
            for link in read_links(self.engine, "PRESENTS_AS", ("id", "to", *HOLDING))
        ]
        established = [
            Showing(
                str(link.values[0]),
                link.start,
                link.start_label,
                link.end,
                None,
                always,
                established=True,
            )
            for link in read_links(self.engine, "ESTABLISHED")
        ]
        return sorted([*shown, *established], key=lambda showing: showing.fact)

    def shown_by(self, account: str, at: Span, audience: Iterable[str]) -> list[Showing]:
        """Return what an account may show at an event to one of these parties or their accounts."""
        seen = set(audience)
        seen |= {a for party in tuple(seen) for a in self.accounts_of(party)}
        return [
            s
            for s in self._showings_by.get(account, ())
            if not s.established and s.holding.may_hold(at) and (s.to is None or s.to in seen)
        ]

    @cached_property
    def _showings_by(self) -> dict[str, list[Showing]]:
        found: dict[str, list[Showing]] = defaultdict(list)
        for showing in self.showings:
            found[showing.by].append(showing)
        return found

    def showings_of(self, personas: Iterable[str]) -> list[Showing]:
        """Return who shows or established these names or names that look the same."""
        keys = {self.persona_keys[p] for p in personas if p in self.persona_keys}
        found = [showing for key in keys for showing in self._showings_under.get(key, ())]
        return sorted(found, key=lambda showing: showing.fact)

    @cached_property
    def _showings_under(self) -> dict[str, list[Showing]]:
        found: dict[str, list[Showing]] = defaultdict(list)
        for showing in self.showings:
            if showing.persona in self.persona_keys:
                found[self.persona_keys[showing.persona]].append(showing)
        return found

    def common_personas(self, max_holders: int) -> list[tuple[str, int]]:
        """Return a persona of each name that more parties show than a name of one seller would."""
        self.need_accounts(showing.by for showing in self.showings if not showing.established)
        parties: dict[str, set[str]] = defaultdict(set)
        first: dict[str, str] = {}
        for showing in self.showings:
            if not showing.established:
                key = self.persona_keys[showing.persona]
                parties[key] |= self.behind(showing.by).keys()
                first[key] = min(first.get(key, showing.persona), showing.persona)
        return sorted((first[k], len(p)) for k, p in parties.items() if len(p) > max_holders)

    @cached_property
    def circumstances(self) -> list[CircumstanceFact]:
        """Return all circumstances in order of id."""
        about: dict[str, set[str]] = defaultdict(set)
        for link in read_links(self.engine, "CONCERNS", ("id", "about")):
            about[link.start] |= {link.end, *([str(link.values[1])] if link.values[1] else [])}
        parties = self._ends("CIRCUMSTANCE_PARTY")
        return [
            CircumstanceFact(
                str(i), str(k), frozenset(about[str(i)]), frozenset(parties.get(str(i), ()))
            )
            for i, k in sorted(read_nodes(self.engine, "Circumstance", ("id", "kind")), key=str)
        ]

    def stated(self, kinds: Iterable[str], about: Iterable[str]) -> list[str]:
        """Return the ids of circumstances of these kinds about any of these facts."""
        return [c.id for c in self.circumstances_about(about, kinds)]

    def circumstances_about(
        self, about: Iterable[str], kinds: Iterable[str]
    ) -> list[CircumstanceFact]:
        """Return the circumstances of these kinds about any of these facts, in order of id."""
        wanted = set(kinds)
        found = {
            c.id: c for fact in set(about) for c in self._about.get(fact, ()) if c.kind in wanted
        }
        return [found[id_] for id_ in sorted(found)]

    @cached_property
    def _about(self) -> dict[str, list[CircumstanceFact]]:
        found: dict[str, list[CircumstanceFact]] = defaultdict(list)
        for circumstance in self.circumstances:
            for fact in circumstance.about:
                found[fact].append(circumstance)
        return found

    @cached_property
    def claims(self) -> list[ClaimFact]:
        """Return all reports of purchases, in order of id."""
        by, to, about = (self._ends(t) for t in ("CLAIMED_BY", "CLAIMED_TO", "ABOUT"))
        names = ("id", "t0", "t1", "difference_minor", "difference_bound", *DEAL_PRICE)
        found = []
        for row in read_nodes(self.engine, "Claim", names):
            id_, t0, t1, gap, gap_bound, *cells = row
            claim, price = str(id_), price_of(tuple(cells))
            found.append(
                ClaimFact(
                    claim,
                    by[claim][0],
                    to[claim][0],
                    about.get(claim, ()),
                    price,
                    priced_value(price),
                    bounded(gap, gap_bound),
                    price.currency or self.currency,
                    span_of(t0, t1),
                )
            )
        return sorted(found, key=lambda claim: claim.id)

    @cached_property
    def offers(self) -> list[OfferFact]:
        """Return all offers, in order of id."""
        by, to, batches = (self._ends(t) for t in ("OFFERED_BY", "OFFERED_TO", "FOR_BATCH"))
        parties = self.parties_of("Offer")
        names = ("id", "t0", "t1", "quantity", "unit_price_nano", "total_minor", "currency")
        found = []
        for id_, t0, t1, quantity, unit, total, currency in read_nodes(self.engine, "Offer", names):
            offer = str(id_)
            roles = parties.get(offer, {})
            found.append(
                OfferFact(
                    offer,
                    by[offer][0],
                    next(iter(to.get(offer, ())), None),
                    roles.get("OFFERED_BY", ()),
                    roles.get("OFFERED_TO", ()),
                    next(iter(batches.get(offer, ())), None),
                    price_of((quantity, None, unit, None, total, None, currency)),
                    span_of(t0, t1),
                )
            )
        return sorted(found, key=lambda offer: offer.id)

    @cached_property
    def claims_by_id(self) -> dict[str, ClaimFact]:
        """Return all reports of purchases by id."""
        return {claim.id: claim for claim in self.claims}

    @cached_property
    def offers_by_id(self) -> dict[str, OfferFact]:
        """Return all offers by id."""
        return {offer.id: offer for offer in self.offers}

    @cached_property
    def showings_by_fact(self) -> dict[str, Showing]:
        """Return who shows or established which persona, by fact."""
        return {showing.fact: showing for showing in self.showings}

    @cached_property
    def contacts(self) -> Batch[list[Contact]]:
        """Return, by account, its deals, offers, payments and messages.

        One entry per event; `others` are the parties of the other side.
        """
        return Batch(self._read_contacts, [])

    def _read_contacts(self, accounts: list[str]) -> dict[str, list[Contact]]:
        rows = self.engine.run(
            "MATCH (e)-[p:PARTY]->() WHERE p.account IN $accounts "
            "MATCH (e)-[q:PARTY]->(o) WHERE q.role <> p.role "
            "RETURN DISTINCT e.id AS e, labels(e)[0] AS label, p.account AS account, "
            "p.role AS role, q.role AS other_role, o.id AS o, e.t0 AS t0, e.t1 AS t1",
            {"accounts": accounts},
        ).rows
        pairs = {pair for a, b in _ROLE_PAIRS for pair in ((a, b), (b, a))}
        others: dict[tuple[str, str, str, Span], set[str]] = defaultdict(set)
        for event, label, account, role, other_role, other, t0, t1 in rows:
            if (role, other_role) in pairs:
                others[str(account), str(event), str(label), span_of(t0, t1)].add(str(other))
        found: dict[str, list[Contact]] = defaultdict(list)
        for (account, event, label, span), people in sorted(others.items()):
            found[account].append(Contact(event, label, account, frozenset(people), span))
        return found

    @cached_property
    def payment_ends(self) -> Batch[tuple[str, str]]:
        """Return the accounts of payer and payee, by payment."""
        return Batch(self._read_payment_ends, ("", ""))

    def _read_payment_ends(self, payments: list[str]) -> dict[str, tuple[str, str]]:
        payer, payee = (
            {link.start: link.end for link in read_links(self.engine, type_, start_ids=payments)}
            for type_ in ("PAYER", "PAYEE")
        )
        return {id_: (payer[id_], payee[id_]) for id_ in payer}

    @cached_property
    def times(self) -> Batch[EventTime]:
        """Return the time as stated and the interval, by event."""
        return Batch(self._read_times, EventTime(None, -FOREVER, FOREVER))

    def _read_times(self, events: list[str]) -> dict[str, EventTime]:
        found: dict[str, EventTime] = {}
        for label in ("Offer", "Payment", "Claim", "Deal", "Delivery"):
            rows = read_nodes(self.engine, label, ("id", "time", "t0", "t1"), ids=events)
            found |= {str(i): EventTime(text_of(t), *span_of(t0, t1)) for i, t, t0, t1 in rows}
        return found
