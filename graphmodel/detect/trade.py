"""What goods cost and brought: the shared formulas of records carried, gain and markup.

carried(d1, d2) = the lesser of their records; through(d) = the lesser of what its pairs carried
together and its own records. Gain = Σ value(d2)·through(d2)/records(d2) - Σ value(d1)·through(d1)/
records(d1), each deal once, so a purchase sold in full to six buyers costs once. Free records lower
the average cost; they never add money. Currencies are never summed or converted. A gain is money,
so what rounds to no minor unit is none: a unit price and its rounded total are one price.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.model import counts
from graphmodel.model.counts import Bounded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphmodel.detect.records import DealFact

WHOLE = Bounded(Fraction(1))


class Pair(NamedTuple):
    """A purchase and a sale of the same goods."""

    bought: DealFact
    sold: DealFact


class Part(NamedTuple):
    """One deal's share in a trade: value × share, in minor units; None where it cannot be known."""

    deal: DealFact
    share: Bounded | None
    worth: Bounded | None


def carried(pair: Pair) -> Bounded | None:
    """Return the records a pair of deals has in common.

    Where one quantity is unknown and the goods are one batch (or stated the same), the other's.
    """
    first, second = pair.bought.records, pair.sold.records
    if first is not None and second is not None:
        return counts.least(first, second)
    return (first or second) if pair.bought.goods == pair.sold.goods else None


@dataclass(frozen=True, slots=True)
class Trade:
    """Purchases and sales that belong together, with what they cost and brought.

    `totals` are sums stated for several deals, by the set of their ids: (fact, minor units,
    currency).
    """

    pairs: tuple[Pair, ...]
    totals: Mapping[frozenset[str], tuple[str, Bounded, str]]

    def through(self, deal: DealFact) -> Bounded | None:
        """Return the records of a deal that its pairs carried."""
        own = [pair for pair in self.pairs if deal.id in (pair.bought.id, pair.sold.id)]
        together = counts.total(carried(pair) for pair in own)
        if together is None or deal.records is None:
            return together
        return counts.least(together, deal.records)

    def share(self, deal: DealFact) -> Bounded | None:
        """Return the share of a deal's records that went through, 1 where all did."""
        records, through = deal.records, self.through(deal)
        if records is None:
            own = [pair for pair in self.pairs if deal.id in (pair.bought.id, pair.sold.id)]
            one_lot = all(pair.bought.goods == pair.sold.goods for pair in own)
            return WHOLE if one_lot else None
        if through == records and records.bound == "exact":
            return WHOLE
        return counts.divide(through, records)

    def parts(self, deals: Sequence[DealFact]) -> list[Part]:
        """Return each deal's share in the trade."""
        found = []
        for deal in deals:
            share = self.share(deal)
            whole = share == WHOLE
            worth = deal.value if whole else counts.multiply(deal.value, share)
            found.append(Part(deal, share, worth))
        return found

    @property
    def purchases(self) -> list[DealFact]:
        """Return the purchases, each once, by id."""
        return [d for _, d in sorted({pair.bought.id: pair.bought for pair in self.pairs}.items())]

    @property
    def sales(self) -> list[DealFact]:
        """Return the sales, each once, by id."""
        return [d for _, d in sorted({pair.sold.id: pair.sold for pair in self.pairs}.items())]

    def _stated(self, deals: list[DealFact]) -> tuple[str, Bounded, str] | None:
        """Return the total stated for just these deals where their own values are missing.

        It is never split: every share must be whole, and its currency theirs.
        """
        stated = self.totals.get(frozenset(deal.id for deal in deals))
        parts = self.parts(deals)
        if stated is None or stated[2] not in self.currencies:
            return None
        is_needed = any(part.worth is None for part in parts)
        return stated if is_needed and all(part.share == WHOLE for part in parts) else None

    def _sum(self, deals: list[DealFact]) -> Bounded | None:
        stated = self._stated(deals)
        if stated is not None:
            return stated[1]
        return counts.total(part.worth for part in self.parts(deals))

    def used_totals(self) -> list[tuple[str, Bounded, str]]:
        """Return the stated totals that cost or revenue rest on."""
        found = (self._stated(deals) for deals in (self.sales, self.purchases))
        return [stated for stated in found if stated is not None]

    @property
    def currencies(self) -> tuple[str, ...]:
        """Return the currencies of all deals of the trade."""
        return tuple(sorted({d.currency for pair in self.pairs for d in pair}))

    def cost(self) -> Bounded | None:
        """Return what the records that went through cost; absent across currencies."""
        return self._sum(self.purchases) if len(self.currencies) == 1 else None

    def revenue(self) -> Bounded | None:
        """Return what they brought; absent across currencies."""
        return self._sum(self.sales) if len(self.currencies) == 1 else None

    def gain(self) -> Bounded | None:
        """Return revenue - cost, or None where it cannot be known."""
        return counts.subtract(self.revenue(), self.cost())

    def ratio(self) -> Bounded | None:
        """Return revenue ÷ cost of the carried records; absent where the cost may be 0."""
        return counts.divide(self.revenue(), self.cost())

    def records(self) -> Bounded | None:
        """Return Σ through(purchase); part sales may overlap, so several make it at most."""
        terms = []
        for deal in self.purchases:
            through = self.through(deal)
            sales = [carried(pair) for pair in self.pairs if pair.bought.id == deal.id]
            if through is not None and len(sales) > 1 and through not in sales:
                through = Bounded(through.value, "at_most") if through.bound == "exact" else None
            terms.append(through)
        return counts.total(terms)

    def facts(self) -> tuple[str, ...]:
        """Return the deals, and the payments that the worth of unpriced ones rests on."""
        facts: set[str] = set()
        for deal in (*self.purchases, *self.sales):
            facts.add(deal.id)
            if deal.price.total_minor is None and deal.price.unit_price_nano is None:
                facts |= set(deal.payments)
        return tuple(sorted(facts))

    def is_markup(self) -> bool:
        """Tell whether the trade surely gained, by its gain or by two exact unit prices."""
        gain = self.gain()
        if gain is not None:
            low = gain.low()
            return low is not None and round(low) > 0
        gap = self._unit_gap()
        return gap is not None and gap > 0

    def is_no_markup(self) -> bool:
        """Tell whether the trade surely gained nothing."""
        gain = self.gain()
        if gain is not None:
            high = gain.high()
            return high is not None and round(high) <= 0
        gap = self._unit_gap()
        return gap is not None and gap <= 0

    def _unit_gap(self) -> Fraction | None:
        """Return sale price - cost price of one record where both are exact and of one currency."""
        if len(self.pairs) != 1 or len(self.currencies) != 1:
            return None
        bought, sold = self.pairs[0].bought.unit_price, self.pairs[0].sold.unit_price
        if bought is None or sold is None or {bought.bound, sold.bound} != {"exact"}:
            return None
        return sold.value - bought.value


