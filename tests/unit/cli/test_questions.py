"""`graphmodel questions`: the list, answers in three forms, and what is wrong in one sentence."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from graphmodel.query.questions import questions
from tests.needs import ROOT
from tests.unit.query.explore_story import write_story

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Ended

    Cli = Callable[..., Ended]

QINGDAO = ROOT / "examples" / "qingdao_relay"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a case in which every question has an answer."""
    return write_story(tmp_path_factory.mktemp("story"))


def cells(text: str) -> list[list[str]]:
    """Return the cells of a printed table: they stand two blanks apart."""
    return [[cell.strip() for cell in row.split("  ") if cell.strip()] for row in text.splitlines()]


# ---------------------------------------------------------------- list


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_tells_every_question_with_its_parameters(cli: Cli, language: str) -> None:
    ended = cli("questions", "list", "--lang", language)
    assert (ended.code, ended.err) == (0, "")
    for asked in questions().values():
        assert f"{asked.name}  {asked.title.get(language)}\n" in ended.out  # type: ignore[arg-type] # zh or en
        assert asked.question.get(language) in ended.out  # type: ignore[arg-type] # zh or en
        for one in asked.parameters:
            default = json.dumps(one.default)
            assert f"{one.name}={default}  {one.meaning.get(language)}" in ended.out  # type: ignore[arg-type] # zh or en


def test_the_list_for_programs_says_the_same(cli: Cli) -> None:
    ended = cli("questions", "list", "--format", "json")
    told = json.loads(ended.out)
    assert told["schema"] == "graphmodel.questions/1"
    assert [one["name"] for one in told["questions"]] == list(questions())
    by_name = {one["name"]: one for one in told["questions"]}
    assert by_name["price_rises"]["parameters"] == [
        {
            "name": "factor",
            "kind": "float",
            "meaning": "least multiple of the price per record",
            "default": 2.0,
        }
    ]
    assert by_name["price_rises"]["columns"][:3] == ["bought", "sold", "seller"]


# ---------------------------------------------------------------- answers


def test_a_table_has_its_columns_in_words_and_times_in_the_zone_of_the_case(cli: Cli) -> None:
    ended = cli("questions", "run", "batch_deals", QINGDAO, "--param", "batch=b2", "--lang", "en")
    assert ended.code == 0
    head, *rows = cells(ended.out)
    assert {"batch", "deal", "time, earliest", "records", "value (minor units)"} <= set(head)
    assert [row[2] for row in rows] == ["deal-3", "deal-4"]
    # the month in China's time, not in UTC
    assert {"2019-03-01T00:00:00", "2019-03-31T23:59:59", "450000"} <= set(rows[0])
    assert "2 rows" in ended.err


def test_the_language_of_the_case_is_that_of_the_table(cli: Cli) -> None:
    ended = cli("questions", "run", "batch_deals", QINGDAO, "--param", "batch=第二批股民名单")
    assert ended.out.startswith("批次  批次名称")
    assert "2 行" in ended.err


def test_what_is_not_known_of_a_time_is_said(cli: Cli) -> None:
    asked = ("questions", "run", "ties_of_person", QINGDAO, "--param", "person=husband")
    ended = cli(*asked, "--lang", "en")
    (row,) = cells(ended.out)[1:]
    assert row[7:11] == ["unknown", "unknown", "no known end", "no known end"]


def test_json_and_csv_keep_names_and_numbers(cli: Cli) -> None:
    asked = ("questions", "run", "price_rises", QINGDAO, "--format")
    told = json.loads(cli(*asked, "json").out)
    assert told["schema"] == "graphmodel.rows/1"
    assert tuple(told["columns"]) == questions()["price_rises"].returns
    by_name = [dict(zip(told["columns"], row, strict=True)) for row in told["rows"]]
    assert {(row["seller"], row["sold_unit_nano"]) for row in by_name} == {
        ("dong", 550_000_000),
        ("wang", 550_000_000),
    }
    listed = list(csv.DictReader(io.StringIO(cli(*asked, "csv").out)))
    assert {(row["seller"], row["sold_unit_nano"]) for row in listed} == {
        ("dong", "550000000"),
        ("wang", "550000000"),
    }


def test_handles_and_identifier_values_are_masked_unless_asked_for(cli: Cli, story: Path) -> None:
    asked = ("questions", "run", "messages_near_deals", story, "--param", "deal=d-1")
    near = (*asked, "--param", "days=3", "--format", "json")
    masked = cli(*near)
    assert "13800138000" not in masked.out + masked.err
    assert "1 identifier values masked" in masked.err
    assert "call 13800138000" in cli(*near, "--unmask").out


