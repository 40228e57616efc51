"""The one command for all checks: what it understands, and how it ends when it cannot set up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import run
from tests.needs import ROOT


def start(script: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of tests/run.py and return how it ended."""
    return subprocess.run(
        [sys.executable, str(script), *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **variables},
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_all_requires_everything() -> None:
    wish = run.parse_arguments(["--require", "all", "--long", "--", "-k", "money"])
    assert wish == run.Wish(run.REQUIREMENTS, long=True, pytest_arguments=("-k", "money"))


def test_nothing_is_required_unless_asked() -> None:
    assert run.parse_arguments([]) == run.Wish((), long=False, pytest_arguments=())
    assert run.parse_arguments(["--require", "neo4j,shared"]).required == ("neo4j", "shared")


def test_an_unknown_requirement_is_named() -> None:
    done = start(ROOT / "tests" / "run.py", "--require", "moon")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(
        "neo4j, chromium, shared, network, spark and all, not 'moon'"
    )


def test_a_failed_step_fails_the_run(capfd: pytest.CaptureFixture[str]) -> None:
    results = run.Results()
    results.run("good", [sys.executable, "-c", "print('seen')"])
    assert results.summary() == 0
    results.run("bad", [sys.executable, "-c", "raise SystemExit(1)"])
    assert results.summary() == 1
    shown = capfd.readouterr().out
    assert "seen" in shown
    assert "FAILED  bad" in shown


@pytest.mark.slow
def test_without_packages_it_ends_with_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    script = Path(shutil.copy(ROOT / "tests" / "run.py", tmp_path / "tests"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    empty = tmp_path / "wheelhouse"
    empty.mkdir()
    done = start(script, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(empty))
    assert done.returncode == 2
    assert "wheelhouse named by PIP_NO_INDEX=1" in done.stdout.splitlines()[-1]
    assert "Traceback" not in done.stdout + done.stderr
