"""The case tables, version 1, in the order in which they are read and reported."""

from __future__ import annotations

from graphmodel.model.schema import EVENTS
from graphmodel.sources.spec import (
    ACCOUNT,
    ANY_FACT,
    BATCH,
    CERTAINTY,
    CITATION,
    CURRENCY,
    DISCLOSED,
    PERSON,
    PERSONA,
    SLOW,
    WHEN,
    Column,
    Kind,
    Table,
    bound,
    counted,
    ident,
    party,
    ref,
    row_id,
    words,
)

_AFTER = Column("after", Kind.REFS, targets=EVENTS, link="AFTER")
_EVENT = (WHEN, _AFTER, *CITATION)
_DEAL_EVENTS = ("Deal", "Payment")

TIES = {
    "spouse_of": "SPOUSE_OF",
    "kin_of": "KIN_OF",
    "partner_of": "PARTNER_OF",
    "associate_of": "ASSOCIATE_OF",
    "employs": "EMPLOYS",
    "agent_of": "AGENT_OF",
    "owns": "OWNS",
    "introduced": "INTRODUCED",
    "member_of": "MEMBER_OF",
}
"""Kind of a tie to its relationship type."""

CIRCUMSTANCES = (
    "defective_return", "replacement", "fee", "loan", "repayment", "paid_back", "deposit",
    "instalments", "channel_limit", "platform_ban", "lost_phone", "carer", "licensed",
    "public_source", "payroll", "rent", "supplier", "share", "same_seller", "line_given_up",
    "origin", "shared_access", "no_money",
)  # fmt: skip

_IDENTIFIERS = ("device", "phone", "ip", "card", "national_id", "address", "email")
_BASES = ("registered", "used", "device", "statement", "content", "network", "other")
_BATCH_LINKS = ("same", "subset", "derived", "overlap")


def _choice(name: str, *values: str, required: bool = False, default: str | None = None) -> Column:
    return Column(name, Kind.CHOICE, required=required, values=values, default=default)


_THINGS = (
    Table(
        "sources",
        "Source",
        (
            ident(),
            *words("title", "path"),
            Column("sha256", Kind.DIGEST),
            *words("kind", "exhibit"),
            Column("collected_at", Kind.TIME),
            Column("covers_from", Kind.TIME),
            Column("covers_to", Kind.TIME),
            *words("note"),
            CERTAINTY,
        ),
    ),
    Table(
        "persons",
        "Person",
        (
            ident(),
            Column("name", required=True),
            _choice("kind", "person", "organisation", "group"),
            *counted("members"),
            *words("aliases", "note"),
            *CITATION,
        ),
    ),
    Table(
        "accounts",
        "Account",
        (
            ident(),
            *words("platform", "handle"),
            Column("holder", Kind.REF, targets=(PERSON,), link="HOLDS", reverse=True),
            Column("opened", Kind.TIME),
            *words("note"),
            *CITATION,
        ),
    ),
    Table(
        "personas",
        "Persona",
        (
            ident(),
            Column("name", required=True),
            Column("owner", Kind.REF, targets=(ACCOUNT, PERSON), link="ESTABLISHED", reverse=True),
            *words("note"),
            *CITATION,
        ),
    ),
    Table(
        "batches",
        "Batch",
        (
            ident(),
            *words("label", "category"),
            *counted("records"),
            Column("distinct_records", Kind.COUNT),
            *words("unit", "fields", "file"),
            Column("file_sha256", Kind.DIGEST),
            *words("note"),
            *CITATION,
        ),
    ),
)

_SLOW_FACTS = (
    Table(
        "controls",
        None,
        (
            row_id(),
            ref("person", PERSON, required=True),
            ref("account", ACCOUNT, required=True),
            *SLOW,
            _choice("basis", *_BASES),
            *CITATION,
        ),
        ("CONTROLS",),
    ),
    Table(
        "presents_as",
        None,
        (
            row_id(),
            ref("account", ACCOUNT, required=True),
            ref("persona", PERSONA, required=True),
            Column("to", Kind.REF, targets=(ACCOUNT, PERSON), identity=True),
            *SLOW,
            *CITATION,
        ),
        ("PRESENTS_AS",),
    ),
    Table(
        "ties",
        None,
        (
            row_id(),
            ref("a", PERSON, ACCOUNT, required=True),
            _choice("kind", *TIES, required=True),
            ref("b", PERSON, ACCOUNT, PERSONA, required=True),
            Column("to", Kind.REF, targets=(ACCOUNT, PERSON), identity=True),
            *SLOW,
            DISCLOSED,
            *CITATION,
        ),
        tuple(TIES.values()),
    ),
    Table(
        "identifiers",
        None,
        (
            row_id(),
            ref("account", ACCOUNT, required=True),
            _choice("kind", *_IDENTIFIERS, required=True),
            Column("value", required=True),
            *SLOW,
            *CITATION,
        ),
        ("USED",),
    ),
    Table(
        "batch_links",
        None,
        (
            row_id(),
            ref("a", BATCH, required=True),
            _choice("kind", *_BATCH_LINKS, required=True),
            ref("b", BATCH, required=True),
            Column("shared", Kind.COUNT),
            *words("method"),
            *CITATION,
        ),
        ("LINKED_BATCH",),
    ),
)

