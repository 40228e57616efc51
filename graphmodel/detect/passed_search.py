"""What was passed on in a case of very many payments: the same matches as of the pattern's rows.

Payments stay numbers until it is clear that a match can become a finding. The rest is counted.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from graphmodel.detect.parties import is_same
from graphmodel.detect.passed_columns import TENTHS, Flows, Reach, parties_of, passed_pairs, read
from graphmodel.detect.passed_on import Coin, Match, choose, exact_share, when
from graphmodel.detect.records import HOUR_S
from graphmodel.query.reading import read_links, read_nodes
from graphmodel.store import flow_columns, payment_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

    from graphmodel.detect.passed_columns import Pairs
    from graphmodel.detect.view import CaseView
    from graphmodel.detect.view_payments import Transfer
    from graphmodel.store.case_file import CaseFile

    Ints = NDArray[Any]

NAMED = 3
"""So many parties that were left out are named."""


class Limits(NamedTuple):
    """Parameters of the search; `ratios` from the greatest on."""

    window_s: int
    ratios: tuple[float, ...]
    max_in: int
    max_pairs: int


class Chosen(NamedTuple):
    """A match in numbers: rows of the payments in, the row of the payment out, their coins."""

    incoming: tuple[int, ...]
    outgoing: int
    coins: tuple[Coin, ...]
    out: Coin


class Search:
    """Looks for what was passed on, and keeps as records only what may be told."""

    def __init__(self, case_file: CaseFile, view: CaseView, limits: Limits) -> None:
        """Read the payments as arrays."""
        self.case_file = case_file
        self.view = view
        self.limits = limits
        self.flows: Flows = read(case_file)
        self.truncated: list[str] = []
        self._coins: dict[int, Coin] = {}
        self._paying: dict[int, frozenset[int]] = {}
        self._paid: dict[int, frozenset[int]] = {}

    def run(self, *, may_be_told: Callable[[list[Chosen]], bool]) -> tuple[list[Match], int]:
        """Return the matches of groups that may be told, and how many other groups there are."""
        pairs = self._pairs()
        self._make_coins(pairs)
        groups: dict[tuple[frozenset[int | str], ...], list[Chosen]] = defaultdict(list)
        for match in self._swept(pairs):
            groups[self._roles(match)].append(match)
        told = [group for group in groups.values() if may_be_told(group)]
        return self._records([match for group in told for match in group]), len(groups) - len(told)

    def _pairs(self) -> Pairs:
        """Return the pairs of which a payment out may be made up."""
        limits = self.limits
        reach = Reach(limits.window_s, limits.ratios[-1], limits.max_pairs)
        pairs = passed_pairs(self.flows, reach)
        if pairs.cut:
            self._tell_cut(pairs.cut)
        pairs = self._in_stated_order(self._with_stated(pairs))
        pairs = self._covering(pairs)
        return self._between_three(pairs)

    def _tell_cut(self, cut: Sequence[int]) -> None:
        _, ids, _ = flow_columns.named(self.case_file, self.flows.parties[list(cut[:NAMED])])
        more = f" and {len(cut) - NAMED} more" if len(cut) > NAMED else ""
        names = ", ".join(sorted(map(str, ids)))
        limit = f"max_pairs {self.limits.max_pairs}"
        self.truncated.append(f"pass_through: {limit}: not searched through {names}{more}")

    def _with_stated(self, pairs: Pairs) -> Pairs:
        """Add the pairs of which a source states the passing on."""
        import numpy as np

        kinds = read_nodes(self.view.engine, "Circumstance", ("id", "kind"))
        shares = {str(id_) for id_, kind in kinds if kind == "share"}
        about: dict[str, set[str]] = defaultdict(set)
        for link in read_links(self.view.engine, "CONCERNS", start_ids=shares):
            if link.end_label == "Payment":
                about[link.start].add(link.end)
        numbers = flow_columns.payment_numbers(
            self.case_file, {payment for ids in about.values() for payment in ids}
        )
        row = {number: place for place, number in self._rows_of(numbers.values()).items()}
        (t0, t1), currency = self.flows.times, self.flows.columns.currency
        added = {
            (b, a)
            for ids in about.values()
            for x in ids
            for y in ids
            if (a := row.get(numbers[x])) is not None
            and (b := row.get(numbers[y])) is not None
            and a != b
            and currency[a] == currency[b]
            and t0[a] <= t1[b]
        }
        if not added:
            return pairs
        count = len(self.flows.columns.number)
        listed = np.array(sorted(added), np.int64)
        whole = np.unique(
            np.concatenate([pairs.outgoing * count + pairs.incoming, listed @ [count, 1]])
        )
        return pairs._replace(incoming=whole % count, outgoing=whole // count)

    def _rows_of(self, numbers: Any) -> dict[int, int]:  # noqa: ANN401 # any iterable of numbers
        """Return the internal number by row, of the payments that are looked at."""
        import numpy as np

        asked = np.array(sorted(numbers), np.int64)
        rows = np.flatnonzero(np.isin(self.flows.columns.number, asked))
        return {int(row): int(self.flows.columns.number[row]) for row in rows}

    def _in_stated_order(self, pairs: Pairs) -> Pairs:
        """Leave out the pairs of which the payment out is stated to be the earlier one."""
        import numpy as np

        before = payment_columns.stated_orders(self.case_file)
        if not before:
            return pairs
        first = self.flows.columns.number[pairs.outgoing]
        second = self.flows.columns.number[pairs.incoming]
        marked = np.isin(first, [a for a, _ in before]) & np.isin(second, [b for _, b in before])
        good = np.ones(len(first), bool)
        for place in np.flatnonzero(marked):
            good[place] = (int(first[place]), int(second[place])) not in before
        return pairs._replace(incoming=pairs.incoming[good], outgoing=pairs.outgoing[good])

    def _covering(self, pairs: Pairs) -> Pairs:
        """Leave out payments out that nothing covers: no one payment in, nor all of them."""
        import numpy as np

        low, high = self._ends()
        into, out = pairs.incoming, pairs.outgoing
        slack = 1 + 1e-9  # these are floating numbers; whole ones decide afterwards
        alone = (low[into] * slack >= high[out]) & (
            high[into] * self.limits.ratios[-1] <= low[out] * slack
        )
        count = len(low)
        sums = np.bincount(out, np.nan_to_num(low)[into], minlength=count)
        single = np.bincount(out[alone], minlength=count)
        good = ((single > 0) | (sums * slack >= high))[out]
        return pairs._replace(incoming=into[good], outgoing=out[good])

    def _ends(self) -> tuple[Ints, Ints]:
        """Return the ends of what payments moved, less what was paid back of them, in tenths."""
        import numpy as np

        low, high = (end.copy() for end in self.flows.ends)
        returned = np.flatnonzero(self.flows.columns.returned)
        for row, transfer in self._transfers(returned).items():
            net = transfer.net if transfer.moves else None
            ends = (None, None) if net is None else (net.low(), net.high())
            known = ends[0] is not None and ends[1] is not None
            low[row], high[row] = (float(e or 0) * TENTHS if known else np.nan for e in ends)
        return low, high

    def _transfers(self, rows: Ints) -> dict[int, Transfer]:
        """Return payments as records by row."""
        if not len(rows):
            return {}
        numbers, ids, _ = flow_columns.named(self.case_file, self.flows.columns.number[rows])
        self.view.transfers.need(map(str, ids))
        row_of = {number: row for row, number in self._rows_of(numbers.tolist()).items()}
        return {
            row_of[int(number)]: self.view.transfers[str(id_)]
            for number, id_ in zip(numbers, ids, strict=True)
        }

    def _between_three(self, pairs: Pairs) -> Pairs:
        """Leave out pairs that are not between three parties, where somebody may be several."""
        import numpy as np

        (payer, payee), into, out = self.flows.only, pairs.incoming, pairs.outgoing
        several = (payer[into] < 0) | (payer[out] < 0)
        three = (payee[into] == payer[out]) & (payer[into] != payee[out])
        three &= (payer[into] != payee[into]) & (payer[out] != payee[out])
        kept = several | three
        pairs = pairs._replace(incoming=into[kept], outgoing=out[kept])
        unsure = np.flatnonzero(several[kept])
        if not len(unsure):
            return pairs
        used = np.unique(np.concatenate([pairs.incoming[unsure], pairs.outgoing[unsure]]))
        known = self._transfers(used)
        sides = (side for one in known.values() for side in (one.payer, one.payee))
        self.view.need_accounts(side.account for side in sides)
        good = np.ones(len(pairs.incoming), bool)
        for place in unsure:
            first, second = int(pairs.incoming[place]), int(pairs.outgoing[place])
            good[place] = is_chain(known[first], known[second], self.view)
        return pairs._replace(incoming=pairs.incoming[good], outgoing=pairs.outgoing[good])

    def _make_coins(self, pairs: Pairs) -> None:
        """Note what is asked about the payments of pairs; ids give way to their places."""
        import numpy as np

        flows, columns = self.flows, self.flows.columns
        used = np.unique(np.concatenate([pairs.incoming, pairs.outgoing]))
        numbers, _, places = flow_columns.named(self.case_file, columns.number[used])
        place_of = dict(zip(numbers.tolist(), places.tolist(), strict=True))
        returned = self._transfers(used[columns.returned[used].astype(bool)])
        self._paying, self._paid = (parties_of(h, used) for h in (flows.payers, flows.payees))
        asked = {party for some in self._paying.values() for party in some}
        known, _, ranks = flow_columns.named(self.case_file, flows.parties[sorted(asked)])
        rank_of = dict(zip(known.tolist(), ranks.tolist(), strict=True))
        numbered = {party: rank_of[int(flows.parties[party])] for party in asked}
        for row in used.tolist():
            ends = self._whole_ends(row, returned.get(row))
            if ends is not None:
                self._coins[row] = Coin(
                    place_of[int(columns.number[row])],
                    tuple(sorted(numbered[party] for party in self._paying[row])),
                    int(columns.t0[row]),
                    int(columns.t1[row]),
                    *ends,
                )

    def _whole_ends(
        self, row: int, record: Transfer | None
    ) -> tuple[int | Fraction, int | Fraction] | None:
        """Return the exact ends of what a payment moved, in tenths of the minor unit."""
        if record is not None:
            low, high = (
                (None, None) if record.net is None else (record.net.low(), record.net.high())
            )
            if low is None or high is None or not record.moves:
                return None
            return low * TENTHS, high * TENTHS
        amount = int(self.flows.columns.amount[row])
        soft = abs(amount) if self.flows.columns.bound[row] == flow_columns.ABOUT else 0
        if amount * TENTHS + soft <= 0:
            return None
        return amount * TENTHS - soft, amount * TENTHS + soft

    def _swept(self, pairs: Pairs) -> list[Chosen]:
        """Choose for each payment out, the earliest first, what it passed on."""
        candidates: dict[int, list[int]] = defaultdict(list)
        for into, out in zip(pairs.incoming.tolist(), pairs.outgoing.tolist(), strict=True):
            if into in self._coins and out in self._coins:
                candidates[out].append(into)
        coins, used = self._coins, set()
        left = sorted(candidates, key=lambda row: (coins[row].t0, coins[row].t1, coins[row].place))
        found = []
        for ratio in map(exact_share, self.limits.ratios):
            waiting = []
            for out in left:
                free = {coins[row]: row for row in candidates[out] if row not in used}
                chosen = choose(list(free), coins[out], ratio, self.limits.max_in)
                if chosen is None:
                    waiting.append(out)
                    continue
                rows = tuple(free[coin] for coin in chosen)
                used |= set(rows)
                found.append(Chosen(rows, out, tuple(chosen), coins[out]))
            left = waiting
        return found

    def _roles(self, match: Chosen) -> tuple[frozenset[int | str], ...]:
        """Return intermediary, payer and payee of a match, as `Match` says them."""
        paid = [self._paid[row] for row in match.incoming]
        paying = self._paying[match.outgoing]
        own = paying.intersection(*paid) or paying.union(*paid)
        payers = frozenset(party for coin in match.coins for party in coin.payers)
        return frozenset(own), payers, frozenset(self._paid[match.outgoing])

    def _records(self, kept: Sequence[Chosen]) -> list[Match]:
        """Return matches as records."""
        import numpy as np

        rows = sorted({row for match in kept for row in (*match.incoming, match.outgoing)})
        known = self._transfers(np.array(rows, np.int64))
        return [
            Match(
                tuple(sorted((known[row] for row in match.incoming), key=when)),
                known[match.outgoing],
            )
            for match in kept
        ]


def is_chain(into: Transfer, out: Transfer, view: CaseView) -> bool:
    """Tell whether payer, hand and payee are three parties and the hand is one."""
    if not is_same(into.payee, out.payer, view):
        return False
    others = ((into.payer, into.payee), (out.payer, out.payee), (into.payer, out.payee))
    return not any(is_same(a, b, view) for a, b in others)


class Promise:
    """Says at the least effort which matches can reach a level: never too little, perhaps more."""

    def __init__(self, search: Search, weights: Mapping[str, int], params: Any) -> None:  # noqa: ANN401 # of the card
        """Read what makes a payment remarkable; `params` are those of the card."""
        import numpy as np

        self.search, self.weights, self.params = search, weights, params
        columns = search.flows.columns
        lent = flow_columns.payments_of_lent_accounts(search.case_file)
        self._lent = set(np.flatnonzero(np.isin(columns.number, lent)).tolist())
        about = {payment for share in search.view.shares for payment in share.about}
        stated = flow_columns.payment_numbers(search.case_file, about)
        self._stated = set(np.flatnonzero(np.isin(columns.number, list(stated.values()))).tolist())
        kept = np.flatnonzero(columns.has_left)
        left = columns.payer_left[kept].tolist()
        self._left = {row: value * TENTHS for row, value in zip(kept.tolist(), left, strict=True)}
        self._almost, self._low = exact_share(params.almost_all), exact_share(params.low_share)

    def of(self, group: Sequence[Chosen]) -> int:
        """Return what the total of the best match of a group is at the most."""
        weights, params = self.weights, self.params
        most = weights["repeated"] if len(group) >= params.min_repeats else 0
        most += weights["steady_share"] if len(group) > 1 else 0
        return most + max(map(self._alone, group))

    def _alone(self, match: Chosen) -> int:
        """Return what one match shows by itself at the most."""
        weights, params, out = self.weights, self.params, match.out
        low, high = (
            sum(ends) for ends in zip(*((c.low, c.high) for c in match.coins), strict=True)
        )
        gap_s = max(0, out.t1 - min(coin.t0 for coin in match.coins))
        rows = {*match.incoming, match.outgoing}
        left = self._left.get(match.outgoing)
        most = 0
        if out.high <= low and out.low >= self._almost * high:
            most += weights["almost_all"]
        if gap_s <= params.same_day_hours * HOUR_S:
            is_quick = gap_s <= params.quick_hours * HOUR_S
            most += max(weights["same_day"], weights["quick"] if is_quick else 0)
        if rows & self._stated:
            most += weights["share_stated"]
        if rows & self._lent:
            most += weights["straw_hint"]
        if left is not None and left <= self._low * low:
            most += weights["low_balance"]
        return most
