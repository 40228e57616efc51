"""One party or two: sides of events compared as the cards compare them (1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphmodel.detect.records import DealFact, Span
    from graphmodel.detect.view_people import PeopleFacts


class Side(NamedTuple):
    """One side of an event: who may act there, through which account, when."""

    parties: frozenset[str]
    account: str
    span: Span


def seller_side(deal: DealFact) -> Side:
    """Return the selling side of a deal."""
    return Side(frozenset(deal.sellers), deal.seller_account, deal.span)


def buyer_side(deal: DealFact) -> Side:
    """Return the buying side of a deal."""
    return Side(frozenset(deal.buyers), deal.buyer_account, deal.span)


def _is_unknown(side: Side) -> bool:
    return side.parties <= {side.account}


def _surely_acting(side: Side, view: PeopleFacts) -> set[str]:
    """Return who surely acted through the account of a side at its event."""
    acting = view.acting_on(side.account)
    return {control.person for control in acting if control.holding.surely_holds(side.span)}


def is_same(a: Side, b: Side, view: PeopleFacts) -> bool:
    """Tell whether two sides are the same party.

    A party in common, or one account of which nobody is known at one of the two events; an account
    that surely changed hands between them joins nobody.
    """
    if a.parties & b.parties:
        return True
    if a.account != b.account or _is_unknown(a) == _is_unknown(b):
        return False
    known = b if _is_unknown(a) else a
    return not known.parties <= _surely_acting(known, view)


def is_near(a: Side, b: Side, event: str, view: PeopleFacts) -> bool:
    """Tell whether two sides are the same party, related, or one stands for the other at `b`."""
    if is_same(a, b, view):
        return True
    at = b.span
    return any(
        view.related(x, y, at)
        or view.stands_for(x, y, at, event)
        or view.stands_for(y, x, at, event)
        for x in a.parties
        for y in b.parties
    )


def different(sides: Iterable[Side], view: PeopleFacts) -> list[list[Side]]:
    """Split sides into different parties; those joined through others are one party."""
    listed = list(dict.fromkeys(sides))
    root = list(range(len(listed)))

    def find(place: int) -> int:
        while root[place] != place:
            root[place] = place = root[root[place]]
        return place

    first: dict[str, int] = {}
    of_account: dict[str, list[int]] = {}
    for place, side in enumerate(listed):
        for party in side.parties:
            root[find(place)] = find(first.setdefault(party, place))
        for other in of_account.setdefault(side.account, []):
            if find(other) != find(place) and is_same(side, listed[other], view):
                root[find(place)] = find(other)
        of_account[side.account].append(place)
    groups: dict[int, list[Side]] = {}
    for place, side in enumerate(listed):
        groups.setdefault(find(place), []).append(side)
    return list(groups.values())


def parties_of(sides: Sequence[Side]) -> tuple[str, ...]:
    """Return all who may act on any of these sides, by id."""
    return tuple(sorted({party for side in sides for party in side.parties}))
