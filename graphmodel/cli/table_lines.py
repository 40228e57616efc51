"""Small tables of names and numbers for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from graphmodel.views.terminal_lines import Line, line, padded, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def table_lines(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[Line]:
    """Yield a table: the first column is text, all others are set to the right; None is a dash."""
    told = [list(head), *([_cell(cell) for cell in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*told, strict=True)]
    for number, row in enumerate(told):
        first = padded(row[0], widths[0])
        rest = (" " * (w - cell_len(c)) + c for c, w in zip(row[1:], widths[1:], strict=True))
        yield line("  ".join((first, *rest)).rstrip(), style="" if number else "bold")


def _cell(cell: object) -> str:
    """Return a cell as people read it."""
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:,.3f}"
    return f"{cell:,}" if isinstance(cell, int) else plain(str(cell))
