"""Columns of cells into columns of values, by the same parsers as single cells.

Each different text is parsed once by the parser of `cells`. Two kinds have a shorter way for what
is certainly plain, since hardly two of their cells are alike: ids of printable ASCII signs, and
times written as date, minute or second where the zone's clocks stand still all day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from graphmodel.model.instants import UNKNOWN, Interval
from graphmodel.sources.cells import LONGEST_ID, RESERVED, Bad, Memo, cell_parser
from graphmodel.sources.spec import WHEN, Column, Kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from numpy.typing import NDArray

_NUMBERS = (Kind.COUNT, Kind.PRICE)
_SLICE = 250_000
_BLANK_LEADS = (0xC2, 0xE1, 0xE2, 0xE3)
"""First bytes of the blanks beyond ASCII: U+0085, U+00A0, U+1680, U+2000 to U+3000."""

_YEARS = (1800, 2200)
_DAY_S = 86_400


class Values(NamedTuple):
    """Values of a column: text or integers (null: empty), which cells are good.

    Times also have the ends of their intervals in seconds; their values are the texts as stated.
    """

    values: Any
    good: NDArray[Any]
    t0: NDArray[Any] | None = None
    t1: NDArray[Any] | None = None


class Coded(NamedTuple):
    """Different texts of a column, and the place among them of each cell (-1: null)."""

    texts: Any
    codes: NDArray[Any]

    def words(self) -> list[str]:
        """Return the different texts as Python values."""
        return cast("list[str]", self.texts.to_pylist())


def coded(cells: Any) -> Coded:  # noqa: ANN401 - pyarrow has no types
    """Return the different texts of a column and the code of each cell."""
    import pyarrow.compute as pc

    whole = pc.dictionary_encode(cells)
    return Coded(whole.dictionary, whole.indices.fill_null(-1).to_numpy(zero_copy_only=False))


def signs_of(cells: Any) -> tuple[NDArray[Any], NDArray[Any]]:  # noqa: ANN401
    """Return the bytes of a column of text and where each cell begins (one more than cells)."""
    import numpy as np

    wide = str(cells.type) == "large_string"
    _, offsets, data = cells.buffers()
    places = np.frombuffer(offsets, np.int64 if wide else np.int32)
    places = places[cells.offset : cells.offset + len(cells) + 1]
    return np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8), places


def has_only(cells: Any, lowest: int, highest: int) -> bool:  # noqa: ANN401
    """Say whether all bytes of a column lie in a range."""
    data, places = signs_of(cells)
    used = data[places[0] : places[-1]]
    return not len(used) or bool(used.min() >= lowest and used.max() <= highest)


def rows_with(cells: Any, sign: int) -> NDArray[Any]:  # noqa: ANN401
    """Return, by cell, whether it holds an ASCII sign."""
    import numpy as np

    data, places = signs_of(cells)
    found = np.zeros(len(cells), bool)
    at = np.flatnonzero(data[places[0] : places[-1]] == sign) + places[0]
    found[np.searchsorted(places, at, side="right") - 1] = True
    return found


def blank_rows(cells: Any) -> NDArray[Any]:  # noqa: ANN401
    """Return, by cell, whether nothing but blanks stands in it."""
    import numpy as np

    data, places = signs_of(cells)
    starts, lengths = places[:-1], np.diff(places)
    blank: NDArray[Any] = lengths == 0
    if not len(data):
        return blank
    first = data[np.minimum(starts, len(data) - 1)]
    maybe = ~blank & ((first <= 0x20) | np.isin(first, _BLANK_LEADS))  # noqa: PLR2004 - blank
    rows = np.flatnonzero(maybe)
    if len(rows):
        texts = coded(cells.take(rows))
        empty = np.array([not word.strip() for word in texts.words()])
        blank[rows] = empty[texts.codes]
    return blank


def text_values(cells: Any) -> Any:  # noqa: ANN401
    """Return a column of plain text: null where there are only blanks."""
    import pyarrow as pa
    import pyarrow.compute as pc

    blank = blank_rows(cells)
    if not blank.any():
        return cells
    return pc.if_else(pa.array(blank), pa.scalar(None, cells.type), cells)


@dataclass(slots=True)
class ColumnParser:
    """Parses columns as a `Checker` parses cells: zone, default currency, its memories of cells."""

    zone: tzinfo
    currency: str
    amounts: Callable[[Kind, str], Memo]
    offsets: dict[int, int | None] = field(default_factory=dict)

    def parse(self, column: Column, cells: Any) -> Values:  # noqa: ANN401
        """Return the values of a column that is no money."""
        import numpy as np

        if column.kind is Kind.TEXT:
            return Values(text_values(cells), np.ones(len(cells), bool))
        if column.kind is Kind.ID:
            return self._ids(column, cells)
        if column.kind is Kind.TIME:
            return self._times(cells)
        is_number = column.kind in _NUMBERS
        return self.parse_each(
            cell_parser(column, self.zone, self.currency), cells, is_number=is_number
        )

    def parse_each(
        self,
        parse: Callable[[str], object],
        cells: Any,  # noqa: ANN401
        *,
        is_number: bool,
    ) -> Values:
        """Parse every different text of a column."""
        import numpy as np
        import pyarrow as pa

        texts, codes = coded(cells)
        good = np.ones(len(texts), bool)
        parts = []
        for start in range(0, len(texts), _SLICE):
            memo = Memo(parse)
            found = [memo[word] for word in texts.slice(start, _SLICE).to_pylist()]
            if memo.bad:
                for place, value in enumerate(found):
                    if isinstance(value, Bad):
                        good[start + place] = False
                        found[place] = None
            parts.append(pa.array(found, pa.int64() if is_number else pa.string()))
        values = pa.concat_arrays(parts) if parts else pa.nulls(0, pa.string())
        if is_number:
            return Values(values.take(pa.array(codes)), good[codes])
        empty = np.asarray(values.is_null())
        places = pa.array(codes, pa.int32(), mask=empty[codes] if empty.any() else None)
        words = values.fill_null("")
        return Values(pa.DictionaryArray.from_arrays(places, words), good[codes])

    def money(self, kind: Kind, cells: Any, currencies: Any | None) -> Values:  # noqa: ANN401
        """Parse money by the currency of each row; `currencies` are values of their column."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if currencies is None:
            parse = self.amounts(kind, self.currency).parse
            return self.parse_each(parse, cells, is_number=True)
        names = currencies.dictionary.to_pylist()
        codes = currencies.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        whole: Values | None = None
        for code, name in enumerate(names):
            if not name:
                continue
            part = self.parse_each(self.amounts(kind, name).parse, cells, is_number=True)
            if whole is None:
                whole = part
                continue
            own = codes == code
            values = pc.if_else(pa.array(own), part.values, whole.values)
            whole = Values(values, np.where(own, part.good, whole.good))
        if whole is None:
            return Values(pa.nulls(len(cells), pa.int64()), np.zeros(len(cells), bool))
        return whole

    def _ids(self, column: Column, cells: Any) -> Values:  # noqa: ANN401
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        _, places = signs_of(cells)
        lengths = np.diff(places)
        plain = (lengths > 0) & (lengths <= LONGEST_ID)
        # printable signs of ASCII but the semicolon need no closer look
        if not has_only(cells, 0x21, 0x7E):
            plain &= ~np.asarray(pc.match_substring_regex(cells, "[^!-~]"))
        plain &= ~rows_with(cells, ord(";"))
        if rows_with(cells, ord(":")).any():
            for start in RESERVED:
                plain &= ~np.asarray(pc.starts_with(cells, start))
        if plain.all():
            return Values(cells, plain)
        odd = np.flatnonzero(~plain)
        memo = Memo(cell_parser(column, self.zone, self.currency))
        found = [memo[word] for word in cells.take(odd).to_pylist()]
        good = plain.copy()
        good[odd] = [not isinstance(value, Bad) for value in found]
        words = [None if isinstance(value, Bad) else value for value in found]
        mask = pa.array(~plain)
        return Values(pc.replace_with_mask(cells, mask, pa.array(words, cells.type)), good)

    def _times(self, cells: Any) -> Values:  # noqa: ANN401
        import numpy as np

        good = np.ones(len(cells), bool)
        t0 = np.empty(len(cells), np.int64)
        t1 = np.empty(len(cells), np.int64)
        done = np.zeros(len(cells), bool)
        data, places = signs_of(cells)
        lengths = np.diff(places)
        for length in _SHAPES:
            rows = np.flatnonzero(lengths == length)
            for start in range(0, len(rows), _SLICE):
                part = rows[start : start + _SLICE]
                signs = data[places[part][:, None] + np.arange(length)]
                first, last, plain = self._plain_times(signs)
                t0[part], t1[part], done[part] = first, last, plain
        odd = np.flatnonzero(~done)
        if len(odd):
            texts = coded(cells.take(odd))
            memo = Memo(cell_parser(WHEN, self.zone, self.currency))
            found = [memo[word] for word in texts.words()]
            known = [v if isinstance(v, Interval) else UNKNOWN for v in found]
            good[odd] = np.array([isinstance(v, Interval) for v in found])[texts.codes]
            t0[odd] = np.array([v.t0 for v in known])[texts.codes]
            t1[odd] = np.array([v.t1 for v in known])[texts.codes]
        return Values(text_values(cells), good, t0, t1)

    def _plain_times(self, signs: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Return both ends and whether a time is plain; `signs` has a row of bytes for each."""
        import numpy as np

        shape = _SHAPES[signs.shape[1]]
        digits = signs - np.uint8(ord("0"))  # all other signs are far above nine
        plain = np.ones(len(signs), bool)
        for place, allowed in enumerate(shape):
            if allowed == "9":
                plain &= digits[:, place] <= 9  # noqa: PLR2004 - a digit
            else:
                plain &= np.isin(signs[:, place], np.frombuffer(allowed.encode(), np.uint8))
        numbers = digits.astype(np.int64)
        day, is_day = _days(numbers)
        clock, is_clock = _clocks(numbers)
        plain &= is_day & is_clock
        offsets, is_steady = self._offsets(np.where(plain, day, 0))
        first = day * _DAY_S + clock - offsets
        return first, first + _LASTS[signs.shape[1]], plain & is_steady

    def _offsets(self, days: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the offset of each day since 1970 from UTC, and whether it has only one."""
        import numpy as np

        different, places = np.unique(days, return_inverse=True)
        for day in different.tolist():
            if day not in self.offsets:
                self.offsets[day] = _steady_offset(day, self.zone)
        found = [self.offsets[day] for day in different.tolist()]
        steady = np.array([offset is not None for offset in found], bool)
        return np.array([offset or 0 for offset in found], np.int64)[places], steady[places]


_SHAPES = {
    10: ("9", "9", "9", "9", "-", "9", "9", "-", "9", "9"),
    16: ("9", "9", "9", "9", "-", "9", "9", "-", "9", "9", "Tt ", "9", "9", ":", "9", "9"),
}
_SHAPES[19] = (*_SHAPES[16], ":", "9", "9")
_LASTS = {10: _DAY_S - 1, 16: 59, 19: 0}
"""Seconds from the first to the last instant that a time of each length may mean."""


def _days(numbers: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the days since 1970 of dates given as rows of digits, and whether there are such."""
    import numpy as np

    year = numbers[:, 0] * 1000 + numbers[:, 1] * 100 + numbers[:, 2] * 10 + numbers[:, 3]
    month = numbers[:, 5] * 10 + numbers[:, 6]
    day = numbers[:, 8] * 10 + numbers[:, 9]
    good = (year >= _YEARS[0]) & (year < _YEARS[1]) & (month >= 1) & (month <= 12)  # noqa: PLR2004
    months = np.where(good, (year - 1970) * 12 + month - 1, 0)
    first = months.astype("M8[M]").astype("M8[D]").astype(np.int64)
    after = (months + 1).astype("M8[M]").astype("M8[D]").astype(np.int64)
    return first + day - 1, good & (day >= 1) & (day <= after - first)


def _clocks(numbers: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the second of the day, and whether there is such a time of day."""
    import numpy as np

    length = numbers.shape[1]
    zeros = np.zeros(len(numbers), np.int64)
    if length == 10:  # noqa: PLR2004 - a date only
        return zeros, np.ones(len(numbers), bool)
    hour = numbers[:, 11] * 10 + numbers[:, 12]
    minute = numbers[:, 14] * 10 + numbers[:, 15]
    second = zeros if length == 16 else numbers[:, 17] * 10 + numbers[:, 18]  # noqa: PLR2004
    good = (hour <= 23) & (minute <= 59) & (second <= 59)  # noqa: PLR2004 - a clock
    return hour * 3600 + minute * 60 + second, good


def _steady_offset(day: int, zone: tzinfo) -> int | None:
    """Return the zone's offset in seconds on a day, None where clocks are moved on it."""
    begin = datetime(1970, 1, 1) + timedelta(days=day)  # noqa: DTZ001 - a local time
    offsets = {
        (begin + timedelta(hours=hour)).replace(tzinfo=zone, fold=fold).utcoffset()
        for hour in range(25)
        for fold in (0, 1)
    }
    only = offsets.pop()
    if offsets or only is None or only.microseconds:
        return None
    return only.days * _DAY_S + only.seconds
