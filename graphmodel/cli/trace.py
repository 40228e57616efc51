"""`graphmodel trace`: where money or the goods of a batch went from an account, or came from."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphmodel.cli import outputs
from graphmodel.cli.masking import find_secrets, mask_rows
from graphmodel.cli.session import LanguageName, Session
from graphmodel.private_files import write_private
from graphmodel.views.terminal_lines import line

if TYPE_CHECKING:
    from graphmodel.case import Case

_OURS = (b"graphmodel trace", b"graphmodel.trace/1")
_HEAD_BYTES = 2048


class TraceFormat(StrEnum):
    """Forms of a trace."""

    TEXT = "text"
    JSON = "json"
    SVG = "svg"
    HTML = "html"


def trace(
    ctx: typer.Context,
    case: Annotated[Path, typer.Argument(metavar="CASE", readable=False)],
    account: Annotated[str, typer.Argument(metavar="ACCOUNT")],
    *,
    batch: Annotated[str | None, typer.Option(metavar="ID")] = None,
    up: Annotated[bool, typer.Option("--up/--down")] = False,
    max_hops: Annotated[int, typer.Option(metavar="N")] = 6,
    within_days: Annotated[int | None, typer.Option(metavar="N")] = None,
    min_amount: Annotated[str | None, typer.Option(metavar="X")] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME")] = None,
    max_rows: Annotated[int, typer.Option(metavar="N")] = 1_000,
    format_: Annotated[
        TraceFormat, typer.Option("--format", metavar="text|json|svg|html")
    ] = TraceFormat.TEXT,
    out: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    unmask: Annotated[bool, typer.Option("--unmask")] = False,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """Follow money or a batch from an account."""
    session: Session = ctx.obj
    session.speak(lang)
    session.check_case(case)
    if out is not None:
        _check_out(session, out, case)
    with session.open_case(case) as opened:
        found = opened.trace(
            account,
            is_up=up,
            batch=batch,
            max_hops=max_hops,
            within_days=within_days,
            min_amount=min_amount,
            since=since,
            until=until,
            max_rows=max_rows,
        )
        from graphmodel.views.trace_told import trace_data

        data = trace_data(found, opened.timezone)
        if not unmask:
            data = _masked(session, opened, data)
    _give(session, data, format_, out)
    if out is not None or format_ is not TraceFormat.TEXT:
        for limit in data["truncated"]:
            session.tell(session.words("trace-truncated", limit=limit))


def _masked(session: Session, case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """Return the data with identifier values and handles masked, and say how many cells were."""
    steps = [[step] for step in data["steps"]]
    shown, _ = mask_rows([[data["account"]], *steps], find_secrets(case))
    changed = sum(new != old for new, old in zip(shown[1:], map(tuple, steps), strict=True))
    if changed:
        session.tell(session.words("cli-masked", n=f"{changed:,}"))
    return {**data, "account": shown[0][0], "steps": [row[0] for row in shown[1:]]}


def _check_out(session: Session, out: Path, case: Path) -> None:
    """Refuse a place inside the case, or one that holds anything but an earlier trace."""
    place = outputs.check_target(session, out, case)
    if place.exists():
        with place.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        if head and not any(mark in head for mark in _OURS):
            session.refuse("trace-not-ours", path=out)


def _give(session: Session, data: dict[str, Any], format_: TraceFormat, out: Path | None) -> None:
    """Print a trace, or write it to a file for its owner alone."""
    from graphmodel.views.trace_told import trace_lines

    language = session.language
    if format_ is TraceFormat.TEXT and out is None:
        session.show([line(row, hang=4) for row in trace_lines(data, language)])
        return
    if format_ is TraceFormat.TEXT:
        words = "".join(f"{row}\n" for row in trace_lines(data, language))
    elif format_ is TraceFormat.JSON:
        words = outputs.json_text(data, indent=2) + "\n"
    else:
        from graphmodel.views.trace_picture import render_trace_page, render_trace_svg

        render = render_trace_svg if format_ is TraceFormat.SVG else render_trace_page
        words = render(data, language)
    if out is None:
        session.write(words)
    else:
        write_private(out, words.encode())
        session.tell(session.words("trace-written", path=out))
