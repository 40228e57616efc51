"""A large case: the stories of `tests/typologies`, repeated and varied, among everyday payments.

The same seed gives the same bytes. Every repetition has ids, names, years, amounts and rare
quantities of its own, so no repetition meets another; each must give what its story expects.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from tests.examples.tables import ID_COLUMNS
from tests.typologies.story import Story, read_table, stories

if TYPE_CHECKING:
    from pathlib import Path

SEED = 20190827
HOMES, SHOPS = 8, 400
FIRST_DAY = date(2019, 1, 1)
SOME_IDS = ID_COLUMNS | {"about", "party", "events"}
MONEY = frozenset(("total", "unit_price", "amount", "difference"))
NAMES = frozenset(("name", "label", "value", "handle"))
QUANTITIES = frozenset(("quantity", "free_quantity"))
TIMES = frozenset(("time", "since", "until", "opened"))
YEAR = re.compile(r"\b(\d{4})(?=-|/|$)")
RARE_DIGITS = 4
TITLE = 'title = "Stories among everyday payments"\nlanguage = "en"\n'


@dataclass
class Built:
    """A case as built: the rows of each table and the findings planted, by typology and level."""

    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    planted: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, table: str, row: dict[str, str]) -> None:
        """Add one row to a table."""
        self.tables.setdefault(table, []).append(row)


@dataclass(frozen=True)
class Variation:
    """What makes one repetition differ from every other."""

    number: int
    years: int
    factor: int
    quantities: dict[str, str] = field(default_factory=dict)

    def cell(self, column: str, text: str) -> str:
        """Return a cell of the story as it stands in this repetition."""
        if text and column in SOME_IDS:
            return ";".join(f"r{self.number}-{part}" for part in text.split(";"))
        if text and column in NAMES:
            return f"{text} {self.number}"
        if text and column in MONEY:
            return str(Decimal(text) * self.factor)
        if column in QUANTITIES:
            return self.rare(text)
        moved = YEAR.sub(lambda year: str(int(year[1]) + self.years), text)
        return moved if column in TIMES else text

    def rare(self, text: str) -> str:
        """Return another rare quantity for a rare one, the same wherever it stands."""
        if len(text.strip("0")) < RARE_DIGITS:
            return text
        new = 100_001 + 10 * (self.number * 4 + len(self.quantities))
        return self.quantities.setdefault(text, str(new))


TO_THE_FEN = frozenset(
    (
        "price_padding/innocent_total_of_the_unit_price",
        "relay/innocent_at_cost_to_the_fen",
        "self_dealing_agent/innocent_true_price_as_total",
    )
)
"""Stories in which a total is a product rounded to the fen: with other numbers it is none."""


def told_stories() -> list[Story]:
    """Return the stories that stay true with other amounts and quantities."""
    return [story for story in stories() if story.name not in TO_THE_FEN]


def build(payments: int, repetitions: int, *, seed: int = SEED) -> Built:
    """Return a case of exactly `payments` payments that tells each story `repetitions` times."""
    random = Random(seed)  # noqa: S311 - variety, no secret
    built, told = Built(), told_stories()
    accounts = []
    for number in range(repetitions * len(told)):
        story = told[number % len(told)]
        variation = Variation(number, random.randrange(-2, 3), random.randrange(1, 10))
        accounts.append(tell(built, story, variation))
    for shop in range(SHOPS):
        built.add("accounts", {"id": f"shop-{shop}", "platform": "wechat"})
    everyday(built, accounts, payments - len(built.tables["payments"]), random)
    return built


def tell(built: Built, story: Story, variation: Variation) -> list[str]:
    """Add one repetition of a story and its neighbours; return the accounts that can pay a shop."""
    payers = []
    for path in sorted(story.folder.glob("*.csv")):
        header, rows = read_table(path)
        for row in rows:
            cells = {c: variation.cell(c, text) for c, text in zip(header, row, strict=True)}
            built.add(path.stem, cells)
            if path.stem == "accounts":
                payers.append(cells["id"])
    for home in range(HOMES):
        payers.append(f"r{variation.number}-home-{home}")
        built.add("accounts", {"id": payers[-1], "platform": "wechat"})
    for finding in story.expect["findings"]:
        built.planted[finding["typology"], finding["level"]] += 1
    return payers


def everyday(built: Built, accounts: list[list[str]], number: int, random: Random) -> None:
    """Add payments to shops, and among the neighbours of one story."""
    for i in range(number):
        payers = accounts[i % len(accounts)]
        payer, payee = random.choice(payers), f"shop-{random.randrange(SHOPS)}"
        friend = random.choice(payers[-HOMES:])
        if payer in payers[-HOMES:] and friend != payer and random.random() < 0.3:
            payee = friend
        moment = FIRST_DAY + timedelta(days=random.randrange(1500))
        clock = f"{random.randrange(7, 23):02}:{random.randrange(60):02}:{random.randrange(60):02}"
        row = {
            "id": f"day-{i}",
            "payer": payer,
            "payee": payee,
            "amount": f"{random.randrange(100, 60_000) / 100:.2f}",
            "currency": "CNY",
            "time": f"{moment.isoformat()}T{clock}",
        }
        built.add("payments", row)


def write(built: Built, folder: Path) -> Path:
    """Write a built case as a folder of CSV tables."""
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(TITLE, encoding="utf-8")
    for table, rows in sorted(built.tables.items()):
        header = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder
