"""Money: what is read, what is refused, and that text and number say the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmodel.model.money import (
    CURRENCIES,
    LARGEST,
    format_amount,
    format_unit_price,
    parse_amount,
    parse_currency,
    parse_unit_price,
)
from graphmodel.model.refusal import Reason, RefusalError


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12000", "CNY", 1200000),
        ("12,000.50", "CNY", 1200050),
        ("1,234,567", "JPY", 1234567),
        ("１２，０００．５", "CNY", 1200050),
        ("4500.000", "CNY", 450000),
        ("0.000001", "USDT", 1),
        ("0.00000001", "BTC", 1),
        ("0.000000001", "ETH", 1),
        ("1.005", "KWD", 1005),
        ("-3.20", "CNY", -320),
        ("−3", "CNY", -300),
        (" 7 ", "CNY", 700),
        ("007", "CNY", 700),
    ],
)
def test_amounts_are_minor_units(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1e3", Reason.NUMBER_BAD),
        ("¥5", Reason.NUMBER_BAD),
        ("5元", Reason.NUMBER_BAD),
        ("1 000", Reason.NUMBER_BAD),
        ("1,00", Reason.NUMBER_BAD),
        ("1,2345", Reason.NUMBER_BAD),
        ("1234,567", Reason.NUMBER_BAD),
        ("0,123", Reason.NUMBER_BAD),
        ("1.000,5", Reason.NUMBER_BAD),
        ("+5", Reason.NUMBER_BAD),
        ("5.", Reason.NUMBER_BAD),
        (".5", Reason.NUMBER_BAD),
        ("", Reason.NUMBER_BAD),
        ("nan", Reason.NUMBER_BAD),
        ("٣", Reason.NUMBER_BAD),
        ("1.005", Reason.NUMBER_FINE),
        ("10000000000000000.01", Reason.NUMBER_LARGE),
        ("9" * 5000, Reason.NUMBER_LARGE),
    ],
)
def test_what_is_no_amount_is_refused(text: str, reason: Reason) -> None:
    with pytest.raises(RefusalError) as refused:
        parse_amount(text, "CNY")
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cny", "CNY"),
        ("ＣＮＹ", "CNY"),
        (" rmb ", "CNY"),
        ("元", "CNY"),
        ("人民币", "CNY"),
        ("usdt", "USDT"),
        ("Eur", "EUR"),
    ],
)
def test_currencies_are_read_in_any_case_and_width(text: str, code: str) -> None:
    assert parse_currency(text) == code


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("¥", Reason.CURRENCY_SIGN),
        ("￥", Reason.CURRENCY_SIGN),
        ("$", Reason.CURRENCY_SIGN),
        ("ZZZ", Reason.CURRENCY_UNKNOWN),
        ("DOGE", Reason.CURRENCY_UNKNOWN),
    ],
)
def test_other_currencies_are_refused(text: str, reason: Reason) -> None:
    with pytest.raises(RefusalError) as refused:
        parse_currency(text)
    assert refused.value.reason is reason


def test_minor_digits_follow_the_standard() -> None:
    digits = {code: CURRENCIES[code] for code in ("CNY", "JPY", "BHD", "CLF", "USDT", "BTC", "ETH")}
    assert digits == {"CNY": 2, "JPY": 0, "BHD": 3, "CLF": 4, "USDT": 6, "BTC": 8, "ETH": 9}
    assert len(CURRENCIES) > 160


@given(st.sampled_from(sorted(CURRENCIES)), st.integers(-LARGEST, LARGEST))
def test_an_amount_survives_being_written(currency: str, minor: int) -> None:
    assert parse_amount(format_amount(minor, currency), currency) == minor


@given(st.integers(-LARGEST, LARGEST))
def test_a_unit_price_survives_being_written(nano: int) -> None:
    text = format_unit_price(nano)
    assert parse_unit_price(text) == nano
    assert not (text.endswith("0") and "." in text)


def test_a_unit_price_is_billionths() -> None:
    assert parse_unit_price("0.15") == 150_000_000
    assert format_unit_price(45_833_333) == "0.045833333"
    with pytest.raises(RefusalError):
        parse_unit_price("0.0000000001")
