"""Neo4j, the engine and the reference give the same rows for random queries."""

from __future__ import annotations

from secrets import randbits
from typing import TYPE_CHECKING

import pytest

from tests.needs import is_long, report_table
from tests.reference.comparison import Tally
from tests.reference.pairs import compare_engine
from tests.reference.searches import search
from tests.reference.server import compare_server

if TYPE_CHECKING:
    from tests.parity.conftest import Ask
    from tests.reference.pairs import Asked

PAIRS, FEW = 2000, 150
pytestmark = pytest.mark.neo4j


@pytest.mark.slow
def test_neo4j_engine_and_reference_agree(ask_neo4j: Ask, request: pytest.FixtureRequest) -> None:
    wanted = PAIRS if is_long() else FEW

    def compare(asked: Asked, tally: Tally) -> None:
        engine = Tally()
        compare_engine(asked, engine)
        tally.refused += engine.refused
        compare_server(ask_neo4j, asked, tally)

    tally = search(randbits(32) if is_long() else 7, wanted // 8, compare)
    name = request.node.callspec.id
    report_table(f"random pairs, Neo4j {name} against reference", "\n".join(tally.lines()))
    assert tally.compared >= wanted
