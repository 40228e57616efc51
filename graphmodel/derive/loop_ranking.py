"""Which loops of payments are kept: parallel ones bundled, the others ranked.

Ranked by what an investigator would ask about first: the signs of the card, and how little chance
explains a loop (`rarity`).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from graphmodel.model.money import CURRENCIES
from graphmodel.model.schema import FOREVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphmodel.derive.loop_search import Arrows, Found
    from graphmodel.store.payment_columns import PaymentColumns

    Ints = NDArray[Any]

QUICK_S = 72 * 3_600
HUB_PARTIES = 1_000
"""A party with more counterparties is a platform or a shop; loops through it rank lower."""
MANY_PARTIES = 5


class Signs(NamedTuple):
    """What a loop shows, a value a loop: a score of signs, its greatest span, its least amount.

    `least` is in major units and only ranks: amounts of two currencies are never told together.
    """

    score: Ints
    span: Ints
    least: Ints


def signs_of(found: Found, payments: PaymentColumns, arrows: Arrows, settling: Ints) -> Signs:
    """Return the signs of every loop by which it is ranked."""
    import numpy as np

    filled = found.rows >= 0
    at = np.where(filled, arrows.payment[found.rows], -1)
    digits = np.array([10.0 ** CURRENCIES.get(code, 2) for code in payments.currencies])
    major = payments.amount / digits[payments.currency - 1]
    amounts = np.where(filled, major[at], np.nan)
    least, greatest = np.nanmin(amounts, axis=1), np.nanmax(amounts, axis=1)
    first = payments.currency[at[:, :1]]
    one_currency = ((payments.currency[at] == first) | ~filled).all(axis=1)
    steps = filled[:, 1:]
    early, late = payments.t1[at[:, :-1]], payments.t0[at[:, 1:]]
    decided = ((early < late) | ~steps).all(axis=1)
    kept = ((amounts[:, 1:] >= 0.9 * amounts[:, :-1]) | ~steps).all(axis=1) & one_currency
    far = np.where(filled, payments.t1[at], -FOREVER).max(axis=1)
    span = far - np.where(filled, payments.t0[at], FOREVER).min(axis=1)
    settles = (np.isin(payments.number, settling)[at] & filled).any(axis=1)
    alike = (least >= 0.8 * greatest) & one_currency
    score = 2 * alike + 2 * kept + 2 * settles + 1 * decided + 1 * (span <= QUICK_S)
    return Signs(score + 1 * ~one_currency, span, least)


def parties_in_order(found: Found, arrows: Arrows) -> Ints:
    """Return the parties of every loop, begun at the least number, filled up with -1."""
    import numpy as np

    width = found.rows.shape[1]
    filled = found.rows >= 0
    parties = np.where(filled, arrows.payer[found.rows], np.iinfo(np.int32).max)
    first = parties.argmin(axis=1)
    places = (first[:, None] + np.arange(width)) % found.lengths[:, None]
    return np.where(filled, np.take_along_axis(parties, places, axis=1), -1)


def bundled(found: Found, arrows: Arrows, signs: Signs) -> tuple[list[int], Ints]:
    """Return the loops kept of each bundle of parallel ones, and how many each one's bundle keeps.

    Of loops through the same parties in order, the better ones that share no payment.
    """
    import numpy as np

    if not len(found.lengths):
        return [], np.empty(0, np.int64)
    keys = parties_in_order(found, arrows)
    _, bundle = np.unique(keys, axis=0, return_inverse=True)
    bundle = bundle.reshape(-1)
    order = np.lexsort((np.arange(len(bundle)), -signs.least, signs.span, -signs.score, bundle))
    used: dict[int, set[int]] = defaultdict(set)
    kept: list[int] = []
    payments = np.where(found.rows >= 0, arrows.payment[found.rows], -1).tolist()
    for place, own in zip(order.tolist(), bundle[order].tolist(), strict=True):
        rows = {row for row in payments[place] if row >= 0}
        if not rows & used[own]:
            used[own] |= rows
            kept.append(place)
    kept.sort()
    return kept, np.bincount(bundle[kept])[bundle[kept]]


def beside(found: Found, kept: Sequence[int], arrows: Arrows) -> dict[int, list[tuple[int, int]]]:
    """Return, by kept loop, the payments that run parallel to one of its steps.

    A payment does where the loop with it in the place of that step is a loop too: (place of the
    step from 0, row of the payment). So each is in order with all the other steps.
    """
    import numpy as np

    dropped = sorted(set(range(len(found.lengths))) - set(kept))
    if not dropped:
        return {}
    parties = parties_in_order(found, arrows)
    turn = np.where(found.rows >= 0, arrows.payer[found.rows], np.iinfo(np.int32).max).argmin(
        axis=1
    )
    told: dict[int, set[tuple[int, int]]] = defaultdict(set)

    def aligned(place: int) -> tuple[int, ...]:
        length, first = int(found.lengths[place]), int(turn[place])
        own = arrows.payment[found.rows[place, :length]].tolist()
        return (*own[first:], *own[:first])

    owner = {
        (parties[place].tobytes(), payment): place for place in kept for payment in aligned(place)
    }
    for place in dropped:
        key, other = parties[place].tobytes(), aligned(place)
        for own in {owner[key, payment] for payment in other if (key, payment) in owner}:
            pairs = enumerate(zip(aligned(own), other, strict=True))
            differing = [(at, b) for at, (a, b) in pairs if a != b]
            if len(differing) == 1:
                at, payment = differing[0]
                told[own].add(((at + int(turn[own])) % len(other), payment))
    return {place: sorted(pairs) for place, pairs in told.items()}


def ranked(found: Found, arrows: Arrows, signs: Signs, repeats: Ints, trading: Ints) -> list[int]:
    """Return the places of loops, those first that an investigator would ask about first.

    `trading`: internal numbers of parties of deals.
    """
    import numpy as np

    known = counterparties(arrows)
    filled = found.rows >= 0
    parties = arrows.payer[found.rows]
    busiest = np.where(filled, known[parties], 0).max(axis=1)
    trades = np.zeros(arrows.parties, bool)
    trades[arrows.payer] = np.isin(arrows.paying, trading)
    score = signs.score + 2 * (found.lengths >= MANY_PARTIES) + 2 * (repeats > 1)
    score = score + 1 * ((trades[parties] & filled).sum(axis=1) > 1)
    score = score - 3 * (found.lengths == 2) - 2 * (busiest > HUB_PARTIES)  # noqa: PLR2004 # two
    order = np.lexsort(
        (
            np.arange(len(score)),
            -signs.least,
            -_only_payments(found, arrows),
            -(score + rarity(found, arrows, known)).round(6),
        )
    )
    return [int(place) for place in order]


def counterparties(arrows: Arrows) -> Ints:
    """Return with how many others each party exchanges payments."""
    import numpy as np

    low = np.minimum(arrows.payer, arrows.payee).astype(np.int64)
    pairs = np.unique(low * arrows.parties + np.maximum(arrows.payer, arrows.payee))
    ends = np.concatenate([pairs // arrows.parties, pairs % arrows.parties])
    return np.bincount(ends, minlength=arrows.parties)


def rarity(found: Found, arrows: Arrows, known: Ints) -> Ints:
    """Return how much less than usual the members of each loop deal with others.

    The sum over members of ln(usual / own), in numbers of counterparties; usual is what one meets
    at the end of a payment of any loop, Σ k² / Σ k. Where everybody pays at random, loops through
    given members are as many as the product of their counterparties: so this is the logarithm of
    how much rarer than others a loop through them is by chance. `known`: `counterparties`.
    """
    import numpy as np

    filled = found.rows >= 0
    members = arrows.payer[found.rows]
    own = known[np.unique(members[filled])].astype(float)
    usual = float((own**2).sum() / max(own.sum(), 1))
    ratio = usual / np.maximum(known[members], 1)
    told: Ints = np.log(ratio, out=np.zeros(ratio.shape), where=filled & (ratio > 0)).sum(axis=1)
    return told


def _only_payments(found: Found, arrows: Arrows) -> Ints:
    """Return how many payments of each loop are the only one from their payer to their payee."""
    import numpy as np

    pairs = arrows.payer.astype(np.int64) * arrows.parties + arrows.payee
    _, pair, many = np.unique(pairs, return_inverse=True, return_counts=True)
    is_only: Ints = many[pair.reshape(-1)] == 1
    told: Ints = (is_only[found.rows] & (found.rows >= 0)).sum(axis=1)
    return told
