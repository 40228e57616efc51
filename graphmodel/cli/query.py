"""`graphmodel query`: a question in Cypher, or a shipped rule, asked of a case."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.cells import cell_len

from graphmodel.cli import outputs
from graphmodel.cli.failures import query_error_lines
from graphmodel.cli.masking import find_secrets, mask_rows
from graphmodel.cli.session import LanguageName, Session, nearest_words
from graphmodel.errors import CypherError
from graphmodel.query.engines.limits import DEFAULT_BUDGET_S, Limits, megabytes
from graphmodel.views.terminal_lines import make_console, padded, plain

if TYPE_CHECKING:
    from rich.table import Table

    from graphmodel.case import Case

Rows = Sequence[Sequence[object]]


MAX_QUERY_BYTES = 1 << 20
"""Longest query file that is read."""


class RowsFormat(StrEnum):
    """Forms of the answer of a query."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def query(
    ctx: typer.Context,
    case: Annotated[Path, typer.Argument(metavar="CASE", readable=False)],
    text: Annotated[str | None, typer.Argument(metavar="QUERY")] = None,
    *,
    file: Annotated[Path | None, typer.Option(metavar="FILE", readable=False)] = None,
    rule: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    param: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE")] = None,
    format_: Annotated[
        RowsFormat, typer.Option("--format", metavar="table|json|csv")
    ] = RowsFormat.TABLE,
    explain: Annotated[bool, typer.Option("--explain")] = False,
    budget: Annotated[float, typer.Option(metavar="SECONDS")] = DEFAULT_BUDGET_S,
    memory_limit: Annotated[str | None, typer.Option(metavar="SIZE")] = None,
    max_rows: Annotated[int | None, typer.Option(metavar="N")] = None,
    unmask: Annotated[bool, typer.Option("--unmask")] = False,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """Ask a case a question in Cypher."""
    session: Session = ctx.obj
    session.speak(lang)
    limits = _limits(session, budget, memory_limit, max_rows)
    given = parse_params(session, param or [])
    asked, defaults = read_query(session, text, file, rule)
    with session.open_case(case) as opened:
        params = {**defaults, **given}
        try:
            if explain:
                _explain(session, opened, asked, params, limits)
                return
            result = opened.query(
                asked,
                params,
                budget_s=limits.budget_s,
                memory_limit_mb=limits.memory_limit_mb,
                max_rows=limits.max_rows,
            )
        except CypherError as error:
            session.report(query_error_lines(error, asked, session))
            raise typer.Exit(error.exit_code) from None
        rows = result.rows if unmask else _mask(session, opened, result.rows)
    print_rows(session, result.columns, rows, format_)


def _limits(session: Session, budget: float, memory: str | None, max_rows: int | None) -> Limits:
    if not 0 < budget < inf:
        session.refuse("cli-error-budget")
    if max_rows is not None and max_rows < 1:
        session.refuse("cli-error-max-rows")
    try:
        return Limits(budget, None if memory is None else megabytes(memory), max_rows)
    except ValueError:
        session.refuse("cli-error-memory-limit", size=memory)


def _explain(
    session: Session, case: Case, text: str, params: Mapping[str, object], limits: Limits
) -> None:
    """Run a query and print how that was done, in the language spoken."""
    plan = case.explain_query(
        text,
        params,
        session.language,
        budget_s=limits.budget_s,
        memory_limit_mb=limits.memory_limit_mb,
    )
    session.write("".join(f"{plain(row)}\n" for row in str(plan).splitlines()))


def parse_params(session: Session, given: Sequence[str]) -> dict[str, object]:
    """Return parameters by name; a value that is JSON is taken as such, any other as text."""
    params: dict[str, object] = {}
    for entry in given:
        name, equals, value = entry.partition("=")
        if not equals or not name.isidentifier():
            session.refuse("cli-error-param", param=entry)
        if name in params:
            session.refuse("cli-error-param-twice", param=name)
        params[name] = param_value(value)
    return params


