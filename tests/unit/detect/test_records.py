"""Times of events and of slow facts: possible, sure, and how far apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graphmodel.detect.records import (
    Holding,
    Span,
    can_precede,
    greatest_span,
    least_span,
)
from graphmodel.model.schema import FOREVER

UNKNOWN = Holding(-FOREVER, FOREVER, FOREVER, FOREVER)
EVENT = Span(100, 200)


def test_a_fact_without_a_start_may_hold_and_never_surely_holds() -> None:
    assert UNKNOWN.may_hold(EVENT)
    assert not UNKNOWN.surely_holds(EVENT)
    assert not UNKNOWN.perhaps_ended_before(EVENT)
    assert not UNKNOWN.surely_ended_before(EVENT)


def test_ends_at_the_same_second_still_hold() -> None:
    assert Holding(0, 100, 200, 200).surely_holds(EVENT)
    assert not Holding(0, 101, 200, 200).surely_holds(EVENT)
    assert not Holding(0, 100, 199, 200).surely_holds(EVENT)
    assert Holding(200, 300, FOREVER, FOREVER).may_hold(EVENT)
    assert not Holding(201, 300, FOREVER, FOREVER).may_hold(EVENT)
    assert Holding(0, 0, 50, 100).may_hold(EVENT)
    assert Holding(0, 0, 50, 99).surely_ended_before(EVENT)
    assert not Holding(0, 0, 50, 100).surely_ended_before(EVENT)


def test_a_stated_end_that_may_lie_before() -> None:
    assert Holding(0, 0, 150, 300).perhaps_ended_before(EVENT)
    assert not Holding(0, 0, 200, 300).perhaps_ended_before(EVENT)


SPANS = st.tuples(st.integers(-50, 50), st.integers(0, 30)).map(lambda p: Span(p[0], p[0] + p[1]))


@given(SPANS, SPANS, st.data())
def test_least_and_greatest_span_bound_every_possible_distance(
    a: Span, b: Span, data: st.DataObject
) -> None:
    x, y = (data.draw(st.integers(*span)) for span in (a, b))
    assert least_span([a, b]) <= abs(x - y) <= greatest_span([a, b])
    if x <= y:
        assert can_precede(a, b)


@given(SPANS, SPANS)
def test_what_surely_holds_may_hold(since: Span, event: Span) -> None:
    holding = Holding(*since, FOREVER, FOREVER)
    assert holding.may_hold(event) >= holding.surely_holds(event)
