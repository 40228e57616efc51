"""Numbers, names and arithmetic lines as sentences in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.model import counts, money
from graphmodel.model.evidence import Words
from graphmodel.texts import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from graphmodel.detect.records import DealFact
    from graphmodel.detect.trade import Part, Trade
    from graphmodel.model.counts import Bounded
    from graphmodel.texts import Language


def both(key: str, **values: object) -> Words:
    """Return the catalogue's text in both languages; Words among the values by language."""

    def filled(language: Language) -> str:
        told = {
            name: value.get(language) if isinstance(value, Words) else value
            for name, value in values.items()
        }
        return text(key, language, **told)

    return Words(filled("zh"), filled("en"))


def bounded(number: Bounded | None, write: Callable[[Bounded], str]) -> Words:
    """Return a number with its bound in words; `not known` where it is absent."""
    if number is None:
        return both("unknown")
    return both(f"bound-{number.bound}", number=write(number))


def amount(number: Bounded | None, currency: str) -> Words:
    """Return an amount of minor units as `12,000.00 CNY` with its bound."""
    return bounded(number, lambda n: f"{grouped(n, currency)} {currency}")


def grouped(number: Bounded, currency: str) -> str:
    """Return an amount of minor units as decimal text with thousands separators, rounded once."""
    plain = money.format_amount(counts.rounded(number), currency)
    whole, point, part = plain.partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.lstrip('-')):,}{point}{part}"


def records(number: Bounded | None) -> Words:
    """Return a number of records with its bound."""
    if number is None:
        return both("unknown")
    return both("records", number=bounded(number, lambda n: f"{counts.rounded(n):,}"))


def ratio(number: Bounded | None) -> Words:
    """Return a ratio with three places and its bound."""
    from graphmodel.model.finding import format_ratio

    return bounded(number, lambda n: format_ratio(n.value))


def joined(parts: Iterable[str]) -> Words:
    """Return a list as words."""
    listed = list(parts)
    return Words(text("and", "zh").join(listed), text("and", "en").join(listed))


def sentence(*parts: Words) -> Words:
    """Return sentences one after another."""
    return Words("".join(p.zh for p in parts if p.zh), " ".join(p.en for p in parts if p.en))


def _value(deal: DealFact) -> Words:
    told = amount(deal.value, deal.currency)
    price = deal.price
    if price.total_minor is not None or price.quantity is None or price.unit_price_nano is None:
        return told
    unit = money.format_unit_price(counts.rounded(price.unit_price_nano))
    how = both("line-price", unit=unit, quantity=f"{counts.rounded(price.quantity):,}")
    return Words(told.zh + how.zh, told.en + how.en)


def _line(side: str, part: Part) -> Words:
    deal = part.deal
    if part.share is None or part.share.value == 1:
        return both(f"line-{side}-whole", deal=deal.id, value=_value(deal))
    return both(
        f"line-{side}",
        deal=deal.id,
        value=_value(deal),
        share=str(part.share.value),
        worth=amount(part.worth, deal.currency),
    )


def trade_lines(trade: Trade) -> list[Words]:
    """Return the arithmetic of a trade line by line, so that a reader can do it again."""
    lines = [_line("sold", part) for part in trade.parts(trade.sales)]
    lines += [_line("bought", part) for part in trade.parts(trade.purchases)]
    for fact, number, currency in trade.used_totals():
        lines.append(both("line-total", fact=fact, value=amount(number, currency)))
    gain = trade.gain()
    if gain is not None:
        currency = trade.currencies[0]
        told = {
            "revenue": amount(trade.revenue(), currency),
            "cost": amount(trade.cost(), currency),
        }
        lines.append(both("line-gain", gain=amount(gain, currency), **told))
        if trade.ratio() is not None:
            lines.append(both("line-ratio", ratio=ratio(trade.ratio()), **told))
    lines.append(both("line-records", records=records(trade.records())))
    return lines


def why_no_gain(trade: Trade) -> Words:
    """Return why a trade has no gain, or nothing where it has one."""
    if trade.gain() is not None:
        return Words("", "")
    deals = [*trade.purchases, *trade.sales]
    unpriced = [deal.id for deal in deals if deal.value is None]
    uncounted = [deal.id for deal in deals if deal.records is None]
    if len(trade.currencies) > 1:
        reason = both("absent-currencies", currencies=", ".join(trade.currencies))
    elif unpriced:
        reason = both("absent-value", deals=joined(unpriced))
    elif uncounted:
        reason = both("absent-records", deals=joined(uncounted))
    else:
        reason = both("absent-bounds")
    return both("absent-gain", reason=reason)
