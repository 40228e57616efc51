"""Bounded numbers: the table of bounds cell by cell, and that no value leaves its interval."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmodel.model import counts
from graphmodel.model.counts import Bounded

if TYPE_CHECKING:
    from collections.abc import Callable

EXACT, LEAST, MOST, ABOUT = "exact", "at_least", "at_most", "about"
BOUNDS = (EXACT, LEAST, MOST, ABOUT)
ABSENT = None

SUMS = {
    (EXACT, EXACT): EXACT,
    (EXACT, LEAST): LEAST,
    (EXACT, MOST): MOST,
    (EXACT, ABOUT): ABOUT,
    (LEAST, EXACT): LEAST,
    (LEAST, LEAST): LEAST,
    (LEAST, MOST): ABSENT,
    (LEAST, ABOUT): LEAST,
    (MOST, EXACT): MOST,
    (MOST, LEAST): ABSENT,
    (MOST, MOST): MOST,
    (MOST, ABOUT): MOST,
    (ABOUT, EXACT): ABOUT,
    (ABOUT, LEAST): LEAST,
    (ABOUT, MOST): MOST,
    (ABOUT, ABOUT): ABOUT,
}
"""Bound of a + b and a × b; for - and ÷ the second operand's `at_least` and `at_most` change."""

TURNED = {EXACT: EXACT, LEAST: MOST, MOST: LEAST, ABOUT: ABOUT}
DIFFERENCES = {(a, TURNED[b]): bound for (a, b), bound in SUMS.items()}
QUOTIENTS = {
    # a divisor that is at most something may be 0
    (a, b): ABSENT if b == MOST else bound
    for (a, b), bound in DIFFERENCES.items()
}


def number(value: int, bound: str = EXACT) -> Bounded:
    """Return a bounded number."""
    return Bounded(Fraction(value), bound)


def bound_of(result: Bounded | None) -> str | None:
    """Return the bound of a result; None where it is absent."""
    return None if result is None else result.bound


@pytest.mark.parametrize(("a", "b"), SUMS)
def test_bound_of_a_sum_and_a_product(a: str, b: str) -> None:
    first, second = number(30, a), number(5, b)
    assert bound_of(counts.add(first, second)) == SUMS[a, b]
    assert bound_of(counts.multiply(first, second)) == SUMS[a, b]


@pytest.mark.parametrize(("a", "b"), DIFFERENCES)
def test_bound_of_a_difference(a: str, b: str) -> None:
    assert bound_of(counts.subtract(number(30, a), number(5, b))) == DIFFERENCES[a, b]


@pytest.mark.parametrize(("a", "b"), QUOTIENTS)
def test_bound_of_a_quotient(a: str, b: str) -> None:
    assert bound_of(counts.divide(number(30, a), number(5, b))) == QUOTIENTS[a, b]


@pytest.mark.parametrize(
    ("operation", "a", "b", "expected"),
    [
        (counts.add, number(100, ABOUT), number(50, LEAST), number(140, LEAST)),
        (counts.add, number(100, ABOUT), number(50, MOST), number(160, MOST)),
        (counts.add, number(100, ABOUT), number(50, ABOUT), number(150, ABOUT)),
        (counts.subtract, number(100, LEAST), number(50, ABOUT), number(45, LEAST)),
        (counts.subtract, number(100, MOST), number(50, ABOUT), number(55, MOST)),
        (counts.subtract, number(100), number(30, LEAST), number(70, MOST)),
        (counts.subtract, number(100), number(30, MOST), number(70, LEAST)),
        (counts.multiply, number(10, ABOUT), number(2, LEAST), number(18, LEAST)),
        (counts.multiply, number(10, ABOUT), number(2, MOST), number(22, MOST)),
        (counts.divide, number(99, LEAST), number(10, ABOUT), number(9, LEAST)),
        (counts.divide, number(10, ABOUT), number(11, LEAST), number(1, MOST)),
    ],
)
def test_about_gives_its_ends(
    operation: Callable[[Bounded, Bounded], Bounded | None],
    a: Bounded,
    b: Bounded,
    expected: Bounded,
) -> None:
    assert operation(a, b) == expected


