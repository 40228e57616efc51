"""Kept rows of large tables into facts, in columns: the same facts that `build` makes of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphmodel.model.facts import Ends, FactPart
from graphmodel.model.schema import FOREVER
from graphmodel.sources.build_relationships import identifier_id
from graphmodel.sources.column_cells import Coded, coded, text_values
from graphmodel.sources.large_table import TextColumn
from graphmodel.sources.spec import ACCOUNT, Kind
from graphmodel.sources.spec_tables import TIES
from graphmodel.sources.writer import CERTAIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphmodel.sources.quotes import Citations
    from graphmodel.sources.sheet import Sheet
    from graphmodel.sources.sheet_references import Naming
    from graphmodel.sources.spec import Column
    from graphmodel.sources.writer import Writer

_PLAIN = (Kind.TEXT, Kind.DIGEST, Kind.CHOICE, Kind.COUNT, Kind.CURRENCY)
_NUMBERS = (Kind.COUNT, Kind.AMOUNT, Kind.SIGNED, Kind.PRICE)
_SUFFIX = {Kind.AMOUNT: "_minor", Kind.SIGNED: "_minor", Kind.PRICE: "_nano"}
_CITING = ("source", "locator", "quote")
_ENDS = {"controls": ("person", "account"), "ties": ("a", "b"), "identifiers": ("account",)}

Arrays = dict[str, Any]


@dataclass(slots=True)
class SheetWriter:
    """Writes the kept rows of one sheet; `rows` are their places, None where all are kept."""

    writer: Writer
    naming: Naming
    place: int
    standing: dict[str, set[str]]
    citations: Citations
    currency: str
    rows: NDArray[Any] | None
    count: int

    @property
    def sheet(self) -> Sheet:
        """The large table."""
        return self.naming.sheets[self.place]

    def write(self) -> None:
        """Write nodes and what their columns link, or relationships."""
        sheet = self.sheet
        if sheet.spec.label is None:
            if sheet.spec.types:
                self._write_relationships()
            return
        ids = self.pick(sheet.ids)
        columns = self._node_columns(ids)
        self.writer.facts.nodes[sheet.kind].add_part(FactPart(self.count, columns))
        for column in sheet.spec.columns:
            if column.link is not None and column.name in sheet.names:
                self._write_links(column, ids)
        if sheet.spec.name == "deals":
            self._write_unnamed_batches(ids)
        if "source" in sheet.names:
            self._write_citations(ids)

    def pick(self, array: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Return the entries of the kept rows."""
        if self.rows is None:
            return array
        import numpy as np
        import pyarrow as pa

        is_numpy = isinstance(array, np.ndarray)
        return array[self.rows] if is_numpy else array.take(pa.array(self.rows))

    def column(self, column: Column) -> Any:  # noqa: ANN401
        """Return the values of a column, its default where the file has none."""
        import pyarrow as pa

        found = self.sheet.values.get(column.name)
        if found is not None:
            return self.pick(found.values)
        default = self.currency if column.kind is Kind.CURRENCY else column.default
        if default is not None:
            return self.constant(default)
        return pa.nulls(self.count, pa.int64() if column.kind in _NUMBERS else pa.string())

    def constant(self, word: str) -> Any:  # noqa: ANN401
        """Return one word for every row."""
        import numpy as np
        import pyarrow as pa

        codes = pa.array(np.zeros(self.count, np.int32))
        return pa.DictionaryArray.from_arrays(codes, pa.array([word]))

    def number(self, value: int) -> Any:  # noqa: ANN401
        """Return one number for every row."""
        import numpy as np
        import pyarrow as pa

        return pa.array(np.full(self.count, value, np.int64))

    def certainty(self) -> Any:  # noqa: ANN401
        """Return the certainty of every row."""
        return self.column(self.sheet.spec.column("certainty"))

    def _times(self, name: str) -> tuple[Any, Any, Any]:
        """Return text and ends of a time."""
        import pyarrow as pa

        found = self.sheet.values.get(name)
        if found is None or found.t0 is None or found.t1 is None:
            empty = pa.nulls(self.count, pa.string())
            return empty, self.number(-FOREVER), self.number(FOREVER)
        return (
            self.pick(found.values),
            pa.array(self.pick(found.t0)),
            pa.array(self.pick(found.t1)),
        )

    def _node_columns(self, ids: Any) -> Arrays:  # noqa: ANN401
        spec = self.sheet.spec
        declared = self.writer.facts.nodes[self.sheet.kind].names
        columns: Arrays = {"id": ids}
        for column in spec.columns:
            if column.kind in _PLAIN and column.name not in _CITING:
                columns[column.name] = self.column(column)
            elif column.kind in _SUFFIX:
                columns[column.name + _SUFFIX[column.kind]] = self.column(column)
            elif column.kind is Kind.TIME:
                t0, t1 = ("t0", "t1") if column.name == "time" else ("opened_t0", "opened_t1")
                columns[column.name], columns[t0], columns[t1] = self._times(column.name)
        _fill_bounds(columns)
        known = {name: cells for name, cells in columns.items() if name in declared}
        return {**known, **self._extra(), **self._bare()}

    def _extra(self) -> Arrays:
        """Return the unknown columns."""
        found: Any = self.sheet.layout.extra
        return {name: text_values(self.pick(cells.cells)) for name, cells in found.items()}

    def _bare(self) -> Arrays:
        """Return place and quote of rows that name no source."""
        import pyarrow as pa
        import pyarrow.compute as pc

        named = self.sheet.names.get("source")
        found: Arrays = {}
        for name in ("locator", "quote"):
            given = self.sheet.values.get(name)
            if given is None:
                continue
            cells = self.pick(given.values)
            if named is not None:
                cited = pa.array(self.pick(named.codes) >= 0)
                cells = pc.if_else(cited, pa.scalar(None, cells.type), cells)
            if cells.null_count < len(cells):
                found[name] = cells
        return found

    def _named(self, name: str) -> tuple[Coded, NDArray[Any] | None]:
        """Return what the kept rows name in a column, and the places of those that name any."""
        import numpy as np

        names = self.sheet.names[name]
        codes = self.pick(names.codes)
        if (codes >= 0).all():
            return Coded(names.texts, codes), None
        rows = np.flatnonzero(codes >= 0)
        return Coded(names.texts, codes[rows]), rows

    def _write_links(self, column: Column, ids: Any) -> None:  # noqa: ANN401
        type_ = column.link or ""
        named, rows = self._named(column.name)
        if not len(named.codes):
            return
        own, sure = _at(ids, rows), _at(self.certainty(), rows)
        columns: Arrays = {"id": own, "certainty": sure}
        if type_ == "HOLDS":
            columns.update(
                {name: _at(cells, rows) for name, cells in self._holding("opened", None).items()}
            )
        ends = Ends(*self._targets(column, named, sure))
        start = Ends(self.sheet.kind, own)
        if column.reverse:
            start, ends = ends, start
        part = FactPart(len(named.codes), columns, start, ends, f";{type_}")
        self.writer.facts.relationships[type_].add_part(part)

    def _targets(self, column: Column, named: Coded, sure: Any) -> tuple[str, Any]:  # noqa: ANN401
        """Return label and ids of what rows name; note accounts that are created for them."""
        import numpy as np
        import pyarrow as pa

        codes = pa.array(named.codes, pa.int32())
        created = self.naming.created_places(self.place, column.name)
        if created.any():
            _note(self.writer.created, created, named, sure)
        if not column.party:
            return column.targets[0], pa.DictionaryArray.from_arrays(codes, named.texts)
        labels = self.naming.labels(self.place, column.name, self.standing)
        persons = np.array([label != ACCOUNT for label in labels], bool)
        texts = named.texts
        if persons.any():
            _note(self.writer.unknown, persons, named, sure)
            words = named.words()
            texts = pa.array(
                [f"unknown:{w}" if p else w for w, p in zip(words, persons, strict=True)],
                texts.type,
            )
        return ACCOUNT, pa.DictionaryArray.from_arrays(codes, texts)

    def _holding(self, since: str, until: str | None) -> Arrays:
        """Return the six time properties of a slow fact; see `writer.holding_times`."""
        import numpy as np
        import pyarrow as pa

        columns: Arrays = {}
        columns["since"], columns["since_t0"], columns["since_t1"] = self._times(since)
        columns["until"], first, columns["until_t1"] = self._times(until or "")
        unknown = np.asarray(columns["until"].is_null())
        columns["until_t0"] = pa.array(np.where(unknown, FOREVER, first.to_numpy()))
        return columns

    def _write_unnamed_batches(self, ids: Any) -> None:  # noqa: ANN401
        """Give each deal without a batch one of its own."""
        import numpy as np
        import pyarrow.compute as pc

        named = self.sheet.names.get("batch")
        rows = None
        if named is not None:
            rows = np.flatnonzero(self.pick(named.codes) < 0)
            if not len(rows):
                return
        own, sure = _at(ids, rows), _at(self.certainty(), rows)
        names = pc.binary_join_element_wise("unnamed:", own, "")
        facts = self.writer.facts
        facts.nodes["Batch"].add_part(FactPart(len(own), {"id": names, "certainty": sure}))
        part = FactPart(
            len(own), {"id": own, "certainty": sure}, Ends("Deal", own), Ends("Batch", names),
            ";FOR_BATCH",
        )  # fmt: skip
        facts.relationships["FOR_BATCH"].add_part(part)

    def _write_citations(self, ids: Any) -> None:  # noqa: ANN401
        named, rows = self._named("source")
        if not len(named.codes):
            return
        own = _at(ids, rows)
        cited = {name: _at(cells, rows) for name, cells in self._cited().items()}
        columns: Arrays = {"id": own, "certainty": _at(self.certainty(), rows), **cited}
        part = FactPart(
            len(own), columns, Ends(self.sheet.kind, own), Ends("Source", columns["source"]),
            ";FROM_SOURCE",
        )  # fmt: skip
        self.writer.facts.relationships["FROM_SOURCE"].add_part(part)

    def _cited(self) -> Arrays:
        """Return source, place, quote and what is wrong with the source's file."""
        import pyarrow as pa

        spec = self.sheet.spec
        columns = {name: self.column(spec.column(name)) for name in _CITING}
        columns["warning"] = pa.nulls(self.count, pa.string())
        named = self.sheet.names.get("source")
        if named is not None:
            sources = self.citations.sources
            wrong = [
                sources[word].about_facts if word in sources else None for word in named.words()
            ]
            codes = self.pick(named.codes)
            if any(wrong):
                texts = pa.array(wrong, pa.string())
                columns["warning"] = texts.take(pa.array(codes, mask=codes < 0))
        return columns

    def _write_relationships(self) -> None:
        """Write rows that are relationships: controls, or ties by their kind."""
        import numpy as np
        import pyarrow as pa

        spec = self.sheet.spec
        columns = {"id": self.pick(self.sheet.ids), "certainty": self.certainty()}
        columns.update(self._holding("since", "until"))
        columns.update(self._cited())
        columns.update(self._extra())
        if spec.has("basis"):
            columns["basis"] = self.column(spec.column("basis"))
        if spec.has("disclosed"):
            columns["disclosed"] = self.column(spec.column("disclosed"))
        ends = []
        for name in _ENDS[spec.name]:
            named, _ = self._named(name)
            ends.append(Ends(*self._targets(spec.column(name), named, columns["certainty"])))
        if spec.name == "identifiers":
            ends.append(write_identifiers(self, columns["certainty"]))
        if spec.name != "ties":
            self._write_type(spec.types[0], columns, ends, None)
            return
        kinds = self.column(spec.column("kind"))
        words = kinds.dictionary.to_pylist()
        codes = kinds.indices.to_numpy(zero_copy_only=False)
        for place, word in enumerate(words):
            rows = np.flatnonzero(codes == place)
            if len(rows) and word is not None:
                self._write_type(TIES[word], columns, ends, pa.array(rows))

    def _write_type(self, type_: str, columns: Arrays, ends: list[Ends], rows: Any) -> None:  # noqa: ANN401
        chosen = {
            name: cells if rows is None else cells.take(rows) for name, cells in columns.items()
        }
        stated = chosen.get("disclosed")
        if stated is not None and stated.null_count == len(stated):
            # not every kind of tie declares it
            del chosen["disclosed"]
        start, end = (Ends(label, ids if rows is None else ids.take(rows)) for label, ids in ends)
        part = FactPart(len(chosen["id"]), chosen, start, end)
        self.writer.facts.relationships[type_].add_part(part)


