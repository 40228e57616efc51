"""One question of `trace`: its words checked, the walk done, the parties named."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from graphmodel.derive.trace import Trace, TraceLimits, Walk
from graphmodel.derive.trace_moves import GoodsMoves, PaymentMoves, Scope, stated_orders
from graphmodel.errors import UsageError
from graphmodel.model.instants import parse_time
from graphmodel.model.refusal import RefusalError
from graphmodel.query.reading import read_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphmodel.derive.trace import Move
    from graphmodel.query.engines.base import Engine

MONEY_DAYS, GOODS_DAYS = 31, 366
"""Most days from one step to the next, if nothing else is asked for: money, and one goods."""


@dataclass(frozen=True, slots=True)
class TraceChoice:
    """What is asked: from which account, which way, along which goods, within which limits.

    `min_amount` in major units of each payment's own currency, `since` and `until` as people write
    times. `within_days` None: 31 for money, 366 along a batch.
    """

    account: str
    is_up: bool = False
    batch: str | None = None
    max_hops: int = 6
    min_amount: str | None = None
    since: str | None = None
    until: str | None = None
    within_days: int | None = None
    max_rows: int = 1_000
    max_fan: int = 1_000


def follow(engine: Engine, choice: TraceChoice, *, currency: str, timezone: str) -> Trace:
    """Return where money (or the goods of a batch) of an account went or came from.

    UsageError: no such account or batch, a time or amount that is none, a limit below 1.
    """
    limits = _limits(choice, ZoneInfo(timezone))
    account = _account(engine, choice.account)
    scope = Scope(choice.is_up, currency, _amount(choice.min_amount), choice.max_fan)
    moves: GoodsMoves | PaymentMoves
    if choice.batch is None:
        moves = PaymentMoves(engine, scope)
    else:
        if not read_nodes(engine, "Batch", ("id",), ids=[choice.batch]):
            msg = f"The case has no batch {choice.batch!r}."
            raise UsageError(msg, hint="Name it by its id.")
        moves = GoodsMoves(engine, scope, choice.batch)

    def before(events: Iterable[str]) -> frozenset[tuple[str, str]]:
        return stated_orders(engine, events)

    walk = Walk(limits, moves.onward, before, is_up=choice.is_up)
    steps, truncated = walk.run(moves.first(account))
    names = _names(engine, (step.move for step in steps))
    return Trace(account, choice.is_up, choice.batch, steps, truncated, limits, names)


def _limits(choice: TraceChoice, zone: ZoneInfo) -> TraceLimits:
    for name, value in (("--max-hops", choice.max_hops), ("--max-rows", choice.max_rows)):
        if value < 1:
            msg = f"{name} is {value}, but at least 1 is needed."
            raise UsageError(msg)
    within = choice.within_days
    if within is None:
        within = MONEY_DAYS if choice.batch is None else GOODS_DAYS
    if within < 0:
        msg = f"--within-days is {within}, but days are not negative."
        raise UsageError(msg)
    since, until = (
        None if text is None else _time(text, option, zone)
        for text, option in ((choice.since, "--since"), (choice.until, "--until"))
    )
    return TraceLimits(
        choice.max_hops,
        within,
        None if since is None else since[0],
        None if until is None else until[1],
        choice.max_rows,
        choice.max_fan,
    )


def _time(text: str, option: str, zone: ZoneInfo) -> tuple[int, int]:
    try:
        interval = parse_time(text, zone)
    except RefusalError as error:
        msg = f"{option} {text!r} is no date."
        raise UsageError(msg, hint="Write it like 2019, 2019-03 or 2019-03-14.") from error
    return interval.t0, interval.t1


def _amount(text: str | None) -> Fraction | None:
    if text is None:
        return None
    plain = text.replace(",", "")
    if not plain.replace(".", "", 1).isdecimal() or not plain.isascii():
        msg = f"--min-amount {text!r} is no amount."
        raise UsageError(msg, hint="Write it like 1000 or 1000.50, without a currency.")
    return Fraction(plain)


def _account(engine: Engine, given: str) -> str:
    """Return the account that is meant: by its id, else the one that stands for a person."""
    asked = [given, f"unknown:{given}"]
    known = {str(row[0]) for row in read_nodes(engine, "Account", ("id",), ids=asked)}
    for id_ in asked:
        if id_ in known:
            return id_
    through = engine.run(
        "MATCH (p:Person)-[:ACTS_THROUGH]->(a:Account) WHERE p.id = $id "
        "RETURN DISTINCT a.id AS a ORDER BY a",
        {"id": given},
    ).rows
    if through:
        named = ", ".join(str(row[0]) for row in through[:5])
        msg = f"{given!r} is a person, not an account."
        raise UsageError(msg, hint=f"Name one of the accounts: {named}.")
    msg = f"The case has no account {given!r}."
    raise UsageError(msg, hint="Name it by its id, as in the table of accounts.")


def _names(engine: Engine, moves: Iterable[Move]) -> dict[str, str]:
    """Return the names of the persons on a way."""
    parties = {party for move in moves for party in (*move.givers, *move.takers)}
    rows = read_nodes(engine, "Person", ("id", "name"), ids=parties)
    return {str(id_): str(name) for id_, name in rows if name}
