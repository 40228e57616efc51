"""The root package offers few names, sorted, each loaded when it is asked for."""

from __future__ import annotations

import ast

import graphmodel
from tests.house.tree import PACKAGE, name_of, syntax

MOST_NAMES = 20


def test_public_names_are_few_and_sorted() -> None:
    names = list(graphmodel.__all__)
    assert 0 < len(names) <= MOST_NAMES
    assert names == sorted(set(names))


def test_every_public_name_resolves_and_is_listed() -> None:
    for name in graphmodel.__all__:
        assert getattr(graphmodel, name) is not None
    assert set(graphmodel.__all__) <= set(dir(graphmodel))


def test_public_names_are_lazy() -> None:
    tree = syntax(name_of(PACKAGE / "__init__.py"))
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {node.module for node in top if isinstance(node, ast.ImportFrom)}
    assert not [name for name in modules if str(name).startswith("graphmodel")]
    assert "__getattr__" in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(graphmodel, "no_such_name")
