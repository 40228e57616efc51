"""The wheel carries all that runs (modules, rules, texts) and works without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import CYPHER, PACKAGE, tracked_files
from tests.needs import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
EXAMPLE = ROOT / "examples" / "qingdao_relay"


def run(command: list[str], folder: Path, **variables: str) -> str:
    """Run a command in a folder and return its output; a failure shows both streams."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "NO_COLOR": "1", **variables},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def build_wheel(source: Path, folder: Path) -> Path:
    """Return the wheel of a folder or an sdist, made by the build backend already installed."""
    quiet = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    run([*quiet, "--wheel-dir", str(folder), str(source)], folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


def content(wheel: Path) -> set[str]:
    """Return the names in a wheel, without those of its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        return {n for n in archive.namelist() if ".dist-info/" not in n and not n.endswith("/")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of the checkout."""
    return build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel installed; its dependencies come from the running Python."""
    folder = tmp_path_factory.mktemp("site")
    quiet = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    run([*quiet, "--target", str(folder), str(wheel)], folder)
    return folder


def test_the_wheel_holds_the_package_and_the_rules(wheel: Path) -> None:
    tracked = tracked_files()
    package = {n for n in tracked if n.startswith("graphmodel/")}
    rules = {f"graphmodel/_{n}" for n in tracked if n.startswith("cypher/")}
    assert len(rules) > 6
    assert content(wheel) == package | rules


def test_a_wheel_made_from_the_sdist_is_the_same(wheel: Path, tmp_path: Path) -> None:
    run(["-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)], ROOT)
    (sdist,) = tmp_path.glob("*.tar.gz")
    folder = tmp_path / "wheel"
    folder.mkdir()
    assert content(build_wheel(sdist, folder)) == content(wheel)


def test_the_installed_wheel_reads_its_own_rules(site: Path, tmp_path: Path) -> None:
    listed = run(["-m", "graphmodel", "typologies", "list"], tmp_path, PYTHONPATH=str(site))
    where = run(
        ["-c", "import graphmodel; print(graphmodel.__file__)"], tmp_path, PYTHONPATH=str(site)
    )
    assert where.startswith(str(site))
    for rule in (CYPHER / "typologies").glob("*.cypher"):
        assert rule.stem in listed
    assert (site / "graphmodel" / "_cypher").is_dir()
    assert not (PACKAGE / "_cypher").exists()


def test_the_installed_wheel_finds_the_relay(site: Path, tmp_path: Path) -> None:
    command = ["-m", "graphmodel", "flag", str(EXAMPLE), "--format", "json", "--no-html"]
    assert "self_dealing_agent" in run(command, tmp_path, PYTHONPATH=str(site))
    assert not list(tmp_path.iterdir())
