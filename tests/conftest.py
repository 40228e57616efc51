"""Fixtures for all tests, and how hard Hypothesis searches.

The default profile is derandomised, so one commit has one result; `--hypothesis-profile=long`
searches at random.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.needs import ROOT, chromium_path, shared_folder

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
