"""Rule texts: the header says what the Python side knows, and no file lies there unread."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from graphmodel.case import Case
from graphmodel.derive.runner import ORDER, DeriveParams
from graphmodel.detect.discovery import typologies
from graphmodel.model.schema import SCHEMA
from graphmodel.query.questions import question
from graphmodel.query.rules import Rule, rule
from tests.house.tree import CYPHER, MODULES, name_of, syntax
from tests.needs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = sorted(p.relative_to(CYPHER).with_suffix("").as_posix() for p in CYPHER.rglob("*.cypher"))
COMMENT_OR_STRING = re.compile(
    r"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL
)

each_rule = pytest.mark.parametrize("name", NAMES)


def bare(text: str) -> str:
    """Return a rule text without comments and strings."""
    return COMMENT_OR_STRING.sub(" ", text)


def read_by_code() -> set[str]:
    """Return the rule names that stand as `rule("folder/stem")` in the package."""
    calls = (
        n for path in MODULES for n in ast.walk(syntax(name_of(path))) if isinstance(n, ast.Call)
    )
    named = [
        c.args[0] for c in calls if isinstance(c.func, ast.Name) and c.func.id == "rule" and c.args
    ]
    return {str(argument.value) for argument in named if isinstance(argument, ast.Constant)}


@pytest.fixture(scope="module")
def case() -> Iterator[Case]:
    """Yield the example case: what a rule returns is known by running it."""
    with Case.open(ROOT / "examples" / "qingdao_relay") as opened:
        yield opened


def defaults(found: Rule) -> dict[str, object]:
    """Return the default parameters on the Python side of a rule."""
    kind, subject = found.kind.split(": ")
    if kind == "explore":
        return question(subject).defaults()
    given = typologies()[subject].params() if kind == "typology" else DeriveParams()
    return dict(given.model_dump())


def test_there_are_rules() -> None:
    assert {name.split("/")[0] for name in NAMES} >= {"derive", "typologies"}


@each_rule
def test_the_kind_of_a_rule_is_that_of_its_folder(name: str) -> None:
    folder, stem = name.split("/")
    kind, subject = rule(name).kind.split(": ")
    if folder == "typologies":
        assert (kind, subject) == ("typology", stem)
        assert rule(name).version == typologies()[stem].version
    elif kind == "derive":
        assert folder == "derive"
        assert SCHEMA.relationships[subject].derived
        assert subject.lower() == stem
    elif kind == "explore":
        assert (folder, subject) == ("explore", stem)
    else:
        assert kind == "report"


@each_rule
def test_the_parameters_of_a_rule_are_declared_on_both_sides(name: str) -> None:
    found = rule(name)
    assert set(re.findall(r"\$(\w+)", bare(found.text))) == set(found.params)
    assert set(found.params) <= set(defaults(found))


@each_rule
def test_a_rule_returns_what_its_header_says(name: str, case: Case) -> None:
    found, values = rule(name), defaults(rule(name))
    result = case.query(found.text, {key: values[key] for key in found.params})
    assert tuple(result.columns) == found.returns
    if found.kind.startswith("derive"):
        declared = {p.name for p in SCHEMA.relationships[found.subject].properties}
        assert set(found.returns) - {"from", "to", "grounds"} <= declared


@each_rule
def test_a_file_holds_one_query_and_no_values_of_a_case(name: str) -> None:
    text = bare(rule(name).text)
    assert ";" not in text
    assert not re.findall(r"\b[0-9a-f]{16,}\b", text)


def test_every_file_is_read_by_code_or_listed() -> None:
    known = {f"typologies/{name}" for name in typologies()} | {f"derive/{stem}" for stem in ORDER}
    listed = {name for name in NAMES if name.startswith("explore/")}
    document = (CYPHER / "README.md").read_text(encoding="utf-8")
    assert not set(NAMES) - known - listed - read_by_code()
    assert not [name for name in listed if name.split("/")[1] not in document]
