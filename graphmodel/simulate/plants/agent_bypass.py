"""Stories of an agent who trades alone with the principal's partners, and of near misses."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.simulate.deal_telling import tell
from graphmodel.simulate.stage import stamp
from graphmodel.simulate.telling import Hand

if TYPE_CHECKING:
    from datetime import datetime
    from typing import TypeAlias

    from graphmodel.simulate.deal_telling import Lot, Trading, Variant
    from graphmodel.simulate.stage import Label, Stage
    from graphmodel.simulate.telling import Told

    Events: TypeAlias = tuple[str, str]

ROOM_DAYS = 80
NOT_SAID = 0.5


def plant(stage: Stage) -> Label:
    """Let an agent buy from the principal's supplier and sell to the principal's client."""
    return tell(stage, "agent_bypass", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let the tie be over or disclosed, the deals the firm's, the partners the agent's own."""
    return tell(stage, "agent_bypass", "decoy", DECOYS)


class Cast(NamedTuple):
    """Principal, agent, supplier and client, and with whom and as whom the agent trades alone."""

    principal: Hand
    agent: Hand
    supplier: Hand
    client: Hand

    def roles(self) -> dict[str, tuple[str, ...]]:
        """Return the roles of the card."""
        return {
            "principal": (self.principal.id,),
            "agent": (self.agent.id,),
            "supplier": (self.supplier.id,),
            "client": (self.client.id,),
        }


def _cast(t: Trading) -> Cast:
    return Cast(t.known(), t.known(), t.somebody(), t.somebody())


def _serves(t: Trading, cast: Cast) -> None:
    told = "no" if t.rng.random() < NOT_SAID else ""
    t.serve(cast.agent, cast.principal, disclosed=told)


def _line(t: Trading, ends: tuple[Hand, Hand, Hand], at: datetime, lots: tuple[Lot, Lot]) -> Events:
    """Add a purchase of the second from the first, and a dearer sale to the third."""
    supplier, middle, client = ends
    unit = t.unit()
    bought = t.sale((supplier, middle), lots[0], at, unit)
    return bought, t.sale((middle, client), lots[1], t.later(at, 0.5, 12), t.dearer(unit))


def _lots(t: Trading, *, one: bool | None = None) -> tuple[Lot, Lot]:
    """Return the goods of a purchase and a sale, which need not be the same."""
    bought = t.loose_lot()
    is_one = t.rng.random() < 1 / 2 if one is None else one
    return bought, bought if is_one else t.loose_lot()


def _by_principal(
    t: Trading, cast: Cast, at: datetime, lots: tuple[Lot, Lot] | None = None
) -> Events:
    return _line(t, (cast.supplier, cast.principal, cast.client), at, lots or _lots(t))


def _alone(t: Trading, cast: Cast, at: datetime, lots: tuple[Lot, Lot] | None = None) -> Events:
    return _line(t, (cast.supplier, cast.agent, cast.client), at, lots or _lots(t))


def _times(t: Trading) -> tuple[datetime, datetime]:
    """Return when the principal's line is seen, and when the agent's begins, surely after it."""
    first = t.begin(ROOM_DAYS)
    return first, t.later(first, 14, 60)


def _both_sides(t: Trading) -> Told:
    cast, times = _cast(t), _times(t)
    _serves(t, cast)
    _by_principal(t, cast, times[0])
    return cast.roles(), _alone(t, cast, times[1])


def _employee_of_a_firm(t: Trading) -> Told:
    """Let the principal be an organisation with an account of its own."""
    cast, times = Cast(t.firm(), t.known(), t.somebody(), t.somebody()), _times(t)
    t.tie(cast.principal.id, "employs", cast.agent.id)
    _by_principal(t, cast, times[0])
    return cast.roles(), _alone(t, cast, times[1])


def _same_goods_again(t: Trading) -> Told:
    """Let the agent sell the very goods of the principal's line once more."""
    cast, times, lots = _cast(t), _times(t), _lots(t, one=True)
    _serves(t, cast)
    _by_principal(t, cast, times[0], lots)
    return cast.roles(), _alone(t, cast, times[1], lots)


def _colleague_had_dealt(t: Trading) -> Told:
    """Let another employee have dealt with both for the firm."""
    cast, times = Cast(t.firm(), t.known(), t.somebody(), t.somebody()), _times(t)
    colleague = t.known()
    for worker in (cast.agent, colleague):
        t.tie(cast.principal.id, "employs", worker.id)
    _line(t, (cast.supplier, colleague, cast.client), times[0], _lots(t))
    return cast.roles(), _alone(t, cast, times[1])


def _knew_them_in_service(t: Trading) -> Told:
    """Let the agent have written to both for the principal."""
    cast, times = _cast(t), _times(t)
    _serves(t, cast)
    _by_principal(t, cast, times[0])
    for other in (cast.supplier, cast.client):
        t.write((cast.agent, other), t.later(times[0], 0, 10))
    return cast.roles(), _alone(t, cast, times[1])


