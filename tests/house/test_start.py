"""Starting the program loads nothing heavy."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib

import pytest

from tests.needs import ROOT

HELP = "import sys; sys.argv[:] = ['graphmodel', {argument!r}]; from graphmodel.cli.app import main"
RUN = HELP + "\ntry:\n    main()\nexcept SystemExit:\n    pass\nprint('modules:', *sys.modules)"
ALSO_HEAVY = {"followthemoney", "numpy", "pyspark", "stix2", "llvmlite", "asyncio"}


def heavy() -> set[str]:
    """Return the packages that ruff bans from the top of a module, and others of their weight."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    imports = settings["tool"]["ruff"]["lint"]["flake8-tidy-imports"]
    return {*imports["banned-module-level-imports"], *ALSO_HEAVY}


def loaded_by(code: str) -> set[str]:
    """Return what the last line printed by the code names: the modules of a fresh Python."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        check=True,
    )
    return set(done.stdout.rpartition("modules:")[2].split())


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_the_command_line_starts_without_heavy_packages(argument: str) -> None:
    modules = loaded_by(RUN.format(argument=argument))
    assert "graphmodel.cli.app" in modules
    assert not heavy() & modules


def test_importing_the_package_loads_nothing_but_itself() -> None:
    modules = loaded_by("import sys, graphmodel; print('modules:', *sys.modules)")
    assert "graphmodel" in modules
    assert not (heavy() | {"pydantic", "typer", "rich"}) & modules
