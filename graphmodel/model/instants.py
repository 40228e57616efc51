"""Time as it is stated: an interval of whole seconds since 1970 UTC, both ends included.

`2019-03` is the interval from the first to the last second of that month in the case's zone. A
local time that summer time skips or repeats is the interval of everything it may mean. The open
ends are `-FOREVER` and `FOREVER`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graphmodel.model.refusal import Reason, RefusalError
from graphmodel.model.schema import FOREVER

if TYPE_CHECKING:
    from datetime import tzinfo


class Interval(NamedTuple):
    """First and last possible second, and the text as stated."""

    t0: int
    t1: int
    text: str


UNKNOWN = Interval(-FOREVER, FOREVER, "")
"""A time of which nothing is said."""

_ISO = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[Tt ]([0-9]{2}):([0-9]{2})"
    r"(?::([0-9]{2})(?:[.,][0-9]+)?)?([Zz]|[+-][0-9]{2}(?::[0-9]{2})?)?)?)?)?"
)
_SHEET = re.compile(
    r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})(?: +([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EDGES = (datetime(1, 1, 2), datetime(9999, 12, 30))  # noqa: DTZ001 - local times
_MIDNIGHT_NEXT = 24
_MOST_OFFSET = 14 * 60


def parse_zone(name: str) -> ZoneInfo:
    """Return the time zone of an IANA name; an unknown one is refused."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RefusalError(Reason.ZONE_UNKNOWN, name) from error


def parse_time(text: str, zone: tzinfo) -> Interval:
    """Return the interval that a stated time covers, `zone` deciding for local times.

    Empty text is a time of which nothing is known. A malformed time and a range whose start lies
    after its end are refused. Fractions of a second are cut off.

    >>> parse_time("2019-03-14T09:30+08:00", UTC)[:2]
    (1552527000, 1552527059)
    """
    stated = text.strip()
    if not stated:
        return UNKNOWN
    match = _ISO.fullmatch(stated) or _SHEET.fullmatch(stated)
    if match is not None:
        return Interval(*_span(match, zone), text)
    sides = stated.split("/")
    if len(sides) != 2 or stated == "/":  # noqa: PLR2004 - a range has two sides
        raise RefusalError(Reason.TIME_BAD)
    t0 = _side(sides[0], zone)[0] if sides[0].strip() else -FOREVER
    t1 = _side(sides[1], zone)[1] if sides[1].strip() else FOREVER
    if t0 > t1:
        raise RefusalError(Reason.TIME_REVERSED)
    return Interval(t0, t1, text)


def _side(text: str, zone: tzinfo) -> tuple[int, int]:
    match = _ISO.fullmatch(text.strip())
    if match is None:
        raise RefusalError(Reason.TIME_BAD)
    return _span(match, zone)


def _span(match: re.Match[str], zone: tzinfo) -> tuple[int, int]:
    year, month, day, hour, minute, second = match.groups()[:6]
    offset = match[7] if match.re is _ISO else None
    try:
        if hour is None:
            return _day_span(int(year), month, day, zone)
        base = datetime(int(year), int(month), int(day))  # noqa: DTZ001 - a local time
        begin = base + timedelta(seconds=_clock(int(hour), int(minute), int(second or 0)))
    except (ValueError, OverflowError) as error:
        raise RefusalError(Reason.TIME_BAD) from error
    if offset is not None:
        zone = _fixed(offset)
    length = 59 if second is None else 0
    first = _range(begin, zone)
    last = _range(begin + timedelta(seconds=length), zone) if length else first
    return first[0], last[1]


def _clock(hour: int, minute: int, second: int) -> int:
    whole = hour * 3600 + minute * 60 + second
    late = hour > 23 and whole != _MIDNIGHT_NEXT * 3600  # noqa: PLR2004 - hours of a day
    if late or minute > 59 or second > 59:  # noqa: PLR2004 - minutes and seconds
        raise RefusalError(Reason.TIME_BAD)
    return whole


