"""The facts that typologies weigh, as plain records, and when slow facts hold at an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graphmodel.model.schema import FOREVER

if TYPE_CHECKING:
    from graphmodel.model.counts import Bounded
    from graphmodel.model.deal_value import Paid, Price

DAY_S = 86_400
HOUR_S = 3_600


class Span(NamedTuple):
    """First and last possible instant of an event, in seconds since 1970 UTC."""

    t0: int
    t1: int


class EventTime(NamedTuple):
    """When an event happened: as stated, and its first and last possible instant."""

    time: str | None
    t0: int
    t1: int


class Holding(NamedTuple):
    """When a slow fact begins and ends, each as an interval."""

    since_t0: int
    since_t1: int
    until_t0: int
    until_t1: int

    def may_hold(self, at: Span) -> bool:
        """Tell whether the fact can hold at an event."""
        return self.since_t0 <= at.t1 and self.until_t1 >= at.t0

    def surely_holds(self, at: Span) -> bool:
        """Tell whether the fact holds at an event whatever the open times are."""
        return self.since_t1 <= at.t0 and self.until_t0 >= at.t1

    def surely_ended_before(self, at: Span) -> bool:
        """Tell whether the fact had ended when the event began."""
        return self.until_t1 < at.t0

    def perhaps_ended_before(self, at: Span) -> bool:
        """Tell whether a stated end may lie before the end of the event."""
        return self.until_t0 < at.t1 and self.until_t0 < FOREVER


class DealFact(NamedTuple):
    """One deal with its parties; lists sorted by id, `value` in minor units, unrounded.

    `transfer` is when the goods were handed over: the earliest delivery, else the deal itself.
    """

    id: str
    kind: str
    status: str
    live: bool
    span: Span
    price: Price
    free_quantity: int | None
    value: Bounded | None
    paid: Paid
    currency: str
    goods: str
    batch: str
    seller_account: str
    buyer_account: str
    sellers: tuple[str, ...]
    buyers: tuple[str, ...]
    seller_agents: tuple[str, ...]
    buyer_agents: tuple[str, ...]
    transfer: Span

    @property
    def payments(self) -> tuple[str, ...]:
        """Return the payments that settle the deal; failed ones and refunds are none."""
        return self.paid.payments

    @property
    def refunded(self) -> tuple[str, ...]:
        """Return the deal and the payments that went back for it; nothing where none did."""
        paid = self.paid
        return (self.id, *paid.payments, *paid.returned) if paid.returned else ()

    @property
    def records(self) -> Bounded | None:
        """Return quantity + free quantity, with the bound of the quantity."""
        quantity = self.price.quantity
        if quantity is None:
            return None
        return type(quantity)(quantity.value + (self.free_quantity or 0), quantity.bound)

    @property
    def unit_price(self) -> Bounded | None:
        """Return the stated price of one record, in billionths of the major unit."""
        return self.price.unit_price_nano


class PaymentFact(NamedTuple):
    """One payment to a party; `amount` in minor units of `currency`."""

    id: str
    payee: str
    amount: Bounded
    currency: str
    span: Span


class Use(NamedTuple):
    """An account used an identifier (USED) of a kind, such as `device` or `phone`."""

    fact: str
    account: str
    identifier: str
    kind: str
    holding: Holding


class Flow(NamedTuple):
    """One payment between two accounts, of any status.

    `net` is the amount less what was paid back (None where that cannot be known), in minor units;
    `refunds` the payment that this one pays back, `returned` those that pay this one back.
    """

    id: str
    payer: str
    payee: str
    net: Bounded | None
    currency: str
    status: str
    span: Span
    refunds: str | None
    returned: tuple[str, ...]

    @property
    def moves(self) -> bool:
        """Tell whether money moved and stayed: not failed, no refund, not paid back in full."""
        is_void = self.net is not None and self.net.surely_not_positive()
        return self.status == "ok" and self.refunds is None and not is_void


class Tie(NamedTuple):
    """A derived tie of two parties (RELATED or STANDS_FOR) while it may hold."""

    fact: str
    a: str
    b: str
    basis: str
    holding: Holding
    disclosed: str | None = None
    at: str | None = None


class Showing(NamedTuple):
    """An account shows a persona (PRESENTS_AS), or somebody established it."""

    fact: str
    by: str
    by_label: str
    persona: str
    to: str | None
    holding: Holding
    established: bool


class Control(NamedTuple):
    """A person acts through an account (ACTS_THROUGH)."""

    fact: str
    person: str
    account: str
    basis: str
    holding: Holding


class CircumstanceFact(NamedTuple):
    """What a source states about other facts, from the closed list of kinds."""

    id: str
    kind: str
    about: frozenset[str]
    parties: frozenset[str]


class ClaimFact(NamedTuple):
    """What an agent reported to a principal about a purchase."""

    id: str
    agent: str
    principal: str
    deals: tuple[str, ...]
    price: Price
    value: Bounded | None
    difference: Bounded | None
    currency: str
    span: Span


class OfferFact(NamedTuple):
    """A price said by one account, to another or to the public."""

    id: str
    seller_account: str
    buyer_account: str | None
    sellers: tuple[str, ...]
    buyers: tuple[str, ...]
    batch: str | None
    price: Price
    span: Span


class Contact(NamedTuple):
    """An event between an account and others: deal, offer, payment or message."""

    event: str
    label: str
    account: str
    others: frozenset[str]
    span: Span


def can_precede(a: Span, b: Span) -> bool:
    """Tell whether a can be before b by their times alone."""
    return a.t0 <= b.t1


def least_span(spans: list[Span]) -> int:
    """Return the least seconds that events can lie apart: max(0, max t0 - min t1)."""
    return max(0, max(s.t0 for s in spans) - min(s.t1 for s in spans))


def greatest_span(spans: list[Span]) -> int:
    """Return the most seconds that events can lie apart: max t1 - min t0."""
    return max(s.t1 for s in spans) - min(s.t0 for s in spans)
