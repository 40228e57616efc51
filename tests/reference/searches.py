"""Searches for a wrong answer: many seeded pairs, of which a wrong one is made small."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.reference.choices import Choices
from tests.reference.comparison import Tally
from tests.reference.pairs import WrongAnswerError, random_pairs, repeated_pair

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reference.pairs import Asked

    Compare = Callable[[Asked, Tally], None]

_SHRINKING_TRIES = 400
PAIRS_A_GRAPH = 10


@st.composite
def asked_graphs(draw: Callable[[Any], Any], count: int = 3) -> Asked:
    """Return a random graph with questions whose answers the reference knows."""
    return random_pairs(Choices.drawn(draw), count, Tally())


def search(seed: int, graphs: int, compare: Compare) -> Tally:
    """Compare ten pairs on each of so many graphs; a wrong answer is made small, then raised.

    Seeds make a long search varied: what Hypothesis draws repeats itself to a large part.
    """
    tally = Tally()
    for number in range(graphs):
        rnd = Random(f"{seed}.{number}")  # noqa: S311 (a test's choice, no secret)
        asked = random_pairs(Choices.seeded(rnd), PAIRS_A_GRAPH, tally)
        try:
            compare(asked, tally)
        except WrongAnswerError as error:
            raise _smaller(asked, error, compare) from error
    return tally


def _smaller(asked: Asked, error: WrongAnswerError, compare: Compare) -> WrongAnswerError:
    """Return the error of a smaller pair, found by leaving choices out or making them simpler."""
    best, parts = error, [asked.choices, error.pair.choices]
    tries, size = 0, max(len(part) for part in parts)
    while size and tries < _SHRINKING_TRIES:
        for which in (1, 0):
            place = 0
            while place < len(parts[which]) and tries < _SHRINKING_TRIES:
                for simpler in _simpler(parts[which], place, size):
                    tries += 1
                    tried = [*parts]
                    tried[which] = simpler
                    found = _error_of(tried, compare)
                    if found is not None:
                        best, parts = found, tried
                        break
                else:
                    place += size
        size //= 2
    return best


def _simpler(made: list[int], place: int, size: int) -> list[list[int]]:
    """Return the choices without some, and with the simplest in their place."""
    head, part, tail = made[:place], made[place : place + size], made[place + size :]
    return [head + tail] + [[*head, *[0] * len(part), *tail]] * any(part)


def _error_of(parts: list[list[int]], compare: Compare) -> WrongAnswerError | None:
    try:
        compare(repeated_pair(*parts), Tally())
    except WrongAnswerError as error:
        return error
    return None
