"""The reader of `cypher/`: every rule text with its header; every rule compiles."""

from __future__ import annotations

import pytest

from graphmodel.errors import InternalError
from graphmodel.model.schema import SCHEMA
from graphmodel.query.catalogue import Catalogue
from graphmodel.query.compile import compile_query
from graphmodel.query.rules import folder, rule, rule_names

NAMES = [f"{kind}/{stem}" for kind in ("derive", "typologies") for stem in rule_names(kind)]


def test_the_folder_of_the_checkout_is_read() -> None:
    assert folder().name == "cypher"
    assert {"derive/acts_through", "typologies/relay"} <= set(NAMES)
    assert rule_names("derive") == sorted(rule_names("derive"))


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_has_a_header_and_compiles_to_its_columns(name: str) -> None:
    found = rule(name)
    assert found.name == name
    assert found.version >= 1
    assert found.subject
    params = dict.fromkeys(found.params, 3)
    compiled = compile_query(found.text, Catalogue.of_schema(SCHEMA), params)
    assert set(compiled.columns) == set(found.returns)
    assert set(compiled.bound) == set(found.params)


def test_an_unknown_rule_is_a_fault() -> None:
    with pytest.raises(InternalError):
        rule("derive/nothing")
