"""What accounts used, when they were opened, and every payment through them."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from graphmodel.derive.values import bounded
from graphmodel.detect.batch import Batch
from graphmodel.detect.records import Flow, Span, Use
from graphmodel.detect.view_base import HOLDING, Reading, holding_of, span_of, text_of
from graphmodel.model import counts
from graphmodel.query.reading import read_links, read_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphmodel.model.counts import Bounded

    _Refund = tuple[str, Bounded | None, str]


_FLOWS = (
    "MATCH (a:Account)<-[:PAYER]-(m:Payment)-[:PAYEE]->(b:Account) WHERE {} "
    "RETURN m.id AS id, a.id AS payer, b.id AS payee, m.amount_minor AS amount, "
    "m.amount_bound AS bound, m.currency AS currency, m.status AS status, m.t0 AS t0, m.t1 AS t1"
)


class AccountFacts(Reading):
    """Identifiers, openings and payments, by account."""

    @cached_property
    def uses_of(self) -> Batch[list[Use]]:
        """Return, by account, which identifiers it used and when, in order of fact."""
        return Batch(self._read_uses_of, [])

    def _read_uses_of(self, accounts: list[str]) -> dict[str, list[Use]]:
        links = read_links(self.engine, "USED", ("id", *HOLDING), start_ids=accounts)
        kinds = {
            str(i): str(kind)
            for i, kind in read_nodes(
                self.engine, "Identifier", ("id", "kind"), ids={link.end for link in links}
            )
        }
        found: dict[str, list[Use]] = defaultdict(list)
        for link in sorted(links, key=lambda one: str(one.values[0])):
            holding = holding_of(link.values[1:5])
            use = Use(str(link.values[0]), link.start, link.end, kinds[link.end], holding)
            found[link.start].append(use)
        return found

    @cached_property
    def users_of(self) -> Batch[frozenset[str]]:
        """Return, by identifier, the accounts that used it."""
        return Batch(self._read_users_of, frozenset())

    def _read_users_of(self, identifiers: list[str]) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for link in read_links(self.engine, "USED", end_ids=identifiers):
            found[link.end].add(link.start)
        return {identifier: frozenset(users) for identifier, users in found.items()}

    def too_common(self, name: str, max_accounts: int) -> list[str]:
        """Return what a typology left out because too many accounts used it, as `truncated` says.

        Nothing where every identifier links somebody.
        """
        common = self.common_identifiers(max_accounts)
        if not common:
            return []
        told = ", ".join(f"{kind} {id_} ({users} accounts)" for id_, kind, users in common[:3])
        more = f" and {len(common) - 3} more" if len(common) > 3 else ""  # noqa: PLR2004 # as told
        return [f"{name}: max_accounts {max_accounts}: linking nobody: {told}{more}"]

    def common_identifiers(self, max_accounts: int) -> list[tuple[str, str, int]]:
        """Return (identifier, kind, accounts) of those that too many used to link anybody."""
        rows = self.engine.run(
            "MATCH (i:Identifier)<-[:USED]-(a:Account) "
            "WITH i.id AS id, i.kind AS kind, count(DISTINCT a.id) AS n "
            "WHERE n > $max_accounts RETURN id, kind, n",
            {"max_accounts": max_accounts},
        ).rows
        return sorted((str(id_), str(kind), int(str(n))) for id_, kind, n in rows)

    @cached_property
    def opened(self) -> Batch[Span | None]:
        """Return when an account was opened; None where that is not stated."""
        return Batch(self._read_opened, None)

    def _read_opened(self, accounts: list[str]) -> dict[str, Span | None]:
        rows = read_nodes(self.engine, "Account", ("id", "opened_t0", "opened_t1"), ids=accounts)
        return {str(i): None if t0 is None or t1 is None else span_of(t0, t1) for i, t0, t1 in rows}

    @cached_property
    def flows(self) -> Batch[list[Flow]]:
        """Return, by account, its payments in and out of every status, in order of id."""
        return Batch(self._read_flows, [])

    def flows_among(self, accounts: Iterable[str]) -> list[Flow]:
        """Return the payments of every status between accounts of a set, in order of id."""
        ids = sorted(set(accounts))
        rows = self.engine.run(_FLOWS.format("a.id IN $ids AND b.id IN $ids"), {"ids": ids}).rows
        found = self._flows_of({str(row[0]): row for row in rows}, set(ids))
        return [
            flow for _, flow in sorted({f.id: f for own in found.values() for f in own}.items())
        ]

    def _read_flows(self, accounts: list[str]) -> dict[str, list[Flow]]:
        rows = {
            str(row[0]): row
            for side in ("a", "b")
            for row in self.engine.run(_FLOWS.format(f"{side}.id IN $ids"), {"ids": accounts}).rows
        }
        return self._flows_of(rows, set(accounts))

    def _flows_of(
        self, rows: Mapping[str, Sequence[object]], asked: set[str]
    ) -> dict[str, list[Flow]]:
        refunds = {
            link.start: link.end
            for link in read_links(self.engine, "REFUNDS", start_ids=rows.keys())
        }
        back = self._read_returned(rows.keys())
        found: dict[str, list[Flow]] = defaultdict(list)
        for id_, row in sorted(rows.items()):
            _, payer, payee, minor, bound, currency, status, t0, t1 = row
            unit = text_of(currency) or self.currency
            returned = back.get(id_, ())
            flow = Flow(
                id_,
                str(payer),
                str(payee),
                _net(bounded(minor, bound), unit, returned),
                unit,
                str(status),
                span_of(t0, t1),
                refunds.get(id_),
                tuple(refund for refund, _, _ in returned),
            )
            for account in {flow.payer, flow.payee} & asked:
                found[account].append(flow)
        return found

    def _read_returned(self, payments: Iterable[str]) -> dict[str, list[_Refund]]:
        """Return the `ok` payments that pay back: (id, amount, currency), by the one paid back."""
        links = read_links(self.engine, "REFUNDS", end_ids=payments)
        names = ("id", "amount_minor", "amount_bound", "currency", "status")
        rows = read_nodes(self.engine, "Payment", names, ids={link.start for link in links})
        amounts = {
            str(i): (bounded(minor, bound), text_of(currency) or self.currency)
            for i, minor, bound, currency, status in rows
            if status == "ok"
        }
        found: dict[str, list[_Refund]] = defaultdict(list)
        for link in sorted(links, key=lambda one: one.start):
            if link.start in amounts:
                found[link.end].append((link.start, *amounts[link.start]))
        return found


def _net(amount: Bounded | None, currency: str, returned: Sequence[_Refund]) -> Bounded | None:
    """Return an amount less what was paid back; absent where that is of another currency."""
    for _, part, unit in returned:
        amount = counts.subtract(amount, part) if unit == currency else None
    return amount
