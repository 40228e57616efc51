"""The lines of a scene: data, money, agreed prices, reports, names shown, ties between people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.texts import text
from graphmodel.views.amounts import amount_text, bounded_text, count_text, unit_price_text
from graphmodel.views.scene_types import Link

if TYPE_CHECKING:
    from graphmodel.model.finding import Finding
    from graphmodel.model.subgraph import LinkFact, NodeFact
    from graphmodel.texts import Language
    from graphmodel.views.naming import Names
    from graphmodel.views.scene_cast import Cast

TIES = (
    "AGENT_OF",
    "SPOUSE_OF",
    "KIN_OF",
    "PARTNER_OF",
    "ASSOCIATE_OF",
    "EMPLOYS",
    "OWNS",
    "MEMBER_OF",
)
_ORDER = {"stated": 0, "inferred": 1, "disputed": 2}
_LINES_A_LABEL = 3
"""Deals between the same two accounts that a label names one by one."""
_STEP_ORDER = ("tie", "shows", "data", "same", "claim", "agreed", "money", "poses")


def party_label(member: str, names: Names) -> str:
    """Return the name of a member of a circle: a person, a persona, or an account by its id."""
    for label in ("Person", "Persona"):
        name = names.name((label, member))
        if name and not names.redact:
            return name
    return names.code(member)


class Links:
    """Builds the links of one scene; links of one kind between the same two ends are one line."""

    def __init__(self, finding: Finding, cast: Cast, names: Names) -> None:
        """Keep what the links are made from."""
        self._finding = finding
        self._cast = cast
        self._names = names
        self._language = names.language
        self._links: dict[tuple[str, str, str], Link] = {}

    def build(self) -> tuple[Link, ...]:
        """Return all links in a fixed order, those of the circle numbered."""
        for deal in self._cast.deals:
            self._add_deal(deal)
        for delivery in self._cast.deliveries:
            self._add_delivery(delivery)
        for payment in self._cast.payments:
            self._add_payment(payment)
        for claim in self._cast.claims:
            self._add_claim(claim)
        self._add_passing_on()
        self._add_personas()
        self._add_ties()
        return tuple(self._numbered(list(self._links.values())))

    def _add(self, kind: str, start: str, end: str, line: str, certainty: str = "stated") -> None:
        """Add a line of label to a link, making the link where it is new."""
        known = self._links.get((kind, start, end))
        lines = (*(known.lines if known else ()), *((line,) if line else ()))
        worst = max(certainty, known.certainty if known else "stated", key=_certainty_rank)
        self._links[kind, start, end] = Link(kind, start, end, lines, worst)

    # ---- events

    def _box(self, account: str, audience: str = "") -> str:
        """Return the box by which an account faces somebody: the persona it shows, or itself."""
        for persona in self._cast.shown.get(account, ()):
            for link in self._cast.graph.out(("Account", account), "PRESENTS_AS"):
                to = str(link.properties.get("to") or "")
                fits = not to or to in {audience, self._cast.owners.get(audience)}
                if link.end[1] == persona and audience and fits:
                    return f"n:{account}|{persona}"
        return f"a:{account}"

    def _pairs(self, event: NodeFact, from_: str, to: str) -> list[tuple[str, str]]:
        """Return the boxes at both ends of an event that are drawn and different."""
        drawn = set(self._cast.accounts)
        return [
            (self._box(a, b), self._box(b, a))
            for a in self._cast.ends(event, from_)
            for b in self._cast.ends(event, to)
            if a != b and {a, b} <= drawn
        ]

    def _add_deal(self, deal: NodeFact) -> None:
        certainty = str(deal.properties.get("certainty") or "stated")
        for seller, buyer in self._pairs(deal, "SELLER", "BUYER"):
            self._add("data", seller, buyer, self._goods(deal), certainty)
            if not self._is_paid(deal) and (price := self._price(deal)):
                line = text("page-agreed", self._language, price=price)
                self._add("agreed", buyer, seller, line, certainty)

    def _add_delivery(self, delivery: NodeFact) -> None:
        certainty = str(delivery.properties.get("certainty") or "stated")
        number = delivery.properties.get("records")
        words = count_text(number, "exact", self._language) if isinstance(number, int) else ""
        for sender, receiver in self._pairs(delivery, "SENDER", "RECEIVER"):
            self._add("data", sender, receiver, words, certainty)

    def _goods(self, deal: NodeFact) -> str:
        """Return quantity, free quantity, and what is unusual about the deal."""
        cells = deal.properties
        parts = []
        quantity, free = cells.get("quantity"), cells.get("free_quantity")
        if isinstance(quantity, int):
            words = count_text(
                quantity, str(cells.get("quantity_bound") or "exact"), self._language
            )
            if isinstance(free, int) and free:
                words = text("page-with-free", self._language, paid=words, free=f"{free:,}")
            parts.append(words)
        kind, status = cells.get("kind"), cells.get("status")
        if kind in {"gift", "barter", "sample", "provision"}:
            parts.append(text(f"page-deal-{kind}", self._language))
        if status in {"refunded", "cancelled"}:
            parts.append(text(f"page-deal-{status}", self._language))
        elif cells.get("live") is False:
            parts.append(text("page-deal-refunded", self._language))
        return " · ".join(parts)

    def _price(self, event: NodeFact) -> str:
        """Return price × quantity = amount, or the total alone, or nothing where it is unknown."""
        cells = event.properties
        currency = str(cells.get("currency") or "")
        total = cells.get("value_minor", cells.get("total_minor"))
        if not isinstance(total, int) or not currency:
            return ""
        bound = str(cells.get("value_bound") or cells.get("total_bound") or "exact")
        amount = bounded_text(amount_text(total, currency), bound, self._language)
        price, quantity = cells.get("unit_price_nano"), cells.get("quantity")
        if not isinstance(price, int) or not isinstance(quantity, int) or bound != "exact":
            return amount
        return f"{unit_price_text(price, currency)} × {quantity:,} = {amount}"

    def _is_paid(self, deal: NodeFact) -> bool:
        """Tell whether recorded payments reach the value of a deal, or are all that is known."""
        ids = {link.start[1] for link in self._cast.graph.into(("Deal", deal.id), "SETTLES")}
        settled = [
            payment.properties
            for payment in self._cast.payments
            if payment.id in ids and payment.properties.get("status", "ok") == "ok"
        ]
        value, currency = deal.properties.get("value_minor"), deal.properties.get("currency")
        if not settled or not isinstance(value, int):
            return bool(settled)
        amounts = [
            cells.get("amount_minor") for cells in settled if cells.get("currency") == currency
        ]
        return sum(a for a in amounts if isinstance(a, int)) >= value

    def _add_payment(self, payment: NodeFact) -> None:
        cells = payment.properties
        amount, currency = cells.get("amount_minor"), str(cells.get("currency") or "")
        words = ""
        if isinstance(amount, int) and currency:
            bound = str(cells.get("amount_bound") or "exact")
            words = bounded_text(amount_text(amount, currency), bound, self._language)
            words = self._formula(payment, amount) or words
        if cells.get("status") == "refunded":
            words = f"{words} · {text('page-deal-refunded', self._language)}"
        certainty = str(cells.get("certainty") or "stated")
        for payer, payee in self._pairs(payment, "PAYER", "PAYEE"):
            self._add("money", payer, payee, words, certainty)

    def _formula(self, payment: NodeFact, amount_minor: int) -> str:
        """Return price × quantity = amount of the deal that one payment settles in full."""
        graph = self._cast.graph
        for link in graph.out(("Payment", payment.id), "SETTLES"):
            deal = graph.nodes.get(link.end)
            if deal and deal.properties.get("value_minor") == amount_minor:
                return self._price(deal)
        return ""

    def _add_claim(self, claim: NodeFact) -> None:
        """Add what an agent reported, beside the deal it is about or between the two persons."""
        cells = claim.properties
        currency = str(cells.get("currency") or "")
        difference = cells.get("difference_minor")
        words = ""
        if price := self._price(claim):
            words = text("page-claim", self._language, price=price)
        elif isinstance(difference, int) and currency:
            bound = str(cells.get("difference_bound") or "exact")
            plain = bounded_text(amount_text(difference, currency), bound, self._language)
            words = text("page-claim-difference", self._language, amount=plain)
        certainty = str(cells.get("certainty") or "stated")
        for agent in self._cast.ends(claim, "CLAIMED_BY"):
            for principal in self._cast.ends(claim, "CLAIMED_TO"):
                start, end = self._between(agent, principal)
                self._add("claim", start, end, words, certainty)

    def _between(self, agent: str, principal: str) -> tuple[str, str]:
        """Return the boxes of a deal from agent to principal, else the two persons."""
        owners = self._cast.owners
        for kind, start, end in self._links:
            ends = (owners.get(account_of(start)), owners.get(account_of(end)))
            if kind == "data" and ends == (agent, principal):
                return start, end
        return f"p:{agent}", f"p:{principal}"

    # ---- same goods, names, ties

    def _add_passing_on(self) -> None:
        """Add where goods pass inside one hand: bought by one box, sold by another."""
        for first in self._cast.deals:
            for second in self._cast.deals:
                certainty = self._passes(first, second)
                if certainty:
                    self._add_same(first, second, certainty)

    def _add_same(self, first: NodeFact, second: NodeFact, certainty: str) -> None:
        bought = {buyer for _, buyer in self._pairs(first, "SELLER", "BUYER")}
        sold = {seller for seller, _ in self._pairs(second, "SELLER", "BUYER")}
        if bought & sold:
            return
        words = text("page-same-batch", self._language)
        for start in sorted(bought):
            for end in sorted(sold):
                self._add_once("same", start, end, words, certainty)

    def _passes(self, first: NodeFact, second: NodeFact) -> str:
        """Return how surely the goods of one deal are those of the next, or nothing."""
        if first.id == second.id:
            return ""
        graph = self._cast.graph
        resale = any(link.end[1] == second.id for link in graph.out(("Deal", first.id), "RESALE"))
        hands = set(self._cast.ends(first, "BUYER")) & set(self._cast.ends(second, "SELLER"))
        batches = set(self._cast.ends(first, "FOR_BATCH")) & set(
            self._cast.ends(second, "FOR_BATCH")
        )
        if not resale and not (hands and batches):
            return ""
        return "stated" if batches else "inferred"

    def _add_personas(self) -> None:
        for account, personas in sorted(self._cast.shown.items()):
            for persona in personas:
                box = f"n:{account}|{persona}"
                holder = self._cast.holder(persona)
                word = text("page-poses-as" if holder else "page-shows", self._language)
                self._add("shows", f"a:{account}", box, word)
                if holder in self._cast.accounts:
                    line = text("page-same-name", self._language)
                    self._add("poses", box, f"a:{holder}", line)

    def _add_ties(self) -> None:
        """Add one line for each pair of persons, with a word for each tie between them."""
        pairs: dict[tuple[str, str], list[tuple[str, str]]] = {}
        drawn = set(self._cast.persons)
        for type_ in TIES:
            starts = (("Person", person) for person in self._cast.persons)
            for link in (x for start in starts for x in self._cast.graph.out(start, type_)):
                pair = (link.start[1], link.end[1])
                if set(pair) <= drawn:
                    pairs.setdefault(_key(pair), []).append(self._tie(link))
        for account, acting in sorted(self._cast.operators.items()):
            for link in acting:
                pair = (link.start[1], self._cast.owners[account])
                pairs.setdefault(_key(pair), []).append(self._operates(link))
        for (a, b), words in sorted(pairs.items()):
            for word, certainty in dict.fromkeys(words):
                self._add("tie", f"p:{a}", f"p:{b}", word, certainty)

    def _tie(self, link: LinkFact) -> tuple[str, str]:
        word = text(f"page-tie-{link.type.lower()}", self._language)
        if link.type == "AGENT_OF" and link.properties.get("disclosed") in {"yes", "no"}:
            word = text(f"page-agent-disclosed-{link.properties['disclosed']}", self._language)
        return word, str(link.properties.get("certainty") or "stated")

    def _operates(self, link: LinkFact) -> tuple[str, str]:
        name = self._names.name(link.start) or self._names.code(link.start[1])
        stated = link.properties.get("basis") in {"holds", "controls"}
        word = text("page-operates", self._language, name=name)
        return word, "stated" if stated else "inferred"

    # ---- the circle

    def _numbered(self, links: list[Link]) -> list[Link]:
        """Number the links that close the circle of the finding, in its order."""
        circle = self._finding.circle
        for step, member in enumerate(circle, start=1):
            after = circle[step % len(circle)]
            found = [i for i, link in enumerate(links) if self._joins(link, member, after)]
            free = [i for i in found if not links[i].step]
            if free:
                best = min(free, key=lambda i: (_STEP_ORDER.index(links[i].kind), i))
                links[best] = links[best]._replace(step=step)
            elif (start := self._key_of(member)) and (end := self._key_of(after)):
                links.append(Link("tie", start, end, step=step))
        return [_shortened(link, self._language) for link in links]

    def _add_once(self, kind: str, start: str, end: str, line: str, certainty: str) -> None:
        """Add a link that says the same however often it is found."""
        if (kind, start, end) not in self._links and (kind, end, start) not in self._links:
            self._add(kind, start, end, line, certainty)

    def _key_of(self, member: str) -> str:
        """Return what stands in the picture for a member of a circle, or nothing."""
        if member in self._cast.persons:
            return f"p:{member}"
        shown = sorted(self._cast.shown.items())
        return next((f"n:{account}|{member}" for account, own in shown if member in own), "")

    def _joins(self, link: Link, a: str, b: str) -> bool:
        ends = [self._parties_of(link.start), self._parties_of(link.end)]
        return (a in ends[0] and b in ends[1]) or (b in ends[0] and a in ends[1])

    def _parties_of(self, key: str) -> set[str]:
        """Return who a box or container stands for in a circle."""
        if key.startswith("n:"):
            return {key.partition("|")[2]}
        account = account_of(key)
        return {account, self._cast.owners.get(account, account)}


def account_of(key: str) -> str:
    """Return the id of the account or person in the key of a box or container."""
    return key.partition(":")[2].partition("|")[0]


def _key(pair: tuple[str, str]) -> tuple[str, str]:
    return (pair[0], pair[1]) if pair[0] <= pair[1] else (pair[1], pair[0])


def _certainty_rank(certainty: str) -> int:
    return _ORDER.get(certainty, 0)


def _shortened(link: Link, language: Language) -> Link:
    """Say equal lines once with their number, keep the first of many and count the rest."""
    counted = {line: link.lines.count(line) for line in link.lines}
    lines = tuple(
        line if count == 1 else text("page-times", language, line=line, count=count)
        for line, count in counted.items()
    )
    if len(lines) > _LINES_A_LABEL:
        more = sum(list(counted.values())[_LINES_A_LABEL - 1 :])
        lines = (*lines[: _LINES_A_LABEL - 1], text("page-more", language, count=more))
    return link._replace(lines=lines)
