"""Identifier values and account handles in the answer of a query, masked unless asked for.

Masked are: every identifier value of the case that is a cell or stands inside one (values of fewer
than `LEAST_INSIDE` signs only as whole cells, for they occur by chance), and every cell that is the
handle of an account. Cells inside lists and maps count; ids stay, so rows can be told apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graphmodel.views.naming import masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphmodel.case import Case

LEAST_INSIDE = 6
"""Signs of an identifier value from which it is masked inside longer text."""

VALUES = "MATCH (i:Identifier) WHERE i.value IS NOT NULL RETURN DISTINCT i.value AS value"
HANDLES = "MATCH (a:Account) WHERE a.handle IS NOT NULL RETURN DISTINCT a.handle AS value"


class Secrets(NamedTuple):
    """Texts to mask as whole cells, and those to mask inside longer text, by their length."""

    whole: frozenset[str]
    inside: dict[int, frozenset[str]]


def find_secrets(case: Case) -> Secrets:
    """Return what is to be masked in any answer about a case."""
    values = [str(value) for (value,) in case.query(VALUES).rows]
    return secrets_of([str(value) for (value,) in case.query(HANDLES).rows], values)


def secrets_of(handles: Iterable[str], values: Iterable[str]) -> Secrets:
    """Return the secrets of a case; only identifier values are masked inside longer text."""
    listed = set(values)
    lengths = sorted({len(v) for v in listed if len(v) >= LEAST_INSIDE}, reverse=True)
    inside = {n: frozenset(v for v in listed if len(v) == n) for n in lengths}
    return Secrets(frozenset(listed.union(handles) - {""}), inside)


def found_in(text: str, values: Iterable[str]) -> list[str]:
    """Return the values that occur in a text, sorted; the time it takes is linear in both.

    >>> found_in("a wx-1 b", ["wx-1", "wx-2"])
    ['wx-1']
    """
    wanted = set(values)
    found = set()
    for length in {len(value) for value in wanted} - {0}:
        parts = {text[place : place + length] for place in range(len(text) - length + 1)}
        found |= parts & wanted
    return sorted(found)


def mask_rows(
    rows: Sequence[Sequence[object]], secrets: Secrets
) -> tuple[list[tuple[object, ...]], int]:
    """Return the rows with every secret replaced, and how many cells that changed."""
    changed = 0
    shown = []
    for row in rows:
        cells = tuple(_replaced(cell, secrets) for cell in row)
        changed += sum(new != old for new, old in zip(cells, row, strict=True))
        shown.append(cells)
    return shown, changed


def _replaced(cell: object, secrets: Secrets) -> object:
    if isinstance(cell, str):
        return masked(cell) if cell in secrets.whole else _masked_inside(cell, secrets)
    if isinstance(cell, list | tuple):
        return type(cell)(_replaced(part, secrets) for part in cell)
    if isinstance(cell, dict):
        return {key: _replaced(part, secrets) for key, part in cell.items()}
    return cell


def _masked_inside(text: str, secrets: Secrets) -> str:
    """Return a text with every long identifier value in it masked, the longest first."""
    for length, values in secrets.inside.items():
        place = 0
        while place + length <= len(text):
            part = text[place : place + length]
            if part in values:
                mask = masked(part)
                text = text[:place] + mask + text[place + length :]
                place += len(mask)
            else:
                place += 1
    return text
