"""How many records two deals, or several lists cut from one, have in common."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from graphmodel.detect.wording import records
from graphmodel.model.counts import Bounded
from graphmodel.model.evidence import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.detect.records import DealFact
    from graphmodel.detect.view import CaseView


def stated_overlap(
    a: DealFact, b: DealFact, view: CaseView
) -> tuple[Bounded, tuple[str, ...]] | None:
    """Return the stated number of records in both batches, with the facts."""
    found = [
        (link.shared, link.fact)
        for link in view.links_by_pair.get(frozenset((a.batch, b.batch)), ())
        if link.shared is not None
    ]
    if not found:
        return None
    numbers = {shared for shared, _ in found}
    bound = "exact" if len(numbers) == 1 else "at_least"
    return Bounded(Fraction(min(numbers)), bound), tuple(fact for _, fact in found)


def most_records(deal: DealFact, view: CaseView) -> Bounded | None:
    """Return the most distinct records that a deal can have carried, as a limit."""
    batch = view.batches[deal.batch]
    limits = [
        number.value
        for number in (batch.distinct, batch.records, deal.records)
        if number is not None and number.bound in {"exact", "at_most"}
    ]
    return Bounded(min(limits), "at_most") if limits else None


def is_whole(deal: DealFact, view: CaseView) -> bool:
    """Tell whether a deal surely carried its whole batch, as far as numbers are stated."""
    batch = view.batches[deal.batch]
    size = batch.distinct or batch.records
    return deal.records is None or size is None or deal.records.value >= size.value


def records_in_both(a: DealFact, b: DealFact, view: CaseView) -> Bounded | None:
    """Return the records that both deals had, exact where that is known."""
    number: Bounded | None = None
    if a.goods == b.goods:
        distinct = [view.batches[deal.batch].distinct for deal in (a, b)]
        number = next((known for known in distinct if known is not None), None)
    if number is None and (stated := stated_overlap(a, b, view)) is not None:
        number = stated[0]
    if number is not None and is_whole(a, view) and is_whole(b, view):
        return number
    limits = [limit for deal in (a, b) if (limit := most_records(deal, view)) is not None]
    if number is not None and number.bound == "exact":
        limits.append(Bounded(number.value, "at_most"))
    return min(limits, key=lambda limit: limit.value) if limits else None


def tighter(a: Bounded | None, b: Bounded | None) -> Bounded | None:
    """Return which of two statements about one number says more."""
    known = [number for number in (a, b) if number is not None]
    return min(known, key=lambda n: (n.bound != "exact", n.value), default=None)


def repeats(batches: Sequence[str], view: CaseView) -> list[Words]:
    """Return, for lists cut from one list, how many of their records must be repeats."""
    lines = []
    for whole in batches:
        size = view.batches[whole].records
        subsets = [
            link.a
            for link in view.batch_links
            if link.kind == "subset" and link.b == whole and link.a in batches
        ]
        sizes = [view.batches[batch].records for batch in sorted(set(subsets))]
        known = [s.value for s in sizes if s is not None and s.bound in {"exact", "at_least"}]
        if size is None or size.bound != "exact" or sum(known) <= size.value:
            continue
        extra = records(Bounded(sum(known) - size.value, "at_least"))
        told = " + ".join(f"{int(value):,}" for value in known)
        lines.append(
            Words(
                f"取自 {whole} 的各份：{told} − {int(size.value):,} = 重复{extra.zh}",
                f"Cut from {whole}: {told} − {int(size.value):,} = repeats, {extra.en}",
            )
        )
    return lines
