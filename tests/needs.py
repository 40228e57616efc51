"""What a test needs from outside the package: absent, it is a skip with its reason, or a failure.

`tests/run.py --require neo4j,chromium,shared,network` (or `all`) turns the skip into a failure.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[1]
REQUIRE = "GRAPHMODEL_REQUIRE"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def absent(thing: str, reason: str) -> NoReturn:
    """Skip the test with the reason; fail it where `thing` is required."""
    if thing in os.environ.get(REQUIRE, "").split(","):
        pytest.fail(f"{thing} is required here: {reason}", pytrace=False)
    pytest.skip(f"{thing}: {reason}")


def is_required(thing: str) -> bool:
    """Say whether the absence of `thing` would be a failure."""
    return thing in os.environ.get(REQUIRE, "").split(",")


def shared_folder() -> Path:
    """Return the folder of design pages and source texts that lies beside the checkout."""
    folder = Path(os.environ.get("GRAPHMODEL_SHARED") or ROOT.parent / "shared")
    if not (folder / "design").is_dir():
        absent("shared", f"no folder {folder} with design pages; set GRAPHMODEL_SHARED to it")
    return folder


def chromium_path() -> str:
    """Return the path of an installed Chromium (GRAPHMODEL_CHROMIUM names another one)."""
    named = os.environ.get("GRAPHMODEL_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if not found:
        absent("chromium", f"none of {', '.join(_BROWSERS)} is on the PATH")
    return found
