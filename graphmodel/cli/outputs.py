"""What leaves the program for others: JSON, CSV, and files that overwrite nothing of a case."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

from graphmodel.cli.session import Session
from graphmodel.private_files import write_private
from graphmodel.sources.base import Reject
from graphmodel.sources.rejects import guard_cell, rejects_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from graphmodel.case import Case

CASE_FILE_ENDING = ".case.duckdb"
PAGE_MARK = b'content="graphmodel case page"'
"""Stands in the head of every case page, so that no other file is overwritten by one."""

PAGE_MARK_WITHIN_BYTES = 2048
_STEERING = re.compile(
    "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def json_text(value: object, *, indent: int | None = None) -> str:
    r"""Return JSON in which Chinese stays readable and no sign steers a terminal.

    >>> json_text({"名": chr(0x202e)})
    '{"名": "\\u202e"}'
    """
    raw = json.dumps(_exact(value), ensure_ascii=False, indent=indent, allow_nan=False)
    return _STEERING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", raw)


def _exact(value: object) -> object:
    """Return a value with floats that JSON has no word for as text."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):  # noqa: PLR0124
        return {"inf": "Infinity", "-inf": "-Infinity"}.get(str(value), "NaN")
    if isinstance(value, list | tuple):
        return [_exact(part) for part in value]
    if isinstance(value, dict):
        return {str(key): _exact(part) for key, part in value.items()}
    return value


def print_json(session: Session, value: object, *, indent: int | None = None) -> None:
    """Print one JSON object on standard output."""
    session.write(json_text(value, indent=indent) + "\n")


def csv_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; null is empty, lists are JSON.

    >>> csv_cell("=1+1"), csv_cell(-5)
    ("'=1+1", -5)
    """
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return "" if value is None else value
    return guard_cell(value if isinstance(value, str) else json_text(value))


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return CSV with a header line; a cell that would begin a formula gets a leading `'`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([csv_cell(name) for name in columns])
    writer.writerows([csv_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def check_target(session: Session, target: Path, case: Path) -> Path:
    """Return the place of an output; one in the case folder, a folder, or the case is refused."""
    place = target.resolve()
    home = case.resolve()
    if place == home and not home.is_dir():
        session.refuse("cli-error-output-is-case", path=target)
    if home.is_dir() and place.is_relative_to(home):
        session.refuse("cli-error-output-in-case", path=home)
    if place.is_dir():
        session.refuse("cli-error-is-folder", path=target)
    if place.exists() and not place.is_file():
        session.refuse("cli-error-not-regular", path=target)
    if not place.parent.is_dir():
        session.refuse("cli-error-no-folder", path=target.parent)
    return place


def check_rejects(session: Session, target: Path | None, case: Path, *others: Path | None) -> None:
    """Refuse a place of rejects that holds anything else, or is another output of the run."""
    if target is None:
        return
    place = check_target(session, target, case)
    if place in {other.resolve() for other in others if other is not None}:
        session.refuse("cli-error-output-twice", path=target)
    if place.exists():
        head = ",".join(Reject._fields).encode()
        with place.open("rb") as file:
            if file.read(len(head)) != head:
                session.refuse("cli-error-rejects-not-ours", path=target)


def check_page(session: Session, target: Path | None, case: Path, folder: Path) -> Path:
    """Return where the case page goes; by default `<case>.html` in `folder`, the working folder."""
    chosen = folder / f"{case_stem(case)}.html" if target is None else target
    home = case.resolve()
    if home.is_dir() and chosen.resolve().is_relative_to(home) and chosen.resolve() != home:
        session.refuse("cli-error-page-in-case", path=home)
    check_target(session, chosen, case)
    if chosen.exists():
        with chosen.open("rb") as file:
            if PAGE_MARK not in file.read(PAGE_MARK_WITHIN_BYTES):
                session.refuse("cli-error-page-not-ours", path=chosen)
    return chosen


def is_case_file(path: Path) -> bool:
    """Say whether a path names a case file, which keeps what an earlier run found."""
    return path.name.endswith(CASE_FILE_ENDING) or path.suffix == ".duckdb"


def case_stem(case: Path) -> str:
    """Return the name of a case: of its folder, or of its file without endings."""
    name = case.resolve().name
    if case.is_dir():
        return name or "case"
    return name.removesuffix(CASE_FILE_ENDING) if name.endswith(CASE_FILE_ENDING) else case.stem


def write_output(target: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all; errors name the file."""
    try:
        write_private(target, text.encode())
    except OSError as error:
        error.filename = str(target)
        raise


def write_rejects(session: Session, case: Case, target: Path | None) -> None:
    """Write the rejected rows of this run as CSV, or say how to see them if there are any."""
    rejects = case.imported.rejects
    if target is not None:
        write_output(target, rejects_csv(rejects))
        session.tell(session.words("cli-rejects-written", n=f"{len(rejects):,}", path=target))
    elif rejects:
        session.tell(session.words("cli-rejects-hint", n=f"{len(rejects):,}"))
