"""Where one planted story is told: rows of case tables under ids of its own, and its label.

A module `simulate/plants/<stem>.py` has two functions, `plant(stage) -> Label` and
`decoy(stage) -> Label`. Each adds rows to the stage; the world writes the rows of all stages
among its background. Nothing here knows of a detector: the rows follow the text of the cards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

Row = dict[str, str]
"""Cells of one row of a case table by column; an absent column is an empty cell."""


class Hardship(StrEnum):
    """What makes a planted story hard to see, as in real files; a third of all plants has one."""

    NONE = "none"
    MISSING_PRICE = "missing_price"
    COARSE_DATE = "coarse_date"
    SPLIT_PAYMENT = "split_payment"
    REFUNDED_PAYMENT = "refunded_payment"
    UNRELATED_DEALS = "unrelated_deals"


@dataclass(frozen=True, slots=True)
class Label:
    """What was planted: a `plant` is to be found, a `decoy` not at `supported` or above.

    `roles` and `events` name ids of the rows; `variant` is the way the story was told.
    """

    id: str
    typology: str
    kind: Literal["plant", "decoy"]
    variant: str
    hardship: Hardship
    roles: Mapping[str, tuple[str, ...]]
    events: tuple[str, ...]


@dataclass(slots=True)
class Stage:
    """Rows of one story. Every id begins with `name`; `begin` and `end` bound its times.

    `bystanders` are accounts of the background with whom unrelated things may happen. All choices
    come from `rng`, so one seed gives one world.
    """

    name: str
    rng: Random
    begin: datetime
    end: datetime
    bystanders: Sequence[str]
    hardship: Hardship = Hardship.NONE
    tables: dict[str, list[Row]] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def id(self, kind: str) -> str:
        """Return a new id such as `relay-p7-deal-2`."""
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return f"{self.name}-{kind}-{self._numbers[kind]}"

    def add(self, table: str, /, **cells: object) -> str:
        """Add a row and return its id, "" for tables without one; empty cells are left out.

        A trailing underscore of a name is dropped, for columns that are words of Python.
        """
        row = {
            column.rstrip("_"): str(value)
            for column, value in cells.items()
            if value not in ("", None)
        }
        self.tables.setdefault(table, []).append(row)
        return row.get("id", "")

    def person(self, **cells: object) -> str:
        """Add a person (or another `kind`) and return the id."""
        id_ = self.id("person")
        return self.add("persons", **{"id": id_, "name": id_, **cells})

    def account(self, person: str = "", **cells: object) -> str:
        """Add an account held and operated by a person, or of nobody known; return its id."""
        id_ = self.id("account")
        self.add("accounts", **{"id": id_, "platform": "wechat", "holder": person, **cells})
        if person:
            self.add("controls", person=person, account=id_, basis="registered")
        return id_

    def batch(self, records: int, **cells: object) -> str:
        """Add a batch of so many records and return its id."""
        return self.add("batches", **{"id": self.id("batch"), "records": records, **cells})

    def deal(self, seller: str, buyer: str, **cells: object) -> str:
        """Add a deal between two parties and return its id."""
        return self.add(
            "deals", **{"id": self.id("deal"), "seller": seller, "buyer": buyer, **cells}
        )

    def payment(self, payer: str, payee: str, amount_minor: int, **cells: object) -> str:
        """Add a payment of so many fen and return its id."""
        amount = money(amount_minor)
        ends = {"payer": payer, "payee": payee, "amount": amount, "currency": "CNY"}
        return self.add("payments", **{"id": self.id("payment"), **ends, **cells})

    def moment(self, days_free: float) -> datetime:
        """Return a moment, to the second, that leaves so many days before the end of the world."""
        room = (self.end - self.begin - timedelta(days=days_free)).total_seconds()
        return self.begin + timedelta(seconds=self.rng.randrange(max(int(room), 1)))


def money(amount_minor: int) -> str:
    """Return fen as decimal text.

    >>> money(450000)
    '4500.00'
    """
    return f"{amount_minor // 100}.{amount_minor % 100:02d}"


def stamp(moment: datetime) -> str:
    """Return a moment as the tables write it, to the second.

    >>> stamp(datetime(2025, 3, 1, 9, 30))
    '2025-03-01T09:30:00'
    """
    return moment.isoformat(timespec="seconds")


def coarse(moment: datetime) -> str:
    """Return a moment as a source that knows only the month would state it.

    >>> coarse(datetime(2025, 3, 1, 9, 30))
    '2025-03'
    """
    return f"{moment:%Y-%m}"
