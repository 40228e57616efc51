"""Devices, phones, cards and addresses of an honest world, and how strangers come to share some.

Families share a line, now and then a device; a café's computers, an office's or a dormitory's line
are used by many; a second-hand phone is used by one account after another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphmodel.simulate.clock import BEGIN, DAYS
from graphmodel.simulate.columns import Column, Table, chosen, joined, months, named, whole
from graphmodel.simulate.draws import chance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphmodel.simulate.cast import Cast

    Numbers = NDArray[np.int64]

KINDS = ("device", "phone", "card", "ip", "address")
DEVICE, PHONE, CARD, IP, ADDRESS = range(5)
_CAFE_USERS, _ACCOUNTS_A_CAFE = 300, 5_000
_OFFICE_USERS, _ACCOUNTS_AN_OFFICE = 40, 2_000
_UNKNOWN_DAY = -(10**6)


class Uses(NamedTuple):
    """Who used what: `value` is an index among identifiers of the kind; days bound the use."""

    account: Numbers
    kind: Numbers
    value: Numbers
    since: Numbers
    until: Numbers


def identifiers(cast: Cast) -> Table:
    """Return the table of identifiers."""
    groups = [*_own(cast), *_household(cast), *_crowds(cast)]
    uses = Uses(*(np.concatenate(parts) for parts in zip(*groups, strict=True)))
    once = np.unique(np.stack(uses), axis=1, return_index=True)[1]
    uses = Uses(*(column[np.sort(once)] for column in uses))
    columns: dict[str, Column] = {
        "account": named("account", cast.numbering.of("account", uses.account)),
        "kind": chosen(KINDS, uses.kind),
        "value": _values(cast, uses),
        "since": months(BEGIN, _day(uses.since), uses.since != _UNKNOWN_DAY),
        "until": months(BEGIN, _day(uses.until), uses.until != _UNKNOWN_DAY),
    }
    return Table("identifiers", len(uses.account), columns)


def identifier_counts(cast: Cast) -> dict[str, int]:
    """Return how many values of each kind a background may use."""
    count = cast.people.account_count
    return dict.fromkeys(KINDS, count + count // _ACCOUNTS_AN_OFFICE + 2)


def _values(cast: Cast, uses: Uses) -> Column:
    numbers = np.zeros(len(uses.kind), dtype=np.int64)
    for index, kind in enumerate(KINDS):
        of_kind = uses.kind == index
        numbers[of_kind] = cast.numbering.of(kind, uses.value[of_kind])
    return joined(chosen([f"{kind}-" for kind in KINDS], uses.kind), whole(numbers))


def _day(days: Numbers) -> Numbers:
    return np.where(days == _UNKNOWN_DAY, 0, days)


def _uses(account: Numbers, kind: int, value: Numbers) -> Uses:
    count = len(account)
    unknown = np.full(count, _UNKNOWN_DAY, dtype=np.int64)
    return Uses(account, np.full(count, kind, dtype=np.int64), value, unknown, unknown.copy())


def _own(cast: Cast) -> list[Uses]:
    """Return what accounts use alone, and phones that went to another account afterwards."""
    rng, people = cast.rng, cast.people
    wallets = people.accounts["publishers"].end
    account = np.arange(people.account_count)
    device = account[chance(rng, len(account), 0.55) & (account < wallets)]
    phone = account[chance(rng, len(account), 0.5) & (account < wallets)]
    card = account[chance(rng, len(account), 0.6) & (account >= wallets)]
    phones = _uses(phone, PHONE, phone)
    sold = rng.choice(len(phone), len(phone) // 400, replace=False)
    end = rng.integers(31, DAYS - 92, len(sold))
    phones.until[sold] = end
    heirs = _uses(rng.integers(0, people.sizes.natural, len(sold)), PHONE, phone[sold])
    heirs = heirs._replace(since=end + 62)
    other = heirs.account != phone[sold]
    return [
        _uses(device, DEVICE, device),
        phones,
        Uses(*(column[other] for column in heirs)),
        _uses(card, CARD, card),
    ]


def _household(cast: Cast) -> list[Uses]:
    """Return lines, addresses and a few devices that households share; of none both are known."""
    rng, people = cast.rng, cast.people
    count = len(people.members)
    household = np.repeat(np.arange(count), people.members)
    person = np.arange(people.sizes.natural)
    shared = []
    has_tablet = (people.members > 1) & chance(rng, count, 0.01)
    for kind, part in ((IP, 0.15), (ADDRESS, 0.1)):
        is_known = ~has_tablet & chance(rng, count, part)
        has = is_known[household] & chance(rng, len(person), 0.8)
        shared.append(_uses(person[has], kind, household[has]))
    tablet = people.starts[has_tablet]
    shared += [_uses(tablet, DEVICE, tablet), _uses(tablet + 1, DEVICE, tablet)]
    return shared


def _crowds(cast: Cast) -> list[Uses]:
    """Return the devices of cafés and the lines of offices, each used by many strangers."""
    rng, people = cast.rng, cast.people
    first = people.account_count
    crowds = []
    for kind, users, every in (
        (DEVICE, _CAFE_USERS, _ACCOUNTS_A_CAFE),
        (IP, _OFFICE_USERS, _ACCOUNTS_AN_OFFICE),
    ):
        places = 1 + first // every
        many = min(users, people.sizes.natural // 4)
        account = rng.integers(0, people.sizes.natural, (places, many))
        value = np.repeat(first + np.arange(places), many)
        pairs = np.unique(np.stack([account.ravel(), value]), axis=1)
        crowds.append(_uses(pairs[0], kind, pairs[1]))
    return crowds