def write_sheets(
    writer: Writer, naming: Naming, standing: dict[str, set[str]], citations: Citations,
    currency: str,
) -> None:  # fmt: skip
    """Write the rows of all large tables that are not odd.

    `standing` are the ids, by kind, of the kept rows of other tables and of odd rows.
    """
    import numpy as np

    for place, sheet in enumerate(naming.sheets):
        rows = np.flatnonzero(~sheet.odd)
        if len(rows):
            every = None if len(rows) == sheet.large.rows else rows
            SheetWriter(
                writer, naming, place, standing, citations, currency, every, len(rows)
            ).write()


def record_columns(naming: Naming, columns: dict[str, list[str]]) -> dict[str, Sequence[str]]:
    """Return batches and digests of records, those of a large table added."""
    import numpy as np
    import pyarrow as pa

    whole: dict[str, Sequence[str]] = dict(columns)
    for sheet in naming.sheets:
        if sheet.spec.name == "records":
            rows = pa.array(np.flatnonzero(~sheet.odd))
            for name, more in columns.items():
                cells = sheet.values[name].values.cast(pa.string()).take(rows)
                whole[name] = TextColumn(pa.concat_arrays([cells, pa.array(more, pa.string())]))
    return whole


def write_identifiers(sheet: SheetWriter, sure: Any) -> Ends:  # noqa: ANN401 - pyarrow has no types
    """Write one node for each kind and value that no other row names; return the node of each row.

    `sure` is the certainty of each row. What rows of the other way name too is noted with theirs.
    """
    import numpy as np
    import pyarrow as pa

    kinds, values = (sheet.column(sheet.sheet.spec.column(n)) for n in ("kind", "value"))
    texts = coded(values)
    kind_codes = kinds.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    count = len(kinds.dictionary)
    pairs, codes = np.unique(texts.codes * count + kind_codes, return_inverse=True)
    words, kind_words = texts.words(), kinds.dictionary.to_pylist()
    stripped = [words[pair // count].strip() for pair in pairs.tolist()]
    meant = [kind_words[pair % count] for pair in pairs.tolist()]
    names = [identifier_id(kind, value) for kind, value in zip(meant, stripped, strict=True)]
    words_ = sure.dictionary.to_pylist()
    # a word of the dictionary that no row uses may be none
    ranks = np.array([CERTAIN.index(word) if word in CERTAIN else -1 for word in words_])
    best: dict[str, int] = {}
    lowest = np.full(len(pairs), len(CERTAIN))
    np.minimum.at(lowest, codes, ranks[sure.indices.to_numpy(zero_copy_only=False)])
    # two texts are one identifier where only blanks at their ends differ
    for name, rank in zip(names, lowest.tolist(), strict=True):
        best[name] = min(rank, best.get(name, rank))
    own: dict[str, tuple[str, str]] = {}
    for name, kind, value in zip(names, meant, stripped, strict=True):
        if name in sheet.writer.identifiers:
            sheet.writer.note_identifier(name, kind, value, CERTAIN[best[name]])
        else:
            own[name] = (kind, value)
    columns = {
        "id": pa.array(list(own), pa.string()),
        "certainty": pa.array([CERTAIN[best[name]] for name in own], pa.string()),
        "kind": pa.array([kind for kind, _ in own.values()], pa.string()),
        "value": pa.array([value for _, value in own.values()], pa.string()),
    }
    sheet.writer.facts.nodes["Identifier"].add_part(FactPart(len(own), columns))
    ids = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(names, pa.string()))
    return Ends("Identifier", ids)


def _at(array: Any, rows: NDArray[Any] | None) -> Any:  # noqa: ANN401
    import pyarrow as pa

    return array if rows is None else array.take(pa.array(rows))


def _fill_bounds(columns: Arrays) -> None:
    """Give each number its bound: exact unless stated, none where there is no number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name in list(columns):
        if name.endswith("_bound"):
            stem = name.removesuffix("_bound")
            names = (stem, f"{stem}_minor", f"{stem}_nano")
            numbers = next(columns[number] for number in names if number in columns)
            bounds = columns[name]
            if bounds.null_count == 0:
                continue
            exact = pc.and_(bounds.is_null(), numbers.is_valid())
            words = pc.if_else(exact, "exact", bounds.cast(pa.string()))
            columns[name] = words.dictionary_encode()


def _note(
    found: dict[str, set[str]],
    chosen: NDArray[Any],
    named: Coded,
    sure: Any,  # noqa: ANN401
) -> None:
    """Note the certainties of the rows that name each of the chosen names."""
    import numpy as np

    words, count = sure.dictionary.to_pylist(), len(sure.dictionary)
    certainties = sure.indices.to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(chosen[named.codes])
    pairs = np.unique(named.codes[rows].astype(np.int64) * count + certainties[rows])
    texts = named.words()
    for pair in pairs.tolist():
        found.setdefault(texts[pair // count], set()).add(str(words[pair % count]))
