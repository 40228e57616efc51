"""Stories of lists given for lists, and of some that only look so."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import combinations, permutations
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.simulate.stage import Hardship, coarse, stamp
from graphmodel.simulate.telling import (
    ROUND,
    Hand,
    Teller,
    Told,
    bystander,
    hand,
    later,
    pay,
    price,
    second_account,
    sell,
    start_of,
    state,
    sum_minor,
    tell,
    unrelated,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.simulate.stage import Label, Stage

WINDOW_DAYS = 93
STORY_HOURS = 24 * 60.0
"""All transfers of a ring lie within so many hours, coarse dates left aside."""


class Move(NamedTuple):
    """One file on its way: who sends what to whom, when, and the exchange it belongs to."""

    sender: Hand
    receiver: Hand
    batch: str
    moment: datetime
    exchange: str = ""


def plant(stage: Stage) -> Label:
    """Let a few parties give each other lists without paying."""
    return tell(stage, "barter_ring", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let colleagues, a channel, samples, sales or a slow ring look like it."""
    return tell(stage, "barter_ring", "decoy", DECOYS)


def _members(stage: Stage, least: int = 3, most: int = 5) -> list[Hand]:
    return [hand(stage) for _ in range(stage.rng.randrange(least, most + 1))]


def _file(stage: Stage) -> str:
    return stage.batch(stage.rng.choice(ROUND) + stage.rng.randrange(1, 999))


def _both_ways(stage: Stage, members: Sequence[Hand], times: int = 1) -> list[Move]:
    """Return a file each way for every pair of members, each sender its own goods."""
    start, moves = start_of(stage, 100), []
    for one, other in combinations(members, 2):
        for _ in range(times):
            exchange, at = stage.id("exchange"), later(start, stage.rng, 0, STORY_HOURS)
            moves.append(Move(one, other, _file(stage), at, exchange))
            answered = later(at, stage.rng, 0.2, 40)
            moves.append(Move(other, one, _file(stage), answered, exchange))
    return moves


def _round(stage: Stage, members: Sequence[Hand]) -> list[Move]:
    """Return a file from each member to the next, and from the last to the first."""
    start = start_of(stage, 100)
    return [
        Move(one, other, _file(stage), later(start, stage.rng, 0, STORY_HOURS))
        for one, other in zip(members, [*members[1:], members[0]], strict=True)
    ]


def _move(stage: Stage, moves: Sequence[Move], *, deals: bool, **cells: object) -> list[str]:
    """Add the transfers as deals of kind barter or as deliveries, one date coarse if need be."""
    texts = [stamp(move.moment) for move in moves]
    if stage.hardship is Hardship.COARSE_DATE:
        place = stage.rng.randrange(len(texts))
        texts[place] = coarse(moves[place].moment)
    return [_one(stage, m, t, deals=deals, **cells) for m, t in zip(moves, texts, strict=True)]


def _one(stage: Stage, move: Move, time: str, *, deals: bool, **cells: object) -> str:
    given = {"batch": move.batch, "time": time, **cells}
    if deals:
        given = {"kind": "barter", "exchange": move.exchange, **given}
        return stage.deal(move.sender.account, move.receiver.account, **given)
    ends = {"sender": move.sender.account, "receiver": move.receiver.account}
    return stage.add("deliveries", id=stage.id("delivery"), **ends, **given)


def _around(stage: Stage, members: Sequence[Hand], *, sales: bool = True) -> None:
    """Let members deal with bystanders, or pay one in parts or with a refund."""
    accounts = [member.account for member in members]
    if stage.hardship in {Hardship.SPLIT_PAYMENT, Hardship.REFUNDED_PAYMENT}:
        ends = (stage.rng.choice(accounts), bystander(stage))
        pay(stage, ends, sum_minor(stage.rng), start_of(stage, 5))
    unrelated(stage, accounts, sales=sales)


def _roles(members: Sequence[Hand]) -> dict[str, tuple[str, ...]]:
    return {"members": tuple(sorted(member.id for member in members))}


