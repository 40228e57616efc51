"""Loops of payments: money that returns to the party it left.

Payments are arrows between parties: the payee of each and the payer of the next are one party. A
payment inside one party joins its accounts and is no arrow; failed payments, those paid back in
full and what paid them back moved nothing. Order is possible order of intervals, against which no
stated order speaks. A payment whose time has an unknown end is not searched, and named where it
may lie on a circle.

Of loops through the same parties in the same order only those are kept that share no payment with
a better one (parallel payments are bundled): alike amounts, amounts passed on, a link to a deal,
a decided order, speed, then the amount decide which. More than `max_loops` bundles are ranked
by the same signs, by the number of parties and by how little chance explains them (`rarity`), then
by how many payments are the only one from their payer to their payee, by least amount, by payment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from graphmodel.derive.loop_ranking import Signs, beside, bundled, ranked, signs_of
from graphmodel.derive.loop_search import (
    DAY_S,
    LONGEST_PIECE_S,
    Arrows,
    Found,
    LoopSearch,
    arrows_of,
    on_circles,
    search,
)
from graphmodel.model.schema import FOREVER
from graphmodel.store import payment_columns
from graphmodel.store.derived import DerivedLink, derived_id, write_links, write_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphmodel.store.case_file import CaseFile
    from graphmodel.store.payment_columns import PaymentColumns

    Ints = NDArray[Any]

NAMED = 3
"""So many payments without a known time are named in what was not searched."""
RULE = "derive/payment_loops@1"


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


def _taken(found: Found, signs: Signs, places: Sequence[int]) -> tuple[Found, Signs]:
    rows = list(places)
    kept = Found(found.rows[rows], found.lengths[rows], found.cut)
    return kept, Signs(*(column[rows] for column in signs))


class KeptLoop(NamedTuple):
    """A loop as rows of payments in order; `beside`: (place from 0, row) of parallel payments."""

    rows: tuple[int, ...]
    beside: tuple[tuple[int, int], ...] = ()


def find_payment_loops(
    case_file: CaseFile, limits: LoopSearch
) -> tuple[list[KeptLoop], PaymentColumns, list[str]]:
    """Return the loops kept, the payments of whose rows they speak, the limits hit."""
    payments = payment_columns.read_payments(case_file)
    arrows = arrows_of(payments, payment_columns.read_ends(case_file))
    arrows, told = _dated(case_file, payments, arrows)
    try:
        found = _each_once(search(payments, arrows, limits), arrows)
    except ValueError:
        years = LONGEST_PIECE_S // (365 * DAY_S)
        told.append(f"payment_loop: more than {years} years without a pause: nothing was searched")
        return [], payments, told
    found = _in_stated_order(found, payments, arrows, payment_columns.stated_orders(case_file))
    if found.cut:
        told.append(f"payment_loop: max_steps {limits.max_steps} from {found.cut} parties")
    if not len(found.lengths):
        return [], payments, told
    signs = signs_of(found, payments, arrows, payment_columns.settling_payments(case_file))
    kept, repeats = bundled(found, arrows, signs)
    parallel = beside(found, kept, arrows)
    found, signs = _taken(found, signs, kept)
    places = list(range(len(kept)))
    if len(kept) > limits.max_loops:
        trading = payment_columns.trading_parties(case_file)
        places = sorted(ranked(found, arrows, signs, repeats, trading)[: limits.max_loops])
        told.append(f"payment_loop: max_loops {limits.max_loops} of {len(kept)} loops kept")
    loops = [
        KeptLoop(
            tuple(arrows.payment[found.rows[place, : found.lengths[place]]].tolist()),
            tuple(parallel.get(kept[place], ())),
        )
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
    used = sorted({r for loop in loops for r in (*loop.rows, *(row for _, row in loop.beside))})
    ids, parties = payment_columns.payment_facts(case_file, payments.number[used].tolist())
    id_of = {row: ids[int(payments.number[row])] for row in used}
    facts_of = {row: parties.get(int(payments.number[row]), ()) for row in used}
    nodes: list[dict[str, object]] = []
    steps: list[DerivedLink] = []
    for loop in loops:
        rows = list(loop.rows)
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
                "beside": [f"{place + 1}:{id_of[row]}" for place, row in loop.beside],
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
