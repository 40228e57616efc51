"""A simulated world and the search know nothing of each other, so one can judge the other."""

from __future__ import annotations

import ast

import pytest

from tests.house.tree import MODULES, name_of, syntax

NAMES = [name_of(path) for path in MODULES]
WORLDS = [name for name in NAMES if name.startswith("graphmodel/simulate/")]
SEARCH = [name for name in NAMES if name.startswith(("graphmodel/detect/", "graphmodel/derive/"))]
FOREIGN = ("derive", "detect", "findings", "kernels", "query")


def imported(tree: ast.Module) -> set[str]:
    """Return the names of all modules that are imported anywhere in a module."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def strings(tree: ast.Module) -> set[str]:
    """Return all texts of a module: one of them may be the name of a module."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def from_package(names: set[str], package: str) -> set[str]:
    """Return the names that lie in a package of the program."""
    start = f"graphmodel.{package}"
    return {name for name in names if name == start or name.startswith(f"{start}.")}


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_imports_nothing_that_searches(name: str) -> None:
    seen = imported(syntax(name)) | strings(syntax(name))
    assert not [package for package in FOREIGN if from_package(seen, package)]


@pytest.mark.parametrize("name", SEARCH)
def test_what_searches_imports_no_world(name: str) -> None:
    assert not from_package(imported(syntax(name)) | strings(syntax(name)), "simulate")


def test_the_check_sees_imports() -> None:
    text = "from graphmodel import detect\nimport graphmodel.derive.runner\nx = 'graphmodel.query'"
    seen = imported(ast.parse(text)) | strings(ast.parse(text))
    assert [package for package in FOREIGN if from_package(seen, package)] == [
        "derive",
        "detect",
        "query",
    ]
    assert len(WORLDS) > 30
    assert len(SEARCH) > 30
