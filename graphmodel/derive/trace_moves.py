"""What a trace follows, read through the engine: payments of parties, or handovers of one goods."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.derive.trace import Move
from graphmodel.derive.values import bounded
from graphmodel.model.money import CURRENCIES
from graphmodel.query.reading import read_links, read_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphmodel.model.counts import Bounded
    from graphmodel.query.engines.base import Engine

_LEAST_HANDS = 3
"""RESALE with as many hands is the same party: found without it."""


class Scope(NamedTuple):
    """Direction, currency of the case, least amount in major units, most moves of one party."""

    is_up: bool
    currency: str
    min_amount: Fraction | None
    max_fan: int


class _Ends(NamedTuple):
    accounts: dict[tuple[str, str], str]
    parties: dict[tuple[str, str], set[str]]


def _ends(engine: Engine, events: Iterable[str], roles: Sequence[str]) -> _Ends:
    """Return accounts and parties of events, by event and role."""
    ids = list(events)
    accounts: dict[tuple[str, str], str] = {}
    parties: dict[tuple[str, str], set[str]] = defaultdict(set)
    for link in read_links(engine, "PARTY", ("role", "account"), start_ids=ids):
        role, account = (str(cell) for cell in link.values)
        if role in roles:
            accounts[link.start, role] = account
            parties[link.start, role].add(link.end)
    return _Ends(accounts, parties)


def stated_orders(engine: Engine, events: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Return the stated orders (earlier, later) that begin at one of some events."""
    return frozenset(
        (link.start, link.end) for link in read_links(engine, "BEFORE", start_ids=events)
    )


class PaymentMoves:
    """Payments as moves of money."""

    def __init__(self, engine: Engine, scope: Scope) -> None:
        """Keep the engine and what is asked for."""
        self._engine = engine
        self._scope = scope

    def first(self, account: str) -> list[Move]:
        """Return the payments out of an account; going up, into it."""
        type_ = "PAYEE" if self._scope.is_up else "PAYER"
        links = read_links(self._engine, type_, end_ids=[account])
        return self._read({link.start for link in links})

    def onward(
        self, parties: frozenset[str], low: int, high: int
    ) -> tuple[list[Move], dict[str, int]]:
        """Return the payments by (going up: to) parties that may lie between two instants.

        Of a party with too many only the number.
        """
        rows = self._engine.run(
            "MATCH (m:Payment)-[p:PARTY]->(q) WHERE q.id IN $parties AND p.role = $role "
            "AND m.t0 <= $high AND m.t1 >= $low RETURN m.id AS id, q.id AS q",
            {
                "parties": sorted(parties),
                "role": "PAYEE" if self._scope.is_up else "PAYER",
                "low": low,
                "high": high,
            },
        ).rows
        counted = Counter(str(party) for _, party in rows)
        hubs = {party: many for party, many in counted.items() if many > self._scope.max_fan}
        return self._read({str(id_) for id_, party in rows if party not in hubs}), hubs

    def _read(self, ids: set[str]) -> list[Move]:
        names = ("id", "amount_minor", "amount_bound", "currency", "status", "t0", "t1")
        ends = _ends(self._engine, ids, ("PAYER", "PAYEE"))
        backs = {link.start for link in read_links(self._engine, "REFUNDS", start_ids=ids)}
        returned = self._returned(ids)
        found = []
        for id_, minor, bound, currency, status, t0, t1 in read_nodes(
            self._engine, "Payment", names, ids=ids
        ):
            event, unit = str(id_), str(currency or self._scope.currency)
            amount = bounded(minor, bound)
            back = [part for part, other in returned.get(event, ()) if other == unit]
            state = str(status)
            if state == "ok" and event in backs:
                state = "refund"
            elif state == "ok" and back:
                is_whole = amount is not None and sum(back) >= amount.value
                state = "paid_back" if is_whole else "part_paid_back"
            if not self._is_below(amount, unit):
                payer, payee = (event, "PAYER"), (event, "PAYEE")
                found.append(
                    Move(
                        event,
                        "Payment",
                        ends.accounts[payer],
                        ends.accounts[payee],
                        frozenset(ends.parties[payer]),
                        frozenset(ends.parties[payee]),
                        int(str(t0)),
                        int(str(t1)),
                        amount,
                        unit,
                        state,
                        None,
                        None,
                    )
                )
        return found

    def _is_below(self, amount: Bounded | None, currency: str) -> bool:
        """Tell whether an amount is surely below the least one asked for."""
        least, high = self._scope.min_amount, None if amount is None else amount.high()
        return least is not None and high is not None and high < least * 10 ** CURRENCIES[currency]

    def _returned(self, ids: Iterable[str]) -> Mapping[str, list[tuple[Fraction, str]]]:
        """Return what `ok` payments surely paid back of each payment, with the currencies."""
        links = read_links(self._engine, "REFUNDS", end_ids=ids)
        names = ("id", "amount_minor", "amount_bound", "currency", "status")
        rows = read_nodes(self._engine, "Payment", names, ids={link.start for link in links})
        sums = {
            str(id_): (amount.low(floor=Fraction(0)) or Fraction(0), str(unit or ""))
            for id_, minor, bound, unit, status in rows
            if status == "ok" and (amount := bounded(minor, bound)) is not None
        }
        found: dict[str, list[tuple[Fraction, str]]] = defaultdict(list)
        for link in links:
            if link.start in sums:
                part, unit = sums[link.start]
                found[link.end].append((part, unit or self._scope.currency))
        return found


