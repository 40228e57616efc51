"""What makes a told story of deals hard to see: one of its rows is touched afterwards."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from graphmodel.simulate.stage import Hardship, coarse, money, stamp
from graphmodel.simulate.telling import later, refund_part, refunded_twin

if TYPE_CHECKING:
    from graphmodel.simulate.stage import Row, Stage

PRICES = ("unit_price", "total")


def row_of(stage: Stage, id_: str) -> Row:
    """Return the row of an id."""
    return next(row for rows in stage.tables.values() for row in rows if row.get("id") == id_)


def touch(stage: Stage, id_: str) -> None:
    """Take the price of a row, make its date coarse, split the payment or refund it."""
    row = row_of(stage, id_)
    if stage.hardship is Hardship.MISSING_PRICE:
        for cell in PRICES:
            row.pop(cell, None)
    elif stage.hardship is Hardship.COARSE_DATE:
        row["time"] = coarse(datetime.fromisoformat(row["time"]))
    elif stage.hardship is Hardship.SPLIT_PAYMENT:
        _split(stage, row)
    else:
        _refund(stage, row)


def _split(stage: Stage, row: Row) -> None:
    """Let a part of a payment be paid within a day after the rest."""
    amount_minor = _amount_minor(row)
    part = int(amount_minor * stage.rng.uniform(0.3, 0.7))
    row["amount"] = money(amount_minor - part)
    at = stamp(later(datetime.fromisoformat(row["time"]), stage.rng, 0.2, 20))
    cells = {"deal": row.get("deal", ""), "currency": row["currency"]}
    stage.payment(row["payer"], row["payee"], part, time=at, **cells)


def _refund(stage: Stage, row: Row) -> None:
    """Pay a part of a payment back, or put a twin beside it that was paid back in full."""
    moment, ends = datetime.fromisoformat(row["time"]), (row["payer"], row["payee"])
    before = len(stage.tables["payments"])
    if stage.rng.random() < 1 / 2:
        refund_part(stage, ends, row["id"], _amount_minor(row), moment)
    else:
        refunded_twin(stage, ends, _amount_minor(row), moment)
    for added in stage.tables["payments"][before:]:
        added["currency"] = row["currency"]


def _amount_minor(row: Row) -> int:
    return int(Fraction(row["amount"]) * 100)