def trade_around(
    pair: Pair,
    pairs: Sequence[Pair],
    totals: Mapping[frozenset[str], tuple[str, Bounded, str]],
) -> Trade:
    """Return the trade of all pairs that share a deal with this one, directly or through others.

    One purchase sold in parts gains as a whole, whatever its single parts brought. Where the pair
    is of one currency, only pairs of that currency count: others have figures of their own.
    """
    if pair.bought.currency == pair.sold.currency:
        own = pair.bought.currency
        pairs = [p for p in pairs if {p.bought.currency, p.sold.currency} == {own}]
    deals = {pair.bought.id, pair.sold.id}
    chosen = {pair}
    while True:
        more = {p for p in pairs if deals & {p.bought.id, p.sold.id}} - chosen
        if not more:
            ordered = sorted(chosen, key=lambda p: (p.bought.id, p.sold.id))
            return Trade(tuple(ordered), totals)
        chosen |= more
        deals |= {deal.id for p in more for deal in p}


def by_currency(
    pairs: Sequence[Pair],
    totals: Mapping[frozenset[str], tuple[str, Bounded, str]],
    own_currency: str,
) -> list[tuple[str, Trade]]:
    """Split pairs into one trade a currency, most deals first (tie: the case's own currency).

    A pair across currencies stands alone under the name `X/Y`; nothing can be subtracted there.
    """
    split: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        bought, sold = pair.bought.currency, pair.sold.currency
        split[bought if bought == sold else f"{bought}/{sold}"].append(pair)
    ordered = sorted(
        split,
        key=lambda currency: (
            "/" in currency,
            -len({d.id for pair in split[currency] for d in pair}),
            currency != own_currency,
            currency,
        ),
    )
    return [(currency, Trade(tuple(split[currency]), totals)) for currency in ordered]
