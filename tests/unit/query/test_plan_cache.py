"""Plans kept between runs: found again, never for anything else, never in the way."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import duckdb
import pytest

from graphmodel.model.schema import SCHEMA
from graphmodel.query.catalogue import Catalogue
from graphmodel.query.compile import compile_query
from graphmodel.query.plan_cache import MAX_ENTRIES, VARIABLE, PlanCache, plan_folder
from graphmodel.query.types import INTEGER, STRING

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "MATCH (d:Deal) WHERE d.quantity > $least RETURN d.id AS id, collect(d.quantity) AS all"


def test_a_plan_is_read_back_as_it_was(tmp_path: Path) -> None:
    cache = PlanCache(tmp_path / "plans", SCHEMA)
    plan = compile_query(TEXT, Catalogue.of_schema(SCHEMA), {"least": 5})
    key = cache.key(TEXT, {"least": INTEGER}, {"Deal": 5})
    assert cache.plan(key) is None
    cache.add_plan(key, plan)
    assert PlanCache(tmp_path / "plans", SCHEMA).plan(key) == plan


def test_text_types_sizes_and_schema_tell_keys_apart(tmp_path: Path) -> None:
    cache = PlanCache(tmp_path, SCHEMA)
    plain = cache.key(TEXT, {"least": INTEGER}, {"Deal": 5})
    other_schema = PlanCache(tmp_path, type(SCHEMA)(SCHEMA.nodes, {}))
    others = {
        cache.key(TEXT + " ", {"least": INTEGER}, {"Deal": 5}),
        cache.key(TEXT, {"least": STRING}, {"Deal": 5}),
        cache.key(TEXT, {"least": INTEGER}, {"Deal": 5000}),
        cache.key(TEXT, {"least": INTEGER}, {"Deal": 5}, "RESALE"),
        other_schema.key(TEXT, {"least": INTEGER}, {"Deal": 5}),
    }
    assert len(others) == 5
    assert plain not in others
    assert cache.key(TEXT, {"least": INTEGER}, {"Deal": 6}) == plain


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    cache = PlanCache(tmp_path, SCHEMA)
    for content in ("", "[]", "{", '{"sql": "SELECT 1"}', '{"sql": 1, "columns": 2}'):
        (tmp_path / "damaged.json").write_text(content, encoding="utf-8")
        assert cache.plan("damaged") is None
    assert cache.statement("absent") is None


def test_a_folder_that_cannot_be_made_is_let_be(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    cache = PlanCache(blocked / "plans", SCHEMA)
    cache.add_statement("key", "SELECT 1")
    assert cache.statement("key") is None


def test_a_full_folder_loses_its_plans_and_nothing_else(tmp_path: Path) -> None:
    for number in range(MAX_ENTRIES):
        (tmp_path / f"{number:064x}.json").touch()
    (tmp_path / "other.json").touch()
    PlanCache(tmp_path, SCHEMA).add_statement("newest", "SELECT 1")
    assert {path.name for path in tmp_path.iterdir()} == {"newest.json", "other.json"}


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="modes are those of POSIX")
def test_a_folder_others_may_write_is_neither_read_nor_written(tmp_path: Path) -> None:
    cache = PlanCache(tmp_path, SCHEMA)
    cache.add_statement("key", "SELECT 1")
    tmp_path.chmod(0o777)
    assert cache.statement("key") is None
    cache.add_statement("other", "SELECT 1")
    assert not (tmp_path / "other.json").exists()
    tmp_path.chmod(0o700)
    assert cache.statement("key") == "SELECT 1"
    (tmp_path / "link.json").symlink_to(tmp_path / "key.json")
    assert cache.statement("link") is None


def test_the_folder_can_be_named_or_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    assert plan_folder() is None
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert plan_folder() == tmp_path
    monkeypatch.delenv(VARIABLE)
    assert str(plan_folder()).endswith("plans")


def test_an_engine_with_kept_plans_answers_as_one_without(tmp_path: Path) -> None:
    from graphmodel.query.engines.embedded import EmbeddedEngine
    from graphmodel.store.tables import create_statements

    answers = []
    for plans in (None, PlanCache(tmp_path, SCHEMA), PlanCache(tmp_path, SCHEMA)):
        connection = duckdb.connect()
        connection.execute(";".join(create_statements(SCHEMA)))
        connection.execute("INSERT INTO facts.\"Deal\" (_nid, id, quantity) VALUES (1, 'd', 7)")
        engine = EmbeddedEngine(connection, SCHEMA, plans=plans)
        answers.append(engine.run(TEXT, {"least": 5}))
        engine.close()
    assert answers[0].rows == [("d", [7])]
    assert answers[1] == answers[2] == answers[0]
    assert list(tmp_path.glob("*.json"))
