"""Payments with their parties, balances, refunds; with how many others a party deals in money."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.derive.values import bounded
from graphmodel.detect.batch import Batch
from graphmodel.detect.parties import Side
from graphmodel.detect.records import Span
from graphmodel.detect.view_base import span_of, text_of
from graphmodel.detect.view_deals import DealFacts
from graphmodel.model import counts
from graphmodel.query.reading import read_links, read_nodes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphmodel.model.counts import Bounded


class Transfer(NamedTuple):
    """One payment between two sides; `payer_left` is the payer's balance after it, minor units.

    `net` is the amount less what was paid back, None where that cannot be known; `is_refund` tells
    whether it pays another back.
    """

    id: str
    payer: Side
    payee: Side
    amount: Bounded | None
    net: Bounded | None
    is_refund: bool
    currency: str
    span: Span
    channel: str
    status: str
    payer_left: int | None

    @property
    def moves(self) -> bool:
        """Tell whether money moved and stayed: not failed, no refund, not paid back in full."""
        is_void = self.net is not None and self.net.surely_not_positive()
        return self.status == "ok" and not self.is_refund and not is_void


class Share(NamedTuple):
    """What is stated to have been kept of payments: by whom, how much, of which (`about`)."""

    fact: str
    keepers: frozenset[str]
    amount: Bounded | None
    currency: str
    about: frozenset[str]


NOBODY = Side(frozenset(), "", Span(0, 0))
NO_TRANSFER = Transfer(
    "",
    NOBODY,
    NOBODY,
    None,
    None,
    is_refund=False,
    currency="",
    span=NOBODY.span,
    channel="",
    status="",
    payer_left=None,
)


class PaymentFacts(DealFacts):
    """What typologies of money ask; many payments are read at once."""

    @cached_property
    def transfers(self) -> Batch[Transfer]:
        """Return payments of any status by id."""
        return Batch(self._read_transfers, NO_TRANSFER)

    def _read_transfers(self, payments: list[str]) -> dict[str, Transfer]:
        parties: dict[tuple[str, str], set[str]] = defaultdict(set)
        account: dict[tuple[str, str], str] = {}
        for link in read_links(self.engine, "PARTY", ("role", "account"), start_ids=payments):
            role = str(link.values[0])
            parties[link.start, role].add(link.end)
            account[link.start, role] = str(link.values[1])
        names = ("id", "amount_minor", "amount_bound", "currency", "t0", "t1", "channel", "status")
        rows = read_nodes(
            self.engine, "Payment", (*names, "payer_balance_after_minor"), ids=payments
        )
        refunds = {link.start for link in read_links(self.engine, "REFUNDS", start_ids=payments)}
        returned = self._read_returned_money(payments)
        found: dict[str, Transfer] = {}
        for id_, minor, bound, currency, t0, t1, channel, status, left in rows:
            key, span = str(id_), span_of(t0, t1)
            payer, payee = (
                Side(frozenset(parties[key, role]), account.get((key, role), ""), span)
                for role in ("PAYER", "PAYEE")
            )
            unit, whole = text_of(currency) or self.currency, bounded(minor, bound)
            net = whole
            for back, back_unit in returned.get(key, ()):
                net = counts.subtract(net, back) if back_unit == unit else None
            found[key] = Transfer(
                key,
                payer,
                payee,
                whole,
                net,
                key in refunds,
                unit,
                span,
                text_of(channel) or "",
                str(status),
                left if isinstance(left, int) else None,
            )
        return found

    def _read_returned_money(self, payments: list[str]) -> dict[str, list[tuple[Bounded, str]]]:
        """Return, by payment, what `ok` payments paid back of it, with their currencies."""
        links = read_links(self.engine, "REFUNDS", end_ids=payments)
        names = ("id", "amount_minor", "amount_bound", "currency", "status")
        rows = read_nodes(self.engine, "Payment", names, ids={link.start for link in links})
        known = {
            str(i): (bounded(minor, bound), text_of(currency) or self.currency)
            for i, minor, bound, currency, status in rows
            if status == "ok"
        }
        found: dict[str, list[tuple[Bounded, str]]] = defaultdict(list)
        for link in sorted(links):
            back, unit = known.get(link.start, (None, ""))
            if back is not None:
                found[link.end].append((back, unit))
        return found

    @cached_property
    def counterparties(self) -> Batch[int]:
        """Return with how many other parties a party exchanges payments."""
        return Batch(self._count_counterparties, 0)

    def _count_counterparties(self, parties: list[str]) -> dict[str, int]:
        rows = self.engine.run(
            "MATCH (a)<-[p:PARTY]-(m:Payment)-[q:PARTY]->(b) "
            "WHERE a.id IN $parties AND p.role <> q.role AND a.id <> b.id "
            "RETURN a.id AS a, count(DISTINCT b.id) AS n",
            {"parties": parties},
        ).rows
        return {str(party): int(str(n)) for party, n in rows}

    @cached_property
    def failed_through(self) -> Batch[list[str]]:
        """Return, by account, the failed payments from it or to it."""
        return Batch(self._read_failed, [])

    def _read_failed(self, accounts: list[str]) -> dict[str, list[str]]:
        rows = self.engine.run(
            "MATCH (a:Account)<-[:PAYER|PAYEE]-(m:Payment) "
            "WHERE m.status = 'failed' AND a.id IN $accounts "
            "RETURN DISTINCT a.id AS account, m.id AS payment",
            {"accounts": accounts},
        ).rows
        found: dict[str, list[str]] = defaultdict(list)
        for account, payment in sorted(rows, key=str):
            found[str(account)].append(str(payment))
        return found

    @cached_property
    def refund_facts(self) -> dict[str, tuple[str, ...]]:
        """Return, by payment, the payments that pay it back or that it pays back, itself first."""
        found: dict[str, list[str]] = defaultdict(list)
        for link in sorted(read_links(self.engine, "REFUNDS")):
            found[link.start].append(link.end)
            found[link.end].append(link.start)
        return {payment: (payment, *others) for payment, others in found.items()}

    @cached_property
    def shares(self) -> list[Share]:
        """Return what is stated to be kept or passed on: `share` circumstances and net incomes."""
        found = []
        about, party = self._ends("CONCERNS"), self._ends("CIRCUMSTANCE_PARTY")
        names = ("id", "kind", "amount_minor", "currency")
        for id_, kind, minor, currency in read_nodes(self.engine, "Circumstance", names):
            if kind == "share":
                key = str(id_)
                found.append(self._share(key, party, (minor, None, currency), about))
        covers, earned = self._ends("COVERS"), defaultdict(list)
        for link in read_links(self.engine, "EARNED"):
            earned[link.end].append(link.start)
        keepers = {income: tuple(persons) for income, persons in earned.items()}
        columns = ("id", "kind", "amount_minor", "bound", "currency")
        for id_, kind, minor, bound, currency in read_nodes(self.engine, "Income", columns):
            if kind == "net":
                found.append(self._share(str(id_), keepers, (minor, bound, currency), covers))
        return sorted(found, key=lambda share: share.fact)

    def _share(
        self,
        fact: str,
        keepers: Mapping[str, tuple[str, ...]],
        money: tuple[object, object, object],
        about: Mapping[str, tuple[str, ...]],
    ) -> Share:
        minor, bound, currency = money
        own, facts = frozenset(keepers.get(fact, ())), frozenset(about.get(fact, ()))
        return Share(fact, own, bounded(minor, bound), text_of(currency) or self.currency, facts)

    @cached_property
    def _traded(self) -> dict[str, dict[str, list[str]]]:
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for deal in self.deals.values():
            if deal.live:
                for party in {*deal.sellers, *deal.buyers}:
                    found[party][deal.goods].append(deal.id)
        return found

    def common_goods(self, parties: frozenset[str]) -> list[str]:
        """Return the live deals by which two or more of these parties trade the same goods."""
        traders: dict[str, set[str]] = defaultdict(set)
        for party in parties:
            for goods in self._traded.get(party, ()):
                traders[goods].add(party)
        return sorted(
            {
                deal
                for goods, members in traders.items()
                if len(members) > 1
                for party in members
                for deal in self._traded[party][goods]
            }
        )
