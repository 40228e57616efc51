"""An older DuckDB that cannot see outer tables in a lambda is a refusal, not a breakdown."""

from __future__ import annotations

import duckdb

from graphmodel.errors import CypherError
from graphmodel.query.engines.failures import translated
from graphmodel.query.engines.limits import Limits


def test_a_table_that_a_lambda_cannot_see_is_refused() -> None:
    said = 'Binder Error: Referenced table "n1" not found! Candidate tables: "r2"'
    error = translated(duckdb.BinderException(said), Limits())
    assert isinstance(error, CypherError)
    assert "duckdb" in error.reason
    assert "n1" not in str(error)
