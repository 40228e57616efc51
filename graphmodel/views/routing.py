"""Leads orthogonal lines around boxes and names: A* on the lines that obstacles leave free.

The grid is made of the edges of the obstacles at a distance, so it is small; a bend, a crossing and
a shared track cost extra. The same input gives the same lines.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.views.geometry import Point, Rect, segment_rect, simplified

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STUB_PX = 20.0
"""Straight piece between a border and the first bend; longer than an arrowhead."""
_BEND, _CROSSING, _SHARED = 34.0, 46.0, 420.0
_OUTER_PX = 44.0
_INSIDE = 0.6
"""Extra cost of a pixel inside a container, so that lines leave it by the shortest way."""
_SHORTEST_PX = 28.0
"""Length of a straight line that still has room for a head at each end."""
_STRAIGHT_COST = 45.0
"""Ports that cost more together are not worth a straight line."""
_UNSEEN = 1e12


class Port(NamedTuple):
    """A point on a border and the direction away from it, with what it costs to choose it."""

    at: Point
    out: tuple[int, int]
    cost: float

    def stub(self, half: float) -> Point:
        """Return the first point where a line of half thickness `half` may bend."""
        length = STUB_PX + half
        return self.at[0] + self.out[0] * length, self.at[1] + self.out[1] * length


class Obstacles(NamedTuple):
    """What a line must go round: its own two ends closely, all others at a distance.

    It finds a way along the edges of `guides`, and pays extra for its way `inside` containers.
    """

    own: tuple[Rect, ...]
    others: tuple[Rect, ...]
    guides: tuple[Rect, ...] = ()
    inside: tuple[Rect, ...] = ()


class Track(NamedTuple):
    """A straight piece of a line that is already drawn, with half its thickness."""

    a: Point
    b: Point
    half: float


@dataclass(slots=True)
class Grid:
    """Grid lines, and which pieces between them are blocked (by index of their lesser end)."""

    xs: list[float]
    ys: list[float]
    blocked_across: set[tuple[int, int]] = field(default_factory=set)
    blocked_down: set[tuple[int, int]] = field(default_factory=set)

    def block(self, rect: Rect) -> None:
        """Close every piece that passes through the inside of a rectangle."""
        inside_x = [i for i, x in enumerate(self.xs) if rect.x < x < rect.right]
        inside_y = [j for j, y in enumerate(self.ys) if rect.y < y < rect.bottom]
        across = _pieces(self.xs, rect.x, rect.right)
        down = _pieces(self.ys, rect.y, rect.bottom)
        self.blocked_across |= {(i, j) for i in across for j in inside_y}
        self.blocked_down |= {(i, j) for i in inside_x for j in down}


def _pieces(lines: Sequence[float], low: float, high: float) -> list[int]:
    return [i for i in range(len(lines) - 1) if lines[i] < high and low < lines[i + 1]]


def build_grid(
    obstacles: Obstacles, ports: Iterable[Port], tracks: Sequence[Track], half: float
) -> Grid:
    """Return the grid for one line of half thickness `half` among obstacles and drawn lines."""
    stubs = [port.stub(half) for port in ports]
    rects = (*obstacles.own, *obstacles.others)
    lines = (*rects, *obstacles.guides)
    xs = {x for x, _ in stubs} | {e for r in lines for e in (r.x, r.right)}
    ys = {y for _, y in stubs} | {e for r in lines for e in (r.y, r.bottom)}
    for track in tracks:
        by = track.half + half + 8
        if track.a[0] == track.b[0]:
            xs |= {track.a[0] - by, track.a[0] + by}
        else:
            ys |= {track.a[1] - by, track.a[1] + by}
    xs |= {min(xs) - _OUTER_PX / 2, max(xs) + _OUTER_PX / 2}
    ys |= {min(ys) - _OUTER_PX / 2, max(ys) + _OUTER_PX / 2}
    grid = Grid(sorted(xs), sorted(ys))
    for rect in rects:
        grid.block(rect)
    return grid


class Router:
    """Finds one line at a time and remembers those it found."""

    def __init__(self) -> None:
        """Begin with no line drawn."""
        self.tracks: list[Track] = []

    def _straight(
        self, starts: Sequence[Port], ends: Sequence[Port], others: Sequence[Rect], half: float
    ) -> list[Point] | None:
        """Return a straight line that meets nothing, if the ports on its way are cheap."""
        found: list[tuple[float, list[Point]]] = []
        for start in starts:
            for end in ends:
                cost = start.cost + end.cost
                if cost <= _STRAIGHT_COST and _faces(start, end):
                    line = segment_rect(start.at, end.at, half + 4)
                    met = [segment_rect(t.a, t.b, t.half) for t in self.tracks]
                    if not any(line.overlaps(rect) for rect in (*others, *met)):
                        found.append((cost, [start.at, end.at]))
        return min(found)[1] if found else None

    def find_line(
        self,
        starts: Sequence[Port],
        ends: Sequence[Port],
        obstacles: Obstacles,
        half: float,
    ) -> tuple[Point, ...] | None:
        """Return the cheapest line from a start to an end, or None where there is no way."""
        points = self._straight(starts, ends, obstacles.others, half)
        if points is None:
            grid = build_grid(obstacles, (*starts, *ends), self.tracks, half)
            points = _Search(grid, self.tracks, obstacles.inside, half).run(starts, ends)
        if points is None:
            return None
        line = simplified(points)
        pieces = pairwise(line)
        self.tracks += [Track(a, b, half) for a, b in pieces]
        return line


def _faces(start: Port, end: Port) -> bool:
    """Tell whether one straight line leaves the start and enters the end, with room for heads."""
    dx, dy = end.at[0] - start.at[0], end.at[1] - start.at[1]
    along = dx * start.out[0] + dy * start.out[1]
    across = dx * start.out[1] + dy * start.out[0]
    opposite = (-end.out[0], -end.out[1]) == start.out
    return opposite and across == 0 and along >= _SHORTEST_PX


_State = tuple[int, int, int, int]
"""Index in x, index in y, direction in x, direction in y."""


class _Search:
    """One run of A* over grid points and directions."""

    def __init__(
        self, grid: Grid, tracks: Sequence[Track], inside: Sequence[Rect], half: float
    ) -> None:
        self._grid = grid
        self._inside = inside
        self._half = half
        self._across = [t for t in tracks if t.a[1] == t.b[1]]
        self._down = [t for t in tracks if t.a[0] == t.b[0]]
        self._guesses: dict[tuple[int, int], float] = {}
        self._extra: dict[tuple[int, int, bool], float] = {}

    def run(self, starts: Sequence[Port], ends: Sequence[Port]) -> list[Point] | None:
        goals: dict[tuple[int, int], list[Port]] = {}
        for port in ends:
            goals.setdefault(self._at(port), []).append(port)
        best: dict[_State, float] = {}
        came: dict[_State, _State | None] = {}
        heap: list[tuple[float, float, _State]] = []
        first: dict[_State, Port] = {}
        for port in starts:
            state = (*self._at(port), *port.out)
            if port.cost < best.get(state, _UNSEEN):
                best[state], came[state], first[state] = port.cost, None, port
                heapq.heappush(heap, (port.cost, port.cost, state))
        found: tuple[float, _State, Port] | None = None
        while heap and (found is None or heap[0][0] < found[0]):
            _, cost, state = heapq.heappop(heap)
            if cost > best[state]:
                continue
            for port in goals.get(state[:2], ()):
                found = _better(found, cost, state, port)
            for after, step in self._next(state):
                if cost + step < best.get(after, _UNSEEN):
                    best[after], came[after] = cost + step, state
                    guess = cost + step + self._guess(after, goals)
                    heapq.heappush(heap, (guess, cost + step, after))
        return self._path(found[1], came, first, found[2]) if found else None

    def _at(self, port: Port) -> tuple[int, int]:
        x, y = port.stub(self._half)
        return self._grid.xs.index(x), self._grid.ys.index(y)

    def _guess(self, state: _State, goals: Iterable[tuple[int, int]]) -> float:
        """Return the least possible way from here to a goal; it never says too much."""
        at = state[:2]
        if at not in self._guesses:
            xs, ys = self._grid.xs, self._grid.ys
            x, y = xs[at[0]], ys[at[1]]
            self._guesses[at] = min(abs(xs[i] - x) + abs(ys[j] - y) for i, j in goals)
        return self._guesses[at]

    def _next(self, state: _State) -> list[tuple[_State, float]]:
        i, j, dx, dy = state
        ways = []
        for nx, ny in ((dx, dy), (dy, dx), (-dy, -dx)):
            at, down = (min(i, i + nx), min(j, j + ny)), ny != 0
            if not self._open(at, down):
                continue
            grid = self._grid
            length = (
                grid.ys[at[1] + 1] - grid.ys[at[1]] if down else grid.xs[at[0] + 1] - grid.xs[at[0]]
            )
            bend = 0.0 if (nx, ny) == (dx, dy) else _BEND
            ways.append(((i + nx, j + ny, nx, ny), length + bend + self._cost(at, down)))
        return ways

    def _open(self, at: tuple[int, int], down: bool) -> bool:  # noqa: FBT001  (a plain direction)
        grid = self._grid
        if at[0] < 0 or at[1] < 0:
            return False
        if down:
            return at[1] + 1 < len(grid.ys) and at not in grid.blocked_down
        return at[0] + 1 < len(grid.xs) and at not in grid.blocked_across

    def _cost(self, at: tuple[int, int], down: bool) -> float:  # noqa: FBT001  (a plain direction)
        """Return what crossing and sharing drawn lines costs on one piece of the grid."""
        key = (*at, down)
        if key not in self._extra:
            drawn = self._down_cost(at) if down else self._across_cost(at)
            self._extra[key] = drawn + self._inside_cost(at, down)
        return self._extra[key]

    def _inside_cost(self, at: tuple[int, int], down: bool) -> float:  # noqa: FBT001  (a direction)
        grid, (i, j) = self._grid, at
        a = (grid.xs[i], grid.ys[j])
        b = (a[0], grid.ys[j + 1]) if down else (grid.xs[i + 1], a[1])
        middle = Rect((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, 0, 0)
        length = abs(a[0] - b[0]) + abs(a[1] - b[1])
        return _INSIDE * length * sum(rect.contains(middle) for rect in self._inside)

    def _down_cost(self, at: tuple[int, int]) -> float:
        grid = self._grid
        x, y0, y1 = grid.xs[at[0]], grid.ys[at[1]], grid.ys[at[1] + 1]
        cost = 0.0
        for t in self._across:
            low, high = sorted((t.a[0], t.b[0]))
            cost += _CROSSING if low <= x <= high and y0 < t.a[1] <= y1 else 0.0
        for t in self._down:
            low, high = sorted((t.a[1], t.b[1]))
            near = abs(t.a[0] - x) < t.half + self._half + 6
            cost += _SHARED if near and low < y1 and y0 < high else 0.0
        return cost

    def _across_cost(self, at: tuple[int, int]) -> float:
        grid = self._grid
        y, x0, x1 = grid.ys[at[1]], grid.xs[at[0]], grid.xs[at[0] + 1]
        cost = 0.0
        for t in self._down:
            low, high = sorted((t.a[1], t.b[1]))
            cost += _CROSSING if low <= y <= high and x0 < t.a[0] <= x1 else 0.0
        for t in self._across:
            low, high = sorted((t.a[0], t.b[0]))
            near = abs(t.a[1] - y) < t.half + self._half + 6
            cost += _SHARED if near and low < x1 and x0 < high else 0.0
        return cost

    def _path(
        self,
        last: _State,
        came: dict[_State, _State | None],
        first: dict[_State, Port],
        goal: Port,
    ) -> list[Point]:
        states = [last]
        while (before := came[states[-1]]) is not None:
            states.append(before)
        states.reverse()
        points = [(self._grid.xs[s[0]], self._grid.ys[s[1]]) for s in states]
        return [first[states[0]].at, *points, goal.at]


def _better(
    found: tuple[float, _State, Port] | None, cost: float, state: _State, port: Port
) -> tuple[float, _State, Port] | None:
    """Return the cheaper of what was found and arriving at a port in this state."""
    direction = state[2:]
    if direction == port.out:  # would turn back on itself
        return found
    straight = direction == (-port.out[0], -port.out[1])
    whole = cost + port.cost + (0.0 if straight else _BEND)
    return (whole, state, port) if found is None or whole < found[0] else found
