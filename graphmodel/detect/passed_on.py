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


class _Coin(NamedTuple):
    """A payment with the ends of what it moved; sums of whole numbers are quick."""

    transfer: Transfer
    low: int | Fraction
    high: int | Fraction


def _coin(transfer: Transfer) -> _Coin | None:
    """Return a payment with both ends of its amount, None where one is open."""
    net = transfer.net
    low, high = (None, None) if net is None else (net.low(), net.high())
    if low is None or high is None:
        return None
    return _Coin(transfer, *(e.numerator if e.denominator == 1 else e for e in (low, high)))


class Sweep:
    """Chooses for each payment out what it passed on; no payment is used twice on one side."""

    def __init__(self, max_in: int, pairs: Mapping[str, Sequence[Transfer]]) -> None:
        """Keep the payments in that may belong to each payment out, by its id.

        `max_in` is how many may be taken for one.
        """
        self.max_in = max_in
        known = {t.id: t for incoming in pairs.values() for t in incoming}
        coins = {id_: _coin(transfer) for id_, transfer in known.items()}
        self._pairs: dict[str, list[_Coin]] = {
            out: [coin for t in incoming if (coin := coins[t.id]) is not None]
            for out, incoming in pairs.items()
        }
        self._used: set[str] = set()

    def choose(self, outgoing: Transfer, ratio: float) -> Match | None:
        """Return what a payment out passed on at this ratio, and use it up."""
        out = _coin(outgoing)
        free = [c for c in self._pairs[outgoing.id] if c.transfer.id not in self._used]
        if out is None or sum(coin.low for coin in free) < out.high:
            return None
        chosen = self._chosen(free, out, exact_share(ratio))
        if chosen is None:
            return None
        self._used |= {coin.transfer.id for coin in chosen}
        return Match(tuple(sorted((coin.transfer for coin in chosen), key=when)), outgoing)

    def _chosen(self, free: Sequence[_Coin], out: _Coin, least: Fraction) -> Sequence[_Coin] | None:
        """Return the one of the nearest amount, else the latest of one payer, else those of all."""
        most = out.low / least
        single = [c for c in free if c.low >= out.high and c.high <= most]
        if single:
            return [min(single, key=lambda c: (c.high, *_latest(c.transfer)))]
        by_payer: dict[tuple[str, ...], list[_Coin]] = defaultdict(list)
        for coin in free:
            by_payer[tuple(sorted(coin.transfer.payer.parties))].append(coin)
        for payer in sorted(by_payer):
            chosen = self._latest_until(by_payer[payer], out, most)
            if chosen is not None:
                return chosen
        if len(by_payer) > 1 and len(free) <= self.max_in:
            return self._latest_until(free, out, most)
        return None

    def _latest_until(
        self, free: Sequence[_Coin], out: _Coin, most: Fraction
    ) -> Sequence[_Coin] | None:
        """Return the latest payments that cover what went out, if they are not too much for it."""
        if sum(coin.low for coin in free) < out.high:
            return None
        ordered = sorted(free, key=lambda coin: _latest(coin.transfer))
        low: int | Fraction = 0
        high: int | Fraction = 0
        for place, coin in enumerate(ordered[: self.max_in], 1):
            low, high = low + coin.low, high + coin.high
            if low >= out.high:
                return ordered[:place] if high <= most else None
        return None


def when(transfer: Transfer) -> tuple[int, int, str]:
    """Return the order in which payments are told: by interval, then id."""
    return (*transfer.span, transfer.id)


def _latest(transfer: Transfer) -> tuple[int, int, str]:
    return (-transfer.span.t1, -transfer.span.t0, transfer.id)
