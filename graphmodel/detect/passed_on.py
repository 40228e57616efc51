"""What a payment out passed on: which payments in it is set against, each used once."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.model import counts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphmodel.detect.view_payments import Transfer
    from graphmodel.model.counts import Bounded


class Match(NamedTuple):
    """Payments in, earliest first, and the payment out that they cover."""

    incoming: tuple[Transfer, ...]
    outgoing: Transfer

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the payments by id."""
        return tuple(sorted((*(t.id for t in self.incoming), self.outgoing.id)))

    @property
    def intermediary(self) -> tuple[str, ...]:
        """Return who was paid and paid on; else all who may have."""
        paid = [t.payee.parties for t in self.incoming]
        own = self.outgoing.payer.parties.intersection(*paid)
        return tuple(sorted(own or self.outgoing.payer.parties.union(*paid)))

    @property
    def payer(self) -> tuple[str, ...]:
        """Return who paid in."""
        return tuple(sorted({party for t in self.incoming for party in t.payer.parties}))

    @property
    def came_in(self) -> Bounded | None:
        """Return the sum in."""
        return counts.total(t.net for t in self.incoming)

    def passes(self, ratio: float) -> bool:
        """Tell whether surely at least this share went out and surely not more than came in."""
        came, went = self.came_in, self.outgoing.net
        if came is None or went is None:
            return False
        ends = came.low(), came.high(), went.low(), went.high()
        low_in, high_in, low_out, high_out = ends
        if low_in is None or high_in is None or low_out is None or high_out is None:
            return False
        return high_out <= low_in and low_out >= exact_share(ratio) * high_in


def exact_share(share: float) -> Fraction:
    """Return a share as it is written."""
    return Fraction(str(share))


class Coin(NamedTuple):
    """A payment with the ends of what it moved; sums of whole numbers are quick.

    `place` orders payments that are equal otherwise, `payers` names who paid; both by ids, or by
    numbers in the order of ids.
    """

    place: str | int
    payers: tuple[str, ...] | tuple[int, ...]
    t0: int
    t1: int
    low: int | Fraction
    high: int | Fraction

    @property
    def latest_first(self) -> tuple[int, int, str | int]:
        """Return what puts the latest payment first."""
        return (-self.t1, -self.t0, self.place)


def coin_of(transfer: Transfer) -> Coin | None:
    """Return a payment with both ends of its amount, None where one is open."""
    net = transfer.net
    low, high = (None, None) if net is None else (net.low(), net.high())
    if low is None or high is None:
        return None
    ends = (e.numerator if e.denominator == 1 else e for e in (low, high))
    return Coin(transfer.id, tuple(sorted(transfer.payer.parties)), *transfer.span, *ends)


def choose(free: Sequence[Coin], out: Coin, ratio: Fraction, max_in: int) -> Sequence[Coin] | None:
    """Return which of the payments in a payment out passed on, at least at this ratio.

    The one of the nearest amount, else the latest of one payer, else those of all payers, where no
    more than `max_in` might belong to it.
    """
    if sum(coin.low for coin in free) < out.high:
        return None
    most = out.low / ratio
    single = [c for c in free if c.low >= out.high and c.high <= most]
    if single:
        return [min(single, key=lambda c: (c.high, *c.latest_first))]
    by_payer: dict[tuple[str, ...] | tuple[int, ...], list[Coin]] = defaultdict(list)
    for coin in free:
        by_payer[coin.payers].append(coin)
    for payer in sorted(by_payer):
        chosen = _latest_until(by_payer[payer], out, most, max_in)
        if chosen is not None:
            return chosen
    if len(by_payer) > 1 and len(free) <= max_in:
        return _latest_until(free, out, most, max_in)
    return None


def _latest_until(
    free: Sequence[Coin], out: Coin, most: Fraction, max_in: int
) -> Sequence[Coin] | None:
    """Return the latest payments that cover what went out, if they are not too much for it."""
    if sum(coin.low for coin in free) < out.high:
        return None
    ordered = sorted(free, key=lambda coin: coin.latest_first)
    low: int | Fraction = 0
    high: int | Fraction = 0
    for place, coin in enumerate(ordered[:max_in], 1):
        low, high = low + coin.low, high + coin.high
        if low >= out.high:
            return ordered[:place] if high <= most else None
    return None


class Sweep:
    """Chooses for each payment out what it passed on; no payment is used twice on one side."""

    def __init__(self, max_in: int, pairs: Mapping[str, Sequence[Transfer]]) -> None:
        """Keep the payments in that may belong to each payment out, by its id.

        `max_in` is how many may be taken for one.
        """
        self.max_in = max_in
        self._known = {t.id: t for incoming in pairs.values() for t in incoming}
        coins = {id_: coin_of(transfer) for id_, transfer in self._known.items()}
        self._pairs: dict[str, list[Coin]] = {
            out: [coin for t in incoming if (coin := coins[t.id]) is not None]
            for out, incoming in pairs.items()
        }
        self._used: set[str | int] = set()

    def choose(self, outgoing: Transfer, ratio: float) -> Match | None:
        """Return what a payment out passed on at this ratio, and use it up."""
        out = coin_of(outgoing)
        if out is None:
            return None
        free = [c for c in self._pairs[outgoing.id] if c.place not in self._used]
        chosen = choose(free, out, exact_share(ratio), self.max_in)
        if chosen is None:
            return None
        self._used |= {coin.place for coin in chosen}
        incoming = (self._known[str(coin.place)] for coin in chosen)
        return Match(tuple(sorted(incoming, key=when)), outgoing)


def when(transfer: Transfer) -> tuple[int, int, str]:
    """Return the order in which payments are told: by interval, then id."""
    return (*transfer.span, transfer.id)
