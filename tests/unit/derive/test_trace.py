"""Walks against all series of moves tried one by one, and over real cases."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

import pytest

from graphmodel.derive.trace import DAY_S, FOLLOWED, Move, TraceLimits, Walk
from graphmodel.errors import UsageError
from graphmodel.model.counts import Bounded
from tests.unit.derive.small_cases import open_case, persons

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from graphmodel.case import Case
    from graphmodel.derive.trace import Trace

DAYS = 6
Orders = frozenset[tuple[str, str]]


def random_moves(random: Random) -> list[Move]:
    """Return moves among a few parties; some coarse, some that are not followed."""
    found = []
    for n in range(random.randrange(3, 14)):
        a, b = random.sample("pqrs", 2)
        t0 = random.randrange(20) * DAY_S
        t1 = t0 + random.choice((0, 0, 4, 12)) * DAY_S
        state = random.choice(("ok", "ok", "ok", "failed"))
        ends = (f"a{a}", f"a{b}", frozenset(a), frozenset(b))
        amount = Bounded(Fraction(100))
        found.append(Move(f"m{n:02}", "Payment", *ends, t0, t1, amount, "CNY", state, None, None))
    return found


def series(moves: Sequence[Move], orders: Orders, hops: int, *, up: bool) -> Iterator[list[Move]]:
    """Give every series of moves from party p that can be in order, each next one within reach."""

    def ends(move: Move) -> tuple[frozenset[str], frozenset[str], int, int]:
        if up:
            return move.takers, move.givers, -move.t1, -move.t0
        return move.givers, move.takers, move.t0, move.t1

    def longer(path: list[Move], latest: int) -> Iterator[list[Move]]:
        yield path
        last = path[-1]
        if len(path) == hops or last.state not in FOLLOWED:
            return
        for move in moves:
            near, _, begin, end = ends(move)
            pair = (last.id, move.id) if up else (move.id, last.id)
            fits = near & ends(last)[1] and end >= latest and begin - ends(last)[3] <= DAYS * DAY_S
            if fits and move not in path and pair not in orders:
                yield from longer([*path, move], max(latest, begin))

    for move in moves:
        if "p" in ends(move)[0]:
            yield from longer([move], ends(move)[2])


@pytest.mark.parametrize("up", [False, True], ids=["down", "up"])
@pytest.mark.parametrize("seed", range(200))
def test_a_walk_reaches_what_some_possible_series_reaches(seed: int, *, up: bool) -> None:
    random = Random(seed)  # noqa: S311 - an example, no secret
    moves = random_moves(random)
    orders: Orders = frozenset(
        (a.id, b.id) for a in moves for b in moves if a.t0 < b.t0 and random.random() < 0.1
    )
    least: dict[str, int] = {}
    for path in series(moves, orders, 4, up=up):
        least[path[-1].id] = min(least.get(path[-1].id, 9), len(path))

    def onward(parties: frozenset[str], low: int, high: int) -> tuple[list[Move], dict[str, int]]:
        near = [m for m in moves if (m.takers if up else m.givers) & parties]
        return [m for m in near if m.t0 <= high and m.t1 >= low], {}

    def before(events: Iterable[str]) -> Orders:
        asked = set(events)
        return frozenset(pair for pair in orders if pair[0] in asked)

    walk = Walk(TraceLimits(max_hops=4, within_days=DAYS), onward, before, is_up=up)
    first = [m for m in moves if "p" in (m.takers if up else m.givers)]
    steps, truncated = walk.run(first)
    assert {step.move.id: step.hop for step in steps} == least
    assert truncated == ()


PAYMENTS = """id,payer,payee,amount,currency,time,status,refunds,after
p1,a1,b1,1000.00,CNY,2020-01-05T10:00,ok,,
p2,b2,c1,900.00,CNY,2020-01-06,ok,,
p3,b1,d1,50.00,USD,2020-01,ok,,
p4,c1,d1,850.00,CNY,2020-01-04,ok,,
p5,c1,d1,800.00,CNY,2020-01-20,ok,,
p6,c1,a1,10.00,CNY,2020-01-21,failed,,
p7,d1,c1,800.00,CNY,2020-01-22,ok,p5,
p8,b1,c1,70.00,CNY,2020-01,ok,,
p9,b1,c1,60.00,CNY,2020-04-20,ok,,
"""


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    """Give a case of nine payments; b acts through two accounts."""
    tables = {
        "persons": persons("a b c d"),
        "accounts": "id,holder\na1,a\nb1,b\nb2,b\nc1,c\nd1,d",
        "payments": PAYMENTS,
        "batches": "id\nl1\nl2\nother",
        "batch_links": "a,kind,b\nl1,subset,l2",
        "deals": "id,seller,buyer,batch,quantity,total,time,status\n"
        "d1,a1,b1,l1,500,10.00,2020-01-02,ok\nd2,b2,c1,l2,500,20.00,2020-02-02,ok\n"
        "d3,b2,d1,other,500,20.00,2020-02-02,ok\nd4,c1,d1,l1,500,9.00,2020-03-02,cancelled\n",
        "deliveries": "id,sender,receiver,batch,records,time,deal\n"
        "y1,b1,c1,l2,500,2020-02-03,d2\ny2,c1,a1,l1,400,2020-02-10,\n",
    }
    with open_case(tmp_path / "case", **tables) as opened:
        yield opened


def told(trace: Trace) -> dict[str, tuple[int, tuple[str, ...], bool, bool]]:
    """Return hop, what it may follow, whether decided and followed, by event."""
    return {
        step.move.id: (step.hop, step.after, step.is_decided, step.is_followed)
        for step in trace.steps
    }


def test_money_is_followed_through_all_accounts_of_a_party(case: Case) -> None:
    assert told(case.trace("a1")) == {
        "p1": (1, (), True, True),
        "p2": (2, ("p1",), True, True),
        "p3": (2, ("p1",), False, True),
        "p8": (2, ("p1",), False, True),
        "p5": (3, ("p2", "p8"), True, False),
        "p6": (3, ("p2", "p8"), True, False),
        "p7": (3, ("p3",), False, False),
    }


def test_up_is_the_way_back_and_limits_hold(case: Case) -> None:
    assert told(case.trace("d1", is_up=True)) == {
        "p3": (1, (), True, True),
        "p4": (1, (), True, True),
        "p5": (1, (), True, False),
        "p1": (2, ("p3",), False, True),
        "p8": (2, ("p4",), False, True),
    }
    assert set(told(case.trace("a1", max_hops=1))) == {"p1"}
    assert set(told(case.trace("a1", min_amount="60.00"))) == {"p1", "p2", "p5", "p8"}
    assert set(told(case.trace("a1", until="2020-01-05"))) == {"p1", "p3", "p8"}
    assert set(told(case.trace("b1", since="2020-02"))) == {"p9"}
    assert "p9" in told(case.trace("a1", within_days=120))
    assert "p9" not in told(case.trace("a1", within_days=100))


def test_a_batch_is_followed_along_deals_and_deliveries(case: Case) -> None:
    down = case.trace("a1", batch="l1")
    assert told(down) == {
        "d1": (1, (), True, True),
        "d2": (2, ("d1",), True, True),
        "d4": (3, ("d2",), True, False),
        "y2": (3, ("d2",), True, True),
    }
    assert [step.move.batch for step in down.steps] == ["l1", "l2", "l1", "l1"]
    assert set(told(case.trace("d1", batch="other", is_up=True))) == {"d3"}


def test_limits_are_named(case: Case) -> None:
    assert case.trace("a1", max_rows=2).truncated == (
        "trace: max_rows 2: 3 more steps are not shown",
    )
    from graphmodel.derive.following import TraceChoice, follow

    engine = case._engine()  # noqa: SLF001 - the limit has no option
    choice = TraceChoice("a1", max_fan=2)
    found = follow(engine, choice, currency="CNY", timezone="Asia/Shanghai")
    assert found.truncated == ("trace: max_fan 2: not followed: b (3 events)",)
    assert set(told(found)) == {"p1"}


def test_what_is_wrong_with_a_question_is_said(case: Case) -> None:
    wrong = {
        "no account 'zz'": {"account": "zz"},
        "is a person, not an account. Name one of the accounts: b1, b2": {"account": "b"},
        "no batch 'zz'": {"account": "a1", "batch": "zz"},
        "--max-hops is 0": {"account": "a1", "max_hops": 0},
        "--max-rows is 0": {"account": "a1", "max_rows": 0},
        "--within-days is -1": {"account": "a1", "within_days": -1},
        "--since 'soon' is no date": {"account": "a1", "since": "soon"},
        "--min-amount '1e3' is no amount": {"account": "a1", "min_amount": "1e3"},
    }
    for words, asked in wrong.items():
        with pytest.raises(UsageError) as caught:
            case.trace(**asked)  # type: ignore[arg-type] # what is wrong is the value
        assert words in str(caught.value)
