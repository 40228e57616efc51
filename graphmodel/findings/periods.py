"""When the events of a finding happened: first and last possible moment, no finer than is known."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from graphmodel.model.schema import FOREVER

if TYPE_CHECKING:
    from collections.abc import Iterable

_SECONDS_OF_DAY = re.compile(r"\d:\d\d:\d\d")
_SPREADSHEET_DATE = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})")


def precision(time: str) -> int:
    """Return how fine a stated time is: 0 year, 1 month, 2 day, 3 minute, 4 second.

    Of a range the coarser side counts.

    >>> precision("2019-03/2019-08"), precision("2019-03-14T09:30"), precision("2019/3/14")
    (1, 3, 2)
    """
    plain = _SPREADSHEET_DATE.sub(r"\1-\2-\3", time)
    return min((_of_side(side) for side in plain.split("/") if side.strip()), default=4)


def _of_side(side: str) -> int:
    if ":" in side:
        return 4 if _SECONDS_OF_DAY.search(side) else 3
    return min(2, side.strip().lstrip("-").count("-"))


def _moment(second: int, fineness: int, zone: ZoneInfo) -> str | None:
    if abs(second) >= FOREVER:
        return None
    moment = datetime(1970, 1, 1, tzinfo=UTC)
    try:
        moment = (moment + timedelta(seconds=second)).astimezone(zone)
    except OverflowError:
        # a first or last day of the calendar has no place in a zone beyond it
        year, month, day = (1, 1, 1) if second < 0 else (9999, 12, 31)
        moment = datetime(year, month, day, tzinfo=UTC)
    date = (f"{moment.year:04d}", f"{moment.month:02d}", f"{moment.day:02d}")
    told = "-".join(date[: fineness + 1])
    clock = {3: "T%H:%M", 4: "T%H:%M:%S"}.get(fineness)
    return told if clock is None else told + moment.strftime(clock)


def period(
    events: Iterable[tuple[str | None, int, int]], timezone: str
) -> tuple[tuple[str | None, str | None], tuple[int, int]]:
    """Return the period in words and in seconds, from (time as stated, t0, t1) of each event.

    The coarsest precision among the events is used; an end that is not known is None.
    """
    listed = list(events)
    if not listed:
        return (None, None), (-FOREVER, FOREVER)
    first = min(t0 for _, t0, _ in listed)
    last = max(t1 for _, _, t1 in listed)
    fineness = min((precision(time) for time, _, _ in listed if time), default=4)
    zone = ZoneInfo(timezone)
    return (_moment(first, fineness, zone), _moment(last, fineness, zone)), (first, last)
