"""The order of findings: by level and amount; some change places among themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.derive.small_cases import open_case, persons

if TYPE_CHECKING:
    from pathlib import Path


def loop(name: str, members: str, amount: str, month: int) -> list[str]:
    """Return payments round three members."""
    ends = zip(members, members[1:] + members[0], strict=True)
    return [
        f"{name}{day},{payer},{payee},{amount},2020-{month:02}-0{day}"
        for day, (payer, payee) in enumerate(ends, 1)
    ]


def test_of_one_level_loops_that_chance_explains_least_come_first(tmp_path: Path) -> None:
    rows = [*loop("busy", "abc", "900.00", 1), *loop("rare", "xyz", "100.00", 3)]
    rows += [f"more{n},a,{n},5.00,2021-01-0{n}" for n in range(1, 6)]
    table = "\n".join(["id,payer,payee,amount,time", *rows])
    people = persons("a b c x y z 1 2 3 4 5")
    with open_case(tmp_path / "case", persons=people, payments=table) as case:
        found = case.flag(typologies=["payment_loop"], graph=False).findings
        assert [finding.events for finding in found] == [
            ("rare1", "rare2", "rare3"),
            ("busy1", "busy2", "busy3"),
        ]
        assert len({finding.level for finding in found}) == 1


def test_what_was_examined_is_told_by_typology(tmp_path: Path) -> None:
    table = "\n".join(["id,payer,payee,amount,time", *loop("loop", "abc", "9.00", 1)])
    with open_case(tmp_path / "case", persons=persons("a b c"), payments=table) as case:
        report = case.flag(graph=False)
        assert report.examined["payment_loop"] == 1
        assert report.examined["relay"] == 0
        assert report.to_json("en")["examined"] == dict(report.examined)
        kept = case.findings()
        assert kept is not None
        assert kept.examined == report.examined
