"""`graphmodel questions`: list the questions that investigators ask, or ask a case one of them."""

from __future__ import annotations

import json
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphmodel.cli import outputs
from graphmodel.cli.failures import query_error_lines
from graphmodel.cli.masking import find_secrets, mask_rows
from graphmodel.cli.query import Rows, RowsFormat, param_value, parse_params, print_rows
from graphmodel.cli.session import LanguageName, ReportFormat, Session
from graphmodel.errors import CypherError, UsageError
from graphmodel.query.engines.limits import DEFAULT_BUDGET_S
from graphmodel.views.terminal_lines import Line, line, parts, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from graphmodel.case import Case
    from graphmodel.query.questions import Parameter, Question

MOST_NAMES = 10_000
"""Names of a case that are searched for the one that was meant."""


def questions(
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """List the questions that investigators ask, or ask one of a case."""


def list_questions(
    ctx: typer.Context,
    format_: Annotated[
        ReportFormat, typer.Option("--format", metavar="text|json")
    ] = ReportFormat.TEXT,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """List all questions with their parameters."""
    from graphmodel.query.questions import questions as known

    session: Session = ctx.obj
    session.speak(lang)
    if format_ is ReportFormat.JSON:
        listed = [_listed(one, session) for one in known().values()]
        outputs.print_json(
            session, {"schema": "graphmodel.questions/1", "questions": listed}, indent=2
        )
        return
    session.show(row for one in known().values() for row in _told(one, session))


def run_question(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    case: Annotated[Path, typer.Argument(metavar="CASE", readable=False)],
    *,
    param: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE")] = None,
    format_: Annotated[
        RowsFormat, typer.Option("--format", metavar="table|json|csv")
    ] = RowsFormat.TABLE,
    budget: Annotated[float, typer.Option(metavar="SECONDS")] = DEFAULT_BUDGET_S,
    unmask: Annotated[bool, typer.Option("--unmask")] = False,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """Ask a case one of the questions."""
    session: Session = ctx.obj
    session.speak(lang)
    if not 0 < budget < inf:
        session.refuse("cli-error-budget")
    asked, params = _asked(session, name, param or [])
    with session.open_case(case) as opened:
        try:
            result = asked.ordered(opened.query(asked.text, params, budget_s=budget))
        except CypherError as error:
            session.report(query_error_lines(error, asked.text, session))
            raise typer.Exit(error.exit_code) from None
        _tell_of_names(session, opened, asked, params)
        rows: Rows = result.rows
        if not unmask:
            rows, changed = mask_rows(rows, find_secrets(opened))
            if changed:
                session.tell(session.words("cli-masked", n=f"{changed:,}"))
        columns = result.columns
        if format_ is RowsFormat.TABLE:
            rows = _with_times(session, opened, columns, rows)
            columns = tuple(_header(session, column) for column in columns)
    print_rows(session, columns, rows, format_)
    if not rows:
        session.tell(session.words("questions-no-rows"))


def _asked(session: Session, name: str, given: Sequence[str]) -> tuple[Question, dict[str, object]]:
    """Return a question and the values of its parameters; what is wrong with them ends the run."""
    from graphmodel.query.questions import NUMBERS, question

    words = {entry.partition("=")[0]: entry.partition("=")[2] for entry in given}
    try:
        asked = question(name, session.language)
        values = parse_params(session, given)
        for one in asked.parameters:
            # a number may be a name: only numbers and null are read as JSON
            if one.name in values and one.kind not in NUMBERS:
                values[one.name] = _named(words[one.name])
        return asked, asked.bound(values, session.language)
    except UsageError as error:
        raise UsageError(plain(error.reason)) from None


def _named(words: str) -> object:
    """Return the text of a parameter: as given, or a JSON string, or null.

    >>> _named("0012"), _named('"null"'), _named("null")
    ('0012', 'null', None)
    """
    value = param_value(words)
    return value if value is None or isinstance(value, str) else words


def _listed(asked: Question, session: Session) -> dict[str, object]:
    """Return a question as it stands in JSON."""
    return {
        "name": asked.name,
        "version": asked.version,
        "title": asked.title.get(session.language),
        "question": asked.question.get(session.language),
        "parameters": [
            {
                "name": one.name,
                "kind": one.kind,
                "meaning": one.meaning.get(session.language),
                "default": one.default,
            }
            for one in asked.parameters
        ],
        "columns": list(asked.returns),
    }


def _told(asked: Question, session: Session) -> Iterator[Line]:
    """Yield a question as it stands in the list for people."""
    yield parts((asked.name, "bold"), (f"  {asked.title.get(session.language)}", ""))
    yield line(asked.question.get(session.language), 4, hang=4)
    for one in asked.parameters:
        told = session.words(
            "questions-parameter-line",
            name=one.name,
            value=json.dumps(one.default, ensure_ascii=False),
            meaning=one.meaning.get(session.language),
            kind=session.words(f"questions-kind-{one.kind}"),
        )
        yield line(told, 4, hang=8)


def _header(session: Session, column: str) -> str:
    return session.words(f"questions-column-{column.replace('_', '-')}")


def _with_times(session: Session, case: Case, columns: Sequence[str], rows: Rows) -> Rows:
    """Return rows whose instants are written in the time zone of the case."""
    from graphmodel.model.instants import format_interval, parse_zone
    from graphmodel.model.schema import FOREVER

    zone = parse_zone(case.timezone)
    places = [n for n, column in enumerate(columns) if column[-2:] in {"t0", "t1"}]

    def written(second: object, column: str) -> object:
        if not isinstance(second, int):
            return second
        if abs(second) < FOREVER:
            return format_interval(second, second, zone)
        is_open = second > 0 and column.startswith("until")
        return session.words("questions-open-time" if is_open else "questions-unknown-time")

    return [
        tuple(written(cell, columns[n]) if n in places else cell for n, cell in enumerate(row))
        for row in rows
    ]


def _tell_of_names(
    session: Session, case: Case, asked: Question, params: Mapping[str, object]
) -> None:
    """Say which parameters name nobody in the case, or several."""
    from graphmodel.query.questions import NAMED

    for one in asked.parameters:
        value = params[one.name]
        if one.kind in NAMED and isinstance(value, str):
            _tell_of_name(session, case, one, value)


def _tell_of_name(session: Session, case: Case, parameter: Parameter, value: str) -> None:
    from graphmodel.query.questions import NAMED, nearest_name

    label, properties = NAMED[parameter.kind]
    named = f"[{', '.join(f'n.{name}' for name in properties)}]"
    query = f"MATCH (n:{label}) WHERE $value IN {named} RETURN count(n) AS n"
    found = case.query(query, {"value": value}).rows[0][0]
    kind = session.words(f"questions-thing-{parameter.kind}")
    told = {"name": parameter.name, "value": plain(value), "kind": kind}
    if found == 0:
        # a handle is no suggestion: it would be shown unmasked
        shown = ", ".join(f"n.{name}" for name in properties if name != "handle")
        names = f"MATCH (n:{label}) UNWIND [{shown}] AS name RETURN DISTINCT name"
        query = f"{names} LIMIT {MOST_NAMES}"
        known = [str(name) for (name,) in case.query(query).rows if name is not None]
        near = plain(nearest_name(value, known, session.language)) if known else ""
        session.tell(session.words("questions-nobody", **told, near=near))
    elif found != 1:
        session.tell(session.words("questions-several", **told, n=found))


COMMANDS: dict[str, Callable[..., None]] = {"list": list_questions, "run": run_question}
