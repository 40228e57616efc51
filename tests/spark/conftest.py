"""One Spark for all tests of this folder, started when the first of them asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.needs import absent
from tests.spark_session import NoSparkError, running_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.spark.stage import Stage


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Yield a session with the graphs of the tests, or skip."""
    from tests.spark.stage import Stage

    try:
        with running_session() as session:
            made = Stage(session)
            yield made
            made.close()
    except NoSparkError as error:
        absent("spark", str(error))
