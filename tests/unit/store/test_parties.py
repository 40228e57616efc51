"""Who acts in an event, written by internal numbers: the facts of the rule, one for one."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from graphmodel.query.engines.embedded import EmbeddedEngine
from graphmodel.query.rules import rule
from graphmodel.store import parties
from tests.unit.derive.small_cases import open_case, persons

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.case import Case
    from graphmodel.store.case_file import CaseFile

ACCOUNTS = [f"a{n}" for n in range(8)]
PEOPLE = ("p0", "p1", "p2", "p3")
MONTHS = ["", *(f"2020-{month:02}" for month in range(1, 7)), "2020", "2020-03-05T10:00:00"]


def tables(seed: int) -> dict[str, str]:
    """Return accounts held, operated and sharing devices at random times, and their events."""
    rng = Random(seed)  # noqa: S311 - a case is to be drawn again
    holders = ["", *PEOPLE]
    accounts = [f"{a},bank,{rng.choice(holders)}" for a in ACCOUNTS]
    controls = [
        f"{rng.choice(PEOPLE)},{rng.choice(ACCOUNTS[:6])},{rng.choice(MONTHS[1:4])},"
        f"{rng.choice(['', '2020-05', '2020-06'])}"
        for _ in range(6)
    ]
    devices = [f"{a},device,d{rng.randrange(3)}" for a in ACCOUNTS if rng.random() < 0.7]
    rows = [(f"e{n}", *rng.sample(ACCOUNTS, 2), rng.choice(MONTHS)) for n in range(20)]
    return {
        "persons": persons(" ".join(PEOPLE)),
        "accounts": "\n".join(["id,platform,holder", *accounts]),
        "controls": "\n".join(["person,account,since,until", *dict.fromkeys(controls)]),
        "identifiers": "\n".join(["account,kind,value", *devices]),
        "payments": "\n".join(
            ["id,payer,payee,amount,time", *(f"{i},{a},{b},5,{at}" for i, a, b, at in rows)]
        ),
        "deals": "\n".join(
            ["id,seller,buyer,time", *(f"d{i},{a},{b},{at}" for i, a, b, at in rows[:8])]
        ),
        "messages": "\n".join(
            ["id,author,receiver,text,time", *(f"m{i},{a},,hi,{at}" for i, a, b, at in rows[:5])]
        ),
    }


def file_of(case: Case) -> CaseFile:
    """Return the file of a case."""
    return case._case_file  # noqa: SLF001 - columns are read below the façade


def engine_of(case: Case) -> EmbeddedEngine:
    """Return an engine on the graph of a case."""
    return case._engine()  # noqa: SLF001 - the pattern is asked as it stands


def written(case_file: CaseFile) -> list[tuple[object, ...]]:
    """Return the facts in order; how they are numbered is another matter."""
    return case_file.connection.execute(
        "SELECT _src, _dst, id, certainty, role, account, rule, grounds::VARCHAR "
        'FROM derived."PARTY" ORDER BY id'
    ).fetchall()


def by_numbers(case: Case) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Return what the rule wrote and what is written by internal numbers instead."""
    case_file = file_of(case)
    before = written(case_file)
    case_file.connection.execute('DELETE FROM derived."PARTY"')
    count = parties.write_parties(case_file, rule=str(before[0][6]))
    assert count == len(before)
    return before, written(case_file)


@pytest.mark.parametrize("seed", range(6))
def test_facts_are_those_of_the_rule(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parties, "SLICE", 7)
    with open_case(tmp_path / "case", **tables(seed)) as case:
        ruled, ours = by_numbers(case)
        assert ours == ruled
        assert {row[4] for row in ours} == {"PAYER", "PAYEE", "SELLER", "BUYER", "AUTHOR"}
        several = [row for row in ours if str(row[7]).count(",") > 1]
        assert parties.count_parts(file_of(case)) == 61
        assert several or seed


def test_nothing_is_written_where_an_id_would_stand_twice(tmp_path: Path) -> None:
    with open_case(tmp_path / "case", **tables(1)) as case:
        case_file = file_of(case)
        connection = case_file.connection
        connection.execute('INSERT INTO facts."PAYER" SELECT * FROM facts."PAYER"')
        connection.execute('DELETE FROM derived."PARTY"')
        assert parties.write_parties(case_file, rule="r@1") is None
        assert written(case_file) == []


def test_the_stage_takes_the_short_way_for_very_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphmodel.derive.runner.MANY_PARTS", 1)
    wrote: list[str] = []
    write = EmbeddedEngine.write

    def noted(self: EmbeddedEngine, relationship: str, *args: object, **named: object) -> int:
        wrote.append(relationship)
        return write(self, relationship, *args, **named)  # type: ignore[arg-type] # as it came

    monkeypatch.setattr(EmbeddedEngine, "write", noted)
    with open_case(tmp_path / "case", **tables(2)) as case:
        assert rule("derive/party").subject == "PARTY"
        assert "PARTY" not in wrote
        assert "ACTS_THROUGH" in wrote
        ours = written(file_of(case))
        file_of(case).connection.execute('DELETE FROM derived."PARTY"')
        named = f"derive/party@{rule('derive/party').version}"
        engine_of(case).write("PARTY", rule("derive/party").text, {}, rule=named)
        assert written(file_of(case)) == ours
