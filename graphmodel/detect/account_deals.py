"""The deals of accounts: where two of them meet, and what was sold to whom under which name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphmodel.detect.records import DealFact, Showing
    from graphmodel.detect.view import CaseView


class AccountDeals:
    """Live deals, no samples, by the account that sold or bought."""

    def __init__(self, view: CaseView) -> None:
        """Index the deals of a case."""
        self._view = view
        self._sold: dict[str, list[DealFact]] = defaultdict(list)
        self._bought: dict[str, list[DealFact]] = defaultdict(list)
        for _, deal in sorted(view.deals.items()):
            if deal.live and deal.kind != "sample":
                self._sold[deal.seller_account].append(deal)
                self._bought[deal.buyer_account].append(deal)
        self._showing = {s.by for s in view.showings if not s.established}

    def opposite(self, a: str, b: str) -> frozenset[str]:
        """Return the facts that two accounts are on two sides of a deal, or of successive deals.

        Successive: one bought what the other can have sold on later.
        """
        facts: set[str] = set()
        for seller, buyer in ((a, b), (b, a)):
            sold = {deal.id: deal for deal in self._sold.get(seller, ())}
            facts |= {deal.id for deal in sold.values() if deal.buyer_account == buyer}
            for bought in self._bought.get(buyer, ()) if sold else ():
                for other in self._view.alike(bought):
                    if other.id in sold and self._view.may_precede(bought.id, other.id):
                        facts |= {*self._view.goods_facts(bought, other)}
        return frozenset(facts)

    def two_names(self, a: str, b: str) -> frozenset[str]:
        """Return the facts that two accounts sold to one buyer and never under the same name."""
        facts: set[str] = set()
        if not {a, b} <= self._showing:
            return frozenset()
        buyers = [{p for d in self._sold.get(x, ()) for p in d.buyers} for x in (a, b)]
        for buyer in sorted(buyers[0] & buyers[1]):
            deals = [[d for d in self._sold[x] if buyer in d.buyers] for x in (a, b)]
            shown = [self._shown(x, to, buyer) for x, to in zip((a, b), deals, strict=True)]
            keys = [{self._view.persona_keys[s.persona] for s in side} for side in shown]
            if all(keys) and not keys[0] & keys[1]:
                facts |= {d.id for side in deals for d in side}
                facts |= {s.fact for side in shown for s in side}
        return frozenset(facts)

    def _shown(self, account: str, deals: Iterable[DealFact], buyer: str) -> list[Showing]:
        return [s for deal in deals for s in self._view.shown_by(account, deal.span, (buyer,))]

    def events(self, accounts: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the deals of each account, else its earliest offer, payment or message."""
        found = {
            account: tuple(
                sorted({d.id for by in (self._sold, self._bought) for d in by.get(account, ())})
            )
            for account in set(accounts)
        }
        rest = sorted(account for account, deals in found.items() if not deals)
        self._view.contacts.need(rest)
        for account in rest:
            known = [c for c in self._view.contacts[account] if c.event not in self._view.deals]
            first = min(known, key=lambda c: (c.span, c.event), default=None)
            found[account] = () if first is None else (first.event,)
        return found
