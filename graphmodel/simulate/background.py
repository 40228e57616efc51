"""The tables of an honest world about people: persons, accounts, ties, shown names, identifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphmodel.simulate import clock
from graphmodel.simulate.clock import BEGIN
from graphmodel.simulate.columns import (
    NOTHING,
    SECONDS_A_DAY,
    Table,
    chosen,
    days,
    joined,
    months,
    named,
    whole,
)
from graphmodel.simulate.draws import chance
from graphmodel.simulate.identifiers import identifier_counts, identifiers
from graphmodel.simulate.people import HANDLES, PLATFORMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graphmodel.simulate.cast import Cast

    Numbers = NDArray[np.int64]

BASES = ("registered", "used")
TIES = ("spouse_of", "kin_of", "employs", "owns", "agent_of")
_SPOUSE, _KIN, _EMPLOYS, _OWNS, _AGENT = range(5)
_SHOP_WORDS = ("便利店", "水果店", "数码店", "书店", "早点铺", "药房", "服装店", "打印店")
_COMMON_NAMES = ("客服", "在线客服", "官方客服")
_YEAR = 365


def counts(cast: Cast) -> dict[str, int]:
    """Return how many things of each kind with an id the tables of people hold."""
    persons = max(span.end for span in cast.people.persons.values())
    return {
        "person": persons,
        "account": cast.people.account_count,
        "persona": cast.people.account_count,
        **identifier_counts(cast),
    }


def tables_of_people(cast: Cast) -> Iterator[Table]:
    """Yield the tables of things and slow facts."""
    yield _persons(cast)
    opened, is_known = _opened(cast)
    yield _accounts(cast, opened, is_known)
    yield _controls(cast, opened, is_known)
    yield _ties(cast)
    showing = _showing(cast)
    yield _personas(cast, showing)
    yield _presents(cast, showing)
    yield identifiers(cast)


def _persons(cast: Cast) -> Table:
    natural = cast.people.sizes.natural
    count = max(span.end for span in cast.people.persons.values())
    ids = named("person", cast.numbering.of("person", np.arange(count)))
    kind = chosen(("person", "organisation"), (np.arange(count) >= natural).astype(np.int64))
    return Table("persons", count, {"id": ids, "name": ids, "kind": kind})


def _opened(cast: Cast) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return the day each account was opened, and of which accounts it is known.

    A few were opened in this year, some weeks before the account was first used.
    """
    rng, count = cast.rng, cast.people.account_count
    first = np.full(count, clock.END_S, dtype=np.int64)
    for ends in (cast.payments.payer, cast.payments.payee):
        # the last assignment of several holds: going back in time, that is the earliest payment
        seen = np.full(count, clock.END_S, dtype=np.int64)
        seen[ends[::-1]] = cast.payments.seconds[::-1]
        first = np.minimum(first, seen)
    for ends in (cast.trade.deals.seller, cast.trade.deals.buyer):
        first[ends] = 0
    day = -rng.integers(30, 12 * _YEAR, count)
    lead = rng.integers(1, 60, count)
    is_new = chance(rng, count, 0.05) & (first > 61 * SECONDS_A_DAY) & (first < clock.END_S)
    return np.where(is_new, first // SECONDS_A_DAY - lead, day), chance(rng, count, 0.5)


def _accounts(cast: Cast, opened: Numbers, is_known: NDArray[np.bool_]) -> Table:
    people, numbers = cast.people, cast.numbering
    count = people.account_count
    account = numbers.of("account", np.arange(count))
    is_natural = np.arange(count) < people.sizes.natural
    holder = np.where(is_natural & chance(cast.rng, count, 0.04), NOTHING, people.holder)
    columns = {
        "id": named("account", account),
        "platform": chosen(PLATFORMS, people.platform),
        "handle": joined(chosen(tuple(HANDLES.values()), people.platform), whole(account)),
        "holder": named("person", numbers.of("person", holder)),
        "opened": days(BEGIN, opened, is_known),
    }
    return Table("accounts", count, columns)


def _controls(cast: Cast, opened: Numbers, is_known: NDArray[np.bool_]) -> Table:
    """Have holders operate their accounts, clerks those of some shops, some spouses each other's.

    Of most accounts of organisations nobody is stated to operate them.
    """
    rng, people = cast.rng, cast.people
    natural = people.sizes.natural
    account = np.flatnonzero(people.holder < natural)
    account = account[chance(rng, len(account), 0.9)]
    shops, run = people.accounts["shops"], len(people.clerk)
    couple = people.starts[people.married & chance(rng, len(people.starts), 0.04)]
    person = np.concatenate([people.holder[account], people.clerk, couple + 1])
    used = np.concatenate([account, shops.start + np.arange(run), couple])
    is_own = np.arange(len(person)) < len(account)
    columns = {
        "person": named("person", cast.numbering.of("person", person)),
        "account": named("account", cast.numbering.of("account", used)),
        "since": days(BEGIN, opened[used], is_known[used] & is_own),
        "basis": chosen(BASES, (~is_own).astype(np.int64)),
    }
    return Table("controls", len(person), columns)


def _ties(cast: Cast) -> Table:
    """State marriages, kin, employment, firms of shop owners, and agents their principals know."""
    rng, people = cast.rng, cast.people
    starts, members = people.starts, people.members
    couples = starts[people.married]
    # the first of a household and each further member are kin, but for spouses
    household = np.repeat(np.arange(len(starts)), members)
    place = np.arange(people.sizes.natural) - starts[household]
    is_kin = (place > 0) & ~((place == 1) & people.married[household])
    kin = np.flatnonzero(is_kin)
    staff = people.accounts["staff"]
    employer = people.persons["employers"].start + people.employer
    firms = people.persons["shops"]
    agents = np.flatnonzero(cast.trade.deals.agent != NOTHING)
    pairs = [
        (couples, couples + 1, _SPOUSE),
        (starts[household][kin], kin, _KIN),
        (employer, people.holder[staff.start : staff.end], _EMPLOYS),
        (firms.start + np.arange(len(people.clerk)), people.clerk, _EMPLOYS),
        (people.owner, firms.all, _OWNS),
        (cast.trade.deals.agent[agents], cast.trade.deals.buyer[agents], _AGENT),
    ]
    a, b = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    kind = np.concatenate([np.full(len(one), which) for one, _, which in pairs])
    once = np.unique(np.stack([kind, a, b]), axis=1, return_index=True)[1]
    a, b, kind = a[once], b[once], kind[once]
    other = a != b
    return _tie_table(cast, a[other], b[other], kind[other], chance(rng, int(other.sum()), 0.6))


def _tie_table(
    cast: Cast, a: Numbers, b: Numbers, kind: Numbers, is_dated: NDArray[np.bool_]
) -> Table:
    since = -cast.rng.integers(60, 8 * _YEAR, len(a))
    columns = {
        "a": named("person", cast.numbering.of("person", a)),
        "kind": chosen(TIES, kind),
        "b": named("person", cast.numbering.of("person", b)),
        "since": months(BEGIN, since, is_dated & (kind != _KIN)),
        "disclosed": chosen(("yes",), np.where(kind == _AGENT, 0, NOTHING)),
    }
    return Table("ties", len(a), columns)


def _showing(cast: Cast) -> Numbers:
    """Return the accounts that show a name: shops, publishers, private sellers."""
    people = cast.people
    spans = [people.accounts["shops"].all, people.accounts["publishers"].all]
    return np.unique(np.concatenate([*spans, cast.trade.deals.seller]))


def _personas(cast: Cast, showing: Numbers) -> Table:
    """Name every seller; a few share a default name, a few shops a name by chance."""
    rng, count = cast.rng, len(showing)
    ids = cast.numbering.of("persona", np.arange(count))
    is_common = chance(rng, count, 0.02)
    word = rng.integers(0, len(_SHOP_WORDS), count)
    words = np.where(is_common, len(_SHOP_WORDS) + word % len(_COMMON_NAMES), word)
    number = np.where(chance(rng, count, 0.003), np.roll(ids, 1), ids)
    owner = np.where(chance(rng, count, 0.3) & ~is_common, showing, NOTHING)
    columns = {
        "id": named("persona", ids),
        "name": joined(
            chosen((*_SHOP_WORDS, *_COMMON_NAMES), words), whole(np.where(is_common, 1, number))
        ),
        "owner": named("account", cast.numbering.of("account", owner)),
    }
    return Table("personas", count, columns)


def _presents(cast: Cast, showing: Numbers) -> Table:
    count = len(showing)
    since = -cast.rng.integers(31, 4 * _YEAR, count)
    columns = {
        "account": named("account", cast.numbering.of("account", showing)),
        "persona": named("persona", cast.numbering.of("persona", np.arange(count))),
        "since": months(BEGIN, since, chance(cast.rng, count, 0.6)),
    }
    return Table("presents_as", count, columns)
