"""What may not stand in any file: paths of one machine, strange hosts, unfinished work, secrets."""

from __future__ import annotations

import re
from functools import cache

from tests.house.tree import tracked_files
from tests.needs import ROOT

BINARY = (".duckdb", ".gif", ".jpg", ".parquet", ".png", ".woff2", ".xlsx")
TEXT_FILES = [name for name in tracked_files() if not name.lower().endswith(BINARY)]
# a letter in brackets is itself: so this file does not find its own patterns
MACHINE_PATHS = re.compile(r"(?<![\w.:/-])/(?:root|work|home/\w+|Users/\w+)/(?=\w)")
UNFINISHED = re.compile(
    r"\bT[O]DO\b|\bF[I]XME\b|\bX[X]X\b|\bH[A]CK\b"
    r"|(?i:\bfor [n]ow\b|not [i]mplemented|lorem [i]psum)"
)
SECRETS = re.compile(
    r"BEGIN (?:RSA |EC |OPENSSH )?PRIVATE [K]EY|\bAKIA[0-9A-Z]{16}\b|\bghp_\w{30,}"
)
MIRRORS = re.compile(r"\b(?:[\w-]+\.)*(?:artifactor[y]|nexus[-.]|devp[i])[\w.-]*")
URL = re.compile(r"\b(?:https?|wss?|ftp)://([^\s/\"'`<>()\[\]{}]+)")
HOSTS = {
    *("www.apache.org", "maven.apache.org", "www.w3.org", "json-schema.org"),
    *("opencypher.org", "neo4j.com", "duckdb.org", "docs.astral.sh"),
    *("127.0.0.1", "localhost", "example.com", "example.org", "example.net"),
}


@cache
def text_of(name: str) -> str:
    """Return the text of a file; bytes that are no UTF-8 become replacement signs."""
    return (ROOT / name).read_bytes().decode("utf-8", "replace")


def offenders(pattern: re.Pattern[str]) -> dict[str, list[str]]:
    """Return the names of the files in which a pattern is found, with what was found."""
    found = {name: pattern.findall(text_of(name)) for name in TEXT_FILES}
    return {name: hits for name, hits in found.items() if hits}


def test_no_file_names_a_path_of_one_machine() -> None:
    assert not offenders(MACHINE_PATHS)


def test_no_file_names_a_host_of_one_network() -> None:
    assert not offenders(MIRRORS)


def test_no_file_holds_a_secret() -> None:
    assert not offenders(SECRETS)


def test_no_file_holds_unfinished_work() -> None:
    assert not offenders(UNFINISHED)


def test_files_link_only_to_known_hosts() -> None:
    for name, found in offenders(URL).items():
        hosts = {host.rsplit("@", 1)[-1].split(":")[0].rstrip(".,;\\") for host in found}
        assert not {h for h in hosts if h not in HOSTS and not h.endswith(".example")}, name


def test_source_files_have_plain_line_ends() -> None:
    sources = [n for n in TEXT_FILES if n.endswith((".py", ".cypher", ".md", ".toml", ".lark"))]
    for name in sources:
        data = (ROOT / name).read_bytes()
        is_example = name.startswith(("tests/", "examples/")) and not name.endswith(".py")
        assert is_example or b"\r" not in data, name
        assert is_example or not data or data.endswith(b"\n"), name


def test_nothing_that_git_ignores_is_tracked() -> None:
    names = tracked_files()
    assert "pyproject.toml" in names
    assert not [n for n in names if "__pycache__" in n or n.endswith((".pyc", ".case.duckdb"))]


def test_the_patterns_see_what_they_are_for() -> None:
    assert MACHINE_PATHS.search("see {}root/x and".format("/"))
    assert not MACHINE_PATHS.search("GET /api/work/items")
    assert UNFINISHED.search("# {}: later".format("ODOT"[::-1]))
    assert MIRRORS.search("repo.{}.corp.net".format("yrotcafitra"[::-1]))
    assert URL.findall("see https://www.w3.org/2000/svg.") == ["www.w3.org"]
