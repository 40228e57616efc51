"""Who acts through what, who is related, who stands for whom."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from graphmodel.detect.batch import Batch, Whole
from graphmodel.detect.records import Control, Holding, Span, Tie
from graphmodel.detect.view_base import HOLDING, Reading, holding_of, text_of
from graphmodel.query.reading import read_links, read_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphmodel.query.reading import Link

_KIN = ("spouse", "kin", "partner")


class PeopleFacts(Reading):
    """Persons, accounts and the slow facts between them."""

    def _ties(
        self, type_: str, extra: Sequence[str], **ends: Sequence[str]
    ) -> list[tuple[Link, Tie]]:
        links = read_links(self.engine, type_, ("id", "basis", *HOLDING, *extra), **ends)
        return [
            (
                link,
                Tie(
                    str(link.values[0]),
                    link.start,
                    link.end,
                    str(link.values[1]),
                    holding_of(link.values[2:6]),
                    *(text_of(cell) for cell in link.values[6:]),
                ),
            )
            for link in sorted(links, key=lambda one: str(one.values[0]))
        ]

    @cached_property
    def _related(self) -> Batch[list[Tie]]:
        return Whole(self._read_related, [], lambda: self.many("RELATED"))

    def _read_related(self, parties: list[str] | None) -> dict[str, list[Tie]]:
        asked = [{}] if parties is None else [{"start_ids": parties}, {"end_ids": parties}]
        ties = {tie.fact: tie for ends in asked for _, tie in self._ties("RELATED", (), **ends)}
        found: dict[str, list[Tie]] = defaultdict(list)
        for _, tie in sorted(ties.items()):
            found[tie.a].append(tie)
            found[tie.b].append(tie)
        return found

    def need_related(self, parties: Iterable[str]) -> None:
        """Read in one go to whom these parties are related."""
        self._related.need(parties)

    def related(self, x: str, y: str, at: Span) -> list[Tie]:
        """Return the ties by which two different parties may be related at an event."""
        return [t for t in self._related[x] if y in (t.a, t.b) and t.holding.may_hold(at)]

    def kin_of(self, party: str, at: Span) -> dict[str, list[Tie]]:
        """Return all that may be related to a party at an event, with the ties."""
        found: dict[str, list[Tie]] = defaultdict(list)
        for tie in self._related[party]:
            if tie.holding.may_hold(at):
                found[tie.b if tie.a == party else tie.a].append(tie)
        return found

    @cached_property
    def _stands(self) -> tuple[dict[str, list[Tie]], dict[str, list[Tie]]]:
        by_agent: dict[str, list[Tie]] = defaultdict(list)
        by_principal: dict[str, list[Tie]] = defaultdict(list)
        for _, tie in self._ties("STANDS_FOR", ("disclosed", "at")):
            by_agent[tie.a].append(tie)
            by_principal[tie.b].append(tie)
        return by_agent, by_principal

    def stands_for(self, agent: str, principal: str, at: Span, event: str) -> list[Tie]:
        """Return the ties by which one may stand for another at an event."""
        return [
            tie
            for tie in self._stands[0].get(agent, ())
            if tie.b == principal and tie.holding.may_hold(at) and tie.at in (None, event)
        ]

    def principals(self, agent: str) -> list[Tie]:
        """Return the ties by which one stands for anybody at any time."""
        return self._stands[0].get(agent, [])

    def agents(self, principal: str) -> list[Tie]:
        """Return the ties by which anybody stands for one at any time."""
        return self._stands[1].get(principal, [])

    def side_of(self, principal: str, at: Span, event: str) -> dict[str, list[Tie]]:
        """Return the side of a party at an event: itself (no ties) and all who may stand for it."""
        side: dict[str, list[Tie]] = {principal: []}
        for tie in self.agents(principal):
            if tie.holding.may_hold(at) and tie.at in (None, event):
                side.setdefault(tie.a, []).append(tie)
        return side

    @cached_property
    def _acting_on(self) -> Batch[list[Control]]:
        return Whole(
            lambda ids: self._read_controls("account", end_ids=ids),
            [],
            lambda: self.many("ACTS_THROUGH"),
        )

    @cached_property
    def _acting(self) -> Batch[list[Control]]:
        return Whole(
            lambda ids: self._read_controls("person", start_ids=ids),
            [],
            lambda: self.many("ACTS_THROUGH"),
        )

    def _read_controls(self, by: str, **ends: list[str] | None) -> dict[str, list[Control]]:
        """Return the ACTS_THROUGH facts in order of id, by `account` or by `person`."""
        links = read_links(self.engine, "ACTS_THROUGH", ("id", "basis", *HOLDING), **ends)
        found: dict[str, list[Control]] = defaultdict(list)
        for link in sorted(links, key=lambda one: str(one.values[0])):
            holding = holding_of(link.values[2:6])
            basis = str(link.values[1])
            control = Control(str(link.values[0]), link.start, link.end, basis, holding)
            found[link.end if by == "account" else link.start].append(control)
        return found

    def need_accounts(self, accounts: Iterable[str]) -> None:
        """Read in one go who holds these accounts and who may act through them."""
        ids = set(accounts)
        self._acting_on.need(ids)
        self.holders.need(ids)

    def need_people(self, people: Iterable[str]) -> None:
        """Read in one go what these persons act through, their names and kinds."""
        ids = set(people)
        for facts in (self._acting, self.names, self.person_kinds):
            facts.need(ids)

    def acting_on(self, account: str) -> list[Control]:
        """Return the ACTS_THROUGH facts of an account, at any time."""
        return self._acting_on[account]

    def acting(self, person: str) -> list[Control]:
        """Return the ACTS_THROUGH facts of a person, at any time."""
        return self._acting[person]

    def run_by(self, person: str) -> dict[str, list[str]]:
        """Return the accounts a person controls, or holds where no other may control them.

        By account the facts that say so; accounts known only by an identifier are left out.
        """
        found: dict[str, list[str]] = defaultdict(list)
        for c in self.acting(person):
            others = {o.person for o in self.acting_on(c.account) if o.basis == "controls"}
            if c.basis == "controls" or (c.basis == "holds" and others <= {person}):
                found[c.account].append(c.fact)
        return found

    def belongs_to(self, person: str, organisation: str, at: Span) -> list[str]:
        """Return the facts by which a person may own an organisation or be its member then."""
        return [
            fact
            for fact, holding in self._belongings.get((person, organisation), ())
            if holding.may_hold(at)
        ]

    @cached_property
    def _belongings(self) -> dict[tuple[str, str], list[tuple[str, Holding]]]:
        found: dict[tuple[str, str], list[tuple[str, Holding]]] = defaultdict(list)
        for type_ in ("OWNS", "MEMBER_OF"):
            for link in read_links(self.engine, type_, ("id", *HOLDING)):
                entry = (str(link.values[0]), holding_of(link.values[1:5]))
                found[link.start, link.end].append(entry)
        return found

    def behind(self, account: str, at: Span | None = None) -> dict[str, list[str]]:
        """Return who may act through an account at an event (or ever), with the facts that say so.

        A holder does not count while another person may control the account; where nobody is
        known the account stands for itself.
        """
        held = [c for c in self.acting_on(account) if at is None or c.holding.may_hold(at)]
        controllers = {c.person for c in held if c.basis == "controls"}
        found: dict[str, list[str]] = defaultdict(list)
        for c in held:
            if c.basis != "holds" or controllers <= {c.person}:
                found[c.person].append(c.fact)
        return found or {account: []}

    def accounts_of(self, party: str, at: Span | None = None) -> set[str]:
        """Return the accounts a party may act through; an account alone: itself."""
        held = self.acting(party)
        return {c.account for c in held if at is None or c.holding.may_hold(at)} or {party}

    @cached_property
    def holders(self) -> Batch[list[Control]]:
        """Return the registered holders of each account (HOLDS), as facts of their own."""
        return Whole(self._read_holders, [], lambda: self.many("HOLDS"))

    def _read_holders(self, accounts: list[str] | None) -> dict[str, list[Control]]:
        found: dict[str, list[Control]] = defaultdict(list)
        for link in read_links(self.engine, "HOLDS", ("id", *HOLDING), end_ids=accounts):
            holding = holding_of(link.values[1:5])
            held = Control(str(link.values[0]), link.start, link.end, "holds", holding)
            found[link.end].append(held)
        return found

    @cached_property
    def introductions(self) -> list[Tie]:
        """Return who introduced whose account or persona (`b`) to whom (`at`)."""
        links = read_links(self.engine, "INTRODUCED", ("id", *HOLDING, "to"))
        return [
            Tie(
                str(link.values[0]),
                link.start,
                link.end,
                "introduced",
                holding_of(link.values[1:5]),
                at=text_of(link.values[5]),
            )
            for link in sorted(links, key=lambda one: str(one.values[0]))
        ]

    @cached_property
    def uses(self) -> Batch[list[tuple[str, str]]]:
        """Return, by account, the identifiers it used, with the facts."""
        return Batch(self._read_uses, [])

    def _read_uses(self, accounts: list[str]) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for link in read_links(self.engine, "USED", start_ids=accounts):
            found[link.start].append((link.end, str(link.values[0])))
        return found

    @cached_property
    def _identifier_kinds(self) -> dict[str, str]:
        rows = read_nodes(self.engine, "Identifier", ("id", "kind"))
        return {str(id_): str(kind) for id_, kind in rows}

    def shared_identifiers(self, a: str, b: str, kinds: Sequence[str]) -> list[str]:
        """Return the facts that two accounts used one identifier of these kinds."""
        both = {i for i, _ in self.uses[a]} & {i for i, _ in self.uses[b]}
        wanted = {i for i in both if self._identifier_kinds[i] in kinds}
        return sorted({fact for one in (a, b) for i, fact in self.uses[one] if i in wanted})

    @cached_property
    def _organisations(self) -> dict[str, list[tuple[str, str, Holding]]]:
        """Return (organisation, fact, holding) of membership and employment, by member."""
        found: dict[str, list[tuple[str, str, Holding]]] = defaultdict(list)
        for link in read_links(self.engine, "MEMBER_OF", ("id", *HOLDING)):
            found[link.start].append((link.end, str(link.values[0]), holding_of(link.values[1:5])))
        for link in read_links(self.engine, "EMPLOYS", ("id", *HOLDING)):
            entry = (link.start, str(link.values[0]), holding_of(link.values[1:5]))
            found[link.end].append(entry)
            if self.person_kinds[link.start] == "organisation":
                found[link.start].append(entry)
        return found

    def bound_to(self, member: str, type_: str, at: Span) -> dict[str, list[str]]:
        """Return what a person or account may be bound to then, with the facts.

        `MEMBER_OF`: its groups and organisations; `EMPLOYS`: who employs it.
        """
        found: dict[str, list[str]] = defaultdict(list)
        for organisation, fact, holding in self._bonds[type_].get(member, ()):
            if holding.may_hold(at):
                found[organisation].append(fact)
        return found

    @cached_property
    def _bonds(self) -> dict[str, dict[str, list[tuple[str, str, Holding]]]]:
        found: dict[str, dict[str, list[tuple[str, str, Holding]]]] = {}
        for type_ in ("MEMBER_OF", "EMPLOYS"):
            found[type_] = defaultdict(list)
            for link in read_links(self.engine, type_, ("id", *HOLDING)):
                ends = (link.start, link.end)
                member, organisation = ends if type_ == "MEMBER_OF" else ends[::-1]
                entry = (organisation, str(link.values[0]), holding_of(link.values[1:5]))
                found[type_][member].append(entry)
        return found

    def common_organisation(self, one: set[str], other: set[str], at: Span) -> list[str]:
        """Return the facts by which parties of two sides may belong to one organisation then."""
        sides = [
            {
                (organisation, fact)
                for member in side
                for organisation, fact, holding in self._organisations.get(member, ())
                if holding.may_hold(at)
            }
            for side in (one, other)
        ]
        shared = {o for o, _ in sides[0]} & {o for o, _ in sides[1]}
        return sorted({fact for side in sides for o, fact in side if o in shared})

    @cached_property
    def person_kinds(self) -> Batch[str]:
        """Return the kind of every person: person, organisation or group."""
        return Whole(lambda ids: self._read_people("kind", ids), "", lambda: self.many("Person"))

    @cached_property
    def names(self) -> Batch[str]:
        """Return the name of every person by id."""
        return Whole(lambda ids: self._read_people("name", ids), "", lambda: self.many("Person"))

    def _read_people(self, name: str, ids: list[str] | None) -> dict[str, str]:
        rows = read_nodes(self.engine, "Person", ("id", name), ids=ids)
        return {str(id_): str(value) for id_, value in rows}

    def name(self, party: str) -> str:
        """Return what a party is called: a person's name, else the id of its account."""
        return self.names[party] or party

    def is_close_kin(self, tie: Tie) -> bool:
        """Tell whether a tie is one of spouses, kin or partners."""
        return tie.basis in _KIN
