"""One sentence for each fact that is evidence, in both languages."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from graphmodel.detect.wording import amount, both, records
from graphmodel.model import money
from graphmodel.model.counts import Bounded
from graphmodel.model.evidence import Words
from graphmodel.texts import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphmodel.detect.view import CaseView
    from graphmodel.findings.fact_book import CitedFact

EMPTY = Words("", "")


def _number(fact: CitedFact, name: str, bound: str) -> Bounded | None:
    value, told = fact.properties.get(name), fact.properties.get(bound)
    return Bounded.of(value, str(told) if told else None) if isinstance(value, int) else None


def _joined(parts: list[Words]) -> Words:
    return Words("，".join(p.zh for p in parts), ", ".join(p.en for p in parts))


def _part(key: str, name: str, value: object) -> Words:
    return EMPTY if value in (None, "") else both(key, **{name: value})


class Statements:
    """Writes facts as sentences, with persons named where they are known behind an account."""

    def __init__(self, view: CaseView) -> None:
        """Keep the view, for names and parties."""
        self._view = view

    def need(self, facts: Iterable[CitedFact]) -> None:
        """Read in one go who stands behind the accounts that these facts name, and their names."""
        listed = list(facts)
        accounts = {end for fact in listed for end in (fact.start, fact.end) if end}
        accounts |= {fact.id for fact in listed if fact.kind == "Account"}
        for fact in listed:
            if fact.kind == "Deal":
                deal = self._view.deals[fact.id]
                accounts |= {deal.seller_account, deal.buyer_account}
            elif fact.kind == "Delivery":
                moved = self._view.deliveries[fact.id]
                accounts |= {moved.sender_account, moved.receiver_account}
            elif fact.kind == "Payment":
                accounts |= set(self._view.payment_ends[fact.id])
        self._view.need_accounts(accounts)
        people = {c.person for account in accounts for c in self._view.acting_on(account)}
        self._view.need_people(accounts | people)

    @cached_property
    def _named_in(self) -> dict[str, frozenset[str]]:
        """Return the persons or accounts that a circumstance names, by its id."""
        return {one.id: one.parties for one in self._view.circumstances}

    def account(self, account: str) -> str:
        """Return an account with the names of who may act through it."""
        behind = [self._view.name(p) for p in self._view.behind(account) if p != account]
        return f"{'/'.join(sorted(behind))} ({account})" if behind else account

    def party(self, id_: str) -> str:
        """Return a person's name, a persona's name, or an account with its persons."""
        if id_ in self._view.persona_names:
            return self._view.persona_names[id_]
        return self._view.names.get(id_) or self.account(id_)

    def of(self, fact: CitedFact) -> Words:
        """Return the sentence of one fact."""
        writer = {
            "Deal": self._deal,
            "Payment": self._payment,
            "Claim": self._claim,
            "Offer": self._offer,
            "Delivery": self._delivery,
            "Circumstance": self._circumstance,
        }.get(fact.kind)
        if writer is not None:
            return writer(fact)
        if fact.start:
            return self._relationship(fact)
        return self._node(fact)

    def _holders(self, fact: CitedFact) -> str:
        holders = self._view.holders.get(fact.id, ()) if fact.kind == "Account" else ()
        return "/".join(sorted(self._view.name(holder.person) for holder in holders))

    def _terms(self, fact: CitedFact) -> Words:
        known = fact.properties
        currency = str(known.get("currency") or self._view.currency)
        quantity = _number(fact, "quantity", "quantity_bound")
        free = known.get("free_quantity")
        unit = known.get("unit_price_nano")
        value = _number(fact, "value_minor", "value_bound") or _number(
            fact, "total_minor", "total_bound"
        )
        gap = _number(fact, "difference_minor", "difference_bound")
        parts = [
            both("part-quantity", records=records(quantity)) if quantity else EMPTY,
            both("part-free", records=records(Bounded.of(free, "exact")))
            if isinstance(free, int) and free
            else EMPTY,
            both("part-unit", unit=f"{money.format_unit_price(unit)} {currency}")
            if isinstance(unit, int)
            else EMPTY,
            both("part-value", amount=amount(value, currency)) if value else EMPTY,
            both("part-difference", amount=amount(gap, currency)) if gap else EMPTY,
        ]
        told = [part for part in parts if part.en]
        return _joined(told) if told else both("part-nothing")

    def _time(self, fact: CitedFact) -> Words:
        return _part("part-time", "time", fact.properties.get("time"))

    def _state(self, fact: CitedFact) -> Words:
        status = fact.properties.get("status")
        return EMPTY if status in (None, "ok") else both("part-status", status=status)

    def _deal(self, fact: CitedFact) -> Words:
        deal = self._view.deals[fact.id]
        return both(
            "fact-Deal",
            seller=self.account(deal.seller_account),
            buyer=self.account(deal.buyer_account),
            kind=both(f"kind-{deal.kind}"),
            batch=deal.batch,
            terms=self._terms(fact),
            time=self._time(fact),
            state=self._state(fact),
        )

    def _payment(self, fact: CitedFact) -> Words:
        payer, payee = self._view.payment_ends[fact.id]
        currency = str(fact.properties.get("currency") or self._view.currency)
        return both(
            "fact-Payment",
            payer=self.account(payer),
            payee=self.account(payee),
            amount=amount(_number(fact, "amount_minor", "amount_bound"), currency),
            channel=_part("part-channel", "channel", fact.properties.get("channel")),
            time=self._time(fact),
            state=self._state(fact),
        )

    def _claim(self, fact: CitedFact) -> Words:
        claim = self._view.claims_by_id[fact.id]
        return both(
            "fact-Claim",
            agent=self._view.name(claim.agent),
            principal=self._view.name(claim.principal),
            terms=self._terms(fact),
            time=self._time(fact),
        )

    def _offer(self, fact: CitedFact) -> Words:
        offer = self._view.offers_by_id[fact.id]
        return both(
            "fact-Offer",
            seller=self.account(offer.seller_account),
            terms=self._terms(fact),
            time=self._time(fact),
        )

    def _delivery(self, fact: CitedFact) -> Words:
        moved = self._view.deliveries[fact.id]
        number = records(Bounded.of(moved.records, "exact")) if moved.records is not None else None
        return both(
            "fact-Delivery",
            sender=self.account(moved.sender_account),
            receiver=self.account(moved.receiver_account),
            batch=both("part-goods", batch=moved.batch) if moved.batch else both("part-no-goods"),
            records=EMPTY if number is None else both("part-records", records=number),
            channel=_part("part-channel", "channel", fact.properties.get("channel")),
            deal=_part("part-for-deal", "deal", moved.deal),
            time=self._time(fact),
        )

    def _circumstance(self, fact: CitedFact) -> Words:
        known = fact.properties
        kind = str(known.get("kind") or "")
        key = f"circumstance-{kind}"
        currency = str(known.get("currency") or self._view.currency)
        minor = known.get("amount_minor")
        told = amount(Bounded.of(minor, "exact"), currency) if isinstance(minor, int) else None
        party = "/".join(sorted(self.party(id_) for id_ in self._named_in.get(fact.id, ())))
        return both(
            "fact-Circumstance",
            kind=both(key) if key in catalogue() else kind,
            party=_part("part-party", "party", party),
            amount=EMPTY if told is None else both("part-amount", amount=told),
            time=self._time(fact),
        )

    def _relationship(self, fact: CitedFact) -> Words:
        known = fact.properties
        key = f"fact-{fact.kind}"
        if key not in catalogue():
            return both("fact-other", id=fact.id)
        since = _part("part-since", "since", known.get("since"))
        until = _part("part-until", "until", known.get("until"))
        disclosed = known.get("disclosed")
        to = known.get("to")
        return both(
            key,
            start=self.party(fact.start),
            end=self.party(fact.end),
            since=Words(since.zh + until.zh, since.en + until.en),
            to=_part("part-to", "to", self.party(str(to)) if to else None),
            disclosed=both(f"disclosed-{disclosed}") if disclosed in ("yes", "no") else EMPTY,
            kind=known.get("kind") or "",
        )

    def _node(self, fact: CitedFact) -> Words:
        known = fact.properties
        key = f"fact-{fact.kind}"
        if key not in catalogue() or fact.kind == "Message":
            return both("fact-other", id=fact.id)
        currency = str(known.get("currency") or self._view.currency)
        money_named = "amount_minor" if "amount_minor" in known else "total_minor"
        count = _number(fact, "records", "records_bound")
        return both(
            key,
            id=fact.id,
            name=known.get("name") or "",
            platform=known.get("platform") or "?",
            holder=_part("part-holder", "holder", self._holders(fact)),
            kind=known.get("kind") or "",
            time=self._time(fact),
            label=_part("part-label", "label", known.get("label")),
            records=both("part-records", records=records(count)) if count else EMPTY,
            amount=amount(_number(fact, money_named, "total_bound"), currency),
        )