def _stated_barter(stage: Stage) -> Told:
    members = _members(stage)
    moved = _move(stage, _both_ways(stage, members), deals=True)
    _around(stage, members)
    return _roles(members), tuple(moved)


def _by_deliveries(stage: Stage) -> Told:
    """Let files go both ways and no deal be known; some are in one group."""
    members = _members(stage)
    moved = _move(stage, _both_ways(stage, members), deals=False)
    if stage.rng.random() < 1 / 2:
        group = stage.person(kind="group")
        for member in members:
            stage.add("ties", a=member.id, kind="member_of", b=group)
    if stage.rng.random() < 1 / 2:
        state(stage, "no_money", moved)
    _around(stage, members, sales=False)
    return _roles(members), tuple(moved)


def _two_parties(stage: Stage) -> Told:
    """Let two give each other two files or more each."""
    members = _members(stage, 2, 2)
    moves = _both_ways(stage, members, stage.rng.randrange(2, 5))
    moved = _move(stage, moves, deals=stage.rng.random() < 1 / 2)
    _around(stage, members, sales=False)
    return _roles(members), tuple(moved)


def _one_way_round(stage: Stage) -> Told:
    """Let each give to the next, as stated barter."""
    members = _members(stage, 3, 6)
    moved = _move(stage, _round(stage, members), deals=True)
    _around(stage, members)
    return _roles(members), tuple(moved)


def _first_an_upload(stage: Stage) -> Told:
    """Let each member send three files to the keeper of a group, and get the others' files."""
    members, keeper, start = _members(stage), hand(stage, 0), start_of(stage, 100)
    moves: list[Move] = []
    sent: dict[str, list[str]] = {}
    for member in members:
        files = [_file(stage) for _ in range(stage.rng.randrange(3, 6))]
        sent[member.id] = files
        moves += [Move(member, keeper, f, later(start, stage.rng, 0, 300)) for f in files]
    for giver, taker in permutations(members, 2):
        at = later(start, stage.rng, 330, STORY_HOURS)
        moves.append(Move(keeper, taker, stage.rng.choice(sent[giver.id]), at))
    moved = _move(stage, moves, deals=False)
    _around(stage, members, sales=False)
    return _roles([*members, keeper]), tuple(moved)


def _two_accounts_each(stage: Stage) -> Told:
    """Let each member send and receive through two accounts."""
    members = [hand(stage, 1) for _ in range(stage.rng.randrange(3, 6))]
    own = {m.id: (m, Hand(m.id, second_account(stage, m))) for m in members}
    moves = [
        move._replace(
            sender=stage.rng.choice(own[move.sender.id]),
            receiver=stage.rng.choice(own[move.receiver.id]),
        )
        for move in _both_ways(stage, members)
    ]
    moved = _move(stage, moves, deals=stage.rng.random() < 1 / 2)
    _around(stage, members, sales=False)
    return _roles(members), tuple(moved)


PLANTS: dict[str, Teller] = {
    "stated_barter": _stated_barter,
    "by_deliveries": _by_deliveries,
    "two_parties": _two_parties,
    "one_way_round": _one_way_round,
    "first_an_upload": _first_an_upload,
    "two_accounts_each": _two_accounts_each,
}


def _colleagues(stage: Stage) -> Told:
    """Let colleagues of one firm share its files."""
    members, firm = [hand(stage, 1) for _ in range(3)], stage.person(kind="organisation")
    for member in members:
        stage.add("ties", a=firm, kind="employs", b=member.id, since=f"{stage.begin:%Y-%m}")
    moved = _move(stage, _both_ways(stage, members), deals=False)
    _around(stage, members, sales=False)
    return _roles(members), tuple(moved)


