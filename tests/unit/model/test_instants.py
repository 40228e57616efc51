"""Time as stated: intervals of seconds, summer time, refusals, and text that says the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmodel.model.instants import UNKNOWN, format_interval, parse_time, parse_zone
from graphmodel.model.refusal import Reason, RefusalError
from graphmodel.model.schema import FOREVER

SHANGHAI = parse_zone("Asia/Shanghai")
NEW_YORK = parse_zone("America/New_York")
SAO_PAULO = parse_zone("America/Sao_Paulo")


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019", "2019-01-01T00:00:00+08:00", "2019-12-31T23:59:59+08:00"),
        ("2019-03", "2019-03-01T00:00:00+08:00", "2019-03-31T23:59:59+08:00"),
        ("2020-02", "2020-02-01T00:00:00+08:00", "2020-02-29T23:59:59+08:00"),
        ("2019-03-14", "2019-03-14T00:00:00+08:00", "2019-03-14T23:59:59+08:00"),
        ("2019-03-14T09:30", "2019-03-14T09:30:00+08:00", "2019-03-14T09:30:59+08:00"),
        ("2019-03-14 09:30:05", "2019-03-14T09:30:05+08:00", "2019-03-14T09:30:05+08:00"),
        ("2019-03-14T09:30:05.999", "2019-03-14T09:30:05+08:00", "2019-03-14T09:30:05+08:00"),
        ("2019-03-14T09:30:05Z", "2019-03-14T09:30:05+00:00", "2019-03-14T09:30:05+00:00"),
        ("2019-03-14T09:30-05:30", "2019-03-14T15:00:00+00:00", "2019-03-14T15:00:59+00:00"),
        ("2019-03-14T24:00", "2019-03-15T00:00:00+08:00", "2019-03-15T00:00:59+08:00"),
        ("2019/3/14 9:30", "2019-03-14T09:30:00+08:00", "2019-03-14T09:30:59+08:00"),
        ("2019/3/14", "2019-03-14T00:00:00+08:00", "2019-03-14T23:59:59+08:00"),
        ("2018-11/2019-03", "2018-11-01T00:00:00+08:00", "2019-03-31T23:59:59+08:00"),
        ("2019/2020-02-01", "2019-01-01T00:00:00+08:00", "2020-02-01T23:59:59+08:00"),
    ],
)
def test_a_time_is_the_interval_it_covers(text: str, first: str, last: str) -> None:
    assert parse_time(text, SHANGHAI) == (seconds(first), seconds(last), text)


def test_open_sides_reach_for_ever() -> None:
    assert parse_time("/2019", UTC)[:2] == (-FOREVER, seconds("2019-12-31T23:59:59+00:00"))
    assert parse_time("2019/", UTC)[:2] == (seconds("2019-01-01T00:00:00+00:00"), FOREVER)
    assert parse_time("  ", UTC) is UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        "20190314", "2019-W11", "2019-073", "2019-13", "2019-02-29", "2019-3-14", "14.03.2019",
        "2019-03-14T9:30", "2019-03-14T25:00", "2019-03-14T24:01", "2019-03-14T09:60",
        "2019-03-14T09:30:60", "2019-03-14T09", "09:30", "0000", "10000", "/", "2019//2020",
        "2019-03-14T09:30+0800", "2019-03-14T09:30+15:00", "2019/3", "43538", "2019年3月",
        "9999-12-31T24:00", "2019-03-14T09:30 CST", "-2019", "２０１９",
    ],
)  # fmt: skip
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(RefusalError) as refused:
        parse_time(text, SHANGHAI)
    assert refused.value.reason is Reason.TIME_BAD


def test_a_reversed_range_is_refused() -> None:
    with pytest.raises(RefusalError) as refused:
        parse_time("2019-08/2019-03", SHANGHAI)
    assert refused.value.reason is Reason.TIME_REVERSED
    # not surely reversed: some moment of March is after some moment of it
    assert parse_time("2019-03-14/2019-03", SHANGHAI).t0 == seconds("2019-03-14T00:00:00+08:00")


def test_a_skipped_local_time_is_an_interval() -> None:
    skipped = parse_time("2021-03-14T02:30:00", NEW_YORK)
    assert skipped[:2] == (seconds("2021-03-14T06:30+00:00"), seconds("2021-03-14T07:30+00:00"))


def test_a_repeated_local_time_is_an_interval() -> None:
    repeated = parse_time("2021-11-07T01:30:00", NEW_YORK)
    assert repeated[:2] == (seconds("2021-11-07T05:30+00:00"), seconds("2021-11-07T06:30+00:00"))
    assert parse_time("2021-11-07T01:30:00-04:00", NEW_YORK).t1 == repeated.t0


def test_days_are_as_long_as_they_are() -> None:
    lengths = {
        text: parse_time(text, zone).t1 - parse_time(text, zone).t0 + 1
        for text, zone in (
            ("2021-03-14", NEW_YORK),
            ("2021-11-07", NEW_YORK),
            # the first hour of this day does not exist
            ("2018-11-04", SAO_PAULO),
            ("2018-11-03", SAO_PAULO),
        )
    }
    hour = 3600
    assert lengths == {
        "2021-03-14": 23 * hour,
        "2021-11-07": 25 * hour,
        "2018-11-04": 23 * hour,
        "2018-11-03": 24 * hour,
    }


def test_an_unknown_zone_is_refused() -> None:
    for name in ("Asia/Nowhere", "", "../etc/passwd", "America"):
        with pytest.raises(RefusalError):
            parse_zone(name)


@pytest.mark.parametrize(
    "text",
    [
        "0001", "9999", "2019", "2019-03", "2019-03-14", "2019-03-14T09:30", "2019-03/2019-08",
        "2019-03-14T09:30:05", "/2019-03", "2019-03/", "2019-01/2019-03", "2021-11-07",
    ],
)  # fmt: skip
@pytest.mark.parametrize("zone", [SHANGHAI, NEW_YORK, SAO_PAULO, UTC])
def test_the_coarsest_faithful_text_is_written(text: str, zone: object) -> None:
    t0, t1, _ = parse_time(text, zone)  # type: ignore[arg-type] # zones of two kinds
    assert format_interval(t0, t1, zone) == text  # type: ignore[arg-type] # zones of two kinds


def test_nothing_known_is_no_text() -> None:
    assert format_interval(-FOREVER, FOREVER, UTC) == ""


@given(
    st.integers(-(10**10), 2 * 10**11),
    st.integers(0, 10**9),
    st.sampled_from([SHANGHAI, NEW_YORK, SAO_PAULO, UTC]),
)
def test_written_text_is_read_back_exactly(start: int, length: int, zone: object) -> None:
    text = format_interval(start, start + length, zone)  # type: ignore[arg-type] # zones of two kinds
    read = parse_time(text, zone)  # type: ignore[arg-type] # zones of two kinds
    # offsets of solar time have seconds, which no text with an offset gives
    assert read[:2] == (start, start + length) or start < -(10**9)
