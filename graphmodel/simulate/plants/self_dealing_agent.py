"""Stories of an agent on the seller's side of the principal's purchase, and of near misses."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.simulate.deal_telling import Lot, tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from graphmodel.simulate.deal_telling import Trading, Variant
    from graphmodel.simulate.stage import Label, Stage
    from graphmodel.simulate.telling import Hand, Told

GAP_DAYS = (0.5, 20)
ROOM_DAYS = 50
NOT_SAID = 0.5


def plant(stage: Stage) -> Label:
    """Let an agent, or somebody related to the agent, sell to the principal, hidden."""
    return tell(stage, "self_dealing_agent", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let the principal know, the tie be over, the front be a stranger, the source unknown."""
    return tell(stage, "self_dealing_agent", "decoy", DECOYS)


class Circle(NamedTuple):
    """Principal, agent, who sells to the principal, source of the goods."""

    principal: Hand
    agent: Hand
    front: Hand
    source: Hand

    def roles(self, persona: str = "") -> dict[str, tuple[str, ...]]:
        """Return the roles of the card, with a source."""
        return {
            "principal": (self.principal.id,),
            "agent": (self.agent.id,),
            "front": (self.front.id,),
            "upstream": (self.source.id,),
            "persona": (persona,) if persona else (),
        }


def _circle(t: Trading) -> Circle:
    return Circle(t.known(), t.known(), t.known(), t.somebody())


def _serves(t: Trading, circle: Circle) -> None:
    """Tie the agent to the principal; half of the sources say that the principal was not told."""
    told = "no" if t.rng.random() < NOT_SAID else ""
    t.serve(circle.agent, circle.principal, disclosed=told)


def _times(t: Trading) -> tuple[datetime, datetime]:
    first = t.begin(ROOM_DAYS)
    return first, t.later(first, *GAP_DAYS)


def _sells(
    t: Trading,
    circle: Circle,
    lots: Sequence[Lot],
    times: tuple[datetime, datetime],
    **cells: object,
) -> tuple[str, str]:
    """Add the purchase, by the agent or the front, and the dearer sale to the principal."""
    unit = t.unit()
    buyer = t.rng.choice((circle.agent, circle.front))
    bought = t.sale((circle.source, buyer), lots[0], times[0], unit)
    ends = circle.front, circle.principal
    return bought, t.sale(ends, lots[-1], times[1], t.dearer(unit), **cells)


def _known_name(t: Trading, circle: Circle, first: datetime) -> str:
    """Let the front show the principal the name under which an old seller had dealt with him."""
    old = t.anyone()
    name = t.persona("Old Crawler", old.account)
    t.show(old.account, name)
    t.show(circle.front.account, name, to=circle.principal.account, since=f"{first:%Y-%m-%d}")
    return name


def _spouse_under_a_known_name(t: Trading) -> Told:
    circle, lot, times = _circle(t), t.lot(), _times(t)
    _serves(t, circle)
    t.kin(circle.agent, circle.front)
    name = _known_name(t, circle, times[0])
    return circle.roles(name), _sells(t, circle, [lot], times)


def _kin_sells(t: Trading) -> Told:
    circle, lot, times = _circle(t), t.loose_lot(), _times(t)
    _serves(t, circle)
    t.kin(circle.front, circle.agent)
    return circle.roles(), _sells(t, circle, [lot], times)


def _account_of_another(t: Trading) -> Told:
    """Let the agent sell through an account that is registered to somebody else."""
    principal, agent, source = t.known(), t.known(), t.anyone()
    front = t.other_account(agent, holder=t.stage.person())
    circle, lot, times = Circle(principal, agent, front, source), t.lot(), _times(t)
    _serves(t, circle)
    return circle.roles(), _sells(t, circle, [lot], times)


def _own_account_known_name(t: Trading) -> Told:
    """Let the agent pose, with a second account of his own, as a seller known to the principal."""
    principal, agent, source = t.known(), t.known(), t.anyone()
    circle, lot = Circle(principal, agent, t.other_account(agent), source), t.lot()
    times = _times(t)
    _serves(t, circle)
    name = _known_name(t, circle, times[0])
    return circle.roles(name), _sells(t, circle, [lot], times)


def _associate_by_quantity(t: Trading) -> Told:
    """Let an associate sell, and only a rare quantity show where the goods came from."""
    circle, lot, times = _circle(t), t.lot(named=False), _times(t)
    _serves(t, circle)
    t.tie(circle.agent.id, "associate_of", circle.front.id)
    return circle.roles(), _sells(t, circle, [lot], times)


def _one_device(t: Trading) -> Told:
    """Let agent and front be related by nothing but a device."""
    circle, lot, times = _circle(t), t.lot(), _times(t)
    _serves(t, circle)
    t.one_device(circle.agent, circle.front)
    return circle.roles(), _sells(t, circle, [lot, t.part_of(lot)], times)


def _named_in_the_deal(t: Trading) -> Told:
    """Let only the deal itself say who acted for the buyer."""
    circle, lot, times = _circle(t), t.lot(), _times(t)
    t.kin(circle.agent, circle.front)
    return circle.roles(), _sells(t, circle, [lot], times, buyer_agent=circle.agent.id)


