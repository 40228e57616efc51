"""`graphmodel flag`: read a case, search it, write the case page, print the findings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphmodel.cli import configuring, outputs
from graphmodel.cli.session import LEVELS, LanguageName, LevelName, ReportFormat, Session
from graphmodel.model.finding import Level
from graphmodel.views.terminal import report_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphmodel.case import Case
    from graphmodel.model.evidence import Words
    from graphmodel.model.report import Report


def flag(
    ctx: typer.Context,
    case: Annotated[Path, typer.Argument(metavar="CASE", readable=False)],
    *,
    typology: Annotated[list[str] | None, typer.Option(metavar="NAME")] = None,
    min_level: Annotated[LevelName, typer.Option(metavar=LEVELS)] = LevelName.LEAD,
    since: Annotated[str | None, typer.Option(metavar="TIME")] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", readable=False)] = None,
    fail_on: Annotated[LevelName | None, typer.Option(metavar=LEVELS)] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", readable=False)] = None,
    no_html: Annotated[bool, typer.Option("--no-html")] = False,
    redact: Annotated[bool, typer.Option("--redact")] = False,
    rejects: Annotated[Path | None, typer.Option(metavar="FILE", readable=False)] = None,
    format_: Annotated[
        ReportFormat, typer.Option("--format", metavar="text|json")
    ] = ReportFormat.TEXT,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """Read a case, search it for every typology, print the findings and write the case page."""
    session: Session = ctx.obj
    session.speak(lang)
    if html is not None and no_html:
        session.refuse("cli-error-html-twice")
    session.check_case(case)
    page = None if no_html else outputs.check_page(session, html, case, Path())
    outputs.check_rejects(session, rejects, case, page)
    chosen = configuring.read_config(config)
    with session.open_case(case, config=chosen) as opened:
        report = opened.flag(
            config=chosen,
            typologies=typology or None,
            min_level=level_named(min_level),
            since=since,
            graph=page is not None or format_ is ReportFormat.TEXT,
            progress=session.meter,
        )
        tell_turned_off(session, report)
        reached = fail_on is not None and is_reached(report, level_named(fail_on))
        session.result = int(reached)
        outputs.write_rejects(session, opened, rejects)
        if page is not None:
            _write_page(session, report, page, redact=redact)
        if format_ is ReportFormat.JSON:
            print_report_json(session, report)
        else:
            rows = rows_read(opened)
            lines = report_lines(report, session.language, rows=rows, titles=titles_of_typologies())
            session.show(lines)
        if page is not None:
            says = session.tell if format_ is ReportFormat.JSON else session.say
            says(session.words("cli-page-written", path=page))


def level_named(name: LevelName) -> Level:
    """Return the level of a name.

    >>> level_named(LevelName.STRONG)
    <Level.STRONG: 3>
    """
    return Level[name.upper()]


def tell_turned_off(session: Session, report: Report) -> None:
    """Say on standard error what a configuration turned off, since nothing of it can be found."""
    if report.turned_off:
        names = ", ".join(report.turned_off)
        session.tell(session.words("cli-turned-off", names=names))


def is_reached(report: Report, level: Level) -> bool:
    """Say whether a finding of the report is of this level or above."""
    return any(finding.level >= level for finding in report.findings)


def rows_read(case: Case) -> tuple[int, int]:
    """Return how many rows were read and how many of them rejected."""
    files = case.imported.files
    return sum(file.rows for file in files), sum(file.rejected for file in files)


def titles_of_typologies() -> Mapping[str, Words]:
    """Return the titles of all typologies by name."""
    from graphmodel.detect.discovery import typologies

    return {name: typology.title for name, typology in typologies().items()}


def print_report_json(session: Session, report: Report) -> None:
    """Print the report as one JSON object, and what a person should know on standard error."""
    for warning in report.warnings:
        session.tell(warning)
    outputs.print_json(session, report.to_json(session.language), indent=2)


def _write_page(session: Session, report: Report, page: Path, *, redact: bool) -> None:
    from graphmodel.views.case_page import render_case_page

    html = render_case_page(report, session.language, redact=redact)
    outputs.write_output(page, html)
