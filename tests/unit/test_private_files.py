"""Private files: mode, replacement, and nothing left beside them."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from graphmodel.private_files import write_private

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_written_whole_and_replaces_the_old_one(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_bytes(b"old")
    write_private(out, b"new")
    assert out.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    write_private(out, b"x")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / ".out.csv.graphmodel-part-0011"
    other = tmp_path / ".other.csv.graphmodel-part-0011"
    left.write_bytes(b"half")
    other.write_bytes(b"half")
    write_private(tmp_path / "out.csv", b"x")
    assert {entry.name for entry in tmp_path.iterdir()} == {"out.csv", other.name}


def test_a_failure_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.mkdir()
    with pytest.raises(OSError, match=r"out\.csv"):
        write_private(out, b"x")
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]
