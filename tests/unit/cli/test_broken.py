"""Broken situations: each ends with one sentence, the right exit code and no leftover file."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.needs import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.unit.cli.conftest import Ended

    Cli = Callable[..., Ended]
    Start = Callable[..., subprocess.Popen[str]]

EXAMPLE = ROOT / "examples" / "qingdao_relay"
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
AS_ANOTHER_USER = """
import os, sys
from graphmodel.cli.app import main
main(["flag", sys.argv[1], "--no-html"])  # loads every module while it may be read
print("END OF PREPARATION", flush=True)
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
sys.exit(main(["flag", sys.argv[2], "--no-html"]))
"""


def files_below(folder: Path) -> set[str]:
    """Return the names of all files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def ended_well(process: subprocess.Popen[str], code: int) -> str:
    """Return standard error of a run that ended with this code, without a traceback."""
    _, err = process.communicate(timeout=120)
    assert process.returncode == code, err
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize("command", [["flag"], ["query"], ["findings"], ["explain"]])
def test_a_missing_folder_is_wrong_use(cli: Cli, tmp_path: Path, command: list[str]) -> None:
    more = {"query": ["RETURN 1 AS x"], "explain": ["F-1"]}.get(command[0], [])
    ended = cli(*command, tmp_path / "nowhere", *more)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("\n") == 1
    assert "nowhere" in ended.err


def test_an_empty_folder_is_refused(start: Start, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    err = ended_well(start("flag", "empty"), 3)
    assert err.startswith("error: ")
    assert files_below(tmp_path) == set()


@pytest.mark.parametrize("size", [0, 20, 4096, 20_000])
def test_a_truncated_case_file_is_refused(
    cli: Cli, start: Start, tmp_path: Path, size: int
) -> None:
    kept = tmp_path / "kept.case.duckdb"
    assert cli("import", EXAMPLE, "--out", kept).code == 0
    broken = tmp_path / "broken.case.duckdb"
    broken.write_bytes(kept.read_bytes()[:size])
    before = files_below(tmp_path)
    err = ended_well(start("flag", broken.name, "--no-html"), 3)
    assert err.startswith("error: ")
    assert files_below(tmp_path) == before
    assert broken.stat().st_size == size


def test_text_under_the_name_of_a_case_file_is_refused(start: Start, tmp_path: Path) -> None:
    (tmp_path / "notes.case.duckdb").write_text("my notes\n" * 2000, encoding="utf-8")
    err = ended_well(start("findings", "notes.case.duckdb"), 3)
    assert "notes.case.duckdb" in err
    assert files_below(tmp_path) == {"notes.case.duckdb"}


@pytest.mark.skipif(not IS_ROOT, reason="only root can become another user")
@pytest.mark.parametrize("kind", ["folder", "table"])
def test_what_may_not_be_read_ends_with_5(request: pytest.FixtureRequest, kind: str) -> None:
    # pytest closes its own folder to others; the child is another user
    open_folder = Path(tempfile.mkdtemp())
    open_folder.chmod(0o755)
    request.addfinalizer(lambda: shutil.rmtree(open_folder))
    locked = open_folder / "locked"
    locked.mkdir()
    (locked / "persons.csv").write_text("id,name\np,P\n", encoding="utf-8")
    (locked if kind == "folder" else locked / "persons.csv").chmod(0)
    temporary = open_folder / "temporary"
    temporary.mkdir()
    temporary.chmod(0o777)
    done = subprocess.run(
        [sys.executable, "-c", AS_ANOTHER_USER, str(EXAMPLE), str(locked)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 5, done.stderr
    assert done.stdout.partition("END OF PREPARATION\n")[2] == ""
    assert done.stderr.splitlines()[-1].startswith(("error: ", "hint: "))
    assert "Traceback" not in done.stderr
    assert files_below(temporary) == set()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a file system of 256 KiB, or skip."""
    folder = tmp_path / "small"
    folder.mkdir()
    if not IS_ROOT or sys.platform != "linux":
        pytest.skip("only root on Linux can mount a small file system")
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_ends_an_import_with_5(start: Start, small_disk: Path) -> None:
    err = ended_well(start("import", EXAMPLE, "--out", small_disk / "x.case.duckdb"), 5)
    assert err.startswith("error: ")
    assert files_below(small_disk) == set()


def test_a_full_disk_ends_the_writing_of_a_page_with_5(start: Start, small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(b"x" * 256 * 1024)
    err = ended_well(start("flag", EXAMPLE, "--html", small_disk / "page.html", "--lang", "en"), 5)
    page = small_disk / "page.html"
    assert err.startswith(f"error: The disk is full: {page} cannot be written.")
    assert files_below(small_disk) == {"ballast"}


def test_a_full_temporary_folder_ends_a_search_with_5(
    cli: Cli, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(small_disk))
    (small_disk / "ballast").write_bytes(b"x" * 250 * 1024)
    ended = cli("flag", EXAMPLE, "--no-html")
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("error: ")
    assert files_below(small_disk) == {"ballast"}


def test_a_full_standard_output_ends_with_5(start: Start) -> None:
    if not os.path.exists("/dev/full"):  # noqa: PTH110 - a device, no file
        pytest.skip("this system has no /dev/full")
    number = os.open("/dev/full", os.O_WRONLY)
    process = start("flag", EXAMPLE, "--no-html", "--lang", "en", stdout=number)
    os.close(number)
    assert "disk is full" in ended_well(process, 5)


def test_a_reader_that_closes_the_pipe_ends_the_run_quietly(start: Start, tmp_path: Path) -> None:
    process = start("flag", EXAMPLE, "--format", "json")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    assert process.wait(timeout=60) == 0
    process.stderr.close()
    assert "Traceback" not in err
    assert "Broken" not in err
    assert files_below(tmp_path / "temporary") == set()


def test_a_closed_pipe_keeps_the_answer_of_fail_on(start: Start) -> None:
    process = start("flag", EXAMPLE, "--fail-on", "strong", "--no-html")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    process.stderr.close()
    assert process.wait(timeout=60) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("wait_s", [0.0, 1.0])
def test_a_signal_ends_the_run_and_leaves_nothing(
    start: Start, tmp_path: Path, number: int, code: int, wait_s: float
) -> None:
    case = tmp_path / "many"
    case.mkdir()
    rows = (f"p{n},a{n % 997},a{(n * 7 + 1) % 991},{n % 50}.00,CNY" for n in range(200_000))
    text = "id,payer,payee,amount,currency\n" + "\n".join(rows) + "\n"
    (case / "payments.csv").write_text(text, encoding="utf-8")
    before = files_below(tmp_path)
    process = start("import", "many", "--out", "many.case.duckdb")
    deadline = time.monotonic() + 60
    while process.poll() is None and files_below(tmp_path) == before:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(wait_s)
    process.send_signal(number)
    err = ended_well(process, code)
    assert err == "error: Interrupted; no unfinished file was left.\n"
    assert files_below(tmp_path) == before
