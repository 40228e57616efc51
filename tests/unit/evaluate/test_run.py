"""An evaluation and a tuning of a real case, from its tables to the numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from graphmodel.case import Case
from graphmodel.errors import InputError
from graphmodel.evaluate.run import evaluate
from graphmodel.evaluate.tuning import tune
from graphmodel.findings.configuration import Configuration, changed
from graphmodel.model.finding import Level
from tests.examples.tables import write_case
from tests.unit.test_case import TABLES

if TYPE_CHECKING:
    from pathlib import Path

PAYMENTS = """id,payer,payee,amount,time,deal
p2,b,x,1500.00,2019-03-04T09:00,d2
p1,x,s,1400.00,2019-03-04T18:00,d1
"""
ROLES = {"upstream": ["s"], "intermediary": ["x"], "buyer": ["b"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of case tables with one strong relay, its deals paid."""
    deals = TABLES["deals"].replace("1000.00", "1400.00")
    tables = {**TABLES, "deals": deals, "payments": PAYMENTS}
    return write_case(tmp_path_factory.mktemp("case") / "case", tables)


def truth(folder: Path, *rows: dict[str, Any]) -> Path:
    """Write labels of relays with some of their parts changed; return the file."""
    base = {"id": "a", "typology": "relay", "kind": "plant", "roles": ROLES, "events": ["d1"]}
    path = folder / "truth.jsonl"
    path.write_text("".join(json.dumps({**base, **r}) + "\n" for r in rows), encoding="utf-8")
    return path


def test_a_case_is_measured_and_keeps_nothing(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.case.duckdb"
    Case.import_(folder, out).close()
    before = out.read_bytes()
    path = truth(
        tmp_path,
        {},
        {"id": "b", "typology": "pass_through", "roles": {"payer": ["b"]}, "events": ["p2"]},
        {"id": "c", "kind": "decoy", "events": ["d2"]},
    )
    with Case.open(out, untouched=True) as case:
        told = evaluate(case, path, ks=(10, 1, 10))
        assert case.findings() is None
    by_name = {m.typology: m for m in told.measures}
    assert by_name["relay"].recall == 1.0
    assert [(p.k, p.hits) for p in by_name["relay"].precision] == [(1, 1), (10, 1)]
    # the payments settle the deals of the relay, which says everything of the passing on
    assert by_name["pass_through"].recall == 1.0
    assert [a.label.id for a in by_name["relay"].alarms] == ["c"]
    assert (told.deals, told.payments) == (2, 2)
    assert out.read_bytes() == before


def test_a_typology_that_is_turned_off_is_not_measured(folder: Path, tmp_path: Path) -> None:
    off = changed(Configuration(), ["relay.enabled=false"])
    with Case.open(folder) as case:
        told = evaluate(case, truth(tmp_path, {}), config=off)
    assert dict(told.turned_off) == {"relay": 1}
    assert "relay" not in {m.typology for m in told.measures}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            {"events": ["d1", "d8", "d9"]},
            "2 ids that the case does not have; the first is d8",
        ),
        ({"roles": {"buyer": ["nobody"]}}, "the first is nobody of z"),
    ],
)
def test_a_truth_of_another_case_is_refused(
    row: dict[str, Any], words: str, folder: Path, tmp_path: Path
) -> None:
    path = truth(tmp_path, {}, {"id": "z", **row})
    with Case.open(folder) as case, pytest.raises(InputError) as caught:
        evaluate(case, path)
    assert words in str(caught.value)


def test_tuning_tells_what_changes_and_changes_nothing(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.case.duckdb"
    Case.import_(folder, out).close()
    with Case.open(out) as case:
        case.flag()
    before = out.read_bytes()
    days = ["derive.window_days=0", "derive.window_days_shown=0"]
    weights = ["relay.weights.resold_at_markup=0"]
    with Case.open(out, untouched=True) as case:
        gone = tune(case, None, days)
        lower = tune(case, None, weights)
        nothing = tune(case, None, ["relay.enabled=true"])
        config = changed(Configuration(), weights)
        from_config = tune(case, config)
        over_config = tune(case, config, ["relay.weights.resold_at_markup=3"])
    assert out.read_bytes() == before
    by_name = {c.typology: c for c in gone.typologies}
    assert [f.level for f in by_name["relay"].removed] == [Level.STRONG]
    assert {v.key for v in gone.values} == {"derive.window_days", "derive.window_days_shown"}
    (relay,) = [c for c in lower.typologies if c.typology == "relay"]
    assert [(m.before, m.after) for m in relay.down] == [(Level.STRONG, Level.SUPPORTED)]
    assert not any(c.is_any for c in nothing.typologies)
    assert nothing.values == ()
    assert from_config == lower
    (back,) = [c for c in over_config.typologies if c.typology == "relay"]
    assert [(m.before, m.after) for m in back.up] == [(Level.SUPPORTED, Level.STRONG)]


def test_tuning_starts_from_the_parameters_of_the_case_file(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.case.duckdb"
    narrow = changed(Configuration(), ["derive.window_days=0", "derive.window_days_shown=0"])
    Case.import_(folder, out, config=narrow).close()
    with Case.open(out, untouched=True) as case:
        changes = tune(case, None, ["derive.window_days_shown=366"])
    assert [(v.key, v.before, v.after) for v in changes.values] == [
        ("derive.window_days_shown", 0, 366)
    ]
    (relay,) = [c for c in changes.typologies if c.typology == "relay"]
    assert [f.level for f in relay.added] == [Level.STRONG]
