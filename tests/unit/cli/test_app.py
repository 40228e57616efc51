"""The top of the program: help, wrong calls, faults, and exit codes."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from graphmodel.cli import app, failures
from graphmodel.cli.session import Session
from graphmodel.errors import (
    CypherError,
    EngineError,
    GraphmodelError,
    InputError,
    InternalError,
    LimitError,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Ended

    Cli = Callable[..., Ended]

COMMANDS = (
    ("flag", "import", "findings", "explain", "query", "doctor", "typologies"),
    ("list", "show", "new"),
)
PAGES = [[], *([name] for name in COMMANDS[0]), *(["typologies", name] for name in COMMANDS[1])]
TELLING = "13800138000 belongs to somebody"


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
@pytest.mark.parametrize(("language", "example"), [("en", "Example:"), ("zh", "示例:")])
def test_every_command_has_help_with_an_example(
    cli: Cli, page: list[str], language: str, example: str
) -> None:
    ended = cli(*page, "--help", "--lang", language)
    assert (ended.code, ended.err) == (0, "")
    rows = ended.out.splitlines()
    assert f"  {example}" in rows
    assert rows[rows.index(f"  {example}") + 1].startswith("    graphmodel ")
    assert "--lang zh|en" in ended.out
    assert max(map(len, rows)) <= 100


def test_no_words_at_all_show_the_help(cli: Cli) -> None:
    ended = cli()
    assert ended.code == 0
    assert set(COMMANDS[0]) <= set(ended.out.split())


def test_the_version_is_one_line(cli: Cli) -> None:
    ended = cli("--version")
    assert ended.code == 0
    assert ended.out.split()[0] == "graphmodel"
    assert ended.out.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["flagg"], "flag"),
        (["flag"], "Missing CASE."),
        (["flag", "x", "--helpp"], "No such option: --helpp. Did you mean --help"),
        (["flag", "x", "--min-level", "certain"], "'lead', 'supported', 'strong'"),
        (["flag", "x", "--lang", "fr"], "--lang"),
        (["flag", "nowhere"], "There is no file or folder nowhere."),
        (["flag", ".", "--html", "a.html", "--no-html"], "exclude each other"),
        (["import", "nowhere", "--out", "x.case.duckdb"], "There is no file or folder nowhere."),
        (["import", ".", "--out", "x.duckdb"], ".case.duckdb"),
        (["import", "."], "--out"),
        (["query", "."], "Give one query"),
        (["query", ".", "RETURN 1", "--file", "x"], "Give one query"),
        (["query", ".", "RETURN 1", "--param", "x"], "name=value"),
        (["query", ".", "RETURN 1", "--param", "x=1", "--param", "x=2"], "given twice"),
        (["query", ".", "RETURN 1", "--budget", "0"], "above 0"),
        (["query", ".", "--file", "nowhere.cypher"], "nowhere.cypher"),
        (["explain", "x"], "Missing ID."),
        (["typologies"], "Missing command."),
        (["typologies", "new", "Not A Stem"], "cannot be used"),
        (["typologies", "new", "stem"], "is no checkout"),
    ],
)
def test_a_wrong_call_ends_with_2_and_one_sentence(
    cli: Cli, arguments: list[str], said: str
) -> None:
    ended = cli(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert ended.err.startswith("error: ")
    assert ended.err.count("\n") == 1


def test_a_wrong_call_is_refused_in_chinese_where_that_is_asked_for(cli: Cli) -> None:
    ended = cli("flag", "nowhere", "--lang", "zh")
    assert ended.code == 2
    assert ended.err == "错误：没有 nowhere 这个文件或文件夹。请检查路径。\n"


def test_a_path_cannot_steer_the_terminal(cli: Cli) -> None:
    ended = cli("flag", "no\x1b[31mwhere\u202e\r\n")
    assert ended.code == 2
    assert "␛[31mwhere⟦U+202E⟧" in ended.err
    assert not [sign for sign in ended.err if sign != "\n" and not sign.isprintable()]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("Wrong.", hint="Do this."), 2),
        (CypherError("Unknown label.", line=2, column=3), 2),
        (InputError("Damaged."), 3),
        (EngineError("No answer."), 4),
        (LimitError("Too long."), 5),
        (MemoryError(), 5),
        (OSError(errno.ENOSPC, "", "page.html"), 5),
        (OSError(errno.EACCES, "", "page.html"), 5),
        (OSError(errno.EROFS, "", "page.html"), 5),
        (OSError(errno.ENOENT, "", "page.html"), 2),
        (OSError(errno.EIO, TELLING, "page.html"), 70),
        (InternalError(TELLING), 70),
        (GraphmodelError(TELLING), 70),
        (KeyError(TELLING), 70),
        (RecursionError(), 70),
    ],
)
def test_every_error_has_its_code_and_no_fault_tells_its_message(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int
) -> None:
    def fail(*_: object) -> int:
        raise error

    monkeypatch.setattr(app, "run", fail)
    ended = cli("flag")
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith("error: ")
    assert "Traceback" not in ended.err
    assert TELLING not in ended.err
    assert list(failures.fault_folder().glob("*.log")) == [] or code == 70


def test_limits_of_the_database_end_with_5_and_its_faults_with_70(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import duckdb

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    full = duckdb.IOException(f'Could not write "a/x.duckdb": {os.strerror(errno.ENOSPC)}')
    errors = (full, duckdb.OutOfMemoryException(TELLING), duckdb.BinderException(TELLING))
    failed = [failures.failure_of(error, Session("en", "en")) for error in errors]
    assert [failure.exit_code for failure in failed] == [5, 5, 70]
    assert failed[0].reason.startswith("The disk is full: x.duckdb cannot be written.")
    assert not [failure for failure in failed if TELLING in failure.reason]


def test_the_hint_of_an_error_stands_on_a_line_of_its_own(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = InputError("The file is damaged.", hint="Import it again.")

    def fail(*_: object) -> int:
        raise error

    monkeypatch.setattr(app, "run", fail)
    assert cli("flag").err == "error: The file is damaged.\nhint: Import it again.\n"


def fail_twice() -> None:
    """Raise an error with a cause, both telling a value."""
    try:
        _ = {"known": 1}[TELLING]
    except KeyError as cause:
        raise RuntimeError(TELLING) from cause


def test_a_fault_is_recorded_with_types_and_places_but_nothing_of_the_case(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    try:
        fail_twice()
    except RuntimeError as error:
        failure = failures.failure_of(error, Session("en", "en"))
    assert failure.exit_code == 70
    (record,) = failures.fault_folder().glob("*.log")
    assert str(record) in failure.reason
    text = record.read_text(encoding="utf-8")
    assert {"builtins.RuntimeError", "builtins.KeyError"} <= set(text.splitlines())
    assert "fail_twice" in text
    assert TELLING not in text
    assert TELLING not in failure.reason


def test_a_fault_that_cannot_be_recorded_is_still_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    failure = failures.failure_of(KeyError(TELLING), Session("en", "en"))
    assert failure.exit_code == 70
    assert "could not be written" in failure.reason


def test_the_mark_stands_under_the_place_also_after_wide_signs() -> None:
    error = CypherError("Unknown name.", line=2, column=4, hint="Did you mean b?")
    lines = failures.query_error_lines(error, "MATCH (n)\n网络 x", Session("en", "en"))
    rows = [" " * one.indent + one.text.plain for one in lines]
    assert rows == [
        "error: line 2, column 4: Unknown name.",
        "    网络 x",
        "         ^",
        "hint: Did you mean b?",
    ]


def test_a_place_after_the_end_of_the_query_has_no_mark() -> None:
    error = CypherError("Something is missing.", line=3, column=1)
    lines = failures.query_error_lines(error, "MATCH (n)", Session("en", "en"))
    assert [one.text.plain for one in lines] == ["error: line 3, column 1: Something is missing."]
