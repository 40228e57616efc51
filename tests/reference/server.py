"""Asks a real Neo4j the same questions as the reference."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.reference.pairs import WrongAnswerError, judge, wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from tests.parity.asking import Answer
    from tests.reference.comparison import Tally
    from tests.reference.graphs import Records
    from tests.reference.pairs import Asked

    Question = tuple[str, Mapping[str, Any]]
    Ask = Callable[[Records, Records, Sequence[Question]], list[Answer]]

_ITS_OWN_FAULT = "Neo.DatabaseError"
_OPEN = {
    "DISTINCT behind a variable length in COLLECT or COUNT": re.compile(
        r"(?:COLLECT|COUNT) \{[^{}]*\*\d[^{}]*RETURN DISTINCT"
    ),
    "COUNT of nothing in the WHERE of an OPTIONAL MATCH": re.compile(
        r"OPTIONAL MATCH (?:(?!MATCH |WITH |RETURN ).)*?WHERE .*?COUNT \{"
    ),
    "the open order inside a COLLECT that is a grouping key": re.compile(
        r"(?:DISTINCT|\b(?:collect|count|sum|avg|min|max)\().*COLLECT \{|COLLECT \{.*\}.*\b[a-z]+\("
    ),
}
"""Where Neo4j 5.26.30 may give other rows than the reference, and nothing is shown by it.

It gives [-2, -2] for a DISTINCT column in the first. It plans the COUNT of the second as a
grouped aggregation, which has no row for 0, so `>= 0` is not true; with the COUNT in a WITH before,
the same rows come. Lists of the third are equal or not by an order that the language leaves open.
"""


def compare_server(ask: Ask, asked: Asked, tally: Tally) -> None:
    """Compare Neo4j's answers; other rows than the reference's are a `WrongAnswerError`.

    What the engine refused is left out: nobody gets an answer there that could be wrong.
    """
    pairs = [pair for pair in asked.pairs if not pair.is_refused]
    questions = [(pair.question.text, pair.question.params) for pair in pairs]
    answers = ask(asked.nodes, asked.rels, questions)
    for pair, answer in zip(pairs, answers, strict=True):
        if answer.error.startswith(_ITS_OWN_FAULT):
            tally.unsure[f"{answer.error}: {answer.message[:60]}"] += 1
        elif not answer.error:
            try:
                judge(asked, pair, list(answer.rows), "Neo4j")
            except WrongAnswerError:
                known = _open_difference(pair.question.text)
                if not known:
                    raise
                tally.unsure[known] += 1
            else:
                tally.count(pair.tree, answer.rows)
        elif pair.answer is None:
            tally.errors += 1
        else:
            raise wrong(asked, pair, f"Neo4j has an error: {answer.error}, {answer.message}")


def _open_difference(text: str) -> str:
    """Name the open difference that a text meets, nothing where there is none."""
    return next((name for name, shape in _OPEN.items() if shape.search(text)), "")
