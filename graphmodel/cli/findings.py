"""`graphmodel findings`: list what the last search of a case file found, without searching."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphmodel.cli.flag import (
    print_report_json,
    rows_read,
    tell_turned_off,
    titles_of_typologies,
)
from graphmodel.cli.kept import kept_report
from graphmodel.cli.outputs import is_case_file
from graphmodel.cli.session import LanguageName, ReportFormat, Session
from graphmodel.views.terminal import remainder_lines, summary_lines
from graphmodel.views.terminal_lines import Line, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphmodel.case import Case
    from graphmodel.model.report import Report


def findings(
    ctx: typer.Context,
    case: Annotated[Path, typer.Argument(metavar="CASE", readable=False)],
    format_: Annotated[
        ReportFormat, typer.Option("--format", metavar="text|json")
    ] = ReportFormat.TEXT,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """List the findings kept in a case file without searching; a folder is searched."""
    session: Session = ctx.obj
    session.speak(lang)
    with session.open_case(case) as opened:
        report = kept_report(opened) if is_case_file(case) else opened.flag(progress=session.meter)
        if report is None:
            session.refuse("cli-error-no-saved", case=case)
        tell_turned_off(session, report)
        if format_ is ReportFormat.JSON:
            print_report_json(session, report)
        else:
            session.show(list_lines(session, report, opened, case))


def list_lines(session: Session, report: Report, case: Case, path: Path) -> Iterator[Line]:
    """Yield the summary, the id of every finding, and what is no finding but must be said."""
    yield from summary_lines(report, session.language, rows=rows_read(case))
    yield line()
    for number, finding in enumerate(report.findings, 1):
        yield line(f"{number:>2}  {finding.id}  {finding.typology}")
    titles = titles_of_typologies()
    yield from remainder_lines(report, session.language, titles=titles)
    if report.findings:
        ids = {"case": path, "id": report.findings[0].id}
        yield line(session.words("cli-findings-how-to-explain", **ids), style="dim", hang=2)
