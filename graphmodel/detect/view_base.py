"""Reading facts as records: what all parts of the view share."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from graphmodel.detect.records import Holding, Span
from graphmodel.query.reading import read_links
from graphmodel.store.flow_columns import count_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphmodel.query.engines.base import Engine
    from graphmodel.store.case_file import CaseFile

HOLDING = ("since_t0", "since_t1", "until_t0", "until_t1")
"""Properties of a slow fact, in the order of `Holding`."""


def span_of(t0: object, t1: object) -> Span:
    """Return an interval from two cells."""
    return Span(int(str(t0)), int(str(t1)))


def holding_of(cells: Sequence[object]) -> Holding:
    """Return a holding from four cells in the order of `HOLDING`."""
    return Holding(*(int(str(cell)) for cell in cells))


def text_of(cell: object) -> str | None:
    """Return a cell as text; null stays None."""
    return None if cell is None else str(cell)


class Reading:
    """The engine, the case's own currency and zone; facts are read when first asked for."""

    def __init__(self, engine: Engine, currency: str, timezone: str, case_file: CaseFile) -> None:
        """Keep the engine; facts are read when first asked for. `currency` is the case's own.

        `timezone` says where a day begins. `case_file` is what the engine asks: its columns are
        read as arrays where payments are too many to be records.
        """
        self.engine = engine
        self.case_file = case_file
        self.currency = currency
        self.timezone = timezone

    def many(self, name: str) -> int:
        """Return how many nodes of a label or relationships of a type the case has."""
        return count_rows(self.case_file, name)

    def _ends(self, type_: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for link in read_links(self.engine, type_):
            found[link.start].append(link.end)
        return {start: tuple(sorted(ends)) for start, ends in found.items()}

    def parties_of(self, label: str) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Return, by event id and role, the parties of all events of one label."""
        rows = self.engine.run(
            f"MATCH (e:{label})-[p:PARTY]->(q) RETURN e.id AS e, p.role AS role, q.id AS q"
        ).rows
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for event, role, party in rows:
            found[str(event)][str(role)].add(str(party))
        return {e: {r: tuple(sorted(p)) for r, p in roles.items()} for e, roles in found.items()}
