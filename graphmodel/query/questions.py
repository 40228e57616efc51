"""Questions that investigators ask: the texts of `cypher/explore/` with what their headers say.

A header names title and question in both languages (`zh / en`), and for each parameter a line
`// name: kind; zh; en` and a line `// :param name => default`, which Neo4j Browser takes without
the two slashes. A default is written alike in Cypher and in JSON.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.errors import InternalError, UsageError
from graphmodel.model.evidence import Words
from graphmodel.query.rules import header_of, rule, rule_names
from graphmodel.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphmodel.query.engines.base import QueryResult
    from graphmodel.texts import Language

FOLDER = "explore"
NAMED = {
    "person": ("Person", ("id", "name")),
    "account": ("Account", ("id", "handle")),
    "batch": ("Batch", ("id", "label")),
    "deal": ("Deal", ("id",)),
}
"""Kinds of parameter that name an entity: its label, and the properties it may be named by."""

NUMBERS = ("integer", "float")
KINDS = (*NUMBERS, "text", "fact", *NAMED)
_DEFAULT = re.compile(r"//\s*:param\s+(\w+)\s*=>\s*(.*?)\s*$", re.MULTILINE)


class Parameter(NamedTuple):
    """A parameter of a question; one that is no number may be left open, as null."""

    name: str
    kind: str
    meaning: Words
    default: object

    def taken(self, value: object) -> object:
        """Return a value as the question takes it; one of another kind is a TypeError."""
        if value is None and self.kind not in NUMBERS:
            return None
        wanted: dict[str, tuple[type, ...]] = {"integer": (int,), "float": (int, float)}
        is_wide = isinstance(value, int) and not -(2**63) <= value < 2**63
        is_of_kind = isinstance(value, wanted.get(self.kind, (str,)))
        if isinstance(value, bool) or not is_of_kind or is_wide:
            raise TypeError(self.name)
        return float(value) if self.kind == "float" else value  # type: ignore[arg-type] # a number


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its Cypher text, title and wording, parameters, and the columns of the answer."""

    name: str
    text: str
    version: int
    title: Words
    question: Words
    parameters: tuple[Parameter, ...]
    returns: tuple[str, ...]

    def defaults(self) -> dict[str, object]:
        """Return the default of every parameter."""
        return {one.name: one.default for one in self.parameters}

    def bound(self, given: Mapping[str, object], language: Language = "en") -> dict[str, object]:
        """Return the value of every parameter, defaults filled in.

        An unknown name or a value of another kind is a UsageError that says what is meant.
        """
        known = {one.name: one for one in self.parameters}
        bound = self.defaults()
        for name, value in given.items():
            if name not in known:
                raise UsageError(self._unknown(name, language))
            try:
                bound[name] = known[name].taken(value)
            except TypeError as error:
                raise UsageError(_wrong_kind(known[name], language)) from error
        return bound

    def ordered(self, result: QueryResult) -> QueryResult:
        """Return the answer in its order: the text's own, else sorted by the columns in turn."""
        if "ORDER BY" not in self.text:
            # a column of a question has one kind, so its cells can be compared
            result.rows.sort(
                key=lambda row: [(cell is None, 0 if cell is None else cell) for cell in row]
            )
        return result

    def _unknown(self, name: str, language: Language) -> str:
        told = {"question": self.name, "name": name}
        if not self.parameters:
            return text("questions-error-takes-none", language, **told)
        near = get_close_matches(name, [one.name for one in self.parameters], n=1)
        likely = [one for one in self.parameters if not near or one.name == near[0]]
        listed = text("questions-comma", language).join(
            text("questions-parameter", language, name=p.name, meaning=p.meaning.get(language))
            for p in likely
        )
        key = "questions-error-nearest-parameter" if near else "questions-error-no-parameter"
        return text(key, language, **told, listed=listed)


def _wrong_kind(parameter: Parameter, language: Language) -> str:
    told = {"name": parameter.name, "meaning": parameter.meaning.get(language)}
    kind = text(f"questions-kind-{parameter.kind}", language)
    return text("questions-error-kind", language, **told, kind=kind)


@cache
def questions() -> dict[str, Question]:
    """Return every question by name."""
    return {stem: _question(stem) for stem in rule_names(FOLDER)}


def question(name: str, language: Language = "en") -> Question:
    """Return a question by name; UsageError names the one that was probably meant."""
    known = questions()
    if name in known:
        return known[name]
    near = nearest_name(name, known, language)
    raise UsageError(text("questions-error-unknown", language, name=name, near=near))


def nearest_name(name: str, known: Iterable[str], language: Language) -> str:
    """Return the sentence that names what was probably meant, else where to look."""
    near = get_close_matches(name, list(known), n=1)
    if near:
        return text("questions-error-nearest", language, name=near[0])
    return text("questions-error-see-list", language)


def _question(stem: str) -> Question:
    found = rule(f"{FOLDER}/{stem}")
    header = header_of(found.text)
    defaults = {name: _default(stem, value) for name, value in _DEFAULT.findall(found.text)}
    if set(defaults) != set(found.params):
        reason = f"The question {stem} does not give the default of each parameter."
        raise InternalError(reason)
    parameters = tuple(
        _parameter(stem, name, header.get(name, ""), defaults[name]) for name in found.params
    )
    title, asked = (_words(stem, header.get(key, "")) for key in ("title", "question"))
    return Question(stem, found.text, found.version, title, asked, parameters, found.returns)


def _default(stem: str, value: str) -> object:
    try:
        return json.loads(value)
    except ValueError as error:
        reason = f"A default of the question {stem} cannot be read."
        raise InternalError(reason) from error


def _parameter(stem: str, name: str, told: str, default: object) -> Parameter:
    kind, _, words = told.partition("; ")
    zh, _, en = words.partition("; ")
    if kind not in KINDS or not zh or not en:
        reason = f"The header of the question {stem} does not say what {name} is."
        raise InternalError(reason)
    return Parameter(name, kind, Words(zh, en), default)


def _words(stem: str, told: str) -> Words:
    zh, _, en = told.partition(" / ")
    if not zh or not en:
        reason = f"The header of the question {stem} lacks its title or wording."
        raise InternalError(reason)
    return Words(zh, en)
