"""Ids of a world: the rows of plants get theirs from the same numbers as the background.

The k-th thing of a kind has the number k·step modulo a prime, so no two are alike, and neither
order nor size of a number tells who was planted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

MODULUS = 99_999_989
"""The largest prime of eight digits: more things of one kind are not numbered."""

_LEAST_STEP = 10_000_000


class Numbers:
    """Numbers for things of each kind: those of the background first, then new ones."""

    def __init__(self, rng: np.random.Generator, kinds: Iterable[str]) -> None:
        """Draw the step of each kind."""
        self._steps = {kind: int(rng.integers(_LEAST_STEP, MODULUS)) for kind in sorted(kinds)}
        self._taken: dict[str, int] = {}

    def reserve(self, counts: Mapping[str, int]) -> None:
        """Keep the first so many numbers of each kind for the background."""
        self._taken.update(counts)

    def of(self, kind: str, indices: NDArray[Any]) -> NDArray[np.int64]:
        """Return the numbers of things of the background; -1 stays -1."""
        wide = np.asarray(indices, dtype=np.int64)
        numbers: NDArray[np.int64] = (wide + 1) * self._steps[kind] % MODULUS
        return np.where(wide < 0, -1, numbers)

    def ids(self, kind: str, indices: NDArray[Any]) -> list[str]:
        """Return the ids of things of the background."""
        return [f"{kind}-{number}" for number in self.of(kind, indices).tolist()]

    def new(self, kind: str) -> str:
        """Return an id that nothing else has."""
        if kind not in self._steps:
            self._steps[kind] = _LEAST_STEP
        index = self._taken.get(kind, 0)
        self._taken[kind] = index + 1
        return f"{kind}-{(index + 1) * self._steps[kind] % MODULUS}"
