"""Turns a finding and its facts into a scene: people around their accounts, and what joins them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.texts import text
from graphmodel.views.amounts import amount_text, figure_text
from graphmodel.views.naming import Names, role_words
from graphmodel.views.scene_cast import FAMILY, choose_cast
from graphmodel.views.scene_links import TIES, Links, party_label
from graphmodel.views.scene_types import BOTTOM, MIDDLE, TOP, Box, Household, Person, Scene

if TYPE_CHECKING:
    from graphmodel.model.finding import Finding
    from graphmodel.model.subgraph import SubGraph
    from graphmodel.texts import Language
    from graphmodel.views.scene_cast import Cast

_RANKS = {
    "upstream": TOP,
    "supplier": TOP,
    "seller": TOP,
    "impersonated": TOP,
    "employer": TOP,
    "principal": BOTTOM,
    "buyer": BOTTOM,
    "buyers": BOTTOM,
    "victim": BOTTOM,
    "client": BOTTOM,
}
_PERSON_KINDS = ("person", "organisation", "group")


def build_scene(
    finding: Finding, graph: SubGraph, language: Language, *, names: Names | None = None
) -> Scene:
    """Return what the picture of a finding shows. Nothing is guessed: what is unknown says so."""
    names = names or Names(graph, language)
    cast = choose_cast(finding, names.index)
    people = _People(finding, cast, names).build()
    links = Links(finding, cast, names).build()
    households = _households(finding, cast, people, names)
    pill = _gain_pill(finding, cast, _traders(finding, cast, households), language)
    at = _pill_household(finding, households)
    return Scene(
        key=finding.id,
        title=finding.title.get(language),
        people=people,
        households=tuple(h._replace(pill=pill if h is at else "") for h in households),
        links=links,
        pill="" if at else pill,
        caption=_caption(finding, names),
        left_out=_left_out(cast, names),
    )


class _People:
    """Builds the containers of a scene."""

    def __init__(self, finding: Finding, cast: Cast, names: Names) -> None:
        self._cast = cast
        self._names = names
        self._roles = _roles_of(finding)

    def build(self) -> tuple[Person, ...]:
        """Return all containers: known persons first, then accounts of which nobody is known."""
        people = [self._person(person) for person in self._cast.persons]
        alone = [a for a in self._cast.accounts if a not in self._cast.owners]
        return (*people, *(self._nobody(account) for account in alone))

    def _person(self, person: str) -> Person:
        names, cast = self._names, self._cast
        owned = [account for account in cast.accounts if cast.owners.get(account) == person]
        node = cast.graph.nodes["Person", person]
        kind = str(node.properties.get("kind") or "person")
        name = names.name(("Person", person))
        rank, order = self._place(person, *owned)
        return Person(
            key=f"p:{person}",
            name=name or text("page-person-unknown", names.language),
            role=self._role_words(person, *owned),
            kind=kind if kind in _PERSON_KINDS else "person",
            columns=tuple(self._column(account) for account in owned),
            rank=rank,
            order=order,
            unknown=not name,
        )

    def _nobody(self, account: str) -> Person:
        rank, order = self._place(account)
        first, *shown = self._column(account)
        told = " · ".join(filter(None, (self._role_words(account), first.subtitle)))
        column = (first._replace(subtitle=told), *shown)
        return Person(f"u:{account}", "", "", "", (column,), rank, order)

    def _place(self, *ids: str) -> tuple[int, int]:
        places = [place for i in ids for place in self._roles.get(i, ())]
        ranked = [(_RANKS.get(role, MIDDLE), order) for order, role in places]
        return min(ranked, key=lambda place: place[1], default=(MIDDLE, len(self._roles)))

    def _role_words(self, *ids: str) -> str:
        language = self._names.language
        roles = dict.fromkeys(role for i in ids for _, role in sorted(self._roles.get(i, ())))
        return " · ".join(role_words(role, language) for role in roles)

    def _column(self, account: str) -> tuple[Box, ...]:
        shown = self._cast.shown.get(account, ())
        return (self._account(account), *(self._persona(account, p) for p in shown))

    def _account(self, account: str) -> Box:
        names, language = self._names, self._names.language
        node = self._cast.graph.nodes["Account", account]
        platform = names.platform(node)
        if node.properties.get("platform") == "unknown":
            words = text("page-account-unknown", language)
            return Box(f"a:{account}", "account", words, unknown=True)
        unowned = account not in self._cast.owners
        nobody = text("page-holder-unknown", language) if unowned else ""
        own = [p for p in self._cast.personas() if self._cast.holder(p) == account]
        if own:
            key = "page-genuine" if own[0] in self._cast.genuine else "page-earlier"
            title = text(key, language, name=names.name(("Persona", own[0])))
            return Box(f"a:{account}", "account", title, nobody or platform, unowned)
        parts = (names.handle(node), nobody)
        return Box(f"a:{account}", "account", platform, " · ".join(filter(None, parts)), unowned)

    def _persona(self, account: str, persona: str) -> Box:
        names, language = self._names, self._names.language
        name = names.name(("Persona", persona))
        posed = bool(self._cast.holder(persona))
        key = "page-posed" if posed else "page-shown"
        owner = self._cast.owners.get(account)
        user = names.name(("Person", owner)) if owner else ""
        line = "page-persona-posed" if posed else "page-persona-shown"
        subtitle = (
            text(line, language, name=user) if user else text("page-holder-unknown", language)
        )
        return Box(f"n:{account}|{persona}", "persona", text(key, language, name=name), subtitle)


def _roles_of(finding: Finding) -> dict[str, list[tuple[int, str]]]:
    """Return the roles of each person or account with their order in the finding."""
    roles: dict[str, list[tuple[int, str]]] = {}
    for order, (role, members) in enumerate(finding.roles.items()):
        for position, member in enumerate(members):
            roles.setdefault(member, []).append((order * 100 + position, role))
    return roles


def _households(
    finding: Finding, cast: Cast, people: tuple[Person, ...], names: Names
) -> list[Household]:
    """Return the groups of drawn persons that kinship joins, in order of their first member."""
    order = {person.key: person.order for person in people}
    groups: list[set[str]] = []
    ties = (t for p in cast.persons for kind in FAMILY for t in cast.graph.out(("Person", p), kind))
    for link in ties:
        pair = {f"p:{link.start[1]}", f"p:{link.end[1]}"}
        if pair <= order.keys():
            joined = [group for group in groups if group & pair]
            groups = [group for group in groups if not group & pair]
            groups.append(pair.union(*joined))
    groups.sort(key=min)
    label = text("page-household", names.language)
    return [
        Household(f"h:{finding.id}:{i}", label, tuple(sorted(g, key=lambda k: (order[k], k))))
        for i, g in enumerate(groups)
    ]


def _pill_household(finding: Finding, households: list[Household]) -> Household | None:
    """Return the household that sold, if it is one of those drawn."""
    sides = {f"p:{m}" for role in _TRADING for m in finding.roles.get(role, ())}
    return next((h for h in households if sides & set(h.members)), None)


_TRADING = ("agent", "front", "intermediary", "impersonator")


def _traders(finding: Finding, cast: Cast, households: list[Household]) -> set[str]:
    """Return the accounts of those who bought and sold on."""
    members = {m for role in _TRADING for m in finding.roles.get(role, ())}
    home = _pill_household(finding, households)
    if home:
        members |= {key.removeprefix("p:") for key in home.members}
    return {a for a in cast.accounts if a in members or cast.owners.get(a) in members}


def _gain_pill(finding: Finding, cast: Cast, traders: set[str], language: Language) -> str:
    """Return cost, revenue and gain where they are known and fit together, else the gain alone."""
    gain = finding.figures.get("gain")
    if gain is None:
        return ""
    words = figure_text(gain, language)
    sides: dict[bool, list[int | None]] = {True: [], False: []}
    for deal in cast.deals:
        sold = set(cast.ends(deal, "SELLER")) & traders
        bought = set(cast.ends(deal, "BUYER")) & traders
        if bool(sold) != bool(bought):
            known = deal.properties.get("value_bound") in {None, "exact"}
            same = deal.properties.get("currency") == gain.currency
            value = deal.properties.get("value_minor")
            sides[bool(sold)].append(value if isinstance(value, int) and known and same else None)
    cost, revenue = (sum(filter(None, side)) for side in (sides[False], sides[True]))
    complete = all(None not in side and side for side in sides.values())
    if not complete or revenue - cost != gain.number.value or gain.number.bound != "exact":
        return text("page-pill-gain", language, gain=words)
    return text(
        "page-pill",
        language,
        cost=amount_text(cost, gain.currency),
        revenue=amount_text(revenue, gain.currency),
        gain=words,
    )


def _caption(finding: Finding, names: Names) -> str:
    """Return the members of the closed circle in order, the first repeated."""
    if not finding.circle:
        return ""
    roles = _roles_of(finding)
    words = []
    for member in finding.circle:
        named = party_label(member, names)
        role = next((r for _, r in roles.get(member, ())), "")
        words.append(f"{role_words(role, names.language)} {named}" if role else named)
    return " → ".join((*words, party_label(finding.circle[0], names)))


def _left_out(cast: Cast, names: Names) -> tuple[str, ...]:
    """Return the names of persons tied to those drawn, but not drawn, and of cut accounts."""
    drawn = set(cast.persons)
    near = set()
    for person in cast.persons:
        for type_ in TIES:
            near |= {link.end for link in cast.graph.out(("Person", person), type_)}
            near |= {link.start for link in cast.graph.into(("Person", person), type_)}
    persons = sorted(key for key in near if key[0] == "Person" and key[1] not in drawn)
    found = [names.name(key) or names.code(key[1]) for key in persons]
    if cast.dropped:
        found.append(text("page-accounts-left-out", names.language, count=cast.dropped))
    return tuple(found)
