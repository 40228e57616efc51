"""Values by id, read many at a time: one query for all matches instead of one for each."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

T = TypeVar("T")
D = TypeVar("D")


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

    def __contains__(self, id_: str) -> bool:
        """Tell whether there is a value of an id."""
        return self[id_] != self._absent

    @overload
    def get(self, id_: str) -> T | None: ...

    @overload
    def get(self, id_: str, default: D) -> T | D: ...

    def get(self, id_: str, default: D | None = None) -> T | D | None:
        """Return the value of an id, or `default` where there is none."""
        value = self[id_]
        return default if value == self._absent else value

    def __getitem__(self, id_: str) -> T:
        """Return the value of one id, read alone if it was not needed before."""
        if id_ not in self._values:
            self.need([id_])
        return self._values[id_]


SMALL, PATIENCE, FACTS_A_READ = 20_000, 32, 3_000
"""Up to `SMALL` facts are read at once. Where there are more, one id alone is read `PATIENCE`
times, or once for so many facts, which take as long to read: then all are read."""


class Whole(Batch[T]):
    """A batch that reads everything where it is little, or where it is asked for one by one.

    `count` says how many facts there are.
    """

    def __init__(
        self,
        load: Callable[[list[str] | None], Mapping[str, T]],
        absent: T,
        count: Callable[[], int],
    ) -> None:
        """Keep the loader, which reads everything where it is given None; nothing is read yet."""
        super().__init__(load, absent)
        self._load_any = load
        self._count = count
        self._alone = 0
        self._is_whole = False

    @cached_property
    def _many(self) -> int:
        return self._count()

    def need(self, ids: Iterable[str]) -> None:
        """Read what is not read yet, in one go."""
        if not self._is_whole:
            if self._many <= SMALL:
                self._read_all()
            else:
                super().need(ids)

    def __getitem__(self, id_: str) -> T:
        """Return the value of one id; read alone only so often."""
        if id_ not in self._values and not self._is_whole:
            self.need([id_])
            self._alone += 1
            if self._alone > max(PATIENCE, self._many // FACTS_A_READ) and not self._is_whole:
                self._read_all()
        return self._values.get(id_, self._absent)

    def _read_all(self) -> None:
        self._values = dict(self._load_any(None))
        self._is_whole = True
