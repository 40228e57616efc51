"""Plants and decoys: which are told, under what hardship, and how their rows join the background.

Stories come from the modules under `graphmodel/simulate/plants/`, found by their stems. Ids in the
rows and labels of a story are replaced by ids from the numbers of the background, so that nothing
in the case tells who was planted; the truth names the same ids.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from importlib import import_module
from pkgutil import iter_modules
from random import Random
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from graphmodel.simulate.clock import BEGIN, DAYS
from graphmodel.simulate.people import HANDLES
from graphmodel.simulate.stage import Hardship, Label, Row, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from graphmodel.simulate.numbering import Numbers

    Teller: TypeAlias = Callable[[Stage], Label]

BYSTANDERS = 24
"""Accounts of the background that one story may meet."""

_STAGE_NAMES = 10**7
_NAMES = "personas"
"""The table whose names stay as told: two that look alike must go on doing so."""

_KINDS = {"batches": "batch", "deliveries": "delivery"}
_HARD = tuple(hardship for hardship in Hardship if hardship is not Hardship.NONE)


class Stories(NamedTuple):
    """How stories of one typology are told."""

    plant: Teller
    decoy: Teller


class Casting(NamedTuple):
    """How many plants and decoys of each typology there are, and which share has a hardship."""

    plants: int
    decoys: int
    hardship: float
    seed: int


def _random(label: str) -> Random:
    """Return the random numbers of one purpose, apart from those of all others."""
    return Random(label)  # noqa: S311 - a world is to be drawn again


def discover() -> dict[str, Stories]:
    """Return the stories of every typology by name, in order."""
    package = import_module("graphmodel.simulate.plants")
    stems = sorted(module.name for module in iter_modules(package.__path__))
    found = {}
    for stem in stems:
        module = import_module(f"{package.__name__}.{stem}")
        found[stem] = Stories(module.plant, module.decoy)
    return found


def kind_of(table: str) -> str:
    """Return the word with which ids of a table begin.

    >>> kind_of("deliveries"), kind_of("payments")
    ('delivery', 'payment')
    """
    return _KINDS.get(table, table.removesuffix("s"))


# ---------------------------------------------------------------- stages


def tell_all(
    stories: Mapping[str, Stories], casting: Casting, bystanders: Sequence[str]
) -> list[tuple[Stage, Label]]:
    """Tell every story on a stage of its own, with bystanders dealt out among the stages."""
    told = []
    begin = datetime.combine(BEGIN, time.min)
    names = _stage_names(casting.seed, len(stories) * (casting.plants + casting.decoys))
    dealt = _dealt(bystanders, casting.seed)
    for typology, kind, number, hardship in _program(stories, casting):
        stage = Stage(
            next(names),
            _random(f"{casting.seed}:{typology}:{kind}:{number}"),
            begin,
            begin + timedelta(days=DAYS),
            next(dealt),
            hardship,
        )
        label = getattr(stories[typology], kind)(stage)
        told.append((stage, label))
    return told


def _program(
    stories: Mapping[str, Stories], casting: Casting
) -> Iterator[tuple[str, str, int, Hardship]]:
    """Yield typology, kind, number and hardship of every story.

    The share of plants with a hardship is met over all plants, and as nearly as possible in each
    typology; decoys as often have unrelated deals around them.
    """
    for place, typology in enumerate(stories):
        rng = _random(f"{casting.seed}:{typology}:hardships")
        for kind, count in (("plant", casting.plants), ("decoy", casting.decoys)):
            before = round(place * count * casting.hardship)
            hard = round((place + 1) * count * casting.hardship) - before
            chosen = rng.sample(range(count), hard)
            turn = rng.randrange(len(_HARD))
            given = {
                number: _HARD[(turn + index) % len(_HARD)]
                if kind == "plant"
                else Hardship.UNRELATED_DEALS
                for index, number in enumerate(chosen)
            }
            for number in range(count):
                yield typology, kind, number, given.get(number, Hardship.NONE)


def _stage_names(seed: int, count: int) -> Iterator[str]:
    """Yield names that say nothing of the story: part of them may show in shown names."""
    drawn = _random(f"{seed}:stages").sample(range(_STAGE_NAMES // 10, _STAGE_NAMES), count)
    return iter([f"s{number}" for number in drawn])


def _dealt(bystanders: Sequence[str], seed: int) -> Iterator[list[str]]:
    """Yield bystanders in turn; nobody stands by twice before all have."""
    shuffled = list(bystanders)
    _random(f"{seed}:bystanders").shuffle(shuffled)
    at = 0
    while True:
        if at + BYSTANDERS > len(shuffled):
            at = 0
        yield shuffled[at : at + BYSTANDERS]
        at += BYSTANDERS


# ---------------------------------------------------------------- joining the background


def taken_quantities(told: Sequence[tuple[Stage, Label]]) -> set[int]:
    """Return the quantities of the deals told, which no deal of the background may share."""
    cells = (row.get("quantity", "") for stage, _ in told for row in stage.tables.get("deals", ()))
    return {int(cell) for cell in cells if cell.isdigit()}


def joined(
    told: Sequence[tuple[Stage, Label]], numbers: Numbers
) -> tuple[dict[str, list[Row]], list[Label]]:
    """Return all rows by table and the labels, both under new ids."""
    tables: dict[str, list[Row]] = {}
    labels = []
    turn = dict.fromkeys([(label.typology, label.kind) for _, label in told], 0)
    for stage, label in told:
        renaming = _Renaming(stage, numbers)
        for table, rows in stage.tables.items():
            tables.setdefault(table, []).extend(renaming.row(table, row) for row in rows)
        turn[label.typology, label.kind] += 1
        id_ = f"{label.typology}-{label.kind}-{turn[label.typology, label.kind]}"
        labels.append(renaming.label(label, id_))
    return tables, labels


def _dress(table: str, row: Row) -> Row:
    """Return what the background tells of everybody: a story that leaves it out would stand out."""
    if table == "persons":
        return {"kind": "person"}
    if table == "accounts":
        word = HANDLES.get(row.get("platform", ""), "")
        return {"handle": word + row["id"].rpartition("-")[2]} if word else {}
    return {}


class _Renaming:
    """New ids for those that a stage gave out."""

    def __init__(self, stage: Stage, numbers: Numbers) -> None:
        self._name = f"{stage.name}-"
        self._pattern = re.compile(rf"{re.escape(stage.name)}-([\w-]*?)-(\d+)(?!\d)")
        self._numbers = numbers
        self._new = {
            row["id"]: numbers.new(kind_of(table))
            for table, rows in stage.tables.items()
            for row in rows
            if "id" in row
        }

    def text(self, text: str) -> str:
        """Return a text with every id of the stage replaced."""
        return self._pattern.sub(self._of, text) if self._name in text else text

    def _of(self, match: re.Match[str]) -> str:
        if match[0] not in self._new:
            self._new[match[0]] = self._numbers.new(match[1])
        return self._new[match[0]]

    def row(self, table: str, row: Row) -> Row:
        """Return a row under new ids."""
        kept = {"name"} if table == _NAMES else set()
        new = {column: cell if column in kept else self.text(cell) for column, cell in row.items()}
        return {**_dress(table, new), **new}

    def label(self, label: Label, id_: str) -> Label:
        """Return a label that names the new ids."""
        return Label(
            id_,
            label.typology,
            label.kind,
            label.variant,
            label.hardship,
            {role: tuple(map(self.text, ids)) for role, ids in label.roles.items()},
            tuple(map(self.text, label.events)),
        )
