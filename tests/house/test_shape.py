"""Shape of the package: every module says what it is for, nothing is long, names say the stage."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.tree import MODULES, name_of, syntax

MAX_FUNCTION_LINES = 60
MAX_MODULE_LINES = 500
EMPTY_STEMS = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}
EMPTY_VERBS = re.compile(r"^_*(process|manage|do)(_|$)")  # a handle is a name of an account
BROAD = {"BaseException", "Exception"}
# the row boundary of the readers, the top of the command line, and the top of a watched thread
BROAD_ALLOWED = (
    "graphmodel/sources/",
    "graphmodel/cli/app.py",
    "graphmodel/query/engines/watch.py",
)

each_module = pytest.mark.parametrize("name", [name_of(path) for path in MODULES])
Function = ast.FunctionDef | ast.AsyncFunctionDef


def body_lines(node: Function) -> int:
    """Return the lines of a function without its docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is None:
        return lines
    doc = node.body[0]
    return lines - ((doc.end_lineno or doc.lineno) - doc.lineno + 1)


def functions(tree: ast.Module) -> list[Function]:
    """Return all functions and methods of a module, nested ones too."""
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def is_broad(node: ast.ExceptHandler) -> bool:
    """Say whether a handler catches everything and does not raise again."""
    named = node.type
    kinds = {named.id} if isinstance(named, ast.Name) else set()
    raises = any(isinstance(step, ast.Raise) and step.exc is None for step in ast.walk(node))
    return (named is None or bool(kinds & BROAD)) and not raises


def test_the_package_has_modules() -> None:
    assert len(MODULES) > 20


@each_module
def test_a_module_says_what_it_is_for(name: str) -> None:
    assert ast.get_docstring(syntax(name)), f"{name} begins without a docstring"


@each_module
def test_modules_and_functions_stay_short(name: str) -> None:
    tree = syntax(name)
    lines = max((getattr(node, "end_lineno", 0) or 0 for node in tree.body), default=0)
    assert lines <= MAX_MODULE_LINES
    long = {node.name: body_lines(node) for node in functions(tree)}
    assert not {k: v for k, v in long.items() if v > MAX_FUNCTION_LINES}


@each_module
def test_names_say_what_is_done(name: str) -> None:
    assert not EMPTY_STEMS & set(name.removesuffix(".py").split("/"))
    assert not [node.name for node in functions(syntax(name)) if EMPTY_VERBS.match(node.name)]


@each_module
def test_only_three_places_catch_everything(name: str) -> None:
    tree = syntax(name)
    handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    broad = [node.lineno for node in handlers if is_broad(node)]
    assert not broad or name.startswith(BROAD_ALLOWED), f"{name}: lines {broad}"


def test_the_measures_see_what_they_are_for() -> None:
    text = (
        'def f():\n    """One.\n\n    Two.\n    """\n    try:\n        g()\n    except Exception:\n'
    )
    tree = ast.parse(text + "        pass\n")
    assert body_lines(functions(tree)[0]) == 5
    assert [is_broad(n) for n in ast.walk(tree) if isinstance(n, ast.ExceptHandler)] == [True]
    assert EMPTY_VERBS.match("_process_rows")
    assert not EMPTY_VERBS.match("document")
