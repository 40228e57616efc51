"""Every question that investigators ask gets Neo4j's rows, in Neo4j's order where it has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graphmodel.case import Case
from graphmodel.query.questions import question, questions
from tests.needs import ROOT
from tests.parity.copying import comparable, copy_graph, difference, multiset, server_rows
from tests.unit.query.explore_answers import IN_INNOCENT, IN_QINGDAO, IN_STORY
from tests.unit.query.explore_story import write_story

if TYPE_CHECKING:
    from pathlib import Path

    from neo4j import Driver

    from tests.unit.query.explore_answers import Asked

EXAMPLES = {"qingdao_relay": IN_QINGDAO, "innocent_agency": IN_INNOCENT}
STORIES = sorted((ROOT / "tests" / "typologies").glob("*/guilty_*/expect.json"))
FIRST_STORIES = {path.parent.parent.name: path.parent for path in reversed(STORIES)}


def asked_on(folder: Path, neo4j: Driver, asked: list[Asked]) -> dict[str, int]:
    """Ask both engines, compare columns, rows and order; return the number of rows by question."""
    differences: dict[str, Any] = {}
    found = dict.fromkeys(questions(), 0)
    with Case.open(folder) as case, neo4j.session(database="neo4j") as session:
        copy_graph(case._case_file, neo4j)  # noqa: SLF001 - the graph as it lies
        given: list[tuple[str, dict[str, object]]] = [(name, {}) for name in questions()]
        given += [(one[0], one[1]) for one in asked]
        for name, some in given:
            text, params = question(name).text, question(name).bound(some)
            ours = case.query(text, params)
            columns, rows = server_rows(session, text, params)
            assert list(ours.columns) == columns, name
            differences[f"{name} {some}"] = difference(multiset(ours.rows), multiset(rows))
            if "ORDER BY" in text:
                assert list(map(comparable, ours.rows)) == list(map(comparable, rows)), name
            found[name] += len(rows)
    assert not {name: sides for name, sides in differences.items() if sides}
    return found


@pytest.mark.neo4j
def test_every_question_gives_the_rows_of_neo4j(tmp_path: Path, neo4j: Driver) -> None:
    found = asked_on(write_story(tmp_path), neo4j, IN_STORY)
    assert all(found.values()), "agreeing on nothing proves nothing"


@pytest.mark.neo4j
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_give_the_rows_of_neo4j(name: str, neo4j: Driver) -> None:
    found = asked_on(ROOT / "examples" / name, neo4j, EXAMPLES[name])
    assert found["batch_deals"]


@pytest.mark.neo4j
@pytest.mark.parametrize("typology", sorted(FIRST_STORIES))
def test_a_story_gives_the_rows_of_neo4j(typology: str, neo4j: Driver) -> None:
    found = asked_on(FIRST_STORIES[typology], neo4j, [])
    # a typology of payments has stories without deals
    assert found["batch_deals"] or found["money_by_person"]
