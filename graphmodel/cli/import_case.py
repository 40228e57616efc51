"""`graphmodel import`: read a case and keep it as one case file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphmodel.cli import configuring, outputs
from graphmodel.cli.session import LanguageName, ReportFormat, Session
from graphmodel.views.terminal_lines import Line, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphmodel.case import Imported
    from graphmodel.sources.base import FileReport, Reject

REJECTS_IN_JSON = 1000
REJECTS_SHOWN = 10


def import_case(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="CASE", readable=False)],
    *,
    out: Annotated[Path, typer.Option(metavar="X.case.duckdb", readable=False)],
    config: Annotated[Path | None, typer.Option(metavar="FILE", readable=False)] = None,
    rejects: Annotated[Path | None, typer.Option(metavar="FILE", readable=False)] = None,
    format_: Annotated[
        ReportFormat, typer.Option("--format", metavar="text|json")
    ] = ReportFormat.TEXT,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """Read a case and keep it as a .case.duckdb file."""
    session: Session = ctx.obj
    session.speak(lang)
    _check_paths(session, paths, out, rejects)
    chosen = configuring.read_config(config)
    from graphmodel.case import Case

    meter, asked = session.meter, session.asked
    with meter, Case.import_(paths, out, language=asked, progress=meter, config=chosen) as case:
        session.adopt(case.language)
        if rejects is not None:
            outputs.write_rejects(session, case, rejects)
        if format_ is ReportFormat.JSON:
            for warning in case.imported.warnings:
                session.tell(warning)
            outputs.print_json(session, import_json(case.imported), indent=2)
        else:
            session.show(import_lines(session, case.title, case.imported))
            session.say(session.words("cli-import-done", path=out))


def _check_paths(session: Session, paths: list[Path], out: Path, rejects: Path | None) -> None:
    if not out.name.endswith(outputs.CASE_FILE_ENDING) or out.name == outputs.CASE_FILE_ENDING:
        session.refuse("cli-error-out-name", path=out)
    for path in paths:
        session.check_case(path)
        outputs.check_target(session, out, path)
        outputs.check_rejects(session, rejects, path, out)


def import_json(imported: Imported) -> dict[str, object]:
    """Return one object of the output contract `graphmodel.import/1`."""
    return {
        "schema": "graphmodel.import/1",
        "files": [_file_json(file) for file in imported.files],
        "rejects": [reject._asdict() for reject in imported.rejects[:REJECTS_IN_JSON]],
        "rejects_total": len(imported.rejects),
    }


def _file_json(file: FileReport) -> dict[str, object]:
    names = ("path", "sha256", "reader", "encoding", "rows", "kept", "rejected", "duplicates")
    return {name: getattr(file, name) for name in names}


def import_lines(session: Session, title: str, imported: Imported) -> Iterator[Line]:
    """Yield one line a table, the first rejected rows, and the warnings."""
    yield line(title or session.words("cli-untitled"), style="bold")
    yield line(session.words("cli-import-files"), style="underline")
    for file in imported.files:
        names = ("rows", "kept", "rejected", "duplicates")
        counts = {name: f"{getattr(file, name):,}" for name in names}
        encoding = file.encoding or session.words("cli-import-binary")
        words = session.words("cli-import-file", path=file.path, encoding=encoding, **counts)
        yield line(words, 2, hang=2)
    if imported.rejects:
        shown = imported.rejects[:REJECTS_SHOWN]
        counts = {"shown": f"{len(shown):,}", "all": f"{len(imported.rejects):,}"}
        yield line(session.words("cli-import-rejects", **counts), style="underline")
        yield from (line(_reject_words(session, reject), 2, hang=2) for reject in shown)
    if imported.warnings:
        yield line(session.words("cli-warnings"), style="underline")
        yield from (line(f"· {warning}", 2, hang=2) for warning in imported.warnings)


def _reject_words(session: Session, reject: Reject) -> str:
    key = "cli-import-reject" if reject.column else "cli-import-reject-row"
    return session.words(key, **reject._asdict())
