"""The read-mes of the examples are run: each command must work and print the lines below it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.needs import ROOT

if TYPE_CHECKING:
    from pathlib import Path

READMES = sorted((ROOT / "examples").glob("*/README.md"))
NEEDING_DATA = {"amlsim"}
"""Examples of public sets, which are not shipped: see `test_amlsim.py`."""
LEFT_OUT = "…"


def sessions(readme: Path) -> list[tuple[str, list[str]]]:
    """Return the commands of the console blocks of a read-me with the lines below each."""
    found: list[tuple[str, list[str]]] = []
    text = readme.read_text(encoding="utf-8")
    for block in re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.strip() and line.strip() != LEFT_OUT:
                found[-1][1].append(line.strip())
    return found


@pytest.mark.parametrize(
    "readme",
    [path for path in READMES if path.parent.name not in NEEDING_DATA],
    ids=lambda path: path.parent.name,
)
def test_commands_print_the_lines_below_them(readme: Path, tmp_path: Path) -> None:
    check_sessions(readme, tmp_path)


def check_sessions(readme: Path, folder: Path) -> None:
    """Run the commands of a read-me in a folder; each prints the lines below it, in order."""
    told = sessions(readme)
    assert told
    for command, lines in told:
        program, *arguments = shlex.split(command)
        assert program == "graphmodel"
        rooted = [str(ROOT / word) if word.startswith("examples/") else word for word in arguments]
        done = subprocess.run(
            [sys.executable, "-m", "graphmodel", *rooted],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "200"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        place = 0
        for line in lines:
            where = done.stdout.find(line, place)
            assert where >= 0, f"{command}: no {line!r} after {done.stdout[:place][-200:]!r}"
            place = where + len(line)
