"""Typologies found by their stem in `detect/typologies`, and those that other packages bring."""

from __future__ import annotations

import inspect
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from graphmodel.detect import typologies as package
from graphmodel.errors import UsageError

if TYPE_CHECKING:
    from types import ModuleType

    from graphmodel.model.typology import Typology

ENTRY_POINTS = "graphmodel.typologies"
"""Entry-point group under which another package names modules with a `TYPOLOGY` and a card."""


@cache
def _modules() -> dict[str, ModuleType]:
    stems = sorted(m.name for m in iter_modules(package.__path__) if not m.name.startswith("_"))
    found = {stem: import_module(f"{package.__name__}.{stem}") for stem in stems}
    for point in entry_points(group=ENTRY_POINTS):
        found.setdefault(point.name, point.load())
    return found


def typologies() -> dict[str, Typology[Any, Any]]:
    """Return all typologies by name, in order of name."""
    return {name: _modules()[name].TYPOLOGY for name in sorted(_modules())}


def typology(name: str) -> Typology[Any, Any]:
    """Return one typology; an unknown name is a UsageError with the nearest known one."""
    known = typologies()
    if name in known:
        return known[name]
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
    msg = f"No typology is called {name!r}."
    raise UsageError(msg, hint=hint)


def card(name: str) -> str:
    """Return the card of a typology: the docstring of its module."""
    typology(name)
    return inspect.cleandoc(_modules()[name].__doc__ or "")
