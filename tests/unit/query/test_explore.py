"""Every shipped question over the examples and a small case, its rows counted out by hand."""

from __future__ import annotations

import re
from contextlib import ExitStack
from random import Random
from typing import TYPE_CHECKING

import pytest

from graphmodel.case import Case
from graphmodel.errors import CypherError, UsageError
from graphmodel.model.schema import FOREVER
from graphmodel.query.engines.base import QueryResult
from graphmodel.query.graph import PropertyGraph
from graphmodel.query.questions import KINDS, question, questions
from graphmodel.texts import catalogue
from tests.needs import ROOT
from tests.reference.interpreter import Oracle
from tests.unit.query.cases import case_engine, random_case
from tests.unit.query.explore_answers import IN_INNOCENT, IN_QINGDAO, IN_STORY
from tests.unit.query.explore_story import write_story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.query.explore_answers import Asked

NAMES = sorted(path.stem for path in (ROOT / "cypher" / "explore").glob("*.cypher"))
HAN = re.compile(r"[\u4e00-\u9fff]")
STORIES = sorted((ROOT / "tests" / "typologies").glob("*/guilty_*/expect.json"))
FIRST_STORIES = {path.parent.parent.name: path.parent for path in reversed(STORIES)}

each_question = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Case]]:
    """Yield the case of every question and the two examples, open."""
    folders = {name: ROOT / "examples" / name for name in ("qingdao_relay", "innocent_agency")}
    folders["story"] = write_story(tmp_path_factory.mktemp("story"))
    with ExitStack() as stack:
        yield {name: stack.enter_context(Case.open(folder)) for name, folder in folders.items()}


def chosen(case: Case, asked: Asked) -> list[tuple[object, ...]]:
    """Return some columns of an answer."""
    name, params, columns, _ = asked
    return [tuple(row[c] for c in columns.split()) for row in case.ask(name, **params).to_dicts()]


def named(asked: Asked) -> str:
    """Return the id of a test."""
    return "-".join([asked[0], *(f"{key}={value}" for key, value in asked[1].items())])


@pytest.mark.parametrize("asked", IN_STORY, ids=named)
def test_a_question_is_answered_on_the_story(asked: Asked, cases: dict[str, Case]) -> None:
    rows = chosen(cases["story"], asked)
    assert set(rows) == asked[3]
    assert len(rows) == len(asked[3])


@pytest.mark.parametrize("asked", IN_QINGDAO, ids=named)
def test_a_question_is_answered_on_qingdao(asked: Asked, cases: dict[str, Case]) -> None:
    rows = chosen(cases["qingdao_relay"], asked)
    assert set(rows) == asked[3]
    assert len(rows) == len(asked[3])


@pytest.mark.parametrize("asked", IN_INNOCENT, ids=named)
def test_a_question_is_answered_on_the_innocent_case(asked: Asked, cases: dict[str, Case]) -> None:
    rows = chosen(cases["innocent_agency"], asked)
    assert set(rows) == asked[3]
    assert len(rows) == len(asked[3])


def test_every_question_is_checked_by_hand_with_rows() -> None:
    assert len(NAMES) >= 18
    assert {asked[0] for asked in IN_STORY if asked[3]} == set(NAMES)
    assert {asked[0] for asked in IN_QINGDAO} == set(NAMES)
    assert {asked[0] for asked in IN_INNOCENT} == set(NAMES)


@each_question
def test_a_question_is_told_in_both_languages(name: str) -> None:
    asked = question(name)
    told = [asked.title, asked.question, *(one.meaning for one in asked.parameters)]
    assert all(HAN.search(words.zh) and not HAN.search(words.en) for words in told)
    assert asked.question.zh.endswith("？")
    assert asked.question.en.endswith("?")
    columns = {f"questions-column-{column.replace('_', '-')}" for column in asked.returns}
    assert columns <= set(catalogue())


@each_question
def test_the_header_of_a_question_is_whole(name: str) -> None:
    asked = question(name)
    lines = asked.text.splitlines()
    assert lines[0] == f"// explore: {name}"
    assert asked.defaults() == asked.bound({})
    assert all(one.kind in KINDS for one in asked.parameters)
    # a reader of the file alone can set them in Neo4j Browser, in the order of the header
    given = [line.split()[2] for line in lines if line.startswith("// :param ")]
    assert given == [one.name for one in asked.parameters]
    used = set(
        re.findall(r"\$(\w+)", "\n".join(line for line in lines if not line.startswith("//")))
    )
    assert used == set(given)


@each_question
def test_the_answer_has_one_order(name: str, cases: dict[str, Case]) -> None:
    case = cases["story"]
    first = case.ask(name)
    assert first.columns == question(name).returns
    assert case.ask(name).rows == first.rows
    assert len(set(map(repr, first.rows))) == len(first.rows)


def test_an_answer_without_an_order_is_sorted_by_its_columns(cases: dict[str, Case]) -> None:
    asked = question("messages_near_deals")
    assert "ORDER BY" not in asked.text
    rows: list[tuple[object, ...]] = [("x", 10), ("x", 9), (None, 1), ("w", None), ("w", 2)]
    assert asked.ordered(QueryResult(("a", "n"), rows)).rows == [
        ("w", 2), ("w", None), ("x", 9), ("x", 10), (None, 1),
    ]  # fmt: skip
    told = cases["story"].ask("messages_near_deals", deal="d-1", days=3).to_dicts()
    assert [row["message"] for row in told] == ["m-2", "m-1"]


def test_times_are_intervals_and_their_open_ends_stay(cases: dict[str, Case]) -> None:
    rows = cases["qingdao_relay"].ask("claims_against_deals").to_dicts()
    assert [(row["t0"], row["t1"]) for row in rows] == [(-FOREVER, FOREVER)]


