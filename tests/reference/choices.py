"""Choices a test leaves to chance: drawn by Hypothesis, so that a failure shrinks to the first."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

T = TypeVar("T")


@cache
def _below(count: int) -> st.SearchStrategy[int]:
    return st.integers(0, count - 1)


class Choices:
    """Makes choices; what stands first in a list is the simplest."""

    def __init__(self, below: Callable[[int], int]) -> None:
        """Take integers from 0 up to a count, which is left out; keep them all in `made`."""
        self._below = below
        self.made: list[int] = []

    def below(self, count: int) -> int:
        """Return an integer from 0 up to a count, which is left out."""
        self.made.append(self._below(count))
        return self.made[-1]

    @classmethod
    def drawn(cls, draw: Callable[[Any], Any]) -> Choices:
        """Return choices drawn by Hypothesis."""
        return cls(lambda count: int(draw(_below(count))))

    @classmethod
    def seeded(cls, rnd: Random) -> Choices:
        """Return choices of a random generator."""
        return cls(rnd.randrange)

    @classmethod
    def repeated(cls, made: Sequence[int]) -> Choices:
        """Return choices as they were made before; what goes beyond them is the simplest."""
        rest = iter(made)
        return cls(lambda count: min(next(rest, 0), count - 1))

    def one(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self.below(len(items))] if len(items) > 1 else items[0]

    def chance(self, percent: int) -> bool:
        """Tell whether something happens that does so in so many of a hundred cases."""
        return self.below(100) >= 100 - percent

    def some(self, items: Sequence[T], percent: int) -> list[T]:
        """Return a part of the items."""
        return [item for item in items if self.chance(percent)]

    def number(self, low: int, high: int) -> int:
        """Return an integer, both ends included."""
        return low + self.below(high - low + 1)
