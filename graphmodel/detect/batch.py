"""Values by id, read many at a time: one query for all matches instead of one for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

T = TypeVar("T")


class Batch(Generic[T]):
    """Reads by `load`, which gives the values of some of the ids asked for; others are `absent`."""

    def __init__(self, load: Callable[[list[str]], Mapping[str, T]], absent: T) -> None:
        """Keep the loader; nothing is read yet."""
        self._load = load
        self._absent = absent
        self._values: dict[str, T] = {}

    def need(self, ids: Iterable[str]) -> None:
        """Read what is not read yet, in one go."""
        missing = sorted({id_ for id_ in ids if id_ not in self._values})
        if missing:
            found = self._load(missing)
            self._values.update({id_: found.get(id_, self._absent) for id_ in missing})

    def __getitem__(self, id_: str) -> T:
        """Return the value of one id, read alone if it was not needed before."""
        if id_ not in self._values:
            self.need([id_])
        return self._values[id_]
