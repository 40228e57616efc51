"""Ask a real Neo4j 5.26 for the answers of the written corpus, and write them into its files.

    python -m tests.conformance.queries.record [CATEGORY…]

An entry without an answer gets one; an answer that differs is replaced and its entry named.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from graphmodel.query.engines.neo4j_local import LTS
from tests.conformance.queries.corpus import Entry, files, graphs, read_file, write_file
from tests.neo4j_server import running_server
from tests.parity.asking import DATABASE, answer, load, refused_because, wipe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from neo4j import Session


def recorded(session: Session, entries: list[Entry]) -> Iterator[Entry]:
    """Yield the entries with the answers of the server; the graph is loaded where it changes."""
    held = ""
    for entry in entries:
        if entry.graph != held:
            load(session, *graphs()[entry.graph])
            held = entry.graph
        found = answer(session, entry.text, entry.params)
        new = replace(entry, columns=found.columns, rows=found.rows, error=found.error)
        yield entry if is_same(entry, new) else new


def is_same(old: Entry, new: Entry) -> bool:
    """Say whether two answers are one; rows that have no order may come in another one."""
    if (old.columns, old.error) != (new.columns, new.error) or old.error:
        return old.error == new.error != ""
    return bool(old.columns) and old.comparable(old.rows) == new.comparable(new.rows)


def record(session: Session, path: Path) -> list[str]:
    """Write the answers into the file of one category; return the names whose answer changed."""
    before = read_file(path)
    after = list(recorded(session, before))
    write_file(path, after)
    return [new.name for old, new in zip(before, after, strict=True) if old is not new]


def main(categories: list[str]) -> None:
    """Record the named categories, or all of them."""
    chosen = [path for path in files() if not categories or path.stem in categories]
    with running_server(LTS, fetch=True) as login, login.driver() as driver:
        reason = refused_because(driver)
        if reason:
            sys.exit(reason)
        with driver.session(database=DATABASE) as session:
            for path in chosen:
                changed = record(session, path)
                sys.stdout.write(f"{path.stem}: {len(changed)} answers are new or changed\n")
                sys.stdout.writelines(f"    {name}\n" for name in changed)
        wipe(driver)


if __name__ == "__main__":
    main(sys.argv[1:])
