"""Pairs of a payment in and a payment out of one hand, by arrays: for cases of very many payments.

Says of a case what `cypher/typologies/pass_through.cypher` says of it. All pairs are found, never
the nearest one only. Payments out of a party lie in order of their last possible instant, so those
that may follow a payment in are a range; short and coarse times lie in ranges of their own, so that
one payment known as a year does not widen the range of all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from graphmodel.derive.loop_search import small_numbers
from graphmodel.model.schema import FOREVER
from graphmodel.store import flow_columns
from graphmodel.store.flow_columns import ABOUT, EXACT, OPEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graphmodel.store.case_file import CaseFile
    from graphmodel.store.flow_columns import FlowColumns, SideColumns

    Ints = NDArray[Any]

DAY_S = 86_400
BANDS_S = (DAY_S, 40 * DAY_S, 4 * FOREVER)
"""Payments are sought in bands of how coarse their times are: to a day, to a month, the rest."""
AT_ONCE = 4_000_000
"""So many pairs are looked at in one go."""
NAMED_AT_ONCE = 100
TENTHS = 10
"""Ends of amounts are counted in tenths of the minor unit: `about` is a tenth more or less."""


class Hands(NamedTuple):
    """The parties of one side: rows of payments, small numbers of parties, by rising payment."""

    payment: Ints
    party: Ints
    alternate: Ints


class Pairs(NamedTuple):
    """Rows of payments in and out, pair by pair; how many were in reach of the parties left out."""

    incoming: Ints
    outgoing: Ints
    cut: tuple[int, ...] = ()


class Reach(NamedTuple):
    """What a pair may be: least gap in seconds, out over in at the least, pairs of one party."""

    window_s: int
    ratio: float
    max_pairs: int


@dataclass
class Flows:
    """The payments of a case as arrays, and who they are between."""

    columns: FlowColumns
    payers: Hands
    payees: Hands
    parties: Ints
    """The internal number of each party, by its small number."""

    @cached_property
    def ends(self) -> tuple[Ints, Ints]:
        """Return the least and the greatest that each payment may have moved, in tenths."""
        import numpy as np

        whole = self.columns.amount.astype(np.float64) * TENTHS
        margin = np.where(self.columns.bound == ABOUT, np.abs(self.columns.amount), 0)
        return whole - margin, whole + margin

    @cached_property
    def times(self) -> tuple[Ints, Ints]:
        """Return first and last instants; open ends lie beyond all that is known."""
        import numpy as np

        t0, t1 = self.columns.t0, self.columns.t1
        known = np.concatenate([t0[t0 > -FOREVER], t1[t1 < FOREVER]])
        low, high = (int(known.min()), int(known.max())) if len(known) else (0, 0)
        beyond = high - low + 366 * DAY_S
        return np.clip(t0, low - beyond, None), np.clip(t1, None, high + beyond)

    @cached_property
    def only(self) -> tuple[Ints, Ints]:
        """Return the one payer and the one payee of each payment; -1 where several may be it."""
        import numpy as np

        count = len(self.columns.number)
        found = []
        for hands in (self.payers, self.payees):
            party = np.full(count, -1, np.int64)
            party[hands.payment] = hands.party
            party[np.bincount(hands.payment, minlength=count) != 1] = -1
            found.append(party)
        several = (found[0] < 0) | (found[1] < 0)
        return np.where(several, -1, found[0]), np.where(several, -1, found[1])


def parties_of(hands: Hands, rows: Ints) -> dict[int, frozenset[int]]:
    """Return, by row, the small numbers of who may act on one side of these payments."""
    import numpy as np

    first = np.searchsorted(hands.payment, rows).tolist()
    last = np.searchsorted(hands.payment, rows, "right").tolist()
    party, surely = hands.party, ~hands.alternate
    return {
        row: frozenset(party[low:high][surely[low:high]].tolist())
        for row, low, high in zip(rows.tolist(), first, last, strict=True)
    }


def read(case_file: CaseFile) -> Flows:
    """Return the payments of a case that may have moved a known amount."""
    import numpy as np

    columns = flow_columns.read_flows(case_file)
    counted = (columns.bound != OPEN) & (
        (columns.bound != EXACT) | (columns.amount > 0) | columns.returned
    )
    columns = columns._replace(**{n: c[counted] for n, c in columns._asdict().items()})
    sides = [flow_columns.read_side(case_file, role) for role in ("PAYER", "PAYEE")]
    small = small_numbers(np.concatenate([side.party for side in sides]))
    count = int(small.max()) + 1 if len(small) else 0
    parties = np.zeros(count, np.int64)
    parties[small] = np.concatenate([side.party for side in sides])
    split = len(sides[0].party)
    hands = [_hands(columns.number, sides[0], small[:split])]
    hands.append(_hands(columns.number, sides[1], small[split:]))
    return Flows(columns, hands[0], hands[1], parties)


def _hands(numbers: Ints, side: SideColumns, small: Ints) -> Hands:
    """Return the parties of the payments that are looked at."""
    import numpy as np

    rows = np.searchsorted(numbers, side.payment)
    inside = rows < len(numbers)
    inside[inside] = numbers[rows[inside]] == side.payment[inside]
    return Hands(rows[inside], small[inside], side.alternate[inside].astype(bool))


def passed_pairs(flows: Flows, reach: Reach) -> Pairs:
    """Return all pairs of payments into and out of one party that may belong together.

    One currency, in not surely after out, the least gap within the window, amounts as the ratio
    allows where both are exact; payer, hand and payee three parties where each is one. A party with
    more than `max_pairs` within its reach is left out and told.
    """
    return _found(flows, reach, _fitting)


def mirrored_pairs(flows: Flows, reach: Reach) -> Pairs:
    """Return the pairs that run the other way: surely out first, then as much in, as close.

    Nobody passes on what he has not got yet: so often chance puts two payments side by side. Close
    is surely close, and the amount out at least `ratio` of the amount in and not more.
    """
    return _found(flows, reach, _turned)


def mirrored_hands(case_file: CaseFile, flows: Flows, reach: Reach) -> Iterator[str]:
    """Yield the ids of the hands of `mirrored_pairs`, one a pair, in order of payment."""
    import numpy as np

    pairs = mirrored_pairs(flows, reach)
    hands = flows.parties[flows.only[0][pairs.outgoing]]
    for first in range(0, len(hands), NAMED_AT_ONCE):
        some = hands[first : first + NAMED_AT_ONCE]
        numbers, ids, _ = flow_columns.named(case_file, np.unique(some))
        id_of = dict(zip(numbers.tolist(), ids.tolist(), strict=True))
        yield from (str(id_of[number]) for number in some.tolist())


def _fitting(flows: Flows, reach: Reach, into: Ints, out: Ints) -> Ints:
    """Return a mask of the pairs that the pattern allows."""
    columns, (t0, t1) = flows.columns, flows.times
    exact = (columns.bound[into] == EXACT) & (columns.bound[out] == EXACT)
    enough = columns.amount[into] * reach.ratio <= columns.amount[out]
    in_order = (t0[into] <= t1[out]) & (t0[out] - t1[into] <= reach.window_s)
    told: Ints = (enough | ~exact) & in_order & _between_three(flows, into, out)
    return told


def _turned(flows: Flows, reach: Reach, into: Ints, out: Ints) -> Ints:
    """Return a mask of the pairs of which the payment out surely was first."""
    (t0, t1), (low, high) = flows.times, flows.ends
    alike = (high[out] <= low[into]) & (low[out] >= reach.ratio * high[into])
    close = (t1[out] < t0[into]) & (t1[into] - t0[out] <= reach.window_s)
    payer = flows.only[0]
    return alike & close & (payer[into] >= 0) & (payer[out] >= 0) & _between_three(flows, into, out)


def _between_three(flows: Flows, into: Ints, out: Ints) -> Ints:
    """Return a mask: one currency, and payer, hand and payee differ where each is one party."""
    payer, payee = flows.only
    unsure = (payer[into] < 0) | (payer[out] < 0)
    currency = flows.columns.currency
    three = (payer[into] != payee[out]) & (payer[into] != payee[into]) & (payer[out] != payee[out])
    told: Ints = (currency[into] == currency[out]) & (three | unsure) & (into != out)
    return told


def _found(flows: Flows, reach: Reach, mask: Any) -> Pairs:  # noqa: ANN401 # a function of arrays
    """Return the pairs within reach of each other of which a mask says that they fit."""
    import numpy as np

    ranges = list(_ranges(flows, reach.window_s, turned=mask is _turned))
    many = sum((last - first for _, first, last in ranges), np.zeros(len(flows.payees.party)))
    per_party = np.bincount(flows.payees.party, many, minlength=len(flows.parties))
    cut = per_party > reach.max_pairs
    searched = ~cut[flows.payees.party] if len(many) else np.zeros(0, bool)
    found = [
        (into[fits], out[fits])
        for outs, first, last in ranges
        for into, out in _expanded(flows, outs, first, np.where(searched, last, first))
        if (fits := mask(flows, reach, into, out)).any()
    ]
    if not found:
        empty = np.empty(0, np.int64)
        return Pairs(empty, empty, tuple(np.flatnonzero(cut).tolist()))
    into, out = (np.concatenate(column) for column in zip(*found, strict=True))
    whole = np.unique(out * len(flows.columns.number) + into)  # by payment out; each pair once
    count = len(flows.columns.number)
    return Pairs(whole % count, whole // count, tuple(np.flatnonzero(cut).tolist()))


def _ranges(flows: Flows, window_s: int, *, turned: bool) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Yield, by band of coarseness, payments out, and for each row of payees its range of them."""
    import numpy as np

    if not len(flows.payers.payment) or not len(flows.payees.payment):
        return
    t0, t1 = flows.times
    base, span = int(t0.min()), int(t1.max() - t0.min()) + 1
    coarse = t1 - t0
    into = flows.payees
    early, late = t0[into.payment] - base, t1[into.payment] - base
    least = 0
    for most in BANDS_S:
        length = coarse[flows.payers.payment]
        rows = np.flatnonzero((length >= least) & (length < most))
        least = most
        if not len(rows):
            continue
        longest = int(length[rows].max())
        at = flows.payers.party[rows] * span + t1[flows.payers.payment[rows]] - base
        order = np.argsort(at, kind="stable")
        at, outs = at[order], flows.payers.payment[rows[order]]
        low, high = (early - window_s, late) if turned else (early, late + window_s + longest)
        low, high = np.clip(low, 0, span - 1), np.clip(high, 0, span - 1)
        first = np.searchsorted(at, into.party * span + low, "left")
        yield outs, first, np.searchsorted(at, into.party * span + high, "right")


def _expanded(flows: Flows, outs: Ints, first: Ints, last: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield the pairs of ranges as rows of payments in and out, some millions at a time."""
    import numpy as np

    many = last - first
    ends = np.cumsum(many)
    start = 0
    while start < len(many):
        before = int(ends[start - 1]) if start else 0
        stop = max(int(np.searchsorted(ends, before + AT_ONCE, "right")), start + 1)
        counts = many[start:stop]
        rows = np.repeat(np.arange(start, stop), counts)
        steps = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        if len(rows):
            yield flows.payees.payment[rows], outs[first[rows] + steps]
        start = stop
