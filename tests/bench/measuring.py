"""Answers that can be compared, and what a run of something costs."""

from __future__ import annotations

import gc
import os
import resource
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[Any]

FULL_COMPARISON = 1_000_000
"""Up to so many rows answers are compared row by row, above it by sums that know no order."""

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a contender found: `count`, by length where it has lengths, rows where it gives them.

    A row holds payment numbers, filled up with -1. `cut` says how many searches were cut short: the
    answer then is a part of the whole.
    """

    count: int
    by_length: dict[int, int] = field(default_factory=dict)
    rows: Array | None = None
    cut: int = 0


class Outside(NamedTuple):
    """What a program printed, with its seconds of reading, which are not counted, and its peak."""

    text: str
    reading_s: float
    peak_mb: float


class Spent(NamedTuple):
    """Wall and CPU seconds of one run, children included, and what it gave."""

    wall_s: float
    cpu_s: float
    result: Any


def answer_of_rows(rows: Array) -> Answer:
    """Return the answer that consists of rows."""
    return Answer(len(rows), rows=rows)


def answer_of_loops(rows: Array, cut: int = 0) -> Answer:
    """Return the answer that consists of loops, one a row."""
    lengths, counts = np.unique((rows >= 0).sum(axis=1), return_counts=True)
    by_length = dict(zip(lengths.tolist(), counts.tolist(), strict=True))
    return Answer(len(rows), by_length, rows, cut)


def difference(ours: Answer, other: Answer) -> str | None:
    """Return in words how two answers differ, or None where they do not."""
    if ours.cut or other.cut:
        return _not_part(ours, other) if ours.cut else _not_part(other, ours)
    if ours.count != other.count:
        return f"{ours.count:,} against {other.count:,}"
    if ours.by_length and other.by_length and ours.by_length != other.by_length:
        return f"by length {ours.by_length} against {other.by_length}"
    if ours.rows is None or other.rows is None:
        return None
    if len(ours.rows) > FULL_COMPARISON:
        same = checksums(ours.rows) == checksums(other.rows)
    else:
        same = np.array_equal(_ordered(ours.rows), _ordered(other.rows))
    return None if same else f"equal counts of {ours.count:,}, other rows"


def _not_part(part: Answer, whole: Answer) -> str | None:
    """Tell if an answer cut short holds a row that the other has not."""
    if part.rows is None or whole.rows is None or whole.cut:
        return None
    known = set(map(tuple, _filled(whole.rows, part.rows.shape[1]).tolist()))
    width = max(part.rows.shape[1], whole.rows.shape[1])
    strange = [row for row in map(tuple, _filled(part.rows, width).tolist()) if row not in known]
    return f"{len(strange):,} rows that the other has not" if strange else None


def _filled(rows: Array, width: int) -> Array:
    lacking = max(width - rows.shape[1], 0)
    return np.pad(rows, ((0, 0), (0, lacking)), constant_values=-1)


def _ordered(rows: Array) -> Array:
    """Return rows without empty columns, in rising order."""
    used = rows[:, (rows != -1).any(axis=0)] if len(rows) else rows[:, :0]
    return used[np.lexsort(used.T[::-1])] if used.size else used


def checksums(rows: Array) -> tuple[int, int]:
    """Return sum and exclusive or of one hash a row: they know no order of rows."""
    hashes = np.zeros(len(rows), np.uint64)
    for column in rows.T:
        hashes = _mixed(hashes * np.uint64(31) + column.astype(np.int64).view(np.uint64))
    return int(hashes.sum()), int(np.bitwise_xor.reduce(hashes))


def _mixed(values: Array) -> Array:
    """Spread 64 bits: the finishing steps of splitmix64 (Steele, Lea, Flood 2014)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def spent(work: Callable[[], Any]) -> Spent:
    """Run something once; seconds that an outside program says it spent reading are left out."""
    gc.collect()
    wall, cpu = time.perf_counter(), _cpu_s()
    result = work()
    wall_s, cpu_s = time.perf_counter() - wall, _cpu_s() - cpu
    reading_s = result.reading_s if isinstance(result, Outside) else 0.0
    return Spent(wall_s - reading_s, cpu_s - reading_s, result)


def _cpu_s() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def forget_peak() -> float:
    """Begin a new peak of this process's memory where the system can; return it in MB."""
    gc.collect()
    if _CLEAR.exists():
        _CLEAR.write_text("5", encoding="ascii")
    return peak_mb()


def peak_mb() -> float:
    """Return the greatest resident memory of this process in MB.

    On Linux from its own status: `ru_maxrss` there is at least that of the process that began it.
    """
    if _STATUS.exists():
        lines = _STATUS.read_text(encoding="ascii").splitlines()
        words = next(line.split() for line in lines if line.startswith("VmHWM"))
        return int(words[1]) / 1024
    unit = 2**20 if os.uname().sysname == "Darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
