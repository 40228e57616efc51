"""Sets of other makers as case tables with a truth: whole or not at all."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING

from graphmodel.evaluate import amlgentex, amlsim, amlworld
from graphmodel.evaluate.outputs import Tables
from graphmodel.model.told_error import ToldLimitError, ToldUsageError
from graphmodel.sources.rejects import write_rejects

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from graphmodel.evaluate.outputs import Converted
    from graphmodel.texts import Language

MAKERS = {"amlsim": amlsim, "amlworld": amlworld, "amlgentex": amlgentex}
TRUTH = "truth.jsonl"
REJECTS = "rejects.csv"


@dataclass(frozen=True, slots=True)
class Options:
    """What a set does not say itself: currency, day 0, and the language of reject reasons."""

    currency: str = "USD"
    first_day: date | None = None
    language: Language = "en"


def convert(maker: str, folder: Path, out: Path, options: Options | None = None) -> Converted:
    """Write `out/case` (tables), `out/truth.jsonl` and `out/rejects.csv` from a set of a maker.

    UsageError where a file is missing or `out` exists; InputError where a file cannot be read.
    """
    chosen = options or Options()
    if maker == "amlgentex" and chosen.first_day is None:
        raise ToldUsageError(code="convert-first-day")
    if out.exists():
        raise ToldUsageError(code="convert-exists", path=out)
    if not out.resolve().parent.is_dir():
        raise ToldUsageError(code="convert-no-parent", path=out)
    part = out.with_name(f".{out.name}.{token_hex(8)}.part")
    try:
        told = _write(maker, folder, part, chosen)
        part.rename(out)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        reason = error.strerror or type(error).__name__
        raise ToldLimitError(code="convert-unwritable", path=out, reason=reason) from error
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return told


def _write(maker: str, folder: Path, part: Path, chosen: Options) -> Converted:
    module = MAKERS[maker]
    tables = Tables(part, module.TITLE, chosen.currency, chosen.language)
    part.chmod(0o700)
    try:
        if maker == "amlgentex":
            assert chosen.first_day is not None  # noqa: S101 # asked for above
            amlgentex.convert(folder, tables, chosen.currency, chosen.first_day)
        else:
            {"amlsim": amlsim, "amlworld": amlworld}[maker].convert(folder, tables, chosen.currency)
        told = tables.close(part / TRUTH, module.MAPPING)
    finally:
        tables.discard()
    write_rejects(part / REJECTS, told.rejects)
    return told
