"""One hub and many counterparties: windows, parties counted, sums and records of a hub."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.figures import named
from graphmodel.detect.parties import Side, different, is_same
from graphmodel.detect.records import DAY_S
from graphmodel.detect.wording import amount, both, joined, sentence
from graphmodel.model import counts
from graphmodel.model.counts import Bounded
from graphmodel.model.evidence import Words
from graphmodel.model.finding import Figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphmodel.detect.records import DealFact, Span
    from graphmodel.detect.view import CaseView


class Entry(NamedTuple):
    """One event between the hub and a counterparty; `deal` is None for a delivery alone."""

    id: str
    own: Side
    other: Side
    span: Span
    batch: str | None
    records: Bounded | None
    deal: DealFact | None


class Gathering(NamedTuple):
    """The entries of all windows that are met, and those of the window with most parties."""

    entries: tuple[Entry, ...]
    widest: tuple[Entry, ...]
    parties: int


def others_only(entries: Iterable[Entry], view: CaseView) -> list[Entry]:
    """Return the entries whose other side is not the hub itself, in order of id."""
    kept = (entry for entry in entries if not is_same(entry.own, entry.other, view))
    return sorted(kept, key=lambda entry: entry.id)


def numbered(entries: Sequence[Entry], view: CaseView) -> dict[Side, int]:
    """Return the counterparty of each other side, as a number; one party has one number."""
    groups = different((entry.other for entry in entries), view)
    return {side: place for place, group in enumerate(groups) for side in group}


def gatherings(
    entries: Sequence[Entry], min_parties: int, window_days: int, view: CaseView
) -> list[Gathering]:
    """Return where enough different parties lie within a window, joined where windows share events.

    A window is met if the least span of its events, max(0, max t0 - min t1), is within it: the
    events that can lie together with the earliest end of one of them.
    """
    who = numbered(entries, view)
    found: list[list[tuple[Entry, ...]]] = []
    for end in sorted({entry.span.t1 for entry in entries}):
        window = tuple(
            entry
            for entry in entries
            if entry.span.t1 >= end and entry.span.t0 <= end + window_days * DAY_S
        )
        if len({who[entry.other] for entry in window}) < min_parties:
            continue
        if found and {e.id for e in found[-1][-1]} & {e.id for e in window}:
            found[-1].append(window)
        else:
            found.append([window])
    return [_joined(windows, who) for windows in found]


def _joined(windows: Sequence[tuple[Entry, ...]], who: dict[Side, int]) -> Gathering:
    entries = {entry.id: entry for window in windows for entry in window}
    sizes = [len({who[entry.other] for entry in window}) for window in windows]
    place = sizes.index(max(sizes))
    return Gathering(tuple(entries[i] for i in sorted(entries)), windows[place], sizes[place])


def by_hub(rows: Iterable[tuple[str, tuple[str, ...]]]) -> list[tuple[tuple[str, ...], list[str]]]:
    """Join the hubs that stand behind one and the same set of events: nobody knows which it was."""
    hubs: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for hub, events in rows:
        hubs[tuple(sorted(set(events)))].add(hub)
    return sorted((tuple(sorted(names)), list(events)) for events, names in hubs.items())


def related_parties(entries: Sequence[Entry], view: CaseView) -> list[str]:
    """Return the ties by which two different counterparties may be related."""
    who = numbered(entries, view)
    places: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for party in entry.other.parties:
            places[party].append(entry)
    facts = set()
    for x, own in places.items():
        near = {y for entry in own for y in view.kin_of(x, entry.span)} & places.keys()
        for a in own:
            for b in (entry for y in near for entry in places[y]):
                if who[a.other] != who[b.other]:
                    at = max(a.span, b.span)
                    facts |= {t.fact for y in b.other.parties for t in view.related(x, y, at)}
    return sorted(facts)


def is_free(deal: DealFact | None) -> bool:
    """Tell whether a deal is known to have cost nothing."""
    if deal is None:
        return False
    if deal.value is None:
        return deal.kind == "gift"
    return deal.value.value == 0 and deal.value.bound in {"exact", "at_most"}


def licences(hub: Sequence[str], entries: Sequence[Entry], view: CaseView) -> list[str]:
    """Return the circumstances that state a consent or a licence for hub, goods or events."""
    about = {*hub, *(entry.id for entry in entries), *(entry.own.account for entry in entries)}
    about |= {entry.batch for entry in entries if entry.batch is not None}
    return view.stated(("licensed",), about)


def amounts(
    deals: Sequence[DealFact], view: CaseView
) -> tuple[dict[str, Figure], tuple[Words, ...], tuple[str, ...]]:
    """Return `amount` by currency, the sums in words, and the stated totals used.

    A total stated for deals without a value of their own stands for their sum. What has no value
    makes a sum `at_least`: in its own currency, or in all where none is stated.
    """
    left = {deal.id for deal in deals if deal.value is None}
    used: list[tuple[str, Bounded, str, frozenset[str]]] = []
    stated = sorted(view.totals.items(), key=lambda one: (-len(one[0]), one[1][0]))
    for covered, (fact, number, currency) in stated:
        if covered and covered <= left:
            used.append((fact, number, currency, covered))
            left -= covered
    by_id = {deal.id: deal for deal in deals}
    counted = Counter(deal.currency for deal in deals if deal.value is not None)
    for _, _, currency, covered in used:
        counted[currency] += len(covered)
    order = sorted(counted, key=lambda c: (-counted[c], c != view.currency, c))
    figures: dict[str, Figure] = {}
    lines: list[Words] = []
    for currency in order:
        own = [d for d in deals if d.value is not None and d.currency == currency]
        terms: list[Bounded | None] = [d.value for d in own]
        terms += [number for _, number, c, _ in used if c == currency]
        unpriced = [i for i in sorted(left) if by_id[i].price.currency in {None, currency}]
        whole = counts.total([*terms, *(None for _ in unpriced)])
        if whole is not None:
            figures[named("amount", currency, order[0])] = Figure.amount(whole, currency)
        told = [amount(d.value, currency) for d in own]
        told += [amount(number, currency) for _, number, c, _ in used if c == currency]
        facts = [d.id for d in own] + [fact for fact, _, c, _ in used if c == currency]
        lines.append(_sum_line(facts, told, amount(whole, currency)))
    if left:
        lines.append(both("absent-value", deals=joined(sorted(left))))
    return figures, tuple(lines), tuple(fact for fact, *_ in used)


def _sum_line(facts: Sequence[str], told: Sequence[Words], whole: Words) -> Words:
    if len(facts) == 1:
        return Words(f"{facts[0]}：{whole.zh}", f"{facts[0]}: {whole.en}")
    zh = " + ".join(f"{fact} {one.zh}" for fact, one in zip(facts, told, strict=True))
    en = " + ".join(f"{fact} {one.en}" for fact, one in zip(facts, told, strict=True))
    return Words(f"{zh} = {whole.zh}", f"{en} = {whole.en}")


def _size(entry: Entry, view: CaseView) -> Bounded | None:
    """Return the records of an entry: as stated for it, else those of its batch."""
    if entry.records is not None or entry.batch is None:
        return entry.records
    return view.batches[entry.batch].records


def _of_one_goods(entries: Sequence[Entry], view: CaseView) -> Bounded | None:
    """Return the distinct records of one goods: what moved several times counts once.

    Parts may differ, so unlike numbers make it at least the greatest; one that reaches the whole
    batch is the batch.
    """
    sizes = [size for entry in entries if (size := _size(entry, view)) is not None]
    batches = [view.batches[entry.batch] for entry in entries if entry.batch is not None]
    rows = [batch.records for batch in batches if batch.records is not None]
    distinct = [batch.distinct for batch in batches if batch.distinct is not None]
    if not sizes:
        return distinct[0] if distinct else None
    exact = [size.value for size in sizes if size.bound == "exact"]
    if exact and any(number.bound == "exact" and number.value <= max(exact) for number in rows):
        return distinct[0] if distinct else Bounded(max(exact))
    if distinct and exact and distinct[0].value <= max(exact):
        return distinct[0]
    is_part = bool(rows) and len(entries) > 1
    if len(set(sizes)) == 1 and len(sizes) == len(entries) and not is_part:
        return sizes[0]
    lows = [size.value for size in sizes if size.bound in {"exact", "at_least"}]
    return Bounded(max(lows), "at_least") if lows else None


def distinct_records(entries: Sequence[Entry], view: CaseView) -> Bounded | None:
    """Return the distinct records over all goods; goods that may share records make it a limit."""
    by_goods: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        goods = f"event:{entry.id}" if entry.batch is None else view.batch_goods[entry.batch]
        by_goods[goods].append(entry)
    whole = counts.total(_of_one_goods(own, view) for _, own in sorted(by_goods.items()))
    batches = {entry.batch for entry in entries if entry.batch is not None}
    linked = [pair for pair in view.same_batches if pair <= batches]
    linked += [frozenset((k.a, k.b)) for k in view.batch_links if {k.a, k.b} <= batches]
    is_shared = any(len({view.batch_goods[batch] for batch in pair}) > 1 for pair in linked)
    if not is_shared or whole is None:
        return whole
    return None if whole.bound == "at_least" else Bounded(whole.value, "at_most")


def missing_figures(figures: Mapping[str, Figure], deals: Sequence[DealFact]) -> Words:
    """Say why an amount or a number of records is absent; nothing where both are known."""
    parts = []
    if "amount" not in figures:
        unpriced = [deal.id for deal in deals if deal.value is None]
        parts.append(_no_amount(unpriced))
    if "records" not in figures:
        parts.append(Words("条数无法确定。", "The number of records is not known."))
    return sentence(*parts)


def _no_amount(unpriced: Sequence[str]) -> Words:
    if not unpriced:
        return Words("金额无法计算：没有交易。", "There is no amount: no deal is recorded.")
    reason = both("absent-value", deals=joined(unpriced))
    return Words(f"金额无法计算：{reason.zh}。", f"There is no amount: {reason.en}.")


def cumulative_records(entries: Sequence[Entry], view: CaseView) -> Bounded | None:
    """Return the records counted once for each counterparty that had them."""
    who = numbered(entries, view)
    by_party: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_party[who[entry.other]].append(entry)
    return counts.total(distinct_records(own, view) for _, own in sorted(by_party.items()))
