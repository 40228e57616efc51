"""What a test needs from outside the package: absent, it is a skip with its reason, or a failure.

`tests/run.py --require neo4j,chromium,shared,network,spark` (or `all`) turns the skip into a
failure; `tests/run.py --long` sets GRAPHMODEL_LONG=1 for long searches and more servers.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[1]
REQUIRE = "GRAPHMODEL_REQUIRE"
LONG = "GRAPHMODEL_LONG"
TABLES = "GRAPHMODEL_TEST_TABLES"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def absent(thing: str, reason: str) -> NoReturn:
    """Skip the test with the reason; fail it where `thing` is required."""
    if thing in os.environ.get(REQUIRE, "").split(","):
        pytest.fail(f"{thing} is required here: {reason}", pytrace=False)
    pytest.skip(f"{thing}: {reason}")


def is_required(thing: str) -> bool:
    """Say whether the absence of `thing` would be a failure."""
    return thing in os.environ.get(REQUIRE, "").split(",")


def is_long() -> bool:
    """Say whether this is the long run."""
    return os.environ.get(LONG, "") not in {"", "0"}


def report_table(title: str, text: str) -> None:
    """Keep a table that is shown after the run, on whichever worker it was made."""
    folder = os.environ.get(TABLES)
    if folder:
        name = re.sub(r"\W+", "-", title)
        Path(folder, f"{name}.txt").write_text(f"── {title}\n{text}\n", encoding="utf-8")


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
