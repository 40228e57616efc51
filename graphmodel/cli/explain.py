"""`graphmodel explain`: one finding at length, found by its id or the beginning of it."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphmodel.cli import outputs
from graphmodel.cli.kept import kept_report
from graphmodel.cli.session import LanguageName, ReportFormat, Session
from graphmodel.views.terminal import finding_lines
from graphmodel.views.terminal_lines import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.model.finding import Finding

IDS_NAMED = 5
_MARK = "F-"


def explain(
    ctx: typer.Context,
    case: Annotated[Path, typer.Argument(metavar="CASE", readable=False)],
    id_: Annotated[str, typer.Argument(metavar="ID")],
    format_: Annotated[
        ReportFormat, typer.Option("--format", metavar="text|json")
    ] = ReportFormat.TEXT,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """Explain one finding at length."""
    session: Session = ctx.obj
    session.speak(lang)
    with session.open_case(case) as opened:
        report = kept_report(opened) if outputs.is_case_file(case) else None
        report = report or opened.flag(progress=session.meter)
        finding = find_finding(session, report.findings, id_)
        if format_ is ReportFormat.JSON:
            outputs.print_json(session, finding.to_json(session.language), indent=2)
            return
        session.show(finding_lines(finding, report.graph, session.language, full=True))
        session.show([line(), line(session.words("cli-what-a-level-is"), style="dim")])


def find_finding(session: Session, findings: Sequence[Finding], id_: str) -> Finding:
    """Return the finding whose id is or begins with `id_`; else the refusal names the nearest."""
    wanted = id_ if id_.upper().startswith(_MARK) else _MARK + id_
    wanted = _MARK + wanted[len(_MARK) :].lower()
    found = [finding for finding in findings if finding.id.startswith(wanted)]
    exact = [finding for finding in found if finding.id == wanted]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        ids = ", ".join(finding.id for finding in found[:IDS_NAMED])
        session.refuse("cli-error-many-findings", id=id_, ids=ids)
    if not findings:
        session.refuse("cli-error-no-finding-at-all", id=id_)
    near = max(findings, key=lambda finding: _likeness(finding.id, wanted))
    return session.refuse("cli-error-no-finding", id=id_, near=near.id)


def _likeness(id_: str, wanted: str) -> float:
    return SequenceMatcher(a=id_, b=wanted, autojunk=False).ratio()
