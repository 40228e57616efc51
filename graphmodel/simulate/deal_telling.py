"""How stories of deals are told: lots at prices, payments for them, ties, and the hardship.

A `Trading` adds rows to its stage and keeps in mind which of them a hardship may touch. Prices are
whole thousandths of a yuan per record, quantities rare: five or six digits, the last never 0.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple

from graphmodel.simulate.hardening import PRICES, touch
from graphmodel.simulate.stage import Hardship, Label, money, stamp
from graphmodel.simulate.telling import Hand, hand, later

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from random import Random
    from typing import TypeAlias

    from graphmodel.simulate.stage import Stage
    from graphmodel.simulate.telling import Told

    Variant: TypeAlias = Callable[["Trading"], Told]

LEAST_UNIT, MOST_UNIT = 20, 5_000
"""Thousandths of a yuan per record between which first prices lie."""
PAID, NAMED, DELIVERED, BARE, LOOSE, FOREIGN = 0.5, 0.7, 0.25, 0.12, 0.2, 0.12
"""Chances: of payments, of a name for goods, of deliveries, of a person without an account, of a
quantity that is not exact, of another currency."""
UNRELATED = (2, 5)
"""How many unrelated deals and payments there are."""
PRICE_FORMS = (("total",), ("unit_price",), PRICES)
CATEGORIES = ("other", "transaction", "property", "lodging")
FAR_BACK_DAYS = (120, 1_200)
TIE_KINDS_OF_KIN = ("spouse_of", "kin_of", "partner_of")


class Lot(NamedTuple):
    """What is sold: a batch ("" for one without a name) and its records, free ones beside."""

    batch: str
    quantity: int
    free: int = 0
    bound: str = ""


class Trading:
    """Tells the deals of one story.

    `prices`, `dates` and `payments` are the ids of the rows from which a hardship may take a price,
    whose date it may make coarse, and which it may split or refund.
    """

    def __init__(self, stage: Stage) -> None:
        """Begin; payments are recorded half of the time, and where the hardship is about them."""
        self.stage, self.rng = stage, stage.rng
        self.accounts: list[str] = []
        self.prices: list[str] = []
        self.dates: list[str] = []
        self.payments: list[str] = []
        about_money = {Hardship.SPLIT_PAYMENT, Hardship.REFUNDED_PAYMENT}
        self.pays = stage.hardship in about_money or self.rng.random() < PAID
        self.delivers = self.rng.random() < DELIVERED
        self.currency = "USD" if self.rng.random() < FOREIGN else "CNY"

    # ---- who

    def known(self, **cells: object) -> Hand:
        """Return a new party behind whose account a person is known."""
        return self._noted(hand(self.stage, 1, **cells))

    def unknown(self) -> Hand:
        """Return a new account behind which nobody is known."""
        return self._noted(hand(self.stage, 0))

    def anyone(self) -> Hand:
        """Return a new party, mostly a known person."""
        return self._noted(hand(self.stage))

    def somebody(self) -> Hand:
        """Return anyone, or a person whose account is not known and who stands in events alone."""
        if self.rng.random() >= BARE:
            return self.anyone()
        person = self.stage.person()
        return self._noted(Hand(person, person))

    def other_account(self, owner: Hand, **cells: object) -> Hand:
        """Return another account of a known person, as a hand."""
        return self._noted(Hand(owner.id, self.stage.account(owner.id, **cells)))

    def _noted(self, new: Hand) -> Hand:
        self.accounts.append(new.account)
        return new

    def firm(self) -> Hand:
        """Return an organisation with an account of its own."""
        person = self.stage.person(kind="organisation")
        return self._noted(Hand(person, self.stage.account(person)))

    def tie(self, a: str, kind: str, b: str, **cells: object) -> None:
        """Add a tie that began long before the story, unless a time is given."""
        self.stage.add("ties", a=a, kind=kind, b=b, **{"since": self.long_ago(), **cells})

    def kin(self, a: Hand, b: Hand) -> None:
        """Make two persons spouses, kin or partners."""
        self.tie(a.id, self.rng.choice(TIE_KINDS_OF_KIN), b.id)

    def serve(self, agent: Hand, principal: Hand, **cells: object) -> None:
        """Let one stand for the other: as agent, as employee, or employed by an owned firm."""
        way = self.rng.choice(("agent", "employee", "firm"))
        if way == "agent":
            self.tie(agent.id, "agent_of", principal.id, **cells)
        elif way == "employee":
            self.tie(principal.id, "employs", agent.id, **cells)
        else:
            firm = self.stage.person(kind="organisation")
            self.tie(principal.id, "owns", firm)
            self.tie(firm, "employs", agent.id, **cells)

    def one_device(self, *hands: Hand) -> None:
        """Let accounts have been used on one device since long ago."""
        value, since = self.stage.id("device"), self.long_ago()
        for own in hands:
            cells = {"account": own.account, "kind": "device", "value": value}
            self.stage.add("identifiers", **cells, since=since)

    def show(self, account: str, persona: str, **cells: object) -> None:
        """Let an account show a persona, since long ago unless a time is given."""
        cells = {"since": self.long_ago(), **cells}
        self.stage.add("presents_as", account=account, persona=persona, **cells)

    def persona(self, name: str, owner: str = "") -> str:
        """Add a persona whose name is this story's alone."""
        id_ = self.stage.id("persona")
        name = f"{name} {self.stage.name}"
        return self.stage.add("personas", id=id_, name=name, owner=owner)

    # ---- when

    def begin(self, days: float) -> datetime:
        """Return a first moment that leaves so many days for the story, and some for its money."""
        return self.stage.moment(days + 4)

    def later(self, moment: datetime, least_days: float, most_days: float) -> datetime:
        """Return a moment so many days later."""
        return later(moment, self.rng, least_days * 24, most_days * 24)

    def long_ago(self) -> str:
        """Return a day well before the world."""
        return f"{self.stage.begin - timedelta(days=self.rng.randint(*FAR_BACK_DAYS)):%Y-%m-%d}"

    # ---- what

    def loose_lot(self) -> Lot:
        """Return goods whose quantity may be known only as about or at least so many."""
        bound = self.rng.choice(("about", "at_least")) if self.rng.random() < LOOSE else ""
        return self.lot()._replace(bound=bound)

    def lot(self, *, named: bool = True, free: bool | None = None, **cells: object) -> Lot:
        """Return goods of a rare quantity, a few of them free in one case of four."""
        quantity = rare_quantity(self.rng)
        is_free = self.rng.random() < 1 / 4 if free is None else free
        extra = rare_quantity(self.rng) % 9_000 + 1_001 if is_free else 0
        return Lot(self.batch(quantity + extra, **cells) if named else "", quantity, extra)

    def batch(self, records: int, **cells: object) -> str:
        """Add a batch of a category."""
        return self.stage.batch(records, **{"category": self.rng.choice(CATEGORIES), **cells})

    def link(self, a: str, kind: str, b: str, **cells: object) -> None:
        """State how two batches are related."""
        self.stage.add("batch_links", a=a, kind=kind, b=b, **cells)

    def part_of(self, lot: Lot) -> Lot:
        """Return a batch stated to be cut from a lot, between a half and nine tenths of it."""
        records = int((lot.quantity + lot.free) * self.rng.uniform(0.5, 0.9)) // 10 * 10 + 3
        batch = self.batch(records)
        self.link(batch, self.rng.choice(("subset", "derived")), lot.batch)
        return Lot(batch, records)

    def copy_of(self, lot: Lot) -> Lot:
        """Return a batch stated to be the same as a lot."""
        batch = self.batch(lot.quantity + lot.free)
        self.link(batch, "same", lot.batch)
        return lot._replace(batch=batch)

    def unit(self) -> int:
        """Return a first price per record in thousandths of a yuan, around six fen."""
        drawn = round(self.rng.lognormvariate(4.1, 0.9))
        return min(max(drawn, LEAST_UNIT), MOST_UNIT)

    def dearer(self, unit: int, least: float = 1.15, most: float = 3.5) -> int:
        """Return a price surely above another."""
        return max(round(unit * self.rng.uniform(least, most)), unit + 2)

    def price(self, quantity: int, unit: int, forms: Sequence[str] = ()) -> dict[str, object]:
        """Return the cells of a price as sources state it: in all, per record, or both."""
        stated = {
            "unit_price": f"{unit // 1000}.{unit % 1000:03d}",
            "total": money(total_minor(quantity, unit)),
        }
        forms = forms or self.rng.choice(PRICE_FORMS)
        return {"currency": self.currency, **{form: stated[form] for form in forms}}

    def sale(
        self, ends: tuple[Hand, Hand], lot: Lot, moment: datetime, unit: int = 0, **cells: object
    ) -> str:
        """Add a deal from the first to the second at a unit price (0: not stated); maybe paid."""
        seller, buyer = ends
        given: dict[str, object] = {"batch": lot.batch, "quantity": lot.quantity}
        given |= {"free_quantity": lot.free or "", "quantity_bound": lot.bound}
        given |= {"time": stamp(moment)}
        if unit:
            given |= self.price(lot.quantity, unit)
        deal = self.stage.deal(seller.account, buyer.account, **(given | cells))
        self.dates.append(deal)
        if unit:
            self.prices.append(deal)
        if unit and self.pays:
            self.pay((buyer, seller), total_minor(lot.quantity, unit), moment, deal=deal)
        if self.delivers and lot.batch and not cells:
            self.deliver(ends, lot.batch, later(moment, self.rng, 0.02, 1), deal=deal)
        return deal

    def pay(
        self, ends: tuple[Hand, Hand], amount_minor: int, moment: datetime, **cells: object
    ) -> str:
        """Add a payment from the first to the second, within a day and a half."""
        payer, payee = ends
        at = stamp(later(moment, self.rng, 0.1, 36))
        cells = {"time": at, "currency": self.currency, **cells}
        paid = self.stage.payment(payer.account, payee.account, amount_minor, **cells)
        self.payments.append(paid)
        return paid

    def deliver(
        self, ends: tuple[Hand, Hand], batch: str, moment: datetime, **cells: object
    ) -> str:
        """Add a delivery of a batch."""
        who = {"sender": ends[0].account, "receiver": ends[1].account, "batch": batch}
        cells = {**who, **cells}
        return self.stage.add(
            "deliveries", id=self.stage.id("delivery"), **cells, time=stamp(moment)
        )

    def write(self, ends: tuple[Hand, Hand], moment: datetime, **cells: object) -> str:
        """Add a message from the first to the second."""
        who = {"author": ends[0].account, "receiver": ends[1].account}
        cells = {"time": stamp(moment), "text": "…", **cells}
        return self.stage.add("messages", id=self.stage.id("message"), **who, **cells)

    # ---- what makes it hard to see

    def spare(self) -> None:
        """Keep prices, dates and payments as they are: the story would become another one."""
        self.prices, self.dates, self.payments = [], [], []

    def harden(self) -> None:
        """Apply the hardship; one that would touch nothing brings unrelated deals instead."""
        hardship = self.stage.hardship
        if hardship is Hardship.NONE:
            return
        touchable = {
            Hardship.MISSING_PRICE: self.prices,
            Hardship.COARSE_DATE: self.dates,
            Hardship.SPLIT_PAYMENT: self.payments,
            Hardship.REFUNDED_PAYMENT: self.payments,
        }.get(hardship, [])
        if touchable:
            touch(self.stage, self.rng.choice(touchable))
        else:
            self._add_unrelated()

    def _add_unrelated(self) -> None:
        """Add two to five deals in other goods, or payments, each with a bystander of its own."""
        self.pays = self.rng.random() < PAID
        number = min(self.rng.randint(*UNRELATED), len(self.stage.bystanders))
        for other in self.rng.sample(list(self.stage.bystanders), number):
            ends = [Hand(other, other), Hand("", self.rng.choice(self.accounts))]
            self.rng.shuffle(ends)
            at, lot, unit = self.begin(0), self.lot(named=self.rng.random() < NAMED), self.unit()
            if self.rng.random() < PAID:
                self.sale((ends[0], ends[1]), lot, at, unit)
            else:
                self.pay((ends[0], ends[1]), total_minor(lot.quantity, unit), at)


def tell(
    stage: Stage, typology: str, kind: Literal["plant", "decoy"], variants: Mapping[str, Variant]
) -> Label:
    """Tell one variant under the stage's hardship and return its label."""
    trading = Trading(stage)
    variant = stage.rng.choice(sorted(variants))
    roles, events = variants[variant](trading)
    trading.harden()
    return Label(stage.name, typology, kind, variant, stage.hardship, roles, events)


def rare_quantity(rng: Random) -> int:
    """Return a quantity of five or six significant digits, which hardly two deals share."""
    return rng.randrange(10_000, 999_990) // 10 * 10 + rng.randrange(1, 10)


def total_minor(quantity: int, unit: int) -> int:
    """Return quantity × unit price in fen, rounded half to even.

    >>> total_minor(30000, 150)
    450000
    """
    return round(Fraction(quantity * unit, 10))
