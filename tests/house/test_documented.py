"""A command, typology, label or dependency without its place in the documents is a red test."""

from __future__ import annotations

import re
import tomllib

import pytest
import typer.main

from graphmodel.model.schema import SCHEMA
from graphmodel.texts import catalogue
from tests.house.tree import stems
from tests.needs import ROOT

STEMS = sorted(stems("graphmodel/detect/typologies", "*.py"))
SET_UP = (
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/graphmodel flag"
    " examples/qingdao_relay"
)
TEST = "python3 tests/run.py"


def text_of(name: str) -> str:
    """Return the text of a document."""
    return (ROOT / name).read_text(encoding="utf-8")


def command_words(command: object, path: tuple[str, ...] = ()) -> list[str]:
    """Return the words of every command that does something."""
    inner = getattr(command, "commands", None)
    if inner is None:
        return [" ".join(path)]
    return [words for name, c in inner.items() for words in command_words(c, (*path, name))]


def test_the_readme_gives_the_two_commands() -> None:
    lines = [line.strip().removeprefix("$ ") for line in text_of("README.md").splitlines()]
    assert SET_UP in lines
    assert TEST in lines


def test_every_command_has_help_an_example_and_a_place_in_the_readme(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from graphmodel.cli.app import build, main

    readme, found = text_of("README.md"), command_words(typer.main.get_command(build()))
    assert {"flag", "import", "findings", "explain", "query", "doctor"} <= set(found)
    assert not [words for words in found if f"graphmodel {words}" not in readme]
    for words in found:
        assert main(["--lang", "en", *words.split(), "--help"]) == 0
        example = catalogue()[f"cli-command-{words.replace(' ', '-')}-example"]["en"]
        assert example.startswith(f"graphmodel {words}")
        assert example in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("stem", STEMS)
def test_a_typology_stands_in_both_documents(stem: str) -> None:
    assert re.search(rf"\b{stem}\b", text_of("README.md"))
    assert re.search(rf"\b{stem}\b", text_of("cypher/README.md"))


def test_the_rules_document_names_every_label_type_and_rule() -> None:
    words = set(re.findall(r"\w+", text_of("cypher/README.md")))
    assert set(SCHEMA.nodes) <= words
    assert set(SCHEMA.relationships) <= words
    assert stems("cypher/derive", "*.cypher") <= words


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    names = {re.split(r"[<>=;\s]", entry)[0] for entry in project["dependencies"] + extras}
    contributing = text_of("CONTRIBUTING.md")
    assert not [name for name in sorted(names) if f"`{name}`" not in contributing]


def test_the_changelog_knows_the_version() -> None:
    version = tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    assert f"## {version}" in text_of("CHANGELOG.md")
