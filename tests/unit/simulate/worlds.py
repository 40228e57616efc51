"""Small worlds with stories told by the tests themselves, so that no plant module is needed."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Literal

from graphmodel.simulate.planting import Casting, Stories
from graphmodel.simulate.stage import Label, stamp
from graphmodel.simulate.world import LEAST_PAYMENTS, Plan

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.simulate.stage import Stage

RECORDS = 34_567


def told(stage: Stage, typology: str, kind: Literal["plant", "decoy"]) -> Label:
    """Tell of a sale whose payer met somebody of the background."""
    seller = stage.account(stage.person(), opened="2019-03")
    buyer = stage.account()
    batch, at = stage.batch(RECORDS), stamp(stage.moment(3))
    deal = stage.deal(seller, buyer, batch=batch, quantity=RECORDS, total="10.00", time=at)
    paid = stage.payment(buyer, stage.bystanders[0], 1_000, time="2025-03")
    stage.add("identifiers", account=seller, kind="device", value=stage.id("device"))
    stage.add("messages", id=stage.id("message"), author=buyer, text=f'so, "{deal}"')
    stage.add("personas", id=stage.id("persona"), name=f"{stage.name}-persona-1 shop")
    roles = {"seller": (seller,), "buyer": (buyer,)}
    return Label(stage.name, typology, kind, "plain", stage.hardship, roles, (deal, paid))


def stories(typology: str) -> Stories:
    """Return the stories of a typology that only tests have."""
    return Stories(
        lambda stage: told(stage, typology, "plant"), lambda stage: told(stage, typology, "decoy")
    )


STORIES = {"other": stories("other"), "sale": stories("sale")}


def plan(casting: Casting | None = None, **given: object) -> Plan:
    """Return the plan of a small world, changed as given."""
    usual: dict[str, Any] = {"payments": LEAST_PAYMENTS, "stories": STORIES}
    return Plan(casting=casting or Casting(4, 3, 0.5, 5), **{**usual, **given})


def rows(out: Path, table: str) -> list[dict[str, str]]:
    """Return the rows of a table of a world."""
    with (out / "case" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
