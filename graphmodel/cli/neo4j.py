"""`graphmodel neo4j`: a server of one's own, and cases copied to a server."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphmodel.cli.session import LanguageName, Session
from graphmodel.errors import EngineError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphmodel.query.engines.neo4j import Driver, Login

Language = Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")]
Uri = Annotated[str | None, typer.Option("--uri", metavar="URI")]
Name = Annotated[str | None, typer.Option("--name", metavar="NAME")]
Yes = Annotated[bool, typer.Option("--yes")]


def neo4j(lang: Language = None) -> None:
    """Bring a Neo4j server up or down, and copy cases to a server."""


def login(uri: str | None) -> Login:
    """Return the login of the server meant: --uri or NEO4J_URI, else the user's own.

    User and password come from NEO4J_USER and NEO4J_PASSWORD (or the file NEO4J_PASSWORD_FILE
    names), never from an option, which others on the machine could read.
    """
    from graphmodel.query.engines.neo4j import Login
    from graphmodel.query.engines.neo4j_local import kept_server

    named = uri or os.environ.get("NEO4J_URI")
    if named:
        user = os.environ.get("NEO4J_USER", "neo4j")
        return Login(named, user, _password())
    kept = kept_server()
    if kept is None:
        reason = "No Neo4j server is named, and none was brought up."
        raise EngineError(reason, hint="Set NEO4J_URI, or run: graphmodel neo4j up")
    return kept.login


def _password() -> str:
    named = os.environ.get("NEO4J_PASSWORD_FILE")
    if not named:
        return os.environ.get("NEO4J_PASSWORD", "")
    try:
        return Path(named).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = "The file that NEO4J_PASSWORD_FILE names cannot be read."
        raise UsageError(reason, hint="Check its path and rights.") from error


@contextmanager
def _server(session: Session, uri: str | None) -> Iterator[tuple[Driver, Login]]:
    from graphmodel.query.engines.neo4j import connected

    meant = login(uri)
    with session.meter, connected(meant) as driver:
        yield driver, meant


def _agreed(session: Session, key: str, *, yes: bool, **values: object) -> bool:
    """Ask before something is done; without a terminal only `--yes` agrees."""
    if yes:
        return True
    question = session.words(key, **values)
    if not sys.stdin.isatty():
        session.refuse("cli-neo4j-needs-yes", question=question)
    session.tell(question)
    return sys.stdin.readline().strip().lower() in {"y", "yes", "是", "好"}


def up(
    ctx: typer.Context,
    *,
    release: Annotated[str, typer.Option("--release", metavar="lts|newest")] = "lts",
    yes: Yes = False,
    lang: Language = None,
) -> None:
    """Start a Neo4j server of one's own on this machine; its program may be downloaded."""
    from graphmodel.query.engines import neo4j_local as local

    session: Session = ctx.obj
    session.speak(lang)
    chosen = local.RELEASES.get(release)
    if chosen is None:
        session.refuse("cli-neo4j-no-release", release=release, known=", ".join(local.RELEASES))
    size = local.DOWNLOAD_MB[chosen.version]
    if local.needs_download(chosen) and not _agreed(
        session, "cli-neo4j-download", yes=yes, version=chosen.version, size=size
    ):
        session.result = 2
        return
    with session.meter:
        server = local.bring_up(chosen, session.meter)
    values = {"version": server.version, "uri": server.login.uri, "folder": local.server_folder()}
    session.say(session.words("cli-neo4j-is-up", **values))


def down(ctx: typer.Context, lang: Language = None) -> None:
    """Stop the server that `up` started; its data stay."""
    from graphmodel.query.engines.neo4j_local import bring_down

    session: Session = ctx.obj
    session.speak(lang)
    with session.meter:
        session.meter("neo4j")
        stopped = bring_down()
    session.say(session.words("cli-neo4j-is-down" if stopped else "cli-neo4j-not-up"))


def status(ctx: typer.Context, uri: Uri = None, lang: Language = None) -> None:
    """Say whether the server answers, and what it holds of each case."""
    from graphmodel.query.engines.neo4j import server_version
    from graphmodel.query.engines.neo4j_cases import held_cases

    session: Session = ctx.obj
    session.speak(lang)
    with _server(session, uri) as (driver, meant):
        version = server_version(driver, meant)
        cases = held_cases(driver, meant)
    session.say(session.words("cli-neo4j-answers", uri=meant.uri, version=version))
    if not cases:
        session.say(session.words("cli-neo4j-no-case"))
    for case in cases:
        key = "cli-neo4j-whole" if case.is_whole else "cli-neo4j-cut"
        values = {"name": case.name, "label": case.label, "nodes": f"{case.nodes:,}"}
        session.say(session.words(key, links=f"{case.links:,}", pushed=case.pushed, **values))


def push(
    ctx: typer.Context,
    case: Annotated[Path, typer.Argument(metavar="CASE", readable=False)],
    *,
    name: Name = None,
    uri: Uri = None,
    lang: Language = None,
) -> None:
    """Make the server hold exactly what a case holds."""
    session: Session = ctx.obj
    session.speak(lang)
    session.check_case(case)
    with session.open_case(case) as opened, _server(session, uri) as (driver, meant):
        done = opened.push(driver, meant, name or case_name(case), progress=session.meter)
    counted = {"created": done.created, "changed": done.changed, "deleted": done.deleted}
    shown = {key: f"{value:,}" for key, value in {**counted, "kept": done.kept}.items()}
    session.say(session.words("cli-neo4j-pushed", label=done.label, **shown))


def wipe(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    *,
    uri: Uri = None,
    yes: Yes = False,
    lang: Language = None,
) -> None:
    """Remove one case from the server; nothing else there is touched."""
    from graphmodel.query.engines.neo4j_cases import held_cases, wipe_case

    session: Session = ctx.obj
    session.speak(lang)
    with _server(session, uri) as (driver, meant):
        cases = {case.name: case for case in held_cases(driver, meant)}
        if name not in cases:
            known = ", ".join(cases) or "–"
            session.refuse("cli-neo4j-no-such-case", name=name, known=known)
        values = {"name": name, "database": meant.database, "server": meant.uri}
        if not _agreed(session, "cli-neo4j-wipe-ask", yes=yes, **values):
            session.result = 2
            return
        gone = wipe_case(driver, meant, cases[name].label)
    session.say(session.words("cli-neo4j-wiped", name=name, nodes=f"{gone:,}"))


def case_name(path: Path) -> str:
    """Return the name of a case on a server where none is given: that of its file or folder.

    >>> case_name(Path("a/qingdao.case.duckdb"))
    'qingdao'
    """
    return path.resolve().name.removesuffix(".duckdb").removesuffix(".case")


COMMANDS = {"up": up, "down": down, "status": status, "push": push, "wipe": wipe}
