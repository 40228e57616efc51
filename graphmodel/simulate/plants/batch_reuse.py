"""Stories of two sellers with the same records and no known way between, and of near misses."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from graphmodel.simulate.deal_telling import Lot, tell
from graphmodel.simulate.telling import ROUND, state

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from graphmodel.simulate.deal_telling import Trading, Variant
    from graphmodel.simulate.stage import Label, Stage
    from graphmodel.simulate.telling import Hand, Told

ROOM_DAYS = 60
LISTED = (60, 160)
"""Records of a batch whose digests are known one by one."""


def plant(stage: Stage) -> Label:
    """Let two sellers or more sell the same records."""
    return tell(stage, "batch_reuse", "plant", PLANTS)


def decoy(stage: Stage) -> Label:
    """Let the way of the goods be known, their source public, or their likeness ordinary."""
    return tell(stage, "batch_reuse", "decoy", DECOYS)


def _roles(sellers: Sequence[Hand], lots: Sequence[Lot]) -> dict[str, tuple[str, ...]]:
    return {
        "sellers": tuple(sorted({seller.id for seller in sellers})),
        "batches": tuple(sorted({lot.batch for lot in lots if lot.batch})),
    }


def _times(t: Trading, number: int) -> list[datetime]:
    moments = [t.begin(ROOM_DAYS)]
    while len(moments) < number:
        moments.append(t.later(moments[-1], 0.2, 25))
    return moments


def _sold(
    t: Trading, sellers: Sequence[Hand], lots: Sequence[Lot], buyers: Sequence[Hand] = ()
) -> tuple[str, ...]:
    """Let each seller sell a lot to a buyer; the buyers are different unless they are given."""
    buyers = buyers or [t.somebody() for _ in sellers]
    return tuple(
        t.sale((seller, buyer), lot, at, t.unit())
        for seller, buyer, lot, at in zip(
            sellers, buyers, lots, _times(t, len(sellers)), strict=True
        )
    )


def _two(t: Trading) -> list[Hand]:
    return [t.somebody(), t.somebody()]


def _one_batch(t: Trading) -> Told:
    sellers, lot = _two(t), t.loose_lot()
    return _roles(sellers, [lot]), _sold(t, sellers, [lot, lot])


def _one_file(t: Trading) -> Told:
    """Let the files have one digest."""
    sellers, digest = _two(t), sha256(t.stage.name.encode()).hexdigest()
    lots = [t.lot(file_sha256=digest)]
    quantity = lots[0].quantity
    lots.append(Lot(t.batch(quantity, file_sha256=digest), quantity))
    return _roles(sellers, lots), _sold(t, sellers, lots)


def _listed(t: Trading, batch: str, first: int, last: int) -> None:
    """Add the digests of records `first` to `last` of this story to a batch."""
    for number in range(first, last):
        digest = sha256(f"{t.stage.name} {number}".encode()).hexdigest()
        t.stage.add("records", batch=batch, digest=digest)


def _overlapping(t: Trading, low: float, high: float) -> list[Lot]:
    """Return two batches with listed records, of which a share of the second is in the first."""
    sizes = t.rng.randint(*LISTED), t.rng.randint(*LISTED)
    common = round(min(sizes) * t.rng.uniform(low, high))
    lots = [Lot(t.batch(size), size) for size in sizes]
    _listed(t, lots[0].batch, 0, sizes[0])
    _listed(t, lots[1].batch, sizes[0] - common, sizes[0] - common + sizes[1])
    return lots


def _records_overlap(t: Trading) -> Told:
    sellers, lots = _two(t), _overlapping(t, 0.85, 1)
    return _roles(sellers, lots), _sold(t, sellers, lots)


def _stated_part(t: Trading) -> Told:
    """Let it be stated that one list was cut from the other; the sellers are kin."""
    sellers, lot = [t.known(), t.known()], t.lot()
    t.kin(*sellers)
    lots = [lot, t.part_of(lot)]
    return _roles(sellers, lots), _sold(t, sellers, lots)


def _third_seller(t: Trading) -> Told:
    sellers, lot = [*_two(t), t.anyone()], t.lot()
    return _roles(sellers, [lot]), _sold(t, sellers, [lot] * 3)


def _one_buyer(t: Trading) -> Told:
    sellers, lot, buyer = _two(t), t.lot(), t.anyone()
    return _roles(sellers, [lot]), _sold(t, sellers, [lot, lot], [buyer, buyer])


def _equal_quantity(t: Trading) -> Told:
    """Let kin sell one rare quantity to one buyer: nothing else shows the goods to be the same."""
    sellers, lot, buyer = [t.known(), t.known()], t.lot(named=False), t.anyone()
    t.kin(*sellers)
    return _roles(sellers, []), _sold(t, sellers, [lot, lot], [buyer, buyer])


PLANTS: dict[str, Variant] = {
    "one_batch": _one_batch,
    "one_file": _one_file,
    "records_overlap": _records_overlap,
    "stated_part": _stated_part,
    "third_seller": _third_seller,
    "one_buyer": _one_buyer,
    "equal_quantity": _equal_quantity,
}


def _public_list(t: Trading) -> Told:
    sellers, lot = _two(t), t.lot()
    events = _sold(t, sellers, [lot, lot])
    about = [lot.batch] if t.rng.random() < 1 / 2 else events
    state(t.stage, "public_source", about)
    return _roles(sellers, [lot]), events


def _one_wholesaler(t: Trading) -> Told:
    """Let both have bought from one source, and sell at cost."""
    sellers, lot, source = _two(t), t.lot(), t.anyone()
    at, unit = t.begin(ROOM_DAYS), t.unit()
    t.pays, price = False, t.price(lot.quantity, unit, ("unit_price", "total"))
    for seller in sellers:
        t.sale((source, seller), lot, at, unit, **price)
    events = tuple(
        t.sale((seller, t.anyone()), lot, t.later(at, 8, 30), unit, **price) for seller in sellers
    )
    t.spare()
    return _roles(sellers, [lot]), events


def _known_way(t: Trading) -> Told:
    """Let one seller have delivered the goods to the other before."""
    sellers, lot, at = _two(t), t.lot(), t.begin(ROOM_DAYS)
    first = t.sale((sellers[0], t.anyone()), lot, t.later(at, 0, 2), t.unit())
    t.deliver((sellers[0], sellers[1]), lot.batch, t.later(at, 2, 4))
    second = t.sale((sellers[1], t.anyone()), lot, t.later(at, 5, 20), t.unit())
    t.spare()
    return _roles(sellers, [lot]), (first, second)


def _usual_package(t: Trading) -> Told:
    sellers, quantity = _two(t), t.rng.choice(ROUND)
    lots = [Lot(t.batch(quantity), quantity) for _ in sellers]
    return _roles(sellers, lots), _sold(t, sellers, lots)


def _rare_quantity_alone(t: Trading) -> Told:
    """Let strangers sell one rare quantity to two buyers: a chance, or a lead."""
    sellers, lot = _two(t), t.lot(named=False)
    return _roles(sellers, []), _sold(t, sellers, [lot, lot])


def _some_records_in_common(t: Trading) -> Told:
    sellers, lots = _two(t), _overlapping(t, 0.2, 0.7)
    return _roles(sellers, lots), _sold(t, sellers, lots)


def _two_accounts_of_one(t: Trading) -> Told:
    one = t.known()
    sellers, lot = [one, t.other_account(one)], t.lot()
    return _roles(sellers, [lot]), _sold(t, sellers, [lot, lot])


def _only_a_sample(t: Trading) -> Told:
    """Let the other seller hand over no more than a sample."""
    sellers, lot, times = _two(t), t.lot(), _times(t, 2)
    sample = t.sale((sellers[0], t.anyone()), lot, times[0], kind="sample")
    sold = t.sale((sellers[1], t.anyone()), lot, times[1], t.unit())
    return _roles(sellers, [lot]), (sample, sold)


def _months_apart(t: Trading) -> Told:
    """Let related sellers sell one rare quantity, further apart than the window."""
    sellers, lot, first = [t.known(), t.known()], t.lot(named=False), t.begin(135)
    t.kin(*sellers)
    times = first, first + timedelta(days=t.rng.uniform(100, 130))
    events = tuple(
        t.sale((seller, t.anyone()), lot, at, t.unit())
        for seller, at in zip(sellers, times, strict=True)
    )
    t.spare()
    return _roles(sellers, []), events


DECOYS: dict[str, Variant] = {
    "public_list": _public_list,
    "one_wholesaler": _one_wholesaler,
    "known_way": _known_way,
    "usual_package": _usual_package,
    "rare_quantity_alone": _rare_quantity_alone,
    "some_records_in_common": _some_records_in_common,
    "two_accounts_of_one": _two_accounts_of_one,
    "only_a_sample": _only_a_sample,
    "months_apart": _months_apart,
}
