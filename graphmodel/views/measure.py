"""How big boxes, containers and labels are, from the width of their text. Units are pixels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.views.text_width import em_width, wrapped

if TYPE_CHECKING:
    from graphmodel.views.scene_types import Box, Link, Person

TITLE_PX, SMALL_PX = 15, 13
"""Font sizes: names and titles, and everything else."""
LINE_PX, SMALL_LINE_PX = 20, 18
PAD_PX = 12
ICON_PX = 26
"""Room that an icon takes before its text."""
MIN_BOX_PX = 116
COLUMN_GAP_PX = 40
STACK_GAP_PX = 64
"""Between an account and the persona it shows."""
STEP_PX = 24
"""Room that the number of a step takes in a label."""
_TITLE_EM, _SUB_EM, _NAME_EM, _ROLE_EM, _LABEL_EM = 9.5, 11.0, 7.0, 8.0, 11.5
_TIE_EM = 7.5
WIDE_PILL_EM, SLIM_PILL_EM = 15.0, 9.0
"""Widths that the lines of a gain pill may have."""


_LINES, _STEP_EM, _MORE_EM = 3, 0.5, 2.5
"""Lines of a label at most, steps of its width, and what a good break may take more."""
_PIECES = re.compile(r"(?<=，)|(?<=,) | (?=→)")
"""Where the line of a pill may break."""


class BoxSize(NamedTuple):
    """A box with its text in lines."""

    title: tuple[str, ...]
    subtitle: tuple[str, ...]
    width: float
    height: float


class NameSize(NamedTuple):
    """The name column of a container with its text in lines; all 0 where nobody is known."""

    name: tuple[str, ...]
    role: tuple[str, ...]
    width: float
    height: float


class LabelSize(NamedTuple):
    """A label with its text in lines."""

    lines: tuple[str, ...]
    width: float
    height: float


def _widest(lines: tuple[str, ...], px: float) -> float:
    return max((em_width(line) for line in lines), default=0.0) * px


def measure_box(box: Box) -> BoxSize:
    """Return the size of a box, of at most two lines of title and two below."""
    title = _broken(box.title, _TITLE_EM)
    subtitle = wrapped(box.subtitle, _SUB_EM, 2)
    inner = max(_widest(title, TITLE_PX), _widest(subtitle, SMALL_PX))
    height = len(title) * LINE_PX + len(subtitle) * SMALL_LINE_PX + 18
    return BoxSize(title, subtitle, max(MIN_BOX_PX, inner + ICON_PX + 2 * PAD_PX), max(44, height))


def measure_name(person: Person) -> NameSize:
    """Return the size of the name column of a container."""
    if not person.kind:
        return NameSize((), (), 0, 0)
    name = wrapped(person.name, _NAME_EM, 3)
    role = wrapped(person.role, _ROLE_EM, 4)
    width = max(_widest(name, TITLE_PX) + ICON_PX, _widest(role, SMALL_PX))
    return NameSize(name, role, width, len(name) * LINE_PX + len(role) * SMALL_LINE_PX)


def measure_label(link: Link) -> LabelSize | None:
    """Return the size of a label; None where there is nothing to say."""
    lines: tuple[str, ...] = ()
    width_em = _TIE_EM if link.kind == "tie" else _LABEL_EM
    for line in link.lines:
        lines += _broken(line, width_em)
    if not lines and not link.step:
        return None
    width = _widest(lines, SMALL_PX) + 16 + (STEP_PX if link.step else 0)
    return LabelSize(lines, width, max(len(lines), 1) * SMALL_LINE_PX + 6)


def _broken(line: str, width_em: float) -> tuple[str, ...]:
    """Break before a sign of sum, result or remark if that fits, else into equal lines."""
    if em_width(line) <= width_em:
        return (line,)
    for sign in (" = ", " + ", "（", " ("):
        head, found, tail = line.partition(sign)
        if (
            found
            and max(em_width(head), em_width(sign.strip() + " " + tail)) <= width_em + _MORE_EM
        ):
            return (head, f"{sign.lstrip()}{tail}")
    lines = wrapped(line, width_em, _LINES)
    narrow = width_em
    while narrow > 1 and len(wrapped(line, narrow - _STEP_EM, _LINES + 1)) == len(lines):
        narrow -= _STEP_EM
    return wrapped(line, narrow, _LINES)


def measure_pill(words: str, width_em: float = WIDE_PILL_EM) -> LabelSize:
    """Return the size of a gain pill whose lines are at most `width_em` wide."""
    lines: list[str] = []
    for piece in _PIECES.split(words):
        if lines and em_width(f"{lines[-1]} {piece}") <= width_em:
            lines[-1] += f" {piece}"
        else:
            lines += wrapped(piece, max(width_em, SLIM_PILL_EM), 3)
    return LabelSize(tuple(lines), _widest(tuple(lines), TITLE_PX) + 28, len(lines) * LINE_PX + 10)
