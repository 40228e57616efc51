"""How kernels run: compiled by numba, or as plain Python where the input is small.

A kernel is one function with two ways of running it. Compiling takes seconds on a machine that has
not done it yet, so few payments are worked through by the interpreter and nobody waits; the same
lines give the same answer. Compiled code lies in the user's cache folder (it is good for one model
of processor, which numba's index knows); `GRAPHMODEL_KERNEL_CACHE` names another folder.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, update_wrapper
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_INTERPRETED: ContextVar[bool] = ContextVar("interpreted", default=False)


@cache
def _numba() -> ModuleType:
    """Return numba, told where its cache lies."""
    import numba
    from numba.core import config

    settings = vars(config)
    if not settings["CACHE_DIR"]:
        settings["CACHE_DIR"] = cache_folder()
    return numba


def cache_folder() -> str:
    """Return the folder where compiled code is kept."""
    from platformdirs import user_cache_path

    named = os.environ.get("GRAPHMODEL_KERNEL_CACHE")
    return named or str(user_cache_path("graphmodel", appauthor=False) / "kernels")


class Kernel:
    """A function over arrays, compiled on its first call unless `interpreted()` is in force."""

    def __init__(
        self, function: Callable[..., Any], *, inline: bool = False, counts: bool = True
    ) -> None:
        """Keep the function; nothing is compiled or imported yet."""
        self.function = function
        self.options = {"inline": "always" if inline else "never", "_nrt": counts}
        self._dispatcher: Any = None
        update_wrapper(self, function)

    @property
    def dispatcher(self) -> Any:
        """Return numba's view of the function; several threads may run it at once."""
        if self._dispatcher is None:
            compiler = _numba().njit(cache=True, nogil=True, **self.options)
            self._dispatcher = compiler(self._compilable())
        return self._dispatcher

    def _compilable(self) -> FunctionType:
        """Return the function with the kernels it calls as numba knows them."""
        used = self.function.__code__.co_names
        names = dict(self.function.__globals__)
        names |= {
            name: names[name].dispatcher for name in used if isinstance(names.get(name), Kernel)
        }
        made = FunctionType(self.function.__code__, names, self.function.__name__)
        made.__qualname__, made.__module__ = self.function.__qualname__, self.function.__module__
        return made

    @property
    def is_cached(self) -> bool:
        """Tell whether compiled code for this model of processor lies in the cache folder."""
        dispatcher = self.dispatcher
        machine = dispatcher.targetctx.codegen().magic_tuple()
        index = dispatcher._cache._cache_file._load_index()  # noqa: SLF001 # numba has no other way
        return any(key[1] == machine for key in index)

    def __call__(self, *arguments: Any) -> Any:
        """Run the function."""
        if _INTERPRETED.get():
            return self.function(*arguments)
        return self.dispatcher(*arguments)


def kernel(function: Callable[..., Any]) -> Kernel:
    """Make a kernel of a function."""
    return Kernel(function)


def inlined(function: Callable[..., Any]) -> Kernel:
    """Make a kernel that is written into its callers, for what runs at every step."""
    return Kernel(function, inline=True)


def uncounted(function: Callable[..., Any]) -> Kernel:
    """Make a kernel that makes no array, and counts no references to those it is given.

    Counting them at every call it has inlined would cost more than the steps of a search.
    """
    return Kernel(function, counts=False)


@contextmanager
def interpreted(*, when: bool = True) -> Iterator[None]:
    """Run kernels as plain Python inside the block, if `when` holds."""
    token = _INTERPRETED.set(when or _INTERPRETED.get())
    try:
        yield
    finally:
        _INTERPRETED.reset(token)
