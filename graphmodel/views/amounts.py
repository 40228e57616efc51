"""Amounts, prices and counts as short text for pictures and tables, with their bounds kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.model import counts, money
from graphmodel.texts import text

if TYPE_CHECKING:
    from graphmodel.model.finding import Figure
    from graphmodel.texts import Language


_CENTS = 2
"""Digits after the point that are written at least, if any are."""


def amount_text(minor: int, currency: str) -> str:
    """Return an amount as people write it; other currencies than CNY bear their code.

    >>> amount_text(1650000, "CNY"), amount_text(-110050, "USD")
    ('¥16,500', '−USD 1,100.50')
    """
    plain = money.format_amount(abs(minor), currency)
    whole, _, fraction = plain.partition(".")
    shortest = fraction.rstrip("0").ljust(_CENTS, "0")
    tail = f".{shortest}" if fraction.strip("0") else ""
    sign = "−" if minor < 0 else ""
    return f"{sign}{_mark(currency)}{int(whole):,}{tail}"


def unit_price_text(nano: int, currency: str) -> str:
    """Return a price per record.

    >>> unit_price_text(150000000, "CNY")
    '¥0.15'
    """
    return _mark(currency) + money.format_unit_price(nano)


def _mark(currency: str) -> str:
    return "¥" if currency == "CNY" else f"{currency} "


def bounded_text(plain: str, bound: str, language: Language) -> str:
    """Return a number with its bound in words; an exact one stands alone."""
    if bound == "exact":
        return plain
    return text(f"bound-{bound}", language, number=plain)


def count_text(count: int, bound: str, language: Language) -> str:
    """Return a number of records with its bound."""
    return text("records", language, number=bounded_text(f"{count:,}", bound, language))


def figure_text(figure: Figure, language: Language) -> str:
    """Return a figure of a finding: amount, count or ratio."""
    number = figure.number
    if figure.kind == "amount":
        plain = amount_text(counts.rounded(number), figure.currency)
    elif figure.kind == "count":
        plain = f"{counts.rounded(number):,}"
    else:
        plain = str(figure.to_json()["ratio"])
    return bounded_text(plain, number.bound, language)
