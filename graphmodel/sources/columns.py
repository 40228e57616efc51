"""Which column of a file is which of the contract, and under what name the others are kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphmodel.sources.base import printable
from graphmodel.sources.column_words import COLUMN_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphmodel.sources.base import RawTable
    from graphmodel.sources.spec import Table

_BLANKS = re.compile(r"\s+")


@dataclass(slots=True)
class Layout:
    """Columns of one file: those of the contract by name, the others by the property they become.

    `titles` gives the name in the file, `twice` a column that the file has twice, `unknown` the
    columns kept as properties (name in the file, property), `missing` names that `case.toml` maps
    but the file has not.
    """

    cells: dict[str, list[str]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    extra: dict[str, list[str]] = field(default_factory=dict)
    twice: str | None = None
    unknown: list[tuple[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def _key(name: str) -> str:
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", name).strip()).casefold()


def find_layout(raw: RawTable, table: Table, mapping: Mapping[str, str]) -> Layout:
    """Assign the columns; `mapping` is `[columns.<table>]`: contract name to name in the file."""
    layout = Layout()
    wanted = {_key(given): name for name, given in mapping.items()}
    keys = [_key(name) for name in raw.header]
    layout.missing = [given for given in mapping.values() if _key(given) not in keys]
    mapped = {wanted[key] for key in keys if key in wanted}
    rest: list[tuple[str, list[str]]] = []
    for title, key, cells in zip(raw.header, keys, raw.columns, strict=True):
        name = wanted.get(key) or _contract_name(key, table)
        if name is None or (name in mapped and key not in wanted):
            rest.append((title, cells))
        elif name in layout.cells:
            layout.twice = name
        else:
            layout.cells[name] = cells
            layout.titles[name] = printable(title)
    _add_extra(layout, table, rest)
    return layout


def _contract_name(key: str, table: Table) -> str | None:
    if table.has(key):
        return key
    return next((name for name in COLUMN_WORDS.get(key, ()) if table.has(name)), None)


def _add_extra(layout: Layout, table: Table, rest: list[tuple[str, list[str]]]) -> None:
    taken = set(table.reserved())
    names = [_property_name(title) for title, _ in rest]
    for place, ((title, cells), name) in enumerate(zip(rest, names, strict=True), 1):
        if not name and not any(cell.strip() for cell in cells):
            continue
        free = name or f"column_{place}"
        if free.startswith("_") or free.casefold() in taken:
            free = f"column_{name or place}"
        number = 2
        base = free
        while free.casefold() in taken:
            free = f"{base}_{number}"
            number += 1
        taken.add(free.casefold())
        layout.extra[free] = cells
        layout.unknown.append((printable(title), free))


def _property_name(title: str) -> str:
    plain = _BLANKS.sub(" ", title).strip()
    return "".join(c for c in plain if unicodedata.category(c) not in ("Cc", "Cs"))
