"""`graphmodel convert`: sets of other makers as case tables with a truth."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphmodel.cli import outputs
from graphmodel.cli.session import LanguageName, ReportFormat, Session
from graphmodel.views.terminal_lines import Line, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphmodel.evaluate.outputs import Converted

REJECTS_SHOWN = 10


class MakerName(StrEnum):
    """Makers whose sets can be converted."""

    AMLSIM = "amlsim"
    AMLWORLD = "amlworld"
    AMLGENTEX = "amlgentex"


def convert(
    ctx: typer.Context,
    maker: Annotated[MakerName, typer.Argument(metavar="|".join(MakerName))],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", readable=False)],
    *,
    out: Annotated[Path, typer.Option(metavar="FOLDER", readable=False)],
    currency: Annotated[str, typer.Option(metavar="CODE")] = "USD",
    first_day: Annotated[str | None, typer.Option(metavar="DATE")] = None,
    format_: Annotated[
        ReportFormat, typer.Option("--format", metavar="text|json")
    ] = ReportFormat.TEXT,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """Turn outputs of other makers into case tables and a truth."""
    session: Session = ctx.obj
    session.speak(lang)
    from graphmodel.evaluate import convert as converting
    from graphmodel.model.money import CURRENCIES

    if currency.upper() not in CURRENCIES:
        session.refuse("cli-error-currency", code=currency)
    day = _day(session, first_day)
    options = converting.Options(currency.upper(), day, session.language)
    with session.meter:
        session.meter(maker.value)
        told = converting.convert(maker.value, folder, out, options)
    if format_ is ReportFormat.JSON:
        outputs.print_json(session, told.to_json(), indent=2)
    else:
        session.show(conversion_lines(session, told))
        session.say(session.words("evaluate-converted", path=out))


def _day(session: Session, words: str | None) -> date | None:
    if words is None:
        return None
    try:
        return date.fromisoformat(words)
    except ValueError:
        session.refuse("cli-error-first-day", day=words)


def conversion_lines(session: Session, told: Converted) -> Iterator[Line]:
    """Yield rows by file, the first rejects, and the labels by typology."""
    for file in told.files:
        counts = {name: f"{getattr(file, name):,}" for name in ("rows", "kept", "rejected")}
        yield line(session.words("evaluate-converted-file", path=file.path, **counts), hang=2)
    for reject in told.rejects[:REJECTS_SHOWN]:
        key = "cli-import-reject" if reject.column else "cli-import-reject-row"
        yield line(session.words(key, **reject._asdict()), 2, hang=2)
    if told.rounded:
        yield line(session.words("evaluate-converted-rounded", n=f"{told.rounded:,}"))
    for name, n in told.labels.items():
        yield line(session.words("evaluate-converted-labels", typology=name, n=f"{n:,}"))
    for kind, n in told.unmapped.items():
        yield line(session.words("evaluate-converted-unmapped", kind=kind, n=f"{n:,}"))