def test_padding_of_the_worked_case_per_record() -> None:
    per_record = counts.divide(number(1400, ABOUT), number(8000, LEAST))
    assert per_record == Bounded(Fraction(1540, 8000), MOST)


def test_what_is_absent_stays_absent() -> None:
    one = number(1)
    for operation in (
        counts.add,
        counts.subtract,
        counts.multiply,
        counts.divide,
        counts.least,
        counts.greatest,
    ):
        assert operation(None, one) is None
        assert operation(one, None) is None


@pytest.mark.parametrize("bound", BOUNDS)
def test_nothing_is_divided_by_a_number_that_may_be_zero(bound: str) -> None:
    assert counts.divide(number(10), number(0, bound)) is None


def test_a_missing_term_makes_a_sum_at_least() -> None:
    assert counts.total([number(3), None, number(4)]) == number(7, LEAST)
    assert counts.total([None, number(10, ABOUT)]) == number(9, LEAST)
    assert counts.total([None, number(10, MOST)]) is None
    assert counts.total([None, None]) is None
    assert counts.total([]) is None


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (number(5), number(8), number(5)),
        (number(5), number(8, LEAST), number(5)),
        (number(8), number(5, LEAST), number(5, LEAST)),
        (number(5, MOST), number(8), number(5, MOST)),
        (number(5, LEAST), number(8, LEAST), number(5, LEAST)),
        (number(5, MOST), number(8, MOST), number(5, MOST)),
        (number(8, LEAST), number(5, MOST), number(5, MOST)),
        (number(5, LEAST), number(8, MOST), None),
        (number(100, ABOUT), number(111), number(100, ABOUT)),
        (number(100, ABOUT), number(80), number(80)),
        (number(100, ABOUT), number(105), number(100, ABOUT)),
    ],
)
def test_least_of_two(a: Bounded, b: Bounded, expected: Bounded | None) -> None:
    assert counts.least(a, b) == expected
    assert counts.least(b, a) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (number(5), number(8), number(8)),
        (number(5), number(8, LEAST), number(8, LEAST)),
        (number(8), number(5, LEAST), number(8, LEAST)),
        (number(8), number(5, MOST), number(8)),
        (number(5), number(8, MOST), number(8, MOST)),
        (number(5, MOST), number(8, MOST), number(8, MOST)),
        (number(8, LEAST), number(5, MOST), number(8, LEAST)),
        (number(5, LEAST), number(8, MOST), None),
        (number(100, ABOUT), number(111), number(111)),
        (number(100, ABOUT), number(105), number(105, ABOUT)),
    ],
)
def test_greatest_of_two(a: Bounded, b: Bounded, expected: Bounded | None) -> None:
    assert counts.greatest(a, b) == expected
    assert counts.greatest(b, a) == expected


def test_tests_ask_for_the_whole_interval() -> None:
    assert number(1).surely_positive()
    assert number(1, LEAST).surely_positive()
    assert not number(1, MOST).surely_positive()
    assert number(0, MOST).surely_not_positive()
    assert not number(0, LEAST).surely_not_positive()
    assert not number(0).surely_positive()


def test_a_gain_of_about_numbers_is_sure_only_over_its_whole_interval() -> None:
    # 16,500 and 16,400, both about: the gain lies anywhere between -3,190 and 3,390
    gain = counts.subtract(number(16_500, ABOUT), number(16_400, ABOUT))
    assert gain is not None
    assert gain.bound == ABOUT
    assert not gain.surely_positive()
    loss = counts.subtract(number(16_400), number(16_500, ABOUT))
    assert loss is not None
    assert not loss.surely_not_positive()


def test_rounding_is_half_to_even() -> None:
    assert counts.rounded(Bounded(Fraction(5, 2))) == 2
    assert counts.rounded(Bounded(Fraction(7, 2))) == 4


