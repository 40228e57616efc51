"""What went into an account and out of it, by currency, and how much was passed on at once."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.figures import named
from graphmodel.detect.wording import amount
from graphmodel.model import counts
from graphmodel.model.evidence import Words
from graphmodel.model.finding import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphmodel.detect.records import Flow
    from graphmodel.model.counts import Bounded


class Sides(NamedTuple):
    """The payments of one account in one currency that moved money: in, and out."""

    currency: str
    inward: tuple[Flow, ...]
    outward: tuple[Flow, ...]

    @property
    def greater(self) -> Bounded | None:
        """Return the greater of money in and money out, or the one that is known."""
        into, out = (counts.total(f.net for f in side) for side in (self.inward, self.outward))
        if not self.inward or not self.outward:
            return out if self.outward else into
        return counts.greatest(into, out)


def sides(flows: Sequence[Flow], account: str, own: str) -> list[Sides]:
    """Split what moved by currency: most payments first, then the case's `own` currency, then name.

    Payments of an account to itself move nothing.
    """
    split: dict[str, tuple[list[Flow], list[Flow]]] = defaultdict(lambda: ([], []))
    for flow in flows:
        if flow.moves and flow.payer != flow.payee:
            split[flow.currency][flow.payer == account].append(flow)
    ordered = sorted(split, key=lambda c: (-sum(map(len, split[c])), c != own, c))
    return [Sides(c, tuple(split[c][0]), tuple(split[c][1])) for c in ordered]


def greater_figures(parts: Sequence[Sides]) -> tuple[dict[str, Figure], tuple[Words, ...]]:
    """Return `amount`, the greater of money in and out, by currency, and the sums in words."""
    figures: dict[str, Figure] = {}
    lines: list[Words] = []
    for part in parts:
        if part.greater is not None:
            name = named("amount", part.currency, parts[0].currency)
            figures[name] = Figure.amount(part.greater, part.currency)
        for side, zh, en in ((part.inward, "收入", "In"), (part.outward, "支出", "Out")):
            if side:
                told = amount(counts.total(f.net for f in side), part.currency)
                ids = ", ".join(f.id for f in side)
                lines.append(Words(f"{zh}（{ids}）：{told.zh}", f"{en} ({ids}): {told.en}"))
    return figures, tuple(lines)


def inward_figures(parts: Sequence[Sides]) -> tuple[dict[str, Figure], tuple[Words, ...]]:
    """Return `amount`, what came in, by currency (most payments first), and the sums in words."""
    inward = [Sides(p.currency, p.inward, ()) for p in parts if p.inward]
    return greater_figures(sorted(inward, key=lambda part: -len(part.inward)))


class PassedOn(NamedTuple):
    """Payments in and those out that passed them on; `decided` if every order used is decided."""

    facts: tuple[str, ...]
    decided: bool


def passed_on(
    part: Sides, within_s: int, ratio: Fraction, before: Mapping[tuple[str, str], str]
) -> PassedOn | None:
    """Return the payments if `ratio` of what came in can have left within `within_s`.

    In can be before out (`before`: the stated orders), the least gap is within the window. Each
    minor unit is passed on once: payments out in order of time take from the payment in that
    expires first. Amounts count by their ends: out by the least, in by the greatest they can be.
    """
    highs = [(flow.id, _high(flow)) for flow in part.inward]
    left = {id_: high for id_, high in highs if high is not None}
    if not left or len(left) < len(highs):
        return None
    came = sum(left.values(), Fraction(0))
    waiting = sorted(part.inward, key=lambda f: (f.span.t1, f.span.t0, f.id))
    moved, facts, decided = Fraction(0), set(left), True
    for out in sorted(part.outward, key=lambda f: (f.span, f.id)):
        rest = _low(out)
        for flow in waiting:
            gap = out.span.t0 - flow.span.t1
            if rest <= 0:
                break
            possible = flow.span.t0 <= out.span.t1 and (out.id, flow.id) not in before
            if possible and gap <= within_s:
                taken = min(rest, left[flow.id])
                left[flow.id], moved, rest = left[flow.id] - taken, moved + taken, rest - taken
                facts.add(out.id)
                is_sure = flow.span.t1 < out.span.t0 or (flow.id, out.id) in before
                decided = decided and is_sure
        waiting = [f for f in waiting if left[f.id] and out.span.t0 - f.span.t1 <= within_s]
    return PassedOn(tuple(sorted(facts)), decided) if moved >= came * ratio else None


def _low(flow: Flow) -> Fraction:
    low = None if flow.net is None else flow.net.low(floor=Fraction(0))
    return Fraction(0) if low is None else low


def _high(flow: Flow) -> Fraction | None:
    return None if flow.net is None else flow.net.high()
