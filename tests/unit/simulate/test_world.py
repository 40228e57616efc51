"""A world is written whole or not at all, privately, and the same twice; its ids tell nothing."""

from __future__ import annotations

import json
import os
import re
import stat
from typing import TYPE_CHECKING, Any

import pytest
from pyarrow import parquet

from graphmodel.case import Case
from graphmodel.errors import UsageError
from graphmodel.evaluate.truth import read_truth
from graphmodel.settings import program_version
from graphmodel.simulate.planting import Casting, Stories
from graphmodel.simulate.stage import Hardship, Label
from graphmodel.simulate.world import LEAST_PAYMENTS, MOST_PAYMENTS, simulate
from graphmodel.simulate.writing import Form
from tests.unit.simulate.worlds import RECORDS, plan, rows, stories

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.simulate.stage import Stage

PLANTED = 14


def labels(out: Path) -> list[dict[str, Any]]:
    """Return the lines of the truth."""
    return [json.loads(line) for line in (out / "truth.jsonl").read_text("utf-8").splitlines()]


def files(out: Path) -> dict[str, bytes]:
    """Return the content of every file of a world by its place."""
    found = [path for path in out.rglob("*") if path.is_file()]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in found}


def test_one_seed_gives_one_world(tmp_path: Path) -> None:
    written = [simulate(plan(), tmp_path / name) for name in ("one", "two")]
    simulate(plan(Casting(4, 3, 0.5, 6)), tmp_path / "other")
    one, two, other = (files(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    assert written[0] == written[1]
    assert one.keys() == other.keys()
    assert {name for name in one if one[name] == other[name]} == {"case/case.toml"}


def test_a_case_is_read_without_rejects_and_warnings(tmp_path: Path) -> None:
    written = simulate(plan(), tmp_path / "world")
    with Case.open(tmp_path / "world" / "case") as case:
        read = {file.path.split(".")[0]: file for file in case.imported.files}
        assert not case.imported.rejects
        assert not case.imported.warnings
        assert not [name for name, file in read.items() if file.duplicates]
        assert {name: file.rows for name, file in read.items()} == written.rows
        assert case.title
    assert written.rows["payments"] == LEAST_PAYMENTS + PLANTED


def test_parquet_holds_the_same_cells(tmp_path: Path) -> None:
    simulate(plan(), tmp_path / "csv")
    simulate(plan(form=Form.PARQUET), tmp_path / "parquet")
    tables = {path.stem for path in (tmp_path / "csv" / "case").glob("*.csv")}
    assert {path.stem for path in (tmp_path / "parquet" / "case").glob("*.parquet")} == tables
    assert {"payments", "deals", "persons"} < tables
    for name in tables:
        content = parquet.read_table(tmp_path / "parquet" / "case" / f"{name}.parquet").to_pylist()
        plain = [{k: v or "" for k, v in row.items()} for row in content]
        assert plain == rows(tmp_path / "csv", name), name


def test_the_truth_names_ids_of_the_case(tmp_path: Path) -> None:
    written = simulate(plan(), tmp_path / "world")
    lines = labels(tmp_path / "world")
    ids = {
        name: {row["id"] for row in rows(tmp_path / "world", name)}
        for name in ("accounts", "deals", "payments")
    }
    assert len(lines) == len(written.labels) == PLANTED
    assert len({line["id"] for line in lines}) == PLANTED
    for line in lines:
        assert line["id"].startswith(f"{line['typology']}-{line['kind']}-")
        assert {a for role in line["roles"].values() for a in role} <= ids["accounts"]
        assert line["events"][0] in ids["deals"]
        assert line["events"][1] in ids["payments"]


def test_evaluate_reads_the_truth(tmp_path: Path) -> None:
    named = plan(stories={"relay": Stories(tell_relay, stories("relay").decoy)})
    simulate(named._replace(casting=Casting(3, 0, 0.0, 5)), tmp_path / "world")
    read = read_truth(tmp_path / "world" / "truth.jsonl")
    assert [(label.typology, label.kind) for label in read] == [("relay", "plant")] * 3
    assert all(label.roles["upstream"] and label.events for label in read)


def tell_relay(stage: Stage) -> Label:
    """Tell a story with a role that a card knows."""
    label = stories("relay").plant(stage)
    roles = {"upstream": label.roles["seller"]}
    return Label(stage.name, "relay", "plant", "plain", Hardship.NONE, roles, label.events)


def test_nothing_in_the_case_tells_what_was_planted(tmp_path: Path) -> None:
    simulate(plan(), tmp_path / "world")
    for table in ("accounts", "payments", "deals", "persons", "batches"):
        found = rows(tmp_path / "world", table)
        assert {re.fullmatch(r"[a-z]+-\d{1,8}", row["id"]) is not None for row in found} == {True}
        assert len({row["id"] for row in found}) == len(found)
    planted = {event for line in labels(tmp_path / "world") for event in line["events"]}
    places = [n for n, row in enumerate(rows(tmp_path / "world", "deals")) if row["id"] in planted]
    assert len(places) == PLANTED
    assert max(places) - min(places) >= PLANTED


def test_ids_in_texts_move_with_their_rows_but_shown_names_stay(tmp_path: Path) -> None:
    simulate(plan(), tmp_path / "world")
    planted = {line["events"][0] for line in labels(tmp_path / "world")}
    texts = {row["text"] for row in rows(tmp_path / "world", "messages")}
    assert {f'so, "{deal}"' for deal in planted} <= texts
    shown = [row["name"] for row in rows(tmp_path / "world", "personas")]
    assert len([name for name in shown if re.fullmatch(r"s\d{7}-persona-1 shop", name)]) == PLANTED


def test_no_deal_of_the_background_shares_a_planted_quantity(tmp_path: Path) -> None:
    simulate(plan(payments=50_000), tmp_path / "world")
    quantities = [row["quantity"] for row in rows(tmp_path / "world", "deals")]
    assert quantities.count(str(RECORDS)) == PLANTED


def test_world_json_says_how_it_was_made(tmp_path: Path) -> None:
    written = simulate(plan(), tmp_path / "world")
    made = json.loads((tmp_path / "world" / "world.json").read_text("utf-8"))
    assert made["seed"] == 5
    assert made["version"] == program_version()
    assert made["typologies"] == ["other", "sale"]
    assert made["rows"] == written.rows


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX's")
def test_only_the_owner_can_read_a_world(tmp_path: Path) -> None:
    simulate(plan(), tmp_path / "world")
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "world").rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert stat.S_IMODE((tmp_path / "world").stat().st_mode) == 0o700


def test_an_empty_folder_is_filled_and_a_full_one_kept(tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()
    simulate(plan(), tmp_path / "world")
    before = files(tmp_path / "world")
    with pytest.raises(UsageError, match="world exists"):
        simulate(plan(), tmp_path / "world")
    assert files(tmp_path / "world") == before


def test_a_run_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(_: Stage) -> Label:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(plan(stories={"sale": Stories(fail, fail)}), tmp_path / "world")
    assert not list(tmp_path.iterdir())


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".world.graphmodel-part-0" / "case").mkdir(parents=True)
    simulate(plan(), tmp_path / "world")
    assert [path.name for path in tmp_path.iterdir()] == ["world"]


@pytest.mark.parametrize("payments", [LEAST_PAYMENTS - 1, MOST_PAYMENTS + 1])
def test_a_size_out_of_range_is_refused(tmp_path: Path, payments: int) -> None:
    with pytest.raises(UsageError, match="payments"):
        simulate(plan(payments=payments), tmp_path / "world")
    assert not list(tmp_path.iterdir())
