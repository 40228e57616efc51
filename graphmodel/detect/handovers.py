"""Goods that went from one party to another, by deals or deliveries, and who the parties are."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from graphmodel.detect.hubs import Entry
from graphmodel.detect.parties import Side, buyer_side, is_same, seller_side
from graphmodel.model.counts import Bounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphmodel.detect.records import DealFact
    from graphmodel.detect.view import CaseView
    from graphmodel.detect.view_goods import DeliveryFact


def of_deal(deal: DealFact) -> Entry:
    """Return a deal as a handover: `own` is the seller's side, `other` the buyer's."""
    own, other = seller_side(deal), buyer_side(deal)
    return Entry(deal.id, own, other, deal.transfer, deal.batch, deal.records, deal)


def of_delivery(moved: DeliveryFact, view: CaseView) -> Entry:
    """Return a delivery as a handover; `deal` is the one it was made for, if any."""
    sender = Side(frozenset(moved.senders), moved.sender_account, moved.span)
    receiver = Side(frozenset(moved.receivers), moved.receiver_account, moved.span)
    number = None if moved.records is None else Bounded(Fraction(moved.records))
    deal = None if moved.deal is None else view.deals[moved.deal]
    return Entry(moved.id, sender, receiver, moved.span, moved.batch, number, deal)


def handover(event: str, view: CaseView) -> Entry:
    """Return one deal or delivery as a handover."""
    deal = view.deals.get(event)
    return of_deal(deal) if deal is not None else of_delivery(view.deliveries[event], view)


def all_handovers(view: CaseView) -> list[Entry]:
    """Return every handover once, by id: deals that stand, samples too, and deliveries for none."""
    found = [of_deal(d) for d in view.deals.values() if d.status != "cancelled"]
    found += [of_delivery(d, view) for d in view.deliveries.values() if d.deal is None]
    return sorted(found, key=lambda entry: entry.id)


def party_numbers(sides: Iterable[Side], view: CaseView) -> dict[Side, int]:
    """Return a number for each side: equal numbers are one party, directly or through others.

    A party in common, or one account of which nobody is known at one event. Linear in the sides.
    """
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.setdefault(name, name) != name:
            root[name] = name = root[root[name]]
        return name

    listed = list(dict.fromkeys(sides))
    nobody: dict[str, Side] = {}
    for side in listed:
        first = min(side.parties, default=side.account)
        for party in side.parties:
            root[find(party)] = find(first)
        if side.parties <= {side.account}:
            nobody.setdefault(side.account, side)
    view.need_accounts(side.account for side in listed if side.account in nobody)
    for side in listed:
        unknown = nobody.get(side.account)
        known = min(side.parties, default=side.account)
        if unknown is not None and is_same(side, unknown, view):
            root[find(known)] = find(side.account)
    numbers: dict[str, int] = {}
    return {
        side: numbers.setdefault(find(min(side.parties, default=side.account)), len(numbers))
        for side in listed
    }


class GoodsIndex:
    """Handovers by goods: of one batch, or of batches shown or stated to be linked."""

    def __init__(self, entries: Sequence[Entry], view: CaseView) -> None:
        """Index handovers by the goods of their batch; those of no known batch are left out."""
        self._view = view
        self._of_goods: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            if entry.batch is not None:
                self._of_goods[view.batch_goods[entry.batch]].append(entry)
        self._shown: dict[str, set[str]] = defaultdict(set)
        self._linked: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for pair in view.same_batches:
            a, b = (view.batch_goods[batch] for batch in (min(pair), max(pair)))
            self._shown[a].add(b)
            self._shown[b].add(a)
        for pair, links in view.same_batches.items():
            self._link(min(pair), max(pair), [fact for fact, *_ in links])
        for link in view.batch_links:
            self._link(link.a, link.b, [link.fact])

    def _link(self, a: str, b: str, facts: Sequence[str]) -> None:
        x, y = (self._view.batch_goods[batch] for batch in (a, b))
        self._linked[x][y] += facts
        if x != y:
            self._linked[y][x] += facts

    def same(self, goods: str) -> list[Entry]:
        """Return the handovers of the same goods, shown, in order of id."""
        near = {goods, *self._shown.get(goods, ())}
        found = (entry for one in sorted(near) for entry in self._of_goods.get(one, ()))
        return sorted(found, key=lambda entry: entry.id)

    def linked(self, goods: str) -> list[tuple[Entry, tuple[str, ...]]]:
        """Return the handovers of the same or linked goods (`overlap` of any size), with the links.

        Those of one batch id have no link: the handovers themselves say it.
        """
        ties = self._linked.get(goods, {})
        found = []
        for one in sorted({goods, *ties}):
            facts = tuple(sorted(set(ties.get(one, ()))))
            found += [(entry, facts) for entry in self._of_goods.get(one, ())]
        return sorted(found, key=lambda pair: pair[0].id)
