"""The graph of a case, declared once: labels, relationship types, their properties.

Tables of the store, the check of queries, the reference page of `cypher/` and (elsewhere) the
constraints of a server are all made from `SCHEMA`. Money is integers in minor units (`*_minor`)
with a currency; a unit price is in billionths of the major unit (`*_nano`); an instant is seconds
since 1970 UTC, a time an interval of first and last possible instant (`t0`, `t1`).
"""

from __future__ import annotations

from graphmodel.model.schema_types import (
    GraphSchema,
    NodeType,
    Property,
    PropertyType,
    RelationshipType,
)

FOREVER = 10**15
"""The open end of an interval of seconds: nothing is known beyond it."""

BOUNDS = ("exact", "at_least", "about", "at_most")
CERTAINTIES = ("stated", "inferred", "disputed")
EVENTS = ("Offer", "Deal", "Payment", "Delivery", "Message", "Claim")

_TEXT, _INT = PropertyType.TEXT, PropertyType.INTEGER


def _text(name: str, description: str) -> Property:
    return Property(name, _TEXT, description)


def _int(name: str, description: str) -> Property:
    return Property(name, _INT, description)


def _flag(name: str, description: str) -> Property:
    return Property(name, PropertyType.BOOLEAN, description)


def _bound(name: str) -> Property:
    return _text(name, "exact, at_least, about or at_most")


_ID = (
    _text("id", "identity, as in the case tables"),
    _text("certainty", "stated, inferred or disputed"),
)
_CURRENCY = _text("currency", "currency code")
_NOTE = _text("note", "remark of the analyst")
_TIME = (
    _text("time", "the time as stated"),
    _int("t0", "first possible instant"),
    _int("t1", "last possible instant"),
)
_HOLDING_TIMES = (
    _int("since_t0", "first possible instant of the start"),
    _int("since_t1", "last possible instant of the start"),
    _int("until_t0", "first possible instant of the end"),
    _int("until_t1", "last possible instant of the end"),
)
_SLOW = (_text("since", "start as stated"), _text("until", "end as stated"), *_HOLDING_TIMES)
_CITED = (
    _text("source", "id of the source"),
    _text("locator", "place in the source"),
    _text("quote", "verbatim text of the source"),
    _text("warning", "what is wrong with the citation"),
)
_DERIVED = (
    _text("rule", "rule and version that wrote it"),
    Property("grounds", PropertyType.TEXTS, "ids of the facts it rests on"),
)
_DISCLOSED = _text("disclosed", "yes or no: the principal was told of the margin or interest")


def _node(
    label: str, description: str, *properties: Property, event: bool = False, derived: bool = False
) -> NodeType:
    times = _TIME if event else ()
    grounds = _DERIVED if derived else ()
    return NodeType(label, (*_ID, *properties, *times, *grounds), description, event, derived)


