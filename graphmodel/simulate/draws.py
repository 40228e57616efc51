"""Draws from a world's random numbers: events of a given chance, weighted choices, amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.int64]
    Flags: TypeAlias = NDArray[np.bool_]

_WHOLE_YUAN, _TAG_90, _TAG_50 = 0.5, 0.12, 0.08
"""Shares of amounts in whole yuan and with the price tags .90 and .50."""


def chance(rng: np.random.Generator, count: int, share: float) -> Flags:
    """Draw for each of `count` things whether what befalls such a share of them befalls it."""
    return np.asarray(rng.random(count) < share)


def drawn(
    rng: np.random.Generator, weight: NDArray[np.float64] | NDArray[np.int64], count: int
) -> Numbers:
    """Draw indices with chances in proportion to their weights."""
    edges = np.cumsum(weight, dtype=np.float64)
    found = np.searchsorted(edges, rng.random(count) * edges[-1], side="right")
    return np.asarray(np.minimum(found, len(edges) - 1))


def two_of(rng: np.random.Generator, size: int | Numbers, count: int) -> tuple[Numbers, Numbers]:
    """Draw two different places below `size` for each of `count` pairs."""
    first = (rng.random(count) * size).astype(np.int64)
    second = (rng.random(count) * (np.asarray(size) - 1)).astype(np.int64)
    return first, second + (second >= first)


def fen(
    rng: np.random.Generator, count: int, median_yuan: float | NDArray[np.float64], sigma: float
) -> Numbers:
    """Draw lognormal amounts in fen, half of them whole yuan, some with a price tag's end."""
    exact = np.exp(rng.normal(0.0, sigma, count)) * np.asarray(median_yuan) * 100
    amount = np.maximum(exact.astype(np.int64), 1)
    yuan = np.maximum(amount // 100, 1) * 100
    style = np.searchsorted(np.cumsum([_WHOLE_YUAN, _TAG_90, _TAG_50]), rng.random(count))
    return np.asarray(np.choose(style, [yuan, yuan - 10, yuan + 50, amount]))
