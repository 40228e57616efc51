"""The truth of a case: what was planted in it and what only looks alike, one label a row.

A truth is `truth.jsonl`, `truth.csv` or `truth.parquet`, or a folder that holds one of them:

    {"id": "relay-p7", "typology": "relay", "kind": "plant", "variant": "two_buyers",
     "hardship": "none", "roles": {"intermediary": ["p-1"]}, "events": ["deal-1", "deal-2"]}

`kind` is `plant` (to be found) or `decoy` (not to be flagged as this typology at `supported` or
above). `roles` and `events` name ids of the case; in CSV both are JSON, or `events` ids apart by
`;`. An empty `typology` marks a label of a kind that nothing here looks for, named by `variant`.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from graphmodel.detect.discovery import typologies
from graphmodel.model.told_error import Phrase, ToldInputError, ToldUsageError
from graphmodel.sources.base import UnusableError
from graphmodel.sources.csv_rows import read_csv
from graphmodel.sources.discovery import read_bytes
from graphmodel.sources.tabular import read_jsonl, read_parquet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from graphmodel.sources.base import RawTable

READERS = {".jsonl": read_jsonl, ".csv": read_csv, ".parquet": read_parquet}
STEM = "truth"
COLUMNS = ("id", "typology", "kind", "variant", "hardship", "roles", "events")
NEEDED = ("id", "typology", "kind", "roles", "events")
KINDS = ("plant", "decoy")


@dataclass(frozen=True, slots=True)
class Label:
    """One plant or decoy; `typology` is empty where nothing here looks for its kind."""

    id: str
    typology: str
    kind: Literal["plant", "decoy"]
    variant: str
    hardship: str
    roles: Mapping[str, frozenset[str]]
    events: frozenset[str]

    @property
    def is_plant(self) -> bool:
        """Tell whether it is to be found."""
        return self.kind == "plant"

    @property
    def parties(self) -> frozenset[str]:
        """Return every id of its roles."""
        return frozenset(id_ for ids in self.roles.values() for id_ in ids)


class _BadError(Exception):
    """A row that is no label, by the reason's text."""

    def __init__(self, reason: Phrase) -> None:
        """Keep the reason."""
        super().__init__()
        self.reason = reason


def read_truth(path: Path) -> tuple[Label, ...]:
    """Read a truth file, or the one of a folder, in the order of its rows.

    UsageError where there is none. InputError with file, line and reason where a row is no label:
    a truth of which a part cannot be read would give a wrong measure.
    """
    file = _find(path)
    data = _bytes(file)
    try:
        (table,) = READERS[file.suffix.lower()](file, data, file.name)
    except UnusableError as error:
        raise ToldInputError(code="truth-unreadable", file=file.name) from error
    if table.damaged:
        first = min(table.damaged)
        reason = Phrase("evaluate-bad-row")
        raise ToldInputError(code="truth-row", file=file.name, line=first.line, reason=reason)
    missing = [name for name in NEEDED if name not in table.header]
    if missing and table.lines:
        raise ToldInputError(code="truth-column", file=file.name, column=missing[0])
    return _labels(table, file.name)


def _find(path: Path) -> Path:
    """Return the truth file that a path names."""
    if path.is_dir():
        found = [path / f"{STEM}{suffix}" for suffix in READERS]
        found = [file for file in found if file.is_file()]
        if len(found) != 1:
            code = "truth-none" if not found else "truth-twice"
            raise ToldUsageError(code=code, path=path, names=", ".join(f.name for f in found))
        return found[0]
    if not path.is_file():
        raise ToldUsageError(code="truth-missing", path=path)
    if path.suffix.lower() not in READERS:
        raise ToldUsageError(code="truth-format", path=path, formats=", ".join(READERS))
    return path


def _bytes(file: Path) -> bytes:
    try:
        return read_bytes(file, file.name)
    except UnusableError as error:
        raise ToldInputError(code="truth-unreadable", file=file.name) from error


def _labels(table: RawTable, name: str) -> tuple[Label, ...]:
    places = [table.header.index(c) if c in table.header else None for c in COLUMNS]
    found: dict[str, Label] = {}
    for row, line in enumerate(table.lines):
        cells = ["" if at is None else table.columns[at][row] for at in places]
        try:
            label = _label(dict(zip(COLUMNS, cells, strict=True)), found)
        except _BadError as error:
            values = {"file": name, "line": line, "reason": error.reason}
            raise ToldInputError(code="truth-row", **values) from error
        found[label.id] = label
    return tuple(found.values())


def _label(cells: dict[str, str], earlier: Mapping[str, Label]) -> Label:
    id_, name, kind = (cells[column].strip() for column in ("id", "typology", "kind"))
    if not id_:
        raise _BadError(Phrase("evaluate-bad-id"))
    if id_ in earlier:
        raise _BadError(Phrase("evaluate-bad-twice", id=id_))
    if kind not in KINDS:
        raise _BadError(Phrase("evaluate-bad-kind", kind=kind[:40]))
    roles, events = _roles(cells["roles"]), _ids(cells["events"])
    _check_names(name, roles)
    if not events and not any(roles.values()):
        raise _BadError(Phrase("evaluate-bad-empty"))
    return Label(
        id=id_,
        typology=name,
        kind="plant" if kind == KINDS[0] else "decoy",
        variant=cells["variant"].strip(),
        hardship=cells["hardship"].strip() or "none",
        roles=roles,
        events=events,
    )


def _check_names(name: str, roles: Iterable[str]) -> None:
    """Refuse a typology that is not known, and a role that it does not have."""
    if not name:
        return
    cards = typologies()
    if name not in cards:
        known = ", ".join(difflib.get_close_matches(name, cards, n=1) or cards)
        raise _BadError(Phrase("evaluate-bad-typology", name=name[:40], known=known))
    for role in roles:
        if role not in cards[name].roles:
            known = ", ".join(cards[name].roles)
            raise _BadError(Phrase("evaluate-bad-role", role=role[:40], known=known))


def _json(words: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(words)
    except (ValueError, RecursionError):
        return None


def _roles(words: str) -> dict[str, frozenset[str]]:
    value = _json(words) if words.strip() else {}
    if not isinstance(value, dict) or not all(map(_is_ids, value.values())):
        raise _BadError(Phrase("evaluate-bad-roles"))
    return {str(role): frozenset(ids) for role, ids in value.items() if ids}


def _ids(words: str) -> frozenset[str]:
    if not words.lstrip().startswith("["):
        return frozenset(id_ for part in words.split(";") if (id_ := part.strip()))
    value = _json(words)
    if not _is_ids(value):
        raise _BadError(Phrase("evaluate-bad-events"))
    return frozenset(value)


def _is_ids(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(id_, str) and id_ for id_ in value)