_TRADE = (
    Table(
        "offers",
        "Offer",
        (
            ident(),
            party("seller", "OFFERED_BY"),
            party("buyer", "OFFERED_TO", required=False),
            *words("group"),
            ref("batch", BATCH, link="FOR_BATCH"),
            Column("quantity", Kind.COUNT),
            Column("free_quantity", Kind.COUNT),
            Column("unit_price", Kind.PRICE),
            Column("total", Kind.AMOUNT),
            CURRENCY,
            *_EVENT,
        ),
    ),
    Table(
        "deals",
        "Deal",
        (
            ident(),
            party("seller", "SELLER"),
            party("buyer", "BUYER"),
            ref("seller_agent", PERSON, link="SELLER_AGENT"),
            ref("buyer_agent", PERSON, link="BUYER_AGENT"),
            party("via", "VIA", required=False),
            ref("batch", BATCH, link="FOR_BATCH"),
            _choice("kind", "sale", "gift", "barter", "sample", "provision", default="sale"),
            *words("exchange"),
            *counted("quantity"),
            Column("free_quantity", Kind.COUNT),
            Column("unit_price", Kind.PRICE),
            bound("unit_price_bound"),
            Column("total", Kind.AMOUNT),
            bound("total_bound"),
            CURRENCY,
            _choice("status", "ok", "refunded", "cancelled", default="ok"),
            *_EVENT,
        ),
    ),
    Table(
        "payments",
        "Payment",
        (
            ident(),
            party("payer", "PAYER"),
            party("payee", "PAYEE"),
            Column("amount", Kind.AMOUNT, required=True),
            bound("amount_bound"),
            CURRENCY,
            *words("channel"),
            ref("deal", "Deal", link="SETTLES"),
            _choice("status", "ok", "refunded", "failed", default="ok"),
            ref("refunds", "Payment", link="REFUNDS"),
            Column("payer_balance_after", Kind.SIGNED),
            Column("payee_balance_after", Kind.SIGNED),
            *_EVENT,
        ),
    ),
    Table(
        "deliveries",
        "Delivery",
        (
            ident(),
            party("sender", "SENDER"),
            party("receiver", "RECEIVER"),
            ref("batch", BATCH, link="FOR_BATCH"),
            Column("records", Kind.COUNT),
            *words("channel"),
            Column("file_sha256", Kind.DIGEST),
            ref("deal", "Deal", link="FULFILS"),
            *_EVENT,
        ),
    ),
    Table(
        "messages",
        "Message",
        (
            ident(),
            party("author", "AUTHOR"),
            party("receiver", "READER", required=False),
            *words("group", "text"),
            ref("deal", "Deal", link="ABOUT"),
            *_EVENT,
        ),
    ),
    Table(
        "claims",
        "Claim",
        (
            ident(),
            ref("agent", PERSON, link="CLAIMED_BY", required=True),
            ref("principal", PERSON, link="CLAIMED_TO", required=True),
            ref("deal", "Deal", link="ABOUT"),
            *counted("quantity"),
            Column("unit_price", Kind.PRICE),
            bound("unit_price_bound"),
            Column("total", Kind.AMOUNT),
            bound("total_bound"),
            Column("difference", Kind.SIGNED),
            bound("difference_bound"),
            CURRENCY,
            *_EVENT,
        ),
    ),
)

_SUMS = (
    Table(
        "totals",
        "Total",
        (
            ident(),
            Column("events", Kind.REFS, required=True, targets=_DEAL_EVENTS, link="COVERS"),
            Column("total", Kind.AMOUNT),
            bound("total_bound"),
            *counted("records"),
            CURRENCY,
            *CITATION,
        ),
    ),
    Table(
        "incomes",
        "Income",
        (
            row_id(),
            Column(
                "person", Kind.REF, required=True, targets=(PERSON,), link="EARNED", reverse=True
            ),
            Column("amount", Kind.AMOUNT, required=True),
            bound("bound"),
            CURRENCY,
            _choice("kind", "gross", "net", "unstated", default="unstated"),
            Column("events", Kind.REFS, targets=_DEAL_EVENTS, link="COVERS"),
            *CITATION,
        ),
    ),
    Table(
        "circumstances",
        "Circumstance",
        (
            ident(),
            _choice("kind", *CIRCUMSTANCES, required=True),
            Column("about", Kind.REFS, required=True, targets=(ANY_FACT,)),
            ref("party", PERSON, ACCOUNT, link="CIRCUMSTANCE_PARTY"),
            Column("amount", Kind.AMOUNT),
            CURRENCY,
            WHEN,
            *CITATION,
        ),
    ),
    Table(
        "holdings",
        None,
        (
            row_id(),
            ref("person", PERSON, required=True),
            ref("batch", BATCH, required=True),
            *counted("records"),
            Column("time", Kind.TIME, identity=True),
            *CITATION,
        ),
        ("HAS",),
    ),
    Table(
        "records",
        None,
        (
            row_id(),
            ref("batch", BATCH, required=True),
            Column("digest", Kind.DIGEST, required=True),
        ),
    ),
)

TABLES = {table.name: table for table in (*_THINGS, *_SLOW_FACTS, *_TRADE, *_SUMS)}
"""Every case table by name."""

LARGE_TABLES = (
    "persons", "accounts", "batches", "controls", "ties", "identifiers", "deals", "payments",
    "deliveries", "messages", "records",
)  # fmt: skip
"""Tables that are read in columns where they are large."""

EVENT_TABLES = {table.name: table.label or "" for table in _TRADE}
"""Event tables by name, with their label."""

TABLE_OF_LABEL = {table.label: table.name for table in TABLES.values() if table.label}
"""The table whose rows become nodes of a label."""
