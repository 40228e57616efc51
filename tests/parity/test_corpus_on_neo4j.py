"""The written corpus on real servers: 5.26 gives its rows, the newest too, differences listed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graphmodel.query.engines.neo4j_local import LTS, RELEASES, java_for
from tests.conformance.queries.corpus import corpus, files, graphs, read_file
from tests.neo4j_server import chosen_releases
from tests.parity.asking import answer, load

if TYPE_CHECKING:
    from tests.conformance.queries.corpus import Entry
    from tests.parity.conftest import Server

DIFFERENCES: dict[str, dict[str, dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "differences.json").read_text(encoding="utf-8")
)
"""What a release answers otherwise than 5.26.30, by the server's name and the entry's."""


def expected_of(entry: Entry, server: str) -> Entry:
    """Return an entry as this server answers it."""
    other = DIFFERENCES.get(server, {}).get(entry.id)
    if other is None:
        return entry
    rows = tuple(map(tuple, other.get("rows", ())))
    columns = tuple(other.get("columns", ()))
    return replace(entry, columns=columns, rows=rows, error=other.get("error", ""))


@pytest.mark.neo4j
@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_the_server_gives_the_rows_of_the_corpus(path: Path, server: Server) -> None:
    entries = read_file(path)
    assert entries
    differing: dict[str, object] = {}
    with server.driver.session(database="neo4j") as session:
        held = ""
        for written in entries:
            if written.graph != held:
                load(session, *graphs()[written.graph])
                held = written.graph
            entry, found = (
                expected_of(written, server.name),
                answer(session, written.text, written.params),
            )
            rows = entry.comparable(found.rows)
            same = (found.error, found.columns) == (entry.error, entry.columns)
            if not same or rows != entry.comparable(entry.rows):
                differing[entry.name] = found
    assert not differing


def test_only_entries_of_the_corpus_differ_on_known_releases() -> None:
    assert {release.name for release in RELEASES.values()} >= DIFFERENCES.keys()
    assert LTS.name not in DIFFERENCES
    by_id = {entry.id: entry for entry in corpus()}
    for server, entries in DIFFERENCES.items():
        for name in entries:
            written, other = by_id[name], expected_of(by_id[name], server)
            assert repr(written.line()) != repr(other.line()), name


def test_releases_are_chosen_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRAPHMODEL_NEO4J_RELEASE", raising=False)
    assert [r.version.split(".")[0] for r in chosen_releases()] == ["5"]
    assert [r.version.split(".")[0] for r in chosen_releases(both=True)] == ["5", "2026"]
    monkeypatch.setenv("GRAPHMODEL_NEO4J_RELEASE", "newest")
    assert [r.version.split(".")[0] for r in chosen_releases(both=True)] == ["2026"]
    assert java_for((1,)) is None