# ---------------------------------------------------------------- what is not there


def test_nothing_found_is_said_and_is_no_failure(cli: Cli) -> None:
    ended = cli("questions", "run", "introductions", QINGDAO, "--lang", "en")
    assert ended.code == 0
    assert len(cells(ended.out)) == 1
    assert "no proof that nothing happened" in ended.err


def test_a_name_that_the_case_does_not_know_is_said(cli: Cli) -> None:
    asked = ("questions", "run", "ties_of_person", QINGDAO, "--lang", "en", "--param")
    ended = cli(*asked, "person=dongg")
    assert ended.code == 0
    assert "The case has no person that person=dongg names. Did you mean dong?" in ended.err
    assert "dong" not in ended.out
    assert "names" not in cli(*asked, "person=dong").err


def test_a_handle_is_never_suggested(cli: Cli, story: Path) -> None:
    asked = ("questions", "run", "first_last_contact", story, "--param")
    assert len(cells(cli(*asked, "a=ann_on_wechat").out)) == 5
    ended = cli(*asked, "a=ann_on_wechatt")
    assert "The case has no account that a=ann_on_wechatt names." in ended.err
    assert "mean ann_on_wechat?" not in ended.err


def test_a_name_of_several_is_said(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "persons.csv").write_text("id,name\n1,Ann\n2,Ann\n3,3\n", encoding="utf-8")
    (tmp_path / "ties.csv").write_text("a,kind,b\n1,kin_of,3\n2,kin_of,3\n", encoding="utf-8")
    asked = ("questions", "run", "ties_of_person", tmp_path, "--format", "json", "--param")
    ended = cli(*asked, "person=Ann")
    assert {row[0] for row in json.loads(ended.out)["rows"]} == {"1", "2"}
    assert "person=Ann names 2 of kind person" in ended.err
    # an id that looks like a number is text all the same
    assert {row[0] for row in json.loads(cli(*asked, "person=3").out)["rows"]} == {"3"}


# ---------------------------------------------------------------- wrong calls


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("price_rise", "CASE"), "There is no question price_rise. Did you mean price_rises?"),
        (("zzz", "CASE"), "graphmodel questions list shows them all."),
        (
            ("price_rises", "CASE", "--param", "factr=2"),
            "has no parameter factr; did you mean factor (least multiple of the price per record)?",
        ),
        (
            ("price_rises", "CASE", "--param", "factor=two"),
            "The parameter factor (least multiple of the price per record) must be a number.",
        ),
        (
            ("many_accounts", "CASE", "--param", "least=null"),
            "The parameter least (least number of accounts) must be a whole number within 64 bits.",
        ),
        (
            ("payments_near_deals", "CASE", "--param", "zzz=1"),
            "it has person (only this person), days (at most this many days apart).",
        ),
        (("price_rises", "CASE", "--param", "factor"), "factor"),
        (("price_rises", "CASE", "--param", "factor=1", "--param", "factor=2"), "factor"),
        (("price_rises", "CASE", "--budget", "0"), "--budget must be above 0."),
        (("price_rises", "nowhere"), "nowhere"),
        (("price_rises",), "CASE"),
    ],
)
def test_a_wrong_call_is_one_sentence(cli: Cli, words: tuple[str, ...], said: str) -> None:
    named = [QINGDAO if word == "CASE" else word for word in words]
    ended = cli("questions", "run", *named, "--lang", "en")
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert len(ended.err.strip().splitlines()) == 1


def test_a_wrong_call_is_told_in_chinese(cli: Cli) -> None:
    asked = ("questions", "run", "price_rises", QINGDAO, "--lang", "zh", "--param")
    assert "参数 factor（单价至少涨到几倍）须是数。" in cli(*asked, "factor=x").err
    assert "是否指 factor（单价至少涨到几倍）？" in cli(*asked, "factr=2").err


def test_signs_that_steer_a_terminal_are_written_out(cli: Cli) -> None:
    ended = cli("questions", "run", "price\x1b[31m", QINGDAO)
    assert ended.code == 2
    assert "\x1b" not in ended.err
    assert "␛" in ended.err


def test_a_question_past_its_budget_ends_with_5_and_no_rows(cli: Cli) -> None:
    ended = cli("questions", "run", "ties_of_person", QINGDAO, "--budget", "1e-9")
    assert (ended.code, ended.out) == (5, "")
    assert "--budget" in ended.err
