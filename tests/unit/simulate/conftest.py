"""One world of honest people for the tests that only look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphmodel.simulate.planting import Casting
from graphmodel.simulate.world import simulate
from tests.unit.simulate.worlds import plan

if TYPE_CHECKING:
    from pathlib import Path

PAYMENTS = 20_000


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a world of 20,000 payments in which nothing is planted."""
    out = tmp_path_factory.mktemp("honest") / "world"
    simulate(plan(Casting(0, 0, 0.0, 5), payments=PAYMENTS), out)
    return out
