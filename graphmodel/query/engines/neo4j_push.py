"""A case copied to a server so that both hold the same, and nothing of another case is touched.

Every node carries its kind's label and the case's own; `_key` names it within the case, `_hash` is
a digest of its content. A push reads what the server holds, creates what is missing, rewrites what
changed and deletes what the case no longer holds; one that was cut short is simply begun again. At
the end counts and sums of digests of both sides are compared by label and type.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from graphmodel.errors import EngineError
from graphmodel.query.engines.neo4j import ask, faults
from graphmodel.query.engines.neo4j_cases import begin_push, finish_push
from graphmodel.query.engines.scoped import quoted
from graphmodel.store import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from concurrent.futures import Future

    from graphmodel.query.engines.neo4j import Driver, Login, ManagedTransaction
    from graphmodel.store.case_file import CaseFile

BATCH_ROWS = 8_000
WRITERS = 2
_HASH_BITS = 52
_SUM_BITS = 32
"""Sums of 32 bits over a billion elements fit an integer of 64."""

_CREATE_NODES = """UNWIND $rows AS row
CREATE (n:{labels}) SET n = row[1], n._key = row[0], n._hash = row[2]
RETURN row[0] AS key, elementId(n) AS id"""
_SET_NODES = """UNWIND $rows AS row
MATCH (n) WHERE elementId(n) = row[3] SET n = row[1], n._key = row[0], n._hash = row[2]"""
_CREATE_LINKS = """UNWIND $rows AS row
MATCH (a) WHERE elementId(a) = row[0] MATCH (b) WHERE elementId(b) = row[1]
CREATE (a)-[r:{type}]->(b) SET r = row[2], r._hash = row[3]"""
_DELETE_NODES = "UNWIND $rows AS row MATCH (n) WHERE elementId(n) = row DETACH DELETE n"
_DELETE_LINKS = "UNWIND $rows AS row MATCH ()-[r]->() WHERE elementId(r) = row DELETE r"


@dataclass(slots=True)
class Pushed:
    """What a push did, and the reconciled counts by label and type."""

    created: int = 0
    changed: int = 0
    deleted: int = 0
    kept: int = 0
    label: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    digest: str = ""


def case_label(name: str) -> str:
    """Return the label of a case: its name where that is plain, and 8 digits of its digest.

    >>> case_label("qingdao")
    'Case_qingdao_04b63ade'
    """
    plain = "".join(char if char.isalnum() else "_" for char in name)[:40]
    return f"Case_{plain}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def content_hash(*parts: object) -> int:
    """Return 52 bits over what an element is made of; equal content, equal number."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> (
        64 - _HASH_BITS
    )


