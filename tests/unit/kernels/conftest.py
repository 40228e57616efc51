"""Kernels run interpreted here, which needs no compiling; `test_compiled.py` compares the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphmodel.kernels.jit import interpreted

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _interpreted(request: pytest.FixtureRequest) -> Iterator[None]:
    with interpreted(when=request.path.name != "test_compiled.py"):
        yield
