"""`--config`, `--set`, and the commands that measure, tune and convert."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphmodel.case import Case
from graphmodel.findings.configuration import Configuration, check_configuration
from tests.needs import ROOT
from tests.unit.evaluate.test_convert import amlgentex, amlsim

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Ended

    Cli = Callable[..., Ended]

EXAMPLE = ROOT / "examples" / "qingdao_relay"
LABEL = {
    "id": "q1",
    "typology": "self_dealing_agent",
    "kind": "plant",
    "roles": {"agent": ["dong"], "front": ["wang"]},
    "events": ["deal-3"],
}


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a case file of the example."""
    target = tmp_path_factory.mktemp("kept") / "qingdao.case.duckdb"
    Case.import_([EXAMPLE], target).close()
    return target


@pytest.fixture
def case(kept: Path, tmp_path: Path) -> Path:
    """Return a case file of the example that a test may change."""
    return Path(shutil.copy(kept, tmp_path / "qingdao.case.duckdb"))


def rules(folder: Path, text: str) -> Path:
    """Write a configuration and return its path."""
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_defaults_printed_are_the_defaults(language: str, cli: Cli) -> None:
    ended = cli("typologies", "config", "--lang", language)
    assert (ended.code, ended.err) == (0, "")
    told = tomllib.loads(ended.out)
    assert check_configuration(told, "rules.toml").values() == Configuration().values()
    values = sum(line.partition("#")[0].count(" = ") for line in ended.out.splitlines())
    assert values > 200


def test_flag_follows_a_configuration(cli: Cli, case: Path, tmp_path: Path) -> None:
    off = "[price_padding]\nenabled = false\n[derive]\nmax_df = 4\n"
    path = rules(tmp_path, off)
    ended = cli("flag", case, "--config", path, "--no-html", "--format", "json", "--lang", "en")
    assert ended.code == 0
    told = json.loads(ended.out)
    assert "price_padding" not in {f["typology"] for f in told["findings"]}
    assert told["rules"]["off"] == ["price_padding"]
    assert told["rules"]["derive"]["max_df"] == 4
    assert ended.err.startswith("Turned off by the configuration, so not searched: price_padding")
    # the findings kept are those of the configuration, and say so
    again = cli("findings", case, "--format", "json")
    assert json.loads(again.out)["rules"] == told["rules"]


def test_import_derives_by_a_configuration(cli: Cli, tmp_path: Path) -> None:
    path = rules(tmp_path, "[derive]\npayment_max_len = 9\n")
    out = tmp_path / "x.case.duckdb"
    assert cli("import", EXAMPLE, "--out", out, "--config", path).code == 0
    ended = cli("flag", out, "--no-html", "--format", "json")
    assert json.loads(ended.out)["rules"]["derive"]["payment_max_len"] == 9


@pytest.mark.parametrize("command", ["flag", "import", "evaluate", "tune"])
def test_a_wrong_configuration_is_wrong_use(command: str, cli: Cli, tmp_path: Path) -> None:
    path = rules(tmp_path, "[relay]\nwindow_dais = 3\n")
    known: dict[str, list[object]] = {
        "flag": [EXAMPLE],
        "import": [EXAMPLE, "--out", tmp_path / "x.case.duckdb"],
        "evaluate": [EXAMPLE, tmp_path / "truth.jsonl"],
        "tune": [EXAMPLE],
    }
    arguments = known[command]
    ended = cli(command, *arguments, "--config", path)
    assert (ended.code, ended.out) == (2, "")
    assert "rules.toml: relay.window_dais is no parameter of relay." in ended.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["rules.toml", "work"]
    chinese = cli(command, *arguments, "--config", path, "--lang", "zh")
    assert "不是 relay 的参数" in chinese.err


