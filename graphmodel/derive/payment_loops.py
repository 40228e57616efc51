"""Loops of payments: money that returns to the party it left.

Payments are arrows between parties: the payee of each and the payer of the next are one party. A
payment inside one party joins its accounts and is no arrow; failed payments, those paid back in
full and what paid them back moved nothing. Order is possible order of intervals, against which no
stated order speaks. A payment whose time has an unknown end is not searched, and named where it
may lie on a circle.

Of loops through the same parties in the same order only those are kept that share no payment with
a better one (parallel payments are bundled): alike amounts, amounts passed on, a link to a deal,
a decided order, speed, then the amount decide which. More than `max_loops` bundles are ranked
by the same signs and by the number of parties, then by how many payments are the only one from
their payer to their payee, then by least amount, then by payment.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from graphmodel.kernels.jit import interpreted
from graphmodel.model.money import CURRENCIES
from graphmodel.model.schema import FOREVER
from graphmodel.store import payment_columns, tables
from graphmodel.store.derived import DerivedLink, derived_id, write_links, write_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphmodel.store.case_file import CaseFile
    from graphmodel.store.payment_columns import EndColumns, PaymentColumns

    Ints = NDArray[Any]

DAY_S, QUICK_S = 86_400, 72 * 3_600
NEVER_COMPILED, SELDOM_COMPILED = 20_000, 200_000
"""Below the first number of arrows loops are searched without compiled code; below the second,
unless compiled code is there."""
INTERPRETED_STEPS = 20_000
"""Steps from one party that the interpreter takes before compiled code does the work."""
HUB_PARTIES = 1_000
"""A party with more counterparties is a platform or a shop; loops through it rank lower."""
MANY_PARTIES = 5
NAMED = 3
"""So many payments without a known time are named in what was not searched."""
RULE = "derive/payment_loops@1"


class LoopSearch(NamedTuple):
    """Limits of the search; `max_steps` from one party."""

    max_len: int = 6
    window_days: int = 30
    max_loops: int = 10_000
    max_steps: int = 2_000_000


@dataclass(frozen=True, slots=True)
class Arrows:
    """Payments between two different parties, by rising number of payment.

    `payment` is the row among the payments; `payer` and `payee` are small numbers of parties below
    `parties`; `paying` is the payer's internal number; `alternate` as in `EndColumns`.
    """

    payment: Ints
    payer: Ints
    payee: Ints
    paying: Ints
    alternate: Ints
    parties: int

    def take(self, kept: Ints) -> Arrows:
        """Return the arrows of a mask or of rows."""
        ends = self.payer[kept], self.payee[kept], self.paying[kept]
        return Arrows(self.payment[kept], *ends, self.alternate[kept], self.parties)


def small_numbers(numbers: Ints) -> Ints:
    """Return numbers from 0 for internal numbers of persons and accounts: persons first."""
    import numpy as np

    person, account = tables.node_base("Person"), tables.node_base("Account")
    is_account = (numbers > account) & (numbers <= account + (1 << tables.SEQUENCE_BITS))
    persons = numbers[~is_account]
    count = int(persons.max() - person) if len(persons) else 0
    return np.where(is_account, numbers - account - 1 + count, numbers - person - 1)


def arrows_of(payments: PaymentColumns, ends: EndColumns) -> Arrows:
    """Return the arrows of payments that moved money between two different parties."""
    import numpy as np

    count = len(payments.number)
    rows = np.searchsorted(payments.number, ends.payment)
    moved = np.zeros(len(rows), bool)
    inside = rows < count
    moved[inside] = payments.number[rows[inside]] == ends.payment[inside]
    within = np.zeros(count, bool)
    within[rows[moved & (ends.payer == ends.payee)]] = True
    moved[moved] &= ~within[rows[moved]]
    small = small_numbers(np.concatenate([ends.payer, ends.payee])).astype(np.int32)
    whole = Arrows(
        rows,
        small[: len(rows)],
        small[len(rows) :],
        ends.payer,
        ends.alternate,
        int(small.max()) + 1 if len(small) else 0,
    )
    return whole.take(moved)


def on_circles(arrows: Arrows) -> Ints:
    """Return a mask of the arrows that may lie on a circle, whatever their times."""
    import numpy as np

    kept = np.ones(len(arrows.payment), bool)
    while True:
        pays = np.zeros(arrows.parties, bool)
        is_paid = np.zeros(arrows.parties, bool)
        pays[arrows.payer[kept]] = True
        is_paid[arrows.payee[kept]] = True
        fewer = kept & is_paid[arrows.payer] & pays[arrows.payee]
        if fewer.sum() == kept.sum():
            return kept
        kept = fewer


def _dated(
    case_file: CaseFile, payments: PaymentColumns, arrows: Arrows
) -> tuple[Arrows, list[str]]:
    """Return the arrows of known time, and what is said about those of unknown time."""
    import numpy as np

    dated = (payments.t0 > -FOREVER) & (payments.t1 < FOREVER)
    known = dated[arrows.payment]
    if known.all():
        return arrows, []
    open_rows = np.unique(arrows.payment[on_circles(arrows) & ~known])
    if not len(open_rows):
        return arrows.take(known), []
    ids, _ = payment_columns.payment_facts(case_file, payments.number[open_rows[:NAMED]].tolist())
    named = ", ".join(sorted(ids.values())) + (", …" if len(open_rows) > NAMED else "")
    told = f"payment_loop: {len(open_rows)} payments without a known time not searched ({named})"
    return arrows.take(known), [told]


def _is_compiled(count: int) -> bool:
    """Tell whether so many arrows are searched by compiled code."""
    if count < NEVER_COMPILED:
        return False
    if count >= SELDOM_COMPILED:
        return True
    from graphmodel.kernels.half_paths import search

    return search.is_cached


class Found(NamedTuple):
    """Loops as lists of arrow rows in order, how many, and of how many parties the search was cut.

    `rows` is a matrix, a loop a row, filled up with -1; `lengths` its numbers of arrows.
    """

    rows: Ints
    lengths: Ints
    cut: int


def search(payments: PaymentColumns, arrows: Arrows, limits: LoopSearch) -> Found:
    """Return all loops of arrows of known time, by the order of their payments.

    A burst between few parties is beyond the interpreter: it is searched again by compiled code.
    """
    import numpy as np

    if len(arrows.payment) == 0:
        return Found(np.empty((0, 2), np.int64), np.empty(0, np.int64), 0)
    compiled = _is_compiled(len(arrows.payment))
    few = limits._replace(max_steps=min(limits.max_steps, INTERPRETED_STEPS))
    found = _searched(payments, arrows, limits if compiled else few, compiled=compiled)
    if found.cut and not compiled and few.max_steps < limits.max_steps:
        return _searched(payments, arrows, limits, compiled=True)
    return found


def _searched(
    payments: PaymentColumns, arrows: Arrows, limits: LoopSearch, *, compiled: bool
) -> Found:
    import numpy as np

    from graphmodel.kernels.interval_loops import find_interval_loops
    from graphmodel.kernels.loops import LoopLimits

    with interpreted(when=not compiled):
        loops = find_interval_loops(
            (arrows.payer, arrows.payee),
            (payments.t0[arrows.payment], payments.t1[arrows.payment]),
            arrows.parties,
            LoopLimits(limits.window_days * DAY_S, limits.max_len, max_steps=limits.max_steps),
            payments.amount[arrows.payment],
            threads=2 if compiled else 1,
        )
    lengths = np.diff(loops.start)
    rows = np.full((len(lengths), limits.max_len), -1, np.int64)
    rows[np.arange(limits.max_len) < lengths[:, None]] = loops.payments
    return Found(rows, lengths, loops.cut_accounts)


def _is_joined(loop: Sequence[int], arrows: Arrows) -> bool:
    """Tell whether no payment stands twice and every join is one party.

    Two payments through one account of which nobody is known at a third join nobody.
    """
    if len({int(arrows.payment[row]) for row in loop}) < len(loop):
        return False
    following = (*loop[1:], loop[0])
    return not any(
        arrows.alternate[a] & 2 and arrows.alternate[b] & 1
        for a, b in zip(loop, following, strict=True)
    )


def _each_once(found: Found, arrows: Arrows) -> Found:
    """Return the loops that hold, one for the same payments, where they have several parties."""
    import numpy as np

    if len(np.unique(arrows.payment)) == len(arrows.payment) and not arrows.alternate.any():
        return found
    seen: set[frozenset[int]] = set()
    kept = []
    for place, length in enumerate(found.lengths.tolist()):
        loop = found.rows[place, :length].tolist()
        key = frozenset(arrows.payment[loop].tolist())
        if key not in seen and _is_joined(loop, arrows):
            seen.add(key)
            kept.append(place)
    return Found(found.rows[kept], found.lengths[kept], found.cut)


def turned(
    loop: Sequence[int],
    spans: Sequence[tuple[int, int]],
    numbers: Sequence[int],
    before: dict[tuple[int, int], str],
) -> list[int] | None:
    """Return a loop begun at its earliest payment that can be first, by times and stated order.

    `spans` and `numbers` are the intervals and internal numbers of its payments. None: there is no
    such payment.
    """
    size = len(loop)
    for first in sorted(range(size), key=lambda i: (*spans[i], numbers[i])):
        order = [(first + step) % size for step in range(size)]
        latest = spans[first][0]
        for place, i in enumerate(order):
            if spans[i][1] < latest or any(
                (numbers[i], numbers[j]) in before for j in order[:place]
            ):
                break
            latest = max(latest, spans[i][0])
        else:
            return [loop[i] for i in order]
    return None


def _in_stated_order(
    found: Found, payments: PaymentColumns, arrows: Arrows, before: dict[tuple[int, int], str]
) -> Found:
    """Return the loops against which no stated order speaks, turned where one decides."""
    import numpy as np

    if not before:
        return found
    ordered = {number for pair in before for number in pair}
    marked = np.isin(payments.number[arrows.payment], sorted(ordered))
    rows, good = found.rows.copy(), np.ones(len(found.lengths), bool)
    for place in np.flatnonzero((marked[found.rows] & (found.rows >= 0)).sum(axis=1) > 1):
        loop = found.rows[place, : found.lengths[place]].tolist()
        at = arrows.payment[loop]
        spans = list(zip(payments.t0[at].tolist(), payments.t1[at].tolist(), strict=True))
        told = turned(loop, spans, payments.number[at].tolist(), before)
        good[place] = told is not None
        rows[place, : len(loop)] = told or loop
    return Found(rows[good], found.lengths[good], found.cut)


class Signs(NamedTuple):
    """What a loop shows, a value a loop: a score of signs, its greatest span, its least amount.

    `least` is in major units and only ranks: amounts of two currencies are never told together.
    """

    score: Ints
    span: Ints
    least: Ints


def signs_of(found: Found, payments: PaymentColumns, arrows: Arrows, settling: Ints) -> Signs:
    """Return the signs of every loop by which it is ranked."""
    import numpy as np

    filled = found.rows >= 0
    at = np.where(filled, arrows.payment[found.rows], -1)
    digits = np.array([10.0 ** CURRENCIES.get(code, 2) for code in payments.currencies])
    major = payments.amount / digits[payments.currency - 1]
    amounts = np.where(filled, major[at], np.nan)
    least, greatest = np.nanmin(amounts, axis=1), np.nanmax(amounts, axis=1)
    first = payments.currency[at[:, :1]]
    one_currency = ((payments.currency[at] == first) | ~filled).all(axis=1)
    steps = filled[:, 1:]
    early, late = payments.t1[at[:, :-1]], payments.t0[at[:, 1:]]
    decided = ((early < late) | ~steps).all(axis=1)
    kept = ((amounts[:, 1:] >= 0.9 * amounts[:, :-1]) | ~steps).all(axis=1) & one_currency
    far = np.where(filled, payments.t1[at], -FOREVER).max(axis=1)
    span = far - np.where(filled, payments.t0[at], FOREVER).min(axis=1)
    settles = (np.isin(payments.number, settling)[at] & filled).any(axis=1)
    alike = (least >= 0.8 * greatest) & one_currency
    score = 2 * alike + 2 * kept + 2 * settles + 1 * decided + 1 * (span <= QUICK_S)
    return Signs(score + 1 * ~one_currency, span, least)


def parties_in_order(found: Found, arrows: Arrows) -> Ints:
    """Return the parties of every loop, begun at the least number, filled up with -1."""
    import numpy as np

    width = found.rows.shape[1]
    filled = found.rows >= 0
    parties = np.where(filled, arrows.payer[found.rows], np.iinfo(np.int32).max)
    first = parties.argmin(axis=1)
    places = (first[:, None] + np.arange(width)) % found.lengths[:, None]
    return np.where(filled, np.take_along_axis(parties, places, axis=1), -1)


def bundled(found: Found, arrows: Arrows, signs: Signs) -> tuple[list[int], Ints]:
    """Return the loops kept of each bundle of parallel ones, and how many each one's bundle keeps.

    Of loops through the same parties in order, the better ones that share no payment.
    """
    import numpy as np

    if not len(found.lengths):
        return [], np.empty(0, np.int64)
    keys = parties_in_order(found, arrows)
    _, bundle = np.unique(keys, axis=0, return_inverse=True)
    bundle = bundle.reshape(-1)
    order = np.lexsort((np.arange(len(bundle)), -signs.least, signs.span, -signs.score, bundle))
    used: dict[int, set[int]] = defaultdict(set)
    kept: list[int] = []
    payments = np.where(found.rows >= 0, arrows.payment[found.rows], -1).tolist()
    for place, own in zip(order.tolist(), bundle[order].tolist(), strict=True):
        rows = {row for row in payments[place] if row >= 0}
        if not rows & used[own]:
            used[own] |= rows
            kept.append(place)
    kept.sort()
    return kept, np.bincount(bundle[kept])[bundle[kept]]


def ranked(found: Found, arrows: Arrows, signs: Signs, repeats: Ints, trading: Ints) -> list[int]:
    """Return the places of loops, those first that an investigator would ask about first.

    `trading`: internal numbers of parties of deals.
    """
    import numpy as np

    low = np.minimum(arrows.payer, arrows.payee).astype(np.int64)
    pairs = np.unique(low * arrows.parties + np.maximum(arrows.payer, arrows.payee))
    known = np.bincount(
        np.concatenate([pairs // arrows.parties, pairs % arrows.parties]), minlength=arrows.parties
    )
    filled = found.rows >= 0
    parties = arrows.payer[found.rows]
    busiest = np.where(filled, known[parties], 0).max(axis=1)
    trades = np.zeros(arrows.parties, bool)
    trades[arrows.payer] = np.isin(arrows.paying, trading)
    score = signs.score + 2 * (found.lengths >= MANY_PARTIES) + 2 * (repeats > 1)
    score = score + 1 * ((trades[parties] & filled).sum(axis=1) > 1)
    score = score - 3 * (found.lengths == 2) - 2 * (busiest > HUB_PARTIES)  # noqa: PLR2004 # two
    order = np.lexsort(
        (np.arange(len(score)), -signs.least, -_only_payments(found, arrows), -score)
    )
    return [int(place) for place in order]


def _only_payments(found: Found, arrows: Arrows) -> Ints:
    """Return how many payments of each loop are the only one from their payer to their payee."""
    import numpy as np

    pairs = arrows.payer.astype(np.int64) * arrows.parties + arrows.payee
    _, pair, many = np.unique(pairs, return_inverse=True, return_counts=True)
    is_only: Ints = many[pair.reshape(-1)] == 1
    told: Ints = (is_only[found.rows] & (found.rows >= 0)).sum(axis=1)
    return told


def _taken(found: Found, signs: Signs, places: Sequence[int]) -> tuple[Found, Signs]:
    rows = list(places)
    kept = Found(found.rows[rows], found.lengths[rows], found.cut)
    return kept, Signs(*(column[rows] for column in signs))


def find_payment_loops(
    case_file: CaseFile, limits: LoopSearch
) -> tuple[list[tuple[int, ...]], PaymentColumns, list[str]]:
    """Return the loops kept as rows of payments in order, the payments, the limits hit."""
    payments = payment_columns.read_payments(case_file)
    arrows = arrows_of(payments, payment_columns.read_ends(case_file))
    arrows, told = _dated(case_file, payments, arrows)
    found = _each_once(search(payments, arrows, limits), arrows)
    found = _in_stated_order(found, payments, arrows, payment_columns.stated_orders(case_file))
    if found.cut:
        told.append(f"payment_loop: max_steps {limits.max_steps} from {found.cut} parties")
    if not len(found.lengths):
        return [], payments, told
    signs = signs_of(found, payments, arrows, payment_columns.settling_payments(case_file))
    kept, repeats = bundled(found, arrows, signs)
    found, signs = _taken(found, signs, kept)
    places = list(range(len(kept)))
    if len(kept) > limits.max_loops:
        trading = payment_columns.trading_parties(case_file)
        places = sorted(ranked(found, arrows, signs, repeats, trading)[: limits.max_loops])
        told.append(f"payment_loop: max_loops {limits.max_loops} of {len(kept)} loops kept")
    loops = [
        tuple(arrows.payment[found.rows[place, : found.lengths[place]]].tolist())
        for place in places
    ]
    return loops, payments, told


def derive_payment_loops(case_file: CaseFile, limits: LoopSearch) -> list[str]:
    """Write `Loop` nodes of kind `payment` with their `STEP`s; returns the limits that were hit."""
    if not payment_columns.may_have_loops(case_file):
        return []
    loops, payments, told = find_payment_loops(case_file, limits)
    if not loops:
        return told
    used = sorted({row for loop in loops for row in loop})
    ids, parties = payment_columns.payment_facts(case_file, payments.number[used].tolist())
    id_of = {row: ids[int(payments.number[row])] for row in used}
    facts_of = {row: parties.get(int(payments.number[row]), ()) for row in used}
    nodes: list[dict[str, object]] = []
    steps: list[DerivedLink] = []
    for loop in loops:
        rows = list(loop)
        names = [id_of[row] for row in rows]
        id_ = derived_id("LOOP", *sorted(names))
        currencies = {int(code) for code in payments.currency[rows]}
        known = len(currencies) == 1
        nodes.append(
            {
                "id": id_,
                "certainty": "inferred",
                "kind": "payment",
                "length": len(rows),
                "closes": "same",
                "amount_minor": int(payments.amount[rows].min()) if known else None,
                "currency": (payments.currencies[currencies.pop() - 1] or None) if known else None,
                "t0": int(payments.t0[rows].min()),
                "t1": int(payments.t1[rows].max()),
                "rule": RULE,
                "grounds": sorted({*names, *(fact for row in rows for fact in facts_of[row])}),
            }
        )
        steps += [
            DerivedLink(("Loop", id_), ("Payment", name), (name,), {"position": place})
            for place, name in enumerate(names, 1)
        ]
    write_nodes(case_file, "Loop", nodes)
    write_links(case_file, "STEP", steps, rule=RULE)
    return told
