"""The program `graphmodel`: its commands, its exit codes, the one place that catches everything.

0 done; 1 findings at or above `--fail-on`; 2 wrong use; 3 input refused; 4 engine unreachable;
5 stopped by a limit; 70 fault of the program; 130 Ctrl-C; 143 terminated. A reader that closes the
pipe early ends the run quietly. Command modules load heavy packages inside their functions.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphmodel.cli import (
    convert,
    doctor,
    evaluate,
    explain,
    failures,
    findings,
    flag,
    import_case,
    interrupts,
    neo4j,
    query,
    questions,
    simulate,
    trace,
    tune,
    typologies,
)
from graphmodel.cli.help_page import HelpfulCommand, HelpfulGroup
from graphmodel.cli.session import LanguageName, Session
from graphmodel.settings import (
    APPLICATION,
    ENCODING_VARIABLE,
    asked_language,
    program_version,
)
from graphmodel.views.terminal_lines import make_console, print_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

COLLECT_AFTER = 200_000
"""New objects between two searches for cycles: facts of a large case are many and have none."""

_HELP = {"help_option_names": ["-h", "--help"]}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code; nothing escapes but the code."""
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
    words = list(sys.argv[1:] if arguments is None else arguments)
    prepare_streams()
    interrupts.trap()
    session = Session.begin(asked_language(words))
    try:
        code = run(words, session)
        sys.stdout.flush()
    except BrokenPipeError:
        _close_quietly()
        code = session.result
    except KeyboardInterrupt:
        code = interrupts.exit_code() or 130
    except Exception as error:  # noqa: BLE001 - the top of the command line
        code = _fail(error, session)
    if stopped := interrupts.exit_code():
        code = stopped
        with suppress(OSError):
            session.tell(session.words("cli-error", reason=session.words("cli-error-interrupted")))
    interrupts.release()
    if arguments is None:
        _leave_stopped_work(code)
    return code


def _leave_stopped_work(code: int) -> None:
    """End the program at once where a query that passed its limit has not come to its end yet."""
    watch = sys.modules.get("graphmodel.query.engines.watch")
    if watch is not None and watch.is_work_left():
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def run(words: Sequence[str], session: Session) -> int:
    """Parse the words and run the command they name; return its exit code."""
    command = typer.main.get_command(build())
    try:
        with command.make_context(APPLICATION, list(words) or ["--help"], obj=session) as ctx:
            command.invoke(ctx)
    except typer.Exit as end:
        return end.exit_code or session.result
    return session.result


def build() -> typer.Typer:
    """Return the program with all its commands."""
    app = typer.Typer(
        cls=HelpfulGroup,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=_HELP,
    )
    app.callback(context_settings=_HELP)(root)
    named = {
        "flag": flag.flag,
        "import": import_case.import_case,
        "findings": findings.findings,
        "explain": explain.explain,
        "query": query.query,
        "trace": trace.trace,
        "tune": tune.tune,
        "evaluate": evaluate.evaluate,
        "convert": convert.convert,
        "simulate": simulate.simulate,
    }
    for name, function in named.items():
        _add(app, name, function)
    for group_name, root_of_group, commands in (
        ("questions", questions.questions, questions.COMMANDS),
        ("typologies", typologies.typologies, typologies.COMMANDS),
        ("neo4j", neo4j.neo4j, neo4j.COMMANDS),
    ):
        group = typer.Typer(cls=HelpfulGroup, rich_markup_mode=None, context_settings=_HELP)
        group.callback(context_settings=_HELP)(root_of_group)
        for name, function in commands.items():
            _add(group, name, function)
        app.add_typer(group, name=group_name, cls=HelpfulGroup, context_settings=_HELP)
    _add(app, "doctor", doctor.doctor)
    return app


def _add(app: typer.Typer, name: str, function: Any) -> None:  # noqa: ANN401 - any signature
    app.command(name, cls=HelpfulCommand, context_settings=_HELP)(function)


def _show_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"{APPLICATION} {program_version()}\n")
        raise typer.Exit


def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True)
    ] = False,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """Find how personal data, money and people connect in a case; explain it and draw it."""


def prepare_streams() -> None:
    """Let both output streams take any text, on every console and under every locale.

    A terminal keeps its own encoding; a pipe or file gets UTF-8, unless the user has set another.
    A stream that was closed before the start is replaced, so that no file takes its place.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the run
            setattr(sys, name, nowhere)
        stream = getattr(sys, name)
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if stream.isatty() or os.environ.get(ENCODING_VARIABLE):
            reconfigure(errors="backslashreplace")
        else:
            reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _fail(error: Exception, session: Session) -> int:
    if interrupts.exit_code():
        return 130
    failure = failures.failure_of(error, session)
    with suppress(OSError):
        print_lines(make_console(sys.stderr), failures.failure_lines(failure, session))
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    if isinstance(error, OSError):
        _close_quietly()
    return failure.exit_code


def _close_quietly() -> None:
    """Point standard output at nothing, so that Python's own last flush cannot fail."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
