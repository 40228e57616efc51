"""The first files of a typology: where they go, what is never replaced."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from graphmodel.cli import scaffold
from graphmodel.cli.session import Session
from graphmodel.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

SESSION = Session("en", "en")
STEM = "quick_resale"
_CACHES = shutil.ignore_patterns("__pycache__")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return an empty checkout."""
    for folder in (scaffold.MODULES, scaffold.RULES, scaffold.STORIES):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def test_module_rule_and_two_stories_are_written(checkout: Path) -> None:
    written = scaffold.write_typology(SESSION, STEM, checkout)
    names = {path.relative_to(checkout).as_posix() for path in written}
    stories = {
        f"tests/typologies/{STEM}/{kind}/{table}"
        for kind in ("guilty_many_records", "innocent_few_records")
        for table in ("batches.csv", "deals.csv", "expect.json", "persons.csv")
    }
    assert names == {
        f"graphmodel/detect/typologies/{STEM}.py",
        f"cypher/typologies/{STEM}.cypher",
        *stories,
    }
    texts = [path.read_text(encoding="utf-8") for path in written]
    assert not [text for text in texts if "@" in text]


def test_the_module_is_python_with_a_card_and_the_rule_returns_what_it_reads(
    checkout: Path,
) -> None:
    texts = {
        path.suffix: path.read_text(encoding="utf-8")
        for path in scaffold.write_typology(SESSION, STEM, checkout)
    }
    card = ast.get_docstring(ast.parse(texts[".py"]))
    assert card is not None
    assert card.startswith("Quick resale: ")
    assert {"What it finds", "Looks alike but is innocent", "Parameters"} <= set(card.splitlines())
    assert f"// typology: {STEM}" in texts[".cypher"].splitlines()
    assert json.loads(texts[".json"])["title"]


@pytest.mark.parametrize("kind", ["module", "rule", "stories"])
def test_nothing_that_exists_is_replaced(checkout: Path, kind: str) -> None:
    there = {
        "module": checkout / scaffold.MODULES / f"{STEM}.py",
        "rule": checkout / scaffold.RULES / f"{STEM}.cypher",
        "stories": checkout / scaffold.STORIES / STEM / "expect.json",
    }[kind]
    there.parent.mkdir(exist_ok=True)
    there.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="nothing was written"):
        scaffold.write_typology(SESSION, STEM, checkout)
    assert [path for path in checkout.rglob("*") if path.is_file()] == [there]


@pytest.mark.parametrize(
    "stem", ["", "A", "a-b", "a b", "1a", "class", "_a", "a__b", "a" * 41, "../a"]
)
def test_a_bad_stem_is_refused(checkout: Path, stem: str) -> None:
    with pytest.raises(UsageError, match="cannot be used"):
        scaffold.write_typology(SESSION, stem, checkout)


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no checkout"):
        scaffold.write_typology(SESSION, STEM, tmp_path)


def test_the_module_has_the_style_of_the_house(checkout: Path, root: Path) -> None:
    pytest.importorskip("ruff")
    for folder in (checkout / "graphmodel", checkout / "graphmodel/detect"):
        (folder / "__init__.py").write_text('"""Part of a package."""\n', encoding="utf-8")
    (checkout / scaffold.MODULES / "__init__.py").write_text('"""Part."""\n', encoding="utf-8")
    (module, *_) = scaffold.write_typology(SESSION, STEM, checkout)
    command = [sys.executable, "-m", "ruff", "check", "--config", str(root / "pyproject.toml")]
    done = subprocess.run(
        [*command, "--no-cache", "--output-format", "concise", str(module)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "All checks passed!\n")


@pytest.mark.slow
def test_a_new_typology_runs_and_its_stories_pass(tmp_path: Path, root: Path) -> None:
    shutil.copytree(root / "graphmodel", tmp_path / "graphmodel", ignore=_CACHES)
    shutil.copytree(root / "cypher", tmp_path / "cypher")
    (tmp_path / "tests" / "typologies").mkdir(parents=True)
    for name in ("conftest.py", "needs.py", "typologies/story.py", "typologies/test_stories.py"):
        shutil.copy(root / "tests" / name, tmp_path / "tests" / name)
    shutil.copy(root / "pyproject.toml", tmp_path)
    scaffold.write_typology(SESSION, STEM, tmp_path)
    command = [sys.executable, "-m", "pytest", "tests/typologies", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-k", "not three_guilty"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "6 passed, 1 deselected" in done.stdout
