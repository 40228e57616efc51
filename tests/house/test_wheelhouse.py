"""The recipe for a machine without network: download beside the checkout, carry over, install."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

import pytest

from tests.needs import ROOT, absent

pytestmark = pytest.mark.slow
DOWNLOAD = "pip download --dest wheelhouse . hatchling"
INSTALL = "pip install --no-index --find-links wheelhouse ."


def pip(python: str, recipe: str, wheelhouse: Path, **variables: str) -> int:
    """Run a line of the recipe on the checkout and return its exit code."""
    words = [str(wheelhouse) if word == "wheelhouse" else word for word in recipe.split()]
    command = [python, "-m", *words, "--quiet"]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **variables}
    return subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False
    ).returncode


def test_the_readme_gives_the_recipe() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert DOWNLOAD in readme
    assert INSTALL in readme


def test_the_program_installs_and_runs_without_network() -> None:
    with tempfile.TemporaryDirectory() as folder:
        wheelhouse, environment = Path(folder, "wheelhouse"), Path(folder, "venv")
        if pip(sys.executable, DOWNLOAD, wheelhouse):
            absent("network", "pip cannot download the dependencies")
        venv.create(environment, with_pip=True)
        scripts = environment / ("Scripts" if os.name == "nt" else "bin")
        # an index that does not exist: a single look at the network would fail
        nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_FIND_LINKS": ""}
        assert pip(str(scripts / "python"), INSTALL, wheelhouse, **nowhere) == 0
        done = subprocess.run(
            [str(scripts / "graphmodel"), "--version"],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert project["version"] in done.stdout
