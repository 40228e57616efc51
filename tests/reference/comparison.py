"""Compares the rows of an engine with the answer of the reference, and keeps the tally."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphmodel.query import syntax as s
from tests.reference.constructs import constructs_of, parts_below
from tests.reference.expressions import aggregates

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.reference.interpreter import Answer

Values = tuple[Any, ...]


@dataclass(slots=True)
class Tally:
    """What a run of random pairs did."""

    compared: int = 0
    with_rows: int = 0
    errors: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unsure: Counter[str] = field(default_factory=Counter)
    constructs: Counter[str] = field(default_factory=Counter)

    def count(self, tree: s.Query, rows: Sequence[Values]) -> None:
        """Count a pair whose rows were compared."""
        self.compared += 1
        self.with_rows += bool(rows)
        self.constructs.update(constructs_of(tree))

    def refuse(self, reason: str) -> None:
        """Count a refusal, whatever the variables in its reason are called."""
        self.refused[re.sub(r"\b[a-z]\d+\b", "…", reason)] += 1

    def add(self, other: Tally) -> None:
        """Add what another run did."""
        self.compared += other.compared
        self.with_rows += other.with_rows
        self.errors += other.errors
        self.refused += other.refused
        self.unsure += other.unsure
        self.constructs += other.constructs

    def lines(self) -> Iterable[str]:
        """Yield the tally as text, then one line a construct."""
        share = 100 * self.with_rows / max(self.compared, 1)
        yield (
            f"{self.compared} pairs compared, {share:.0f} % with rows, 0 wrong; besides "
            f"{self.errors} errors on both sides, {self.refused.total()} refused, "
            f"{self.unsure.total()} the reference is not sure of"
        )
        for reason, count in self.refused.most_common(12):
            yield f"  refused {count:6}  {reason}"
        for name, count in sorted(self.constructs.items(), key=lambda pair: -pair[1]):
            yield f"  {count:6}  {name}"


def difference(tree: s.Query, rows: Sequence[Values], answer: Answer) -> str:
    """Return how rows differ from what the reference allows; empty where they do not."""
    exact = not _merges_numbers(tree)
    shown = [_row(answer.columns, row, exact=exact) for row in rows]
    if len(rows) != len(answer.rows):
        return f"{len(rows)} rows, expected {len(answer.rows)}: {answer.rows}"
    at, skip = 0, answer.skip
    for tied in answer.ties:
        inside = tied[min(skip, len(tied)) :]
        skip -= len(tied) - len(inside)
        part = shown[at : at + len(inside)]
        at += len(part)
        allowed = Counter(_row(answer.columns, row, exact=exact) for row in tied)
        missing = Counter(part) - allowed
        if missing:
            return f"not expected: {dict(missing)}; expected: {tied}"
    return ""


def _merges_numbers(tree: s.Query) -> bool:
    """Tell whether either of 1 and 1.0 may stand for both: DISTINCT, grouping, ties cut."""
    if len(tree.branches) > 1 and not tree.keep_duplicates:
        return True
    found = [part for part in parts_below(tree) if isinstance(part, s.Projection)]
    return any(
        clause.distinct
        or clause.limit is not None
        or any(aggregates(item.expression) for item in clause.items)
        for clause in found
    ) or any(isinstance(part, s.Subquery) for part in parts_below(tree))


def _row(columns: Sequence[str], row: Values, *, exact: bool) -> Values:
    made = []
    for name, value in zip(columns, row, strict=True):
        shown = plain(value, exact=exact)
        if name.startswith("bag") and isinstance(value, list | tuple):
            shown = ("bag", *sorted(shown[1:], key=repr))
        made.append(shown)
    return tuple(made)


def plain(value: object, *, exact: bool = True) -> Values:
    """Return a value as it is compared: with its type, floats to twelve digits."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return (type(value).__name__, value)
    if isinstance(value, int | float):
        kind = type(value).__name__ if exact else "number"
        if isinstance(value, float) and math.isnan(value):
            return (kind, "nan")
        return (kind, value if exact and kind == "int" else float(f"{value:.12g}") + 0.0)
    if isinstance(value, list | tuple):
        return ("list", *(plain(item, exact=exact) for item in value))
    if isinstance(value, dict):
        return ("map", *sorted((key, plain(item, exact=exact)) for key, item in value.items()))
    return ("other", repr(value))
