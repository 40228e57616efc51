"""The server for tests: stopped whatever happens to the tests, and silent about its password."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests import server_guard
from tests.neo4j_server import Login, NoServerError, running_server

if TYPE_CHECKING:
    from pathlib import Path

WAITS = "import time; print('started', flush=True); time.sleep(600)"


def guard(home: Path, code: str) -> subprocess.Popen[bytes]:
    """Start the guard of a Python program."""
    command = [
        sys.executable,
        server_guard.__file__,
        str(home),
        sys.executable,
        "-c",
        code,
    ]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_the_guard_stops_the_server_when_its_parent_is_gone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with guard(home, WAITS) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == b"started"
        assert process.poll() is None
        process.communicate(timeout=60)  # closes the pipe, as the end of the parent does
    assert process.returncode != 0
    assert not home.exists()


def test_the_guard_ends_with_its_server(tmp_path: Path) -> None:
    with guard(tmp_path, "raise SystemExit(3)") as process:
        assert process.wait(timeout=60) == 3


def test_a_named_server_that_does_not_answer_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:9")
    monkeypatch.setenv("NEO4J_PASSWORD", "not-to-be-shown")
    with pytest.raises(NoServerError) as caught, running_server(fetch=False):
        pass
    assert "NEO4J_URI does not answer" in str(caught.value)
    assert "not-to-be-shown" not in str(caught.value) + repr(Login("", "", "not-to-be-shown"))