def _channel(stage: Stage) -> Told:
    """Let one archive send to many, who send nothing back."""
    members, start = _members(stage, 4, 9), start_of(stage, 100)
    moves = [
        Move(members[0], taker, _file(stage), later(start, stage.rng, 0, STORY_HOURS))
        for taker in members[1:]
        for _ in range(stage.rng.randrange(1, 4))
    ]
    moved = _move(stage, moves, deals=False)
    _around(stage, members, sales=False)
    return _roles(members), tuple(moved)


def _paid_for(stage: Stage) -> Told:
    """Let payments lie beside the files, each within days."""
    members = _members(stage, 3, 4)
    moves = _both_ways(stage, members)
    moved = _move(stage, moves, deals=False)
    for move in moves:
        at, ends = later(move.moment, stage.rng, 2, 90), (move.receiver, move.sender)
        amount = sum_minor(stage.rng)
        stage.payment(ends[0].account, ends[1].account, amount, time=stamp(at))
    _around(stage, members, sales=False)
    return _roles(members), tuple(moved)


def _sold(stage: Stage) -> Told:
    """Let every file be delivered for a deal with a price."""
    members = _members(stage, 3, 4)
    moved = []
    for move in _both_ways(stage, members):
        ends = (move.sender.account, move.receiver.account)
        cells = price(stage, sum_minor(stage.rng), may_lack=False)
        deal = sell(stage, ends, move.moment, batch=move.batch, **cells)
        at = stamp(later(move.moment, stage.rng, 0.1, 5))
        moved.append(_one(stage, move, at, deals=False, deal=deal))
    _around(stage, members, sales=False)
    return _roles(members), tuple(moved)


def _samples(stage: Stage) -> Told:
    """Let all of it be samples, sent before a sale."""
    members = _members(stage, 3, 4)
    moved = _move(stage, _both_ways(stage, members), deals=True, kind="sample", exchange="")
    _around(stage, members, sales=False)
    return _roles(members), tuple(moved)


def _once_each(stage: Stage) -> Told:
    """Let two give each other one file each: too little for a ring of two."""
    members = _members(stage, 2, 2)
    is_deal = stage.rng.random() < 1 / 2
    moved = _move(stage, _both_ways(stage, members), deals=is_deal)
    _around(stage, members, sales=False)
    return _roles(members), tuple(moved)


def _too_slow(stage: Stage) -> Told:
    """Let a ring take longer than the window to close."""
    members, start = _members(stage, 3, 3), start_of(stage, WINDOW_DAYS * 2)
    following = [*members[1:], members[0]]
    times = [start + timedelta(days=place * stage.rng.randrange(64, 80)) for place in range(3)]
    moves = [
        Move(one, other, _file(stage), at)
        for one, other, at in zip(members, following, times, strict=True)
    ]
    is_deal = stage.rng.random() < 1 / 2
    moved = _move(stage, moves, deals=is_deal)
    _around(stage, members, sales=False)
    return _roles(members), tuple(moved)


def _mostly_to_others(stage: Stage) -> Told:
    """Let the members send far more to outsiders than to each other."""
    members = _members(stage, 3, 3)
    moves = _both_ways(stage, members)
    start = min(move.moment for move in moves)
    for member in members:
        for _ in range(stage.rng.randrange(3, 7)):
            at = later(start, stage.rng, 0, STORY_HOURS / 2)
            moves.append(Move(member, hand(stage), _file(stage), at))
    moved = _move(stage, moves, deals=False)
    _around(stage, members, sales=False)
    return _roles(members), tuple(moved)


def _line(stage: Stage) -> Told:
    """Let goods be handed down a line, and nothing come back."""
    members = _members(stage, 4, 5)
    moved = _move(stage, _round(stage, members)[:-1], deals=stage.rng.random() < 1 / 2)
    _around(stage, members, sales=False)
    return _roles(members), tuple(moved)


DECOYS: dict[str, Teller] = {
    "colleagues": _colleagues,
    "channel": _channel,
    "paid_for": _paid_for,
    "sold": _sold,
    "samples": _samples,
    "once_each": _once_each,
    "too_slow": _too_slow,
    "mostly_to_others": _mostly_to_others,
    "line": _line,
}
