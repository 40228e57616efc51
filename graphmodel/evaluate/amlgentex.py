"""AMLGentex outputs: `tx_log.parquet`, one row a transaction, days numbered from 0.

Columns taken: `step`, `type`, `amount`, `nameOrig`, `nameDest`, `isSAR`, `patternID` (`alertID` in
older versions) and `modelType`. The log holds days by number and no currency, so the first day and
the currency are given to the conversion. Opening balances are no payments and are rejected as
such; the money of wages and of spending comes from `source` and goes to `sink`, as the log says.
Amounts have more digits than money has and are rounded half to even.

Patterns of `modelType` 1 to 8 are plants, those of 10 to 15 (payroll, collections, loans paid back
and the like) decoys.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from graphmodel.evaluate.inputs import find_file, parquet_rows
from graphmodel.evaluate.outputs import Payment, by_pattern

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.evaluate.outputs import Tables

TITLE = "AMLGentex"
MAPPING = {
    "cycle": "payment_loop",
    "mutual": "payment_loop",
    "fan_in": "aggregator",
    "fan_out": "wholesaler",
}
KINDS = {
    1: "fan_out", 2: "fan_in", 3: "cycle", 4: "bipartite", 5: "stack", 6: "random",
    7: "scatter_gather", 8: "gather_scatter", 10: "single", 11: "fan_out", 12: "fan_in",
    13: "forward", 14: "mutual", 15: "periodical",
}  # fmt: skip
LAST_PLANT = 8
COLUMNS = ("step", "type", "amount", "nameOrig", "nameDest", "isSAR", "modelType")
PATTERN = ("patternID", "alertID")
OPENING = "INITALBALANCE"
LAST_STEP = 100_000


def convert(folder: Path, tables: Tables, currency: str, first_day: date) -> None:
    """Write the payments and patterns of a log whose day 0 is `first_day`."""
    path = find_file(folder, ("tx_log.parquet",))
    assert path is not None  # noqa: S101 # needed
    file = tables.count(path)
    rows: list[tuple[str, str, bool, tuple[str, str, str]]] = []
    for line, cells, _ in parquet_rows(path, COLUMNS, PATTERN):
        if cells["type"] == OPENING:
            tables.reject(file, line, "opening", "type", cells["type"])
            continue
        day = _day(cells["step"], first_day)
        if day is None:
            tables.reject(file, line, "step", "step", cells["step"])
            continue
        payment = Payment(
            id=f"t{line}",
            payer=_party(cells["nameOrig"], "source"),
            payee=_party(cells["nameDest"], "sink"),
            amount=cells["amount"],
            currency=currency,
            time=day.isoformat(),
            channel=cells["type"],
        )
        if tables.pay(file, line, payment):
            ends = (payment.id, payment.payer, payment.payee)
            row = _pattern(cells, ends)
            rows += [row] if row else []
    tables.patterns += by_pattern(rows)


def _party(words: str, outside: str) -> str:
    """Return an account; the world outside has negative numbers."""
    return outside if words.startswith("-") else words


def _day(words: str, first_day: date) -> date | None:
    if not words.isdigit() or int(words) > LAST_STEP:
        return None
    return first_day + timedelta(days=int(words))


def _pattern(
    cells: dict[str, str], ends: tuple[str, str, str]
) -> tuple[str, str, bool, tuple[str, str, str]] | None:
    """Return the row of a pattern, or None for a payment of none."""
    number = cells.get(PATTERN[0]) or cells.get(PATTERN[1]) or "-1"
    kind = int(cells["modelType"]) if cells["modelType"].isdigit() else 0
    if number.startswith("-") or kind not in KINDS:
        if cells["isSAR"] in ("1", "true"):
            return f"alone-{ends[0]}", "no_pattern", True, ends
        return None
    return f"pattern-{number}-{kind}", KINDS[kind], kind <= LAST_PLANT, ends
