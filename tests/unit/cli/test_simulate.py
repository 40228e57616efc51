"""`graphmodel simulate`: what it writes and says, and what it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphmodel.cli.session import Session
from graphmodel.cli.simulate import seed_of
from graphmodel.errors import UsageError
from tests.needs import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Ended

    Cli = Callable[..., Ended]

SMALL = ("simulate", "world", "--payments", "1000")


def test_a_world_of_every_typology(cli: Cli) -> None:
    ended = cli(*SMALL, "--plants", 1, "--decoys", 2)
    labels = [
        json.loads(line) for line in Path("world/truth.jsonl").read_text("utf-8").split("\n")[:-1]
    ]
    made = json.loads(Path("world/world.json").read_text("utf-8"))
    assert (ended.code, ended.err) == (0, "")
    case, truth = ended.out.splitlines()
    assert case.startswith(f"Case: {Path('world', 'case')} ")
    assert f"payments: {made['rows']['payments']:,})" in case
    stories = len(made["typologies"])
    assert truth.endswith(f"(plants: {stories}, decoys: {2 * stories})")
    assert len(labels) == 3 * stories
    assert {label["typology"] for label in labels} == set(made["typologies"])
    assert sorted(path.name for path in Path("world").iterdir()) == [
        "case",
        "truth.jsonl",
        "world.json",
    ]


def test_one_typology_as_parquet_in_chinese(cli: Cli) -> None:
    ended = cli(*SMALL, "--typology", "relay", "--format", "parquet", "--lang", "zh")
    assert ended.code == 0
    assert "埋入 10 例" in ended.out
    assert Path("world/case/payments.parquet").is_file()
    assert not list(Path("world/case").glob("*.csv"))
    lines = Path("world/truth.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["typology"] for line in lines] == ["relay"] * 20


def test_the_case_can_be_flagged(cli: Cli) -> None:
    assert cli(*SMALL, "--typology", "relay", "--plants", 2, "--decoys", 0).code == 0
    ended = cli("flag", "world/case", "--typology", "relay", "--format", "json", "--no-html")
    assert ended.code == 0
    assert len(json.loads(ended.out)["findings"]) >= 2


def test_the_order_of_sets_changes_no_world(tmp_path: Path) -> None:
    content = []
    for seed in ("1", "2"):
        out = tmp_path / f"world-{seed}"
        words = ("simulate", out, "--payments", "1000", "--plants", "5", "--decoys", "5")
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "graphmodel", *map(str, words)]
        subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
        found = sorted(path for path in out.rglob("*") if path.is_file())
        content.append({path.relative_to(out).as_posix(): path.read_bytes() for path in found})
    assert len(content[0]) > 10
    assert content[0] == content[1]


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
from graphmodel.cli.app import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of files are POSIX's")
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_full_disk_leaves_nothing(tmp_path: Path, form: str) -> None:
    words = ("simulate", "world", "--payments", "5000", "--plants", "0", "--format", form)
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, "--lang", "en", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(tmp_path / "state")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 5
    assert done.stderr.startswith(f"error: The disk is full: {tmp_path / 'world'} cannot be")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--payments", "999"), "--payments must be from 1,000 to 10,000,000."),
        (("--payments", "10000001"), "--payments must be from 1,000 to 10,000,000."),
        (("--plants", "-1"), "--plants and --decoys must be from 0 to 1,000."),
        (("--decoys", "1001"), "--plants and --decoys must be from 0 to 1,000."),
        (("--hardship", "1.5"), "--hardship must be from 0 to 1."),
        (("--hardship", "nan"), "--hardship must be from 0 to 1."),
        (("--seed", "xyz"), "--seed xyz is no seed"),
        (("--seed=-3",), "--seed -3 is no seed"),
        (("--typology", "rely"), "There is no typology rely. Did you mean relay?"),
    ],
)
def test_wrong_options_are_refused(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    ended = cli("simulate", "world", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1
    assert not Path("world").exists()


def test_a_place_that_is_taken_is_refused(cli: Cli) -> None:
    Path("full").mkdir()
    Path("full", "mine.txt").write_text("kept", encoding="utf-8")
    for place, said in (
        ("full", "The folder full is not empty, so nothing was written."),
        ("full/mine.txt", "exists, so nothing was written."),
        ("missing/world", "There is no folder missing."),
    ):
        ended = cli("simulate", place)
        assert ended.code == 2
        assert said in " ".join(ended.err.split())
    assert Path("full", "mine.txt").read_text("utf-8") == "kept"


@pytest.mark.parametrize(
    ("text", "seed"),
    [("7", 7), ("12345678", 12345678), ("0x12345678", 0x12345678), ("78bf93b0", 0x78BF93B0)],
)
def test_a_seed_is_decimal_or_hex(text: str, seed: int) -> None:
    assert seed_of(Session.begin("en"), text) == seed
    assert seed_of(Session.begin("en"), f" {text.upper()} ") == seed


@pytest.mark.parametrize("text", ["", "0x", "-1", "1_0", "1.5", "f" * 65, "９", "g"])
def test_what_is_no_seed(text: str) -> None:
    with pytest.raises(UsageError):
        seed_of(Session.begin("en"), text)