@pytest.mark.parametrize("typology", sorted(FIRST_STORIES))
def test_every_question_runs_on_the_stories(typology: str) -> None:
    with Case.open(FIRST_STORIES[typology]) as case:
        found = {name: case.ask(name) for name in NAMES}
    assert {name: result.columns for name, result in found.items()} == {
        name: questions()[name].returns for name in NAMES
    }
    # a typology of payments has stories without deals
    assert found["batch_deals"].rows or found["money_by_person"].rows
    assert found["first_last_contact"].rows


def records_of(case: Case) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return the graph of a case as records of nodes and relationships."""
    connection = case._case_file.connection  # noqa: SLF001 - the graph as it lies
    nodes: list[dict[str, object]] = []
    links: list[dict[str, object]] = []

    def table(name: str) -> list[dict[str, object]]:
        cursor = connection.execute(f'SELECT * FROM graph."{name}"')  # noqa: S608 - schema
        columns = [entry[0] for entry in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def properties(row: dict[str, object]) -> dict[str, object]:
        return {k: v for k, v in row.items() if not k.startswith("_") and v is not None}

    for label in case.schema().nodes:
        nodes += [
            {"id": row["_nid"], "labels": [label], "properties": properties(row)}
            for row in table(label)
        ]
    for type_ in case.schema().relationships:
        links += [
            {
                "id": f"{type_}-{number}",
                "type": type_,
                "from": row["_src"],
                "to": row["_dst"],
                "properties": properties(row),
            }
            for number, row in enumerate(table(type_))
        ]
    return nodes, links


def test_a_graph_from_records_gives_the_same_answers(cases: dict[str, Case]) -> None:
    case = cases["story"]
    nodes, links = records_of(case)
    graph = PropertyGraph.from_records(nodes, links)
    answered, refused = [], []
    for name in NAMES:
        try:
            result = graph.query(question(name).text, question(name).defaults())
        except CypherError as error:
            refused.append(error.reason)
            continue
        assert sorted(map(repr, result.rows)) == sorted(map(repr, case.ask(name).rows)), name
        answered.append(name)
    graph.close()
    assert len(answered) >= 12
    # a graph of records knows only the words that its records use
    assert all(re.match("there is no (label|relation|property)", reason) for reason in refused)


# ---------------------------------------------------------------- the oracle


def bag(rows: list[tuple[object, ...]]) -> list[str]:
    """Return rows as a bag of texts that keep 1, 1.0 and true apart."""
    return sorted(map(repr, rows))


@pytest.fixture(scope="module")
def story_oracle(cases: dict[str, Case]) -> Oracle:
    """Return the slow interpreter on the graph of the story."""
    return Oracle(*records_of(cases["story"]))


@pytest.mark.parametrize("asked", IN_STORY, ids=named)
def test_the_oracle_answers_the_same_on_the_story(
    asked: Asked, cases: dict[str, Case], story_oracle: Oracle
) -> None:
    one = question(asked[0])
    params = one.bound(asked[1])
    columns, expected = story_oracle.query(one.text, params)
    found = cases["story"].query(one.text, params)
    assert list(found.columns) == list(columns)
    assert bag(found.rows) == bag(expected)


@pytest.mark.parametrize("seed", [1, 6, 11])
def test_the_oracle_answers_the_same_on_random_cases(seed: int) -> None:
    nodes, links = random_case(Random(seed))  # noqa: S311 (a test's choice, no secret)
    engine, oracle = case_engine(nodes, links), Oracle(nodes, links)
    full = set()
    for name in NAMES:
        one = question(name)
        columns, expected = oracle.query(one.text, one.defaults())
        found = engine.run(one.text, one.defaults())
        assert list(found.columns) == list(columns), name
        assert bag(found.rows) == bag(expected), name
        full |= {name} if expected else set()
    assert len(full) >= 10


# ---------------------------------------------------------------- parameters


def test_a_question_that_is_not_there_is_a_sentence_with_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        question("price_rise")
    assert str(caught.value) == "There is no question price_rise. Did you mean price_rises?"
    with pytest.raises(UsageError, match="graphmodel questions list shows them all"):
        question("zzz")


def test_a_parameter_that_is_not_there_is_told_with_what_is_meant() -> None:
    asked = question("payments_near_deals")
    with pytest.raises(UsageError) as caught:
        asked.bound({"persn": "x"})
    assert caught.value.reason == (
        "The question payments_near_deals has no parameter persn;"
        " did you mean person (only this person)?"
    )
    with pytest.raises(UsageError, match=r"it has person .*, days") as caught:
        asked.bound({"zzz": 1})
    with pytest.raises(UsageError) as caught:
        asked.bound({"persn": "x"}, "zh")
    assert "是否指 person（只看此人）" in caught.value.reason


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("many_accounts", {"least": "3"}),
        ("many_accounts", {"least": 3.0}),
        ("many_accounts", {"least": True}),
        ("many_accounts", {"least": 2**63}),
        ("many_accounts", {"least": None}),
        ("price_rises", {"factor": "2"}),
        ("price_rises", {"factor": False}),
        ("price_rises", {"factor": 10**400}),
        ("batch_deals", {"batch": 7}),
        ("batch_deals", {"batch": ["b1"]}),
        ("sources_of_fact", {"fact": 1.5}),
    ],
)
def test_a_value_of_another_kind_is_refused(name: str, given: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=next(iter(given))) as caught:
        question(name).bound(given)
    assert caught.value.exit_code == 2
    assert question(name).parameters[0].meaning.en in caught.value.reason


def test_a_whole_number_is_taken_where_a_number_is_meant() -> None:
    bound = question("price_rises").bound({"factor": 2})
    assert bound == {"factor": 2.0}
    assert isinstance(bound["factor"], float)
