"""`graphmodel simulate`: make a world with known plants, for training, tests and benchmarks."""

from __future__ import annotations

import math
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphmodel.cli.session import LanguageName, Session, nearest_words
from graphmodel.views.terminal_lines import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphmodel.simulate.planting import Stories
    from graphmodel.simulate.world import Written
    from graphmodel.views.terminal_lines import Line

DEFAULT_PAYMENTS = 100_000
DEFAULT_STORIES = 10
MOST_STORIES = 1_000
MOST_SEED_BITS = 256


class FormName(StrEnum):
    """Forms of case tables that are written."""

    CSV = "csv"
    PARQUET = "parquet"


def simulate(
    ctx: typer.Context,
    out_dir: Annotated[Path, typer.Argument(metavar="OUT_DIR", readable=False)],
    *,
    payments: Annotated[int, typer.Option(metavar="N")] = DEFAULT_PAYMENTS,
    plants: Annotated[int, typer.Option(metavar="N")] = DEFAULT_STORIES,
    decoys: Annotated[int, typer.Option(metavar="N")] = DEFAULT_STORIES,
    typology: Annotated[list[str] | None, typer.Option(metavar="NAME")] = None,
    seed: Annotated[str, typer.Option(metavar="N|HEX")] = "1",
    hardship: Annotated[float, typer.Option(metavar="SHARE")] = 1 / 3,
    format_: Annotated[FormName, typer.Option("--format", metavar="csv|parquet")] = FormName.CSV,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """Make a world of people, deals and payments, plant stories in it, and keep the truth apart."""
    session: Session = ctx.obj
    session.speak(lang)
    number = seed_of(session, seed)
    if not 0 <= plants <= MOST_STORIES or not 0 <= decoys <= MOST_STORIES:
        session.refuse("cli-error-stories", most=f"{MOST_STORIES:,}")
    if not 0 <= hardship <= 1 or math.isnan(hardship):
        session.refuse("cli-error-hardship")
    _check_place(session, out_dir)
    from graphmodel.simulate import world
    from graphmodel.simulate.planting import Casting, discover
    from graphmodel.simulate.writing import Form

    least, most = world.LEAST_PAYMENTS, world.MOST_PAYMENTS
    if not least <= payments <= most:
        session.refuse("cli-error-payments", least=f"{least:,}", most=f"{most:,}")
    stories = _chosen(session, discover(), typology)
    casting = Casting(plants, decoys, hardship, number)
    plan = world.Plan(payments, casting, stories, Form(format_.value))
    with session.meter:
        written = world.simulate(plan, out_dir, session.meter)
    session.show(_lines(session, out_dir, written))


def seed_of(session: Session, text: str) -> int:
    """Return a seed: digits are a decimal number; with a letter a to f, or after 0x, hex digits."""
    word = text.strip().lower()
    digits = word.removeprefix("0x")
    base = 10 if word.isdigit() else 16
    is_plain = word.isascii() and digits.isalnum()
    try:
        number = int(digits, base) if is_plain else -1
    except ValueError:
        number = -1
    if number < 0 or number.bit_length() > MOST_SEED_BITS:
        session.refuse("cli-error-seed", seed=text)
    return number


def _check_place(session: Session, out: Path) -> None:
    """Refuse a place that holds anything, or that no folder is there for."""
    if out.exists() and not out.is_dir():
        session.refuse("cli-error-exists", path=out)
    if out.is_dir() and any(out.iterdir()):
        session.refuse("cli-error-not-empty", path=out)
    if not out.resolve().parent.is_dir():
        session.refuse("cli-error-no-folder", path=out.parent)


def _chosen(
    session: Session, stories: Mapping[str, Stories], names: list[str] | None
) -> dict[str, Stories]:
    for name in names or ():
        if name not in stories:
            near = nearest_words(session, name, list(stories))
            session.refuse("cli-error-no-typology", name=name, near=near)
    return {name: told for name, told in stories.items() if not names or name in names}


def _lines(session: Session, out: Path, written: Written) -> Iterator[Line]:
    """Yield what was written and where, and what may be done with it next."""
    from graphmodel.simulate.world import CASE_FOLDER, TRUTH_FILE

    counts = dict.fromkeys(("plant", "decoy"), 0)
    for label in written.labels:
        counts[label.kind] += 1
    sizes = {name: f"{written.rows.get(name, 0):,}" for name in ("persons", "accounts", "payments")}
    case, truth = out / CASE_FOLDER, out / TRUTH_FILE
    yield line(session.words("cli-simulate-case", path=case, **sizes), hang=2)
    told = {kind: f"{count:,}" for kind, count in counts.items()}
    yield line(session.words("cli-simulate-truth", path=truth, **told), hang=2)
