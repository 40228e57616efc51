"""One rule text, two engines: every shipped rule gives Neo4j's rows on every story and example."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graphmodel.case import Case
from graphmodel.derive.runner import DeriveParams
from graphmodel.detect.discovery import typologies
from graphmodel.query.rules import rule
from tests.needs import ROOT
from tests.parity.copying import comparable, copy_graph, difference, multiset, server_rows

if TYPE_CHECKING:
    from pathlib import Path

    from neo4j import Driver

RULES = sorted(
    path.relative_to(ROOT / "cypher").with_suffix("").as_posix()
    for folder in ("derive", "typologies")
    for path in (ROOT / "cypher" / folder).glob("*.cypher")
)
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/case.toml"))
STORIES = sorted(path.parent for path in (ROOT / "tests" / "typologies").glob("*/*/expect.json"))


def name_of(folder: Path) -> str:
    """Return the last two parts of a folder's path."""
    return f"{folder.parent.name}/{folder.name}"


def params_of(name: str) -> dict[str, Any]:
    """Return the default parameters that a rule asks for."""
    folder, stem = name.split("/")
    given = DeriveParams() if folder == "derive" else typologies()[stem].params()
    values = given.model_dump()
    return {key: values[key] for key in rule(name).params}


@pytest.mark.neo4j
@pytest.mark.parametrize("folder", [*EXAMPLES, *STORIES], ids=name_of)
def test_every_rule_gives_the_rows_of_neo4j(folder: Path, neo4j: Driver) -> None:
    differences: dict[str, dict[str, list[Any]]] = {}
    found: dict[str, int] = {}
    with Case.open(folder) as case, neo4j.session(database="neo4j") as session:
        nodes, links = copy_graph(case._case_file, neo4j)  # noqa: SLF001 - the graph as it lies
        assert nodes
        assert links
        for name in RULES:
            text, params = rule(name).text, params_of(name)
            ours = case.query(text, params)
            columns, rows = server_rows(session, text, params)
            assert list(ours.columns) == columns, name
            differences[name] = difference(multiset(ours.rows), multiset(rows))
            found[name] = len(rows)
    assert len(differences) == len(RULES)
    assert not {name: sides for name, sides in differences.items() if sides}
    if folder.name.startswith("guilty_"):
        assert found[f"typologies/{folder.parent.name}"], "agreeing on nothing proves nothing"


def test_values_of_different_kinds_stay_apart() -> None:
    kinds = [1, 1.0, True, "1", None, [1], [1.0], [], {"a": 1}]
    assert len({comparable(value) for value in kinds}) == len(kinds)
    assert comparable(["b", "a"]) == comparable(("a", "b"))
    assert difference(multiset([(1,), (1,)]), multiset([(1,)])) == {
        "only embedded": [(("int", 1),)]
    }
