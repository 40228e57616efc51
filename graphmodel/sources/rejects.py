"""The file of rejects: one line a refused row, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from graphmodel.errors import LimitError
from graphmodel.private_files import write_private
from graphmodel.sources.base import Reject

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guard_cell(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: a leading `'` where it would.

    >>> guard_cell("=1+1"), guard_cell("plain")
    ("'=1+1", 'plain')
    """
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA_STARTS) else cell


def rejects_csv(rejects: Sequence[Reject]) -> str:
    """Return all rejects as CSV with a header line; no cell is taken for a formula."""
    sheet = io.StringIO(newline="")
    lines = csv.writer(sheet, lineterminator="\n")
    lines.writerow(Reject._fields)
    for reject in rejects:
        lines.writerow([guard_cell(str(cell)) for cell in reject])
    return sheet.getvalue()


def write_rejects(path: Path, rejects: Sequence[Reject]) -> None:
    """Write all rejects as CSV (UTF-8, readable by the owner only), whole or not at all.

    LimitError where there is no room or no right to write.
    """
    try:
        write_private(path, rejects_csv(rejects).encode("utf-8", "replace"))
    except OSError as error:
        msg = f"{path.name} cannot be written: {error.strerror}."
        raise LimitError(msg, hint="Give another place for the file.") from error
