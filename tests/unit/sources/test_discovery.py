"""What a path holds: tables, settings, and everything that is refused."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from graphmodel.errors import InputError, LimitError, UsageError
from graphmodel.sources.case_tables import read_case
from graphmodel.sources.discovery import unreadable
from tests.unit.sources.samples import write_xlsx

if TYPE_CHECKING:
    from pathlib import Path

PAYMENTS = "id,payer,payee,amount\np1,a,b,5\n"
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    case = tmp_path / "my.case"
    case.mkdir()
    (case / "payments.csv").write_text(PAYMENTS, encoding="utf-8")
    return case


def test_a_missing_path_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing at"):
        read_case(tmp_path / "absent")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="nothing at"):
        read_case(tmp_path / "file" / "below")


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    (tmp_path / "case.toml").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="no case table"):
        read_case(tmp_path)


def test_a_table_in_two_formats_is_refused(folder: Path) -> None:
    (folder / "payments.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"payments\.csv and payments\.jsonl"):
        read_case(folder)
    (folder / "payments.jsonl").unlink()
    write_xlsx(folder, {"payments": [{"id": "p"}]})
    with pytest.raises(
        InputError, match=r"case\.xlsx#payments and payments\.csv|payments\.csv and"
    ):
        read_case(folder)


def test_one_table_is_a_case(folder: Path) -> None:
    case = read_case(folder / "payments.csv")
    assert (case.title, len(case.facts.ids("Payment"))) == ("payments", 1)
    assert read_case(folder).title == "my.case"


def test_any_workbook_given_by_name_is_read(tmp_path: Path) -> None:
    write_xlsx(tmp_path, {"persons": [{"id": "p", "name": "P"}]})
    (tmp_path / "case.xlsx").rename(tmp_path / "other.xlsx")
    assert list(read_case(tmp_path / "other.xlsx").facts.ids("Person")) == ["p"]
    write_xlsx(tmp_path, {"nothing": [{"id": "p"}]})
    with pytest.raises(InputError, match="no sheet"):
        read_case(tmp_path)


def test_other_files_are_no_tables(folder: Path) -> None:
    for name in ("people.csv", "persons.txt"):
        (folder / name).write_text("id,name\n", encoding="utf-8")
        with pytest.raises(InputError, match="no case table"):
            read_case(folder / name)
    assert read_case(folder).warnings == ["files not read: people.csv, persons.txt"]


def test_folders_below_are_not_read(folder: Path) -> None:
    (folder / "below").mkdir()
    (folder / "below" / "persons.csv").write_text("id,name\np,P\n", encoding="utf-8")
    case = read_case(folder)
    assert (case.warnings, case.facts.nodes["Person"].rows) == ([], 0)
    (folder / "persons.csv").mkdir()
    with pytest.raises(InputError, match="not a regular file"):
        read_case(folder)


@posix
def test_links_are_followed_only_inside_the_folder(folder: Path, tmp_path: Path) -> None:
    (folder / "payments.csv").rename(folder / "real.txt")
    (folder / "payments.csv").symlink_to(folder / "real.txt")
    assert len(read_case(folder).facts.ids("Payment")) == 1
    outside = tmp_path / "outside.csv"
    outside.write_text(PAYMENTS, encoding="utf-8")
    for target, words in ((outside, "out of the folder"), (folder / "gone", "link to nothing")):
        (folder / "payments.csv").unlink()
        (folder / "payments.csv").symlink_to(target)
        with pytest.raises(InputError, match=words):
            read_case(folder)
    (folder / "payments.csv").unlink()
    (folder / "payments.csv").symlink_to("payments.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_case(folder)


@posix
def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "persons.csv")
    with pytest.raises(InputError, match="not a regular file"):
        read_case(folder)
    with pytest.raises(InputError, match="neither a folder nor a regular file"):
        read_case(folder / "persons.csv")
    (folder / "persons.csv").unlink()
    os.mkfifo(folder / "anything")
    assert read_case(folder).warnings == ["files not read: anything"]


@posix
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can act as another user"
)
def test_missing_rights_end_with_one_sentence(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir(mode=0o700)
    (folder / "payments.csv").chmod(0o600)
    # the folders above the case are those of this test run, private until now
    for above in (folder, *folder.parents):
        if above.stat().st_mode & 0o005 != 0o005:
            above.chmod(0o755)
    assert [outcome_as_nobody(path) for path in (folder, secret)] == [5, 5]


def outcome_as_nobody(path: Path) -> int:
    """Return the exit code that reading a case ends with for a user without rights."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            read_case(path)
        except LimitError as error:
            os._exit(error.exit_code if "no right to read" in error.reason else 90)
        except BaseException:  # noqa: BLE001 - a child must not return into the tests
            os._exit(91)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_reasons_for_unreadable_files() -> None:
    kinds = [unreadable("x", error).kind for error in (PermissionError(13, "no"), OSError(5, "io"))]
    assert kinds == [LimitError, InputError]


def test_errors_are_told_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        read_case(tmp_path / "absent", language="zh")
    assert "不存在" in error.value.reason
    assert error.value.hint == "请给出案件文件夹或其中一个表。"
