"""`graphmodel tune`: what a change of parameters adds to the findings of a case and removes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphmodel.cli import configuring, outputs
from graphmodel.cli.session import LanguageName, ReportFormat, Session
from graphmodel.cli.table_lines import table_lines
from graphmodel.views.terminal_lines import Line, line, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphmodel.findings.changes import Change, Changes, Moved

SHOWN = 20
"""Most findings told one by one on the terminal, of each kind of change of a typology."""


def tune(
    ctx: typer.Context,
    case: Annotated[Path, typer.Argument(metavar="CASE", readable=False)],
    *,
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE")] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", readable=False)] = None,
    format_: Annotated[
        ReportFormat, typer.Option("--format", metavar="text|json")
    ] = ReportFormat.TEXT,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """Tell what other parameters would add to the findings and remove; nothing is kept."""
    session: Session = ctx.obj
    session.speak(lang)
    if not settings and config is None:
        session.refuse("cli-error-tune-nothing")
    chosen = configuring.read_config(config)
    configuring.read_config(None, settings or ())
    from graphmodel.evaluate.tuning import tune as run

    with session.open_case(case, untouched=True) as opened:
        changes = run(opened, chosen, settings or (), session.meter)
    if format_ is ReportFormat.JSON:
        outputs.print_json(session, changes.to_json(), indent=2)
    else:
        session.show(change_lines(session, changes))


def change_lines(session: Session, changes: Changes) -> Iterator[Line]:
    """Yield the values that differ, the numbers by typology, then every finding that changed."""
    yield line(session.words("tune-part-values"), style="underline")
    for value in changes.values:
        before, after = plain(str(value.before)), plain(str(value.after))
        yield line(session.words("tune-value", key=value.key, before=before, after=after), 2)
    if not changes.values:
        yield line(session.words("tune-no-values"), 2)
    yield line()
    names = ("typology", "added", "removed", "absorbed", "up", "down", "same")
    head = [session.words(f"tune-head-{name}") for name in names]
    yield from table_lines(head, [_row(one) for one in changes.typologies])
    for one in changes.typologies:
        if one.is_any:
            yield line()
            yield line(one.typology, style="bold")
            yield from _findings(session, one)
    for key, told in (
        ("tune-part-truncated-before", changes.truncated_before),
        ("tune-part-truncated-after", changes.truncated_after),
    ):
        if told:
            yield line()
            yield line(session.words(key), style="underline")
            yield from (line(f"· {plain(words)}", 2, hang=2) for words in told)


def _row(one: Change) -> list[object]:
    gone = (len(one.added), len(one.removed), len(one.absorbed))
    return [one.typology, *gone, len(one.up), len(one.down), one.same]


def _findings(session: Session, one: Change) -> Iterator[Line]:
    for key, found in (
        ("tune-line-added", one.added),
        ("tune-line-removed", one.removed),
        ("tune-line-absorbed", one.absorbed),
    ):
        rows = [session.words(key, id=f.id, level=f.level.label) for f in found]
        yield from _shown(session, rows)
    for key, moved in (("tune-line-up", one.up), ("tune-line-down", one.down)):
        yield from _shown(session, [_moved(session, key, each) for each in moved])


def _moved(session: Session, key: str, moved: Moved) -> str:
    return session.words(key, id=moved.id, before=moved.before.label, after=moved.after.label)


def _shown(session: Session, rows: list[str]) -> Iterator[Line]:
    yield from (line(row, 2, hang=2) for row in rows[:SHOWN])
    if len(rows) > SHOWN:
        yield line(session.words("evaluate-more", n=f"{len(rows) - SHOWN:,}"), 2)
