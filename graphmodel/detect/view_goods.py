"""Batches with their sizes and stated links, and data that moved without or for a deal."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.derive.values import bounded
from graphmodel.detect.batch import Batch
from graphmodel.detect.view_base import span_of
from graphmodel.detect.view_deals import DealFacts
from graphmodel.query.reading import read_links, read_nodes

if TYPE_CHECKING:
    from graphmodel.detect.records import DealFact, Span
    from graphmodel.model.counts import Bounded


class BatchFact(NamedTuple):
    """A batch: its rows, its distinct rows, the digest of its file; what is unknown is None."""

    id: str
    goods: str
    records: Bounded | None
    distinct: Bounded | None
    file_sha256: str | None


class BatchLink(NamedTuple):
    """A stated relation `a kind b` of batches: `same`, `subset`, `derived`, `overlap`."""

    fact: str
    a: str
    kind: str
    b: str
    shared: int | None


class DeliveryFact(NamedTuple):
    """Data handed over; `batch` and `deal` where they are stated, `batch` else from the deal."""

    id: str
    senders: tuple[str, ...]
    receivers: tuple[str, ...]
    sender_account: str
    receiver_account: str
    batch: str | None
    goods: str | None
    deal: str | None
    records: int | None
    span: Span


class GroupMessage(NamedTuple):
    """A message written in a group, and the deal it is about where that is stated."""

    id: str
    group: str
    deal: str | None


class GoodsFacts(DealFacts):
    """What is known of batches and deliveries, and what was said of goods in groups."""

    @cached_property
    def batches(self) -> dict[str, BatchFact]:
        """Return all batches by id."""
        names = ("id", "goods", "records", "records_bound", "distinct_records", "file_sha256")
        return {
            str(id_): BatchFact(
                str(id_),
                str(goods),
                bounded(rows, bound),
                bounded(distinct, "exact"),
                None if digest is None else str(digest),
            )
            for id_, goods, rows, bound, distinct, digest in read_nodes(self.engine, "Batch", names)
        }

    @cached_property
    def batch_links(self) -> list[BatchLink]:
        """Return the stated relations of batches, in order of fact."""
        names = ("id", "kind", "shared")
        found = [
            BatchLink(
                str(link.values[0]),
                link.start,
                str(link.values[1]),
                link.end,
                link.values[2] if isinstance(link.values[2], int) else None,
            )
            for link in read_links(self.engine, "LINKED_BATCH", names)
        ]
        return sorted(found)

    @cached_property
    def links_by_pair(self) -> dict[frozenset[str], list[BatchLink]]:
        """Return the stated relations of two batches, by their pair."""
        found: dict[frozenset[str], list[BatchLink]] = defaultdict(list)
        for link in self.batch_links:
            found[frozenset((link.a, link.b))].append(link)
        return found

    @cached_property
    def same_batches(self) -> dict[frozenset[str], list[tuple[str, str, float | None]]]:
        """Return (fact, method, containment of the smaller) of SAME_BATCH, by pair of batches."""
        found: dict[frozenset[str], list[tuple[str, str, float | None]]] = defaultdict(list)
        for link in read_links(self.engine, "SAME_BATCH", ("id", "method", "score")):
            fact, method, score = link.values
            known = float(score) if isinstance(score, int | float) else None
            found[frozenset((link.start, link.end))].append((str(fact), str(method), known))
        return found

    def is_shown(self, a: str, b: str) -> bool:
        """Tell whether two batches are shown to be the same goods."""
        if self.batch_goods[a] == self.batch_goods[b]:
            return True
        return frozenset((a, b)) in self.same_batches

    @cached_property
    def samples(self) -> list[DealFact]:
        """Return the samples that were handed over, in order of id."""
        found = (self.deals[id_] for id_ in sorted(self.deals))
        return [deal for deal in found if deal.kind == "sample" and deal.status != "cancelled"]

    @cached_property
    def alike_by_quantity(self) -> set[frozenset[str]]:
        """Return the pairs of deals that a rare quantity joins."""
        links = read_links(self.engine, "SAME_QUANTITY")
        return {frozenset((link.start, link.end)) for link in links}

    def is_alike(self, a: DealFact, b: DealFact) -> bool:
        """Tell whether two deals are about the same goods, shown or by a rare quantity."""
        return self.is_shown(a.batch, b.batch) or frozenset((a.id, b.id)) in self.alike_by_quantity

    @cached_property
    def deliveries(self) -> dict[str, DeliveryFact]:
        """Return all deliveries by id."""
        sender, receiver = self._ends("SENDER"), self._ends("RECEIVER")
        batches, deals = self._ends("FOR_BATCH"), self._ends("FULFILS")
        parties = self.parties_of("Delivery")
        found = {}
        for id_, records, t0, t1 in read_nodes(
            self.engine, "Delivery", ("id", "records", "t0", "t1")
        ):
            delivery = str(id_)
            deal = next(iter(deals.get(delivery, ())), None)
            batch = next(iter(batches.get(delivery, ())), None)
            if batch is None and deal is not None:
                batch = self.deals[deal].batch
            roles = parties.get(delivery, {})
            found[delivery] = DeliveryFact(
                delivery,
                roles.get("SENDER", ()),
                roles.get("RECEIVER", ()),
                sender[delivery][0],
                receiver[delivery][0],
                batch,
                None if batch is None else self.batch_goods[batch],
                deal,
                records if isinstance(records, int) else None,
                span_of(t0, t1),
            )
        return found

    @cached_property
    def subjects(self) -> Batch[tuple[str, ...]]:
        """Return the deals that a message or a report is about, by its id."""
        return Batch(self._read_subjects, ())

    def _read_subjects(self, events: list[str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for link in read_links(self.engine, "ABOUT", start_ids=events):
            found[link.start].append(link.end)
        return {event: tuple(sorted(deals)) for event, deals in found.items()}

    @cached_property
    def group_messages(self) -> Batch[list[GroupMessage]]:
        """Return, by account, what it wrote in groups, in order of id."""
        return Batch(self._read_group_messages, [])

    def _read_group_messages(self, accounts: list[str]) -> dict[str, list[GroupMessage]]:
        rows = self.engine.run(
            "MATCH (m:Message)-[:AUTHOR]->(a:Account) WHERE a.id IN $accounts "
            "AND m.group IS NOT NULL OPTIONAL MATCH (m)-[:ABOUT]->(d:Deal) "
            "RETURN a.id AS account, m.id AS id, m.group AS name, d.id AS deal",
            {"accounts": accounts},
        ).rows
        found: dict[str, list[GroupMessage]] = defaultdict(list)
        for account, id_, group, deal in sorted(rows, key=str):
            about = None if deal is None else str(deal)
            found[str(account)].append(GroupMessage(str(id_), str(group), about))
        return found

    @cached_property
    def group_offers(self) -> dict[str, str]:
        """Return the group in which an offer was made, by offer."""
        rows = read_nodes(self.engine, "Offer", ("id", "group"))
        return {str(id_): str(group) for id_, group in rows if group is not None}