_NODES = (
    _node(
        "Person",
        "a human, an organisation or a group of unnamed people",
        _text("name", "name as stated"),
        _text("kind", "person, organisation or group"),
        _int("members", "number of members of a group"),
        _bound("members_bound"),
        _text("aliases", "other names, separated by semicolons"),
        _NOTE,
    ),
    _node(
        "Account",
        "a handle on a service",
        _text("platform", "service; unknown where only the person is known"),
        _text("handle", "name or number on the service"),
        _text("opened", "opening time as stated"),
        _int("opened_t0", "first possible instant of opening"),
        _int("opened_t1", "last possible instant of opening"),
        _NOTE,
    ),
    _node(
        "Persona",
        "a name shown to others",
        _text("name", "the name as shown"),
        _text("key", "the name normalised, so that look-alikes are equal"),
        _NOTE,
    ),
    _node(
        "Identifier",
        "what an account used",
        _text("kind", "device, phone, ip, card, national_id, address or email"),
        _text("value", "the value"),
    ),
    _node(
        "Batch",
        "a list of personal-data records sold together",
        _text("label", "what it is called"),
        _text("category", "class of the data"),
        _int("records", "number of records"),
        _bound("records_bound"),
        _int("distinct_records", "number of different records"),
        _text("unit", "what one record is"),
        _text("fields", "what a record holds"),
        _text("file", "name of the file"),
        _text("file_sha256", "digest of the file"),
        _text("goods", "derived: component over batch id, file digest and stated `same`"),
        _NOTE,
    ),
    _node(
        "Offer",
        "a price said",
        _int("quantity", "records offered"),
        _int("free_quantity", "records offered free"),
        _int("unit_price_nano", "price per record"),
        _int("total_minor", "price of all"),
        _CURRENCY,
        _text("group", "group in which it was said"),
        event=True,
    ),
    _node(
        "Deal",
        "one batch handed over by a seller to a buyer",
        _text("kind", "sale, gift, barter, sample or provision"),
        _text("exchange", "one id on both legs of a barter"),
        _int("quantity", "records paid for"),
        _bound("quantity_bound"),
        _int("free_quantity", "records given free"),
        _int("unit_price_nano", "price per record"),
        _bound("unit_price_bound"),
        _int("total_minor", "price of all as stated"),
        _bound("total_bound"),
        _CURRENCY,
        _text("status", "ok, refunded or cancelled"),
        _int(
            "value_minor", "derived: total, else quantity × unit price, else payments less refunds"
        ),
        _bound("value_bound"),
        _flag("live", "derived: not refunded, not cancelled, not paid back in full"),
        _text("goods", "derived: goods of its batch"),
        _int("transfer_t0", "derived: t0 of its earliest delivery, else its own"),
        _int("transfer_t1", "derived: t1 of its earliest delivery, else its own"),
        event=True,
    ),
    _node(
        "Payment",
        "money moved between accounts",
        _int("amount_minor", "amount"),
        _bound("amount_bound"),
        _CURRENCY,
        _text("channel", "how it was paid"),
        _text("status", "ok, refunded or failed"),
        _int("payer_balance_after_minor", "balance of the payer afterwards"),
        _int("payee_balance_after_minor", "balance of the payee afterwards"),
        event=True,
    ),
    _node(
        "Delivery",
        "data handed over",
        _int("records", "records delivered"),
        _text("channel", "how it was delivered"),
        _text("file_sha256", "digest of the file"),
        event=True,
    ),
    _node(
        "Message",
        "what was said",
        _text("text", "the words"),
        _text("group", "group in which it was said"),
        event=True,
    ),
    _node(
        "Claim",
        "what an agent reported to the principal for a purchase",
        _int("quantity", "records reported"),
        _bound("quantity_bound"),
        _int("unit_price_nano", "price per record reported"),
        _bound("unit_price_bound"),
        _int("total_minor", "price reported"),
        _bound("total_bound"),
        _int("difference_minor", "padding, where only that is stated"),
        _bound("difference_bound"),
        _CURRENCY,
        _int("value_minor", "derived: total, else quantity × unit price"),
        _bound("value_bound"),
        event=True,
    ),
    _node(
        "Total",
        "one sum stated for several events",
        _int("total_minor", "the sum"),
        _bound("total_bound"),
        _int("records", "records in all"),
        _bound("records_bound"),
        _CURRENCY,
    ),
    _node(
        "Income",
        "what a person is stated to have earned",
        _int("amount_minor", "the amount"),
        _bound("bound"),
        _CURRENCY,
        _text("kind", "gross, net or unstated"),
    ),
    _node(
        "Circumstance",
        "what a source states about facts beyond the other tables",
        _text("kind", "one of a closed list"),
        _int("amount_minor", "amount it names"),
        _CURRENCY,
        *_TIME,
    ),
    _node(
        "Source",
        "where facts come from",
        _text("title", "title"),
        _text("path", "file beside the case tables"),
        _text("sha256", "digest of the file as stated"),
        _text("kind", "what it is"),
        _text("exhibit", "its number in the file"),
        _text("collected_at", "when it was taken"),
        _int("covers_t0", "complete from this instant for every account that occurs in it"),
        _int("covers_t1", "complete to this instant"),
        _NOTE,
        _text("warning", "what is wrong with the file"),
    ),
    _node(
        "Loop",
        "payments or resales that return to where they began",
        _text("kind", "payment or batch"),
        _int("length", "number of steps"),
        _text(
            "closes", "same, related or stands_for: how the last buyer is tied to the first seller"
        ),
        Property(
            "beside",
            PropertyType.TEXTS,
            "payments parallel to a step of the loop: its position, a colon, the id",
        ),
        _int("amount_minor", "least amount of the loop"),
        _CURRENCY,
        _int("t0", "first possible instant"),
        _int("t1", "last possible instant"),
        derived=True,
    ),
)

