"""How a refused query is shown: the sentence, its line with a mark under the place, the hint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from graphmodel.case import Case
from graphmodel.cli import failures
from graphmodel.cli.session import Session
from graphmodel.errors import CypherError
from graphmodel.query.refusals import Said, refusal
from graphmodel.views.terminal_lines import WIDEST
from tests.unit.query.graphs import people

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphmodel.settings import LanguageCode
    from tests.unit.cli.conftest import Ended

    Cli = Callable[..., Ended]

GRAPH = people()


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a case file with one person."""
    folder = tmp_path_factory.mktemp("tables")
    (folder / "persons.csv").write_text("id,name\np,甲\n", encoding="utf-8")
    target = folder.parent / "one.case.duckdb"
    Case.import_([folder], target).close()
    return target


def rows(query: str, language: LanguageCode = "en") -> list[str]:
    with pytest.raises(CypherError) as caught:
        GRAPH.query(query)
    lines = failures.query_error_lines(caught.value, query, Session(language, language))
    return [" " * one.indent + one.text.plain for one in lines]


def under(query: str) -> str:
    """Return what the mark points at, to the end of the line that is shown."""
    shown, mark = rows(query)[1:3]
    place = cell_len(mark) - 1
    used = 0
    for at, sign in enumerate(shown):
        if used == place:
            return shown[at:]
        used += cell_len(sign)
    return ""


def test_the_mark_stands_under_what_is_wrong() -> None:
    assert rows("MATCH (a:Persn)\nRETURN a.id") == [
        "error: line 1, column 10: there is no label Persn",
        "    MATCH (a:Persn)",
        "             ^",
        "hint: Did you mean Person?",
    ]


def test_the_whole_refusal_is_chinese_where_chinese_is_spoken() -> None:
    assert rows("MATCH (a:Persn)\nRETURN a.id", "zh") == [
        "错误：第 1 行第 10 列：没有标签 Persn",
        "    MATCH (a:Persn)",
        "             ^",
        "提示：是否想写 Person？",
    ]


@pytest.mark.parametrize(
    ("query", "guilty"),
    [
        ("RETURN '张三' AS 名, nme AS x", "nme AS x"),
        ("RETURN '😀😀', nme AS x", "nme AS x"),
        ("\tRETURN\t'a', nme AS x", "nme AS x"),
        ("RETURN '\x1b[31m', nme AS x", "nme AS x"),
        ("RETURN '\u202e\u200b', nme AS x", "nme AS x"),
        ("RETURN 1 AS a,\r\n nme AS x", "nme AS x"),
        ("RETURN '\u2028', nme AS x", "nme AS x"),
        ("RETURN '\x0b\x0c\x85', nme AS x", "nme AS x"),
        ("RETURN 1 AS a, // 注\n  nme AS x", "nme AS x"),
        ("RETURN '\\u4e2d', nme AS x", "nme AS x"),
    ],
)
def test_the_mark_is_right_behind_signs_of_any_width(query: str, guilty: str) -> None:
    assert under(query) == guilty


def test_nothing_in_a_query_steers_the_terminal() -> None:
    told = "\n".join(rows("RETURN '\x1b]0;x\x07\x1b[2J', `a\x1b[31m\u202e`"))
    assert all(sign.isprintable() or sign == "\n" for sign in told)
    assert "␛" in told


@pytest.mark.parametrize("place", [0, 20, 200, 5_000])
@pytest.mark.parametrize("filling", ["a", "张", "\t"])
def test_a_long_line_is_cut_around_the_place(place: int, filling: str) -> None:
    query = f"RETURN '{filling * place}' AS a, nme AS x, '{filling * 300}' AS b"
    shown = rows(query)[1]
    assert cell_len(shown) <= WIDEST
    assert under(query).startswith("nme AS x")
    assert shown.endswith("…")
    assert ("…" in shown[:6]) is (place >= 200)


def test_a_line_that_fits_is_shown_whole() -> None:
    query = "RETURN 1 AS a, nme AS x" + " " * 40 + "// to the end"
    assert rows(query)[1] == f"    {query}"


def test_the_end_of_the_query_is_marked_behind_its_last_sign() -> None:
    assert rows("RETURN 1 +")[1:3] == ["    RETURN 1 +", "              ^"]
    assert rows("RETURN 1 +\n")[1:3] == ["    ", "    ^"]


def test_an_empty_query_has_nothing_to_mark() -> None:
    assert [row.split(":")[0] for row in rows("  \n ")] == ["error", "hint"]


def test_a_refusal_elsewhere_is_told_in_the_language_spoken() -> None:
    error = refusal(Said("refusal-run-division"), line=3, column=7)
    failure = failures.failure_of(error, Session("zh", "zh"))
    assert failure.reason == "第 3 行第 7 列：整数除以零"
    assert failure.hint == "请先检查除数。"
    assert failure.exit_code == 2


def test_the_command_tells_a_refusal_in_chinese(cli: Cli, case: Path) -> None:
    ended = cli("query", case, "MATCH (p:Persn) RETURN p.id AS id", "--lang", "zh")
    assert (ended.code, ended.out) == (2, "")
    first, shown, mark, hint = ended.err.splitlines()
    assert first == "错误：第 1 行第 10 列：没有标签 Persn"
    assert (shown, mark) == ("    MATCH (p:Persn) RETURN p.id AS id", " " * 13 + "^")
    assert hint == "提示：是否想写 Person？"


def test_the_command_tells_a_refused_parameter(cli: Cli, case: Path) -> None:
    query = "MATCH (p:Person) WHERE p.name = $name RETURN p.id AS id"
    ended = cli("query", case, query, "--param", "nam=x", "--lang", "en")
    assert ended.code == 2
    assert ended.err.splitlines()[-1] == "hint: Did you mean $nam?"
    ended = cli("query", case, query, "--param", f"name={10**30}", "--lang", "en")
    assert "line 1, column 33: parameter $name needs more than 64 bits" in ended.err
