"""What a picture shows, as plain values: boxes, people around them, households, links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

TOP, MIDDLE, BOTTOM = 0, 1, 2
"""Where a role likes to stand: upstream, between, buyer."""

FLOW_KINDS = ("data", "money", "agreed", "claim")
"""Links that run beside each other between the same two boxes; data on the left."""


class Box(NamedTuple):
    """An account, or a persona as shown by an account (`kind` is `account` or `persona`)."""

    key: str
    kind: str
    title: str
    subtitle: str = ""
    unknown: bool = False


class Person(NamedTuple):
    """A person around the boxes they act through; `kind` is empty where nobody is known.

    `columns` are the accounts side by side, each with the personas it shows beneath it.
    """

    key: str
    name: str
    role: str
    kind: str
    columns: tuple[tuple[Box, ...], ...]
    rank: int = MIDDLE
    order: int = 0
    unknown: bool = False


class Household(NamedTuple):
    """A frame around kin; `pill` says what they gained together, or nothing."""

    key: str
    label: str
    members: tuple[str, ...]
    pill: str = ""


class Link(NamedTuple):
    """A line between two boxes or persons, drawn from `start` to `end`.

    `kind` is one of `FLOW_KINDS`, `same`, `shows`, `poses` or `tie`; `lines` are its label; `step`
    its place in the circle of the finding, 0 for none.
    """

    kind: str
    start: str
    end: str
    lines: tuple[str, ...] = ()
    certainty: str = "stated"
    step: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything one picture shows. `caption` tells the circle, `left_out` who is not drawn."""

    key: str
    title: str
    people: tuple[Person, ...]
    households: tuple[Household, ...]
    links: tuple[Link, ...]
    pill: str = ""
    caption: str = ""
    left_out: tuple[str, ...] = ()

    def names(self) -> dict[str, str]:
        """Return the name by key of every person and box."""
        names = {person.key: person.name for person in self.people if person.name}
        for person in self.people:
            for box in (box for column in person.columns for box in column):
                names[box.key] = " · ".join(filter(None, (person.name, box.title)))
        return names