def _fixed(offset: str) -> tzinfo:
    if offset in "Zz":
        return UTC
    hours, _, minutes = offset[1:].partition(":")
    length = int(hours) * 60 + int(minutes or 0)
    if length > _MOST_OFFSET or int(minutes or 0) > 59:  # noqa: PLR2004 - minutes of an hour
        raise RefusalError(Reason.TIME_BAD)
    return timezone(timedelta(minutes=-length if offset[0] == "-" else length))


def _day_span(year: int, month: str | None, day: str | None, zone: tzinfo) -> tuple[int, int]:
    """Return first and last second of a year, month or day; ValueError where there is none."""
    first_month, last_month = (int(month), int(month)) if month else (1, 12)
    begin = datetime(year, first_month, int(day or 1))  # noqa: DTZ001 - a local time
    last_day = int(day) if day else monthrange(year, last_month)[1]
    end = datetime(year, last_month, last_day, 23, 59, 59)  # noqa: DTZ001 - a local time
    first, last = _range(begin, zone), _range(end, zone)
    t0 = first[0] if first[0] == first[1] or _repeats(begin, zone) else _jump(first, zone)
    t1 = last[1] if last[0] == last[1] or _repeats(end, zone) else _jump(last, zone) - 1
    return t0, t1


def _second(local: datetime, zone: tzinfo, fold: int) -> int:
    aware = local.replace(tzinfo=zone, fold=fold)
    passed = aware - _EPOCH
    # a zone of solar time has offsets of whole seconds; nothing finer is left here
    return passed.days * 86400 + passed.seconds


def _range(local: datetime, zone: tzinfo) -> tuple[int, int]:
    """Return the earliest and latest second that a local time may mean."""
    first, second = _second(local, zone, 0), _second(local, zone, 1)
    return (first, second) if first <= second else (second, first)


def _repeats(local: datetime, zone: tzinfo) -> bool:
    return _second(local, zone, 0) < _second(local, zone, 1)


def _jump(span: tuple[int, int], zone: tzinfo) -> int:
    """Return the second at which clocks sprang forward, which lies within `span`."""
    low, high = span
    before = _local(low, zone).utcoffset()
    while low < high:
        middle = (low + high) // 2
        if _local(middle, zone).utcoffset() == before:
            low = middle + 1
        else:
            high = middle
    return low


def _local(second: int, zone: tzinfo) -> datetime:
    try:
        return (_EPOCH + timedelta(seconds=second)).astimezone(zone)
    except OverflowError:
        # the first or last hours that a calendar holds lie outside it in UTC
        edge = _EDGES[second > 0].replace(tzinfo=zone)
        return edge + (timedelta(seconds=second) - (edge - _EPOCH))


_PRECISIONS = ("%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


def format_interval(t0: int, t1: int, zone: tzinfo) -> str:
    """Return the coarsest text that `parse_time` reads back as exactly this interval.

    >>> format_interval(1552521600, 1552607999, UTC)
    '2019-03-14'
    """
    if (t0, t1) == (-FOREVER, FOREVER):
        return ""
    for pattern in _PRECISIONS:
        begin, end = _text(t0, pattern, zone), _text(t1, pattern, zone)
        text = begin if begin == end else f"{begin}/{end}"
        if text and parse_time(text, zone)[:2] == (t0, t1):
            return text
    begin, end = (_with_offset(t, zone) for t in (t0, t1))
    return begin if begin == end else f"{begin}/{end}"


def _text(second: int, pattern: str, zone: tzinfo) -> str:
    if abs(second) >= FOREVER:
        return ""
    local = _local(second, zone)
    # strftime of some systems drops the leading zeros of early years
    return local.strftime(pattern.replace("%Y", f"{local.year:04d}"))


def _with_offset(second: int, zone: tzinfo) -> str:
    return "" if abs(second) >= FOREVER else _local(second, zone).isoformat()
