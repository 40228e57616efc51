"""Lines for a terminal: plain `rich` texts, never markup, that no text of a case can steer.

On a terminal they are wrapped, Chinese by character; in a pipe one sentence stays one line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.text import Text

from graphmodel.views.escape import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

WIDEST = 110
"""Columns of the longest line on a terminal; longer ones tire the eye."""

LEAST_ROOM = 20
"""Columns a line has at least, however narrow the window."""

_WIDE_SIGN = 2
_NOT_FIRST = set("，。、；：？！）】」』》〉’”…·,.;:?!)]}%")
_NOT_LAST = set("（【「『《〈‘“([{¥")


def plain(value: object) -> str:
    r"""Return a value as text on one line; what is unseen or steers a terminal is written out.

    >>> plain("a\x1b[31mb\u202e")
    'a␛[31mb⟦U+202E⟧'
    """
    return visible(str(value)).replace("\n", " ")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a text, the columns it begins at and those its continuation begins at."""

    text: Text
    indent: int = 0
    hang: int = 0


def line(words: str = "", indent: int = 0, *, style: str = "", hang: int = 0) -> Line:
    """Return a line of one style; `hang` is the further indent of its continuation."""
    return Line(Text(plain(words), style=style), indent, indent + hang)


def parts(*pieces: tuple[str, str], indent: int = 0, hang: int = 0) -> Line:
    """Return a line of several (text, style) pieces."""
    whole = Text()
    for words, style in pieces:
        whole.append(plain(words), style=style or None)
    return Line(whole, indent, indent + hang)


class _Console(Console):
    """A console that leaves a closed pipe to the caller instead of ending the program."""

    def on_broken_pipe(self) -> None:
        """Raise again what was caught: the reader has gone."""
        raise  # noqa: PLE0704 # rich calls this while it handles the BrokenPipeError


def make_console(stream: TextIO) -> Console:
    """Return a console that adds nothing of its own: no markup, emoji or colouring of numbers."""
    return _Console(file=stream, markup=False, emoji=False, highlight=False, soft_wrap=True)


def print_lines(console: Console, lines: Iterable[Line]) -> None:
    """Print lines, wrapped to the window on a terminal, unwrapped elsewhere."""
    width = min(console.width, WIDEST) if console.is_terminal else 0
    for one in lines:
        for piece in wrapped(one, width):
            console.print(piece, soft_wrap=True)


def wrapped(one: Line, width: int) -> Iterator[Text]:
    """Yield the rows of a line, each at most `width` columns; a width of 0 does not wrap."""
    room = max(width - one.hang, LEAST_ROOM)
    cuts = break_points(one.text.plain, max(width - one.indent, LEAST_ROOM), room) if width else []
    for number, piece in enumerate(one.text.divide(cuts)):
        piece.rstrip()
        yield Text(" " * (one.hang if number else one.indent)).append_text(piece)


def break_points(words: str, first: int, room: int) -> list[int]:
    """Return the offsets where a text breaks: first row of `first` columns, the next of `room`.

    A row ends at a blank or between two wide signs, not before a closing or after an opening mark.
    """
    cuts: list[int] = []
    start, allowed, used, limit = 0, 0, 0, first
    for place, sign in enumerate(words):
        if place > start and _may_break(words[place - 1], sign):
            allowed = place
        used += cell_len(sign)
        if used > limit and not sign.isspace() and place > start:
            start = allowed if allowed > start else place
            cuts.append(start)
            used, limit = cell_len(words[start : place + 1]), room
    return cuts


def _may_break(before: str, after: str) -> bool:
    if before.isspace():
        return True
    wide = _WIDE_SIGN in (cell_len(before), cell_len(after))
    return wide and not after.isspace() and after not in _NOT_FIRST and before not in _NOT_LAST


def padded(words: str, width: int) -> str:
    """Return a text filled with blanks to a width in columns.

    >>> padded("批次", 6)
    '批次  '
    """
    return words + " " * max(width - cell_len(words), 0)


def shortened(words: str, width: int) -> str:
    """Return a text of at most `width` columns; a cut one ends with an ellipsis.

    >>> shortened("abcdef", 4)
    'abc…'
    """
    if cell_len(words) <= width:
        return words
    return chop_cells(words, max(width - 1, 1))[0] + "…"
