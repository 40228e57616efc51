"""Asks engine and reference the same random questions, and Neo4j where there is one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphmodel.query import CypherError, PropertyGraph
from graphmodel.query.parse import parse
from tests.reference.choices import Choices
from tests.reference.comparison import Tally, difference
from tests.reference.graphs import random_graph
from tests.reference.interpreter import Oracle
from tests.reference.questions import QueryMaker
from tests.reference.values import OracleError, UnsureError

if TYPE_CHECKING:
    from graphmodel.query import syntax as s
    from tests.reference.graphs import Records
    from tests.reference.interpreter import Answer
    from tests.reference.questions import Question

_TRIES = 3


class WrongAnswerError(AssertionError):
    """An engine gives other rows than the reference, or breaks down."""

    pair: Pair


@dataclass(slots=True)
class Pair:
    """A question with its tree and the reference's answer; None where that is an error.

    `is_refused` is set where the engine was asked and refused.
    """

    question: Question
    tree: s.Query
    answer: Answer | None
    choices: list[int] = field(default_factory=list)
    is_refused: bool = False


@dataclass(slots=True)
class Asked:
    """One random graph with questions that the reference has answered."""

    nodes: Records
    rels: Records
    choices: list[int]
    pairs: list[Pair] = field(default_factory=list)


def random_pairs(choices: Choices, count: int, tally: Tally) -> Asked:
    """Return a graph and questions on it; one without rows is often replaced by another."""
    nodes, rels = random_graph(choices)
    asked = Asked(nodes, rels, choices.made[:])
    oracle = Oracle(nodes, rels)
    for _ in range(count):
        for attempt in range(_TRIES):
            begin = len(choices.made)
            pair = _answered(oracle, QueryMaker(choices, nodes, rels), tally)
            if pair is not None:
                pair.choices = choices.made[begin:]
            last = attempt + 1 == _TRIES or choices.chance(25)
            if last or (pair and pair.answer and pair.answer.rows):
                break
        if pair is not None:
            asked.pairs.append(pair)
    return asked


def repeated_pair(graph: list[int], question: list[int]) -> Asked:
    """Return the graph and the one question that these choices make."""
    made = Choices.repeated(graph)
    nodes, rels = random_graph(made)
    asked = Asked(nodes, rels, made.made)
    maker = QueryMaker(Choices.repeated(question), nodes, rels)
    pair = _answered(Oracle(nodes, rels), maker, Tally())
    asked.pairs += [pair] if pair else []
    return asked


def _answered(oracle: Oracle, maker: QueryMaker, tally: Tally) -> Pair | None:
    question = maker.question()
    try:
        tree = parse(question.text)
    except CypherError as error:
        tally.refuse(error.reason)
        return None
    try:
        return Pair(question, tree, oracle.answer(tree, question.params))
    except OracleError:
        return Pair(question, tree, None)
    except UnsureError as error:
        tally.unsure[str(error)] += 1
        return None


def compare_engine(asked: Asked, tally: Tally) -> None:
    """Ask the engine; other rows than the reference's are a `WrongAnswerError`."""
    graph = PropertyGraph.from_records(asked.nodes, asked.rels)
    for pair in asked.pairs:
        try:
            rows = graph.query(pair.question.text, pair.question.params).rows
        except CypherError as error:
            pair.is_refused = True
            if pair.answer is None:
                tally.errors += 1
            else:
                tally.refuse(error.reason)
            continue
        except Exception as error:
            raise wrong(asked, pair, f"the engine breaks down: {error!r}") from error
        judge(asked, pair, rows, "the engine")
        tally.count(pair.tree, rows)
    graph.close()


def judge(asked: Asked, pair: Pair, rows: list[tuple[Any, ...]], who: str) -> None:
    """Raise `WrongAnswerError` where the rows are not what the reference allows."""
    if pair.answer is None:
        found = f"{who} answers where the reference has an error"
    else:
        found = difference(pair.tree, rows, pair.answer)
    if found:
        raise wrong(asked, pair, f"{who}: {found}\nrows: {rows}")


def wrong(asked: Asked, pair: Pair, found: str) -> WrongAnswerError:
    """Return the error with everything that is needed to ask again."""
    graph = f"nodes = {asked.nodes}\nrels = {asked.rels}"
    error = WrongAnswerError(f"{found}\n{pair.question.text}\n{pair.question.params}\n{graph}")
    error.pair = pair
    return error
