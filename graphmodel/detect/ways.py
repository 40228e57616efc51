"""Known ways of goods from hand to hand: who may have had them from whom.

A way is a series of deals or deliveries, each of the same goods as the next, whose receiver is the
sender of the next, is related to it, or one stands for the other; each can be before the next.
Samples and refunded deals moved data too; cancelled ones did not. A delivery of unknown content
says nothing of any goods.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.parties import Side, buyer_side, is_near, is_same, seller_side
from graphmodel.model.schema import FOREVER

if TYPE_CHECKING:
    from graphmodel.detect.records import DealFact, Span
    from graphmodel.detect.view import CaseView


class Transfer(NamedTuple):
    """Goods that went from one side to another; `deal` is the deal itself or the one fulfilled."""

    id: str
    sender: Side
    receiver: Side
    span: Span
    batch: str
    deal: str | None


class Reached(NamedTuple):
    """A transfer on a way to somebody: the least end of those after it, and the next of them."""

    transfer: Transfer
    least_t1: int
    following: str | None


class Ways:
    """Finds ways of goods backward from a seller."""

    def __init__(self, view: CaseView) -> None:
        """Keep the view; transfers are read when first asked for."""
        self._view = view
        self._found: dict[object, dict[str, Reached]] = {}
        self._either: dict[object, frozenset[str]] = {}

    @cached_property
    def _transfers(self) -> dict[str, Transfer]:
        found = {
            d.id: Transfer(d.id, seller_side(d), buyer_side(d), d.transfer, d.batch, d.id)
            for d in self._view.deals.values()
            if d.status != "cancelled"
        }
        for one in self._view.deliveries.values():
            if one.batch is not None:
                sender = Side(frozenset(one.senders), one.sender_account, one.span)
                receiver = Side(frozenset(one.receivers), one.receiver_account, one.span)
                found[one.id] = Transfer(one.id, sender, receiver, one.span, one.batch, one.deal)
        return found

    @cached_property
    def _by_batch(self) -> dict[str, set[str]]:
        """Return the transfers of a batch and of those shown to be the same goods."""
        own: dict[str, set[str]] = defaultdict(set)
        for transfer in self._transfers.values():
            own[transfer.batch].add(transfer.id)
        by_goods: dict[str, set[str]] = defaultdict(set)
        for batch, ids in own.items():
            by_goods[self._view.batch_goods[batch]] |= ids
        found = {batch: set(by_goods[goods]) for batch, goods in self._view.batch_goods.items()}
        for pair in self._view.same_batches:
            a, b = min(pair), max(pair)
            found[a] |= own[b]
            found[b] |= own[a]
        return found

    @cached_property
    def _by_quantity(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for pair in self._view.alike_by_quantity:
            for a, b in ((min(pair), max(pair)), (max(pair), min(pair))):
                found[a].add(b)
        return found

    def _alike(self, batch: str, deal: str | None) -> set[str]:
        """Return the transfers of the same goods, shown or by a rare quantity."""
        alike = self._by_quantity.get(deal, set()) if deal is not None else set()
        return self._by_batch.get(batch, set()) | (alike & self._transfers.keys())

    def _to(self, side: Side, event: str, among: set[str]) -> list[Transfer]:
        """Return the transfers whose receiver is near a side, of those given, by id."""
        found = [self._transfers[id_] for id_ in sorted(among & self._received_near(side))]
        return [t for t in found if is_near(t.receiver, side, event, self._view)]

    def _received_near(self, side: Side) -> set[str]:
        """Return the transfers that somebody who may be near a side received."""
        view = self._view
        people = set(side.parties)
        for party in side.parties:
            people |= view.kin_of(party, side.span).keys()
            people |= {tie.b for tie in view.principals(party)}
            people |= {tie.a for tie in view.agents(party)}
        received = self._received
        return received.get(side.account, set()).union(*(received.get(p, set()) for p in people))

    @cached_property
    def _received(self) -> dict[str, set[str]]:
        """Return the transfers received, by party and by account."""
        found: dict[str, set[str]] = defaultdict(set)
        for transfer in self._transfers.values():
            for key in (*transfer.receiver.parties, transfer.receiver.account):
                found[key].add(transfer.id)
        return found

    def _alike_to_either(self, a: DealFact, b: DealFact) -> frozenset[str]:
        """Return the transfers alike to one of two deals; one object for equal questions."""
        quantity = (self._by_quantity.get(deal.id, set()) for deal in (a, b))
        key = (frozenset((a.batch, b.batch)), frozenset().union(*quantity))
        if key not in self._either:
            both = self._alike(a.batch, a.id) | self._alike(b.batch, b.id)
            self._either[key] = frozenset(both)
        return self._either[key]

    def _search(
        self, side: Side, event: str, first: frozenset[str], until: int
    ) -> dict[str, Reached]:
        """Return the transfers on ways to a side that end in one of `first`, begun by `until`."""
        key = (side, event, first, until)
        if key not in self._found:
            self._found[key] = self._backward(side, event, first, until)
        return self._found[key]

    def _backward(
        self, side: Side, event: str, first: frozenset[str], until: int
    ) -> dict[str, Reached]:
        view = self._view
        reached: dict[str, Reached] = {}
        waiting = [
            Reached(t, min(t.span.t1, until), None)
            for t in self._to(side, event, set(first))
            if t.span.t0 <= until
        ]
        while waiting:
            step = waiting.pop()
            here = step.transfer
            known = reached.get(here.id)
            if known is not None and known.least_t1 >= step.least_t1:
                continue
            reached[here.id] = step
            for before in self._to(here.sender, here.id, self._alike(here.batch, here.deal)):
                can_be = before.span.t0 <= step.least_t1 and (here.id, before.id) not in view.before
                if can_be and before.id != here.id:
                    least = min(step.least_t1, before.span.t1)
                    waiting.append(Reached(before, least, here.id))
        return reached

    def _path(self, reached: dict[str, Reached], start: str) -> tuple[str, ...]:
        path: list[str] = []
        place: str | None = start
        while place is not None and place not in path:
            path.append(place)
            place = reached[place].following
        return tuple(path)

    def way(self, source: DealFact, target: DealFact) -> tuple[str, ...]:
        """Return the events by which goods of two deals went from one's seller to the other's.

        Nothing where no such way is known.
        """
        alike = self._alike_to_either(source, target)
        reached = self._search(seller_side(target), target.id, alike, FOREVER)
        seller = seller_side(source)
        for id_ in sorted(id_ for id_ in reached if id_ in alike):
            if is_same(reached[id_].transfer.sender, seller, self._view):
                return self._path(reached, id_)
        return ()

    def sources(self, deal: DealFact) -> dict[str, tuple[str, ...]]:
        """Return the parties from whom a seller may have had the goods, with the events."""
        alike = frozenset(self._alike(deal.batch, deal.id) - {deal.id})
        reached = self._search(seller_side(deal), deal.id, alike, deal.transfer.t1)
        found: dict[str, tuple[str, ...]] = {}
        for id_ in sorted(reached):
            for party in reached[id_].transfer.sender.parties:
                found.setdefault(party, self._path(reached, id_))
        return found