_P, _A = "Person", "Account"
_PERSONS = ((_P, _P),)
_EVENT_PAIRS = tuple((a, b) for a in EVENTS for b in EVENTS)
_WRITTEN = tuple(n.label for n in _NODES if n.label != "Loop")


def _relationship(
    type_: str, ends: tuple[tuple[str, str], ...], description: str, *properties: Property
) -> RelationshipType:
    return RelationshipType(type_, ends, (*_ID, *properties, *_CITED), description)


def _derived(
    type_: str,
    ends: tuple[tuple[str, str], ...],
    description: str,
    *properties: Property,
    key: tuple[str, ...] = (),
) -> RelationshipType:
    return RelationshipType(
        type_, ends, (*_ID, *properties, *_DERIVED), description, derived=True, key=key
    )


_STATED = (
    _relationship(
        "CONTROLS", ((_P, _A),), "operates the account", _text("basis", "how known"), *_SLOW
    ),
    _relationship("HOLDS", ((_P, _A),), "is the registered holder", *_SLOW),
    _relationship(
        "PRESENTS_AS",
        ((_A, "Persona"),),
        "shows the name",
        _text("to", "id of the audience; null: anyone"),
        *_SLOW,
    ),
    _relationship("ESTABLISHED", ((_P, "Persona"), (_A, "Persona")), "first made the name known"),
    _relationship("USED", ((_A, "Identifier"),), "used the identifier", *_SLOW),
    _relationship("SPOUSE_OF", _PERSONS, "is married to (stored once)", *_SLOW),
    _relationship("KIN_OF", _PERSONS, "is kin of (stored once)", *_SLOW),
    _relationship("PARTNER_OF", _PERSONS, "is a partner of (stored once)", *_SLOW),
    _relationship("ASSOCIATE_OF", _PERSONS, "is an associate of (stored once)", *_SLOW),
    _relationship("EMPLOYS", _PERSONS, "employs", _DISCLOSED, *_SLOW),
    _relationship("OWNS", _PERSONS, "owns the organisation", _DISCLOSED, *_SLOW),
    _relationship("AGENT_OF", _PERSONS, "acts for", _DISCLOSED, *_SLOW),
    _relationship(
        "INTRODUCED",
        ((_P, _A), (_P, "Persona")),
        "brought the account or name to somebody",
        _text("to", "id of the person or account it was introduced to"),
        *_SLOW,
    ),
    _relationship(
        "MEMBER_OF", ((_P, _P), (_A, _P)), "belongs to the organisation or group", *_SLOW
    ),
    _relationship("SELLER", (("Deal", _A),), "who sells"),
    _relationship("BUYER", (("Deal", _A),), "who buys"),
    _relationship("VIA", (("Deal", _A),), "escrow or go-between"),
    _relationship("SELLER_AGENT", (("Deal", _P),), "acted for the seller"),
    _relationship("BUYER_AGENT", (("Deal", _P),), "acted for the buyer"),
    _relationship(
        "HAS",
        ((_P, "Batch"),),
        "holds or obtained records",
        _int("records", "how many"),
        _bound("records_bound"),
        *_TIME,
    ),
    _relationship(
        "COVERS",
        (("Total", "Deal"), ("Total", "Payment"), ("Income", "Deal"), ("Income", "Payment")),
        "is about these events",
    ),
    _relationship("EARNED", ((_P, "Income"),), "is stated to have earned"),
    _relationship(
        "FOR_BATCH", (("Deal", "Batch"), ("Offer", "Batch"), ("Delivery", "Batch")), "is about"
    ),
    _relationship("OFFERED_BY", (("Offer", _A),), "who offers"),
    _relationship("OFFERED_TO", (("Offer", _A),), "to whom"),
    _relationship("PAYER", (("Payment", _A),), "who pays"),
    _relationship("PAYEE", (("Payment", _A),), "who is paid"),
    _relationship("SETTLES", (("Payment", "Deal"),), "pays for the deal"),
    _relationship("REFUNDS", (("Payment", "Payment"),), "pays back"),
    _relationship("SENDER", (("Delivery", _A),), "who sends"),
    _relationship("RECEIVER", (("Delivery", _A),), "who receives"),
    _relationship("FULFILS", (("Delivery", "Deal"),), "delivers for the deal"),
    _relationship("AUTHOR", (("Message", _A),), "who wrote"),
    _relationship("READER", (("Message", _A),), "to whom"),
    _relationship("ABOUT", (("Message", "Deal"), ("Claim", "Deal")), "is about the deal"),
    _relationship("CLAIMED_BY", (("Claim", _P),), "the agent who reported"),
    _relationship("CLAIMED_TO", (("Claim", _P),), "the principal it was reported to"),
    _relationship(
        "LINKED_BATCH",
        (("Batch", "Batch"),),
        "stated relation of batches",
        _text("kind", "same, subset, derived or overlap"),
        _int("shared", "records in both"),
        _text("method", "how it was found"),
    ),
    _relationship(
        "CONCERNS",
        tuple(("Circumstance", label) for label in _WRITTEN if label != "Source"),
        "is about (the two ends, where it is about a tie or a control)",
        _text("about", "id of the fact"),
    ),
    _relationship(
        "CIRCUMSTANCE_PARTY", (("Circumstance", _P), ("Circumstance", _A)), "whom it names"
    ),
    _relationship("AFTER", _EVENT_PAIRS, "is stated to come after"),
    _relationship(
        "FROM_SOURCE",
        tuple((label, "Source") for label in _WRITTEN if label != "Source"),
        "is stated in",
    ),
)

