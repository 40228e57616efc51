"""A graph of personal data, money and people in one case: findings, explained and drawn.

>>> import graphmodel
>>> graphmodel.Level.STRONG.label
'strong'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphmodel.case import Case
    from graphmodel.errors import (
        CypherError,
        EngineError,
        GraphmodelError,
        InputError,
        InternalError,
        LimitError,
        UsageError,
    )
    from graphmodel.model.evidence import Words
    from graphmodel.model.finding import Figure, Finding, Level, Signal
    from graphmodel.model.report import Report
    from graphmodel.model.typology import Typology
    from graphmodel.query.graph import PropertyGraph

    __version__: str

__all__ = [
    "Case",
    "CypherError",
    "EngineError",
    "Figure",
    "Finding",
    "GraphmodelError",
    "InputError",
    "InternalError",
    "Level",
    "LimitError",
    "PropertyGraph",
    "Report",
    "Signal",
    "Typology",
    "UsageError",
    "Words",
    "__version__",
]

_HOMES = {
    "Case": "graphmodel.case",
    "CypherError": "graphmodel.errors",
    "EngineError": "graphmodel.errors",
    "Figure": "graphmodel.model.finding",
    "Finding": "graphmodel.model.finding",
    "GraphmodelError": "graphmodel.errors",
    "InputError": "graphmodel.errors",
    "InternalError": "graphmodel.errors",
    "Level": "graphmodel.model.finding",
    "LimitError": "graphmodel.errors",
    "PropertyGraph": "graphmodel.query.graph",
    "Report": "graphmodel.model.report",
    "Signal": "graphmodel.model.finding",
    "Typology": "graphmodel.model.typology",
    "UsageError": "graphmodel.errors",
    "Words": "graphmodel.model.evidence",
}


def __getattr__(name: str) -> object:
    """Return a public name, loading its module at first use."""
    if name == "__version__":
        return import_module("graphmodel.settings").program_version()
    if name not in _HOMES:
        msg = f"module 'graphmodel' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)
