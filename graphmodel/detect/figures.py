"""Figures of trades, one name a currency: the plain name for the first, `name:CUR` for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.detect.trade import Pair, Trade, by_currency
from graphmodel.detect.wording import sentence, trade_lines, why_no_gain
from graphmodel.model.evidence import Words
from graphmodel.model.finding import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.detect.view import CaseView


def named(name: str, currency: str, first: str) -> str:
    """Return the name of a figure in a currency."""
    return name if currency == first else f"{name}:{currency}"


def trade_figures(
    pairs: Sequence[Pair], view: CaseView, *, with_ratio: bool = False
) -> tuple[dict[str, Figure], tuple[Words, ...], Words]:
    """Return `gain`, `records` (`markup_ratio`), the arithmetic, and why a gain is absent."""
    figures: dict[str, Figure] = {}
    lines: list[Words] = []
    missing = Words("", "")
    split = by_currency(pairs, view.totals, view.currency)
    first = split[0][0] if split else view.currency
    for currency, trade in split:
        lines += trade_lines(trade)
        missing = sentence(missing, why_no_gain(trade))
        gain, ratio = trade.gain(), trade.ratio()
        if gain is not None:
            figures[named("gain", currency, first)] = Figure.amount(gain, currency)
        if with_ratio and ratio is not None:
            figures[named("markup_ratio", currency, first)] = Figure.ratio(ratio)
    records = Trade(tuple(pairs), view.totals).records() if pairs else None
    if records is not None:
        figures["records"] = Figure.count(records)
    return figures, tuple(lines), missing


def trade_facts(pairs: Sequence[Pair], view: CaseView) -> tuple[str, ...]:
    """Return the facts that the figures of trades use: deals, their payments, stated totals."""
    deals = [deal for pair in pairs for deal in pair]
    payments = [payment for deal in deals for payment in deal.payments]
    ids = frozenset(deal.id for deal in deals)
    totals = [fact for covered, (fact, _, _) in view.totals.items() if covered <= ids]
    return tuple(sorted({*(deal.id for deal in deals), *payments, *totals}))
