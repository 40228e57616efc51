"""Gain, carried records and markup against the worked numbers of the cards."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmodel.detect.trade import Pair, Trade, by_currency, carried
from graphmodel.detect.wording import trade_lines, why_no_gain
from graphmodel.model.counts import Bounded, rounded
from graphmodel.model.finding import format_ratio
from tests.unit.detect.deals import deal, n

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphmodel.detect.records import DealFact

Totals = dict[frozenset[str], tuple[str, Bounded, str]]


def trade(*pairs: tuple[DealFact, DealFact], totals: Mapping[frozenset[str], tuple] = {}) -> Trade:
    """Return a trade of these purchases and sales."""
    return Trade(tuple(Pair(*pair) for pair in pairs), dict(totals))


def test_free_records_lower_the_average_cost_and_never_add_money() -> None:
    bought = deal("d1", 30_000, 450_000, free=7_002)
    sold = deal("d2", 20_000, 1_100_000)
    one = trade((bought, sold))
    cost, gain = one.cost(), one.gain()
    assert cost == Bounded(Fraction(450_000 * 20_000, 37_002))
    assert cost is not None
    assert gain is not None
    assert (rounded(cost), rounded(gain)) == (243_230, 856_770)
    assert one.records() == n(20_000)


def test_a_purchase_sold_in_full_to_six_buyers_costs_once() -> None:
    bought = deal("d0", 97_000, 300_000)
    sales = [deal(f"d{i}", 97_000, 100_000) for i in range(1, 7)]
    one = trade(*((bought, sold) for sold in sales))
    assert one.cost() == n(300_000)
    assert one.revenue() == n(600_000)
    assert one.gain() == n(300_000)
    assert one.records() == n(97_000)


def test_a_disk_of_unknown_quantity() -> None:
    one = trade((deal("d1", None, 300_000), deal("d2", None, 400_000)))
    ratio = one.ratio()
    assert one.gain() == n(100_000)
    assert ratio is not None
    assert format_ratio(ratio.value) == "1.333"
    assert one.records() is None


def test_a_part_sale_carries_its_share_of_the_cost() -> None:
    bought, sold = deal("d1", 2_568, 256_800), deal("d2", 1_758, 500_000)
    one = trade((bought, sold))
    assert carried(Pair(bought, sold)) == n(1_758)
    assert one.share(bought) == Bounded(Fraction(1_758, 2_568))
    assert format_ratio(Fraction(1_758, 2_568)) == "0.685"
    assert one.cost() == n(175_800)
    assert one.records() == n(1_758)


def test_an_unknown_quantity_is_the_other_deals_only_for_one_lot() -> None:
    known, unknown = deal("d1", 5_000, 100_000), deal("d2", None, 150_000)
    assert carried(Pair(known, unknown)) == n(5_000)
    assert trade((known, unknown)).gain() == n(50_000)
    elsewhere = deal("d2", None, 150_000, goods="b2")
    assert carried(Pair(known, elsewhere)) is None
    assert trade((known, elsewhere)).gain() is None


def test_two_exact_unit_prices_show_a_markup_where_the_gain_is_absent() -> None:
    bought = deal("d1", None, None, unit_nano=150_000_000)
    sold = deal("d2", None, None, unit_nano=550_000_000)
    assert trade((bought, sold)).gain() is None
    assert trade((bought, sold)).is_markup()
    assert not trade((bought, sold)).is_no_markup()
    assert trade((sold, bought)).is_no_markup()
    abroad = deal("d2", None, None, unit_nano=550_000_000, currency="USDT")
    assert not trade((bought, abroad)).is_markup()


def test_a_price_that_is_not_known_is_no_markup_either_way() -> None:
    one = trade((deal("d1", 100, None), deal("d2", 100, 5_000)))
    assert one.gain() is None
    assert not one.is_markup()
    assert not one.is_no_markup()
    assert "d1" in why_no_gain(one).en


def test_currencies_are_never_subtracted() -> None:
    mixed = trade((deal("d1", 100, 5_000), deal("d2", 100, 9_000_000, currency="USDT")))
    assert mixed.gain() is None
    assert mixed.ratio() is None
    assert mixed.records() == n(100)
    assert "CNY" in why_no_gain(mixed).en


def test_one_trade_a_currency_most_deals_first() -> None:
    pairs = [
        Pair(deal("d1", 1, 1, currency="USD"), deal("d2", 1, 2, currency="USD")),
        Pair(deal("d1", 1, 1, currency="USD"), deal("d3", 1, 2, currency="USD")),
        Pair(deal("d4", 1, 1), deal("d5", 1, 2)),
        Pair(deal("d4", 1, 1), deal("d6", 1, 2, currency="USDT")),
    ]
    assert [name for name, _ in by_currency(pairs, {}, "CNY")] == ["USD", "CNY", "CNY/USDT"]
    tied = [pairs[0], pairs[2]]
    assert [name for name, _ in by_currency(tied, {}, "CNY")] == ["CNY", "USD"]
    assert [name for name, _ in by_currency(tied, {}, "USD")] == ["USD", "CNY"]


def test_a_gift_at_the_source_has_a_gain_and_no_ratio() -> None:
    one = trade((deal("d1", 100, 0), deal("d2", 100, 5_000)))
    assert one.gain() == n(5_000)
    assert one.ratio() is None


def six_sales(quantity: int = 100) -> tuple[DealFact, list[DealFact]]:
    """Return a purchase of 100 records and two sales whose own values are missing."""
    return deal("d0", 100, 10_000), [deal("d1", quantity, None), deal("d2", quantity, None)]


def test_a_total_stands_for_events_whose_values_are_missing() -> None:
    bought, sales = six_sales()
    totals: Totals = {frozenset(("d1", "d2")): ("t1", n(50_000), "CNY")}
    one = trade(*((bought, sold) for sold in sales), totals=totals)
    assert one.revenue() == n(50_000)
    assert one.gain() == n(40_000)


def test_a_total_of_other_events_stands_for_nothing() -> None:
    bought, sales = six_sales()
    totals: Totals = {frozenset(("d1", "d2", "d3")): ("t1", n(50_000), "CNY")}
    assert trade(*((bought, sold) for sold in sales), totals=totals).gain() is None


def test_a_total_in_another_currency_stands_for_nothing() -> None:
    bought, sales = six_sales()
    totals: Totals = {frozenset(("d1", "d2")): ("t1", n(50_000), "USDT")}
    assert trade(*((bought, sold) for sold in sales), totals=totals).gain() is None


def test_a_total_is_never_split_over_records_that_did_not_come_from_here() -> None:
    bought, sales = six_sales(quantity=400)
    totals: Totals = {frozenset(("d1", "d2")): ("t1", n(50_000), "CNY")}
    one = trade(*((bought, sold) for sold in sales), totals=totals)
    assert one.share(sales[0]) == Bounded(Fraction(1, 4))
    assert one.revenue() is None


def test_the_arithmetic_names_only_totals_that_it_uses() -> None:
    totals: Totals = {frozenset(("x1", "x2")): ("t-elsewhere", n(50_000), "CNY")}
    lines = trade_lines(trade((deal("d1", 5, 1), deal("d2", 5, 2)), totals=totals))
    assert not [line.en for line in lines if "t-elsewhere" in line.en]


@pytest.mark.parametrize(
    ("sold", "records"),
    [((60, 60), n(100, "at_most")), ((60, 20), n(80, "at_most")), ((100, 60), n(100))],
)
def test_part_sales_of_one_purchase_may_overlap(sold: tuple[int, int], records: Bounded) -> None:
    bought = deal("d0", 100, 1_000)
    sales = [deal(f"d{i}", quantity, 900) for i, quantity in enumerate(sold, 1)]
    assert trade(*((bought, sale) for sale in sales)).records() == records


def test_bounds_of_quantities_reach_the_figures() -> None:
    at_least = n(8_000, "at_least")
    one = trade((deal("d1", at_least, None), deal("d2", at_least, None)))
    assert one.records() == at_least
    about = trade((deal("d1", 100, n(1_000, "about")), deal("d2", 100, 5_000)))
    gain = about.gain()
    assert gain == n(4_000, "about")


QUANTITIES = st.integers(1, 10**6)


@given(QUANTITIES, st.integers(0, 10**8), st.lists(st.tuples(QUANTITIES, st.integers(0, 10**8))))
def test_money_is_conserved(bought: int, paid: int, sales: list[tuple[int, int]]) -> None:
    purchase = deal("d0", bought, paid)
    sold = [deal(f"s{i}", quantity, value) for i, (quantity, value) in enumerate(sales)]
    if not sold:
        return
    one = trade(*((purchase, sale) for sale in sold))
    cost, revenue, gain = one.cost(), one.revenue(), one.gain()
    assert cost is not None
    assert revenue is not None
    assert gain is not None
    assert gain.value == revenue.value - cost.value
    assert 0 <= cost.value <= paid
    assert 0 <= revenue.value <= sum(value for _, value in sales)
    records = one.records()
    assert records is not None
    assert 0 < records.value <= bought
