"""Rectangles and orthogonal lines in pixels of the drawing; y grows downwards."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

Point = tuple[float, float]


class Rect(NamedTuple):
    """A rectangle by its upper left corner and size."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """Return the greatest x."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Return the greatest y."""
        return self.y + self.h

    @property
    def cx(self) -> float:
        """Return the middle in x."""
        return self.x + self.w / 2

    @property
    def cy(self) -> float:
        """Return the middle in y."""
        return self.y + self.h / 2

    def grown(self, by: float) -> Rect:
        """Return the rectangle with `by` added on each side."""
        return Rect(self.x - by, self.y - by, self.w + 2 * by, self.h + 2 * by)

    def moved(self, dx: float, dy: float) -> Rect:
        """Return the rectangle moved."""
        return Rect(self.x + dx, self.y + dy, self.w, self.h)

    def overlaps(self, other: Rect) -> bool:
        """Tell whether the interiors meet."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def contains(self, other: Rect) -> bool:
        """Tell whether the other lies inside, borders included."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


def bounds(rects: list[Rect]) -> Rect:
    """Return the smallest rectangle around all of them; there must be one."""
    left, top = min(r.x for r in rects), min(r.y for r in rects)
    return Rect(left, top, max(r.right for r in rects) - left, max(r.bottom for r in rects) - top)


def segment_rect(a: Point, b: Point, half: float) -> Rect:
    """Return the rectangle that a thick orthogonal segment covers."""
    left, top = min(a[0], b[0]), min(a[1], b[1])
    return Rect(left, top, abs(a[0] - b[0]), abs(a[1] - b[1])).grown(half)


def simplified(points: list[Point]) -> tuple[Point, ...]:
    """Return the line without points in the middle of a straight run."""
    kept: list[Point] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept[-1] = point
        else:
            kept.append(point)
    return tuple(kept)


def _straight(a: Point, b: Point, c: Point) -> bool:
    return (a[0] == b[0] == c[0]) or (a[1] == b[1] == c[1])


def beside(points: tuple[Point, ...], by: float) -> tuple[Point, ...]:
    """Return an orthogonal line shifted by `by`: to the left in the picture where it runs down.

    >>> beside(((0, 0), (0, 10)), 3)
    ((-3, 0), (-3, 10))
    """
    if by == 0:
        return points
    moved = list(points)
    for i, (a, b) in enumerate(pairwise(points)):
        for at in (i, i + 1):
            x, y = moved[at]
            if a[0] == b[0]:
                moved[at] = (a[0] - by * _sign(b[1] - a[1]), y)
            else:
                moved[at] = (x, a[1] + by * _sign(b[0] - a[0]))
    return tuple(moved)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
