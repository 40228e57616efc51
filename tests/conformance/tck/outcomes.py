"""What the embedded engine makes of the TCK's scenarios: answered, refused or wrong."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphmodel.query import CypherError, PropertyGraph
from tests.conformance.queries.corpus import comparable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.conformance.tck.scenarios import Archive, Question

ANSWERED, REFUSED, WRONG = "answered", "refused", "wrong"
KINDS = (ANSWERED, REFUSED, WRONG)


@dataclass(frozen=True)
class Outcome:
    """One scenario and what came of it; the detail says why it was refused or what is wrong.

    Where an error is expected a refusal is right; where a table is, it is only not wrong.
    """

    question: Question
    kind: str
    detail: str = ""

    def __str__(self) -> str:
        """Return feature, name and query with the detail."""
        where = f"{self.question.feature} {self.question.name}"
        return f"{where}\n{self.question.query}\n{self.question.params or ''}{self.detail}"


def ask_all(archive: Archive, questions: Iterable[Question]) -> Iterator[Outcome]:
    """Yield the outcome of each question; a graph is kept while its scenarios follow each other."""
    held: tuple[object, PropertyGraph] | None = None
    for question in questions:
        key = (question.graph, question.setup)
        if held is None or held[0] != key:
            if held:
                held[1].close()
            held = (key, PropertyGraph.from_records(*archive.records(question)))
        yield _outcome(held[1], question)
    if held:
        held[1].close()


def _outcome(graph: PropertyGraph, question: Question) -> Outcome:
    try:
        found = graph.query(question.query, question.params)
    except CypherError as error:
        return Outcome(question, REFUSED, f"{error.reason} {error.hint}".strip())
    if question.error:
        return Outcome(question, WRONG, f"expected: {question.error}; found: {found.rows[:9]}")
    if question.columns is not None and found.columns != question.columns:
        return Outcome(question, WRONG, f"columns {found.columns}, not {question.columns}")
    if _bag(found.rows, question) != _bag(question.rows, question):
        return Outcome(question, WRONG, f"expected: {question.rows}; found: {found.rows}")
    return Outcome(question, ANSWERED)


def _bag(rows: Iterable[Sequence[object]], question: Question) -> object:
    """Return rows as they are compared: in order only where the scenario asks for it."""
    sets = question.unordered_lists
    compared = [tuple(comparable(value, sets=sets) for value in row) for row in rows]
    return compared if question.ordered else Counter(compared)


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the lines of the table by feature file, and the refusals by reason."""
    counts: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        counts.setdefault(outcome.question.feature, Counter())[outcome.kind] += 1
    total = sum(counts.values(), Counter[str]())
    rows = [(feature, counts[feature]) for feature in sorted(counts, key=_natural)]
    lines = [f"{'feature file':32}{''.join(f'{kind:>10}' for kind in KINDS)}"]
    lines += [
        f"{feature:32}{''.join(f'{count[kind]:>10}' for kind in KINDS)}"
        for feature, count in [*rows, ("all", total)]
    ]
    refused = Counter(_reason(o.detail) for o in outcomes if o.kind == REFUSED)
    lines += ["", "refused because"]
    return lines + [f"{count:>5}  {reason}" for reason, count in refused.most_common()]


def _natural(name: str) -> list[tuple[str, int]]:
    """Return a key that puts Match2 before Match10."""
    return [(text, int(part or 0)) for text, part in re.findall(r"(\D+)(\d*)", name)]


def _reason(detail: str) -> str:
    """Return a reason without the names of one query."""
    unknown = re.match(
        r"there is no (property|label|relationship type|variable|parameter) ", detail
    )
    if unknown:
        return f"there is no such {unknown[1]}"
    returned = re.match(r".* is (a node|a relationship|a path|a list) Return properties", detail)
    return f"{returned[1]} is returned" if returned else detail[:100]
