"""Deals made by hand, for formulas that need no case."""

from __future__ import annotations

from fractions import Fraction

from graphmodel.detect.records import DealFact, Span
from graphmodel.model.counts import Bounded
from graphmodel.model.deal_value import Paid, Price


def n(value: int, bound: str = "exact") -> Bounded:
    """Return a bounded number."""
    return Bounded(Fraction(value), bound)


def deal(  # noqa: PLR0913 - what a deal can differ in
    id_: str,
    quantity: Bounded | int | None,
    value: Bounded | int | None,
    *,
    free: int | None = None,
    currency: str = "CNY",
    goods: str = "b1",
    unit_nano: int | None = None,
) -> DealFact:
    """Return a deal of that quantity and value (minor units); whole numbers are exact."""
    counted = n(quantity) if isinstance(quantity, int) else quantity
    worth = n(value) if isinstance(value, int) else value
    return DealFact(
        id=id_,
        kind="sale",
        status="ok",
        live=True,
        span=Span(0, 0),
        price=Price(counted, None if unit_nano is None else n(unit_nano), worth, currency),
        free_quantity=free,
        value=worth,
        paid=Paid(),
        currency=currency,
        goods=goods,
        batch=goods,
        seller_account="s",
        buyer_account="b",
        sellers=("s",),
        buyers=("b",),
        seller_agents=(),
        buyer_agents=(),
        transfer=Span(0, 0),
    )
