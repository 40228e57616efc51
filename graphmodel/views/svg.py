"""Draws a placed scene as SVG: no script, no style attribute, no address, all text escaped.

Colours come from the style of the page by class names. Meaning never rests on colour alone: money
is a double line, a price only agreed a thin double line with an open head, ties are dots.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graphmodel.texts import text
from graphmodel.views import icons, measure
from graphmodel.views.escape import escaped
from graphmodel.views.geometry import Rect, beside
from graphmodel.views.placed import ARROW_HALF_PX, ARROW_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.texts import Language
    from graphmodel.views.geometry import Point
    from graphmodel.views.placed import (
        PlacedBox,
        PlacedHousehold,
        PlacedLabel,
        PlacedLink,
        PlacedPerson,
        PlacedScene,
    )

NAMESPACE = "http://www.w3.org/2000/svg"
_ROUND_PX = 9.0
_DOUBLE_PX = {"money": 2.2, "agreed": 1.8}
_OPEN_HEADS = frozenset(("agreed", "claim", "shows", "poses"))
_ICON_HALF_PX = 9.0
_BASELINE_EM = 0.36
"""From the middle of a line of text down to its baseline, in em."""


def render_svg(placed: PlacedScene, language: Language = "zh") -> str:
    """Return one `svg` element with a title and a description for those who cannot see it."""
    ident = escaped(placed.scene.key)
    size = f'width="{_n(placed.width)}" height="{_n(placed.height)}"'
    view = f'viewBox="0 0 {_n(placed.width)} {_n(placed.height)}"'
    told = f'role="img" aria-labelledby="t-{ident} d-{ident}"'
    parts = [
        f'<svg xmlns="{NAMESPACE}" class="scene" {view} {size} {told}>',
        f'<title id="t-{ident}">{escaped(placed.scene.title)}</title>',
        f'<desc id="d-{ident}">{escaped(describe(placed, language))}</desc>',
        *(_household(frame) for frame in placed.households),
        *(_person(person) for person in placed.persons if person.person.kind),
        *(draw_ring(link) for link in placed.links if link.link.step),
        *(draw_link(link) for link in placed.links),
        *(draw_box(box) for box in placed.boxes),
        *(_label(link) for link in placed.links),
        *(_pill(frame) for frame in placed.households),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part)


def describe(placed: PlacedScene, language: Language) -> str:
    """Return the links of a scene in words, one sentence each."""
    names = placed.scene.names()
    links = (link.link for link in placed.links)
    rows = (
        text(
            "page-link-words",
            language,
            start=names.get(link.start, "?"),
            end=names.get(link.end, "?"),
            kind=text(f"page-kind-{link.kind}", language),
            label=" · ".join(link.lines),
        ).rstrip("：: ")
        for link in links
    )
    return "; ".join((*filter(None, (placed.scene.caption,)), *rows))


def _n(value: float) -> str:
    """Return a coordinate with at most one decimal.

    >>> _n(12.0), _n(-0.04), _n(3.25)
    ('12', '0', '3.2')
    """
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def _at(point: Point) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _rect(rect: Rect, classes: str, radius: float) -> str:
    return (
        f'<rect class="{classes}" x="{_n(rect.x)}" y="{_n(rect.y)}" width="{_n(rect.w)}" '
        f'height="{_n(rect.h)}" rx="{_n(radius)}"/>'
    )


class _Face(NamedTuple):
    """How lines of text are set: class, size and pitch in pixels, and where they are anchored."""

    classes: str
    px: float
    pitch: float
    anchor: str = ""


_NAME = _Face("name", measure.TITLE_PX, measure.LINE_PX)
_SMALL = _Face("small", measure.SMALL_PX, measure.SMALL_LINE_PX)
_LABEL = _SMALL._replace(anchor="middle")


def _lines(lines: Sequence[str], at: Point, face: _Face) -> str:
    """Return lines of text from the middle of the first line downwards, as one text."""
    anchor = f' text-anchor="{face.anchor}"' if face.anchor else ""
    parts = []
    for i, line in enumerate(lines):
        y = at[1] + i * face.pitch + face.px * _BASELINE_EM
        blank = " " if i + 1 < len(lines) and _parted(line, lines[i + 1]) else ""
        parts.append(f'<tspan x="{_n(at[0])}" y="{_n(y)}">{escaped(line)}</tspan>{blank}')
    return f'<text class="{face.classes}"{anchor}>{"".join(parts)}</text>' if parts else ""


def _parted(line: str, after: str) -> bool:
    """Tell whether a blank stood between two lines: between words, and around signs."""
    if not line or not after:
        return False
    return after[0] in "+=(" or (line[-1].isascii() and after[0].isascii())


def _household(frame: PlacedHousehold) -> str:
    rect = frame.title_rect
    face = _SMALL._replace(classes="small house-name")
    title = _lines((frame.household.label,), (rect.x + 24, rect.cy), face)
    icon = icons.draw("house", rect.x, rect.cy - _ICON_HALF_PX)
    return f'<g class="household">{_rect(frame.rect, "frame", 14)}{icon}{title}</g>'


def draw_frame_sign(rect: Rect) -> str:
    """Return a household frame without title, for a legend."""
    return f'<g class="household">{_rect(rect, "frame", 5)}</g>'


def _pill(frame: PlacedHousehold) -> str:
    rect = frame.pill_rect
    if rect is None:
        return ""
    first = rect.cy - (len(frame.pill) - 1) * measure.LINE_PX / 2
    face = _NAME._replace(classes="name pill-words", anchor="middle")
    words = _lines(frame.pill, (rect.cx, first), face)
    return f'<g class="pill">{_rect(rect, "pill-ground", min(rect.h / 2, 16))}{words}</g>'


def _person(person: PlacedPerson) -> str:
    rect, name = person.rect, person.name_rect
    unknown = person.person.unknown
    first = name.y + measure.LINE_PX / 2
    below = name.y + len(person.name) * measure.LINE_PX + measure.SMALL_LINE_PX / 2
    icon = icons.draw("unknown" if unknown else person.person.kind, name.x, first - _ICON_HALF_PX)
    words = _lines(person.name, (name.x + measure.ICON_PX, first), _NAME)
    role = _lines(person.role, (name.x, below), _SMALL)
    classes = "person unknown" if unknown else "person"
    return f'<g class="{classes}">{_rect(rect, "holder", 12)}{icon}{words}{role}</g>'


def draw_box(placed: PlacedBox) -> str:
    """Return a box with its icon and text; without any text the icon stands in its middle."""
    box, rect = placed.box, placed.rect
    height = len(placed.title) * measure.LINE_PX + len(placed.subtitle) * measure.SMALL_LINE_PX
    first = rect.cy - height / 2 + measure.LINE_PX / 2
    below = first + (len(placed.title) - 0.5) * measure.LINE_PX + measure.SMALL_LINE_PX / 2
    x = rect.x + measure.PAD_PX
    if not placed.title:
        x, first = rect.cx - _ICON_HALF_PX, rect.cy
    left = x + measure.ICON_PX
    name = "unknown" if box.unknown else "mask" if box.kind == "persona" else "account"
    return (
        f'<g class="{_box_classes(placed)}">{_rect(rect, "body", min(9, rect.h / 3))}'
        f"{icons.draw(name, x, first - _ICON_HALF_PX)}{_lines(placed.title, (left, first), _NAME)}"
        f"{_lines(placed.subtitle, (left, below), _SMALL)}</g>"
    )


def _box_classes(placed: PlacedBox) -> str:
    kind = "box persona" if placed.box.kind == "persona" else "box"
    return f"{kind} unknown" if placed.box.unknown else kind


# ---- lines


def draw_ring(link: PlacedLink) -> str:
    """Return the broad band under a link of the circle."""
    return f'<path class="ring" d="{_path(link.points)}"/>'


def draw_link(link: PlacedLink) -> str:
    """Return the line of a link with its arrowhead."""
    kind = link.link.kind
    classes = f"link {kind}" + (" inferred" if link.link.certainty == "inferred" else "")
    if kind == "tie":
        return f'<g class="{classes}"><path class="line" d="{_path(link.points)}"/></g>'
    is_open = kind in _OPEN_HEADS
    points = _shortened(link.points, 3.0 if is_open else ARROW_PX - 2)
    apart = _DOUBLE_PX.get(kind)
    tracks = (beside(points, apart), beside(points, -apart)) if apart else (points,)
    if apart and is_open:
        points = _shortened(link.points, ARROW_PX - 3)
        tracks = (beside(points, apart), beside(points, -apart))
    paths = "".join(f'<path class="line" d="{_path(track)}"/>' for track in tracks)
    return f'<g class="{classes}">{paths}{_head(link.points, is_open=is_open)}</g>'


def _shortened(points: Sequence[Point], by: float) -> tuple[Point, ...]:
    """Return the line without its last pixels, so that it ends inside the arrowhead."""
    (x, y), (px, py) = points[-1], points[-2]
    dx, dy = _sign(x - px), _sign(y - py)
    return (*points[:-1], (x - dx * by, y - dy * by))


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _path(points: Sequence[Point]) -> str:
    """Return the path of an orthogonal line with round corners."""
    parts = [f"M{_at(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_ROUND_PX, _distance(before, corner) / 2, _distance(corner, after) / 2)
        into, out = _towards(corner, before, radius), _towards(corner, after, radius)
        parts.append(f"L{_at(into)}Q{_at(corner)} {_at(out)}")
    parts.append(f"L{_at(points[-1])}")
    return "".join(parts)


def _distance(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _towards(a: Point, b: Point, by: float) -> Point:
    return a[0] + _sign(b[0] - a[0]) * by, a[1] + _sign(b[1] - a[1]) * by


def _head(points: Sequence[Point], *, is_open: bool) -> str:
    """Return the arrowhead with its tip at the last point."""
    (x, y), (px, py) = points[-1], points[-2]
    dx, dy = _sign(x - px), _sign(y - py)
    back = (x - dx * ARROW_PX, y - dy * ARROW_PX)
    left = (back[0] - dy * ARROW_HALF_PX, back[1] + dx * ARROW_HALF_PX)
    right = (back[0] + dy * ARROW_HALF_PX, back[1] - dx * ARROW_HALF_PX)
    corners = " ".join(map(_at, (left, (x, y), right)))
    if is_open:
        return f'<polyline class="open-head" points="{corners}"/>'
    return f'<polygon class="head" points="{corners}"/>'


# ---- labels


def _label(link: PlacedLink) -> str:
    label = link.label
    if label is None:
        return ""
    classes = f"label {link.link.kind}" + (" step" if label.step else "")
    words = _label_words(label)
    return f'<g class="{classes}">{_rect(label.rect, "ground", 6)}{words}</g>'


def _label_words(label: PlacedLabel) -> str:
    rect = label.rect
    left = rect.x + (measure.STEP_PX if label.step else 0)
    first = rect.cy - (len(label.lines) - 1) * measure.SMALL_LINE_PX / 2
    words = _lines(label.lines, ((left + rect.right) / 2, first), _LABEL)
    if not label.step:
        return words
    x = rect.x + 15 if label.lines else rect.cx
    circle = f'<circle class="badge" cx="{_n(x)}" cy="{_n(rect.cy)}" r="9.5"/>'
    face = _LABEL._replace(classes="small badge-words")
    return circle + _lines((str(label.step),), (x, rect.cy), face) + words