def test_evaluate_prints_a_table_and_json(cli: Cli, case: Path, tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    decoy = {**LABEL, "id": "q2", "kind": "decoy"}
    missed = {**LABEL, "id": "q3", "roles": {"agent": ["wu"]}, "variant": "other"}
    rows = "".join(json.dumps(row) + "\n" for row in (LABEL, decoy, missed))
    truth.write_text(rows, encoding="utf-8")
    before = case.read_bytes()
    ended = cli("evaluate", case, truth, "--lang", "en", "--k", "1,5")
    assert ended.code == 0
    (row,) = [line for line in ended.out.splitlines() if line.startswith("self_dealing_agent")]
    cells = ["self_dealing_agent", "2", "1", "0.500", "1", "1", "1", "250.000", "1.000", "1.000"]
    assert row.split() == cells
    assert "q3 (self_dealing_agent, other, none)" in ended.out
    assert "q2 (decoy of self_dealing_agent" in ended.out
    told = json.loads(cli("evaluate", case, tmp_path, "--format", "json").out)
    assert told["schema"] == "graphmodel.evaluation/1"
    assert told["total"]["recall"] == 0.5
    assert case.read_bytes() == before


@pytest.mark.parametrize("k", ["0", "x", "1,,2", "-1", "99999999"])
def test_evaluate_refuses_a_wrong_k(k: str, cli: Cli, tmp_path: Path) -> None:
    ended = cli("evaluate", EXAMPLE, tmp_path, f"--k={k}")
    assert (ended.code, ended.out) == (2, "")
    assert "--k" in ended.err


def test_evaluate_refuses_a_truth_of_another_case(cli: Cli, case: Path, tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    truth.write_text(json.dumps({**LABEL, "events": ["deal-77"]}), encoding="utf-8")
    ended = cli("evaluate", case, truth, "--lang", "en")
    assert (ended.code, ended.out) == (3, "")
    assert "names 1 ids that the case does not have; the first is deal-77 of q1" in ended.err
    truth.write_text("{\n", encoding="utf-8")
    ended = cli("evaluate", case, truth, "--lang", "en")
    assert ended.code == 3
    assert "truth.jsonl, line 1, cannot be used" in ended.err


def test_tune_tells_what_changes(cli: Cli, case: Path) -> None:
    before = case.read_bytes()
    setting = "self_dealing_agent.enabled=false"
    ended = cli("tune", case, "--set", setting, "--lang", "en")
    assert ended.code == 0
    assert "self_dealing_agent.enabled: True → False" in ended.out
    (row,) = [r for r in ended.out.splitlines() if r.split()[1:2] == ["0"] and "self_" in r]
    assert row.split() == ["self_dealing_agent", "0", "1", "0", "0", "0", "0"]
    told = json.loads(cli("tune", case, "--set", setting, "--format", "json").out)
    assert told["schema"] == "graphmodel.changes/1"
    by_name = {one["typology"]: one for one in told["typologies"]}
    assert [f["level"] for f in by_name["self_dealing_agent"]["removed"]] == ["strong"]
    # what it absorbed stands for itself then
    assert [f["level"] for f in by_name["relay"]["added"]] == ["strong"]
    assert case.read_bytes() == before


def test_tune_refuses_what_says_nothing(cli: Cli, case: Path) -> None:
    assert "--set" in cli("tune", case).err
    ended = cli("tune", case, "--set", "relay.windows=3")
    assert (ended.code, ended.out) == (2, "")
    assert "--set: relay.windows is no parameter of relay." in ended.err


def test_convert_says_what_it_wrote(cli: Cli, tmp_path: Path) -> None:
    source = amlsim(tmp_path / "in")
    ended = cli("convert", "amlsim", source, "--out", tmp_path / "one", "--lang", "en")
    assert ended.code == 0
    assert "transactions.csv: 10 rows, 4 kept, 6 rejected" in ended.out
    assert "labels of payment_loop: 1" in ended.out
    assert "labels of bipartite: 1 (nothing here looks for it)" in ended.out
    told = cli("convert", "amlsim", source, "--out", tmp_path / "two", "--format", "json")
    assert json.loads(told.out)["labels_without_typology"] == {"bipartite": 1}
    assert cli("convert", "amlsim", source, "--out", tmp_path / "one").code == 2
    measured = cli("evaluate", tmp_path / "one" / "case", tmp_path / "one")
    assert measured.code == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "--first-day"),
        (["--first-day", "2023"], "--first-day 2023 is no date"),
        (["--first-day", "2023-01-01", "--currency", "XYZ"], "--currency XYZ"),
    ],
)
def test_convert_refuses_what_it_cannot_know(
    options: list[str], words: str, cli: Cli, tmp_path: Path
) -> None:
    log = amlgentex(tmp_path / "in")
    ended = cli("convert", "amlgentex", log, "--out", tmp_path / "out", *options)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert not (tmp_path / "out").exists()
