"""Asks a real Neo4j the same questions as the reference."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.reference.pairs import judge, wrong

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
_KEEPS_DUPLICATES = re.compile(r"COLLECT \{[^{}]*\*\d[^{}]*RETURN DISTINCT")
"""Neo4j 5.26.30 gives [-2, -2] for a DISTINCT column behind a variable length in COLLECT."""


def compare_server(ask: Ask, asked: Asked, tally: Tally) -> None:
    """Compare Neo4j's answers; other rows than the reference's are a `WrongAnswerError`."""
    questions = [(pair.question.text, pair.question.params) for pair in asked.pairs]
    answers = ask(asked.nodes, asked.rels, questions)
    for pair, answer in zip(asked.pairs, answers, strict=True):
        if answer.error.startswith(_ITS_OWN_FAULT):
            tally.unsure[f"{answer.error}: {answer.message[:60]}"] += 1
        elif _KEEPS_DUPLICATES.search(pair.question.text):
            tally.unsure["DISTINCT behind a variable length in COLLECT"] += 1
        elif not answer.error:
            judge(asked, pair, list(answer.rows), "Neo4j")
            tally.count(pair.tree, answer.rows)
        elif pair.answer is None:
            tally.errors += 1
        else:
            raise wrong(asked, pair, f"Neo4j has an error: {answer.error}, {answer.message}")
