"""The public openCypher TCK: nothing answered wrongly, nearly all answered, the rest refused.

The jar is fetched from Maven at test time and never committed. How scenarios are selected stands
in `scenarios.py`; the table by feature file and the refusals by reason are printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conformance.tck.archive import VERSION, tck_archive
from tests.conformance.tck.features import read_feature
from tests.conformance.tck.outcomes import ANSWERED, REFUSED, WRONG, ask_all, table
from tests.conformance.tck.values import NotPlainError, read_value
from tests.conformance.tck.worlds import SetupError, World
from tests.needs import report_table

if TYPE_CHECKING:
    from tests.conformance.tck.outcomes import Outcome

LEAST_PLAIN = 1400
LEAST_ERRORS = 600
LEAST_ANSWERED = 0.9


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    """Return the outcome of every selected scenario, or skip where there is no TCK."""
    archive = tck_archive()
    found = list(ask_all(archive, archive.questions()))
    plain = [outcome for outcome in found if not outcome.question.error]
    left_out = [f"{n:>5}  {why}" for why, n in archive.left_out.most_common()]
    lines = [*table(plain), "", "left out", *left_out]
    report_table(f"openCypher TCK {VERSION}: {len(plain)} read-only scenarios", "\n".join(lines))
    return found


def plain_of(outcomes: list[Outcome]) -> list[Outcome]:
    """Return the outcomes of scenarios that expect rows."""
    return [outcome for outcome in outcomes if not outcome.question.error]


@pytest.mark.slow
def test_no_scenario_is_answered_wrongly(outcomes: list[Outcome]) -> None:
    assert len(plain_of(outcomes)) >= LEAST_PLAIN
    wrong = "\n\n".join(str(outcome) for outcome in outcomes if outcome.kind == WRONG)
    assert not wrong, wrong


@pytest.mark.slow
def test_nine_of_ten_scenarios_are_answered(outcomes: list[Outcome]) -> None:
    plain = plain_of(outcomes)
    answered = sum(outcome.kind == ANSWERED for outcome in plain)
    assert answered >= LEAST_ANSWERED * len(plain), "\n".join(table(plain))


@pytest.mark.slow
def test_every_error_of_the_tck_is_a_refusal(outcomes: list[Outcome]) -> None:
    errors = [outcome for outcome in outcomes if outcome.question.error]
    assert len(errors) >= LEAST_ERRORS
    assert {outcome.kind for outcome in errors} == {REFUSED}


@pytest.mark.slow
def test_every_refusal_says_why(outcomes: list[Outcome]) -> None:
    refused = [outcome for outcome in outcomes if outcome.kind == REFUSED]
    assert refused
    assert not [str(outcome) for outcome in refused if not outcome.detail.strip()]


FEATURE = r"""
Feature: Sample1 - what the reader knows
  Background:
    Given an empty graph

  # a comment
  Scenario Outline: [1] Text
    And having executed:
      '''
      CREATE (:A {t: '|'})

        , (:B)
      '''
    When executing query:
      '''
      RETURN <value> AS x
      '''
    Then the result should be, in any order:
      | x       | y     |
      | <value> | 'a\|' |

    Examples:
      | value |
      | 1     |
      | 'b'   |
""".replace("'''", '"""')


def test_an_outline_is_one_scenario_for_each_example() -> None:
    first, second = read_feature("Sample1", FEATURE)
    assert (first.feature, first.name) == ("Sample1", "[1] Text")
    assert first.steps[0].text == "an empty graph"
    assert first.steps[1].doc == "CREATE (:A {t: '|'})\n\n  , (:B)"
    assert [s.steps[2].doc for s in (first, second)] == ["RETURN 1 AS x", "RETURN 'b' AS x"]
    assert second.steps[3].table == [["x", "y"], ["'b'", "'a|'"]]


def test_values_are_read_by_kind() -> None:
    text = r"[1, -1.5, .5, 1e3, 'it\'s', true, null, [], {a: {b: [1]}, `c d`: ''}]"
    expected = [1, -1.5, 0.5, 1000.0, "it's", True, None, [], {"a": {"b": [1]}, "c d": ""}]
    found = read_value(text)
    assert found == expected
    assert isinstance(found, list)
    assert [type(item) for item in found] == [type(item) for item in expected]
    for other in ("(:A)", "[:T]", "<(:A)-[:T]->()>", "[1", "{a}", "", "1 2"):
        with pytest.raises(NotPlainError):
            read_value(other)


def test_statements_become_records() -> None:
    world = World()
    world.run("CREATE (a:A:B {n: 'x', gone: null})-[:T {w: -1}]->(b), (b)<-[:U]-(a), (b)-[:V]->(b)")
    world.run("UNWIND range(1, 2) AS i CREATE ({i: i})")
    world.run("MATCH (d:B) CREATE (d)-[:L]->(:E {n: d.n + '0'})")
    world.run("MATCH (a)-[r]->(b) WHERE NOT a:A DELETE r CREATE (b)-[:M]->(a)")
    nodes, links = world.records()
    assert [(node["labels"], node["properties"]) for node in nodes] == [
        (["A", "B"], {"n": "x"}),
        ([], {}),
        ([], {"i": 1}),
        ([], {"i": 2}),
        (["E"], {"n": "x0"}),
    ]
    found = {
        (link["type"], link["from"], link["to"], *link["properties"].values()) for link in links
    }
    assert found == {("T", 0, 1, -1), ("U", 0, 1), ("L", 0, 4), ("M", 1, 1)}
    assert len({link["id"] for link in links}) == len(links)


def test_a_statement_beyond_the_reader_is_no_graph() -> None:
    for text in ("MERGE (a)", "CREATE (a)-[:T]-(b)", "CREATE (a", "MATCH (a) WHERE a.x CREATE (b)"):
        with pytest.raises(SetupError):
            World().run(text)
