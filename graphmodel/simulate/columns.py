"""Columns of case tables from arrays: each is asked for the text of its rows from one to another.

Text is made a slice at a time, so ten million rows never lie in memory as text. An empty cell is
a null.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

Column: TypeAlias = "Callable[[int, int], Any]"
"""From first row and row after the last to an array of text (pyarrow)."""

SECONDS_A_DAY = 86_400
SECOND, DAY, MONTH = range(3)
NOTHING = -1
"""Stands in an array of whole numbers for an empty cell."""


@dataclass(slots=True)
class Table:
    """A table of the background; `seconds` since the world began order rows of events."""

    name: str
    rows: int
    columns: dict[str, Column] = field(default_factory=dict)
    seconds: NDArray[np.int64] | None = None


def constant(text: str) -> Column:
    """Return a column that says the same in every row."""
    import pyarrow as pa

    return lambda start, end: pa.repeat(pa.scalar(text, pa.string()), end - start)


def whole(values: NDArray[Any]) -> Column:
    """Return a column of whole numbers; `NOTHING` is an empty cell."""
    import pyarrow as pa

    def read(start: int, end: int) -> Any:  # noqa: ANN401 - pyarrow has no types
        part = np.asarray(values[start:end])
        return pa.array(part, mask=part == NOTHING).cast(pa.string())

    return read


def joined(*columns: Column, by: str = "") -> Column:
    """Return a column of the texts of others in a row; empty where one of them is."""
    import pyarrow.compute as pc

    return lambda start, end: pc.binary_join_element_wise(*(c(start, end) for c in columns), by)


def listed(*columns: Column) -> Column:
    """Return a column of lists, apart by `;`, of those texts of a row that are not empty."""
    import pyarrow.compute as pc

    return lambda start, end: pc.binary_join_element_wise(
        *(column(start, end) for column in columns), ";", null_handling="skip"
    )


def named(kind: str, numbers: NDArray[Any]) -> Column:
    """Return a column of ids such as `account-8123`."""
    return joined(constant(kind), whole(numbers), by="-")


def chosen(words: Sequence[str], indices: NDArray[Any]) -> Column:
    """Return a column of few different words by their index; `NOTHING` is an empty cell."""
    import pyarrow as pa

    listed = pa.array([*words, None], pa.string())

    def read(start: int, end: int) -> Any:  # noqa: ANN401 - pyarrow has no types
        part = np.asarray(indices[start:end])
        return listed.take(pa.array(np.where(part == NOTHING, len(words), part)))

    return read


def decimals(values: NDArray[Any], places: int) -> Column:
    """Return a column of decimal numbers, given in units of the last of so many places."""
    tails = [f"{tail:0{places}d}" for tail in range(10**places)]

    def read(start: int, end: int) -> Any:  # noqa: ANN401 - pyarrow has no types
        part = np.asarray(values[start:end])
        head, tail = np.divmod(part, 10**places)
        both = joined(whole(np.where(part < 0, NOTHING, head)), chosen(tails, tail), by=".")
        return both(0, len(part))

    return read


def days(begin: date, numbers: NDArray[Any], known: NDArray[np.bool_] | None = None) -> Column:
    """Return a column of days, given in days since `begin` (earlier ones are negative)."""
    return _calendar(begin, numbers, known, "%Y-%m-%d")


def months(begin: date, numbers: NDArray[Any], known: NDArray[np.bool_] | None = None) -> Column:
    """Return a column of months, given in days since `begin` (earlier ones are negative)."""
    return _calendar(begin, numbers, known, "%Y-%m")


def _calendar(
    begin: date, numbers: NDArray[Any], known: NDArray[np.bool_] | None, form: str
) -> Column:
    least = int(numbers.min(initial=0))
    span = int(numbers.max(initial=0)) - least + 1
    texts = [format(begin + timedelta(days=least + day), form) for day in range(span)]
    indices = numbers - least
    return chosen(texts, indices if known is None else np.where(known, indices, NOTHING))


@cache
def _clock() -> tuple[str, ...]:
    """Return what follows the day for each second of it, and for a day alone."""
    seconds = range(SECONDS_A_DAY)
    return (*(f"T{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in seconds), "")


def times(begin: date, seconds: NDArray[np.int64], known: NDArray[np.int8] | None = None) -> Column:
    """Return a column of local times, given in seconds since the start of `begin`.

    `known` says of each row whether the `SECOND`, the `DAY` or only the `MONTH` is known.
    """
    # compact arrays: a day is below 2^15, a moment of the day below 2^17
    day, moment = (part.astype(np.int32) for part in np.divmod(seconds, SECONDS_A_DAY))
    if known is None:
        return joined(days(begin, day), chosen(_clock(), moment))
    clock = chosen(_clock(), np.where(known == SECOND, moment, SECONDS_A_DAY))
    month, day_text = months(begin, day), joined(days(begin, day), clock)

    def read(start: int, end: int) -> Any:  # noqa: ANN401 - pyarrow has no types
        import pyarrow as pa
        import pyarrow.compute as pc

        is_month = pa.array(known[start:end] == MONTH)
        return pc.if_else(is_month, month(start, end), day_text(start, end))

    return read