def _rows(case_file: CaseFile, name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a label or type without nulls, in order of their internal numbers."""
    order = "_nid" if name in case_file.schema.nodes else "_src, _dst, _rid"
    cursor = case_file.connection.cursor()
    cursor.execute(f"SELECT * FROM graph.{tables.quoted(name)} ORDER BY {order}")  # noqa: S608
    columns = [entry[0] for entry in cursor.description or ()]
    while rows := cursor.fetchmany(BATCH_ROWS):
        for row in rows:
            yield {k: v for k, v in zip(columns, row, strict=True) if v is not None}


class _Writers:
    """Threads that run statements in transactions of their own; the first fault ends all."""

    def __init__(self, driver: Driver, login: Login) -> None:
        self._driver, self._login = driver, login
        self._pool = ThreadPoolExecutor(WRITERS)
        self._room = BoundedSemaphore(2 * WRITERS)
        self._jobs: list[Future[None]] = []

    def put(self, text: str, rows: list[Any], took: Callable[[Any], None] | None = None) -> None:
        """Hand a batch over; `took` is given what the statement returned."""
        self._check()
        self._room.acquire()
        job = self._pool.submit(self._write, text, rows, took)
        job.add_done_callback(lambda _: self._room.release())
        self._jobs.append(job)

    def end(self) -> None:
        """Wait until everything is written; EngineError where something was not."""
        self._pool.shutdown(wait=True, cancel_futures=False)
        self._check()

    def _check(self) -> None:
        """Let go of what is done, and raise the fault of a batch that failed."""
        for job in [one for one in self._jobs if one.done()]:
            self._jobs.remove(job)
            try:
                job.result()
            except BaseException:
                self._pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _write(self, text: str, rows: list[Any], took: Callable[[Any], None] | None) -> None:
        with (
            faults(self._login.uri),
            self._driver.session(database=self._login.database) as session,
        ):
            found = session.execute_write(_written, text, rows)
        if took is not None:
            took(found)


def _written(transaction: ManagedTransaction, text: str, rows: list[Any]) -> list[tuple[Any, ...]]:
    return [tuple(record.values()) for record in transaction.run(text, rows=rows)]


class Push:
    """One push of a case under its label."""

    def __init__(self, driver: Driver, login: Login, case_file: CaseFile, label: str) -> None:
        """Keep what is pushed and where to; nothing is asked yet."""
        self._driver, self._login = driver, login
        self._case_file, self._label = case_file, label
        self._places: dict[int, str] = {}
        self._keys: dict[int, str] = {}
        self.done = Pushed(label=label)
        self._sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])

    def run(self, told: Callable[[str], None]) -> Pushed:
        """Make the server hold what the case holds; EngineError where it then does not."""
        with faults(self._login.uri):
            told("indexes")
            self._prepare()
            self._nodes(told)
            self._links(told)
            told("reconcile")
            self._reconcile()
        return self.done

    def _run(self, text: str, **params: object) -> list[tuple[Any, ...]]:
        return ask(self._driver, self._login, text, **params)

    def _prepare(self) -> None:
        label = quoted(self._label)
        name = quoted(f"key_{self._label}")
        self._run(
            f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE n._key IS UNIQUE"
        )
        for kind in self._case_file.schema.nodes:
            name = quoted(f"graphmodel_{kind}_id")
            self._run(f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{quoted(kind)}) ON (n.id)")
        self._run("CALL db.awaitIndexes(300)")

    def _nodes(self, told: Callable[[str], None]) -> None:
        label = quoted(self._label)
        text = f"MATCH (n:{label}) RETURN n._key, n._hash, elementId(n)"
        held = {key: (hash_, place) for key, hash_, place in self._run(text)}
        ids: dict[str, str] = {key: place for key, (_, place) in held.items()}
        numbers: dict[str, int] = {}
        writers = _Writers(self._driver, self._login)
        for kind in self._case_file.schema.nodes:
            told(f"nodes {kind}")
            create = _CREATE_NODES.format(labels=f"{quoted(kind)}:{label}")
            fresh: list[Any] = []
            stale: list[Any] = []
            for row in _rows(self._case_file, kind):
                number = row.pop("_nid")
                key = f"{kind} {row['id']}"
                numbers[key], self._keys[number] = number, key
                hash_ = content_hash(kind, row)
                self._count(kind, hash_)
                known = held.pop(key, None)
                if known is None:
                    fresh.append((key, row, hash_))
                elif known[0] != hash_:
                    stale.append((key, row, hash_, known[1]))
                else:
                    self.done.kept += 1
                if len(fresh) == BATCH_ROWS:
                    writers.put(create, fresh, ids.update)
                    self.done.created += len(fresh)
                    fresh = []
            if fresh:
                writers.put(create, fresh, ids.update)
                self.done.created += len(fresh)
            for part in _parts(stale):
                writers.put(_SET_NODES, part)
            self.done.changed += len(stale)
        for part in _parts([place for _, place in held.values()]):
            writers.put(_DELETE_NODES, part)
        self.done.deleted += len(held)
        writers.end()
        self._places = {number: ids[key] for key, number in numbers.items()}

    def _links(self, told: Callable[[str], None]) -> None:
        label = quoted(self._label)
        text = f"MATCH (:{label})-[r]->(:{label}) RETURN type(r), r._hash, elementId(r)"
        held: dict[tuple[str, int], list[str]] = defaultdict(list)
        for type_, hash_, place in self._run(text):
            held[type_, hash_].append(place)
        writers = _Writers(self._driver, self._login)
        for type_ in self._case_file.schema.relationships:
            told(f"relationships {type_}")
            create = _CREATE_LINKS.format(type=quoted(type_))
            fresh: list[Any] = []
            for row in _rows(self._case_file, type_):
                start, end, _ = row.pop("_src"), row.pop("_dst"), row.pop("_rid")
                hash_ = content_hash(type_, self._keys[start], self._keys[end], row)
                self._count(type_, hash_)
                known = held.get((type_, hash_))
                if known:
                    known.pop()
                    self.done.kept += 1
                    continue
                fresh.append((self._places[start], self._places[end], row, hash_))
                if len(fresh) == BATCH_ROWS:
                    writers.put(create, fresh)
                    self.done.created += len(fresh)
                    fresh = []
            if fresh:
                writers.put(create, fresh)
                self.done.created += len(fresh)
        gone = [place for places in held.values() for place in places]
        for part in _parts(gone):
            writers.put(_DELETE_LINKS, part)
        self.done.deleted += len(gone)
        writers.end()

    def _count(self, name: str, hash_: int) -> None:
        counted = self._sums[name]
        counted[0] += 1
        counted[1] += hash_ % (1 << _SUM_BITS)

    def _reconcile(self) -> None:
        held = server_sums(self._run, self._label, self._case_file.schema.nodes)
        ours = {name: tuple(pair) for name, pair in self._sums.items() if pair[0]}
        if held != ours:
            names = sorted(n for n in {*held, *ours} if held.get(n) != ours.get(n))
            reason = f"The server does not hold what the case holds: {', '.join(names[:5])} differ."
            raise EngineError(reason, hint="Push again; if it stays, wipe the case there first.")
        self.done.counts = {name: pair[0] for name, pair in sorted(ours.items())}
        self.done.digest = sums_digest(ours)


def push_case(
    driver: Driver, login: Login, case_file: CaseFile, name: str, told: Callable[[str], None]
) -> Pushed:
    """Make the server hold what a case holds, under the label of its name.

    EngineError: the server does not answer, or does not hold at the end what it should.
    """
    label = case_label(name)
    begin_push(driver, login, name, label)
    done = Push(driver, login, case_file, label).run(told)
    finish_push(driver, login, label, done.digest)
    return done


def server_sums(
    run: Callable[..., list[tuple[Any, ...]]], label: str, kinds: Iterable[str]
) -> dict[str, tuple[int, int]]:
    """Return by label and type the number of elements of a case, and the sum of their digests."""
    scope, modulus = quoted(label), 1 << _SUM_BITS
    nodes = run(
        f"MATCH (n:{scope}) UNWIND labels(n) AS kind WITH kind, n WHERE kind IN $kinds "
        f"RETURN kind, count(n), sum(n._hash % {modulus})",
        kinds=[*kinds],
    )
    links = run(
        f"MATCH (:{scope})-[r]->(:{scope}) RETURN type(r), count(r), sum(r._hash % {modulus})"
    )
    return {name: (count, total) for name, count, total in (*nodes, *links) if count}


def sums_digest(sums: Mapping[str, tuple[int, ...]]) -> str:
    """Return one digest over counts and sums by name."""
    text = "".join(f"{name} {count} {total}\n" for name, (count, total) in sorted(sums.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def _parts(rows: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), BATCH_ROWS):
        yield rows[start : start + BATCH_ROWS]
