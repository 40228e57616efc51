"""Fixtures for all tests, how hard Hypothesis searches, and the tables shown after a run.

The default profile is derandomised, so one commit has one result; `--hypothesis-profile=long`
searches at random.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.needs import ROOT, TABLES, chromium_path, shared_folder

# plans of rules are shared by the workers, and never meet those of the user
os.environ["GRAPHMODEL_PLAN_CACHE"] = str(Path(tempfile.gettempdir(), "graphmodel-test-plans"))

_SLOW_MACHINE = [HealthCheck.too_slow]  # a busy two-core machine is no fault of the generator
settings.register_profile(
    "default", derandomize=True, database=None, deadline=None, suppress_health_check=_SLOW_MACHINE
)
settings.register_profile(
    "long",
    max_examples=3000,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=_SLOW_MACHINE,
)
settings.load_profile("default")


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder in which all workers of a run leave their tables."""
    if not hasattr(config, "workerinput"):
        os.environ[TABLES] = tempfile.mkdtemp(prefix="graphmodel-tables-")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the tables that tests left."""
    for table in sorted(Path(os.environ[TABLES]).glob("*.txt")):
        terminalreporter.write_line("")
        terminalreporter.write_line(table.read_text(encoding="utf-8"))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder of the tables."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(TABLES, ""), ignore_errors=True)


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the shared folder beside the checkout, or skip."""
    return shared_folder()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium, or skip."""
    return chromium_path()
