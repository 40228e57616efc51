"""What a deal is worth: stated total, else product, else payments less refunds."""

from __future__ import annotations

from fractions import Fraction

from graphmodel.model.counts import Bounded
from graphmodel.model.deal_value import (
    Paid,
    Price,
    deal_value,
    gross_value,
    is_paid_back,
    priced_value,
    settled_sum,
)


def n(value: int, bound: str = "exact") -> Bounded:
    """Return a bounded number."""
    return Bounded(Fraction(value), bound)


def price(
    quantity: Bounded | None = None,
    unit: Bounded | None = None,
    total: Bounded | None = None,
    currency: str | None = "CNY",
) -> Price:
    """Return a price."""
    return Price(quantity, unit, total, currency)


def cny(*amounts: int) -> tuple[tuple[Bounded, str], ...]:
    """Return exact amounts of yuan in fen."""
    return tuple((n(amount), "CNY") for amount in amounts)


NOTHING = price()


def test_the_stated_total_wins() -> None:
    stated = price(n(30_000), n(150_000_000), n(440_000))
    assert priced_value(stated) == n(440_000)
    assert deal_value(stated, Paid(cny(100_000))) == n(440_000)


def test_quantity_times_unit_price() -> None:
    assert priced_value(price(n(30_000), n(150_000_000))) == n(450_000)
    assert priced_value(price(n(30_000), n(550_000_000))) == n(1_650_000)


def test_the_product_is_exact_and_unrounded() -> None:
    # 24,000 records for 1,100.00: no unit price in billionths gives the total back
    product = priced_value(price(n(24_000), n(45_833_333)))
    assert product == Bounded(Fraction(24_000 * 45_833_333, 10**7))
    assert product is not None
    assert product.value.denominator != 1


def test_minor_digits_of_the_currency() -> None:
    assert priced_value(price(n(10), n(1_500_000_000), currency="JPY")) == n(15)
    assert priced_value(price(n(10), n(1_500_000_000), currency="USDT")) == n(15_000_000)


def test_the_bound_of_the_quantity_is_carried() -> None:
    assert priced_value(price(n(8_000, "at_least"), n(10**9))) == n(800_000, "at_least")
    assert priced_value(price(n(8_000, "at_least"), n(10**9, "at_most"))) is None


def test_a_part_that_is_not_known_makes_no_value() -> None:
    assert priced_value(price(n(8_000))) is None
    assert priced_value(price(None, n(10**9))) is None
    assert priced_value(price(n(8_000), n(10**9), currency=None)) is None
    assert deal_value(NOTHING, Paid()) is None


def test_payments_less_refunds() -> None:
    assert deal_value(NOTHING, Paid(cny(300_000, 100_000))) == n(400_000)
    assert deal_value(NOTHING, Paid(cny(300_000), cny(50_000))) == n(250_000)
    assert gross_value(NOTHING, Paid(cny(300_000), cny(50_000))) == n(300_000)


def test_currencies_are_never_summed() -> None:
    mixed = (*cny(300_000), (n(1_000_000), "USDT"))
    assert settled_sum(mixed, "CNY") is None
    assert settled_sum(mixed, None) is None
    assert settled_sum(((n(5), "USDT"),), "CNY") is None
    assert deal_value(NOTHING, Paid(cny(300_000), ((n(5), "USDT"),))) is None


def test_paid_back_in_full_and_in_part() -> None:
    stated = price(total=n(300_000))
    assert is_paid_back(stated, Paid(cny(300_000), cny(300_000)))
    assert not is_paid_back(stated, Paid(cny(300_000), cny(299_999)))
    assert is_paid_back(stated, Paid(cny(300_000), cny(200_000, 100_000)))
    assert is_paid_back(NOTHING, Paid(cny(300_000), cny(300_000)))
    assert not is_paid_back(stated, Paid(cny(300_000)))
    assert not is_paid_back(NOTHING, Paid((), cny(300_000)))


def test_paid_back_only_where_it_is_sure() -> None:
    stated = price(total=n(300_000))
    assert not is_paid_back(stated, Paid(cny(300_000), ((n(300_000, "about"), "CNY"),)))
    assert is_paid_back(stated, Paid(cny(300_000), ((n(300_000, "at_least"), "CNY"),)))
    at_least = price(total=n(300_000, "at_least"))
    assert not is_paid_back(at_least, Paid(cny(300_000), cny(300_000)))


def test_a_gift_is_not_paid_back() -> None:
    assert not is_paid_back(price(total=n(0)), Paid((), cny(0)))
