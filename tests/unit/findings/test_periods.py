"""Periods in words: first and last possible moment, no finer than is known."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from graphmodel.findings.periods import period, precision
from graphmodel.model.instants import parse_time
from graphmodel.model.schema import FOREVER

ZONE = "Asia/Shanghai"


def told(*times: str, zone: str = ZONE) -> tuple[str | None, str | None]:
    """Return the period in words of events at these times."""
    events = [(time or None, *parse_time(time, ZoneInfo(zone))[:2]) for time in times]
    return period(events, zone)[0]


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (("2019-03",), ("2019-03", "2019-03")),
        (("2019-03", "2019-03/2019-08"), ("2019-03", "2019-08")),
        (("2019-03-14", "2019-04"), ("2019-03", "2019-04")),
        (("2019", "2020-03-14T09:30"), ("2019", "2020")),
        (("2019-03-14T09:30", "2019-03-15T10:00"), ("2019-03-14T09:30", "2019-03-15T10:00")),
        (("2019-03-14T09:30:15",), ("2019-03-14T09:30:15", "2019-03-14T09:30:15")),
        (("2019-03-14",), ("2019-03-14", "2019-03-14")),
        (("/2019-03", "2019-01"), (None, "2019-03")),
        (("2019-03/", "2019-01"), ("2019-01", None)),
        (("", "2019-01"), (None, None)),
        (("",), (None, None)),
    ],
)
def test_period_in_words(times: tuple[str, ...], words: tuple[str | None, str | None]) -> None:
    assert told(*times) == words


def test_period_of_no_events() -> None:
    assert period([], ZONE) == ((None, None), (-FOREVER, FOREVER))


def test_seconds_are_those_of_the_intervals() -> None:
    assert period([("2019", 5, 9), ("2019", 1, 7)], ZONE)[1] == (1, 9)


@pytest.mark.parametrize(
    ("time", "fineness"),
    [
        ("2019", 0),
        ("2019-03", 1),
        ("2019-03-14", 2),
        ("2019-03-14T09:30+08:00", 3),
        ("2019-03-14T09:30-05:00", 3),
        ("2019-03-14 09:30:15", 4),
        ("2019-03-14/2019", 0),
    ],
)
def test_precision_of_a_stated_time(time: str, fineness: int) -> None:
    assert precision(time) == fineness


def test_dates_as_spreadsheets_write_them_are_days() -> None:
    assert told("2019/3/14", "2019/3/15") == ("2019-03-14", "2019-03-15")
    assert told("2019/3/14 9:30") == ("2019-03-14T09:30", "2019-03-14T09:30")


@pytest.mark.parametrize(
    ("time", "zone", "words"),
    [
        ("0001", ZONE, ("0001", "0001")),
        ("9999", "America/New_York", ("9999", "9999")),
        ("0999-03", ZONE, ("0999-03", "0999-03")),
    ],
)
def test_years_at_the_edges_of_the_calendar(time: str, zone: str, words: tuple[str, str]) -> None:
    assert told(time, zone=zone) == words
