"""Deals with their parties and payments, what is the same goods, and what came first."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from graphmodel.derive.values import DEAL_PRICE, bounded, price_of, read_paid
from graphmodel.detect.batch import Batch
from graphmodel.detect.records import DealFact, PaymentFact
from graphmodel.detect.view_base import Reading, span_of
from graphmodel.model.deal_value import Paid, deal_value
from graphmodel.query.reading import read_links, read_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphmodel.model.counts import Bounded


class DealFacts(Reading):
    """Deals, goods, payments and the order of events."""

    @cached_property
    def deals(self) -> dict[str, DealFact]:
        """Return all deals by id."""
        sellers, buyers = self._ends("SELLER"), self._ends("BUYER")
        seller_agents, buyer_agents = self._ends("SELLER_AGENT"), self._ends("BUYER_AGENT")
        batches, paid = self._ends("FOR_BATCH"), read_paid(self.engine)
        parties = self.parties_of("Deal")
        times = ("t0", "t1", "transfer_t0", "transfer_t1")
        names = ("id", "kind", "status", "live", *times, "goods", "free_quantity", *DEAL_PRICE)
        deals = {}
        for row in read_nodes(self.engine, "Deal", names):
            id_, kind, status, live, t0, t1, handed_t0, handed_t1, goods, free, *price_cells = row
            deal, price = str(id_), price_of(tuple(price_cells))
            money = paid.get(deal, Paid())
            roles = parties.get(deal, {})
            deals[deal] = DealFact(
                id=deal,
                kind=str(kind),
                status=str(status),
                live=bool(live),
                span=span_of(t0, t1),
                price=price,
                free_quantity=free if isinstance(free, int) else None,
                value=deal_value(price, money),
                paid=money,
                currency=price.currency or self.currency,
                goods=str(goods),
                batch=batches[deal][0],
                seller_account=sellers[deal][0],
                buyer_account=buyers[deal][0],
                sellers=roles.get("SELLER", ()),
                buyers=roles.get("BUYER", ()),
                seller_agents=seller_agents.get(deal, ()),
                buyer_agents=buyer_agents.get(deal, ()),
                transfer=span_of(handed_t0, handed_t1),
            )
        return deals

    @cached_property
    def _deals_of_party(self) -> dict[str, list[DealFact]]:
        found: dict[str, list[DealFact]] = defaultdict(list)
        for deal in self.deals.values():
            for party in {*deal.sellers, *deal.buyers}:
                found[party].append(deal)
        return found

    def deals_of(self, party: str) -> list[DealFact]:
        """Return the deals that a party made on either side."""
        return self._deals_of_party.get(party, [])

    @cached_property
    def deals_of_goods(self) -> dict[str, list[DealFact]]:
        """Return the deals of each goods, in order of id."""
        found: dict[str, list[DealFact]] = defaultdict(list)
        for id_ in sorted(self.deals):
            found[self.deals[id_].goods].append(self.deals[id_])
        return found

    @cached_property
    def resales(self) -> dict[tuple[str, str], tuple[str, int, bool, bool, bool]]:
        """Return (fact, hands, shown, decided, close) of each RESALE by (deal, deal)."""
        names = ("id", "hands", "shown", "decided", "close")
        return {
            (link.start, link.end): link.values  # type: ignore[misc] # declared types of RESALE
            for link in read_links(self.engine, "RESALE", names)
        }

    @cached_property
    def before(self) -> dict[tuple[str, str], str]:
        """Return the stated orders: the fact that the first event is earlier than the second."""
        return {
            (link.start, link.end): str(link.values[0])
            for link in read_links(self.engine, "BEFORE")
        }

    @cached_property
    def totals(self) -> dict[frozenset[str], tuple[str, Bounded, str]]:
        """Return the sums stated for several events: (fact, minor units, currency) by their ids."""
        covers = self._ends("COVERS")
        names = ("id", "total_minor", "total_bound", "currency")
        found = {}
        for id_, total, bound, currency in sorted(read_nodes(self.engine, "Total", names), key=str):
            number = bounded(total, bound)
            if number is not None and str(id_) in covers:
                fact = (str(id_), number, str(currency or self.currency))
                found[frozenset(covers[str(id_)])] = fact
        return found

    @cached_property
    def _alike(self) -> dict[str, dict[str, str]]:
        """Return, by deal, the deals of linked batches or equal rare quantity, with the fact."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        of_batch: dict[str, list[str]] = defaultdict(list)
        for deal in self.deals.values():
            of_batch[deal.batch].append(deal.id)
        for link in read_links(self.engine, "SAME_BATCH"):
            for a in of_batch[link.start]:
                for b in of_batch[link.end]:
                    found[a][b] = found[b][a] = str(link.values[0])
        for link in read_links(self.engine, "SAME_QUANTITY"):
            found[link.start].setdefault(link.end, str(link.values[0]))
            found[link.end].setdefault(link.start, str(link.values[0]))
        return found

    def alike(self, deal: DealFact) -> list[DealFact]:
        """Return the other live deals of the same goods, shown or by rare quantity, by id."""
        ids = {d.id for d in self.deals_of_goods.get(deal.goods, ())} | set(self._alike[deal.id])
        found = [self.deals[i] for i in sorted(ids - {deal.id})]
        return [d for d in found if d.live and d.kind != "sample"]

    def goods_facts(self, a: DealFact, b: DealFact) -> tuple[str, ...]:
        """Return the facts that show two deals to be about the same goods."""
        if a.batch == b.batch:
            return (a.id, b.id, f"batches:{a.batch}")
        link = self._alike[a.id].get(b.id)
        return (a.id, b.id, *((link,) if link else (f"batches:{a.batch}", f"batches:{b.batch}")))

    def may_precede(self, a: str, b: str) -> bool:
        """Tell whether one deal can be before another, by times and stated order."""
        return self.deals[a].transfer.t0 <= self.deals[b].transfer.t1 and (b, a) not in self.before

    def order_facts(self, a: str, b: str) -> tuple[str, ...]:
        """Return the facts by which one event is surely before another; none if undecided."""
        if (a, b) in self.before:
            return (a, b, self.before[a, b])
        return (a, b) if self.decided(a, b) else ()

    def decided(self, a: str, b: str) -> bool:
        """Tell whether one deal is surely before another, by times or stated order."""
        return self.deals[a].transfer.t1 < self.deals[b].transfer.t0 or (a, b) in self.before

    @cached_property
    def batch_goods(self) -> dict[str, str]:
        """Return the goods of every batch."""
        return {str(i): str(g) for i, g in read_nodes(self.engine, "Batch", ("id", "goods"))}

    @cached_property
    def categories(self) -> dict[str, str]:
        """Return the category of every batch that has one."""
        rows = read_nodes(self.engine, "Batch", ("id", "category"))
        return {str(i): str(c) for i, c in rows if c}

    @cached_property
    def _settled(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for deal in self.deals.values():
            for payment in deal.payments:
                found[payment].append(deal.id)
        return found

    def settled_by(self, payment: str) -> list[str]:
        """Return the deals that a payment settles."""
        return self._settled.get(payment, [])

    @cached_property
    def party_facts(self) -> Batch[list[str]]:
        """Return the facts that say who acts in an event, by event."""
        return Batch(self._read_party_facts, [])

    def _read_party_facts(self, events: list[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for link in read_links(self.engine, "PARTY", start_ids=events):
            found[link.start].append(str(link.values[0]))
        return found

    @cached_property
    def paid_by(self) -> Batch[list[PaymentFact]]:
        """Return the `ok` payments made by a party, by party."""
        return Batch(self._read_payments, [])

    def _read_payments(self, payers: list[str]) -> dict[str, list[PaymentFact]]:
        rows = self.engine.run(
            "MATCH (a)<-[p:PARTY]-(m:Payment)-[q:PARTY]->(b) "
            "WHERE p.role = 'PAYER' AND q.role = 'PAYEE' AND a.id IN $payers AND m.status = 'ok' "
            "RETURN DISTINCT a.id AS a, b.id AS b, m.id AS id, m.amount_minor AS amount, "
            "m.amount_bound AS bound, m.currency AS currency, m.t0 AS t0, m.t1 AS t1",
            {"payers": payers},
        ).rows
        found: dict[str, list[PaymentFact]] = defaultdict(list)
        for payer, payee, id_, minor, bound, currency, t0, t1 in rows:
            amount = bounded(minor, bound)
            if amount is not None:
                fact = PaymentFact(str(id_), str(payee), amount, str(currency), span_of(t0, t1))
                found[str(payer)].append(fact)
        return found

    def payments_between(self, payers: Iterable[str], payees: Iterable[str]) -> list[PaymentFact]:
        """Return the `ok` payments between two sets of parties, each once, by id."""
        wanted = set(payees)
        listed = [fact for payer in set(payers) for fact in self.paid_by[payer]]
        found = {fact.id: fact for fact in sorted(listed) if fact.payee in wanted}
        return [found[id_] for id_ in sorted(found)]