VALUES = st.integers(0, 10**6)
SPREAD = st.fractions(0, 3, max_denominator=100)


@st.composite
def numbers_with_a_value(
    draw: st.DrawFn, bounds: tuple[str, ...] = BOUNDS
) -> tuple[Bounded, Fraction]:
    """Return a number and one value it may have."""
    stated = Fraction(draw(VALUES))
    bound = draw(st.sampled_from(bounds))
    share = draw(SPREAD)
    value = {
        EXACT: stated,
        LEAST: stated + share * 100,
        MOST: stated * min(share, Fraction(1)),
        ABOUT: stated * (1 + (min(share, Fraction(2)) - 1) * counts.MARGIN),
    }[bound]
    return Bounded(stated, bound), value


def holds(result: Bounded | None, value: Fraction) -> bool:
    """Tell whether a value lies in the interval of a result; an absent one says nothing."""
    if result is None:
        return True
    low, high = result.low(), result.high()
    return (low is None or low <= value) and (high is None or value <= high)


KNOWN = numbers_with_a_value()
FIRM = numbers_with_a_value((EXACT, LEAST, MOST))


@given(KNOWN, KNOWN)
def test_a_sum_holds_every_sum_of_values(
    a: tuple[Bounded, Fraction], b: tuple[Bounded, Fraction]
) -> None:
    assert holds(counts.add(a[0], b[0]), a[1] + b[1])
    assert holds(counts.least(a[0], b[0]), min(a[1], b[1]))
    assert holds(counts.greatest(a[0], b[0]), max(a[1], b[1]))


@given(FIRM, KNOWN)
def test_firm_operands_keep_every_value(
    a: tuple[Bounded, Fraction], b: tuple[Bounded, Fraction]
) -> None:
    assert holds(counts.multiply(a[0], b[0]), a[1] * b[1])


@given(FIRM, FIRM)
def test_a_difference_and_a_quotient_hold_every_value(
    a: tuple[Bounded, Fraction], b: tuple[Bounded, Fraction]
) -> None:
    assert holds(counts.subtract(a[0], b[0]), a[1] - b[1])
    if b[1] > 0:
        assert holds(counts.divide(a[0], b[0]), a[1] / b[1])


@given(numbers_with_a_value((LEAST, MOST)), numbers_with_a_value((ABOUT,)))
def test_about_against_a_half_open_number_keeps_every_value(
    a: tuple[Bounded, Fraction], b: tuple[Bounded, Fraction]
) -> None:
    assert holds(counts.subtract(a[0], b[0]), a[1] - b[1])
    assert holds(counts.subtract(b[0], a[0]), b[1] - a[1])
    assert holds(counts.multiply(a[0], b[0]), a[1] * b[1])
    if b[1] > 0:
        assert holds(counts.divide(a[0], b[0]), a[1] / b[1])
    if a[1] > 0:
        assert holds(counts.divide(b[0], a[0]), b[1] / a[1])


@given(st.lists(st.one_of(st.none(), numbers_with_a_value((EXACT, LEAST, ABOUT))), max_size=6))
def test_a_total_holds_every_sum(terms: list[tuple[Bounded, Fraction] | None]) -> None:
    known = [term for term in terms if term is not None]
    result = counts.total(None if term is None else term[0] for term in terms)
    assert (result is None) == (not known)
    assert holds(result, sum((value for _, value in known), Fraction(0)))
    if None in terms:
        assert bound_of(result) in (None, LEAST)


@given(KNOWN, KNOWN)
def test_sums_products_and_minima_do_not_depend_on_the_order(
    a: tuple[Bounded, Fraction], b: tuple[Bounded, Fraction]
) -> None:
    for operation in (counts.add, counts.multiply, counts.least):
        assert bound_of(operation(a[0], b[0])) == bound_of(operation(b[0], a[0]))
    assert counts.add(a[0], b[0]) == counts.add(b[0], a[0])
    assert counts.multiply(a[0], b[0]) == counts.multiply(b[0], a[0])
