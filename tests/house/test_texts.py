"""Words shown to people: in both languages, all used, and none that says more than a case can."""

from __future__ import annotations

import ast
import re
from string import Formatter

import pytest

from graphmodel.texts import LANGUAGES, catalogue
from tests.house.tree import MODULES, name_of, stems, syntax

KEYS = sorted(catalogue())
AREAS = sorted({key.split("-")[0] for key in KEYS})
KEY = re.compile(rf"(?:{'|'.join(AREAS)})-[a-z0-9-]+")
CARDS = [
    f"graphmodel/detect/typologies/{s}.py" for s in stems("graphmodel/detect/typologies", "*.py")
]
# these name a role or a folder of stories, and say nothing about anybody
NAMES = {"role-victim", "cli-typology-new-next", "page-note-roles"}
AVOID = re.compile(
    r"\b(?:suspects?|suspected|suspicious|criminals?|guilty|fraudsters?|victims?"
    r"|scores?|probability|probable|probably|confidence|likelihood)\b"
    r"|嫌疑|嫌犯|罪犯|犯罪分子|骗子|受害人|被害人|得分|评分|分数|概率|可能性|置信",
    re.IGNORECASE,
)


def placeholders(text: str) -> set[str]:
    """Return the names in braces of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def constants(tree: ast.AST) -> set[str]:
    """Return the string constants below a node, without the parts of formatted strings."""
    inside = [n.values for n in ast.walk(tree) if isinstance(n, ast.JoinedStr)]
    parts = {id(part) for values in inside for part in values}
    nodes = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in parts]
    return {node.value for node in nodes if isinstance(node.value, str)}


def key_patterns(tree: ast.AST) -> set[str]:
    """Return, as regular expressions, the formatted strings that build keys."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and node.values:
            first = node.values[0]
            if isinstance(first, ast.Constant) and KEY.match(f"{first.value!s}x"):
                parts = (
                    re.escape(str(v.value)) if isinstance(v, ast.Constant) else ".+"
                    for v in node.values
                )
                pattern = "".join(parts)
                found.add(f"{pattern}.+" if pattern.endswith("-") else pattern)
    return found


def sentences(call: ast.Call) -> list[str]:
    """Return what the arguments of a call say, without the values that are filled in."""
    said = []
    for argument in call.args:
        parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
        said.append("".join(str(p.value) for p in parts if isinstance(p, ast.Constant)))
    return said


def words_calls(tree: ast.AST) -> list[ast.Call]:
    """Return the calls `Words(…)` below a node."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "Words"]


TREES = [syntax(name_of(path)) for path in MODULES]
USED = set().union(*map(constants, TREES))
PATTERNS = set().union(*map(key_patterns, TREES))


def test_every_text_stands_in_both_languages() -> None:
    for key in KEYS:
        entry = catalogue()[key]
        assert set(entry) == set(LANGUAGES), key
        assert all(text.strip() for text in entry.values()), key
        assert placeholders(entry["zh"]) == placeholders(entry["en"]), key


def test_every_key_is_used() -> None:
    unused = [key for key in KEYS if key not in USED]
    assert not [key for key in unused if not any(re.fullmatch(p, key) for p in PATTERNS)]


def test_every_key_that_is_used_exists() -> None:
    assert KEYS
    words = {word for word in USED if KEY.fullmatch(word)}
    # the beginning of a key is completed elsewhere
    assert not [word for word in words if not any(key.startswith(word) for key in KEYS)]
    assert not [p for p in PATTERNS if not any(re.fullmatch(p, key) for key in KEYS)]


def test_texts_say_no_more_than_a_case_can() -> None:
    shown = {key: " ".join(catalogue()[key].values()) for key in KEYS if key not in NAMES}
    assert not {key: AVOID.findall(text) for key, text in shown.items() if AVOID.search(text)}


def test_sentences_in_code_say_no_more_than_a_case_can() -> None:
    shown = {text for tree in TREES for call in words_calls(tree) for text in sentences(call)}
    assert len(shown) > 20
    assert not [text for text in shown if AVOID.search(text)]


@pytest.mark.parametrize("name", CARDS)
def test_a_card_says_no_more_than_a_case_can(name: str) -> None:
    card = ast.get_docstring(syntax(name)) or ""
    # `victim` in backticks is the name of a role
    assert not AVOID.findall(card.replace("`victim`", ""))


def test_the_measures_see_what_they_are_for() -> None:
    assert placeholders("{n} of {all}") == {"n", "all"}
    assert AVOID.search("the Suspect paid")
    assert not AVOID.search("underscore")
