"""Cases copied to a real server: the same content, several side by side, nothing else touched."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from graphmodel.case import Case
from graphmodel.errors import EngineError
from graphmodel.query.engines.neo4j import Login, Neo4jEngine, connected
from graphmodel.query.engines.neo4j_cases import held_cases, wipe_case
from graphmodel.query.rules import rule
from tests.needs import ROOT
from tests.parity.copying import difference, multiset
from tests.parity.test_rules_agree import RULES, params_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from neo4j import Driver

QINGDAO = ROOT / "examples" / "qingdao_relay"
HOSTILE = "x`) DETACH DELETE (n) //'\"\\"

pytestmark = pytest.mark.neo4j


@pytest.fixture
def empty(neo4j: Driver) -> Iterator[Driver]:
    """Yield the server, empty before and after."""
    text = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
    for turn in range(2):
        with neo4j.session(database="neo4j") as session:
            session.run(text).consume()
        if not turn:
            yield neo4j


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    """Yield the example, open."""
    with Case.open(shutil.copytree(QINGDAO, tmp_path / "case")) as opened:
        yield opened


def engine(driver: Driver, case: Case, label: str) -> Neo4jEngine:
    """Return an engine for one case on the server."""
    return Neo4jEngine(driver, case.schema(), label=label, login=LOGIN)


LOGIN = Login("bolt://the-server-of-the-tests")


def test_a_second_push_changes_nothing(empty: Driver, case: Case) -> None:
    first = case.push(empty, LOGIN, "qingdao")
    again = case.push(empty, LOGIN, "qingdao")
    assert first.created == sum(first.counts.values())
    assert (again.created, again.changed, again.deleted) == (0, 0, 0)
    assert (again.counts, again.digest) == (first.counts, first.digest)


def test_what_a_case_no_longer_holds_goes(empty: Driver, case: Case, tmp_path: Path) -> None:
    case.push(empty, LOGIN, "qingdao")
    payments = tmp_path / "case" / "payments.csv"
    head = payments.read_text(encoding="utf-8").splitlines()[0]
    payments.write_text(head + "\n", encoding="utf-8")
    with Case.open(tmp_path / "case") as less:
        done = less.push(empty, LOGIN, "qingdao")
        alone = less.push(empty, LOGIN, "alone")
    assert done.deleted
    assert "Payment" not in done.counts
    assert (done.counts, done.digest) == (alone.counts, alone.digest)


def test_a_push_cut_short_is_finished_by_the_next(empty: Driver, case: Case) -> None:
    class CutShortError(Exception):
        pass

    def cut(step: str) -> None:
        if step == "relationships SELLER":
            raise CutShortError

    with pytest.raises(CutShortError):
        case.push(empty, LOGIN, "qingdao", progress=cut)
    assert [held.is_whole for held in held_cases(empty, LOGIN)] == [False]
    done = case.push(empty, LOGIN, "qingdao")
    assert done.kept
    assert [held.is_whole for held in held_cases(empty, LOGIN)] == [True]
    assert done.digest == case.push(empty, LOGIN, "other").digest


def test_two_cases_with_equal_ids_never_mix(empty: Driver, case: Case) -> None:
    labels = [case.push(empty, LOGIN, name).label for name in ("one", HOSTILE)]
    for label in labels:
        asked = engine(empty, case, label)
        for name in RULES:
            text, params = rule(name).text, params_of(name)
            ours = multiset(case.query(text, params).rows)
            assert not difference(ours, multiset(asked.run(text, params).rows)), name
    held = held_cases(empty, LOGIN)
    assert {one.name for one in held} == {"one", HOSTILE}
    assert wipe_case(empty, LOGIN, labels[1]) == held[0].nodes == held[1].nodes
    assert [(one.name, one.nodes) for one in held_cases(empty, LOGIN)] == [("one", held[0].nodes)]


def test_plain_reads_are_those_of_the_embedded_engine(empty: Driver, case: Case) -> None:
    asked = engine(empty, case, case.push(empty, LOGIN, "qingdao").label)
    ours = case._engine()  # noqa: SLF001 - the engine that the typologies read by
    names = ("id", "name")
    assert sorted(asked.nodes("Person", names, None)) == sorted(ours.nodes("Person", names, None))
    for starts in (None, ["deal-3"]):
        links = [one.links("SELLER", ("id",), starts, None) for one in (asked, ours)]
        assert sorted(links[0], key=repr) == sorted(links[1], key=repr)
        assert links[0]


def test_text_from_a_case_is_never_read_as_cypher(empty: Driver, tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    rows = f"id,name\np,{HOSTILE.replace(chr(34), '')}\n"
    (folder / "persons.csv").write_text(rows, encoding="utf-8")
    with Case.open(folder) as hostile:
        label = hostile.push(empty, LOGIN, HOSTILE).label
        text = "MATCH (p:Person {name: $name}) RETURN p.id"
        found = engine(empty, hostile, label).run(text, {"name": HOSTILE.replace('"', "")})
    assert found.rows == [("p",)]


def test_a_refused_login_and_a_dead_server_are_one_sentence(neo4j: Driver) -> None:
    address = neo4j.get_server_info().address
    secret = "not-the-password"  # noqa: S105 (a wrong one, on purpose)
    wrong = Login(f"bolt://{address[0]}:{address[1]}", "neo4j", secret)
    for login in (wrong, replace(wrong, uri="bolt://127.0.0.1:1")):
        with pytest.raises(EngineError) as caught, connected(login):
            pass
        assert caught.value.exit_code == EngineError.exit_code
        assert secret not in str(caught.value)
        assert secret not in repr(login)
