"""The commands on the example: what a person reads, what a program reads, and the exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphmodel.case import Case
from tests.needs import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Ended

    Cli = Callable[..., Ended]

EXAMPLE = ROOT / "examples" / "qingdao_relay"


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a case file of the example in which nothing was searched yet."""
    target = tmp_path_factory.mktemp("kept") / "qingdao.case.duckdb"
    Case.import_([EXAMPLE], target).close()
    return target


@pytest.fixture(scope="session")
def case(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a case file of the example that tests may search; it opens faster than the folder."""
    return Path(shutil.copy(kept, tmp_path_factory.mktemp("case") / "qingdao.case.duckdb"))


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Return a case with one good row, two rejected ones, a formula, and identifiers."""
    folder = tmp_path / "broken"
    folder.mkdir()
    tables = {
        "persons": "id,name\np,甲\n=cmd|x,\n,乙\n",
        "accounts": "id,platform,handle\na,wechat,wx_secret_99\nb,qq,\n",
        "identifiers": "account,kind,value\na,phone,13800138000\nb,phone,13800138000\n",
        "messages": "id,author,receiver,text,time\nm,a,b,call 13800138000 today,2020-01\n",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


# ---------------------------------------------------------------- flag


def test_flag_says_the_main_thing_first(cli: Cli) -> None:
    ended = cli("flag", EXAMPLE, "--lang", "en")
    assert ended.code == 0
    head = ended.out.split("\n\n")[0] + ended.out.split("\n\n")[1]
    assert "2 strong" in head
    assert "12,000.00 CNY" in head
    assert "0 rejected" in head
    assert {"What speaks against it", "Evidence", "Arithmetic"} <= {
        row.strip() for row in ended.out.splitlines()
    }
    assert ended.out.splitlines()[-1] == "Case page: qingdao_relay.html"


def test_flag_speaks_the_language_of_the_case_unless_another_is_asked_for(
    cli: Cli, case: Path
) -> None:
    assert "案件页：" in cli("flag", case).out
    assert "Case page: " in cli("flag", case, "--lang", "en").out
    assert "Case page: " in cli("--lang", "en", "flag", case).out


def test_flag_prints_exactly_one_json_object(cli: Cli) -> None:
    ended = cli("flag", EXAMPLE, "--format", "json", "--lang", "en")
    assert ended.code == 0
    told = json.loads(ended.out)
    with Case.open(EXAMPLE) as case:
        assert told == case.flag().to_json("en")
    assert told["schema"] == "graphmodel.findings/1"
    assert ended.err.endswith("Case page: qingdao_relay.html\n")


def test_the_same_case_gives_the_same_bytes(cli: Cli, case: Path) -> None:
    runs = {cli("flag", case, "--format", form).out for form in ("json", "json")}
    texts = {cli("flag", case).out for _ in range(2)}
    assert (len(runs), len(texts)) == (1, 1)


def test_the_page_is_written_for_its_owner_only(cli: Cli) -> None:
    assert cli("flag", EXAMPLE).code == 0
    page = Path("qingdao_relay.html")
    assert page.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    if os.name == "posix":
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert cli("flag", EXAMPLE).code == 0, "its own page is written again"
    assert list(Path().iterdir()) == [page]


def test_a_page_can_be_named_or_left_out(cli: Cli, case: Path) -> None:
    assert cli("flag", case, "--no-html").code == 0
    assert list(Path().iterdir()) == []
    assert cli("flag", case, "--html", "other.html", "--redact").code == 0
    assert [path.name for path in Path().iterdir()] == ["other.html"]


def test_a_redacted_page_holds_no_name(cli: Cli, case: Path) -> None:
    assert cli("flag", case, "--html", "open.html").code == 0
    assert cli("flag", case, "--html", "closed.html", "--redact").code == 0
    with Case.open(case) as opened:
        names = {str(row[0]) for row in opened.query("MATCH (p:Person) RETURN p.name AS n").rows}
    shown = Path("open.html").read_text(encoding="utf-8")
    hidden = Path("closed.html").read_text(encoding="utf-8")
    assert {name for name in names if name in shown}
    assert {name for name in names if name in hidden} == set()


def test_nothing_is_written_into_the_case_folder(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = shutil.copytree(EXAMPLE, tmp_path / "case")
    before = sorted(path.name for path in case.iterdir())
    monkeypatch.chdir(case)
    for more in ([], ["--html", "x.html"], ["--no-html", "--rejects", "x.csv"]):
        ended = cli("flag", ".", *more, "--lang", "en")
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.count("\n") == 1
    assert cli("flag", ".", "--no-html").code == 0
    assert sorted(path.name for path in case.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fail-on", "strong"], 1),
        (["--fail-on", "lead"], 1),
        (["--fail-on", "strong", "--typology", "price_padding"], 0),
        (["--fail-on", "strong", "--since", "2030"], 0),
        ([], 0),
    ],
)
def test_only_fail_on_ends_with_1(cli: Cli, case: Path, arguments: list[str], code: int) -> None:
    assert cli("flag", case, "--no-html", *arguments).code == code


def test_only_the_typology_asked_for_is_searched(cli: Cli, case: Path) -> None:
    ended = cli("flag", case, "--no-html", "--typology", "price_padding", "--format", "json")
    assert {f["typology"] for f in json.loads(ended.out)["findings"]} == {"price_padding"}
    strong = cli("flag", case, "--no-html", "--min-level", "strong", "--format", "json")
    assert {f["level"] for f in json.loads(strong.out)["findings"]} == {"strong"}


@pytest.mark.parametrize("option", [["--typology", "relays"], ["--since", "yesterday"]])
def test_a_wrong_choice_is_wrong_use(cli: Cli, case: Path, option: list[str]) -> None:
    ended = cli("flag", case, "--no-html", *option)
    assert (ended.code, ended.out) == (2, "")
    assert option[1] in ended.err


def test_rejected_rows_are_counted_and_written_without_formulas(cli: Cli, broken: Path) -> None:
    ended = cli("flag", broken, "--no-html", "--rejects", "rejects.csv")
    assert ended.code == 0
    assert "2 rejected" in ended.out
    assert "2 rejected rows written to rejects.csv" in ended.err
    rows = list(csv.DictReader(io.StringIO(Path("rejects.csv").read_text(encoding="utf-8"))))
    assert {(row["path"], row["line"]) for row in rows} == {
        ("persons.csv", "3"),
        ("persons.csv", "4"),
    }
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]
    assert "--rejects FILE.csv" in cli("flag", broken, "--no-html").err


# ---------------------------------------------------------------- import, findings, explain


def test_import_tells_every_table_and_keeps_the_case(cli: Cli, broken: Path) -> None:
    ended = cli("import", broken, "--out", "x.case.duckdb", "--format", "json")
    assert ended.code == 0
    told = json.loads(ended.out)
    assert told["schema"] == "graphmodel.import/1"
    counted = {f["path"]: (f["rows"], f["kept"], f["rejected"]) for f in told["files"]}
    assert counted["persons.csv"] == (3, 1, 2)
    assert set(told["files"][0]) == {
        *("path", "sha256", "reader", "encoding"),
        *("rows", "kept", "rejected", "duplicates"),
    }
    assert told["rejects_total"] == len(told["rejects"]) == 2
    assert set(told["rejects"][0]) == {"path", "line", "column", "value", "reason"}
    assert Path("x.case.duckdb").is_file()
    text = cli("import", broken, "--out", "x.case.duckdb")
    assert text.code == 0
    assert "persons.csv" in text.out
    assert "Kept as x.case.duckdb" in text.out


def test_findings_lists_what_the_last_search_found(cli: Cli, kept: Path, tmp_path: Path) -> None:
    case = Path(shutil.copy(kept, tmp_path / "mine.case.duckdb"))
    none = cli("findings", case, "--lang", "en")
    assert (none.code, none.out) == (2, "")
    assert "holds no findings yet" in none.err
    flagged = json.loads(cli("flag", case, "--no-html", "--format", "json").out)
    listed = json.loads(cli("findings", case, "--format", "json").out)
    assert listed == flagged
    text = cli("findings", case).out
    assert {f["id"] for f in flagged["findings"]} <= set(text.split())
    with Case.open(EXAMPLE) as opened:
        names = [row[0] for row in opened.query("MATCH (p:Person) RETURN p.name AS n").rows]
    assert [name for name in names if str(name) in text], "names are shown, not only ids"
    assert cli("findings", EXAMPLE, "--format", "json").out


def test_a_finding_is_explained_by_the_beginning_of_its_id(cli: Cli, case: Path) -> None:
    told = json.loads(cli("flag", case, "--no-html", "--format", "json").out)
    finding = told["findings"][0]
    for id_ in (finding["id"], finding["id"][:8], finding["id"][2:].upper()):
        ended = cli("explain", case, id_, "--lang", "en")
        assert ended.code == 0
        assert finding["id"] in ended.out
        assert "Parameters" in ended.out
    shown = json.loads(cli("explain", case, finding["id"], "--format", "json").out)
    assert shown == finding


def test_an_unknown_id_names_the_nearest(cli: Cli, case: Path) -> None:
    told = json.loads(cli("flag", case, "--no-html", "--format", "json").out)
    id_ = told["findings"][0]["id"]
    wrong = id_[:-1] + ("0" if id_[-1] != "0" else "1")
    ended = cli("explain", case, wrong)
    assert (ended.code, ended.out) == (2, "")
    assert id_ in ended.err
    several = cli("explain", case, "F-")
    assert several.code == 2
    assert id_ in several.err


# ---------------------------------------------------------------- query


def test_a_query_answers_as_table_json_and_csv(cli: Cli, case: Path) -> None:
    query = "MATCH (p:Person) RETURN p.id AS id, size(p.id) AS n ORDER BY id"
    with Case.open(case) as opened:
        rows = [list(row) for row in opened.query(query).rows]
    told = json.loads(cli("query", case, query, "--format", "json").out)
    assert told == {"schema": "graphmodel.rows/1", "columns": ["id", "n"], "rows": rows}
    table = cli("query", case, query)
    assert [row.split() for row in table.out.splitlines()] == [
        ["id", "n"],
        *([str(cell) for cell in row] for row in rows),
    ]
    text = cli("query", case, query, "--format", "csv").out
    assert list(csv.reader(io.StringIO(text)))[1:] == [[a, str(b)] for a, b in rows]


def test_a_query_takes_parameters_and_files(cli: Cli, case: Path) -> None:
    Path("q.cypher").write_text("MATCH (p:Person) WHERE p.id = $id RETURN $n + 1 AS n", "utf-8")
    with Case.open(case) as opened:
        id_ = opened.query("MATCH (p:Person) RETURN p.id AS id ORDER BY id LIMIT 1").rows[0][0]
    params = ["--param", f"id={id_}", "--param", "n=41", "--format", "json"]
    for source in (["@q.cypher"], ["--file", "q.cypher"]):
        assert json.loads(cli("query", case, *source, *params).out)["rows"] == [[42]]


def test_every_shipped_rule_runs_by_name(cli: Cli, case: Path) -> None:
    rules = sorted((ROOT / "cypher").glob("*/*.cypher"))
    assert rules
    for rule in rules:
        name = f"{rule.parent.name}/{rule.stem}"
        ended = cli("query", case, "--rule", name, "--format", "json")
        assert ended.code == 0, (name, ended.err)
        assert json.loads(ended.out)["schema"] == "graphmodel.rows/1"


def test_a_typo_is_told_with_its_place_and_the_nearest_name(cli: Cli, case: Path) -> None:
    ended = cli("query", case, "MATCH (p:Persn)\nRETURN p.id AS id", "--lang", "en")
    assert (ended.code, ended.out) == (2, "")
    rows = ended.err.splitlines()
    column = int(rows[0].removeprefix("error: line 1, column ").split(":")[0])
    assert "Persn" in "MATCH (p:Persn)"[column - 1 :]
    assert rows[1:3] == ["    MATCH (p:Persn)", " " * (3 + column) + "^"]
    assert "Person" in rows[-1]


def test_a_missing_rule_is_wrong_use(cli: Cli, case: Path) -> None:
    ended = cli("query", case, "--rule", "typologies/relays")
    assert (ended.code, ended.out) == (2, "")
    assert "typologies/relay" in ended.err


def test_explain_shows_how_without_running(cli: Cli, case: Path) -> None:
    ended = cli("query", case, "MATCH (p:Person) RETURN p.id AS id", "--explain")
    assert ended.code == 0
    assert "Person" in ended.out
    assert not [row for row in ended.out.splitlines() if row.startswith("wu")]


def test_identifiers_and_handles_are_masked_unless_asked_for(cli: Cli, broken: Path) -> None:
    query = (
        "MATCH (a:Account {id: 'a'})-[:USED]->(i:Identifier) MATCH (m:Message)"
        " RETURN a.id AS id, a.handle AS handle, i.value AS value, m.text AS text"
    )
    ended = cli("query", broken, query)
    assert ended.code == 0
    assert "13800138000" not in ended.out
    assert "wx_secret_99" not in ended.out
    assert "3 identifier values masked" in ended.err
    shown = cli("query", broken, query, "--unmask", "--format", "json")
    assert json.loads(shown.out)["rows"] == [
        ["a", "wx_secret_99", "13800138000", "call 13800138000 today"]
    ]


# ---------------------------------------------------------------- typologies, doctor


def test_typologies_are_listed_and_shown(cli: Cli) -> None:
    names = {path.stem for path in (ROOT / "cypher" / "typologies").glob("*.cypher")}
    told = json.loads(cli("typologies", "list", "--format", "json").out)
    assert {entry["name"] for entry in told["typologies"]} == names
    assert names <= set(cli("typologies", "list").out.split())
    for name in sorted(names):
        shown = cli("typologies", "show", name)
        assert shown.code == 0
        assert "Looks alike but is innocent" in shown.out


def test_an_unknown_typology_names_the_nearest(cli: Cli) -> None:
    ended = cli("typologies", "show", "relais", "--lang", "en")
    assert (ended.code, ended.out) == (2, "")
    assert "Did you mean relay?" in ended.err


def test_doctor_says_ok_line_by_line(cli: Cli) -> None:
    ended = cli("doctor", "--lang", "en")
    rows = ended.out.splitlines()
    assert (ended.code, ended.err) == (0, "")
    assert len(rows) == 9
    assert all(row.startswith("ok ") for row in rows)


@pytest.mark.slow
def test_doctor_compiles_ahead_and_says_so(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPHMODEL_KERNEL_CACHE", str(tmp_path))
    ended = cli("doctor", "--warm", "--lang", "en")
    rows = ended.out.splitlines()
    assert ended.code == 0
    assert rows[-1].startswith("ok ")
    assert "compiled kernels" in rows[-1]


def test_doctor_says_what_is_not_ok(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(Path("nowhere").absolute()))
    ended = cli("doctor", "--lang", "en")
    assert ended.code == 5
    assert [row.split("  ")[0] for row in ended.out.splitlines()].count("not ok") == 1
