"""`graphmodel typologies`: list them, show the card of one, begin a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphmodel.cli import configuring, outputs, scaffold
from graphmodel.cli.session import LanguageName, ReportFormat, Session, nearest_words
from graphmodel.views.terminal_lines import line, padded, parts, plain

if TYPE_CHECKING:
    from collections.abc import Callable


def typologies(
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """List, show or begin typologies."""


def list_typologies(
    ctx: typer.Context,
    format_: Annotated[
        ReportFormat, typer.Option("--format", metavar="text|json")
    ] = ReportFormat.TEXT,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """List all typologies."""
    from graphmodel.detect.discovery import typologies as known

    session: Session = ctx.obj
    session.speak(lang)
    if format_ is ReportFormat.JSON:
        rows = [
            {"name": name, "version": one.version, "title": one.title.get(session.language)}
            for name, one in known().items()
        ]
        outputs.print_json(
            session, {"schema": "graphmodel.typologies/1", "typologies": rows}, indent=2
        )
        return
    width = max(map(len, known()), default=0)
    session.show(
        parts(
            (padded(name, width), "bold"),
            (f"  v{one.version}  ", "dim"),
            (one.title.get(session.language), ""),
        )
        for name, one in known().items()
    )


def show_typology(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """Show the card of one typology."""
    from graphmodel.detect.discovery import card
    from graphmodel.detect.discovery import typologies as known

    session: Session = ctx.obj
    session.speak(lang)
    if name not in known():
        near = nearest_words(session, name, list(known()))
        session.refuse("cli-error-no-typology", name=name, near=near)
    one = known()[name]
    session.show(
        [
            line(f"{name} v{one.version}  {one.title.get(session.language)}", style="bold"),
            line(),
            *(line(plain(row)) for row in card(name).splitlines()),
        ]
    )


def print_config(
    ctx: typer.Context,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """Print the defaults of all typologies as a rules.toml, ready to edit."""
    session: Session = ctx.obj
    session.speak(lang)
    session.write(configuring.config_text(session))


def new_typology(
    ctx: typer.Context,
    stem: Annotated[str, typer.Argument(metavar="STEM")],
    into: Annotated[Path, typer.Option(metavar="FOLDER")] = Path(),
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """Begin a typology: writes its module, its rule and its stories."""
    session: Session = ctx.obj
    session.speak(lang)
    for path in scaffold.write_typology(session, stem, into):
        session.say(session.words("cli-written", path=path))
    session.say(session.words("cli-typology-new-next", stem=stem))


COMMANDS: dict[str, Callable[..., None]] = {
    "list": list_typologies,
    "show": show_typology,
    "config": print_config,
    "new": new_typology,
}
