"""Numbers with a bound, and arithmetic that never loses it.

A number is exact [v, v], at least [v, ∞), at most (…, v] or about v with a soft margin of a tenth
that is used only for ends and tests. Combining two bounds follows one table; where nothing can be
said the result is absent (None), never 0. Fractions are exact; nothing is rounded here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MARGIN = Fraction(1, 10)
"""Soft margin of `about`, as a share of the value; for ends and tests, never printed."""

_FLIPPED = {"exact": "exact", "at_least": "at_most", "at_most": "at_least", "about": "about"}
_JOINED = {
    frozenset(("exact",)): "exact",
    frozenset(("exact", "at_least")): "at_least",
    frozenset(("exact", "at_most")): "at_most",
    frozenset(("exact", "about")): "about",
    frozenset(("at_least",)): "at_least",
    frozenset(("at_most",)): "at_most",
    frozenset(("about",)): "about",
    frozenset(("about", "at_least")): "at_least",
    frozenset(("about", "at_most")): "at_most",
}


@dataclass(frozen=True, slots=True)
class Bounded:
    """A number and what is known of it: `exact`, `at_least`, `at_most` or `about`.

    `ends` are those of a computed `about`: a difference of two such numbers is less sure than its
    own value would tell.
    """

    value: Fraction
    bound: str = "exact"
    ends: tuple[Fraction, Fraction] | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, value: int | None, bound: str | None = None) -> Bounded | None:
        """Return the number, or None where it is not known; an absent bound is exact.

        >>> Bounded.of(8000, "at_least")
        Bounded(value=Fraction(8000, 1), bound='at_least')
        """
        return None if value is None else cls(Fraction(value), bound or "exact")

    def low(self, *, floor: Fraction | None = None) -> Fraction | None:
        """Return the least possible value; None is unbounded. `floor` bounds an `at_most` below."""
        if self.bound == "at_most":
            return floor
        if self.ends is not None:
            return self.ends[0]
        return self.value - abs(self.value) * MARGIN if self.bound == "about" else self.value

    def high(self) -> Fraction | None:
        """Return the greatest possible value; None is unbounded."""
        if self.bound == "at_least":
            return None
        if self.ends is not None:
            return self.ends[1]
        return self.value + abs(self.value) * MARGIN if self.bound == "about" else self.value

    def __neg__(self) -> Bounded:
        """Return the number with its sign turned."""
        ends = None if self.ends is None else (-self.ends[1], -self.ends[0])
        return Bounded(-self.value, _FLIPPED[self.bound], ends)

    def surely_positive(self) -> bool:
        """Tell whether the whole interval is above 0."""
        low = self.low()
        return low is not None and low > 0

    def surely_not_positive(self) -> bool:
        """Tell whether the whole interval is at or below 0."""
        high = self.high()
        return high is not None and high <= 0


def _about(value: Fraction, low: Fraction | None, high: Fraction | None) -> Bounded:
    """Return a computed `about` with the ends that its operands give it."""
    ends = None if low is None or high is None else (low, high)
    return Bounded(value, "about", ends)


def _times(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a * b


def _ends(number: Bounded, bound: str) -> Fraction:
    """Return the end of a number that a result with `bound` is computed from."""
    end = number.low() if bound == "at_least" else number.high() if bound == "at_most" else None
    return number.value if end is None else end


def add(a: Bounded | None, b: Bounded | None) -> Bounded | None:
    """Return a + b, absent where either is or where the bounds pull apart."""
    if a is None or b is None:
        return None
    bound = _JOINED.get(frozenset((a.bound, b.bound)))
    if bound == "about":
        low = (a.low() or Fraction(0)) + (b.low() or Fraction(0))
        high = (a.high() or Fraction(0)) + (b.high() or Fraction(0))
        return _about(a.value + b.value, low, high)
    return None if bound is None else Bounded(_ends(a, bound) + _ends(b, bound), bound)


def subtract(a: Bounded | None, b: Bounded | None) -> Bounded | None:
    """Return a - b.

    >>> subtract(Bounded(Fraction(16500)), Bounded(Fraction(4500)))
    Bounded(value=Fraction(12000, 1), bound='exact')
    """
    return None if b is None else add(a, -b)


def multiply(a: Bounded | None, b: Bounded | None) -> Bounded | None:
    """Return a × b of two numbers that are not negative."""
    if a is None or b is None:
        return None
    bound = _JOINED.get(frozenset((a.bound, b.bound)))
    if bound == "about":
        low, high = _times(a.low(), b.low()), _times(a.high(), b.high())
        return _about(a.value * b.value, low, high)
    return None if bound is None else Bounded(_ends(a, bound) * _ends(b, bound), bound)


def divide(a: Bounded | None, b: Bounded | None) -> Bounded | None:
    """Return a ÷ b of numbers that are not negative; absent where b may be 0.

    >>> divide(Bounded(Fraction(1400), "about"), Bounded(Fraction(8000), "at_least"))
    Bounded(value=Fraction(77, 400), bound='at_most')
    """
    if a is None or b is None:
        return None
    low = b.low(floor=Fraction(0))
    if low is None or low <= 0:
        return None
    bound = _JOINED.get(frozenset((a.bound, _FLIPPED[b.bound])))
    if bound is None:
        return None
    if bound == "about":
        b_high, a_low, a_high = b.high(), a.low(), a.high()
        if a_low is None or a_high is None or b_high is None:
            return Bounded(a.value / b.value, bound)
        return _about(a.value / b.value, a_low / b_high, a_high / low)
    return Bounded(_ends(a, bound) / _ends(b, _FLIPPED[bound]), bound)


def total(terms: Iterable[Bounded | None]) -> Bounded | None:
    """Return the sum of terms that are not negative; a missing term makes it `at_least`.

    No known term at all makes it absent.
    """
    known: Bounded | None = None
    missing = False
    for term in terms:
        if term is None:
            missing = True
        elif known is None:
            known = term
        else:
            known = add(known, term)
            if known is None:
                return None
    if known is None or not missing:
        return known
    return add(known, Bounded(Fraction(0), "at_least"))


def least(a: Bounded | None, b: Bounded | None) -> Bounded | None:
    """Return the lesser: the operand that its ends decide for, else by the table of bounds."""
    if a is None or b is None:
        return None
    zero = Fraction(0)
    for one, other in ((a, b), (b, a)):
        high, low = one.high(), other.low(floor=zero)
        if high is not None and low is not None and high <= low:
            return one
    bound = _JOINED.get(frozenset((a.bound, b.bound)))
    return None if bound is None else Bounded(min(_ends(a, bound), _ends(b, bound)), bound)


def greatest(a: Bounded | None, b: Bounded | None) -> Bounded | None:
    """Return the greater: the operand that its ends decide for, else by the table of bounds."""
    if a is None or b is None:
        return None
    zero = Fraction(0)
    for one, other in ((a, b), (b, a)):
        low, high = one.low(floor=zero), other.high()
        if low is not None and high is not None and low >= high:
            return one
    bound = _JOINED.get(frozenset((a.bound, b.bound)))
    return None if bound is None else Bounded(max(_ends(a, bound), _ends(b, bound)), bound)


def rounded(number: Bounded) -> int:
    """Return the value as an integer, half to even: the one rounding of a figure."""
    return round(number.value)
