"""What a deal or a report of a purchase is worth, and how many records it carries.

The value is the stated total, else quantity × unit price, else the payments that settle the deal
less refunds; in minor units of its currency, exact and unrounded.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.model import counts
from graphmodel.model.counts import Bounded
from graphmodel.model.money import CURRENCIES

if TYPE_CHECKING:
    from collections.abc import Sequence


class Price(NamedTuple):
    """The stated price of a deal, an offer or a claim: parts that are not known are None."""

    quantity: Bounded | None
    unit_price_nano: Bounded | None
    total_minor: Bounded | None
    currency: str | None


class Paid(NamedTuple):
    """What was paid for a deal and what went back: amounts with currency, ids of the payments.

    `void` are payments that failed or were taken back: they count as 0.
    """

    amounts: Sequence[tuple[Bounded, str]] = ()
    refunds: Sequence[tuple[Bounded, str]] = ()
    payments: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    void: tuple[str, ...] = ()


def priced_value(price: Price) -> Bounded | None:
    """Return total, else quantity × unit price, in minor units; None where neither is known."""
    if price.total_minor is not None:
        return price.total_minor
    product = counts.multiply(price.quantity, price.unit_price_nano)
    if product is None or price.currency is None:
        return None
    return Bounded(product.value * Fraction(10 ** CURRENCIES[price.currency], 10**9), product.bound)


def unit_value(price: Price) -> Bounded | None:
    """Return the price of one record in minor units: the unit price, else total ÷ quantity."""
    unit = price.unit_price_nano
    if unit is None:
        return counts.divide(price.total_minor, price.quantity)
    if price.currency is None:
        return None
    return Bounded(unit.value * Fraction(10 ** CURRENCIES[price.currency], 10**9), unit.bound)


def settled_sum(amounts: Sequence[tuple[Bounded, str]], currency: str | None) -> Bounded | None:
    """Return the sum of amounts of one currency; None for no amounts or several currencies."""
    if not amounts or {c for _, c in amounts} - {currency or amounts[0][1]}:
        return None
    return counts.total(amount for amount, _ in amounts)


def gross_value(price: Price, paid: Paid) -> Bounded | None:
    """Return what a deal was worth before anything was paid back."""
    stated = priced_value(price)
    return stated if stated is not None else settled_sum(paid.amounts, price.currency)


def deal_value(price: Price, paid: Paid) -> Bounded | None:
    """Return the value of a deal; payments less refunds only where no price is stated."""
    stated = priced_value(price)
    if stated is not None:
        return stated
    gross = settled_sum(paid.amounts, price.currency)
    if not paid.refunds:
        return gross
    return counts.subtract(gross, settled_sum(paid.refunds, price.currency))


def values_that_differ(price: Price, paid: Paid) -> list[Bounded]:
    """Return the stated values of one deal where two of them cannot both be right.

    Total, quantity × unit price and payments may differ by a minor unit a part, or one percent.
    """
    found = [
        price.total_minor,
        priced_value(price._replace(total_minor=None)),
        settled_sum(paid.amounts, price.currency),
    ]
    exact = [value for value in found if value is not None and value.bound == "exact"]
    if not exact:
        return []
    gap = max(v.value for v in exact) - min(v.value for v in exact)
    parts = max(1, len(paid.amounts))
    is_small = gap <= parts or gap * 100 <= max(v.value for v in exact)
    return [] if is_small else exact


def is_paid_back(price: Price, paid: Paid) -> bool:
    """Tell whether what went back surely reaches what the deal was worth."""
    back = settled_sum(paid.refunds, price.currency)
    gross = gross_value(price, paid)
    if back is None or gross is None:
        return False
    low, high = back.low(floor=Fraction(0)), gross.high()
    return low is not None and high is not None and low >= high > 0