def _several_deals(t: Trading) -> Told:
    cast, times = _cast(t), _times(t)
    _serves(t, cast)
    _by_principal(t, cast, times[0])
    first = _alone(t, cast, times[1])
    return cast.roles(), (*first, *_alone(t, cast, t.later(times[1], 1, 4)))


def _one_side_only(t: Trading) -> Told:
    """Let only the supplier or only the client be the principal's: a lead."""
    cast, times = _cast(t), _times(t)
    _serves(t, cast)
    _by_principal(t, cast, times[0])
    if t.rng.random() < 1 / 2:
        sold = t.sale((cast.agent, cast.client), t.lot(), times[1], t.unit())
        return cast.roles() | {"supplier": ()}, (sold,)
    bought = t.sale((cast.supplier, cast.agent), t.lot(), times[1], t.unit())
    return cast.roles() | {"client": ()}, (bought,)


PLANTS: dict[str, Variant] = {
    "both_sides": _both_sides,
    "employee_of_a_firm": _employee_of_a_firm,
    "same_goods_again": _same_goods_again,
    "colleague_had_dealt": _colleague_had_dealt,
    "knew_them_in_service": _knew_them_in_service,
    "several_deals": _several_deals,
    "one_side_only": _one_side_only,
}


def _two_lines(t: Trading, cast: Cast, own: Cast, times: tuple[datetime, datetime]) -> Events:
    """Tell the principal's line, then the agent's own, in other goods each: nothing is resold."""
    _by_principal(t, cast, times[0], _lots(t, one=False))
    return _alone(t, own, times[1], _lots(t, one=False))


def _had_left(t: Trading) -> Told:
    cast, times = _cast(t), _times(t)
    left = times[1] - timedelta(days=t.rng.randint(2, 10))
    kind = t.rng.choice(("agent_of", "employs"))
    ends = cast.agent.id, cast.principal.id
    a, b = ends if kind == "agent_of" else ends[::-1]
    t.tie(a, kind, b, until=f"{left:%Y-%m-%d}")
    events = _two_lines(t, cast, cast, times)
    t.spare()
    return cast.roles(), events


def _principal_was_told(t: Trading) -> Told:
    cast, times = _cast(t), _times(t)
    t.serve(cast.agent, cast.principal, disclosed="yes")
    return cast.roles(), _two_lines(t, cast, cast, times)


def _deals_of_the_firm(t: Trading) -> Told:
    """Let the agent have reported both deals to the principal: they are not the agent's own."""
    cast, times = _cast(t), _times(t)
    _serves(t, cast)
    events = _two_lines(t, cast, cast, times)
    who = {"agent": cast.agent.id, "principal": cast.principal.id}
    at = stamp(t.later(times[1], 13, 15))
    for deal in events:
        t.stage.add("claims", id=t.stage.id("claim"), **who, deal=deal, time=at)
    return cast.roles(), events


def _account_of_the_firm(t: Trading) -> Told:
    """Let the agent use an account that the principal holds."""
    cast, times = _cast(t), _times(t)
    t.tie(cast.principal.id, "employs", cast.agent.id)
    account = t.stage.account(holder=cast.principal.id)
    t.stage.add("controls", person=cast.agent.id, account=account, basis="used")
    own = cast._replace(agent=Hand(cast.agent.id, account))
    return cast.roles(), _two_lines(t, cast, own, times)


def _other_partners(t: Trading) -> Told:
    """Let the agent trade with others than the principal's partners."""
    cast, times = _cast(t), _times(t)
    _serves(t, cast)
    own = cast._replace(supplier=t.somebody(), client=t.somebody())
    return cast.roles(), _two_lines(t, cast, own, times)


def _agent_came_first(t: Trading) -> Told:
    """Let the principal deal with both only after the agent had."""
    cast, times = _cast(t), _times(t)
    _serves(t, cast)
    events = _alone(t, cast, times[0], _lots(t, one=False))
    _by_principal(t, cast, times[1], _lots(t, one=False))
    t.spare()
    return cast.roles(), events


def _only_the_supplier(t: Trading) -> Told:
    """Let the agent buy from the principal's supplier and sell to a client of his own."""
    cast, times = _cast(t), _times(t)
    _serves(t, cast)
    return cast.roles(), _two_lines(t, cast, cast._replace(client=t.somebody()), times)


DECOYS: dict[str, Variant] = {
    "had_left": _had_left,
    "principal_was_told": _principal_was_told,
    "deals_of_the_firm": _deals_of_the_firm,
    "account_of_the_firm": _account_of_the_firm,
    "other_partners": _other_partners,
    "agent_came_first": _agent_came_first,
    "only_the_supplier": _only_the_supplier,
}
