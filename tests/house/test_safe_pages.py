"""No code makes a page from unescaped text, and none runs text as code."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.tree import MODULES, PACKAGE, name_of, syntax
from tests.needs import ROOT

# a letter in brackets is itself: so this file does not find its own patterns
RAW_HTML = re.compile(
    r"inner[H]TML|outer[H]TML|insertAdjacent[H]TML|document\.write|srcdo[c]\b|new Function\b"
    r"|createContextualFragment|\|\s*safe\b|javascript:"
)
RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
UNSAFE_LOADS = {"pickle", "marshal", "shelve", "dill", "jsonpickle"}
SHOWN = (".py", ".js", ".html", ".css", ".toml", ".svg")
PAGES = sorted(name_of(p) for p in PACKAGE.rglob("*") if p.suffix in SHOWN)


def runs_text(tree: ast.Module) -> list[str]:
    """Return the calls that run text as code and the imports that load objects from bytes."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found += [node.func.id] if node.func.id in RUNS_TEXT else []
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name in UNSAFE_LOADS]
        elif isinstance(node, ast.ImportFrom) and node.module in UNSAFE_LOADS:
            found.append(str(node.module))
        elif isinstance(node, ast.keyword) and node.arg == "shell":
            found.append("shell=")
    return found


@pytest.mark.parametrize("name", PAGES)
def test_no_unescaped_html(name: str) -> None:
    assert not RAW_HTML.findall((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [name_of(path) for path in MODULES])
def test_no_text_is_run_as_code(name: str) -> None:
    assert not runs_text(syntax(name))


def test_the_checks_see_what_they_are_for() -> None:
    assert RAW_HTML.search("box.innerHTML = name")
    assert set(runs_text(ast.parse("eval(x)\nimport pickle\nrun(y, shell=True)"))) == {
        "eval",
        "pickle",
        "shell=",
    }
