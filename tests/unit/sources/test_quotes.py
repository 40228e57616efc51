"""Citations: quotes at their lines, digests of source files."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from graphmodel.sources.case_tables import read_case
from tests.unit.sources.samples import Row, Tables, links, node, write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.sources.base import CaseInput

STORY = (
    "第一行\n董某某找到一个名为\n“网络爬虫大数据”的卖家\n\n"
    "多次购买至少8000条，赚取约1400余元差价。\n"
)
MISSING = "the quote is not in the file of its source"


def read(folder: Path, person: Row, source: Row | None = None) -> CaseInput:
    tables: Tables = {
        "sources": [{"id": "s", "path": "story.txt", **(source or {})}],
        "persons": [{"id": "p", "name": "P", "source": "s", **person}],
        "ties": [{"a": "p", "kind": "kin_of", "b": "q", "source": "s", **person}],
    }
    tables["persons"].append({"id": "q", "name": "Q"})
    write_csv(folder, tables)
    return read_case(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("locator", "quote"),
    [
        ("", "网络爬虫大数据"),
        ("line 3", "网络爬虫大数据"),
        ("第3行", "网络 爬虫大\n数据"),
        ("lines 2-3", "找到一个名为“网络爬虫大数据”"),
        ("第2-3行", "找到一个名为“网络爬虫大数据”"),
        ("第2行至第3行", "找到一个名为“网络爬虫大数据”"),
        ("line 5", "多次购买……约1400余元"),
        ("page 9, line 99", "网络爬虫大数据"),
        ("somewhere", "董某某……差价"),
        ("line 1", ""),
    ],
)
def test_a_quote_that_is_there_gives_no_warning(folder: Path, locator: str, quote: str) -> None:
    case = read(folder, {"locator": locator, "quote": quote})
    assert case.warnings == []
    assert "warning" not in links(case.facts, "FROM_SOURCE")[0]


@pytest.mark.parametrize(
    ("locator", "quote", "warning"),
    [
        ("", "王某某", MISSING),
        ("line 3", "王某某", MISSING),
        ("line 2", "网络爬虫大数据", "the quote is not at line 2 but at line 3"),
        ("第99行", "第一行", "the quote is not at line 99 but at line 1"),
        ("line 5", "差价……多次购买", MISSING),
    ],
)
def test_a_quote_that_is_not_there_is_a_warning_on_its_fact(
    folder: Path, locator: str, quote: str, warning: str
) -> None:
    case = read(folder, {"locator": locator, "quote": quote})
    assert links(case.facts, "FROM_SOURCE")[0]["warning"] == warning
    (tie,) = links(case.facts, "KIN_OF")
    assert (tie["warning"], tie["quote"], tie["source"]) == (warning, quote, "s")
    assert case.warnings == [
        f"persons.csv:2: p: {warning}", f"ties.csv:2: {tie['id']}: {warning}",
    ]  # fmt: skip


def test_a_source_in_gb18030_is_read(tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_bytes(STORY.replace("\n", "\r\n").encode("gb18030"))
    assert read(tmp_path, {"locator": "line 3", "quote": "网络爬虫大数据"}).warnings == []


def test_a_wrong_digest_is_a_warning_on_every_fact(folder: Path) -> None:
    digest = hashlib.sha256(STORY.encode()).hexdigest().upper()
    assert read(folder, {}, {"sha256": digest}).warnings == []
    case = read(folder, {"locator": "line 1", "quote": "王"}, {"sha256": "0" * 64})
    wrong = "the file of the source differs from its stated SHA-256"
    assert node(case.facts, "Source", "s")["warning"] == wrong
    assert links(case.facts, "FROM_SOURCE")[0]["warning"] == f"{wrong}; {MISSING}"
    assert str(links(case.facts, "KIN_OF")[0]["warning"]).startswith(wrong)
    assert case.warnings[0] == f"s: {wrong}"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("absent.txt", "not in the case folder"),
        ("../outside.txt", "outside the case folder"),
        ("picture.png", "not text"),
        (".", "not in the case folder"),
    ],
)
def test_files_that_cannot_be_checked_are_reported_once(
    tmp_path: Path, path: str, words: str
) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    (tmp_path / "outside.txt").write_text("x", encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG\x00\x00")
    case = read(folder, {"quote": "x"}, {"path": path})
    told = [warning for warning in case.warnings if warning.startswith("s: ")]
    assert len(told) == 1
    assert words in told[0]
    assert "warning" not in links(case.facts, "FROM_SOURCE")[0]
    assert node(case.facts, "Source", "s")["warning"] == told[0].removeprefix("s: ")


def test_a_file_of_a_source_is_no_unknown_file(folder: Path) -> None:
    (folder / "other.txt").write_text("x", encoding="utf-8")
    assert read(folder, {}).warnings == ["files not read: other.txt"]
    (folder / "below").mkdir()
    (folder / "story.txt").rename(folder / "below" / "story.txt")
    case = read(folder, {"quote": "第一行"}, {"path": "./below\\story.txt"})
    assert case.warnings == ["files not read: other.txt"]
