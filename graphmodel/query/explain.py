"""How a query was run, in words: numbered steps with estimated and actual rows and times, and SQL.

The steps are those of the database, which really ran: rows and times are counted there. The
estimates are the planner's own, from the sizes of tables and the degrees of relationships.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphmodel.texts import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.texts import Language

_CELL = 2
"""Columns that a Chinese sign takes on a terminal."""


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step: its number from 1, words, rows expected and made, milliseconds of work."""

    number: int
    words: str
    estimated: int
    rows: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """The plan of a query that was run: steps in their order, the rows of the answer, and the SQL.

    `compile_ms` is the time from text to SQL (0 where the plan was at hand), `run_ms` that of the
    run. The work of several threads can add up to more than `run_ms`.
    """

    steps: tuple[PlanStep, ...]
    rows: int
    compile_ms: float
    run_ms: float
    sql: str
    language: Language = "en"

    def __str__(self) -> str:
        """Return the steps as a table, the totals, and the SQL."""
        heads = [text(f"plan-head-{name}", self.language) for name in ("estimated", "rows", "ms")]
        table = [
            (f"{s.estimated:,}", f"{s.rows:,}", f"{s.milliseconds:,.1f}", f"{s.number}. {s.words}")
            for s in self.steps
        ]
        head = (*heads, text("plan-head-step", self.language))
        total = text(
            "plan-total",
            self.language,
            rows=f"{self.rows:,}",
            run=f"{self.run_ms:,.1f}",
            compile=f"{self.compile_ms:,.1f}",
        )
        return "\n".join([*_aligned([head, *table]), "", total, "", self.sql])


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return lines whose columns but the last are aligned to the right."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for *cells, last in rows:
        padded = [
            " " * (width - _width(cell)) + cell
            for cell, width in zip(cells, widths[:-1], strict=True)
        ]
        lines.append("  ".join([*padded, last]))
    return lines


def _width(words: str) -> int:
    from unicodedata import east_asian_width

    return sum(_CELL if east_asian_width(sign) in "WF" else 1 for sign in words)


def pretty(sql: str) -> str:
    """Return SQL of this program over several lines; as it is where that cannot be done."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        return sqlglot.transpile(sql, read="duckdb", write="duckdb", pretty=True)[0]
    except (SqlglotError, RecursionError):
        return sql
