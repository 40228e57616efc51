"""A simulated case from end to end: an honest background, stories planted in it, the truth apart.

Everything follows from the seed and the options: with one version of numpy, the same world twice
is the same, byte by byte.
"""

from __future__ import annotations

import json
import shutil
from secrets import token_hex
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphmodel.errors import UsageError
from graphmodel.private_files import PrivateCreation
from graphmodel.settings import program_version
from graphmodel.simulate import background, events
from graphmodel.simulate.cast import Cast
from graphmodel.simulate.clock import BEGIN, DAYS
from graphmodel.simulate.columns import Table
from graphmodel.simulate.identifiers import KINDS
from graphmodel.simulate.numbering import Numbers
from graphmodel.simulate.payments import draw_payments
from graphmodel.simulate.people import Sizes, draw_people
from graphmodel.simulate.planting import (
    Casting,
    Stories,
    joined,
    kind_of,
    taken_quantities,
    tell_all,
)
from graphmodel.simulate.trade import draw_trade
from graphmodel.simulate.truth import truth_text
from graphmodel.simulate.writing import Form, placed, write_table
from graphmodel.sources.spec_tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from graphmodel.simulate.stage import Label, Row

LEAST_PAYMENTS, MOST_PAYMENTS = 1_000, 10_000_000
CASE_FOLDER = "case"
TRUTH_FILE = "truth.jsonl"
WORLD_FILE = "world.json"
"""Says how the world was made: seed, sizes, version."""

CASE_SETTINGS = 'title = "模拟案件"\ntimezone = "Asia/Shanghai"\ncurrency = "CNY"\n'
_MARK = ".graphmodel-part-"


class Plan(NamedTuple):
    """What world is made. `stories` are the typologies planted, `casting` how many of each."""

    payments: int
    casting: Casting
    stories: Mapping[str, Stories]
    form: Form = Form.CSV


class Written(NamedTuple):
    """Rows by table, and the labels."""

    rows: dict[str, int]
    labels: list[Label]


def simulate(plan: Plan, out: Path, progress: Callable[[str], None] = lambda _: None) -> Written:
    """Write a world to a folder that does not exist or is empty.

    It holds the case in `case/`, `truth.jsonl`, and `world.json`, which says how it was made.
    The folder appears only when it is whole; its files can be read only by their owner.
    """
    _check(plan, out)
    out = out.resolve()
    for old in out.parent.glob(f".{out.name}{_MARK}*"):
        shutil.rmtree(old, ignore_errors=True)
    part = out.with_name(f".{out.name}{_MARK}{token_hex(8)}")
    privacy = PrivateCreation()
    try:
        part.mkdir()
        (part / CASE_FOLDER).mkdir()
        written = _write(plan, part, progress)
        if out.is_dir():
            out.rmdir()
        part.replace(out)
    except BaseException as error:
        shutil.rmtree(part, ignore_errors=True)
        if isinstance(error, OSError):
            error.filename = str(out)
        raise
    finally:
        privacy.end()
    return written


def _check(plan: Plan, out: Path) -> None:
    if not LEAST_PAYMENTS <= plan.payments <= MOST_PAYMENTS:
        msg = f"A world has from {LEAST_PAYMENTS:,} to {MOST_PAYMENTS:,} payments."
        raise UsageError(msg, hint="Ask for a number between them.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        msg = f"{out.name} exists and is no empty folder, so nothing was written."
        raise UsageError(msg, hint="Name another folder.")


def _write(plan: Plan, folder: Path, progress: Callable[[str], None]) -> Written:
    rng = np.random.default_rng(plan.casting.seed)
    progress("persons")
    people = draw_people(rng, Sizes.of(plan.payments))
    numbering = Numbers(rng, {*map(kind_of, TABLES), *KINDS})
    natural = np.arange(people.sizes.natural)
    told = tell_all(plan.stories, plan.casting, numbering.ids("account", natural))
    progress("deals")
    trade = draw_trade(rng, people, taken_quantities(told))
    progress("payments")
    cast = Cast(rng, numbering, people, trade, draw_payments(rng, people, trade.settled))
    numbering.reserve(background.counts(cast) | events.counts(cast))
    planted, labels = joined(told, numbering)
    rows = _write_tables(plan, cast, planted, folder / CASE_FOLDER, progress)
    _write_text(folder / CASE_FOLDER / "case.toml", CASE_SETTINGS)
    _write_text(folder / TRUTH_FILE, truth_text(labels))
    _write_text(folder / WORLD_FILE, json.dumps(_made(plan, rows), indent=2) + "\n")
    return Written(rows, labels)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_tables(
    plan: Plan,
    cast: Cast,
    planted: dict[str, list[Row]],
    folder: Path,
    progress: Callable[[str], None],
) -> dict[str, int]:
    rows = {}
    rest = dict(planted)
    for table in (*background.tables_of_people(cast), *events.tables_of_events(cast)):
        stand = placed(rest.pop(table.name, []), table, cast.rng)
        rows[table.name] = write_table(folder, plan.form, table, stand, progress)
    for name in sorted(rest):
        table = Table(name, 0)
        rows[name] = write_table(
            folder, plan.form, table, placed(rest[name], table, cast.rng), progress
        )
    return rows


def _made(plan: Plan, rows: Mapping[str, int]) -> dict[str, object]:
    casting = plan.casting
    return {
        "version": program_version(),
        "seed": casting.seed,
        "payments": plan.payments,
        "plants": casting.plants,
        "decoys": casting.decoys,
        "hardship": casting.hardship,
        "typologies": list(plan.stories),
        "begin": BEGIN.isoformat(),
        "days": DAYS,
        "rows": dict(rows),
    }