class GoodsMoves:
    """Deals and deliveries of one batch, or of goods shown to be the same."""

    def __init__(self, engine: Engine, scope: Scope, batch: str) -> None:
        """Read the handovers of the goods; a delivery for one of the deals is that deal."""
        self._engine = engine
        self._scope = scope
        batches = self._batches(batch)
        of_batch = {
            link.start: link.end
            for link in read_links(engine, "FOR_BATCH", end_ids=batches)
            if link.start_label in {"Deal", "Delivery"}
        }
        self._moves = self._deals(of_batch)
        self._moves |= self._deliveries(of_batch, frozenset(self._moves))

    def _batches(self, batch: str) -> set[str]:
        """Return a batch with those of the same goods, and those shown to be the same as it."""
        engine = self._engine
        goods = {str(i): str(g) for i, g in read_nodes(engine, "Batch", ("id", "goods"))}
        same = {other for other in goods if goods[other] == goods.get(batch)} | {batch}
        for link in read_links(engine, "SAME_BATCH", start_ids=same):
            same.add(link.end)
        for link in read_links(engine, "SAME_BATCH", end_ids=[b for b in same if b in goods]):
            same.add(link.start)
        return same

    def _deals(self, of_batch: Mapping[str, str]) -> dict[str, Move]:
        names = (
            *("id", "status", "live", "transfer_t0", "transfer_t1", "value_minor", "value_bound"),
            *("currency", "quantity", "quantity_bound", "free_quantity"),
        )
        rows = read_nodes(self._engine, "Deal", names, ids=of_batch)
        ends = _ends(self._engine, (str(row[0]) for row in rows), ("SELLER", "BUYER"))
        found = {}
        for id_, status, live, t0, t1, minor, bound, currency, many, many_bound, free in rows:
            deal = str(id_)
            state = "ok" if live else "taken_back"
            quantity = bounded(many, many_bound)
            if quantity is not None and isinstance(free, int):
                quantity = type(quantity)(quantity.value + free, quantity.bound)
            found[deal] = Move(
                deal,
                "Deal",
                ends.accounts[deal, "SELLER"],
                ends.accounts[deal, "BUYER"],
                frozenset(ends.parties[deal, "SELLER"]),
                frozenset(ends.parties[deal, "BUYER"]),
                int(str(t0)),
                int(str(t1)),
                bounded(minor, bound),
                str(currency or self._scope.currency),
                "cancelled" if status == "cancelled" else state,
                of_batch[deal],
                quantity,
            )
        return self._with_others(found)

    def _with_others(self, deals: Mapping[str, Move]) -> dict[str, Move]:
        """Return the deals with the kin or agents by whom the goods were sold on (RESALE)."""
        is_up = self._scope.is_up
        beyond: dict[str, frozenset[str]] = defaultdict(frozenset)
        for link in read_links(self._engine, "RESALE", ("hands",), start_ids=deals):
            if link.end in deals and link.values[0] != _LEAST_HANDS:
                here, there = (link.end, link.start) if is_up else (link.start, link.end)
                beyond[here] |= deals[there].takers if is_up else deals[there].givers
        return {id_: move._replace(beyond=beyond[id_]) for id_, move in deals.items()}

    def _deliveries(self, of_batch: Mapping[str, str], deals: frozenset[str]) -> dict[str, Move]:
        fulfils = {
            link.start: link.end for link in read_links(self._engine, "FULFILS", end_ids=deals)
        }
        ids = {event for event in of_batch if event not in deals and event not in fulfils}
        names = ("id", "records", "t0", "t1")
        rows = read_nodes(self._engine, "Delivery", names, ids=ids)
        ends = _ends(self._engine, (str(row[0]) for row in rows), ("SENDER", "RECEIVER"))
        return {
            str(id_): Move(
                str(id_),
                "Delivery",
                ends.accounts[str(id_), "SENDER"],
                ends.accounts[str(id_), "RECEIVER"],
                frozenset(ends.parties[str(id_), "SENDER"]),
                frozenset(ends.parties[str(id_), "RECEIVER"]),
                int(str(t0)),
                int(str(t1)),
                None,
                "",
                "ok",
                of_batch[str(id_)],
                bounded(number, "exact"),
            )
            for id_, number, t0, t1 in rows
        }

    def first(self, account: str) -> list[Move]:
        """Return the handovers by an account; going up, to it."""
        is_up = self._scope.is_up
        moves = self._moves.values()
        return [move for move in moves if (move.taker if is_up else move.giver) == account]

    def onward(
        self, parties: frozenset[str], low: int, high: int
    ) -> tuple[list[Move], dict[str, int]]:
        """Return the handovers by (going up: to) parties that may lie between two instants."""
        is_up = self._scope.is_up
        found = [
            move
            for move in self._moves.values()
            if (move.takers if is_up else move.givers) & parties
            and move.t0 <= high
            and move.t1 >= low
        ]
        counted = Counter(
            party for m in found for party in (m.takers if is_up else m.givers) & parties
        )
        return found, {p: many for p, many in counted.items() if many > self._scope.max_fan}