def _two_rounds(t: Trading) -> Told:
    circle, lot, times = _circle(t), t.lot(), _times(t)
    _serves(t, circle)
    t.kin(circle.agent, circle.front)
    t.tie(circle.agent.id, "introduced", circle.front.account, to=circle.principal.id)
    deals = _sells(t, circle, [lot], times)
    first = t.later(times[1], 1, 6)
    more = _sells(t, circle, [t.lot()], (first, t.later(first, 0.5, 15)))
    return circle.roles(), (*deals, *more)


PLANTS: dict[str, Variant] = {
    "spouse_under_a_known_name": _spouse_under_a_known_name,
    "kin_sells": _kin_sells,
    "account_of_another": _account_of_another,
    "own_account_known_name": _own_account_known_name,
    "associate_by_quantity": _associate_by_quantity,
    "one_device": _one_device,
    "named_in_the_deal": _named_in_the_deal,
    "two_rounds": _two_rounds,
}


def _principal_was_told(t: Trading) -> Told:
    circle, lot, times = _circle(t), t.lot(), _times(t)
    t.serve(circle.agent, circle.principal, disclosed="yes")
    t.kin(circle.agent, circle.front)
    return circle.roles(), _sells(t, circle, [lot], times)


def _agent_had_left(t: Trading) -> Told:
    circle, lot, times = _circle(t), t.lot(), _times(t)
    left = times[0] - timedelta(days=t.rng.randint(2, 60))
    kind = t.rng.choice(("agent_of", "employs"))
    ends = circle.agent.id, circle.principal.id
    a, b = ends if kind == "agent_of" else ends[::-1]
    t.tie(a, kind, b, until=f"{left:%Y-%m-%d}")
    t.kin(circle.agent, circle.front)
    deals = _sells(t, circle, [lot], times)
    t.spare()
    return circle.roles(), deals


def _agent_came_later(t: Trading) -> Told:
    circle, lot, times = _circle(t), t.lot(), _times(t)
    came = times[1] + timedelta(days=t.rng.randint(2, 40))
    t.tie(circle.agent.id, "agent_of", circle.principal.id, since=f"{came:%Y-%m-%d}")
    t.kin(circle.agent, circle.front)
    deals = _sells(t, circle, [lot], times)
    t.spare()
    return circle.roles(), deals


def _member_of_one_club(t: Trading) -> Told:
    """Let agent and seller be members of one association: that relates nobody."""
    circle, lot, times = _circle(t), t.lot(), _times(t)
    _serves(t, circle)
    club = t.stage.person(kind="organisation")
    for member in (circle.agent, circle.front):
        t.tie(member.id, "member_of", club)
    unit = t.unit()
    bought = t.sale((circle.source, circle.front), lot, times[0], unit)
    sold = t.sale((circle.front, circle.principal), lot, times[1], t.dearer(unit))
    return circle.roles(), (bought, sold)


def _purchase_not_known(t: Trading) -> Told:
    """Let a relative of the agent sell goods of which no purchase is known."""
    circle, lot = _circle(t), t.lot()
    _serves(t, circle)
    t.kin(circle.agent, circle.front)
    sold = t.sale((circle.front, circle.principal), lot, t.begin(5), t.unit())
    return circle.roles() | {"upstream": ()}, (sold,)


def _other_goods(t: Trading) -> Told:
    """Let a relative of the agent have bought something else before."""
    circle, times = _circle(t), _times(t)
    _serves(t, circle)
    t.kin(circle.agent, circle.front)
    return circle.roles(), _sells(t, circle, [t.lot(), t.lot()], times)


def _in_his_own_name(t: Trading) -> Told:
    """Let the agent sell to the principal openly; no purchase is known."""
    principal, agent = t.known(), t.known()
    circle, lot = Circle(principal, agent, agent, agent), t.lot()
    _serves(t, circle)
    sold = t.sale((agent, principal), lot, t.begin(5), t.unit())
    return circle.roles() | {"upstream": ()}, (sold,)


def _true_price_reported(t: Trading) -> Told:
    """Let the agent report what an associate had paid: little is left of the pattern."""
    circle, lot, times = _circle(t), t.lot(named=False), _times(t)
    t.tie(circle.agent.id, "agent_of", circle.principal.id, since="")
    t.tie(circle.agent.id, "associate_of", circle.front.id)
    unit = t.unit()
    bought = t.sale((circle.source, circle.front), lot, times[0], unit)
    claim: dict[str, object] = {"agent": circle.agent.id, "principal": circle.principal.id}
    claim |= {"id": t.stage.id("claim"), "deal": bought, "quantity": lot.quantity}
    price = t.price(lot.quantity, unit, ("total",))
    t.stage.add("claims", **claim, **price, time=f"{times[1]:%Y-%m-%d}")
    sold = t.sale((circle.front, circle.principal), lot, times[1], t.dearer(unit))
    t.spare()
    return circle.roles(), (bought, sold)


DECOYS: dict[str, Variant] = {
    "principal_was_told": _principal_was_told,
    "agent_had_left": _agent_had_left,
    "agent_came_later": _agent_came_later,
    "member_of_one_club": _member_of_one_club,
    "purchase_not_known": _purchase_not_known,
    "other_goods": _other_goods,
    "in_his_own_name": _in_his_own_name,
    "true_price_reported": _true_price_reported,
}
