"""CSV: quoting, lines, delimiters, width."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from graphmodel.sources.base import Damage, UnusableError
from graphmodel.sources.csv_rows import iter_rows, read_csv
from graphmodel.sources.sniff import find_delimiter, read_text


def rows(text: str, delimiter: str = ",") -> list[tuple[int, list[str] | None]]:
    return list(iter_rows(list(io.StringIO(text, newline="")), delimiter))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\nc,d", [(1, ["a", "b"]), (2, ["c", "d"])]),
        ('"a,1",b', [(1, ["a,1", "b"])]),
        ('"a ""x""",b', [(1, ['a "x"', "b"])]),
        ('"two\r\nlines",b\nc,d', [(1, ["two\r\nlines", "b"]), (3, ["c", "d"])]),
        ("a,b\n\n  \nc,d", [(1, ["a", "b"]), (4, ["c", "d"])]),
        ("a,b\n,\n", [(1, ["a", "b"]), (2, ["", ""])]),
        ('"",""', [(1, ["", ""])]),
        (' "a" ,b', [(1, ["a", "b"])]),
        ('"a"x,b\nc,d', [(1, None), (2, ["c", "d"])]),
        ('x"a",b\nc,d', [(1, None), (2, ["c", "d"])]),
        ('"open,b\nc,d\ne,f', [(1, None), (2, ["c", "d"]), (3, ["e", "f"])]),
        ('"open,b\n"c",d\ne,f', [(1, None), (2, ["c", "d"]), (3, ["e", "f"])]),
        ("a,b\u2028c\n", [(1, ["a", "b\u2028c"])]),
        ("", []),
    ],
)
def test_rows_are_cut_as_they_lie(text: str, expected: list[tuple[int, list[str] | None]]) -> None:
    assert rows(text) == expected


def test_tabs_and_semicolons() -> None:
    assert rows('a\t"b\tc"\td', "\t") == [(1, ["a", "b\tc", "d"])]
    assert rows("a;b,c", ";") == [(1, ["a", "b,c"])]
    assert [find_delimiter(h) for h in ("a,b;c", "a\tb;c", "a;b", "a")] == [",", "\t", ";", ","]


def test_missing_cells_are_empty_and_surplus_ones_cost_the_row() -> None:
    data = b"id,name,note\np1\np2,x,y,\np3,x,y,z\n"
    (table,) = read_csv(Path("persons.csv"), data, "persons.csv")
    assert table.columns == [["p1", "p2"], ["", "x"], ["", "y"]]
    assert table.lines == [2, 3]
    assert table.damaged == [Damage(4, "row-long", "", "z")]


def test_an_empty_file_is_a_table_without_rows() -> None:
    (table,) = read_csv(Path("persons.csv"), b"\n \n", "persons.csv")
    assert (table.header, table.lines) == ([], [])


@pytest.mark.parametrize("data", [b"i\x00d\x00,\x00", b'"id,name\np1,x'])
def test_a_header_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(UnusableError):
        read_csv(Path("persons.csv"), data, "persons.csv")


def test_many_open_quotes_are_read_in_time() -> None:
    text = '"open,b\n' * 20_001
    found = rows(text)
    assert len(found) == 20_001
    assert all(cells is None for _, cells in found)


@pytest.mark.parametrize(
    ("data", "encoding", "damaged"),
    [
        ("好".encode(), "utf-8", False),
        (b"\xef\xbb\xbfx", "utf-8-sig", False),
        ("好".encode("utf-16"), "utf-16", False),
        ("好".encode("gb18030"), "gb18030", False),
        ("\ufeff好".encode("gb18030"), "gb18030", False),
        ("好\n坏\n".encode() + b"\xff", "utf-8", True),
        ("好\n坏\n".encode("gb18030") + b"\xff", "gb18030", True),
        ("好".encode("utf-16") + b"\x00", "utf-16", True),
    ],
)
def test_encodings_are_told_apart(data: bytes, encoding: str, *, damaged: bool) -> None:
    decoded = read_text(data)
    assert (decoded.encoding, decoded.damaged) == (encoding, damaged)
    assert not decoded.text.startswith("\ufeff")
