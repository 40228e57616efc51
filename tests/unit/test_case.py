"""A case from end to end: kept and reopened, flagged twice, killed half-way, cleaned up."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from graphmodel.case import Case
from graphmodel.errors import InputError, LimitError, UsageError
from graphmodel.model.finding import Level
from tests.examples.tables import write_case
from tests.needs import ROOT
from tests.unit.derive.small_cases import persons

if TYPE_CHECKING:
    from pathlib import Path

DEALS = """id,seller,buyer,batch,quantity,total,time
d1,s,x,b1,12345,1000.00,2019-03-01
d2,x,b,b1,12345,1500.00,2019-03-04
"""
TABLES = {"persons": persons("s x b"), "batches": "id\nb1", "deals": DEALS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of case tables with one strong relay."""
    return write_case(tmp_path_factory.mktemp("case") / "case", TABLES)


@pytest.fixture(scope="module")
def kept(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an imported case file."""
    out = tmp_path_factory.mktemp("kept") / "x.case.duckdb"
    Case.import_(folder, out).close()
    return out


def relays(case: Case) -> list[tuple[str, Level]]:
    """Return id and level of what is found."""
    return [(f.typology, f.level) for f in case.flag(graph=False).findings]


def test_a_folder_and_its_case_file_say_the_same(folder: Path, kept: Path) -> None:
    with Case.open(folder) as tables, Case.open(kept) as case:
        one, other = tables.flag(), case.flag()
        assert one.to_json("zh") == other.to_json("zh")
        assert one.graph == other.graph
        assert [(f.typology, f.level) for f in one.findings] == [("relay", Level.STRONG)]
        assert tables.imported == case.imported


def test_a_second_flag_is_equal_and_findings_are_kept(kept: Path) -> None:
    with Case.open(kept) as case:
        first, second = case.flag(), case.flag()
        assert first == second
        assert first.to_json("en") == second.to_json("en")
    with Case.open(kept) as case:
        found = case.findings()
        assert found is not None
        assert found.findings == first.findings
        assert found.to_json("en") == first.to_json("en")


def test_a_partial_run_is_not_kept(kept: Path) -> None:
    with Case.open(kept) as case:
        whole = case.flag()
        case.flag(typologies=["resale_loop"])
        case.flag(min_level=Level.STRONG, since="2030")
        case.flag(rules={"relay": {"budget_s": 20}})
        found = case.findings()
        assert found is not None
        assert found.findings == whole.findings


def test_since_hides_what_surely_ended_before(kept: Path) -> None:
    with Case.open(kept) as case:
        assert len(case.flag(since="2019-03-04").findings) == 1
        assert len(case.flag(since="2019-03").findings) == 1
        assert case.flag(since="2019-03-05").findings == ()
        with pytest.raises(UsageError, match="since"):
            case.flag(since="yesterday")


def test_a_wrong_typology_and_a_wrong_path_are_wrong_use(kept: Path, tmp_path: Path) -> None:
    with Case.open(kept) as case, pytest.raises(UsageError, match="Did you mean relay"):
        case.flag(typologies=["rellay"])
    with pytest.raises(UsageError, match="no case file"):
        Case.open(tmp_path / "none.case.duckdb")
    assert list(tmp_path.iterdir()) == []


def test_import_refuses_what_it_cannot_write(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not end in"):
        Case.import_(folder, tmp_path / "x.db")
    with pytest.raises(UsageError, match="no folder"):
        Case.import_(folder, tmp_path / "none" / "x.duckdb")
    with pytest.raises(UsageError, match="2 inputs"):
        Case.import_([folder, folder], tmp_path / "x.duckdb")
    (tmp_path / "y.duckdb").mkdir()
    (tmp_path / "y.duckdb" / "full").touch()
    with pytest.raises(LimitError, match="could not be written"):
        Case.import_(folder, tmp_path / "y.duckdb")
    assert [p.name for p in tmp_path.iterdir()] == ["y.duckdb"]


def test_a_damaged_case_file_is_refused_in_one_sentence(kept: Path, tmp_path: Path) -> None:
    broken = tmp_path / "x.case.duckdb"
    broken.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])
    with pytest.raises(InputError) as caught:
        Case.open(broken)
    assert "x.case.duckdb" in str(caught.value)


def test_closing_removes_what_was_temporary(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    case = Case.open(folder)
    (made,) = tmp_path.iterdir()
    assert {p.name for p in made.iterdir()} >= {"case.duckdb"}
    case.close()
    case.close()
    assert list(tmp_path.iterdir()) == []


def test_a_case_that_cannot_be_read_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError):
        Case.open(empty)
    assert list(scratch.iterdir()) == []


KILLED = """
import os, signal, sys
from graphmodel.case import Case
def told(step):
    if step == "resale":
        os.kill(os.getpid(), signal.SIGKILL)
Case.import_(sys.argv[1], sys.argv[2], progress=told)
"""

WRITING = """
import os, signal, sys
from graphmodel.case import Case
case = Case.open(sys.argv[1])
case.flag()
os.kill(os.getpid(), signal.SIGKILL)
"""


def run_killed(script: str, *arguments: Path) -> None:
    """Run a script that kills itself."""
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)], cwd=ROOT, check=False, timeout=120
    )
    assert done.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_an_import_killed_half_way_leaves_the_old_file(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.case.duckdb"
    other = dict(TABLES, deals=DEALS.replace("1500.00", "9000.00"))
    Case.import_(write_case(tmp_path / "other", other), out).close()
    before = out.read_bytes()
    run_killed(KILLED, folder, out)
    assert out.read_bytes() == before
    with Case.import_(folder, out) as case:
        gain = case.flag().findings[0].figures["gain"]
        assert gain.number.value == 50_000
    assert sorted(p.name for p in tmp_path.iterdir()) == ["other", "x.case.duckdb"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_what_a_killed_run_left_beside_the_old_file_does_not_reach_the_new(
    kept: Path, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "x.case.duckdb"
    out.write_bytes(kept.read_bytes())
    run_killed(WRITING, out)
    with Case.import_(folder, out) as case:
        assert case.findings() is None
        assert relays(case) == [("relay", Level.STRONG)]


def test_a_case_derived_by_another_version_is_derived_again(kept: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.case.duckdb"
    out.write_bytes(kept.read_bytes())
    with Case.open(out) as case:
        whole = case.flag()
        case._case_file.set_meta({"derived_by": "0"})  # noqa: SLF001 - no other road to an old file
    with Case.open(out) as case:
        assert case.findings() is None
        assert case.flag() == whole