_PARTY_EVENTS = ("Offer", "Deal", "Payment", "Delivery", "Message")
_PARTY_ENDS = ((_P, _P), (_P, _A), (_A, _P), (_A, _A))

_INFERRED = (
    _derived("BEFORE", _EVENT_PAIRS, "is stated to be earlier (closure of AFTER)"),
    _derived(
        "ACTS_THROUGH",
        ((_P, _A),),
        "acts through the account: controls or holds it, or used its device, card or number",
        _text("basis", "controls, holds or identifier"),
        _text("strength", "stated or inferred"),
        *_HOLDING_TIMES,
        key=("basis", "since_t0", "since_t1", "until_t0", "until_t1"),
    ),
    _derived(
        "PARTY",
        tuple((e, end) for e in _PARTY_EVENTS for end in (_P, _A)),
        "the person who acts in the event, or the account where nobody may act through it",
        _text("role", "relationship by which the account takes part: SELLER, BUYER, PAYER, …"),
        _text("account", "id of the account"),
        key=("role", "account"),
    ),
    _derived(
        "RELATED",
        _PARTY_ENDS,
        "kin, partners, associates, or two who share an account or identifier (stored once)",
        _text("basis", "spouse, kin, partner, associate, account or identifier"),
        _text("strength", "stated or inferred"),
        *_HOLDING_TIMES,
        key=("basis", "since_t0", "since_t1", "until_t0", "until_t1"),
    ),
    _derived(
        "STANDS_FOR",
        _PERSONS,
        "acts for another: agent, employee, employee of the owner, or named in a deal",
        _text("basis", "agent, employee, owner or deal"),
        _text("at", "id of the deal, or null"),
        _DISCLOSED,
        *_HOLDING_TIMES,
        key=("basis", "at", "since_t0", "since_t1", "until_t0", "until_t1"),
    ),
    _derived(
        "SAME_BATCH",
        (("Batch", "Batch"),),
        "two batches of the same goods (stored once)",
        _text("method", "same, subset, derived, digest or overlap"),
        Property("score", PropertyType.FLOAT, "containment of the smaller in the larger"),
        key=("method",),
    ),
    _derived("SAME_QUANTITY", (("Deal", "Deal"),), "two deals of one rare quantity (stored once)"),
    _derived(
        "RESALE",
        (("Deal", "Deal"),),
        "the buyer's side of the first deal is the seller's side of the second, same goods",
        _int("hands", "3 same party, 2 related, 1 stands for"),
        _flag("shown", "the goods are shown to be the same, not only the quantity"),
        _flag("decided", "the order of the two is decided"),
        _flag("close", "surely within close_days"),
    ),
    _derived("SAME_PERSONA", (("Persona", "Persona"),), "two names with one key (stored once)"),
    _derived(
        "STEP",
        (("Loop", "Payment"), ("Loop", "Deal")),
        "a step of the loop",
        _int("position", "place in the loop, from 1"),
        key=("position",),
    ),
)

SCHEMA = GraphSchema.of(_NODES, (*_STATED, *_INFERRED))
"""The graph of every case; a case's own schema adds the unknown columns of its tables."""
