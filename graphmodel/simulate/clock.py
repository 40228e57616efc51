"""When things happen in a world: people sleep, shop at noon, in the evening, on Saturdays."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from graphmodel.simulate.columns import SECONDS_A_DAY
from graphmodel.simulate.draws import drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

BEGIN = date(2025, 1, 1)
DAYS = 365
END_S = DAYS * SECONDS_A_DAY
HOUR_S = 3600
MONTHS = 12

_HOURS = (1, 0.5, 0.3, 0.2, 0.2, 0.5, 2, 5, 7, 6, 6, 8, 10, 7, 5, 5, 6, 8, 10, 10, 9, 7, 5, 2)
_WEEK = (1.0, 0.95, 1.0, 1.0, 1.1, 1.3, 1.2)
"""Monday to Sunday."""


def moments(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Draw moments of the year, in seconds since it began."""
    weight = np.array([_WEEK[(BEGIN.weekday() + day) % 7] for day in range(DAYS)])
    return drawn(rng, weight, count) * SECONDS_A_DAY + hours(rng, count)


def hours(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Draw moments of a day, in seconds since midnight."""
    hour = drawn(rng, np.array(_HOURS), count)
    return hour * HOUR_S + rng.integers(0, HOUR_S, count)


def after(rng: np.random.Generator, seconds: NDArray[np.int64], mean_s: float) -> NDArray[np.int64]:
    """Return moments that follow others after exponential delays of at least a minute.

    What would lie beyond the year happens in its last hour, but never before what it follows.
    """
    late = seconds + 60 + rng.exponential(mean_s, len(seconds)).astype(np.int64)
    last = END_S - 1 - rng.integers(0, HOUR_S, len(seconds))
    limit = np.maximum(last, np.minimum(seconds + 60, END_S - 1))
    return np.asarray(np.where(late < END_S, late, limit))


def before(
    rng: np.random.Generator, seconds: NDArray[np.int64], mean_s: float
) -> NDArray[np.int64]:
    """Return moments that precede others by exponential times; none lies before the year."""
    lead = 60 + rng.exponential(mean_s, len(seconds)).astype(np.int64)
    return np.asarray(np.maximum(seconds - lead, 0))


def monthly(rng: np.random.Generator, day_of_month: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each day of the month the moments of twelve months, a row each.

    The day may slip by two where it meets a weekend or a holiday.
    """
    starts = np.array([(date(BEGIN.year, month, 1) - BEGIN).days for month in range(1, MONTHS + 1)])
    slip = rng.integers(0, 3, (len(day_of_month), MONTHS))
    day = np.minimum(starts[None, :] + day_of_month[:, None] - 1 + slip, DAYS - 1)
    clock = rng.integers(9 * HOUR_S, 18 * HOUR_S, day.shape)
    return np.asarray(day * SECONDS_A_DAY + clock)
