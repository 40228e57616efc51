"""Chains of resales: connected steps, and the longest path through different parties.

A step is a deal and a later deal of the same goods that its buyer makes as seller. A chain is a
path of steps, all parties different, in order as a series of intervals: each deal can end at or
after the latest beginning before it, and none is stated to be earlier than one before it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.parties import Side, buyer_side, is_same, seller_side
from graphmodel.model import counts
from graphmodel.model.deal_value import unit_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphmodel.detect.records import DealFact
    from graphmodel.detect.view import CaseView
    from graphmodel.model.counts import Bounded

Chain = tuple["DealFact", ...]


class Limits(NamedTuple):
    """Shortest and longest chain in deals, and how many states one search may visit."""

    min_deals: int
    max_deals: int
    max_states: int


class Found(NamedTuple):
    """The longest chains of one group of steps, and the limits that cut the search."""

    chains: tuple[Chain, ...]
    cut: tuple[str, ...]


def is_step(bought: DealFact, sold: DealFact, view: CaseView) -> bool:
    """Tell whether seller, middle and buyer of two deals are three different parties."""
    upstream, buyer = seller_side(bought), buyer_side(sold)
    middle = (buyer_side(bought), seller_side(sold))
    return not (
        is_same(upstream, buyer, view)
        or any(is_same(side, end, view) for side in middle for end in (upstream, buyer))
    )


def groups_of(steps: Iterable[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Split steps into connected groups, smallest first, then by their least deal."""
    near: dict[str, set[str]] = defaultdict(set)
    listed = sorted(set(steps))
    for a, b in listed:
        near[a].add(b)
        near[b].add(a)
    place: dict[str, str] = {}
    for start in sorted(near):
        waiting = [start]
        while waiting:
            deal = waiting.pop()
            if deal not in place:
                place[deal] = start
                waiting += near[deal]
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for a, b in listed:
        groups[place[a]].append((a, b))
    return sorted(groups.values(), key=lambda group: (len(group), group))


class Walk:
    """Depth-first search for the longest chains of one group of steps."""

    def __init__(self, steps: Sequence[tuple[str, str]], view: CaseView, limits: Limits) -> None:
        """Keep the steps by their first deal."""
        self._view = view
        self._limits = limits
        self._next: dict[str, list[str]] = defaultdict(list)
        for a, b in sorted(steps):
            self._next[a].append(b)
        self._starts = sorted({deal for step in steps for deal in step})
        self._steps_left = dict.fromkeys(self._starts, 0)
        for count in range(1, limits.max_deals):
            for deal, following in self._next.items():
                if any(self._steps_left[after] >= count - 1 for after in following):
                    self._steps_left[deal] = count

    def _can_follow(self, chain: Chain, deal: DealFact) -> bool:
        """Tell whether a deal can come after all of a chain and brings a party of its own."""
        view = self._view
        if deal in chain or deal.transfer.t1 < max(d.transfer.t0 for d in chain):
            return False
        if any((deal.id, earlier.id) in view.before for earlier in chain):
            return False
        sides: list[Side] = [side for d in chain for side in (seller_side(d), buyer_side(d))]
        seller, buyer = seller_side(deal), buyer_side(deal)
        if any(is_same(seller, side, view) for side in sides[:-1]):
            return False
        return not any(is_same(buyer, side, view) for side in (*sides, seller))

    def _following(self, chain: Chain) -> list[Chain]:
        deals = [self._view.deals[id_] for id_ in self._next.get(chain[-1].id, ())]
        return [(*chain, deal) for deal in deals if self._can_follow(chain, deal)]

    def longest(self) -> Found:
        """Return the longest chains in order of search, and what was not searched."""
        best: list[Chain] = []
        visited, is_cut = 0, False
        for start in self._starts:
            waiting: list[Chain] = [(self._view.deals[start],)]
            while waiting:
                chain = waiting.pop()
                visited += 1
                if visited > self._limits.max_states:
                    cut = f"max_states {self._limits.max_states}"
                    return Found(tuple(best), (f"{cut} for the chains of {self._starts[0]}",))
                if not best or len(chain) > len(best[0]):
                    best = []
                if not best or len(chain) == len(best[0]):
                    best.append(chain)
                can_reach = len(chain) + self._steps_left[chain[-1].id]
                if can_reach < max(self._limits.min_deals, len(best[0])):
                    continue
                following = self._following(chain)
                if len(chain) < self._limits.max_deals:
                    waiting += reversed(following)
                else:
                    is_cut = is_cut or bool(following)
        cut = f"max_deals {self._limits.max_deals} for the chains of {self._starts[0]}"
        return Found(tuple(best), (cut,) if is_cut else ())


def end_prices(deals: Sequence[DealFact]) -> tuple[Bounded | None, Bounded | None]:
    """Return what a record cost in the first deal and in the last, in minor units.

    Where at most one number of records is known and the goods are one, the values themselves.
    """
    first, last = deals[0], deals[-1]
    if first.currency != last.currency:
        return None, None
    known = [deal for deal in (first, last) if deal.records is not None]
    whole = (first.value, last.value)
    if first.goods == last.goods and len(known) < len(whole) and None not in whole:
        return whole
    return _per_record(first), _per_record(last)


def _per_record(deal: DealFact) -> Bounded | None:
    found = counts.divide(deal.value, deal.records)
    return unit_value(deal.price) if found is None and not deal.free_quantity else found