def param_value(words: str) -> object:
    """Return the value that the words of a parameter mean.

    >>> param_value("3"), param_value("wechat"), param_value('"3"'), param_value("NaN")
    (3, 'wechat', '3', 'NaN')
    """
    try:
        return json.loads(words, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return words


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def read_query(
    session: Session, text: str | None, file: Path | None, rule: str | None
) -> tuple[str, Mapping[str, object]]:
    """Return the query and the defaults of its parameters, from the one place that was named."""
    if sum(one is not None for one in (text, file, rule)) != 1:
        session.refuse("cli-error-one-query")
    if rule is not None:
        return shipped_rule(session, rule)
    if text is not None and not text.startswith("@"):
        return text, {}
    path = file if file is not None else Path((text or "")[1:])
    if path.exists() and not path.is_file():
        session.refuse("cli-error-not-regular", path=path)
    with path.open("rb") as stream:
        data = stream.read(MAX_QUERY_BYTES + 1)
    if len(data) > MAX_QUERY_BYTES:
        session.refuse("cli-error-not-text", path=path)
    try:
        return data.decode("utf-8-sig"), {}
    except UnicodeDecodeError:
        session.refuse("cli-error-not-text", path=path)


def shipped_rule(session: Session, name: str) -> tuple[str, Mapping[str, object]]:
    """Return the text of a shipped rule and the defaults of its parameters."""
    from graphmodel.derive.runner import DeriveParams
    from graphmodel.detect.discovery import typology
    from graphmodel.query.questions import question
    from graphmodel.query.rules import folder as rules_folder
    from graphmodel.query.rules import rule

    known = [f"{path.parent.name}/{path.stem}" for path in rules_folder().glob("*/*.cypher")]
    if name not in known:
        near = nearest_words(session, name, sorted(known))
        session.refuse("cli-error-no-rule", name=name, near=near)
    found = rule(name)
    folder, _, stem = name.partition("/")
    values: Mapping[str, object]
    if folder == "typologies":
        values = typology(stem).params().model_dump()
    elif folder == "explore":
        values = question(stem).defaults()
    else:
        values = DeriveParams().model_dump() if folder == "derive" else {}
    return found.text, {name: values[name] for name in found.params if name in values}


def _mask(session: Session, case: Case, rows: Rows) -> Rows:
    shown, changed = mask_rows(rows, find_secrets(case))
    if changed:
        session.tell(session.words("cli-masked", n=f"{changed:,}"))
    return shown


def print_rows(session: Session, columns: Sequence[str], rows: Rows, format_: RowsFormat) -> None:
    """Print an answer as a table for people, or as JSON or CSV for programs."""
    if format_ is RowsFormat.JSON:
        outputs.print_json(
            session,
            {
                "schema": "graphmodel.rows/1",
                "columns": list(columns),
                "rows": list(map(list, rows)),
            },
        )
    elif format_ is RowsFormat.CSV:
        text = outputs.csv_text(columns, rows)
        safe = "\n".join(map(plain, text.split("\n"))) if sys.stdout.isatty() else text
        session.write(safe)
    else:
        _print_table(session, columns, rows)
        session.tell(session.words("cli-rows-count", n=f"{len(rows):,}"), style="dim")


def _print_table(session: Session, columns: Sequence[str], rows: Rows) -> None:
    session.meter.close()
    console = make_console(sys.stdout)
    table = [list(map(plain, columns)), *([cell_words(cell) for cell in row] for row in rows)]
    if console.is_terminal:
        console.print(_window_table(table), soft_wrap=False)
        return
    widths = [max(map(cell_len, column), default=0) for column in zip(*table, strict=True)]
    for cells in table:
        row = "  ".join(map(padded, cells, widths))
        session.write(row.rstrip() + "\n")


def _window_table(rows: list[list[str]]) -> Table:
    """Return a table whose cells are folded to the width of the window."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold underline")
    for name in rows[0]:
        table.add_column(Text(name), overflow="fold")
    for row in rows[1:]:
        table.add_row(*map(Text, row))
    return table


def cell_words(cell: object) -> str:
    """Return a cell as people read it: null and true as Cypher writes them, lists as JSON.

    >>> cell_words(None), cell_words(True), cell_words([1, "a"]), cell_words("a")
    ('null', 'true', '[1, "a"]', 'a')
    """
    return plain(cell if isinstance(cell, str) else outputs.json_text(cell))
